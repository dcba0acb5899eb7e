// Reading from the phone: lists by declared indexes, order, titles, drafts, and the counts of the strip.
import { describe, expect, it } from 'vitest';
import { countOf } from '../../src/sync/count';
import { getDraft, listDrafts, putDraft, removeDraft } from '../../src/sync/drafts';
import { getMany, outboxEntries, titlesOfValues } from '../../src/sync/records';
import { meantBy } from '../../src/sync/write';
import { Centre } from './centre';
import { morning, names, phoneOf, seed, visited, wang_household, wang_visit, wang_xiulan } from './phone';

async function ready() {
  const [centre, li_min] = [new Centre(), await phoneOf()];
  seed(centre);
  await li_min.meet(centre);
  return { centre, li_min };
}

describe('a list', () => {
  it('is found by an index, by its prefix, and by any reference', async () => {
    const { li_min } = await ready();
    const ids = async (index: string, value: string) => (await li_min.list('home_visit', index, value)).map((row) => row.record);
    expect(await ids('assigned_to+planned_on', 'li_min|2026-11-22')).toEqual([wang_visit]);
    expect(await ids('assigned_to', 'li_min')).toEqual([wang_visit]);
    expect(await ids('household', wang_household)).toEqual([wang_visit]);
    expect(await ids('resident', wang_xiulan)).toEqual([wang_visit]);
    expect(await ids('assigned_to+planned_on', 'li_min|2026-11-23')).toEqual([]);
  });

  it('follows a save to its new place', async () => {
    const { li_min } = await ready();
    await li_min.save('home_visit', wang_visit, { planned_on: '2026-11-25' });
    expect(await li_min.list('home_visit', 'assigned_to+planned_on', 'li_min|2026-11-22')).toEqual([]);
    expect(await li_min.list('home_visit', 'assigned_to+planned_on', 'li_min|2026-11-25')).toHaveLength(1);
  });

  it('is in the declared order, numbers as numbers', async () => {
    const { li_min } = await ready();
    for (const [building, room] of [['12', '101'], ['3', '1001'], ['3', '99']]) {
      await li_min.save('household', null, { estate: '和平里', building: building!, unit: '2', room: room!, team: 'heping_1' });
    }
    const rooms = (await li_min.list('household')).map((row) => `${String(row.values['building'])}-${String(row.values['room'])}`);
    expect(rooms).toEqual(['3-99', '3-502', '3-1001', '12-101']);
  });
});

describe('several records at once', () => {
  it('come in the order asked for, with nothing in the place of what is not here', async () => {
    const { li_min } = await ready();
    const found = await getMany(li_min.store, names, [wang_visit, '', 'no_such_record', wang_xiulan, wang_visit]);
    expect(found.map((row) => row?.title_zh)).toEqual(['王秀兰 · 2026-11-22', undefined, undefined, '王秀兰', '王秀兰 · 2026-11-22']);
  });
});

describe('a title', () => {
  it('follows the record it refers to when that is renamed', async () => {
    const { li_min } = await ready();
    await li_min.save('resident', wang_xiulan, { name: '王秀岚' });
    expect((await li_min.see(wang_visit))?.title_zh).toBe('王秀岚 · 2026-11-22');
  });
  it('goes through two references and names people', async () => {
    const { li_min } = await ready();
    const opened = await li_min.save('case', null, { resident: wang_xiulan, household: wang_household, worker: 'li_min', category: 'elderly_care', opened_on: '2026-11-22', presenting_problem: '独居' });
    expect(opened.problems).toBeUndefined();
    const note = await titlesOfValues(li_min.store, names, 'case_progress', { case: opened.record, written_on: '2026-11-22' });
    expect(note.title_zh).toContain('王秀兰');
    expect((await titlesOfValues(li_min.store, names, 'hour_entry', { volunteer: 'li_min', worked_on: '2026-11-22' })).title_zh).toBe('李敏 · 2026-11-22');
  });
});

describe('a draft', () => {
  it('is kept under its key, listed newest first, and removed when asked', async () => {
    const { li_min } = await ready();
    await putDraft(li_min.store, 'one', 'home_visit', wang_visit, { outcome: 'met_person' }, morning);
    await putDraft(li_min.store, 'two', 'household', null, { estate: '和平里' }, morning + 1000);
    await putDraft(li_min.store, 'one', 'home_visit', wang_visit, { outcome: 'no_answer' }, morning + 2000);
    expect((await listDrafts(li_min.store)).map((draft) => [draft.key, draft.values])).toEqual([['one', { outcome: 'no_answer' }], ['two', { estate: '和平里' }]]);
    await removeDraft(li_min.store, 'one');
    expect(await getDraft(li_min.store, 'one')).toBeUndefined();
  });
  it('is not a record: lists and outbox do not know it', async () => {
    const { li_min } = await ready();
    await putDraft(li_min.store, 'two', 'household', null, { estate: '和平里' }, morning);
    expect(await li_min.list('household')).toHaveLength(1);
    expect(await li_min.outbox()).toEqual([]);
  });
});

describe('the counts', () => {
  it('say what waits, what needs the person, and whether all was read', async () => {
    const { centre, li_min } = await ready();
    const count = () => countOf(li_min.store, 'li_min', centre.me.scopes);
    expect(await count()).toMatchObject({ waiting: 0, needsYou: 0, complete: true });
    centre.refuse = (save) => (save.kind === 'resident' ? { status: 'held', code: 'locked' } : { status: 'retry', code: 'unknown_record' });
    await li_min.save('resident', wang_xiulan, { risk_level: 'high' });
    await li_min.save('home_visit', wang_visit, visited);
    centre.stand(wang_visit, { review: { state: 'returned', by: 'zhou_hui', at: '2026-11-22T10:00:00Z', revision: 3, sentence: '补一处', field: null, answered: false } });
    await li_min.meet(centre);
    expect(await count()).toMatchObject({ waiting: 1, needsYou: 2 });
    expect(await countOf(li_min.store, 'li_min', [...centre.me.scopes, 'team:new'])).toMatchObject({ complete: false });
  });
});

describe('the outbox as people see it', () => {
  it('names records, status and reason', async () => {
    const { centre, li_min } = await ready();
    centre.refuse = () => ({ status: 'held', code: 'locked' });
    await li_min.save('resident', wang_xiulan, { risk_level: 'high' });
    await li_min.meet(centre);
    expect(await outboxEntries(li_min.store, names)).toMatchObject([
      { record: wang_xiulan, title_zh: '王秀兰', status: 'held', problem: { code: 'locked' }, set: { risk_level: 'high' } }
    ]);
  });
  it('gives a form the values a held save meant', () => {
    const values = { outcome: 'met_person', services: { greeting: true as const, errand: true as const }, remarks: { abcdefgh: { text: '一' } } };
    expect(meantBy(values, { outcome: null, 'services.errand': false, 'services.policy': true, 'remarks.ijklmnop': { text: '二' } })).toEqual({
      outcome: null, services: { greeting: true, policy: true }, remarks: { abcdefgh: { text: '一' }, ijklmnop: { text: '二' } }
    });
  });
});

describe('a remark', () => {
  it('goes with a save as a row of its own, and says what it is about', async () => {
    const { li_min } = await ready();
    await li_min.save('resident', wang_xiulan, { risk_level: 'high' }, { note: { text: '走路不稳', about: 'risk_level' } });
    const rows = Object.values((await li_min.see(wang_xiulan))?.values['remarks'] ?? {});
    expect(rows).toEqual([{ text: '走路不稳', about: 'risk_level' }]);
  });
});
