// A phone for tests: a real database, a real key, the clock in the test's hand. What it meets is centre.ts.
import { keysFrom } from '../../src/seal/keys';
import { findPersonStore, type PersonStore } from '../../src/sync/store';
import { get, list, type Names } from '../../src/sync/records';
import { meet, type Met } from '../../src/sync/round';
import { save, type Saved, type SaveOptions } from '../../src/sync/write';
import type { Author } from '../../src/sync/outbox';
import type { Json, OutboxRow, RecordView } from '../../src/sync/shapes';
import type { Centre } from './centre';

export const names: Names = (of, id) => (of === 'person' && id === 'li_min' ? '李敏' : undefined);
/** 22 November 2026, 09:00 in Shanghai. */
export const morning = Date.UTC(2026, 10, 22, 1, 0, 0);
export const wang_household = '01900000-0000-7000-8000-000000000001';
export const wang_xiulan = '01900000-0000-7000-8000-000000000002';
export const wang_visit = '01900000-0000-7000-8000-000000000003';

export interface Phone {
  store: PersonStore;
  author: Author;
  clock: { now: number };
  public_key: CryptoKey;
  save(kind: string, record: string | null, set: Record<string, Json | undefined>, options?: SaveOptions): Promise<Saved>;
  see(record: string): Promise<RecordView | undefined>;
  list(kind: string, index?: string, value?: string): Promise<RecordView[]>;
  outbox(): Promise<OutboxRow[]>;
  meet(centre: Centre): Promise<Met>;
}

/** A person's part of a phone; opened again, as in another tab, by the same keys. */
export async function newStore(person = 'li_min'): Promise<PersonStore> {
  const master = new Uint8Array(32).map((_byte, at) => at + person.length);
  return (await findPersonStore(person)).open(await keysFrom(master));
}

/** Take a phone into the hand of a person. */
export async function phoneOf(person = 'li_min'): Promise<Phone> {
  const store = await newStore(person);
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  const clock = { now: morning };
  const author: Author = { store, person, key: pair.privateKey, now: () => clock.now };
  return {
    store, author, clock, public_key: pair.publicKey,
    save: (kind, record, set, options) => save(author, kind, record, set, options),
    see: (record) => get(store, names, record),
    list: (kind, index, value) => list(store, names, kind, index, value),
    outbox: () => store.getAllFromIndex('outbox', 'device_sequence'),
    meet: (centre) => meet(store, centre.network(), { sending: () => undefined, changed: () => undefined, known: () => undefined, author: async () => author })
  };
}

/** A home, the resident in it and today's visit, written by the supervisor. */
export function seed(centre: Centre): void {
  const made_at = `${String(morning - 86_400_000)}-0000`;
  centre.write({ record: wang_household, kind: 'household', client: 11, made_at, replaces: {}, set: { estate: '和平里', building: '3', unit: '2', room: '502', team: 'heping_1', phone: '138 0000 5521' } }, 'zhou_hui', { own: [] });
  centre.write({ record: wang_xiulan, kind: 'resident', client: 12, made_at, replaces: {}, set: { name: '王秀兰', household: wang_household, risk_level: 'medium' } }, 'zhou_hui', { own: [], search: 'wangxiulan wxl' });
  centre.write({ record: wang_visit, kind: 'home_visit', client: 13, made_at, replaces: {}, set: { household: wang_household, resident: wang_xiulan, assigned_to: 'li_min', planned_on: '2026-11-22', planned_at: '10:30', reason: 'routine' } }, 'zhou_hui');
}
/** What the visit form writes after somebody was met and all is as usual. */
export const visited = { visited_on: '2026-11-22', outcome: 'met_person', condition: 'as_usual', 'services.greeting': true };
