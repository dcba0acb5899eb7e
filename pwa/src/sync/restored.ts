// What a phone does when the centre it meets is not the one it knew: put back from a backup, copied, or gone another way.
// How that is noticed is pull.ts; which accepted saves are still here is kept.ts.
import { takeUpAgain } from './kept';
import { projectAgain } from './outbox';
import { fact, write, type PersonStore, type Writing } from './store';

/** Told in the sync centre: when it was noticed, and how many saves were sent again. */
export interface Restored { at: string; sent_again: number }

/**
 * Begin anew with the centre: what it may have lost is sent again, and every scope is read from its start.
 *
 * Base rows stay, so that work goes on; revision 0 says that they are of an earlier life of the centre and confirm
 * nothing. What has not come again when everything was read is no longer the centre's (letGoOfUnread).
 *
 * epoch  the new one, null where the centre did not change it
 */
export async function startAgain(store: PersonStore, epoch: string | null, now: number = Date.now()): Promise<void> {
  // Read and sealed before the transaction, by the browser's engine: thousands of rows at once would freeze the screen.
  // Nobody writes base rows meanwhile, and view rows of records with words of this phone are made anew below.
  const base_rows = await store.sealAll('base', (await store.getAll('base')).map((row) => ({ ...row, revision: 0 })));
  const view_rows = await store.sealAll('view', (await store.getAll('view')).filter((row) => row.revision !== 0).map((row) => ({ ...row, revision: 0 })));
  await write(store, async (transaction) => {
    const outbox = transaction.objectStore('outbox');
    const entries = await outbox.getAll();
    const answered = entries.filter((row) => row.status === 'accepted' || row.status === 'held');
    for (const row of answered) await outbox.put({ ...row, status: 'waiting', revision: null, problem: null, again: row.status === 'accepted' });
    const kept = await takeUpAgain(transaction);
    const base = transaction.objectStore('base');
    for (const row of base_rows) await base.putSealed(row);
    const own = new Set([...entries, ...kept].map((row) => row.record));
    const view = transaction.objectStore('view');
    for (const row of view_rows) if (!own.has(row.record)) await view.putSealed(row);
    for (const record of own) await projectAgain(transaction, record);
    const meta = transaction.objectStore('meta');
    for (const key of ['cursors', 'mark', 'head', 'at']) await meta.delete(key);
    if (epoch !== null) await meta.put(epoch, 'epoch');
    await meta.put(true, 'reading_anew');
    await meta.put({ at: new Date(now).toISOString(), sent_again: answered.length + kept.length } satisfies Restored, 'restored');
  });
}

/** After everything was read anew: drop what the restored centre does not have. Words that wait for it stay. */
export async function letGoOfUnread(store: PersonStore, leave: (transaction: Writing, record: string) => Promise<void>): Promise<string[]> {
  if ((await fact<boolean>(store, 'reading_anew')) !== true) return [];
  const unread = (await store.getAll('base')).filter((row) => row.revision === 0).map((row) => row.record);
  return write(store, async (transaction) => {
    for (const record of unread) await leave(transaction, record);
    await transaction.objectStore('meta').delete('reading_anew');
    return unread;
  });
}
