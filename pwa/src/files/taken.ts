// The rows of one field of a form while files are taken for it, and what is said when one cannot be taken.
// Not here: the controls, and how a file is kept (kept.ts).
import { newRow, type Json } from '../view';
import type { Field } from '../records/declared';
import { fileWords as w } from '../words/files';
import type { NamedFile } from './shapes';

export type Rows = Record<string, NamedFile>;

/** The value of a field of type `files`. */
export function rowsOf(value: Json | undefined): Rows {
  return (value ?? {}) as unknown as Rows;
}

/** The rows with one more file. The same picture chosen twice is one picture. */
export function withFile(rows: Rows, file: NamedFile): Json {
  const is_there = Object.values(rows).some((row) => row.hash === file.hash);
  return (is_there ? rows : { ...rows, [newRow()]: { ...file } }) as unknown as Json;
}

/** Put what was taken among the rows; what is said to the person where nothing was. */
export function added(taken: NamedFile | string, rows: Rows, change: (rows: Json) => void): string {
  if (typeof taken === 'string') return taken;
  change(withFile(rows, taken));
  return '';
}

/** Take a file for a field; what is said to the person where that fails, and then nothing has changed. */
export async function taking(field: Field, take: () => Promise<NamedFile | undefined>): Promise<NamedFile | string> {
  try {
    const file = await take();
    if (!file) return w.not_opened;
    return field.bytes_max !== undefined && file.bytes > field.bytes_max ? w.too_large : file;
  } catch (error) {
    // The phone is full: text still saves, and the draft is as it was.
    if (!(error instanceof DOMException)) throw error;
    return w.phone_full;
  }
}
