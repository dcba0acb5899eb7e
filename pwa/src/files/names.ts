// What files are called where they are shown: by their caption, or by kind and number in the order they were taken.
import { fileWords as w } from '../words/files';
import type { NamedFile } from './shapes';

/** Row id, file and name of each, oldest first. */
export function numbered(rows: Record<string, NamedFile>): [string, NamedFile, string][] {
  const count = new Map<string, number>();
  return Object.entries(rows)
    .sort(([one, first], [other, second]) => first.taken_at.localeCompare(second.taken_at) || one.localeCompare(other))
    .map(([row, file]) => {
      const number = (count.get(file.media) ?? 0) + 1;
      count.set(file.media, number);
      return [row, file, file.name ?? w[`${file.media}_number`](number)];
    });
}
