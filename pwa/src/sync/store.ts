// The databases of this phone and the only use of IndexedDB: one for the device, one for each person who signs in.
// What the rows mean, and when they change, is decided by the modules beside this one.
import { deleteDB, openDB, type DBSchema, type IDBPDatabase, type IDBPTransaction, type StoreNames } from 'idb';
import type { FileRow } from '../files/shapes';
import type { BaseRow, DraftRow, KeptRow, OutboxRow, ViewRow } from './shapes';

interface PersonSchema extends DBSchema {
  base: { key: string; value: BaseRow };
  view: { key: string; value: ViewRow; indexes: { kind: string; keys: string } };
  outbox: { key: string; value: OutboxRow; indexes: { record: string; device_sequence: number } };
  draft: { key: string; value: DraftRow };
  kept: { key: string; value: KeptRow };
  file: { key: string; value: FileRow };
  /** Bytes under their hash: a row that changes must not write a photo again. */
  file_bytes: { key: string; value: ArrayBuffer };
  meta: { key: string; value: unknown };
}
interface DeviceSchema extends DBSchema {
  meta: { key: string; value: unknown };
}

export type PersonStore = IDBPDatabase<PersonSchema>;
export type DeviceStore = IDBPDatabase<DeviceSchema>;
type Name = StoreNames<PersonSchema>;
export type Writing = IDBPTransaction<PersonSchema, Name[], 'readwrite'>;
export type Reading = IDBPTransaction<PersonSchema, Name[], IDBTransactionMode>;

/** Every store of a person: saves and pulled pages touch several at once, so that none can be half done. */
const all: Name[] = ['base', 'view', 'outbox', 'draft', 'kept', 'file', 'file_bytes', 'meta'];

/** Open the database of one person on this phone; made when it is not there yet. */
export async function openPersonStore(person: string): Promise<PersonStore> {
  const store = await openDB<PersonSchema>(`doorstep-${person}`, 4, {
    async upgrade(database, from, _to, transaction) {
      if (from < 3) database.createObjectStore('kept', { keyPath: 'save' });
      if (from < 4) {
        database.createObjectStore('file', { keyPath: 'hash' });
        database.createObjectStore('file_bytes');
      }
      if (from > 1) return;
      if (from === 1) {
        // The first app kept documents in its base. The centre has all of that: it is read anew. What the centre may not
        // have, the outbox and the drafts, stays as it is, and so do the view rows until their records come again.
        await transaction.objectStore('base').clear();
        await transaction.objectStore('meta').delete('cursors');
        return;
      }
      database.createObjectStore('base', { keyPath: 'record' });
      const view = database.createObjectStore('view', { keyPath: 'record' });
      view.createIndex('kind', 'kind');
      view.createIndex('keys', 'keys', { multiEntry: true });
      const outbox = database.createObjectStore('outbox', { keyPath: 'save' });
      outbox.createIndex('record', 'record');
      outbox.createIndex('device_sequence', 'device_sequence');
      database.createObjectStore('draft', { keyPath: 'key' });
      database.createObjectStore('meta');
    }
  });
  // A newer app in another tab wants to change the stores: give way, that tab reloads this one's data.
  store.onversionchange = () => store.close();
  return store;
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
 */
export async function write<T>(store: PersonStore, work: (transaction: Writing) => Promise<T>, durability: 'strict' | 'relaxed' = 'strict'): Promise<T> {
  const transaction = store.transaction(all, 'readwrite', { durability });
  // Both are awaited: an aborted transaction rejects `done` too, and nobody else would hear it.
  const done = transaction.done.then(() => null, (error: unknown) => ({ error }));
  let result: T;
  try {
    result = await work(transaction);
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

/** The databases that hold anything of a person. */
export async function databasesOf(person: string): Promise<string[]> {
  return Promise.resolve([`doorstep-${person}`]);
}

/** Take away what this device keeps of a person beside their databases, keys before all; the shared key with the last one. */
export async function forgetPerson(person: string): Promise<void> {
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

/** Delete a database of this phone; connections that other tabs hold give way. */
export async function removeDatabase(name: string): Promise<void> {
  await deleteDB(name);
}
