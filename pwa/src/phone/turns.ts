// What follows from a turn that was signed in and out: the moment, the hours, and the ids that two phones without a network
// both come to. Saving it is signing.ts.
import { clock, dayOf } from '../records/dates';
import { instant } from './shifts';

/**
 * The moment to write down, and what the phone shows where its clock is known to be wrong: both are kept.
 *
 * ahead  minutes by which the clock was ahead of the centre's when they last met; null while it is right enough
 */
export function momentOf(now: Date, ahead: number | null): { at: string; shown: string | null } {
  return { at: instant(momentAt(now.getTime(), ahead)), shown: ahead === null ? null : instant(now) };
}

/** The moment by the centre's clock. */
export function momentAt(now: number, ahead: number | null): Date {
  return new Date(now - (ahead ?? 0) * 60_000);
}

/**
 * The id of the shift of somebody who came without being expected: it follows from the duty and the person, so that two
 * phones that add the same person make one shift (RFC 9562, version 5 in form, SHA-256 in content).
 */
export async function shiftIdOf(duty: string, person: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(`shift/${duty}/${person}`)));
  const digits = [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-5${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
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

/** The hour entry that follows from a shift signed in and out. Less than a minute counts as one; what passes midnight is
 *  cut there, and is for another entry. */
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
