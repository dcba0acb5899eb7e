// Hours before they are certified: what overlaps is found, what is clean is preselected, nothing is added up twice.
import { describe, expect, it } from 'vitest';
import { cleanRecords, hourRows, hoursOf, minutesSelected, minutesTogether, timesOf } from '../../src/desk/hours';
import { hours } from './world';

describe('two entries of one volunteer on one day', () => {
  it('overlap by the minutes both cover', () => {
    expect(minutesTogether(hours('a', '09:00', '12:00').values, hours('b', '11:30', '13:00').values)).toBe(30);
  });
  it('do not overlap when one ends as the other begins', () => {
    expect(minutesTogether(hours('a', '09:00', '11:30').values, hours('b', '11:30', '13:00').values)).toBe(0);
  });
  it('are no concern of another volunteer or another day', () => {
    const one = hours('a', '09:00', '12:00').values;
    expect(minutesTogether(one, hours('b', '09:00', '12:00', { volunteer: 'deng_jie' }).values)).toBe(0);
    expect(minutesTogether(one, hours('b', '09:00', '12:00', { worked_on: '2026-11-21' }).values)).toBe(0);
  });
  it('with a time missing or the wrong way round are not compared', () => {
    expect(minutesTogether(hours('a', '12:00', '09:00').values, hours('b', '09:00', '12:00').values)).toBe(0);
  });
});

describe('the list', () => {
  const items = [
    hours('clean', '14:00', '16:30'),
    hours('phone', '09:00', '11:30'), hours('desk', '09:00', '11:30'),
    hours('long', '08:00', '19:00', { worked_on: '2026-11-20' }),
    hours('gone', '09:00', '10:00', { volunteer: 'deng_jie' }, { duplicates: ['certified_elsewhere'] }),
    hours('two', '09:00', '10:00', { volunteer: 'ding_yalan' }, { conflicts: ['ended_at'] }),
  ];
  const rows = hourRows(items);
  it('flags doubles, overlong days, versions, and doubles that wait no more', () => {
    expect(Object.fromEntries(rows.map((row) => [row.item.record, row.checks]))).toEqual({
      clean: [], phone: ['same_time'], desk: ['same_time'], long: ['long_day'], gone: ['possible_double'], two: ['versions'],
    });
  });
  it('preselects only what is clean', () => {
    expect(cleanRecords(rows)).toEqual(['clean']);
  });
  it('adds up the selected entries and no others', () => {
    expect(minutesSelected(rows, new Set(['clean', 'phone']))).toBe(300);
    expect(hoursOf(300)).toBe('5');
    expect(hoursOf(150)).toBe('2.5');
  });
});

it('draws entries on whole hours and marks what they share', () => {
  const times = timesOf([hours('a', '09:00', '12:00'), hours('b', '11:30', '13:10')]);
  expect(times).toMatchObject({ start: 540, end: 840, together: [[690, 720]] });
});
