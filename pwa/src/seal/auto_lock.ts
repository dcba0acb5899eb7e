// When a phone that lies about locks itself: nobody has touched it for a while, or the app was out of sight. What locking
// does is auth/session.svelte.ts.

/** The centre may want less one day; nobody wants more. */
export const idleSecondsMax = 5 * 60;
export const hiddenSecondsMax = 60;
const signs = ['pointerdown', 'keydown', 'input', 'wheel', 'touchmove'] as const;

/** What it needs of the page; times in milliseconds, by a clock that nobody sets and one that goes on while the phone sleeps. */
export interface Watch {
  clocks(): readonly number[];
  after(seconds: number, then: () => void): () => void;
  is_hidden(): boolean;
  /** Calls `then` at each touch and at each change of sight; the answer ends it. */
  on_sign(then: (is_touch: boolean) => void): () => void;
}

/** Call `lock` once, when it is time; the answer calls it off. */
export function followUse(watch: Watch, lock: () => void): () => void {
  let touched = watch.clocks();
  let hidden = watch.is_hidden() ? touched : null;
  let callOff: () => void = () => undefined;

  // The clock that has gone further counts: a sleeping phone stops one, and a person can put the other back.
  const secondsSince = (at: readonly number[]): number => Math.max(...watch.clocks().map((now, clock) => now - (at[clock] ?? now))) / 1000;

  function look(): void {
    callOff();
    const left = Math.min(idleSecondsMax - secondsSince(touched), hidden ? hiddenSecondsMax - secondsSince(hidden) : Infinity);
    if (left > 0) callOff = watch.after(left, look);
    else {
      end();
      lock();
    }
  }
  const deaf = watch.on_sign((is_touch) => {
    // Whoever comes too late does not keep it open by touching it: the wait is judged before the touch counts.
    if (secondsSince(touched) >= idleSecondsMax || (hidden && secondsSince(hidden) >= hiddenSecondsMax)) return look();
    if (is_touch) touched = watch.clocks();
    hidden = watch.is_hidden() ? (hidden ?? watch.clocks()) : null;
    look();
  });
  function end(): void {
    callOff();
    deaf();
  }
  look();
  return end;
}

/** The page of a browser. */
export const pageWatch: Watch = {
  clocks: () => [performance.now(), Date.now()],
  after(seconds, then) {
    const timer = setTimeout(then, seconds * 1000);
    return () => clearTimeout(timer);
  },
  is_hidden: () => document.visibilityState === 'hidden',
  on_sign(then) {
    const touch = (): void => then(true);
    const sight = (): void => then(false);
    for (const sign of signs) document.addEventListener(sign, touch, { capture: true, passive: true });
    document.addEventListener('visibilitychange', sight);
    return () => {
      for (const sign of signs) document.removeEventListener(sign, touch, { capture: true });
      document.removeEventListener('visibilitychange', sight);
    };
  }
};
