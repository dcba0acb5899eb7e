// Which files a save names, and that they go on their way with it. Small: it is part of every save.
// Not here: keeping them (kept.ts), sending them (queue.ts).
import { fieldOf, kindOf } from '../schema/schema';
import type { Json } from '../schema/model';
import type { Writing } from '../sync/store';

/** The hashes that a save writes into fields of type `files`. */
export function hashesIn(kind: string, set: { [field_key: string]: Json }): string[] {
  const declared = kindOf(kind);
  return Object.entries(set).flatMap(([key, value]) => {
    if (!declared || fieldOf(declared, key)?.type !== 'files') return [];
    const hash = (value as { hash?: Json } | null)?.hash;
    return typeof hash === 'string' ? [hash] : [];
  });
}

/** Let the files of a save wait for the centre, in the transaction that seals it: saved means its photos too. */
export async function nameFiles(transaction: Writing, record: string, kind: string, set: { [field_key: string]: Json }): Promise<void> {
  const files = transaction.objectStore('file');
  for (const hash of hashesIn(kind, set)) {
    const row = await files.get(hash);
    if (row?.status === 'kept') await files.put({ ...row, status: 'waiting', record });
  }
}
