// The index that outlives a start: a second one opens what is kept, and nothing that changed meanwhile is missed.
import { beforeEach, describe, expect, it } from 'vitest';
import { keyOf } from '../../src/seal/envelope';
import { searchIn } from '../../src/sync/search';
import { startSearcher, type Searcher } from '../../src/sync/search_kept';
import { write } from '../../src/sync/store';
import { Centre } from './centre';
import { morning, names, newStore, phoneOf, seed, wang_household, wang_xiulan, type Phone } from './phone';

let li_min: Phone;
let centre: Centre;
const notes = async () => [...(await li_min.store.facts('search.changed.')).keys()];

/** A start of the app, with what it is told of changes. */
function starts(): Searcher & { hears(records: string[] | null): void; finds(text: string): Promise<string[]> } {
  let told: (records: string[] | null) => void = () => undefined;
  const searcher = startSearcher(li_min.store, names, { listen: (then) => { told = then; }, breathe: () => Promise.resolve(), later: () => undefined });
  return { ...searcher, hears: (records) => told(records), finds: async (text) => searchIn(await searcher.index(), text, 50).map((hit) => hit.record) };
}

beforeEach(async () => {
  centre = new Centre();
  seed(centre);
  li_min = await phoneOf();
  await li_min.meet(centre);
  const first = starts();
  await first.index();
  await first.kept();
});

describe('a start after the index was kept', () => {
  it('finds everybody without opening a record', async () => {
    // Taken away beside every transaction of the app: whoever read the records would not find her.
    await li_min.store.delete('view', wang_xiulan);
    expect(await starts().finds('王秀兰')).toEqual([wang_xiulan]);
  });
  it('takes in what was saved, pulled or dropped while nobody searched', async () => {
    expect(await notes()).toEqual([]);
    await li_min.save('resident', wang_xiulan, { name: '王秀岚' });
    await li_min.save('household', wang_household, { room: '503' });
    centre.write({ record: '01900000-0000-7000-8000-000000000031', kind: 'resident', client: 31, made_at: `${String(morning)}-0000`, replaces: {}, set: { name: '赵国强', household: wang_household } }, 'zhou_hui', { search: 'zhaoguoqiang zgq' });
    await li_min.meet(centre);
    expect((await notes()).length).toBeGreaterThan(1);
    const next = starts();
    expect(await next.finds('王秀兰')).toEqual([]);
    expect(await next.finds('王秀岚')).toEqual([wang_xiulan]);
    expect(await next.finds('zgq')).toEqual(['01900000-0000-7000-8000-000000000031']);
    expect(searchIn(await next.index(), '王秀岚', 5)[0]?.subtitle_zh).toBe('和平里 3 栋 2 单元 503');
    await write(li_min.store, (transaction) => transaction.objectStore('view').delete(wang_xiulan));
    expect(await starts().finds('王秀岚')).toEqual([]);
  });
  it('has no note left once it is kept, and was not killed before', async () => {
    await li_min.save('resident', wang_xiulan, { name: '王秀岚' });
    const killed = starts();
    expect(await killed.finds('王秀岚')).toEqual([wang_xiulan]);
    expect(await notes()).toHaveLength(1);
    const next = starts();
    expect(await next.finds('王秀岚')).toEqual([wang_xiulan]);
    await next.kept();
    expect(await notes()).toEqual([]);
    await li_min.store.delete('view', wang_xiulan);
    expect(await starts().finds('王秀岚')).toEqual([wang_xiulan]);
  });
  it('makes the index anew where a piece does not open, or was made by another app', async () => {
    const pieces = await li_min.store.facts('search.piece.');
    await li_min.store.delete('view', wang_xiulan);
    await li_min.store.delete('meta', [...pieces.keys()][0] ?? '');
    expect(await starts().finds('王秀兰')).toEqual([]);
    await li_min.store.put('meta', { made_of: 'an older app', turn: 1 }, 'search.head');
    expect(await starts().finds('和平里')).toEqual([wang_household]);
  });
  it('writes no note for what nobody searches', async () => {
    await li_min.save('home_visit', null, { household: wang_household, resident: wang_xiulan, visited_on: '2026-11-22', outcome: 'no_answer' });
    expect(await notes()).toEqual([]);
  });
});

describe('two tabs', () => {
  it('never keep an index that misses what the other has taken in', async () => {
    const [one, other] = [starts(), starts()];
    await Promise.all([one.index(), other.index()]);
    await li_min.save('resident', wang_xiulan, { name: '王秀岚' });
    one.hears([wang_xiulan]);
    await one.kept();
    // The other has not heard of her new name, and something else to keep.
    await li_min.save('household', wang_household, { room: '503' });
    other.hears([wang_household]);
    await other.kept();
    expect(await starts().finds('王秀岚')).toEqual([wang_xiulan]);
    expect(searchIn(await starts().index(), '王秀岚', 5)[0]?.subtitle_zh).toBe('和平里 3 栋 2 单元 503');
  });
});

it('lies on the disk under the key of searching', async () => {
  const database = await new Promise<IDBDatabase>((then) => { const asked = indexedDB.open('doorstep-part-li_min'); asked.onsuccess = () => then(asked.result); });
  const rows = await new Promise<Uint8Array<ArrayBuffer>[]>((then) => {
    const asked = database.transaction('meta').objectStore('meta').getAll(IDBKeyRange.bound('search.', 'search.\uffff')) as IDBRequest<Uint8Array<ArrayBuffer>[]>;
    asked.onsuccess = () => then(asked.result);
  });
  database.close();
  const search_key = (await newStore()).keys.of('search').id;
  expect(rows.length).toBeGreaterThan(60);
  expect(new Set(rows.map(keyOf))).toEqual(new Set([search_key]));
});
