// Which shift is meant now, and what signing in or out writes. Saving it is the screen's.
import { clock, dayOf } from '../records/dates';

interface ShiftLike { values: { starts_at?: string | null; ends_at?: string | null; signed_in_at?: string | null; signed_out_at?: string | null; [field: string]: unknown } }

/** The shift of today to act on: the one that runs, else the next to begin, else the last that ended. */
export function shiftForNow<S extends ShiftLike>(shifts: S[]): S | undefined {
  const sorted = [...shifts].sort((one, other) => String(one.values.starts_at ?? '').localeCompare(String(other.values.starts_at ?? '')));
  return sorted.find((shift) => shift.values.signed_in_at && !shift.values.signed_out_at) ?? sorted.find((shift) => !shift.values.signed_in_at) ?? sorted.at(-1);
}

/** Seconds and no fractions: the form of a datetime in every record. */
export function instant(now: Date): string {
  return now.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/**
 * The id of the hours of a shift: the shift's own, as of a version that no drawn id has (RFC 9562, version 8).
 *
 * Whichever phone writes the hours (the volunteer's, that of whoever signs thirty people in, two of them offline) writes
 * the same record, so that nobody's time can become two entries. The centre takes the second first save of a record for
 * a change of it: what both say the same is one, and of times more than ten minutes apart both versions stay.
 */
export function hoursIdOf(shift: string): string {
  return `${shift.slice(0, 14)}8${shift.slice(15)}`;
}

function minuteAfter(time: string): string {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const total = Math.min(hours * 60 + minutes + 1, 23 * 60 + 59);
  return `${String(Math.floor(total / 60)).padStart(2, '0')}:${String(total % 60).padStart(2, '0')}`;
}

/** The hour entry that follows from a shift signed in and out. Less than a minute counts as one; no shift passes midnight. */
export function hoursOf(shift: { record: string; values: Record<string, unknown> }, signed_in_at: string, signed_out_at: string): Record<string, string> {
  const started_at = clock(signed_in_at);
  let ended_at = dayOf(signed_out_at) === dayOf(signed_in_at) ? clock(signed_out_at) : '23:59';
  if (ended_at <= started_at) ended_at = minuteAfter(started_at);
  return {
    volunteer: String(shift.values.volunteer),
    shift: shift.record,
    activity: String(shift.values.activity),
    worked_on: dayOf(signed_in_at),
    started_at,
    ended_at
  };
}

/** Minutes by which a time of the day is later than another; negative when earlier. */
export function minutesLate(planned: string, actual: string): number {
  const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
  return minutes(actual) - minutes(planned);
}
