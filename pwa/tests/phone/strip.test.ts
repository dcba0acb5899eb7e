// The one line at the top of the phone: the most important single thing, or nothing.
import { describe, expect, it } from 'vitest';
import { stripOf, type StripFacts } from '../../src/phone/strip';

const well: StripFacts = {
  online: true, sending: 0, waiting: 0, needs_you: 0, told_elsewhere: false, oldest_waiting_days: 0, space_low: false,
  signed_out: false, update_required: false, day_pack: false
};

describe('the strip', () => {
  it('is absent when all is well, and before any request was made', () => {
    expect(stripOf(well)).toBeNull();
    expect(stripOf({ ...well, online: null, waiting: 2 })).toBeNull();
  });
  it('puts what needs the person before space, long waiting, sending and no network', () => {
    const everything: StripFacts = { ...well, online: false, sending: 2, waiting: 3, needs_you: 1, oldest_waiting_days: 9, space_low: true };
    expect(stripOf(everything)).toBe('needs_you');
    expect(stripOf({ ...everything, needs_you: 0 })).toBe('space');
    expect(stripOf({ ...everything, needs_you: 0, space_low: false })).toBe('waiting_long');
    expect(stripOf({ ...everything, needs_you: 0, space_low: false, oldest_waiting_days: 6 })).toBe('sending');
    expect(stripOf({ ...everything, needs_you: 0, space_low: false, oldest_waiting_days: 6, sending: 0 })).toBe('offline_waiting');
    expect(stripOf({ ...well, online: false })).toBe('offline');
  });
  it('says before all else that only what was packed for a day is open', () => {
    expect(stripOf({ ...well, day_pack: true, online: false, waiting: 2, needs_you: 1, space_low: true })).toBe('day_pack');
  });
  it('leaves what needs the person to a screen that says it itself', () => {
    expect(stripOf({ ...well, needs_you: 1, told_elsewhere: true })).toBeNull();
    expect(stripOf({ ...well, needs_you: 1, told_elsewhere: true, online: false, waiting: 1 })).toBe('offline_waiting');
  });
  it('turns to long waiting on the seventh day and not on the sixth', () => {
    expect(stripOf({ ...well, waiting: 1, oldest_waiting_days: 6 })).toBeNull();
    expect(stripOf({ ...well, waiting: 1, oldest_waiting_days: 7 })).toBe('waiting_long');
  });
  it('says before all else that sending has to wait for a sign-in or an update', () => {
    expect(stripOf({ ...well, needs_you: 3, signed_out: true, update_required: true })).toBe('signed_out');
    expect(stripOf({ ...well, needs_you: 3, update_required: true })).toBe('update');
  });
});
