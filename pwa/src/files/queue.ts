// The files' own way to the centre, beside the outbox: one after the other, each until it is verified there. When to go
// is sender.ts; how a file travels is upload.ts.
import type { Ended, Outcome } from '../sync/loop';
import type { Problem } from '../sync/shapes';
import { fact, write, type PersonStore } from '../sync/store';
import { contentOf, letGo } from './kept';
import type { FileRow } from './shapes';

/** How an upload ended. Everything but `delivered` and a final refusal may be tried again with the same file. */
export type Uploaded =
  | { status: 'delivered' }
  | { status: 'offline' }
  | { status: 'busy'; wait_seconds: number | null }
  | { status: 'signed_out' }
  | { status: 'refused'; problem: Problem; wait_seconds: number | null };

/** Sends one file from where the centre has it; tells how many bytes are there. */
export type Upload = (row: FileRow, content: Blob, progress: (bytes: number) => void) => Promise<Uploaded>;

export interface Watched {
  progress(row: FileRow | null, bytes: number): void;
  changed(records: string[]): void;
  /** Whether the person lets another file go: they may pause, or leave the Wi-Fi, while many wait. */
  may_go(): boolean;
  now(): number;
}

/** The same file will be refused again; the person is told, and only they send it again. */
const final = new Set(['file_damaged', 'file_not_readable', 'file_too_many_pixels', 'file_too_large', 'damaged_request', 'upload_version']);

/** Send every file that waits, oldest first, and let go of what nothing needs any more. Nothing else waits for this. */
export async function sendFiles(store: PersonStore, upload: Upload, watched: Watched): Promise<Ended> {
  await askAgainOfRestored(store);
  let ended = endedAs('ok');
  for (const row of await waitingFiles(store)) {
    if (!watched.may_go()) break;
    ended = await sendOne(store, row, upload, watched);
    if (ended.outcome !== 'ok') break;
  }
  watched.progress(null, 0);
  await letGo(store, watched.now());
  return ended;
}

function endedAs(outcome: Outcome, wait_seconds: number | null = null): Ended {
  return { outcome, wait_seconds };
}

/** The files on their way, oldest first. */
export async function waitingFiles(store: PersonStore): Promise<FileRow[]> {
  const rows = (await store.getAll('file')).filter((row) => row.status === 'waiting');
  return rows.sort((one, other) => one.kept_at.localeCompare(other.kept_at));
}

/** Let a refused file wait again, because its person asked. */
export async function sendAgain(store: PersonStore, hash: string): Promise<void> {
  await change(store, hash, { status: 'waiting', problem: null });
}

async function sendOne(store: PersonStore, row: FileRow, upload: Upload, watched: Watched): Promise<Ended> {
  const content = await contentOf(store, row.hash);
  const epoch = (await fact<string>(store, 'epoch')) ?? null;
  watched.progress(row, 0);
  const done: Uploaded = content
    ? await upload(row, content, (bytes) => watched.progress(row, bytes))
    // Only a browser that loses part of its storage can do that; the row stays and says so.
    : { status: 'refused', problem: { code: 'file_not_readable', field: null, details: null }, wait_seconds: null };
  if (done.status === 'offline' || done.status === 'signed_out') return endedAs(done.status);
  // Nothing is wrong with the file, and nobody has to know.
  if (done.status === 'busy') return endedAs('busy', done.wait_seconds);
  if (done.status === 'delivered') {
    await change(store, row.hash, { status: 'delivered', problem: null, delivered_at: new Date(watched.now()).toISOString(), epoch });
  } else {
    const is_final = final.has(done.problem.code);
    await change(store, row.hash, { status: is_final ? 'refused' : 'waiting', problem: done.problem });
    // A full centre, or too many for today: the next file would be told the same.
    if (!is_final) return endedAs('refused', done.wait_seconds);
  }
  watched.changed(row.record === null ? [] : [row.record]);
  return endedAs('ok');
}

async function change(store: PersonStore, hash: string, to: Partial<FileRow>): Promise<void> {
  await write(store, async (transaction) => {
    const row = await transaction.objectStore('file').get(hash);
    if (row) await transaction.objectStore('file').put({ ...row, ...to });
  });
}

// A centre that was restored from a backup may have lost files that were delivered after it: whoever still has one sends
// it again, and a centre that has it says so at once.
async function askAgainOfRestored(store: PersonStore): Promise<void> {
  const epoch = await fact<string>(store, 'epoch');
  if (epoch === undefined) return;
  const other = (await store.getAll('file')).filter((row) => row.status === 'delivered' && row.epoch !== epoch);
  for (const row of other) await change(store, row.hash, row.epoch === null ? { epoch } : { status: 'waiting', delivered_at: null, epoch: null });
}
