// The days of the centre and what it has laid down with a day of effect, as the centre tells a desk. Not here: how it looks.
import { gql } from '../view';

export interface CalendarDay { day: string; working: boolean | null; open: boolean }
export interface Dated { record: string; title_zh: string; title_en: string }

const calendar_month = `query calendar_month($first: String!, $days: Int!) { calendar_days(first: $first, days: $days) { days { day working open } } }`;
const calendar_years = `query calendar_years { calendar_year_list { items { record title_zh title_en } } }`;
const review_settings = `query review_settings { review_setting_list { items { record title_zh title_en } } }`;

/** The days of a month, `2026-11`. */
export async function askMonth(month: string): Promise<CalendarDay[]> {
  const first = `${month}-01`;
  return (await gql<{ calendar_days: { days: CalendarDay[] } }>(calendar_month, { first, days: daysIn(month) })).calendar_days.days;
}

/** The tables of a centre, the newest first. */
export async function askYears(): Promise<Dated[]> {
  return (await gql<{ calendar_year_list: { items: Dated[] } }>(calendar_years, {})).calendar_year_list.items;
}

/** The centre's ways of reviewing, the newest first. */
export async function askSettings(): Promise<Dated[]> {
  return (await gql<{ review_setting_list: { items: Dated[] } }>(review_settings, {})).review_setting_list.items;
}

export function daysIn(month: string): number {
  const [year, number] = parts(month);
  return new Date(Date.UTC(year, number, 0)).getUTCDate();
}

/** The month so many away. */
export function monthAway(month: string, by: number): string {
  const [year, number] = parts(month);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}

/** Weeks from Monday to Sunday; undefined where a day belongs to another month. */
export function weeksOf(days: readonly CalendarDay[]): (CalendarDay | undefined)[][] {
  const first = days[0];
  if (!first) return [];
  const lead = (new Date(`${first.day}T00:00:00Z`).getUTCDay() + 6) % 7;
  const cells: (CalendarDay | undefined)[] = [...Array<undefined>(lead).fill(undefined), ...days];
  return Array.from({ length: Math.ceil(cells.length / 7) }, (_, week) => Array.from({ length: 7 }, (_day, at) => cells[week * 7 + at]));
}

/** What is special about a day: a Saturday or Sunday that is worked, another day that is not. */
export function isWeekend(day: string): boolean {
  return [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
}

function parts(month: string): [number, number] {
  return [Number(month.slice(0, 4)), Number(month.slice(5, 7))];
}
