// A volunteer's hours as they stand on this phone: how far each entry has come, what of it counts, what it shares its
// time with. Mirrors the states of sync/hours.py. Not here: the rules of counting (counting.ts).
import type { RecordView } from '../view';
import { minutesFrom } from '../schema/derive';
import { counted, minutesWritten, ruleOn, type Rule, type Served } from './counting';

export type HourState = 'certified' | 'waiting' | 'returned' | 'rejected' | 'corrected';
type Entry = Pick<RecordView, 'record' | 'values' | 'standing' | 'mark'>;
/** `written` and `counted` in minutes; `with`: entries at the same time and the minutes in common; `corrected_by`: what stands in its place. */
export interface Hours { entry: RecordView; state: HourState; written: number; counted: number; with: { entry: RecordView; minutes: number }[]; corrected_by: RecordView | undefined }
export interface Totals { certified: number; waiting: number; returned: number }

const text = (entry: Entry, name: string): string => String(entry.values[name] ?? '');
const number = (entry: Pick<RecordView, 'values'>, name: string): number | null => (typeof entry.values[name] === 'number' ? entry.values[name] : null);

/** The certified entry that names this one, if there is one. */
export function correctionOf<E extends Entry>(entry: Entry, all: readonly E[]): E | undefined {
  return all.find((one) => one.values.corrects === entry.record && one.standing?.review?.state === 'approved');
}

export function stateOf(entry: Entry, all: readonly Entry[]): HourState {
  const review = entry.standing?.review?.state;
  if (correctionOf(entry, all)) return 'corrected';
  if (review === 'approved') return 'certified';
  return review === 'returned' || review === 'rejected' ? review : 'waiting';
}

/** The rules of a centre out of their records. */
export function rulesFrom(records: readonly Pick<RecordView, 'record' | 'values'>[]): Rule[] {
  return records.map((one) => ({
    record: one.record, effective_on: String(one.values.effective_on ?? ''), round_how: String(one.values.round_how ?? 'down'),
    round_to: number(one, 'round_to') ?? 1, break_after_minutes: number(one, 'break_after_minutes'), break_minutes: number(one, 'break_minutes'),
    over_shift_minutes: number(one, 'over_shift_minutes'), day_minutes_max: number(one, 'day_minutes_max') ?? 600, closes_on_day: number(one, 'closes_on_day') ?? 5,
  }));
}

function served(entry: Entry, is_certified: boolean, shifts: ReadonlyMap<string, Pick<RecordView, 'values'>>): Served {
  const shift = entry.values.shift ? text(entry, 'shift') : null;
  const planned = shift === null ? undefined : shifts.get(shift)?.values;
  return {
    record: entry.record, is_certified, started_at: text(entry, 'started_at'), ended_at: text(entry, 'ended_at'),
    break_minutes: number(entry, 'break_minutes'), travel_minutes: number(entry, 'travel_minutes'), shift,
    shift_minutes: planned ? (minutesFrom(planned.starts_at, planned.ends_at) ?? null) : null, is_over_told: text(entry, 'over_reason') !== '',
  };
}

function inCommon(one: Entry, other: Entry): number {
  const [from, to] = [text(one, 'started_at') > text(other, 'started_at') ? one : other, text(one, 'ended_at') < text(other, 'ended_at') ? one : other];
  return minutesFrom(text(from, 'started_at'), text(to, 'ended_at')) ?? 0;
}

/** All entries of one volunteer, the newest first. `shifts`: the shifts they name, as far as this phone has them. */
export function hoursOf(all: readonly RecordView[], shifts: ReadonlyMap<string, Pick<RecordView, 'values'>>, rules: readonly Rule[]): Hours[] {
  const days = new Map<string, RecordView[]>();
  for (const entry of all) days.set(text(entry, 'worked_on'), [...(days.get(text(entry, 'worked_on')) ?? []), entry]);
  const found: Hours[] = [];
  for (const [on, day] of days) {
    const rule = ruleOn(rules, on);
    const states = new Map(day.map((entry) => [entry.record, stateOf(entry, all)]));
    const measured = new Map(day.map((entry) => [entry.record, served(entry, states.get(entry.record) === 'certified', shifts)]));
    const counting = [...measured.values()].filter((one) => ['certified', 'waiting'].includes(states.get(one.record) ?? ''));
    const minutes = counted(rule, counting);
    for (const entry of day) {
      const one = measured.get(entry.record) as Served;
      const state = states.get(entry.record) ?? 'waiting';
      const apart = (other: RecordView) => other.record !== entry.record && other.values.corrects !== entry.record && entry.values.corrects !== other.record;
      const others = state === 'waiting' || state === 'returned' ? day.filter((other) => apart(other) && !['rejected', 'corrected'].includes(states.get(other.record) ?? '')) : [];
      found.push({
        entry, state, written: minutesWritten(one), counted: minutes.get(entry.record) ?? counted(rule, [one]).get(entry.record) ?? 0,
        with: others.map((other) => ({ entry: other, minutes: inCommon(entry, other) })).filter((other) => other.minutes > 0),
        corrected_by: correctionOf(entry, all),
      });
    }
  }
  const key = ({ entry }: Hours) => `${text(entry, 'worked_on')} ${text(entry, 'started_at')} ${entry.record}`;
  return found.sort((one, other) => (key(one) < key(other) ? 1 : -1));
}

/** Minutes of a year or month (`2026`, `2026-11`). What is rejected or corrected counts nowhere; what was returned waits for its author. */
export function totalsOf(hours: readonly Hours[], period: string): Totals {
  const totals: Totals = { certified: 0, waiting: 0, returned: 0 };
  for (const one of hours) {
    if (!text(one.entry, 'worked_on').startsWith(period)) continue;
    if (one.state === 'certified' || one.state === 'waiting' || one.state === 'returned') totals[one.state] += one.counted;
  }
  return totals;
}
