// What stands on the disk for each row of a person: sealed content, and beside it only what the database must find it by,
// of which nothing says anything to whoever has no keys. When rows are read and written is store.ts.
import { keyOf, nonceOf, NotOpened, openBytes, openRow, openRowByEngine, sealBytes, sealRow, sealRowByEngine, type Place, type Sealed, type SealingKey } from '../seal/envelope';
import type { Keys, Purpose } from '../seal/keys';
import { kindOf } from '../schema/schema';
import type { FileRow } from '../files/shapes';
import { aboutSearch } from './searched';
import type { BaseRow, DraftRow, KeptRow, OutboxRow, ViewRow } from './shapes';

/** What the app sees of each store. */
export interface Rows {
  base: BaseRow;
  view: ViewRow;
  outbox: OutboxRow;
  draft: DraftRow;
  kept: KeptRow;
  file: FileRow;
  /** Sealed by whoever keeps the file, outside of any transaction: a row that changes must not write a photo again. */
  file_bytes: Sealed;
  meta: unknown;
}
export type Name = keyof Rows;

type Binary = Uint8Array<ArrayBuffer>;
/** A name in place of a text that says something, or the text itself where it is random or the app's own word. */
export type StoredKey = string | Binary;

/** What is stored of a row besides its content. Ids of records and saves are random and stay. */
export interface Stored {
  base: { record: string; sealed: Sealed };
  view: { record: string; kind: Binary; keys: Binary[]; sealed: Sealed };
  outbox: { save: string; record: string; device_sequence: number; sealed: Sealed };
  draft: { key: Binary; sealed: Sealed };
  kept: { save: string; sealed: Sealed };
  file: { hash: Binary; sealed: Sealed };
  file_bytes: Sealed;
  meta: Sealed;
}

/** Stores whose rows carry their own key; the others are given one. */
export type Keyed = Exclude<Name, 'file_bytes' | 'meta'>;

interface Plan<N extends Keyed> {
  purpose(row: Rows[N]): Purpose;
  key(keys: Keys, row: Rows[N]): StoredKey;
  beside(keys: Keys, row: Rows[N]): Omit<Stored[N], 'sealed'>;
}

const plans: { [N in Keyed]: Plan<N> } = {
  base: { purpose: tierOf, key: (_keys, row) => row.record, beside: (_keys, { record }) => ({ record }) },
  view: {
    purpose: tierOf,
    key: (_keys, row) => row.record,
    beside: (keys, { record, kind, keys: found_by }) => ({
      record, kind: indexName(keys, 'view', 'kind', kind), keys: found_by.map((key) => indexName(keys, 'view', 'keys', key))
    })
  },
  outbox: {
    purpose: () => 'outbox',
    key: (_keys, row) => row.save,
    beside: (_keys, { save, record, device_sequence }) => ({ save, record, device_sequence })
  },
  draft: { purpose: () => 'outbox', key: (keys, row) => keyName(keys, 'draft', row.key) as Binary, beside: (keys, row) => ({ key: keyName(keys, 'draft', row.key) as Binary }) },
  kept: { purpose: () => 'outbox', key: (_keys, row) => row.save, beside: (_keys, { save }) => ({ save }) },
  file: { purpose: () => 'files', key: (keys, row) => keyName(keys, 'file', row.hash) as Binary, beside: (keys, row) => ({ hash: keyName(keys, 'file', row.hash) as Binary }) }
};

function tierOf({ kind }: { kind: string }): Purpose {
  const tier = kindOf(kind)?.sensitivity;
  // A kind that only a newer centre knows is taken for what most records are.
  return tier === 1 ? 'records_1' : tier !== undefined && tier >= 3 ? 'records_3' : 'records_2';
}

/** The key under which a row of a store lies. A draft's key names a form, a file's its content: both say something. */
export function keyName(keys: Keys, store: Name, key: string): StoredKey {
  if (store === 'draft') return keys.named(`draft ${key}`);
  // One name for a file's row and for its bytes.
  return store === 'file' || store === 'file_bytes' ? keys.named(`file ${key}`) : key;
}

/** The key of an index under which rows are found. */
export function indexName(keys: Keys, store: 'view', index: 'kind' | 'keys', key: string): Binary {
  return keys.named(`${store} ${index} ${key}`);
}

/** A row of a store with its own key, as it is stored. */
export function sealedRow<N extends Keyed>(keys: Keys, store: N, row: Rows[N]): Stored[N] {
  const plan = plans[store];
  const place: Place = { store, key: plan.key(keys, row) };
  return { ...plan.beside(keys, row), sealed: sealRow(keys.of(plan.purpose(row)), place, row) } as Stored[N];
}

/** Many rows, as they are stored, by the browser's engine. */
export async function sealedAll<N extends Keyed>(keys: Keys, store: N, rows: Rows[N][]): Promise<Stored[N][]> {
  const plan = plans[store];
  return Promise.all(rows.map(async (row) => {
    const place: Place = { store, key: plan.key(keys, row) };
    return { ...plan.beside(keys, row), sealed: await sealRowByEngine(keys.of(plan.purpose(row)), place, row) } as Stored[N];
  }));
}

/** A fact, as it is stored. */
export function sealedFact(keys: Keys, key: string, value: unknown): Sealed {
  return sealRow(keys.of(purposeOfFact(key)), { store: 'meta', key }, value);
}

function purposeOfFact(key: string): Purpose {
  return key.startsWith(aboutSearch) ? 'search' : 'facts';
}

// Rows that were opened a moment ago, by the nonce they were sealed with and the place they lie at: a transaction that finds
// the very same ones takes them as they are.
const opened_lately = new WeakMap<Keys, Map<string, unknown>>();
const openedLatelyMax = 64;

function nameOf(store: Name, key: StoredKey, sealed: Sealed): string {
  return `${store} ${String(key)} ${String(nonceOf(sealed))}`;
}

/** Keep what was opened by the engine for the transaction that follows. */
export function keepOpened<N extends Name>(keys: Keys, store: N, key: StoredKey, stored: Stored[N] | undefined, row: Rows[N] | undefined): void {
  if (stored === undefined || row === undefined) return;
  let lately = opened_lately.get(keys);
  if (!lately) opened_lately.set(keys, (lately = new Map<string, unknown>()));
  if (lately.size >= openedLatelyMax) lately.clear();
  lately.set(nameOf(store, key, sealedIn(stored)), row);
}

// Rows that were sealed by the engine before the transaction that is to write them.
const sealed_ahead = new WeakMap<object, unknown>();

/** Seal a row, or a fact under its key, for the transaction that follows; it must not change until then. */
export async function sealAhead(keys: Keys, store: Name, row: object, key?: string): Promise<void> {
  const sealed = key === undefined
    ? (await sealedAll(keys, store as Keyed, [row as never]))[0]
    : await sealRowByEngine(keys.of(purposeOfFact(key)), { store: 'meta', key }, row);
  sealed_ahead.set(row, sealed);
}

/** What `sealAhead` made of this very object; undefined where it was not asked. */
export function sealedAheadOf(row: unknown): unknown {
  return typeof row === 'object' && row !== null ? sealed_ahead.get(row) : undefined;
}

/** What lies under a key, opened at once; undefined, and told, where it does not open. */
export function opened<N extends Name>(keys: Keys, store: N, key: StoredKey, stored: Stored[N] | undefined): Rows[N] | undefined {
  if (stored === undefined) return undefined;
  try {
    if (store === 'file_bytes') return stored as Rows[N];
    const sealed = sealedIn(stored);
    const lately = keys.is_locked() ? undefined : opened_lately.get(keys)?.get(nameOf(store, key, sealed));
    if (lately !== undefined) return structuredClone(lately) as Rows[N];
    return openRow(keyFor(keys, sealed), { store, key }, sealed) as Rows[N];
  } catch (error) {
    return notOpened(error);
  }
}

/** The same by the browser's engine, which is quicker and may not be waited for within a transaction. */
export async function openedOne<N extends Name>(keys: Keys, store: N, key: StoredKey, stored: Stored[N] | undefined): Promise<Rows[N] | undefined> {
  if (stored === undefined) return undefined;
  try {
    if (store === 'file_bytes') return stored as Rows[N];
    const sealed = sealedIn(stored);
    return (await openRowByEngine(keyFor(keys, sealed), { store, key }, sealed)) as Rows[N];
  } catch (error) {
    return notOpened(error);
  }
}

/** Rows of a store, opened by the browser's engine; those that do not open are left out, and told. */
export async function openedAll<N extends Keyed>(keys: Keys, store: N, stored: Stored[N][]): Promise<Rows[N][]> {
  const rows = await Promise.all(stored.map((one) => openedOne(keys, store, keyIn(store, one), one)));
  return rows.filter((row) => row !== undefined);
}

/** The bytes of a file as they are stored; outside of any transaction, since they are many. */
export async function sealFile(keys: Keys, hash: string, bytes: ArrayBuffer): Promise<Sealed> {
  return sealBytes(keys.of('files'), { store: 'file_bytes', key: keyName(keys, 'file_bytes', hash) }, bytes);
}

/** The bytes of a file; undefined, and told, where they do not open. */
export async function openFile(keys: Keys, hash: string, sealed: Sealed): Promise<ArrayBuffer | undefined> {
  try {
    return await openBytes(keyFor(keys, sealed), { store: 'file_bytes', key: keyName(keys, 'file_bytes', hash) }, sealed);
  } catch (error) {
    return notOpened(error);
  }
}

/** The key that a stored row lies under. */
export function keyIn<N extends Keyed>(store: N, stored: Stored[N]): StoredKey {
  const named = { base: 'record', view: 'record', outbox: 'save', draft: 'key', kept: 'save', file: 'hash' } as const;
  return (stored as unknown as Record<string, StoredKey>)[named[store]] as StoredKey;
}

function sealedIn<N extends Name>(stored: Stored[N]): Sealed {
  return stored instanceof Uint8Array ? stored : (stored as { sealed: Sealed }).sealed;
}

function keyFor(keys: Keys, sealed: Sealed): SealingKey {
  const key = keys.numbered(keyOf(sealed));
  if (!key) throw new NotOpened('A key that this app does not know');
  return key;
}

// A row that somebody changed on the disk is as good as none: a record is read anew from the centre, and whatever was
// written stays where it lies. All others open as before.
function notOpened(error: unknown): undefined {
  if (!(error instanceof NotOpened)) throw error;
  reportError(error);
  return undefined;
}
