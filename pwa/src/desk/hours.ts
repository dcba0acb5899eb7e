// Hours that wait to be certified, as the centre lists them: which belong together, sums, and the drawing of a day. What is
// odd about an entry the centre says; what can be done about it stands in hour_choices.ts.
import type { Looking, Problem } from './shapes';

/** Times of a day are "HH:MM" by the wall clock of the centre. */
export interface HourShift { record: string; starts_at: string; ends_at: string; place: string | null; signed_in_at: string | null; signed_out_at: string | null }

/** An entry as it was. */
export interface HourWas { started_at: string; ended_at: string; minutes: number }

/** Another entry of the same volunteer on the same day; certified ones wait no more. */
export interface HourBeside {
  record: string;
  volunteer: string;
  worked_on: string;
  activity: string;
  started_at: string;
  ended_at: string;
  minutes: number;
  state: string;
  provenance: string;
  author_name: string;
}
export interface HourItem extends HourBeside {
  revision: number;
  volunteer_name: string;
  title_zh: string;
  title_en: string;
  project: string | null;
  break_minutes: number;
  travel_minutes: number;
  /** As it was written; `minutes` is what of it counts. */
  minutes_written: number;
  late_reason: string | null;
  over_reason: string | null;
  correction_reason: string | null;
  /** Before it was made longer. */
  was: HourWas | null;
  /** What it corrects. */
  corrected: HourWas | null;
  delivered_at: string;
  /** It was returned, and the volunteer wrote since. */
  answered: boolean;
  checks: string[];
  /** Entries it overlaps, or doubles. */
  against: string[];
  shift: HourShift | null;
  notes: string[];
  /** Why the centre would refuse me, and who can certify it instead; null where I can. */
  refused: Problem | null;
  certifiers: string[];
  looking: Looking | null;
}
export interface HourAnswer { record: string; volunteer_name: string; worked_on: string; activity: string; sentence: string | null; by_name: string; at: string }
export interface HourList {
  items: HourItem[];
  beside: HourBeside[];
  total: number;
  waiting_minutes: number;
  certified_minutes: number;
  /** First day of the month whose service `certified_minutes` counts. */
  since_on: string;
  answers: HourAnswer[];
  answers_total: number;
}

/** Entries that are looked at together, because they take up the same time. The first is the one that is asked about. */
export interface Case { key: string; items: HourItem[]; day: HourBeside[] }
/** A list parted into what wants a look, what is fine, and what somebody else has to certify. */
export interface Parted { odd: Case[]; clean: HourItem[]; others: HourItem[] }

/** Minutes after midnight of an "HH:MM"; undefined for anything else. */
export function minuteOf(time: unknown): number | undefined {
  const found = typeof time === 'string' ? /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) : null;
  return found ? Number(found[1]) * 60 + Number(found[2]) : undefined;
}

/** "HH:MM" of minutes after midnight. */
export function timeOf(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

type Times = Pick<HourBeside, 'started_at' | 'ended_at'>;

/** From and to in minutes after midnight; undefined while a time is missing or the wrong way round. */
export function spanOf(entry: Times): [number, number] | undefined {
  const [from, to] = [minuteOf(entry.started_at), minuteOf(entry.ended_at)];
  return from === undefined || to === undefined || to <= from ? undefined : [from, to];
}

/** Minutes that two stretches of one day have in common; stretches that only touch have none. */
export function minutesTogether(one: Times, other: Times): number {
  const [first, second] = [spanOf(one), spanOf(other)];
  if (!first || !second) return 0;
  return Math.max(0, Math.min(first[1], second[1]) - Math.max(first[0], second[0]));
}

function sameDay(one: HourBeside, other: HourBeside): boolean {
  return one.volunteer === other.volunteer && one.worked_on === other.worked_on;
}

/**
 * The list as it is worked off. Entries that take up the same time make one case, oldest day first; `aside` goes to its end.
 */
export function parted(list: Pick<HourList, 'items' | 'beside'>, aside: ReadonlySet<string> = new Set()): Parted {
  const others = list.items.filter((item) => item.refused !== null);
  const mine = list.items.filter((item) => item.refused === null);
  const flagged = mine.filter((item) => item.checks.length > 0);
  const odd: Case[] = [];
  const placed = new Set<string>();
  for (const item of flagged) {
    if (placed.has(item.record)) continue;
    const items = [item];
    for (const one of items) {
      placed.add(one.record);
      for (const other of flagged) {
        if (!placed.has(other.record) && !items.includes(other) && (one.against.includes(other.record) || other.against.includes(one.record))) items.push(other);
      }
    }
    items.sort((one, other) => one.started_at.localeCompare(other.started_at) || one.record.localeCompare(other.record));
    const day = [...list.items, ...list.beside].filter((other) => sameDay(item, other) && !items.some((one) => one.record === other.record));
    odd.push({ key: items[0]?.record ?? item.record, items, day });
  }
  const weight = (one: Case) => Number(aside.has(one.key));
  odd.sort((one, other) => weight(one) - weight(other));
  return { odd, clean: mine.filter((item) => item.checks.length === 0), others };
}

/** Sum of the minutes of the selected entries. */
export function minutesSelected(items: readonly HourItem[], selected: ReadonlySet<string>): number {
  return items.filter((item) => selected.has(item.record)).reduce((sum, item) => sum + item.minutes, 0);
}

/** Hours with one decimal at most: 150 minutes are "2.5". */
export function hoursOf(minutes: number): string {
  return String(Math.round(minutes / 6) / 10);
}

/** How an entry is drawn: the ones asked about, others that wait, what is certified. */
export type Look = 'asked' | 'waiting' | 'certified' | 'returned';
export interface Bar { record: string; from: number; to: number; look: Look; text: string }
export interface Day { start: number; end: number; bars: Bar[]; together: [number, number][]; shift: [number, number] | null }

/** The day of one case on a scale of whole hours, with the stretches that more than one entry covers. */
export function dayOf(one: Pick<Case, 'items' | 'day'>): Day {
  const asked = new Set(one.items.map((item) => item.record));
  const bars = [...one.items, ...one.day].flatMap((entry): Bar[] => {
    const span = spanOf(entry);
    const look = asked.has(entry.record) ? 'asked' : entry.state === 'certified' ? 'certified' : entry.state === 'returned' ? 'returned' : 'waiting';
    return span ? [{ record: entry.record, from: span[0], to: span[1], look, text: `${entry.started_at}–${entry.ended_at} ${entry.activity}` }] : [];
  });
  const of_shift = one.items.find((item) => item.shift)?.shift;
  const shift = of_shift ? spanOf({ started_at: of_shift.starts_at, ended_at: of_shift.ends_at }) ?? null : null;
  const ends = [...bars.map((bar): [number, number] => [bar.from, bar.to]), ...(shift ? [shift] : [])];
  const first = Math.floor(Math.min(24 * 60, ...ends.map(([from]) => from)) / 60) * 60;
  const last = Math.ceil(Math.max(0, ...ends.map(([, to]) => to)) / 60) * 60;
  // An hour on either side, or a short entry would look like a whole day.
  const [start, end] = bars.length > 0 ? [Math.max(0, first - 60), Math.min(24 * 60, last + 60)] : [first, last];
  const together: [number, number][] = [];
  for (const [at, bar] of bars.entries()) {
    for (const other of bars.slice(at + 1)) {
      const [from, to] = [Math.max(bar.from, other.from), Math.min(bar.to, other.to)];
      if (to > from) together.push([from, to]);
    }
  }
  return { start, end, bars, together, shift };
}

/** How a list differs from the one on show, so that the reader is told instead of finding it swapped. */
export function movedSince(shown: readonly HourItem[], now: readonly HourItem[]): { come: number; is_other: boolean } {
  const sign = (item: HourItem) => `${item.revision} ${item.checks.join(' ')} ${item.refused?.code ?? ''}`;
  const before = new Map(shown.map((item) => [item.record, sign(item)]));
  const come = now.filter((item) => !before.has(item.record)).length;
  const changed = now.some((item) => before.has(item.record) && before.get(item.record) !== sign(item));
  return { come, is_other: come > 0 || changed || now.length - come < before.size };
}
