// Which of the selected records may be approved in one go, and where the reader goes next. Nothing is decided here.
import type { ReviewItem } from './shapes';

/** Why a record wants to be opened by itself before it is approved. */
export type Exception = 'conflict' | 'duplicate' | 'urgent' | 'changed' | 'answered' | 'looking' | 'not_waiting';

/** Reasons in the order of their weight; undefined for an ordinary record. */
export function exceptionOf(item: ReviewItem, me?: string): Exception | undefined {
  if (item.conflicts.length > 0) return 'conflict';
  if (item.duplicates.length > 0) return 'duplicate';
  if (item.urgent) return 'urgent';
  if (item.state === 'changed') return 'changed';
  if (item.answered) return 'answered';
  if (item.looking && item.looking.person !== me) return 'looking';
  return item.state === 'waiting' ? undefined : 'not_waiting';
}

export interface Split { ordinary: ReviewItem[]; exceptions: { item: ReviewItem; reason: Exception }[] }

/** Part the selected records into those that can be approved together and those that want a look; `me` looks at some. */
export function split(items: readonly ReviewItem[], selected: ReadonlySet<string>, me?: string): Split {
  const found: Split = { ordinary: [], exceptions: [] };
  for (const item of items) {
    if (!selected.has(item.record)) continue;
    const reason = exceptionOf(item, me);
    if (reason) found.exceptions.push({ item, reason });
    else found.ordinary.push(item);
  }
  return found;
}

/** The key of a row: a held save is a row of its own, for several may concern one record. */
export function rowKey(item: Pick<ReviewItem, 'record' | 'save'>): string {
  return item.save ?? item.record;
}

/** The row `step` rows away, staying inside the list; the first when nothing is open yet. */
export function neighbour(rows: readonly string[], open: string | undefined, step: 1 | -1): string | undefined {
  const at = open === undefined ? -1 : rows.indexOf(open);
  if (at < 0) return rows[0];
  return rows[Math.min(rows.length - 1, Math.max(0, at + step))];
}

/** Where to go when rows leave the list: the nearest one below the open one that stays, else the nearest above. */
export function afterLeaving(rows: readonly string[], open: string | undefined, leaving: ReadonlySet<string>): string | undefined {
  if (open === undefined || !leaving.has(open)) return open;
  const at = rows.indexOf(open);
  const stays = (key: string) => !leaving.has(key);
  return rows.slice(at + 1).find(stays) ?? rows.slice(0, Math.max(0, at)).reverse().find(stays);
}

/** Urgent records first, then returns that were answered, then whoever has waited longest; then what
 * passes by itself; what was put aside comes last. */
export function inOrder(items: readonly ReviewItem[], aside: ReadonlySet<string>, newest = false): ReviewItem[] {
  const weight = (item: ReviewItem) => (aside.has(rowKey(item)) ? 4 : item.passes_at ? 3 : newest ? 2 : item.urgent ? 0 : item.answered ? 1 : 2);
  const since = (item: ReviewItem) => item.delivered_at ?? '';
  return [...items].sort((one, other) => {
    const far = weight(one) - weight(other);
    if (far !== 0) return far;
    const early = since(one) < since(other) ? -1 : since(one) > since(other) ? 1 : 0;
    return newest ? -early : early;
  });
}

export interface Moved { come: number; changed: string[]; gone: string[] }

/** How a queue differs from the one on show, so that the reader can be told instead of finding it swapped. */
export function movedSince(shown: readonly ReviewItem[], now: readonly ReviewItem[]): Moved {
  const before = new Map(shown.map((item) => [rowKey(item), item.revision]));
  const after = new Map(now.map((item) => [rowKey(item), item.revision]));
  return {
    come: [...after.keys()].filter((key) => !before.has(key)).length,
    changed: [...after].filter(([key, revision]) => before.has(key) && before.get(key) !== revision).map(([key]) => key),
    gone: [...before.keys()].filter((key) => !after.has(key)),
  };
}
