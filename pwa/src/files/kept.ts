// Files on this phone: kept as they are taken, read again, and let go when nothing needs them. Sending is queue.ts.
import { hex, sha256 } from '../sync/hash';
import { openFile, sealFile } from '../sync/sealed';
import { write, type PersonStore } from '../sync/store';
import type { FileRow, Media } from './shapes';

/** A delivered file stays readable without a network for so long, and for a centre that was restored. */
export const deliveredDaysMax = 14;
/** A file that was taken and is in no save and no draft goes after this. */
export const unnamedDaysMax = 2;
const dayMs = 24 * 60 * 60 * 1000;

/**
 * Keep a file; resolves when it is on disk, so that a save may name it. A file that is here already stays as it is.
 * Throws DOMException when the phone is full, and then nothing has changed.
 */
export async function keepFile(store: PersonStore, media: Media, content: Blob, now: number): Promise<FileRow> {
  const bytes = await content.arrayBuffer();
  const row: FileRow = {
    hash: hex(await sha256(bytes)), media, type: content.type.split(';')[0] ?? '', bytes: bytes.byteLength,
    status: 'kept', record: null, problem: null, kept_at: new Date(now).toISOString(), delivered_at: null, epoch: null
  };
  const sealed = await sealFile(store.keys, row.hash, bytes);
  return write(store, async (transaction) => {
    const before = await transaction.objectStore('file').get(row.hash);
    if (before && (await transaction.objectStore('file_bytes').has(row.hash))) return before;
    await transaction.objectStore('file_bytes').put(sealed, row.hash);
    await transaction.objectStore('file').put(before ?? row);
    return before ?? row;
  });
}

/** A file's bytes with their type; undefined when they are not on this phone. */
export async function contentOf(store: PersonStore, hash: string): Promise<Blob | undefined> {
  const [row, sealed] = await Promise.all([store.get('file', hash), store.get('file_bytes', hash)]);
  const bytes = sealed && (await openFile(store.keys, hash, sealed));
  return row && bytes ? new Blob([bytes], { type: row.type }) : undefined;
}

/** Take a file away that no save has named. */
export async function forgetKept(store: PersonStore, hash: string): Promise<void> {
  await write(store, async (transaction) => {
    const row = await transaction.objectStore('file').get(hash);
    if (row?.status !== 'kept') return;
    await transaction.objectStore('file').delete(hash);
    await transaction.objectStore('file_bytes').delete(hash);
  });
}

/** Take away what the centre has, when somebody signs out. */
export async function forgetDelivered(store: PersonStore): Promise<void> {
  await forget(store, (row) => row.status === 'delivered');
}

/** Take away what nothing needs any more: delivered long ago, or taken and never saved. */
export async function letGo(store: PersonStore, now: number): Promise<void> {
  const drafts = JSON.stringify(await store.getAll('draft'));
  const is_before = (at: string, days: number): boolean => now - Date.parse(at) > days * dayMs;
  await forget(store, (row) =>
    (row.status === 'delivered' && is_before(row.delivered_at ?? row.kept_at, deliveredDaysMax)) ||
    (row.status === 'kept' && is_before(row.kept_at, unnamedDaysMax) && !drafts.includes(row.hash)));
}

async function forget(store: PersonStore, may_go: (row: FileRow) => boolean): Promise<void> {
  if (!(await store.getAll('file')).some(may_go)) return;
  await write(store, async (transaction) => {
    for (const row of (await transaction.objectStore('file').getAll()).filter(may_go)) {
      await transaction.objectStore('file').delete(row.hash);
      await transaction.objectStore('file_bytes').delete(row.hash);
    }
  });
}
