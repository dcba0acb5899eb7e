// When the clocks over a record end: how long something may take, from the moment that was written down. Mirrors
// schema/clocks.py. Not here: how one is told (records/clock_words.ts).
import { isEmpty } from './field_types';
import type { Clock, Json, Values } from './model';
import { schema } from './schema';
import { holds } from './validate';

/** One clock over one record: by when, and when it was met; `runs` until it was, or nobody waits for it any more. */
export interface Deadline { clock: string; due_at: string; met_at: string | null; runs: boolean }

/** The clocks that a record's values set going, in declared order. Nothing runs before its beginning is known. */
export function deadlinesOf(kind: string, values: Values): Deadline[] {
  return deadlines(Object.hasOwn(schema.clocks, kind) ? (schema.clocks[kind] ?? []) : [], values);
}

export function deadlines(clocks: Clock[], values: Values): Deadline[] {
  return clocks.flatMap((clock) => {
    const start = momentIn(values[clock.starts]);
    if (start === null || (clock.when && !holds(clock.when, values))) return [];
    const due_at = clock.until === undefined ? dueOf(clock, start) : momentIn(values[clock.until]);
    if (due_at === null) return [];
    const met_at = momentIn(values[clock.ends]);
    const stopped = clock.stops_when !== undefined && holds(clock.stops_when, values);
    return [{ clock: clock.name, due_at, met_at, runs: met_at === null && !stopped }];
  });
}

/** Whether it was met after its time, or still runs after it; the very second is in time. */
export function isLate(deadline: Deadline, now: string): boolean {
  const at = deadline.met_at ?? (deadline.runs ? now : '');
  return at > deadline.due_at;
}

/** The clock to look at: the one that runs and ends first. */
export function nextDeadline(kind: string, values: Values): Deadline | undefined {
  return deadlinesOf(kind, values).filter((one) => one.runs).sort((one, other) => one.due_at.localeCompare(other.due_at))[0];
}

// A rule counts from a day and a time of day of the centre, which has had one time without summer time since 1991.
function dueOf(clock: Clock, start: string): string | null {
  const there = new Date(Date.parse(start) + 8 * 3_600_000).toISOString();
  const [day, time] = [there.slice(0, 10), there.slice(11, 16)];
  const rule = clock.rules.filter((one) => one.in_force_on <= day).at(-1);
  if (!rule || (rule.begun_from && time < rule.begun_from) || (rule.begun_to && time > rule.begun_to)) return null;
  return `${new Date(Date.parse(start) + rule.minutes * 60_000).toISOString().slice(0, 19)}Z`;
}

function momentIn(value: Json | undefined): string | null {
  return typeof value === 'string' && !isEmpty(value) && !Number.isNaN(Date.parse(value)) ? value : null;
}
