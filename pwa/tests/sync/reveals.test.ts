// A covered number that was looked at: noted sealed before it is shown, and told to the centre once, whatever comes between.
import { describe, expect, it } from 'vitest';
import { NetworkFailure } from '../../src/network';
import { handInReveals, noteReveal, revealsKept } from '../../src/sync/reveals';
import { openDB } from 'idb';
import { Centre } from './centre';
import { morning, newStore, phoneOf, seed, wang_household, wang_xiulan } from './phone';

async function looked() {
  const [centre, li_min] = [new Centre(), await phoneOf()];
  seed(centre);
  await li_min.meet(centre);
  centre.is_down = true;
  await noteReveal(li_min.store, wang_household, 'phone', new Date(morning));
  return { centre, li_min };
}

describe('a look at a covered number', () => {
  it('lies on the phone sealed, and outlives a kill', async () => {
    const { li_min } = await looked();
    li_min.store.close();
    const again = await newStore();
    const [reveal] = await revealsKept(again);
    expect(reveal).toMatchObject({ record: wang_household, field: 'phone', seen_at: '2026-11-22T01:00:00Z' });
    const names = (await indexedDB.databases()).map(({ name }) => name ?? '');
    for (const name of names) {
      const raw = await openDB(name);
      const stored = await Promise.all([...raw.objectStoreNames].map((store) => raw.getAll(store)));
      raw.close();
      const text = JSON.stringify(stored, (_key, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : value));
      expect(text).not.toContain('2026-11-22T01:00:00Z');
    }
    again.close();
  });

  it('is told with the next meeting, and leaves the phone', async () => {
    const { centre, li_min } = await looked();
    await expect(li_min.meet(centre)).rejects.toThrow(NetworkFailure);
    centre.is_down = false;
    await noteReveal(li_min.store, wang_xiulan, 'phone', new Date(morning + 60_000));
    await li_min.meet(centre);
    expect([...centre.looks.values()].map(({ record, seen_at }) => [record, seen_at])).toEqual([[wang_household, '2026-11-22T01:00:00Z'], [wang_xiulan, '2026-11-22T01:01:00Z']]);
    expect(await revealsKept(li_min.store)).toEqual([]);
  });

  it('whose answer is lost, and whose app is killed then, is told again under the same id', async () => {
    const { centre, li_min } = await looked();
    centre.is_down = false;
    centre.lose_replies = 1;
    await expect(handInReveals(li_min.store, centre.network())).rejects.toThrow(NetworkFailure);
    li_min.store.close();
    const again = await newStore();
    await handInReveals(again, centre.network());
    expect(centre.looks.size).toBe(1);
    expect(centre.bodies.filter((body) => body.includes('note_reveals('))).toHaveLength(2);
    expect(await revealsKept(again)).toEqual([]);
    again.close();
  });

  it('waits where the centre refuses the whole, and keeps nothing else from its meeting', async () => {
    const { centre, li_min } = await looked();
    centre.is_down = false;
    centre.refuse_looks = 'query_refused';
    await li_min.meet(centre);
    expect(await revealsKept(li_min.store)).toHaveLength(1);
    expect(await li_min.store.get('meta', 'last_contact')).toBeDefined();
  });
});
