// A phone that lies about locks itself, at five minutes without a touch and at one out of sight, and not a second before.
import { describe, expect, it, vi } from 'vitest';
import { followUse, hiddenSecondsMax, idleSecondsMax, type Watch } from '../../src/seal/auto_lock';

/** A page whose clocks and signs are in the test's hand. */
function page() {
  let then: (is_touch: boolean) => void = () => undefined;
  let due: { at: number; then: () => void } | null = null;
  const clocks = { steady: 0, wall: 0 };
  let is_hidden = false;
  const watch: Watch = {
    clocks: () => [clocks.steady * 1000, clocks.wall * 1000],
    after(seconds, work) {
      const mine = { at: clocks.steady + seconds, then: work };
      due = mine;
      return () => { if (due === mine) due = null; };
    },
    is_hidden: () => is_hidden,
    on_sign(listener) {
      then = listener;
      return () => { then = () => undefined; };
    }
  };
  return {
    watch,
    passes(seconds: number) {
      const until = clocks.steady + seconds;
      clocks.wall += seconds;
      while (due && due.at <= until) {
        clocks.steady = due.at;
        const now = due;
        due = null;
        now.then();
      }
      clocks.steady = until;
    },
    /** The wall clock goes on alone: timers and the steady clock stand still while a phone sleeps. */
    sleeps: (seconds: number) => { clocks.wall += seconds; },
    is_put_back: (seconds: number) => { clocks.wall -= seconds; },
    is_touched: () => then(true),
    goes: (where: 'out of sight' | 'into sight') => {
      is_hidden = where === 'out of sight';
      then(false);
    }
  };
}

function locking() {
  const lock = vi.fn();
  const one = page();
  const end = followUse(one.watch, lock);
  return { ...one, lock, end };
}

describe('a phone that nobody touches', () => {
  it('stays open to the last second, and locks once', () => {
    const phone = locking();
    phone.passes(idleSecondsMax - 1);
    expect(phone.lock).not.toHaveBeenCalled();
    phone.passes(1);
    expect(phone.lock).toHaveBeenCalledTimes(1);
    phone.passes(1000);
    expect(phone.lock).toHaveBeenCalledTimes(1);
  });

  it('stays open as long as somebody touches it', () => {
    const phone = locking();
    for (let times = 0; times < 10; times += 1) {
      phone.passes(idleSecondsMax - 1);
      phone.is_touched();
    }
    expect(phone.lock).not.toHaveBeenCalled();
  });

  it('that slept for longer locks at the first touch, and is not kept open by it', () => {
    const phone = locking();
    phone.sleeps(idleSecondsMax);
    phone.is_touched();
    expect(phone.lock).toHaveBeenCalledTimes(1);
  });

  it('is not kept open by putting its clock back', () => {
    const phone = locking();
    phone.passes(10);
    phone.is_put_back(3600);
    phone.passes(idleSecondsMax - 10);
    expect(phone.lock).toHaveBeenCalledTimes(1);
  });
});

describe('an app out of sight', () => {
  it('locks after a minute', () => {
    const phone = locking();
    phone.goes('out of sight');
    phone.passes(hiddenSecondsMax - 1);
    expect(phone.lock).not.toHaveBeenCalled();
    phone.passes(1);
    expect(phone.lock).toHaveBeenCalledTimes(1);
  });

  it('goes on where it was when somebody comes back within it', () => {
    const phone = locking();
    phone.goes('out of sight');
    phone.passes(hiddenSecondsMax - 1);
    phone.goes('into sight');
    phone.passes(hiddenSecondsMax);
    expect(phone.lock).not.toHaveBeenCalled();
  });

  it('that was stopped by the phone locks before anything is seen again', () => {
    const phone = locking();
    phone.goes('out of sight');
    phone.sleeps(hiddenSecondsMax);
    phone.goes('into sight');
    expect(phone.lock).toHaveBeenCalledTimes(1);
  });
});

it('is called off when somebody signs out', () => {
  const phone = locking();
  phone.end();
  phone.passes(2 * idleSecondsMax);
  phone.is_touched();
  expect(phone.lock).not.toHaveBeenCalled();
});
