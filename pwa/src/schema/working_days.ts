// Working days: which days are some, and where a limit of so many ends. Mirrors schema/working_days.py; both run
// tests/schema/working_days.json. Not here: what a centre writes down itself, which only the centre counts by.
import statutory from '../generated/statutory_days.json';

/** What a year was declared to be: the days off, and the Saturdays and Sundays on which people work. */
export interface StatutoryYear { holidays: readonly string[]; workdays: readonly string[] }
export type Years = Readonly<Record<string, StatutoryYear>>;

export const declaredYears: Years = statutory;

/** Whether promised time runs on a day; undefined where nobody has said yet what is off that year. */
export function isWorkingDay(day: string, years: Years = declaredYears): boolean | undefined {
  const year = years[day.slice(0, 4)];
  if (!year) return undefined;
  if (year.workdays.includes(day)) return true;
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !year.holidays.includes(day);
}

/** The last day of a limit; the day of the start is day 0. Undefined where it runs into a year that nobody knows. */
export function addWorkingDays(start: string, days: number, years: Years = declaredYears): string | undefined {
  let [day, left] = [start, days];
  while (left > 0) {
    day = following(day);
    const works = isWorkingDay(day, years);
    if (works === undefined) return undefined;
    if (works) left -= 1;
  }
  return day;
}

function following(day: string): string {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}
