// How a volunteer's hours stand on her phone: states, what shares its time, what is corrected, the two numbers.
import { describe, expect, it } from 'vitest';
import { hoursOf, rulesFrom, totalsOf } from '../../src/hours/standing';
import type { RecordView } from '../../src/view';

function entry(record: string, times: string, review: string | null, more: Record<string, unknown> = {}): RecordView {
  const [started_at, ended_at] = times.split('-');
  return {
    record, mark: review === 'approved' ? 'reviewed' : 'sent',
    values: { worked_on: '2026-11-10', started_at, ended_at, volunteer: 'huang_li', ...more },
    standing: { review: review === null ? null : { state: review } },
  } as unknown as RecordView;
}
const standing = (all: RecordView[], rules: RecordView[] = [], shifts: [string, RecordView][] = []) => hoursOf(all, new Map(shifts), rulesFrom(rules));
const states = (all: RecordView[]) => Object.fromEntries(standing(all).map((one) => [one.entry.record, one.state]));

describe('the hours of a volunteer', () => {
  it('keep certified, waiting, returned and rejected apart', () => {
    const all = [entry('a', '08:00-09:00', 'approved'), entry('b', '09:00-09:30', 'waiting'), entry('c', '10:00-11:00', 'rejected'), entry('d', '11:00-11:10', 'returned'), entry('e', '12:00-12:20', null), entry('f', '13:00-13:05', 'changed')];
    expect(states(all)).toEqual({ a: 'certified', b: 'waiting', c: 'rejected', d: 'returned', e: 'waiting', f: 'waiting' });
    expect(totalsOf(standing(all), '2026')).toEqual({ certified: 60, waiting: 55, returned: 10 });
    expect(totalsOf(standing(all), '2026-10')).toEqual({ certified: 0, waiting: 0, returned: 0 });
  });
  it('count a correction in place of what it corrects, once it is certified', () => {
    const [first, waits] = [entry('a', '09:00-11:00', 'approved'), entry('b', '09:00-10:00', 'waiting', { corrects: 'a' })];
    expect(states([first, waits])).toEqual({ a: 'certified', b: 'waiting' });
    // The two are one and the same hours, and overlap nothing.
    expect(standing([first, waits]).flatMap((one) => one.with)).toEqual([]);
    const stands = entry('b', '09:00-10:00', 'approved', { corrects: 'a' });
    expect(states([first, stands])).toEqual({ a: 'corrected', b: 'certified' });
    expect(totalsOf(standing([first, stands]), '2026').certified).toBe(60);
    const third = entry('c', '09:00-09:30', 'approved', { corrects: 'b' });
    expect(states([first, stands, third])).toEqual({ a: 'corrected', b: 'corrected', c: 'certified' });
    expect(standing([first, stands, third]).find((one) => one.entry.record === 'a')?.corrected_by?.record).toBe('b');
  });
  it('say which other entry has the same time, and how much of it', () => {
    const all = [entry('a', '09:00-12:00', 'approved'), entry('b', '11:30-13:00', 'waiting'), entry('c', '13:00-14:00', 'waiting'), entry('d', '11:00-13:00', 'rejected')];
    const found = standing(all).map((one) => [one.entry.record, one.with.map((other) => [other.entry.record, other.minutes])]);
    expect(Object.fromEntries(found)).toEqual({ a: [], b: [['a', 30]], c: [], d: [] });
  });
  it('are counted by the rule of their day and no longer than the shift', () => {
    const rule = { record: 'r', values: { effective_on: '2026-11-01', round_to: 15, round_how: 'down', over_shift_minutes: 0, day_minutes_max: 600, closes_on_day: 5 } } as unknown as RecordView;
    const shift = { record: 's', values: { starts_at: '09:00', ends_at: '11:00' } } as unknown as RecordView;
    const [one] = standing([entry('a', '09:00-11:40', 'waiting', { shift: 's' })], [rule], [['s', shift]]);
    expect([one?.written, one?.counted]).toEqual([160, 120]);
    const [told] = standing([entry('a', '09:00-11:40', 'waiting', { shift: 's', over_reason: '人多' })], [rule], [['s', shift]]);
    expect(told?.counted).toBe(150);
    const [before] = standing([entry('a', '09:00-11:40', 'waiting', { shift: 's', worked_on: '2026-10-31' })], [rule], [['s', shift]]);
    expect(before?.counted).toBe(150);
  });
});
