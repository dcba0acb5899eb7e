// The phone counts working days as the centre does: both are held to one table written by hand from the notices.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { addWorkingDays, isWorkingDay } from '../../src/schema/working_days';

const table = JSON.parse(readFileSync(new URL('../../../tests/schema/working_days.json', import.meta.url), 'utf-8')) as {
  working: [string, boolean | null, string][];
  adding: [string, number, string | null, string][];
};

it('each day is what the notices said', () => {
  expect(table.working.length).toBeGreaterThanOrEqual(60);
  for (const [day, works, why] of table.working) expect([day, isWorkingDay(day) ?? null, why]).toEqual([day, works, why]);
});

it('a limit ends on the day that people count', () => {
  expect(table.adding.length).toBeGreaterThan(5);
  for (const [start, days, end, why] of table.adding) expect([start, days, addWorkingDays(start, days) ?? null, why]).toEqual([start, days, end, why]);
});

it('a year of the centre takes the place of the declared one', () => {
  const years = { 2027: { holidays: ['2027-01-01'], workdays: ['2027-01-03'] } };
  expect(isWorkingDay('2027-01-01', years)).toBe(false);
  expect(isWorkingDay('2027-01-03', years)).toBe(true);
  expect(addWorkingDays('2026-12-31', 1, years)).toBe('2027-01-03');
});
