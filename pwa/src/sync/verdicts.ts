// What somebody decided later on saves that this phone was refused: remembered with the words they were about, so that
// their author can read the outcome when the save itself is gone. Receipts themselves are settle.ts.
import type { OutboxRow, Told, VerdictGiven } from './shapes';
import { fact, type PersonStore, type Writing } from './store';

const place = 'verdicts';
/** The newest are kept; what is older stands in the record's history at the centre. */
const toldMax = 50;

/** Remember a verdict in the transaction that stores its receipt. Told twice, it is remembered once. */
export async function noteVerdict(transaction: Writing, row: OutboxRow, given: VerdictGiven): Promise<void> {
  const meta = transaction.objectStore('meta');
  const known = ((await meta.get(place)) as Told[] | undefined) ?? [];
  const told: Told = { ...given, save: row.save, record: row.record, kind: row.kind, set: row.content.set };
  await meta.put([told, ...known.filter((one) => one.save !== row.save)].slice(0, toldMax), place);
}

/** The verdicts this phone was told, newest first. A save that was only looked at again is still held, and not among them. */
export async function verdictsTold(store: PersonStore): Promise<Told[]> {
  const known = (await fact<Told[]>(store, place)) ?? [];
  return known.filter((one) => one.verdict !== 'keep').sort((one, other) => other.at.localeCompare(one.at));
}

/** Whether the centre has decided that this save is not taken in: its words are kept there, and here nobody waits for it. */
export function isDecided(row: Pick<OutboxRow, 'status' | 'problem'>): boolean {
  return row.status === 'held' && (row.problem?.code === 'held_rejected' || row.problem?.code === 'held_withdrawn');
}
