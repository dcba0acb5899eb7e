// Which shift is meant, and the hours that follow from it.
import { describe, expect, it } from 'vitest';
import { instant, minutesLate, shiftForNow } from '../../src/phone/shifts';
import { hoursIdOf, hoursOf, momentOf, shiftIdOf } from '../../src/phone/turns';

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

describe('the ids that two phones come to without a network', () => {
  const one = '01900000-0000-7000-8000-000000000011';
  it('of hours follow from the shift, and are nobody’s else', () => {
    expect(hoursIdOf(one)).toBe('01900000-0000-8000-8000-000000000011');
    expect(hoursIdOf(one)).not.toBe(hoursIdOf('01900000-0000-7000-8000-000000000012'));
  });
  it('of the shift of somebody who was not expected follow from the duty and the person, and have hours of their own', async () => {
    const shift_id = await shiftIdOf(one, 'huang_li');
    expect(shift_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await shiftIdOf(one, 'huang_li')).toBe(shift_id);
    expect(await shiftIdOf(one, 'deng_jie')).not.toBe(shift_id);
    expect(hoursIdOf(shift_id)).not.toBe(shift_id);
  });
});

describe('the moment', () => {
  const now = new Date('2026-11-22T11:00:00Z');
  it('is the phone’s, while its clock is right', () => {
    expect(momentOf(now, null)).toEqual({ at: '2026-11-22T11:00:00Z', shown: null });
  });
  it('is the centre’s where the phone is known to be ten hours ahead or behind, and both are kept', () => {
    expect(momentOf(now, 600)).toEqual({ at: '2026-11-22T01:00:00Z', shown: '2026-11-22T11:00:00Z' });
    expect(momentOf(now, -600)).toEqual({ at: '2026-11-22T21:00:00Z', shown: '2026-11-22T11:00:00Z' });
  });
});
