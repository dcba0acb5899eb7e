// What an arriving fact does to outbox, base and view of a record: a receipt, a new base, a record that leaves. Asking
// the centre for these facts is push.ts and pull.ts.
import { keep } from './kept';
import { projectAgain } from './outbox';
import type { OutboxRow, Receipt } from './shapes';
import type { Writing } from './store';
import { noteVerdict } from './verdicts';

/**
 * Store receipts. An accepted save stays in the outbox until a pulled base has its revision; a held one stays with its
 * reason; `retry` and `upgrade_required` stay to be sent again.
 *
 * round  number of the round in which they came; a later complete pull settles what no base will ever confirm
 */
export async function storeReceipts(transaction: Writing, receipts: Receipt[], round: number): Promise<string[]> {
  const outbox = transaction.objectStore('outbox');
  const touched = new Set<string>();
  for (const receipt of receipts) {
    const row = await outbox.get(receipt.save);
    if (!row) continue;
    await outbox.put({
      ...row,
      status: receipt.status,
      revision: receipt.revision ?? null,
      problem: receipt.problem ?? null,
      receipt_round: round
    });
    if (receipt.verdict) await noteVerdict(transaction, row, receipt.verdict);
    touched.add(row.record);
  }
  for (const record of touched) await settle(transaction, record);
  return [...touched];
}

/** Let go of what is confirmed, drop a base that was only kept for the outbox, and make the view row anew. */
export async function settle(transaction: Writing, record: string): Promise<void> {
  const base = await transaction.objectStore('base').get(record);
  const rows = await transaction.objectStore('outbox').index('record').getAll(record);
  const confirmed = rows.filter((row) => isConfirmed(row, base?.revision));
  await keep(transaction, confirmed);
  const left = rows.length - confirmed.length;
  const settled = left === 0 || rows.every((row) => row.status === 'accepted');
  if (base?.leaving === true && settled) {
    await transaction.objectStore('base').delete(record);
    await keep(transaction, rows.filter((row) => !confirmed.includes(row)));
  }
  await projectAgain(transaction, record);
}

/** Whether the base already holds what this save did. */
export function isConfirmed(row: OutboxRow, base_revision: number | undefined): boolean {
  return row.status === 'accepted' && row.revision !== null && base_revision !== undefined && base_revision >= row.revision;
}
