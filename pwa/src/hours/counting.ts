// How hours are counted: the centre's rules by their day, and what they make of the time that was written. Mirrors
// sync/hour_rules.py; both run tests/schema/hours.json. Not here: which hours are certified (standing.ts).
import { minutesFrom } from '../schema/derive';

export interface Rule {
  record: string;
  effective_on: string;
  round_to: number;
  round_how: string;
  break_after_minutes: number | null;
  break_minutes: number | null;
  over_shift_minutes: number | null;
  day_minutes_max: number;
  closes_on_day: number;
}
/** One entry as it is counted. `shift_minutes`: how long its shift was planned, null without one; `is_over_told`: it says why it is longer. */
export interface Served {
  record: string;
  is_certified: boolean;
  started_at: string;
  ended_at: string;
  break_minutes: number | null;
  travel_minutes: number | null;
  shift: string | null;
  shift_minutes: number | null;
  is_over_told: boolean;
}

/** Where a centre has written none, and for all that was served before its first. */
export const first_rule: Rule = {
  record: '', effective_on: '', round_to: 1, round_how: 'down', break_after_minutes: null, break_minutes: null, over_shift_minutes: 30, day_minutes_max: 600, closes_on_day: 5,
};

/** The rule that counts what was served on a day; of two from one day the one written last. */
export function ruleOn(rules: readonly Rule[], worked_on: string): Rule {
  const counting = rules.filter((rule) => rule.effective_on <= worked_on);
  return counting.reduce((found, rule) => (`${rule.effective_on} ${rule.record}` > `${found.effective_on} ${found.record}` ? rule : found), first_rule);
}

function whole(served: Served): number {
  return minutesFrom(served.started_at, served.ended_at) ?? 0;
}

/** The time as it was written, less the break and the way. */
export function minutesWritten(served: Served): number {
  return Math.max(0, whole(served) - (served.break_minutes ?? 0) - (served.travel_minutes ?? 0));
}

/** What one entry comes to by itself: after the centre's break and rounding, before any bound. */
export function minutesAlone(rule: Rule, served: Served): number {
  const at_work = whole(served) - (served.travel_minutes ?? 0);
  const due = rule.break_after_minutes !== null && at_work >= rule.break_after_minutes ? (rule.break_minutes ?? 0) : 0;
  const left = Math.max(0, at_work - Math.max(served.break_minutes ?? 0, due));
  const more = rule.round_how === 'nearest' ? Math.floor(rule.round_to / 2) : 0;
  return Math.floor((left + more) / rule.round_to) * rule.round_to;
}

/** The minutes that each entry of one volunteer and day counts, by record: what is certified first, then by the hour. */
export function counted(rule: Rule, day: readonly Served[]): Map<string, number> {
  const found = new Map<string, number>();
  const left_of_shift = new Map<string, number>();
  let left_of_day = rule.day_minutes_max;
  const key = (one: Served) => `${one.is_certified ? 0 : 1} ${one.started_at} ${one.record}`;
  for (const one of [...day].sort((a, b) => (key(a) < key(b) ? -1 : 1))) {
    let minutes = minutesAlone(rule, one);
    if (!one.is_over_told && one.shift_minutes !== null && rule.over_shift_minutes !== null) {
      const shift = one.shift ?? '';
      const left = left_of_shift.get(shift) ?? one.shift_minutes + rule.over_shift_minutes;
      minutes = Math.min(minutes, left);
      left_of_shift.set(shift, left - minutes);
    }
    minutes = Math.min(minutes, left_of_day);
    left_of_day -= minutes;
    found.set(one.record, minutes);
  }
  return found;
}

/** The last day on which entries of a day's month may still come. */
export function closesOn(rule: Rule, worked_on: string): string {
  const [year = 0, month = 0] = worked_on.split('-').map(Number);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${year + Math.floor(month / 12)}-${two((month % 12) + 1)}-${two(rule.closes_on_day)}`;
}
