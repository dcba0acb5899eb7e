// Hours before they are certified: what takes up the same time is looked at together, what is clean is preselected, nothing
// is added up twice.
import { describe, expect, it } from 'vitest';
import { dayOf, hoursOf, minutesSelected, minutesTogether, movedSince, parted } from '../../src/desk/hours';
import { hours, shift } from './world';

describe('two entries of one day', () => {
  it('overlap by the minutes both cover', () => {
    expect(minutesTogether(hours('a', '09:00', '12:00'), hours('b', '11:30', '13:00'))).toBe(30);
  });
  it('do not overlap when one ends as the other begins', () => {
    expect(minutesTogether(hours('a', '09:00', '11:30'), hours('b', '11:30', '13:00'))).toBe(0);
  });
  it('with a time missing or the wrong way round are not compared', () => {
    expect(minutesTogether(hours('a', '12:00', '09:00'), hours('b', '09:00', '12:00'))).toBe(0);
  });
});

describe('the list', () => {
  const problem = { code: 'hours_own' };
  const items = [
    hours('clean', '14:00', '16:30'),
    hours('later', '11:30', '13:00', { checks: ['overlap'], against: ['earlier'] }), hours('earlier', '09:00', '12:00', { checks: ['overlap'], against: ['later'] }),
    hours('long', '08:00', '19:00', { checks: ['over_day'], worked_on: '2026-11-20' }),
    hours('mine', '09:00', '10:00', { checks: ['own'], refused: problem, certifiers: ['吴建国'] }),
  ];
  const rows = parted({ items, beside: [] });
  it('makes one case of entries that take up the same time, the earlier one first', () => {
    expect(rows.odd.map((one) => one.items.map((item) => item.record))).toEqual([['earlier', 'later'], ['long']]);
  });
  it('leaves what somebody else certifies out of what can be selected', () => {
    expect(rows.clean.map((item) => item.record)).toEqual(['clean']);
    expect(rows.others.map((item) => item.record)).toEqual(['mine']);
  });
  it('shows with a case what else there is on that day, certified or not', () => {
    const certified = { ...hours('certified', '08:00', '09:00'), state: 'certified' };
    const [first] = parted({ items, beside: [certified] }).odd;
    expect(first?.day.map((entry) => entry.record).sort()).toEqual(['certified', 'clean', 'mine']);
  });
  it('puts what was left for later last', () => {
    expect(parted({ items, beside: [] }, new Set(['earlier'])).odd.map((one) => one.key)).toEqual(['long', 'earlier']);
  });
  it('adds up the selected entries and no others', () => {
    expect(minutesSelected(items, new Set(['clean', 'earlier']))).toBe(330);
    expect(hoursOf(300)).toBe('5');
    expect(hoursOf(150)).toBe('2.5');
  });
});

describe('the list of a moment later', () => {
  const shown = [hours('a', '09:00', '10:00'), hours('b', '09:00', '10:00')];
  it('tells how many came, and whether anything is otherwise', () => {
    expect(movedSince(shown, [...shown, hours('c', '09:00', '10:00')])).toEqual({ come: 1, is_other: true });
    expect(movedSince(shown, shown.slice(1)).is_other).toBe(true);
    expect(movedSince(shown, [hours('a', '09:00', '10:00', { revision: 2 }), hours('b', '09:00', '10:00')]).is_other).toBe(true);
    expect(movedSince(shown, [...shown]).is_other).toBe(false);
  });
  it('is another one when an entry became odd without being written in', () => {
    expect(movedSince(shown, [hours('a', '09:00', '10:00', { checks: ['overlap'] }), hours('b', '09:00', '10:00')]).is_other).toBe(true);
  });
});

it('draws a day on whole hours, with what is shared, what is certified and the shift', () => {
  const one = { items: [hours('a', '09:00', '12:00', { shift: shift('08:30', '11:30') })], day: [hours('b', '11:30', '13:10', { state: 'certified' })] };
  const day = dayOf(one);
  expect(day).toMatchObject({ start: 420, end: 900, together: [[690, 720]], shift: [510, 690] });
  expect(day.bars.map((bar) => bar.look)).toEqual(['asked', 'certified']);
});
