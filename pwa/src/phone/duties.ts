// Open duties as a volunteer sees them: which are hers, which are open to join, what her sign-up says, what stands at the
// same time. Drawing them is Shifts.svelte and Duty.svelte; who gets a place is the centre's to say (sync/places.py there).
import type { RecordView } from '../view';
import { plusDays } from '../records/dates';

type Values = Record<string, unknown>;
export interface Turn { record: string; what: string; day: string; from: string; to: string }
export interface Role { name: string; left: number }

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** Whether a shift stands; one that was called off is shown among those of before. */
export function stands(shift: { values: Values }): boolean {
  return shift.values.state !== 'called_off';
}

/** Whether a sign-up still asks for something. */
export function asks(wish: { values: Values }): boolean {
  return !['withdrawn', 'declined'].includes(text(wish.values.state));
}

/** The instant at which a duty begins. */
export function beginsAt(duty: { values: Values }): number {
  return Date.parse(`${text(duty.values.duty_on)}T${text(duty.values.starts_at)}:00+08:00`);
}

/** Whether a duty takes sign-ups at a moment. */
export function isOpen(duty: { values: Values }, now: number): boolean {
  const until = text(duty.values.sign_up_until);
  return (duty.values.state ?? 'open') === 'open' && beginsAt(duty) > now && (until === '' || Date.parse(until) > now);
}

/** How many places are left, as far as this phone knows. */
export function placesLeft(duty: { values: Values }): number {
  return Math.max(0, number(duty.values.capacity) - number(duty.values.places_taken));
}

/** The roles of a duty with the places left in each, by name. */
export function rolesOf(duty: { values: Values }): Role[] {
  const taken = (duty.values.roles_taken ?? {}) as Record<string, { taken?: number }>;
  return Object.entries((duty.values.roles ?? {}) as Record<string, { name?: string; number?: number }>)
    .map(([row, role]) => ({ name: text(role.name), left: Math.max(0, number(role.number) - number(taken[row]?.taken)) }))
    .sort((one, other) => one.name.localeCompare(other.name, 'zh'));
}

/** The turns of somebody: her shifts that stand, and the duties for which she has signed up. */
export function turnsOf(shifts: readonly RecordView[], wishes: readonly RecordView[], duties: readonly RecordView[], person: string): Turn[] {
  const mine = shifts.filter((shift) => stands(shift) && shift.values.volunteer === person);
  const given = new Set(mine.map((shift) => shift.values.duty));
  const wanted = new Set(wishes.filter((wish) => asks(wish) && wish.values.volunteer === person).map((wish) => wish.values.duty));
  const turn = (one: RecordView, day: unknown): Turn => ({ record: one.record, what: text(one.values.activity), day: text(day), from: text(one.values.starts_at), to: text(one.values.ends_at) });
  return [
    ...mine.map((shift) => turn(shift, shift.values.shift_on)),
    ...duties.filter((duty) => wanted.has(duty.record) && !given.has(duty.record) && duty.values.state !== 'called_off').map((duty) => turn(duty, duty.values.duty_on))
  ];
}

/** The turns at the time of a duty, besides those that are of it. */
export function clashes(duty: RecordView, turns: readonly Turn[], own: readonly string[]): Turn[] {
  const { duty_on, starts_at, ends_at } = duty.values as Values;
  return turns.filter((turn) => turn.record !== duty.record && !own.includes(turn.record) && turn.day === duty_on && turn.from < text(ends_at) && turn.to > text(starts_at));
}

/** The last day of the week that a day is in; weeks begin on Monday. */
export function weekEnd(day: string): string {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return plusDays(day, weekday === 0 ? 0 : 7 - weekday);
}

/** The order in which turns come. */
export function byTime(one: { values: Values }, other: { values: Values }): number {
  const when = ({ values }: { values: Values }) => `${text(values.duty_on) || text(values.shift_on)}${text(values.starts_at)}`;
  return when(one).localeCompare(when(other));
}
