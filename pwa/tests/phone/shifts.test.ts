// Which shift is meant, and the hours that follow from it.
import { describe, expect, it } from 'vitest';
import { totalsOf } from '../../src/phone/hours';
import { hoursOf, instant, minutesLate, shiftForNow } from '../../src/phone/shifts';

const shift = { record: 's', values: { volunteer: 'huang_li', activity: '便民服务日', starts_at: '09:00', ends_at: '11:30' } };

describe('the shift of now', () => {
  const morning = { values: { starts_at: '09:00' } };
  const evening = { values: { starts_at: '18:00' } };
  it('is the one that runs, else the next to begin, else the last', () => {
    const running = { values: { starts_at: '13:00', signed_in_at: '2026-11-22T05:00:00Z' } };
    const over = { values: { starts_at: '09:00', signed_in_at: '2026-11-22T01:00:00Z', signed_out_at: '2026-11-22T03:00:00Z' } };
    expect(shiftForNow([evening, running, morning])).toBe(running);
    expect(shiftForNow([evening, over])).toBe(evening);
    expect(shiftForNow([over])).toBe(over);
    expect(shiftForNow([])).toBeUndefined();
  });
});

describe('the hours of a shift', () => {
  it('are what the clock of the centre showed at sign-in and sign-out', () => {
    expect(hoursOf(shift, '2026-11-22T01:02:10Z', '2026-11-22T03:31:00Z')).toEqual({
      volunteer: 'huang_li', shift: 's', activity: '便民服务日', worked_on: '2026-11-22', started_at: '09:02', ended_at: '11:31'
    });
  });
  it('count less than a minute as one, and do not pass midnight', () => {
    expect(hoursOf(shift, '2026-11-22T01:02:10Z', '2026-11-22T01:02:50Z')).toMatchObject({ started_at: '09:02', ended_at: '09:03' });
    expect(hoursOf(shift, '2026-11-22T15:00:00Z', '2026-11-22T17:00:00Z')).toMatchObject({ worked_on: '2026-11-22', started_at: '23:00', ended_at: '23:59' });
  });
  it('know an instant without fractions and how late it is', () => {
    expect(instant(new Date('2026-11-22T01:00:00.123Z'))).toBe('2026-11-22T01:00:00Z');
    expect(minutesLate('09:00', '09:12')).toBe(12);
    expect(minutesLate('09:00', '08:40')).toBe(-20);
  });
});

describe('hours added up', () => {
  const entry = (mark: string, minutes: number, worked_on: string, state = 'waiting') => ({ mark, values: { minutes, worked_on }, standing: { review: { state } } });
  it('keep certified and waiting apart and leave out what was rejected', () => {
    const entries = [entry('reviewed', 150, '2026-11-01'), entry('sent', 60, '2026-11-08'), entry('saved', 30, '2026-11-09'), entry('sent', 90, '2026-11-10', 'rejected'), entry('reviewed', 10, '2025-11-10')];
    expect(totalsOf(entries, '2026')).toEqual({ certified: 150, waiting: 90 });
    expect(totalsOf(entries, '2026-10')).toEqual({ certified: 0, waiting: 0 });
  });
});
