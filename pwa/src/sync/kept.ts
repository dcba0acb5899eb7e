// Saves the centre has accepted, kept on this phone until the centre has them in a backup too: what a restored centre
// lacks is sent again from here. When it was restored, and what is read anew, is restored.ts.
import { newOutboxRow } from './save';
import type { KeptRow, OutboxRow } from './shapes';
import { write, type PersonStore, type Writing } from './store';

/** Without word of a backup a phone keeps so many of the newest, and none longer than so many days. */
export const keptSavesMax = 2000;
export const keptDaysMax = 14;

/** Take accepted saves out of the outbox and keep them; whoever counts what waits no longer sees them. */
export async function keep(transaction: Writing, rows: OutboxRow[]): Promise<void> {
  for (const row of rows) {
    await transaction.objectStore('outbox').delete(row.save);
    if (row.status !== 'accepted' || row.revision === null) continue;
    const { save, sealed, author, revision } = row;
    await transaction.objectStore('kept').put({ save, sealed, author, revision, kept_at: null });
  }
}

/**
 * Let go of what is safe elsewhere, and of what is too old or too much.
 *
 * backed_up    revision up to which the centre has a verified backup, 0 for none
 * server_time  of the page that said so: a phone whose clock jumps must not let go of anything for it
 */
export async function letGoOfKept(store: PersonStore, backed_up: number, server_time: string): Promise<void> {
  if ((await store.count('kept')) === 0) return;
  const now = Date.parse(server_time);
  await write(store, async (transaction) => {
    const kept = transaction.objectStore('kept');
    const rows = (await kept.getAll()).sort((one, other) => one.revision - other.revision);
    const surplus = rows.length - keptSavesMax;
    for (const [place, row] of rows.entries()) {
      const age = row.kept_at === null ? 0 : now - Date.parse(row.kept_at);
      if (row.revision <= backed_up || place < surplus || age > keptDaysMax * 86_400_000) await kept.delete(row.save);
      else if (row.kept_at === null) await kept.put({ ...row, kept_at: server_time });
    }
  }, 'relaxed');
}

/** Put everything that is kept back into the outbox, to be sent again as it was sealed; the records concerned. */
export async function takeUpAgain(transaction: Writing): Promise<OutboxRow[]> {
  const rows = (await transaction.objectStore('kept').getAll()).map((row: KeptRow) => newOutboxRow(row.sealed, row.author, true));
  for (const row of rows) await transaction.objectStore('outbox').put(row);
  await transaction.objectStore('kept').clear();
  return rows;
}
