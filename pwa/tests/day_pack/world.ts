// A phone that has met the centre and may take a day along, for the tests of it.
import { openDB } from 'idb';
import { halfOf, outsideOf } from '../../src/day_pack/outside';
import { pack, type ToPack } from '../../src/day_pack/packing';
import { packFact, type KeptPack } from '../../src/day_pack/shapes';
import { bytesOf } from '../../src/auth/bytes';
import { keysFrom } from '../../src/seal/keys';
import { openPart } from '../../src/seal/part';
import { strengthMin } from '../../src/seal/slots';
import { fact, findPersonStore, type PersonStore } from '../../src/sync/store';
import { save } from '../../src/sync/write';
import type { Json } from '../../src/sync/shapes';
import { Centre } from '../sync/centre';
import { phoneOf, seed, wang_household, wang_xiulan, type Phone } from '../sync/phone';

export const words = '73916482';
export const her_case = '01900000-0000-7000-8000-000000000011';
export const confidential = '01900000-0000-7000-8000-000000000012';
export const other_household = '01900000-0000-7000-8000-000000000021';
export const other_visit = '01900000-0000-7000-8000-000000000022';

/** Wang Xiulan's home with a case and a confidential note about it, and the home of somebody else. */
export function seedBoth(centre: Centre): void {
  seed(centre);
  const made_at = `${String(Date.now() - 86_400_000)}-0000`;
  const put = (record: string, kind: string, client: number, set: Record<string, Json>) => centre.write({ record, kind, client, made_at, replaces: {}, set }, 'zhou_hui');
  put(her_case, 'case', 21, { resident: wang_xiulan, household: wang_household, title: '独居' });
  put(confidential, 'case_confidential', 22, { case: her_case, content: '只有他知道' });
  put(other_household, 'household', 23, { estate: '和平里', building: '9', unit: '1', room: '101' });
  put(other_visit, 'home_visit', 24, { household: other_household, assigned_to: 'li_min', planned_on: '2026-11-22' });
}

export async function metPhone(centre: Centre, person = 'li_min'): Promise<Phone> {
  const phone = await phoneOf(person);
  phone.clock.now = Date.now();
  await phone.meet(centre);
  return phone;
}

export function packOf(phone: Phone, more: Partial<ToPack> = {}) {
  return pack(phone.author, { homes: [wang_household], shifts: [], until: phone.clock.now + 3_600_000, words, ...more }, { strength: strengthMin });
}

/** The pack, opened by its words. */
export async function inside(person = 'li_min', typed = words): Promise<PersonStore> {
  const outside = await outsideOf(person);
  if (!outside) throw new Error('There is no pack');
  const closed = await findPersonStore(outside.place);
  return openPart({ place: outside.place, closed, slots: await closed.slots() }, 'shift', { words: typed, device: await halfOf(outside) });
}

/** Write in the pack, and close it. It is opened by what the own part keeps: that takes no second. */
export async function writesInside(phone: Phone, kind: string, record: string | null, set: Record<string, Json>) {
  const kept = await fact<KeptPack>(phone.store, packFact);
  if (!kept) throw new Error('There is no pack');
  const store = (await findPersonStore(kept.place)).open(await keysFrom(bytesOf(kept.master)));
  const saved = await save({ ...phone.author, store }, kind, record, set);
  store.close();
  if (saved.problems) throw new Error(JSON.stringify(saved.problems));
  return saved;
}

export async function databases(): Promise<string[]> {
  return (await indexedDB.databases()).map(({ name }) => name ?? '').sort();
}

/** All that lies in a database, as text in which bytes read as letters. */
export async function dumpOf(name: string): Promise<string> {
  const database = await openDB(name);
  const stores = await Promise.all([...database.objectStoreNames].map((store) => database.getAll(store)));
  database.close();
  return JSON.stringify(stores, (_key, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value));
}
