// Push: sealed saves to the centre, receipts back into the outbox. When to push is loop.ts.
import { dataOf, problemFields } from '../graphql';
import { ProblemError, type Network } from '../network';
import { kindOf } from '../schema/schema';
import { holds } from '../schema/validate';
import { instant } from './clock';
import { pushBytesMax, pushSavesMax } from './limits';
import { isUnsent } from './project';
import { storeReceipts } from './settle';
import type { OutboxRow, Problem, Receipt } from './shapes';
import { fact, write, type PersonStore } from './store';

const question = `mutation push($saves: [SaveInput!]!, $sent_at: String) {
  push(saves: $saves, sent_at: $sent_at) {
    receipts { save status revision problem { ${problemFields} } }
    epoch server_time witness
  }
}`;
const head = `{"query":${JSON.stringify(question)},"operationName":"push","variables":{"saves":[`;
/** The phone's own clock, always as long: a wrong one is told to whoever reviews what was written by it. */
const tail = (now: Date): string => `],"sent_at":"${instant(now)}"}}`;
const tailLength = tail(new Date(0)).length;
interface Answer { push: { receipts: Receipt[]; epoch: string; server_time: string; witness: string } }

export interface Pushed {
  /** Saves that got a receipt, by what it said. */
  accepted: number;
  held: number;
  retry: number;
  upgrade_required: number;
  epoch: string | null;
}

/** Requests as a whole that no other size or order would mend: they go up to the loop, and the outbox stays. */
const hopeless = new Set(['not_signed_in', 'device_revoked', 'wrong_origin', 'demo_only']);

/**
 * Send everything that waits, what is urgent by itself before the rest, each oldest first, in batches; each save is sent
 * once.
 *
 * The text of a save is the one it was sealed with, the same bytes at every try. Throws NetworkFailure and the problems
 * of the request as a whole; receipts that came before are stored.
 */
export async function push(store: PersonStore, network: Network, progress: (left: number) => void = () => undefined): Promise<Pushed> {
  const rows = await store.getAllFromIndex('outbox', 'device_sequence');
  const unsent = rows.filter(isUnsent);
  const pushed: Pushed = { accepted: 0, held: 0, retry: 0, upgrade_required: 0, epoch: null };
  let left = unsent.length;
  const [pressing, others] = pressingFirst(unsent);
  for (const batch of [...batches(pressing), ...batches(others)]) {
    progress(left);
    await pushBatch(store, network, batch, pushed);
    left -= batch.length;
  }
  progress(0);
  return pushed;
}

/**
 * The saves of what is declared urgent, with those of unsent records that they name, and all others. A weak network
 * carries the few first.
 */
export function pressingFirst(rows: OutboxRow[]): [OutboxRow[], OutboxRow[]] {
  const wanted = new Set(rows.filter(isPressing).map((row) => row.record));
  if (wanted.size === 0) return [[], rows];
  // From the newest back, as what a save names was there before it.
  for (const row of [...rows].reverse()) {
    if (!wanted.has(row.record)) continue;
    for (const value of Object.values(row.content.set)) if (typeof value === 'string') wanted.add(value);
  }
  return [rows.filter((row) => wanted.has(row.record)), rows.filter((row) => !wanted.has(row.record))];
}

function isPressing(row: OutboxRow): boolean {
  const urgent = kindOf(row.kind)?.review?.urgent_when;
  return urgent !== null && urgent !== undefined && holds(urgent, row.content.set);
}

/** The saves in batches that keep both bounds. */
export function batches(rows: OutboxRow[]): OutboxRow[][] {
  const encoder = new TextEncoder();
  const found: OutboxRow[][] = [];
  let batch: OutboxRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = encoder.encode(row.sealed).length + 1;
    if (batch.length === pushSavesMax || (batch.length > 0 && bytes + size > pushBytesMax - head.length - tailLength)) {
      found.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(row);
    bytes += size;
  }
  if (batch.length > 0) found.push(batch);
  return found;
}

async function pushBatch(store: PersonStore, network: Network, batch: OutboxRow[], pushed: Pushed): Promise<void> {
  const body = head + batch.map((row) => row.sealed).join(',') + tail(new Date());
  let answer: Answer;
  try {
    answer = dataOf<Answer>(await network('/graphql', { method: 'POST', body, seconds_max: 60 }), 'push');
  } catch (error) {
    if (!(error instanceof ProblemError) || hopeless.has(error.problem.code)) throw error;
    await divide(store, network, batch, pushed, error.problem);
    return;
  }
  const { receipts, epoch, witness } = answer.push;
  const round = (await fact<number>(store, 'round')) ?? 0;
  await write(store, async (transaction) => {
    await storeReceipts(transaction, receipts, round);
    // How long the centre's audit was by then, and its end: who cuts it later cannot reach what phones have noted.
    await transaction.objectStore('meta').put(witness, 'witness');
  });
  for (const receipt of receipts) pushed[receipt.status] += 1;
  pushed.epoch = epoch;
}

// The centre refused the request as a whole, not a save. One save may be the cause, and it must not keep the others
// (promise P6): halves are tried, down to the single save, which then carries the reason and is tried again later.
async function divide(store: PersonStore, network: Network, batch: OutboxRow[], pushed: Pushed, problem: Problem): Promise<void> {
  const [only] = batch;
  if (batch.length === 1 && only) {
    const round = (await fact<number>(store, 'round')) ?? 0;
    await write(store, (transaction) => storeReceipts(transaction, [{ save: only.save, status: 'retry', problem }], round));
    pushed.retry += 1;
    return;
  }
  const middle = Math.ceil(batch.length / 2);
  await pushBatch(store, network, batch.slice(0, middle), pushed);
  await pushBatch(store, network, batch.slice(middle), pushed);
}
