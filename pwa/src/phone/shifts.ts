// Which shift is meant now. What signing in or out writes: turns.ts, signing.ts.

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

/** Minutes by which a time of the day is later than another; negative when earlier. */
export function minutesLate(planned: string, actual: string): number {
  const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
  return minutes(actual) - minutes(planned);
}
