// The databases of this phone and the only use of IndexedDB: one for the device, one for each person who signs in, whose
// rows are sealed on the way in and opened on the way out. What stands on the disk for a row is sealed.ts; what rows mean,
// and when they change, is decided by the modules beside this one.
import { deleteDB, openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction } from 'idb';
import type { Keys } from '../seal/keys';
import type { Slot } from '../seal/slots';
import {
  indexName, keepOpened, keyIn, keyName, opened, openedAll, openedOne, sealAhead, sealedAheadOf, sealedAll, sealedFact, sealedRow, type Keyed, type Name, type Rows,
  type Stored, type StoredKey
} from './sealed';
import { newId } from './save';
import { changedSince, searchedKinds } from './searched';

type Binary = Uint8Array<ArrayBuffer>;

interface PersonSchema extends DBSchema {
  base: { key: string; value: Stored['base'] };
  view: { key: string; value: Stored['view']; indexes: { kind: Binary; keys: Binary } };
  outbox: { key: string; value: Stored['outbox']; indexes: { record: string; device_sequence: number } };
  draft: { key: Binary; value: Stored['draft'] };
  kept: { key: string; value: Stored['kept'] };
  file: { key: Binary; value: Stored['file'] };
  file_bytes: { key: Binary; value: Stored['file_bytes'] };
  meta: { key: string; value: Stored['meta'] };
  /** What opens the keys of all others, and so is not sealed by them. */
  slot: { key: string; value: Slot };
}
interface DeviceSchema extends DBSchema {
  meta: { key: string; value: unknown };
}

type Database = IDBPDatabase<PersonSchema>;
type Transaction = IDBPTransaction<PersonSchema, Name[], 'readwrite'>;
export type DeviceStore = IDBPDatabase<DeviceSchema>;

/** Every store of a person: saves and pulled pages touch several at once, so that none can be half done. */
const all: Name[] = ['base', 'view', 'outbox', 'draft', 'kept', 'file', 'file_bytes', 'meta'];

/** The rows of one person, open. Each call is a transaction of its own; several at once are `write`. */
export interface PersonStore {
  readonly keys: Keys;
  get<N extends Name>(store: N, key: string): Promise<Rows[N] | undefined>;
  /** Several rows in the order asked for, in one transaction. */
  getMany<N extends Keyed>(store: N, keys: string[]): Promise<Rows[N][]>;
  getAll<N extends Keyed>(store: N): Promise<Rows[N][]>;
  getAllFromIndex(store: 'view', index: 'kind' | 'keys', key: string): Promise<Rows['view'][]>;
  getAllFromIndex(store: 'outbox', index: 'record', key: string): Promise<Rows['outbox'][]>;
  /** In the order in which they were sealed. */
  getAllFromIndex(store: 'outbox', index: 'device_sequence'): Promise<Rows['outbox'][]>;
  getAllKeysFromIndex(store: 'view', index: 'kind', key: string): Promise<string[]>;
  /** The facts whose keys begin so, read together. */
  facts(beginning: string): Promise<Map<string, unknown>>;
  put<N extends Keyed>(store: N, row: Rows[N]): Promise<void>;
  put(store: 'meta', value: unknown, key: string): Promise<void>;
  /** Rows ready to be put by a transaction: sealing many takes long, and it must not wait. */
  sealAll<N extends Keyed>(store: N, rows: Rows[N][]): Promise<Stored[N][]>;
  /** Seal a row, or a fact under its key, for the transaction that follows: there it would take the slower way. */
  sealAhead(store: Keyed | 'meta', row: object, key?: string): Promise<void>;
  /** Resolves when it is on its way to the disk: a page that is being reloaded takes with it what only waits to commit. */
  putAtOnce<N extends Keyed>(store: N, row: Rows[N]): Promise<void>;
  delete(store: Name, key: string): Promise<void>;
  count(store: Name): Promise<number>;
  /** `changed`: records that can be found by typing, and were written or deleted in it. */
  transaction(durability: 'strict' | 'relaxed'): { writing: Writing; changed: ReadonlySet<string>; done: Promise<void>; abort(): void };
  close(): void;
}

/** One store within a transaction. What is asked is asked at once; nothing else is awaited than these answers. */
export interface WritingStore<N extends Name> {
  get(key: string): Promise<Rows[N] | undefined>;
  has(key: string): Promise<boolean>;
  put(row: Rows[N], ...key: N extends Keyed ? [] : [string]): Promise<void>;
  /** A row of `sealAll`. */
  putSealed(row: Stored[N]): Promise<void>;
  /** Refuses a key that is there already. */
  add(row: N extends Keyed ? Rows[N] : never): Promise<void>;
  delete(key: string): Promise<void>;
  /** All whose keys begin so. */
  deleteAll(beginning: string): Promise<void>;
  clear(): Promise<void>;
  getAll(): Promise<Rows[N][]>;
  index(index: N extends 'outbox' ? 'record' : never): { getAll(key: string): Promise<Rows[N][]>; count(key: string): Promise<number> };
}
export interface Writing { objectStore<N extends Name>(name: N): WritingStore<N> }

/** The database of one person on this phone as it lies there, with its slots; made when it is not there yet. */
export interface ClosedStore {
  slots(): Promise<Slot[]>;
  keepSlot(slot: Slot): Promise<void>;
  /** Whoever has the keys reads and writes its rows. */
  open(keys: Keys): PersonStore;
  close(): void;
}

/** What a store is opened as while people use it, and when it is taken back. */
const inUse = 1;
const takenBack = 2;

/**
 * Find the database of one person.
 *
 * place      its name on this phone, which says nothing about the person (seal/part.ts)
 * given_way  called when somebody else needed it and it was closed here
 */
export async function findPersonStore(place: string, given_way: () => void = () => undefined): Promise<ClosedStore> {
  return foundAs(inUse, place, given_way);
}

/**
 * Find it for the last time: whoever has it open loses it first, and from here on nobody finds it by `findPersonStore`.
 * So what is read in it is all that will ever be in it.
 */
export async function takeBackPersonStore(place: string): Promise<ClosedStore> {
  return foundAs(takenBack, place, () => undefined);
}

async function foundAs(version: number, place: string, given_way: () => void): Promise<ClosedStore> {
  const database = await openDB<PersonSchema>(databaseName(place), version, {
    upgrade(made, from) {
      if (from > 0) return;
      made.createObjectStore('base', { keyPath: 'record' });
      const view = made.createObjectStore('view', { keyPath: 'record' });
      view.createIndex('kind', 'kind');
      view.createIndex('keys', 'keys', { multiEntry: true });
      const outbox = made.createObjectStore('outbox', { keyPath: 'save' });
      outbox.createIndex('record', 'record');
      outbox.createIndex('device_sequence', 'device_sequence');
      made.createObjectStore('draft', { keyPath: 'key' });
      made.createObjectStore('kept', { keyPath: 'save' });
      made.createObjectStore('file', { keyPath: 'hash' });
      made.createObjectStore('file_bytes');
      made.createObjectStore('meta');
      made.createObjectStore('slot');
    }
  });
  // A newer app in another tab wants to change the stores, or what is here is taken back: give way.
  database.onversionchange = () => {
    database.close();
    given_way();
  };
  return {
    slots: () => database.getAll('slot'),
    async keepSlot(slot) {
      const transaction = database.transaction('slot', 'readwrite', { durability: 'strict' });
      await Promise.all([transaction.store.put(slot, slot.credential ?? slot.kind), transaction.done]);
    },
    open: (keys) => openedStore(database, keys),
    close: () => database.close()
  };
}

function openedStore(database: Database, keys: Keys): PersonStore {
  const named = <N extends Name>(store: N, key: string): StoredKey => keyName(keys, store, key);
  /** Open a row by the engine, and keep it for the transaction that may follow. */
  async function openedKept<N extends Name>(store: N, name: StoredKey, stored: Stored[N] | undefined): Promise<Rows[N] | undefined> {
    const row = await openedOne(keys, store, name, stored);
    keepOpened(keys, store, name, stored, row);
    return row;
  }
  async function get<N extends Name>(store: N, key: string): Promise<Rows[N] | undefined> {
    const name = named(store, key);
    return openedKept(store, name, (await database.get(store, name as never)) as Stored[N] | undefined);
  }
  async function getMany<N extends Keyed>(store: N, wanted: string[]): Promise<Rows[N][]> {
    const reading = database.transaction(store).store;
    const found = (await Promise.all(wanted.map((key) => reading.get(named(store, key) as never)))) as (Stored[N] | undefined)[];
    return openedAll(keys, store, found.filter((one) => one !== undefined));
  }
  async function put(store: Name, row: unknown, key?: string): Promise<void> {
    if (key === undefined) await database.put(store, sealedRow(keys, store as Keyed, row as never) as never);
    else await database.put('meta', sealedFact(keys, key, row), key);
  }
  async function getAllFromIndex(store: 'view' | 'outbox', index: string, key?: string): Promise<never> {
    const name = key !== undefined && store === 'view' ? indexName(keys, store, index as 'kind' | 'keys', key) : key;
    const stored = await database.getAllFromIndex(store, index as never, name as never);
    if (index !== 'record') return (await openedAll(keys, store, stored)) as never;
    const rows = await Promise.all((stored as Stored['outbox'][]).map((one) => openedKept('outbox', one.save, one)));
    return rows.filter((row) => row !== undefined) as never;
  }
  return {
    keys,
    get,
    getMany,
    getAll: async (store) => openedAll(keys, store, (await database.getAll(store)) as never),
    getAllFromIndex,
    getAllKeysFromIndex: (store, index, key) => database.getAllKeysFromIndex(store, index, indexName(keys, store, index, key)),
    async facts(beginning) {
      const reading = database.transaction('meta').store;
      const range = beginningWith(beginning);
      const [names, stored] = await Promise.all([reading.getAllKeys(range), reading.getAll(range)]);
      const rows = await Promise.all(stored.map((one, at) => openedOne(keys, 'meta', names[at] ?? '', one)));
      return new Map(names.map((name, at) => [name, rows[at]]));
    },
    put,
    sealAll: (store, rows) => sealedAll(keys, store, rows),
    sealAhead: (store, row, key) => sealAhead(keys, store, row, key),
    async putAtOnce(store, row) {
      const transaction = database.transaction(store, 'readwrite');
      const asked = transaction.store.put(sealedRow(keys, store, row) as never);
      transaction.commit();
      await Promise.all([asked, transaction.done]);
    },
    delete: (store, key) => database.delete(store, named(store, key) as never),
    count: (store) => database.count(store),
    transaction(durability) {
      const transaction = database.transaction(all, 'readwrite', { durability });
      const changed = new Set<string>();
      return { writing: writingIn(transaction, keys, changed), changed, done: transaction.done, abort: () => transaction.abort() };
    },
    close: () => database.close()
  };
}

function beginningWith(text: string): IDBKeyRange {
  return IDBKeyRange.bound(text, `${text}\uffff`);
}

function writingIn(transaction: Transaction, keys: Keys, changed: Set<string>): Writing {
  return { objectStore: (name) => (name === 'view' ? noting(writingStore(transaction, keys, 'view'), keys, changed) : writingStore(transaction, keys, name)) as never };
}

// Whoever keeps an index of what people look for must hear of every change, whatever made it.
function noting(view: WritingStore<'view'>, keys: Keys, changed: Set<string>): WritingStore<'view'> {
  const kinds = searchedKinds();
  const names = new Set(kinds.map((kind) => String(indexName(keys, 'view', 'kind', kind))));
  return {
    ...view,
    put(row) {
      if (kinds.includes(row.kind)) changed.add(row.record);
      return view.put(row);
    },
    putSealed(row) {
      if (names.has(String(row.kind))) changed.add(row.record);
      return view.putSealed(row);
    },
    delete(record) {
      changed.add(record);
      return view.delete(record);
    }
  };
}

// Rows are sealed and opened here and now: a transaction that waited for the browser's engine would end.
function writingStore<N extends Name>(transaction: Transaction, keys: Keys, name: N): WritingStore<N> {
  const store = transaction.objectStore(name);
  const named = (key: string): never => keyName(keys, name, key) as never;
  const stored = (row: unknown, key?: string): never =>
    (sealedAheadOf(row) ?? (key === undefined ? sealedRow(keys, name as Keyed, row as never) : name === 'meta' ? sealedFact(keys, key, row) : row)) as never;
  const rowsOf = (found: unknown[]): Rows[N][] => found.map((one) => opened(keys, name, keyIn(name as Keyed, one as never), one as never)).filter((row) => row !== undefined) as Rows[N][];
  return {
    async get(key) {
      return opened(keys, name, named(key), (await store.get(named(key))) as Stored[N] | undefined);
    },
    has: async (key) => (await store.getKey(named(key))) !== undefined,
    async put(row, ...[key]) {
      await store.put(stored(row, key), key === undefined ? undefined : named(key));
    },
    async putSealed(row) {
      await store.put(row as never);
    },
    async add(row) {
      await store.add(stored(row));
    },
    delete: (key) => store.delete(named(key)),
    deleteAll: (beginning) => store.delete(beginningWith(beginning) as never),
    clear: () => store.clear(),
    getAll: async () => rowsOf(await store.getAll()),
    index: (index) => ({
      getAll: async (key) => rowsOf(await store.index(index as never).getAll(key as never)),
      count: (key) => store.index(index as never).count(key as never)
    })
  };
}

/** The database of a person as an app kept it that did not seal. */
export interface OlderStore {
  version: number;
  has(store: string): boolean;
  rows(store: string): Promise<unknown[]>;
  entries(store: string): Promise<[key: string, value: unknown][]>;
  close(): void;
  /** For good. */
  takeAway(): Promise<void>;
}

/** Find it; undefined where no older app was here. */
export async function openOlderStore(person: string): Promise<OlderStore | undefined> {
  const name = `doorstep-${person}`;
  let is_there = true;
  const older = await openDB(name, undefined, { upgrade: (_database, from) => { is_there = from > 0; } });
  async function takeAway(): Promise<void> {
    older.close();
    await deleteDB(name);
  }
  if (!is_there) {
    await takeAway();
    return undefined;
  }
  return {
    version: older.version,
    has: (store) => older.objectStoreNames.contains(store),
    rows: (store) => older.getAll(store),
    async entries(store) {
      const reading = older.transaction(store).store;
      const [keys, values] = await Promise.all([reading.getAllKeys(), reading.getAll()]);
      return keys.map((key, at) => [String(key), values[at]]);
    },
    close: () => older.close(),
    takeAway
  };
}

/** Open the database that belongs to this device and to nobody in particular. */
export async function openDeviceStore(): Promise<DeviceStore> {
  return openDB<DeviceSchema>('doorstep', 1, { upgrade: (database) => void database.createObjectStore('meta') });
}

/**
 * Run `work` in one transaction over every store; resolves after it is on disk.
 *
 * `strict` asks the disk, not the browser's cache: the default loses the last seconds in a power cut. `relaxed` is for
 * what the centre would send again. `work` awaits nothing but this transaction, or the browser closes it; when it throws, nothing is written.
 * Records that people look for and that it changed are noted beside them (searched.ts).
 */
export async function write<T>(store: PersonStore, work: (transaction: Writing) => Promise<T>, durability: 'strict' | 'relaxed' = 'strict'): Promise<T> {
  const transaction = store.transaction(durability);
  // Both are awaited: an aborted transaction rejects `done` too, and nobody else would hear it.
  const done = transaction.done.then(() => null, (error: unknown) => ({ error }));
  let result: T;
  try {
    result = await work(transaction.writing);
    // With the change itself, or a phone that dies here would go on finding what is gone.
    if (transaction.changed.size > 0) await transaction.writing.objectStore('meta').put([...transaction.changed], changedSince + newId());
  } catch (error) {
    try {
      transaction.abort();
    } catch (already) {
      // The transaction has ended by itself, as it does when the disk is full; the first error is the one that matters.
      if (!(already instanceof DOMException)) throw already;
    }
    await done;
    throw error;
  }
  const failed = await done;
  if (failed) throw failed.error;
  return result;
}

/** Read one fact kept about this person: cursors, device, members. */
export async function fact<T>(store: PersonStore, key: string): Promise<T | undefined> {
  return (await store.get('meta', key)) as T | undefined;
}

/**
 * The databases that hold anything of a person: what they took along for a day (day_pack/), before all because words alone
 * open it; their part of this phone, and those that were set aside (seal/part.ts).
 */
export async function databasesOf(person: string): Promise<string[]> {
  const devices = await openDeviceStore();
  const names = (await devices.getAllKeys('meta')) as string[];
  const place = (await devices.get('meta', `place.${person}`)) as string | undefined;
  const pack = (await devices.get('meta', `day_pack.${person}`)) as { place: string } | undefined;
  devices.close();
  const aside = names.filter((name) => name.startsWith('aside.') && name.endsWith(`.${person}`)).map((name) => name.split('.')[1] ?? '');
  return [...(pack === undefined ? [] : [pack.place]), ...(place === undefined ? [] : [place]), ...aside].map(databaseName);
}

function databaseName(place: string): string {
  return `doorstep-part-${place}`;
}

/** Take away what this device keeps of a person beside their databases, keys before all; the shared key with the last one. */
export async function forgetPerson(person: string): Promise<void> {
  for (const name of await databasesOf(person)) await forgetSlots(name);
  const devices = await openDeviceStore();
  const transaction = devices.transaction('meta', 'readwrite', { durability: 'strict' });
  const names = (await transaction.store.getAllKeys()) as string[];
  const others = names.some((name) => name.startsWith('device.') && name !== `device.${person}`);
  for (const name of names) {
    if (name.endsWith(`.${person}`) || name === 'session' || (name === 'key' && !others)) await transaction.store.delete(name);
  }
  await transaction.done;
  devices.close();
}

/** Whatever opened this part opens it no more; what is in it stays for whoever has its keys. */
export async function forgetSlotsOf(place: string): Promise<void> {
  await forgetSlots(databaseName(place));
}

/** Take a part away for good. */
export async function removePart(place: string): Promise<void> {
  await removeDatabase(databaseName(place));
}

// What was sealed is nothing without them, long before all of it is gone.
async function forgetSlots(name: string): Promise<void> {
  const part = await openDB<PersonSchema>(name);
  if (part.objectStoreNames.contains('slot')) {
    const transaction = part.transaction('slot', 'readwrite', { durability: 'strict' });
    await Promise.all([transaction.store.clear(), transaction.done]);
  }
  part.close();
}

/** Delete a database of this phone; connections that other tabs hold give way. */
export async function removeDatabase(name: string): Promise<void> {
  await deleteDB(name);
}
