// How long what was opened with the finger stays open, however busy its reader is: locking (auto_lock.ts) waits for a pause,
// this does not. What is closed is the screen's.
import { pageWatch, type Watch } from './auto_lock';

/** Of the most sensitive tier; whoever goes on reading shows once more that it is they. */
export const openMinutesMax = 30;

/** Call `close` once, when it was open for so long; the answer calls it off. */
export function closeInTime(close: () => void, watch: Watch = pageWatch): () => void {
  const opened = watch.clocks();
  let callOff: () => void = () => undefined;
  let deaf: () => void = () => undefined;

  function end(): void {
    callOff();
    deaf();
  }
  function look(): void {
    callOff();
    // The clock that has gone further counts: a sleeping device stops one, and a person can put the other back.
    const open_seconds = Math.max(...watch.clocks().map((now, clock) => now - (opened[clock] ?? now))) / 1000;
    const left = openMinutesMax * 60 - open_seconds;
    if (left > 0) callOff = watch.after(left, look);
    else {
      end();
      close();
    }
  }
  // A timer may sleep with the device; whoever comes back to it looks first.
  deaf = watch.on_sign(look);
  look();
  return end;
}
