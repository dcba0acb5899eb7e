// The time of a page on which clocks run: it goes on by itself, so that what is left is never an old number.
import { instant } from '../view';

const tick_seconds = 15;

/** The present instant; renewed while whoever asked is shown. To be called while a component is made. */
export function ticking(): { readonly now: string } {
  let now = $state(instant(new Date()));
  $effect(() => {
    const timer = setInterval(() => { now = instant(new Date()); }, tick_seconds * 1000);
    return () => clearInterval(timer);
  });
  return { get now() { return now; } };
}
