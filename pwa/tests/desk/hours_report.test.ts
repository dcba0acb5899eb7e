// @vitest-environment happy-dom
// What a report of hours was told adds up, or says that it does not; and which entries a total leads to.
import { expect, it } from 'vitest';
import { addsUp, inOrder, linesAddUp, whereOf, type Line } from '../../src/desk/hours_report';

const total = (key: string, certified: number, waiting: number, entries: number) => ({ key, certified, waiting, entries });
const line = (state: Line['state'], minutes: number): Line => ({ record: `${state}${minutes}`, volunteer: 'v', activity: 'a', project: null, worked_on: '2026-11-02', started_at: '09:00', ended_at: '10:00', minutes_written: minutes, minutes_counted: minutes, state, provenance: 'signed' });

it('finds a report whose parts are not the whole, in minutes or in entries', () => {
  const items = [total('2026-10', 60, 0, 1), total('2026-11', 0, 30, 2)];
  expect(addsUp({ items, certified: 60, waiting: 30, entries: 3 })).toBe(true);
  expect(addsUp({ items, certified: 61, waiting: 30, entries: 3 })).toBe(false);
  expect(addsUp({ items, certified: 60, waiting: 30, entries: 4 })).toBe(false);
});
it('adds up the entries that count and leaves out what was returned or corrected', () => {
  const lines = [line('certified', 60), line('waiting', 30), line('returned', 45), line('corrected', 90)];
  expect(linesAddUp(lines, total('', 60, 30, 2))).toBe(true);
  expect(linesAddUp(lines, total('', 60, 75, 3))).toBe(false);
});
it('leads from a total to its entries, within the year on show', () => {
  const year = { from_on: '2026-01-01', to_on: '2026-12-31' };
  expect(whereOf('month+project', '2026-11+敬老+便民', year)).toEqual({ ...year, month: '2026-11', project: '敬老+便民' });
  expect(whereOf('month+project', '2026-11+', year)).toEqual({ ...year, month: '2026-11', project: '' });
  expect(whereOf('volunteer', 'huang_li', {})).toEqual({ volunteer: 'huang_li' });
});
it('orders by name or month, whatever they come to', () => {
  expect(inOrder('month', [total('2026-01', 1, 0, 1), total('2026-11', 0, 0, 1), total('2025-12', 99, 0, 1)]).map((one) => one.key)).toEqual(['2026-11', '2026-01', '2025-12']);
  expect(inOrder('project', [total('环境', 99, 0, 1), total('便民', 1, 0, 1)]).map((one) => one.key)).toEqual(['便民', '环境']);
});
