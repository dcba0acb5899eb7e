// Open duties as the coordinator's board has them: by week or from today on, with who comes and who waits; the days of a
// series; what putting somebody in, changing and calling off write. Drawing it is DutyBoard.svelte.
import { gql, newId, save, type Json, type Problem, type RecordView } from '../view';
import { plusDays } from '../records/dates';

type Values = Record<string, unknown>;
export interface Coming { shift: RecordView; volunteer: string; role: string; clash: boolean; offered_to: string; signed_in: boolean }
export interface Waiting { wish: RecordView; volunteer: string; role: string; position: number | null; unanswered: boolean }
export interface Board { duty: RecordView; coming: Coming[]; waiting: Waiting[]; clashes: number; offered: number }

export const seriesMax = 60;
const calendar_of_series = `query calendar_of_series($first: String!, $days: Int!) { calendar_days(first: $first, days: $days) { days { day open } } }`;
// What one duty of a series has in common with the others.
const common = ['activity', 'project', 'place', 'starts_at', 'ends_at', 'capacity', 'contact', 'note'] as const;

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function meet(one: Values, other: Values): boolean {
  return one.shift_on === other.shift_on && text(one.starts_at) < text(other.ends_at) && text(one.ends_at) > text(other.starts_at);
}

/** Each duty with who comes and who waits, in the order in which they begin. */
export function boardsOf(duties: readonly RecordView[], shifts: readonly RecordView[], wishes: readonly RecordView[]): Board[] {
  const on = shifts.filter((shift) => shift.values.state !== 'called_off');
  const by_person = grouped(on, (shift) => text(shift.values.volunteer));
  return [...duties].sort(byTime).map((duty) => {
    const coming = on.filter((shift) => shift.values.duty === duty.record).map((shift) => ({
      shift,
      volunteer: text(shift.values.volunteer),
      role: text(shift.values.role),
      clash: (by_person.get(text(shift.values.volunteer)) ?? []).some((other) => other.record !== shift.record && meet(shift.values, other.values)),
      offered_to: text(shift.values.offered_to),
      signed_in: shift.values.signed_in_at != null
    }));
    const there = new Set(coming.map((one) => one.volunteer));
    const waiting = wishes
      .filter((wish) => wish.values.duty === duty.record && ['wanted', 'waiting'].includes(text(wish.values.state) || 'wanted') && !there.has(text(wish.values.volunteer)))
      .map((wish) => ({
        wish,
        volunteer: text(wish.values.volunteer),
        role: text(wish.values.role),
        position: typeof wish.values.position === 'number' ? wish.values.position : null,
        unanswered: wish.values.clash === true && wish.values.clash_known !== true
      }))
      .sort((one, other) => (one.position ?? Infinity) - (other.position ?? Infinity));
    return { duty, coming, waiting, clashes: coming.filter((one) => one.clash).length + waiting.filter((one) => one.unanswered).length, offered: coming.filter((one) => one.offered_to).length };
  });
}

function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const item of items) found.set(key(item), [...(found.get(key(item)) ?? []), item]);
  return found;
}

function byTime(one: RecordView, other: RecordView): number {
  const when = ({ values }: RecordView) => `${text(values.duty_on)}${text(values.starts_at)}${text(values.activity)}`;
  return when(one).localeCompare(when(other));
}

/** The Monday of the week that a day is in. */
export function mondayOf(day: string): string {
  return plusDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
}

/** Monday to Sunday. */
export function weekOf(monday: string): string[] {
  return Array.from({ length: 7 }, (_, at) => plusDays(monday, at));
}

/** The days on these weekdays (0 is Monday) from one day to another, both included; at most a year is looked at. */
export function daysOn(weekdays: ReadonlySet<number>, from: string, to: string): string[] {
  const found: string[] = [];
  // A field for a day is empty while somebody types in it.
  if (from === '' || to === '') return found;
  for (let day = from, count = 0; day <= to && count < 366; day = plusDays(day, 1), count += 1) {
    if (weekdays.has((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7)) found.push(day);
  }
  return found;
}

/** Which of these days the centre is closed on, by its own calendar; asks the centre. */
export async function closedAmong(days: readonly string[]): Promise<string[]> {
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return [];
  const count = Math.round((Date.parse(last) - Date.parse(first)) / 86_400_000) + 1;
  const { calendar_days } = await gql<{ calendar_days: { days: { day: string; open: boolean }[] } }>(calendar_of_series, { first, days: count });
  const closed = new Set(calendar_days.days.filter((one) => !one.open).map((one) => one.day));
  return days.filter((day) => closed.has(day));
}

/** Plan duties on some days, each a save of its own; more than one have the same series. Stops at the first problem. */
export async function planOn(days: readonly string[], values: Record<string, Json>): Promise<{ done: number; problems: Problem[] }> {
  const series = days.length > 1 ? newId() : null;
  let done = 0;
  for (const duty_on of days) {
    const saved = await save('duty', null, { ...values, duty_on: duty_on || null, ...(series ? { series } : {}) });
    if (saved.problems?.length) return { done, problems: saved.problems };
    done += 1;
  }
  return { done, problems: [] };
}

/** Those of the same series that are still to come, this one among them where it is. */
export function toCome(duty: RecordView, duties: readonly RecordView[], day: string): RecordView[] {
  const series = duty.values.series;
  const all = series ? duties.filter((one) => one.values.series === series) : [duty];
  return all.filter((one) => one.values.state === 'open' && text(one.values.duty_on) >= day);
}

/** What a change of one duty writes into another of its series: what they have in common, and differs. */
export function sameChange(other: RecordView, values: Values): Record<string, Json> {
  const found: Record<string, Json> = {};
  for (const name of common) if (name in values && (values[name] ?? null) !== (other.values[name] ?? null)) found[name] = (values[name] ?? null) as Json;
  return found;
}

/** What a shift of a duty says that the coordinator gives by hand. */
export function shiftFor(duty: RecordView, volunteer: string): Record<string, Json> {
  const { activity, project, place, duty_on, starts_at, ends_at } = duty.values;
  const set: Record<string, Json> = { volunteer, duty: duty.record, activity: activity as Json, shift_on: duty_on as Json, starts_at: starts_at as Json, ends_at: ends_at as Json };
  if (project) set.project = project as Json;
  if (place) set.place = place as Json;
  return set;
}
