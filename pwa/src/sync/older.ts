// The database of an app from before rows were sealed: its rows are sealed into the person's part of this phone, and it is
// taken away. Nothing else reads it.
import { openOlderStore, write, type OlderStore, type PersonStore } from './store';
import { sealFile, type Keyed } from './sealed';

/** The centre has all that this app does not understand: documents in the base of the very first one. */
const readAnewBefore = 2;
const keyed: Keyed[] = ['base', 'view', 'outbox', 'draft', 'kept', 'file'];
const rowsAtOnce = 200;

/**
 * Take over what an older app left of this person. May be cut off anywhere and begun again: it takes the older database
 * away only when everything is on the disk here, and what it writes twice is the same.
 */
export async function takeOver(person: string, store: PersonStore): Promise<void> {
  const older = await openOlderStore(person);
  if (!older) return;
  try {
    await copy(older, store);
  } finally {
    older.close();
  }
  await older.takeAway();
}

async function copy(older: OlderStore, store: PersonStore): Promise<void> {
  const is_first_app = older.version < readAnewBefore;
  for (const name of keyed) {
    if (!older.has(name) || (is_first_app && name === 'base')) continue;
    const rows = await older.rows(name);
    for (let from = 0; from < rows.length; from += rowsAtOnce) {
      const sealed = await store.sealAll(name, rows.slice(from, from + rowsAtOnce) as never[]);
      await write(store, (transaction) => Promise.all(sealed.map((row) => transaction.objectStore(name).putSealed(row as never))));
    }
  }
  if (older.has('file_bytes')) {
    for (const [hash, bytes] of (await older.entries('file_bytes')) as [string, ArrayBuffer][]) {
      const sealed = await sealFile(store.keys, hash, bytes);
      await write(store, (transaction) => transaction.objectStore('file_bytes').put(sealed, hash));
    }
  }
  const facts = (await older.entries('meta')).filter(([key]) => !(is_first_app && key === 'cursors'));
  await write(store, (transaction) => Promise.all(facts.map(([key, value]) => transaction.objectStore('meta').put(value, key))));
}
