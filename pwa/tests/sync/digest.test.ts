// Comparing with the centre: whatever went wrong with what is stored here is found in few questions and mended.
import { beforeEach, describe, expect, it } from 'vitest';
import { mend, type Mended } from '../../src/sync/digest';
import { fact } from '../../src/sync/store';
import { Centre } from './centre';
import { morning, phoneOf, seed, visited, wang_household, wang_visit, wang_xiulan, type Phone } from './phone';

let centre: Centre;
let li_min: Phone;
const extra = '01900000-0000-7000-8000-0000000000ff';

beforeEach(async () => {
  centre = new Centre();
  li_min = await phoneOf();
  seed(centre);
  for (let at = 0; at < 200; at += 1) {
    const record = `01900000-0000-7000-8000-1${String(at).padStart(11, '0')}`;
    centre.write({ record, kind: 'household', client: 100 + at, made_at: `${String(morning)}-0000`, replaces: {}, set: { estate: '和平里', building: '1', room: String(at), team: 'heping_1' } }, 'zhou_hui', { own: [] });
  }
  await li_min.meet(centre);
});

async function base(record: string) {
  return (await li_min.store.get('base', record))!;
}

const wrongs: [string, string, () => Promise<unknown>][] = [
  ['a record that is missing', wang_household, () => li_min.store.delete('base', wang_household)],
  ['a record that is not the centre\'s', extra, async () => li_min.store.put('base', { ...(await base(wang_household)), record: extra })],
  ['a record of an older revision', wang_visit, async () => li_min.store.put('base', { ...(await base(wang_visit)), revision: 1 })],
  ['a value altered under the same revision', wang_xiulan, async () => {
    const row = await base(wang_xiulan);
    return li_min.store.put('base', { ...row, claims: row.claims.map((claim) => (claim.field_key === 'name' ? { ...claim, value: '王秀' } : claim)) });
  }],
  ['a claim that was lost', wang_xiulan, async () => {
    const row = await base(wang_xiulan);
    return li_min.store.put('base', { ...row, claims: row.claims.slice(1) });
  }],
  ['a record in the wrong team', wang_household, async () => {
    const row = await base(wang_household);
    return li_min.store.put('base', { ...row, standing: { ...row.standing, team: 'heping_9' } });
  }]
];

describe('what went wrong on this phone', () => {
  it.each(wrongs)('%s is found and mended, and told', async (_, record, spoil) => {
    await spoil();
    expect(await mend(li_min.store, centre.network(), centre.me.scopes, morning)).toEqual([record]);
    const kept = centre.records.get(record);
    if (!kept) expect(await li_min.store.get('base', record)).toBeUndefined();
    else expect(await base(record)).toMatchObject({ revision: kept.revision, standing: kept.standing });
    if (record === wang_xiulan) expect(await li_min.see(wang_xiulan)).toMatchObject({ values: { name: '王秀兰', risk_level: 'medium' } });
    expect(await fact<Mended>(li_min.store, 'mended')).toEqual({ at: new Date(morning).toISOString(), records: 1 });
    expect(await mend(li_min.store, centre.network(), centre.me.scopes, morning)).toEqual([]);
  });

  it('in two hundred records at once, each under the revision it should have, is found in every one', async () => {
    const forked = (await li_min.store.getAll('base')).slice(0, 200);
    for (const row of forked) {
      const [first, ...others] = row.claims;
      await li_min.store.put('base', { ...row, claims: [{ ...first!, value: `${JSON.stringify(first!.value)}?` }, ...others] });
    }
    const mended = await mend(li_min.store, centre.network(), centre.me.scopes, morning);
    expect([...mended].sort()).toEqual(forked.map((row) => row.record).sort());
    expect(forked).toHaveLength(200);
    for (const row of forked) expect((await base(row.record)).claims).toEqual(row.claims);
  });

  it('never costs what was not sent', async () => {
    await li_min.save('home_visit', wang_visit, visited);
    await li_min.store.delete('base', wang_visit);
    centre.records.delete(wang_visit);
    const before = await li_min.outbox();
    await mend(li_min.store, centre.network(), centre.me.scopes, morning);
    expect(await li_min.outbox()).toEqual(before);
    expect(await li_min.see(wang_visit)).toMatchObject({ pending: 1, values: { outcome: 'met_person' } });
  });
});

describe('where nothing is wrong', () => {
  it('one small question is all that travels', async () => {
    centre.bodies = [];
    expect(await mend(li_min.store, centre.network(), centre.me.scopes, morning)).toEqual([]);
    expect(centre.bodies).toHaveLength(1);
    expect(await fact(li_min.store, 'mended')).toBeUndefined();
  });

  it('it is asked once a day, and the first time a day after everything was read', async () => {
    const asked = (): number => centre.bodies.filter((body) => body.includes('digest(')).length;
    await li_min.meet(centre);
    expect(asked()).toBe(0);
    await li_min.store.put('meta', Date.now() - 86_400_000, 'digest_at');
    await li_min.meet(centre);
    expect(asked()).toBe(1);
    await li_min.meet(centre);
    expect(asked()).toBe(1);
  });
});
