// Whether hours of volunteers can be certified as they are: overlaps, doubles, sums. Certifying is done by the screen.
import type { ReviewItem, Values } from './shapes';

export type Check = 'same_time' | 'overlap' | 'possible_double' | 'versions' | 'long_day';
export interface HourRow { item: ReviewItem; checks: Check[]; against: ReviewItem[] }

const long_day_minutes = 10 * 60;

/** Minutes after midnight of an "HH:MM"; undefined for anything else. */
export function minuteOf(time: unknown): number | undefined {
  const found = typeof time === 'string' ? /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) : null;
  return found ? Number(found[1]) * 60 + Number(found[2]) : undefined;
}

/** From and to of an entry in minutes after midnight; undefined while a time is missing or the wrong way round. */
export function spanOf(values: Values): [number, number] | undefined {
  const [from, to] = [minuteOf(values['started_at']), minuteOf(values['ended_at'])];
  return from === undefined || to === undefined || to <= from ? undefined : [from, to];
}

/** Minutes two entries of one person on one day have in common; entries that only touch have none. */
export function minutesTogether(one: Values, other: Values): number {
  if (one['volunteer'] !== other['volunteer'] || one['worked_on'] !== other['worked_on']) return 0;
  const [first, second] = [spanOf(one), spanOf(other)];
  if (!first || !second) return 0;
  return Math.max(0, Math.min(first[1], second[1]) - Math.max(first[0], second[0]));
}

/** Each entry with what is to be looked at before it is certified. `other` gives doubles that are not on the list. */
export function hourRows(items: readonly ReviewItem[]): HourRow[] {
  return items.map((item) => {
    const against = items.filter((other) => other.record !== item.record && (minutesTogether(item.values, other.values) > 0 || item.duplicates.includes(other.record)));
    const checks = new Set<Check>();
    for (const other of against) checks.add(hasSameTimes(item.values, other.values) ? 'same_time' : minutesTogether(item.values, other.values) > 0 ? 'overlap' : 'possible_double');
    // The other entry may have been certified already, so that it waits no more and is not on this list.
    if (item.duplicates.some((record) => !against.some((other) => other.record === record))) checks.add('possible_double');
    if (item.conflicts.length > 0) checks.add('versions');
    if (minutesOf(item) > long_day_minutes) checks.add('long_day');
    return { item, checks: [...checks], against };
  });
}

function hasSameTimes(one: Values, other: Values): boolean {
  return one['started_at'] === other['started_at'] && one['ended_at'] === other['ended_at'];
}

/** Entries that can be certified without a second look. */
export function cleanRecords(rows: readonly HourRow[]): string[] {
  return rows.filter((row) => row.checks.length === 0).map((row) => row.item.record);
}

export function minutesOf(item: Pick<ReviewItem, 'values'>): number {
  const minutes = item.values['minutes'];
  return typeof minutes === 'number' ? minutes : 0;
}

/** Sum of the minutes of the selected entries. */
export function minutesSelected(rows: readonly HourRow[], selected: ReadonlySet<string>): number {
  return rows.filter((row) => selected.has(row.item.record)).reduce((sum, row) => sum + minutesOf(row.item), 0);
}

/** Hours with one decimal at most: 150 minutes are "2.5". */
export function hoursOf(minutes: number): string {
  return String(Math.round(minutes / 6) / 10);
}

export interface Bar { record: string; from: number; to: number }
export interface Times { start: number; end: number; bars: Bar[]; together: [number, number][] }

/** A common scale of whole hours around these entries, with the stretches that more than one of them covers. */
export function timesOf(items: readonly Pick<ReviewItem, 'record' | 'values'>[]): Times {
  const bars = items.flatMap((item) => {
    const span = spanOf(item.values);
    return span ? [{ record: item.record, from: span[0], to: span[1] }] : [];
  });
  const start = Math.floor(Math.min(24 * 60, ...bars.map((bar) => bar.from)) / 60) * 60;
  const end = Math.ceil(Math.max(0, ...bars.map((bar) => bar.to)) / 60) * 60;
  const together: [number, number][] = [];
  for (const [at, one] of bars.entries()) {
    for (const other of bars.slice(at + 1)) {
      const [from, to] = [Math.max(one.from, other.from), Math.min(one.to, other.to)];
      if (to > from) together.push([from, to]);
    }
  }
  return { start, end, bars, together };
}
