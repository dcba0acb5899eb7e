// Dates of the centre, order of saves, and the ids a save is known by.
import { describe, expect, it } from 'vitest';
import { instant, instantOf, nextStamp, nowTime, today } from '../../src/sync/clock';
import { drawClient, newId, newRow } from '../../src/sync/save';

describe('the centre\'s calendar', () => {
  it('turns at midnight in Shanghai', () => {
    expect(today(new Date('2026-11-22T15:59:59Z'))).toBe('2026-11-22');
    expect(today(new Date('2026-11-22T16:00:00Z'))).toBe('2026-11-23');
    expect(nowTime(new Date('2026-11-22T16:05:00Z'))).toBe('00:05');
    expect(instant(new Date('2026-11-22T16:05:00.999Z'))).toBe('2026-11-22T16:05:00Z');
  });
});

describe('a time stamp', () => {
  const now = 1_795_309_200_000;
  it('is the clock when the clock goes forward', () => {
    expect(nextStamp(now, `${String(now - 1)}-0007`, [])).toBe(`${String(now)}-0000`);
  });
  it('counts up when the clock stands still or was set back', () => {
    expect(nextStamp(now, `${String(now)}-0000`, [])).toBe(`${String(now)}-0001`);
    expect(nextStamp(now - 5000, `${String(now)}-9999`, [])).toBe(`${String(now + 1)}-0000`);
  });
  it('comes after what its author has read', () => {
    expect(nextStamp(now, undefined, [`${String(now + 60_000)}-0003`])).toBe(`${String(now + 60_000)}-0004`);
  });
  it('does not follow a clock that is far ahead', () => {
    expect(nextStamp(now, undefined, [`${String(now + 3_600_000)}-0000`])).toBe(`${String(now)}-0000`);
  });
  it('can be shown as an instant', () => {
    expect(instantOf(`${String(Date.UTC(2026, 10, 22))}-0001`)).toBe('2026-11-22T00:00:00.000Z');
    expect(instantOf('')).toBe('1970-01-01T00:00:00.000Z');
  });
});

describe('an id', () => {
  it('is a UUIDv7 that sorts by time', () => {
    const [one, other] = [newId(1_700_000_000_000), newId(1_700_000_000_001)];
    expect(one).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(one < other).toBe(true);
    expect(parseInt(one.replaceAll('-', '').slice(0, 12), 16)).toBe(1_700_000_000_000);
  });
  it('of a row has 12 of the letters and digits that the centre takes', () => {
    expect(newRow()).toMatch(/^[a-z0-9]{12}$/);
    expect(newRow()).not.toBe(newRow());
  });
  it('of a client is never 0 and never one in use', () => {
    const draws = [0, 35, 36, 37];
    expect(drawClient(new Set(['z', '10']), () => draws.shift() ?? 1)).toBe(37);
  });
});
