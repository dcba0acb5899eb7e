// Sending: what leaves the outbox when, what stays with its reason, and that one bad save never delays another.
import { describe, expect, it } from 'vitest';
import { NetworkFailure, ProblemError } from '../../src/network';
import { batches, push } from '../../src/sync/push';
import { schema } from '../../src/schema/schema';
import { canonicalText } from '../../src/sync/save';
import { replaceHeld } from '../../src/sync/write';
import type { OutboxRow, Save } from '../../src/sync/shapes';
import { Centre } from './centre';
import { phoneOf, seed, visited, wang_household, wang_visit, wang_xiulan, type Phone } from './phone';

async function ready() {
  const [centre, li_min] = [new Centre(), await phoneOf()];
  seed(centre);
  await li_min.meet(centre);
  return { centre, li_min };
}
async function isSignedBy(phone: Phone, { signature, ...words }: Save): Promise<boolean> {
  const bytes = Uint8Array.from(atob(signature), (letter) => letter.charCodeAt(0));
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, phone.public_key, bytes, new TextEncoder().encode(canonicalText(words)));
}
const statuses = (rows: OutboxRow[]) => rows.map((row) => row.status);

describe('an accepted save', () => {
  it('is called delivered from its receipt on, and leaves the outbox with the base that has it', async () => {
    const { centre, li_min } = await ready();
    await li_min.save('home_visit', wang_visit, visited);

    await push(li_min.store, centre.network());
    expect(statuses(await li_min.outbox())).toEqual(['accepted']);
    expect(await li_min.see(wang_visit)).toMatchObject({ mark: 'sent', pending: 0, values: { outcome: 'met_person' } });

    await li_min.meet(centre);
    expect(await li_min.outbox()).toEqual([]);
    expect(await li_min.see(wang_visit)).toMatchObject({ mark: 'sent', values: { outcome: 'met_person' }, conflicts: {} });
  });

  it('brings back how long the audit is by now, and the phone keeps it', async () => {
    const { centre, li_min } = await ready();
    await li_min.save('home_visit', wang_visit, visited);
    await push(li_min.store, centre.network());
    expect(await li_min.store.get('meta', 'witness')).toBe('3-0123456789ab');
  });

  it('is sent with what the phone\'s clock says, so that a wrong one can be told', async () => {
    const { centre, li_min } = await ready();
    await li_min.save('home_visit', wang_visit, visited);
    centre.bodies = [];
    await li_min.meet(centre);
    const sent = JSON.parse(centre.bodies.find((body) => body.includes('push(saves')) ?? '') as { variables: { sent_at: string } };
    expect(sent.variables.sent_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(Math.abs(Date.parse(sent.variables.sent_at) - Date.now())).toBeLessThan(60_000);
  });

  it('whose reply is lost is sent again in the same bytes, and taken once', async () => {
    const { centre, li_min } = await ready();
    await li_min.save('home_visit', wang_visit, visited);
    centre.bodies = [];
    centre.lose_replies = 1;
    await expect(li_min.meet(centre)).rejects.toThrow(NetworkFailure);
    expect(statuses(await li_min.outbox())).toEqual(['waiting']);
    expect((await li_min.see(wang_visit))?.mark).toBe('saved');

    await li_min.meet(centre);
    const [lost, again] = centre.bodies.map((body) => body.slice(0, body.indexOf('"sent_at":')));
    expect(lost).toContain('"signature":');
    expect(again).toBe(lost);
    expect(centre.log).toHaveLength(1);
    expect(await li_min.outbox()).toEqual([]);
  });

  it('whose base came before its receipt leaves with the receipt', async () => {
    const { centre, li_min } = await ready();
    await li_min.save('home_visit', wang_visit, visited);
    const [row] = await li_min.outbox();
    centre.receipts.set(row!.save, { save: row!.save, status: 'accepted', revision: centre.write(row!.content, 'li_min'), problem: null });
    const { pull } = await import('../../src/sync/pull');
    await pull(li_min.store, centre.network(), centre.me.scopes);
    expect(statuses(await li_min.outbox())).toEqual(['waiting']);
    await push(li_min.store, centre.network());
    expect(await li_min.outbox()).toEqual([]);
  });

  it('on a record this person does not hold leaves after the next whole pull', async () => {
    const { centre, li_min } = await ready();
    const made = await li_min.save('household', null, { estate: '和平里', building: '9', room: '101', team: 'heping_9' });
    await push(li_min.store, centre.network());
    centre.records.delete(made.record);
    await li_min.meet(centre);
    expect(await li_min.outbox()).toEqual([]);
    expect(await li_min.see(made.record)).toBeUndefined();
  });
});

describe('a refused save', () => {
  it('stays on the phone with its reason, and the next one goes through', async () => {
    const { centre, li_min } = await ready();
    centre.refuse = (save) => (save.kind === 'resident' ? { status: 'held', code: 'not_permitted', field: 'risk_level' } : undefined);
    await li_min.save('resident', wang_xiulan, { risk_level: 'high' });
    await li_min.save('home_visit', wang_visit, visited);
    await li_min.meet(centre);
    const [held, ...others] = await li_min.outbox();
    expect(others).toEqual([]);
    expect(held).toMatchObject({ status: 'held', problem: { code: 'not_permitted', field: 'risk_level' } });
    expect(await li_min.see(wang_xiulan)).toMatchObject({ mark: 'held', problem: { code: 'not_permitted' }, values: { risk_level: 'high' } });
    expect((await li_min.see(wang_visit))?.mark).toBe('sent');
  });

  it('is not sent again by itself', async () => {
    const { centre, li_min } = await ready();
    centre.refuse = () => ({ status: 'held', code: 'locked' });
    await li_min.save('resident', wang_xiulan, { risk_level: 'high' });
    await li_min.meet(centre);
    centre.bodies = [];
    await li_min.meet(centre);
    expect(centre.bodies.filter((body) => body.includes('push(saves'))).toEqual([]);
  });

  it('made anew takes its place and replaces what it had replaced', async () => {
    const { centre, li_min } = await ready();
    centre.refuse = (save) => (save.set['risk_level'] === 'high' ? { status: 'held', code: 'locked' } : undefined);
    const first = await li_min.save('resident', wang_xiulan, { risk_level: 'high' });
    await li_min.meet(centre);

    const anew = await replaceHeld(li_min.author, first.save, { risk_level: 'low' });

    expect(anew.problems).toBeUndefined();
    const [row] = await li_min.outbox();
    expect(row).toMatchObject({ save: anew.save, status: 'waiting', content: { set: { risk_level: 'low' }, replaces: { risk_level: ['c'] } } });
    await li_min.meet(centre);
    expect(await li_min.outbox()).toEqual([]);
    expect(await li_min.see(wang_xiulan)).toMatchObject({ mark: 'sent', values: { risk_level: 'low' }, conflicts: {} });
  });

  it('made anew with a mistake stays as it was', async () => {
    const { centre, li_min } = await ready();
    centre.refuse = () => ({ status: 'held', code: 'date_in_future', field: 'visited_on' });
    const first = await li_min.save('home_visit', wang_visit, visited);
    await li_min.meet(centre);
    const anew = await replaceHeld(li_min.author, first.save, { ...visited, visited_on: '2026-11-30' });
    expect(anew.problems).toEqual([{ code: 'date_in_future', field: 'visited_on' }]);
    expect((await li_min.outbox()).map((row) => row.save)).toEqual([first.save]);
  });

  it('of a creation takes along what was held only because of it', async () => {
    const { centre, li_min } = await ready();
    centre.refuse = (save) => (save.set['name'] === '王' ? { status: 'held', code: 'text_too_short' } : !centre.records.has(save.record) && !('name' in save.set) ? { status: 'held', code: 'depends_on_held' } : undefined);
    const { sealSave } = await import('../../src/sync/outbox');
    const record = '01900000-0000-7000-8000-0000000000aa';
    const created = await sealSave(li_min.author, { record, kind: 'resident', set: { name: '王', household: wang_household }, seen: {}, base: 0 });
    await li_min.save('resident', record, { health_note: '高血压' }).then(async (saved) => {
      if (saved.problems) await sealSave(li_min.author, { record, kind: 'resident', set: { health_note: '高血压' }, seen: {}, base: 0 });
    });
    await li_min.meet(centre);
    expect(statuses(await li_min.outbox())).toEqual(['held', 'held']);

    await replaceHeld(li_min.author, created.save, { name: '王大力', household: wang_household });
    await li_min.meet(centre);
    expect(await li_min.outbox()).toEqual([]);
    expect((await li_min.see(record))?.values).toMatchObject({ name: '王大力', health_note: '高血压' });
  });

  it('that the centre wants again later stays and goes in the same meeting once what it waited for is in', async () => {
    const { centre, li_min } = await ready();
    let asked = 0;
    centre.refuse = (save) => {
      if (save.kind !== 'home_visit') return undefined;
      asked += 1;
      return asked === 1 ? { status: 'retry', code: 'unknown_record' } : undefined;
    };
    await li_min.save('home_visit', wang_visit, visited);
    await li_min.save('resident', wang_xiulan, { risk_level: 'high' });
    await li_min.meet(centre);
    expect(asked).toBe(2);
    expect(await li_min.outbox()).toEqual([]);
  });

  it('by a centre that wants a newer app stays, and says so', async () => {
    const { centre, li_min } = await ready();
    centre.refuse = () => ({ status: 'upgrade_required', code: 'app_too_old' });
    await li_min.save('home_visit', wang_visit, visited);
    expect((await li_min.meet(centre)).upgrade_required).toBe(true);
    expect(statuses(await li_min.outbox())).toEqual(['upgrade_required']);
    expect(await li_min.see(wang_visit)).toMatchObject({ mark: 'saved', pending: 1 });
  });

  it('is sealed anew by the newer app, with its words, its id and what it follows, and goes', async () => {
    const { centre, li_min } = await ready();
    const newest = schema.kinds['home_visit']!.version;
    centre.refuse = (save) => (save.schema < newest ? { status: 'upgrade_required', code: 'app_too_old' } : undefined);
    // An app of before the update, which knew an older declaration.
    schema.kinds['home_visit']!.version = newest - 1;
    await li_min.save('home_visit', wang_visit, visited);
    await li_min.save('home_visit', wang_visit, { observation: '灯坏了' });
    expect((await li_min.meet(centre)).upgrade_required).toBe(true);
    const before = await li_min.outbox();
    expect(statuses(before)).toEqual(['upgrade_required', 'upgrade_required']);

    schema.kinds['home_visit']!.version = newest;
    expect((await li_min.meet(centre)).upgrade_required).toBe(false);
    expect(await li_min.outbox()).toEqual([]);
    const words = ({ signature: _signature, schema: _schema, ...rest }: Save) => rest;
    expect(centre.log.map(words)).toEqual(before.map((row) => words(row.content)));
    expect(centre.log.map((save) => save.schema)).toEqual([newest, newest]);
    expect(centre.log.map((save) => save.signature)).not.toEqual(before.map((row) => row.content.signature));
    for (const save of centre.log) expect(await isSignedBy(li_min, save)).toBe(true);
  });

  it('that the newest app cannot mend waits for the next one, and nothing is tried in vain', async () => {
    const { centre, li_min } = await ready();
    centre.refuse = () => ({ status: 'upgrade_required', code: 'app_too_old' });
    await li_min.save('home_visit', wang_visit, visited);
    await li_min.meet(centre);
    const before = await li_min.outbox();
    centre.bodies = [];
    await li_min.meet(centre);
    expect((await li_min.outbox()).map((row) => row.sealed)).toEqual(before.map((row) => row.sealed));
    expect(centre.bodies.filter((body) => body.includes('push(saves'))).toHaveLength(1);
  });

  it('released later by the centre is delivered without being sent again', async () => {
    const { centre, li_min } = await ready();
    centre.refuse = () => ({ status: 'held', code: 'locked_after_edit' });
    const held = await li_min.save('resident', wang_xiulan, { risk_level: 'high' });
    await li_min.meet(centre);
    const [row] = await li_min.outbox();
    centre.decided = [{ save: held.save, status: 'accepted', revision: centre.write(row!.content, 'li_min'), problem: null }];
    await li_min.meet(centre);
    expect(await li_min.outbox()).toEqual([]);
    expect(await li_min.see(wang_xiulan)).toMatchObject({ mark: 'sent', values: { risk_level: 'high' } });
  });
});

describe('a push', () => {
  it('holds at most 100 saves and 256 KiB', () => {
    const rows = (count: number, bytes: number) => Array.from({ length: count }, () => ({ sealed: 'x'.repeat(bytes) }) as OutboxRow);
    expect(batches(rows(100, 10)).map((batch) => batch.length)).toEqual([100]);
    expect(batches(rows(101, 10)).map((batch) => batch.length)).toEqual([100, 1]);
    expect(batches(rows(5, 60_000)).map((batch) => batch.length)).toEqual([4, 1]);
    expect(batches(rows(1, 300_000)).map((batch) => batch.length)).toEqual([1]);
  });

  it('refused as a whole is halved until the one save that spoils it stands alone', async () => {
    const { centre, li_min } = await ready();
    for (const phone of ['13800000001', '13800000002', '13800000003', '13800000004', '13800000005']) await li_min.save('household', wang_household, { phone });
    centre.refuse_request = (saves) => (saves.some((save) => save.set['phone'] === '13800000003') ? 'damaged_request' : undefined);
    await push(li_min.store, centre.network());
    expect((await li_min.outbox()).map((row) => [row.content.set['phone'], row.status])).toEqual([
      ['13800000001', 'accepted'], ['13800000002', 'accepted'], ['13800000003', 'retry'], ['13800000004', 'accepted'], ['13800000005', 'accepted']
    ]);
  });

  it('without a session leaves everything where it is', async () => {
    const { centre, li_min } = await ready();
    await li_min.save('home_visit', wang_visit, visited);
    centre.is_signed_in = false;
    await expect(li_min.meet(centre)).rejects.toThrow(ProblemError);
    expect(statuses(await li_min.outbox())).toEqual(['waiting']);
    // Recording goes on.
    expect((await li_min.save('resident', wang_xiulan, { risk_level: 'high' })).problems).toBeUndefined();
  });

  it('answered by a captive portal has delivered nothing', async () => {
    const { centre, li_min } = await ready();
    await li_min.save('home_visit', wang_visit, visited);
    centre.answers_html = true;
    await expect(li_min.meet(centre)).rejects.toMatchObject({ reason: 'not_the_centre' });
    expect((await li_min.see(wang_visit))?.mark).toBe('saved');
  });
});

describe('what is urgent', () => {
  it('is sent before all that was written earlier, with the records it names, in a request of its own', async () => {
    const { centre, li_min } = await ready();
    await li_min.save('resident', wang_xiulan, { risk_level: 'high' });
    const home = await li_min.save('household', null, { estate: '和平里', building: '9', room: '101', team: 'heping_1' });
    await li_min.save('incident', null, { what: 'near_miss', happened_at: '2026-11-22T00:30:00Z', place: '3 栋' });
    const visit = { household: home.record, assigned_to: 'li_min', visited_on: '2026-11-22', outcome: 'met_person', condition: 'urgent' };
    await li_min.save('home_visit', null, visit);
    await li_min.save('incident', null, { what: 'injury', happened_at: '2026-11-22T00:40:00Z', place: '9 栋一楼' });
    centre.bodies = [];
    await push(li_min.store, centre.network());

    const sent = centre.bodies.map((body) => (JSON.parse(body) as { variables: { saves: Save[] } }).variables.saves.map((save) => save.kind));
    expect(sent).toEqual([['household', 'home_visit', 'incident'], ['resident', 'incident']]);
    expect(statuses(await li_min.outbox())).toEqual(['accepted', 'accepted', 'accepted', 'accepted', 'accepted']);
  });
});
