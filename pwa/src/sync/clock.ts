// What time it is for a save, for a form, and in what order saves were made. Not: deciding what survives; no clock does.

/** China has kept one time, UTC+8, without summer time since 1991; a formatter for it costs a slow phone 20 ms. */
const chinaMs = 8 * 3_600_000;

function inChina(at: Date): string {
  return new Date(at.getTime() + chinaMs).toISOString();
}

/** The centre's local date, `YYYY-MM-DD`, whatever time zone the phone believes it is in. */
export function today(at: Date = new Date()): string {
  return inChina(at).slice(0, 10);
}

/** The centre's local time, `HH:MM`. */
export function nowTime(at: Date = new Date()): string {
  return inChina(at).slice(11, 16);
}

/** The instant in UTC to the second, the form of declared `datetime` fields. */
export function instant(at: Date = new Date()): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

/** A remote clock this far ahead is not followed: one phone set to next year must not take everybody with it. */
const aheadMinutesMax = 10;

/**
 * The next time stamp of a hybrid logical clock, `<13-digit ms>-<4-digit counter>`.
 *
 * It is later than `last`, the newest this device gave, and later than everything in `seen`, so that what somebody
 * wrote after reading sorts after what they read. Source: Kulkarni et al., Logical Physical Clocks (2014).
 */
export function nextStamp(now: number, last: string | undefined, seen: string[]): string {
  const limit = `${String(now + aheadMinutesMax * 60_000).padStart(13, '0')}-9999`;
  const newest = [last ?? '', ...seen.filter((stamp) => stamp <= limit)].reduce((one, other) => (one > other ? one : other));
  const ms = Number(newest.slice(0, 13)) || 0;
  const counter = Number(newest.slice(14)) || 0;
  if (now > ms) return `${String(now).padStart(13, '0')}-0000`;
  return counter < 9999
    ? `${String(ms).padStart(13, '0')}-${String(counter + 1).padStart(4, '0')}`
    : `${String(ms + 1).padStart(13, '0')}-0000`;
}

/** The instant of a save's `made_at` as ISO text, for display. */
export function instantOf(made_at: string): string {
  const ms = Number(made_at.slice(0, 13));
  return Number.isFinite(ms) ? new Date(ms).toISOString() : '';
}
