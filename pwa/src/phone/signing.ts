// What signing in and out writes, and in which order: by the volunteer on her own phone, or for her by whoever has the
// list. Which shift is meant, and what its hours are: shifts.ts, turns.ts. Drawing is the screens'.
import { get, list, save, session, syncNotes, type Problem, type RecordView } from '../view';
import type { Json } from '../records/declared';
import { instant, shiftForNow } from './shifts';
import { hoursIdOf, hoursOf, momentOf } from './turns';

/** How the hours came about: signed in and out, or added later with the reason. */
export type How = { provenance: 'signed' } | { provenance: 'added_later'; late_reason: string };
export const signed: How = { provenance: 'signed' };
type Problems = Problem[];

/** Now by the centre's clock, as far as this phone knows it, and what its own clock shows where that is known wrong. */
async function now(): Promise<{ at: string; shown: string | null }> {
  return momentOf(new Date(), (await syncNotes()).clock_minutes_ahead);
}

/** Who presses, where that is not the volunteer herself. */
function by(shift: RecordView): string | undefined {
  return shift.values.volunteer === session.me?.person ? undefined : session.me?.person;
}

/** The shift of today that is meant now; whoever has none of today may still have one that runs. */
export async function myShiftNow(person: string, day: string): Promise<RecordView | undefined> {
  return shiftForNow(await list('shift', 'volunteer+shift_on', `${person}|${day}`));
}

/** Sign in now. `more`: a note, a code. Of a shift that is signed in nothing is written. */
export async function signIn(shift: RecordView, more: Record<string, Json> = {}): Promise<Problems> {
  if (shift.values.signed_in_at) return [];
  const { at, shown } = await now();
  const saved = await save('shift', shift.record, { signed_in_at: at, phone_in_at: shown ?? undefined, signed_in_by: by(shift), ...more }, { seen: shift });
  return saved.problems ?? [];
}

/** Take a sign-in back: what was pressed by mistake. */
export async function unsignIn(shift: string): Promise<void> {
  const known = await get(shift);
  await save('shift', shift, emptied(known, ['signed_in_at', 'signed_in_by', 'phone_in_at']));
}

/** Sign out now, and write the hours. */
export async function signOut(shift: RecordView): Promise<Problems> {
  // Within the second of signing in there is no turn yet: the next second is waited for, and nobody is told of an error.
  if ((await now()).at === shift.values.signed_in_at) await new Promise((then) => setTimeout(then, 1000));
  const { at, shown } = await now();
  return finish(shift, at, signed, shown);
}

/** Two saves, in this order: the hours name the shift, and count only what it says. */
export async function finish(shift: RecordView, at: string, how: How, shown: string | null = null): Promise<Problems> {
  const signed_in_at = typeof shift.values.signed_in_at === 'string' ? shift.values.signed_in_at : '';
  const saved = await save('shift', shift.record, { signed_out_at: at, phone_out_at: shown ?? undefined, signed_out_by: by(shift) }, { seen: shift });
  if (saved.problems && saved.problems.length > 0) return saved.problems;
  return writeHours(shift, signed_in_at, at, how);
}

/** Both at once for a shift that nobody signed in to: how long it was is said afterwards. */
export async function addLater(shift: RecordView, from: string, to: string, late_reason: string): Promise<Problems> {
  const who = by(shift);
  const saved = await save('shift', shift.record, { signed_in_at: from, signed_out_at: to, signed_in_by: who, signed_out_by: who }, { seen: shift });
  if (saved.problems && saved.problems.length > 0) return saved.problems;
  return writeHours(shift, from, to, { provenance: 'added_later', late_reason });
}

/** Take a sign-out back. Hours that were written wait on, as those of a shift without an end, until it is signed out again. */
export async function unsignOut(shift: string): Promise<void> {
  const known = await get(shift);
  await save('shift', shift, emptied(known, ['signed_out_at', 'signed_out_by', 'phone_out_at']));
}

/** The hours of a shift as this phone knows them; those of before the id followed from the shift's are found by its name. */
export async function hoursWritten(shift: string): Promise<RecordView | undefined> {
  return (await get(hoursIdOf(shift))) ?? (await list('hour_entry', 'shift', shift))[0];
}

/** The hours that follow from a shift signed in and out. Written before, they say what it says now; certified, they stay. */
export async function writeHours(shift: RecordView, signed_in_at: string, signed_out_at: string, how: How): Promise<Problems> {
  const known = await hoursWritten(shift.record);
  if (known && (known.mark === 'reviewed' || known.standing?.locked_at)) return [];
  const hours: Record<string, Json> = hoursOf(shift, signed_in_at, signed_out_at);
  const set = known ? { worked_on: hours.worked_on, started_at: hours.started_at, ended_at: hours.ended_at } : { ...hours, ...how };
  const changed = Object.entries(set).filter(([name, value]) => known?.values[name] !== value);
  if (changed.length === 0) return [];
  const saved = await save('hour_entry', known?.record ?? hoursIdOf(shift.record), Object.fromEntries(changed) as Record<string, Json>, known ? { seen: known } : {});
  return saved.problems ?? [];
}

/** The instant of a time of the day on the day of a shift, at the centre. */
export function timeOn(day: string, time: string): string {
  return instant(new Date(`${day}T${time}:00+08:00`));
}

function emptied(shift: RecordView | undefined, names: string[]): Record<string, Json> {
  return Object.fromEntries(names.filter((name) => shift?.values[name] !== undefined && shift.values[name] !== null).map((name) => [name, null]));
}
