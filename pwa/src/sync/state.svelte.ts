// What the screens watch: how sending stands, and that something stored has changed. Nothing is decided here, and no
// record's mark depends on it.

import type { Problem } from './shapes';

export const syncState = $state({
  /** By the last request; null until one was made. */
  online: null as boolean | null,
  /** Saves on their way just now. */
  sending: 0,
  /** Saves the centre has not answered. */
  waiting: 0,
  /** Files on their way to the centre. */
  filesWaiting: 0,
  /** Saves that were refused and records that were returned to this person. */
  needsYou: 0,
  lastContact: null as string | null,
  /** Every scope was read to its end at least once; before that, counts are not the whole. */
  complete: false,
  /** Something is still on its way to this phone for the first time: of the person's own work, of anything at all. */
  filling_own: false,
  filling: false,
  /** The centre will not give this phone all of it, and why. */
  refused: null as Problem | null,
  /** A newer app is in place and waits to be taken. */
  updateReady: false,
  /** The centre wants a newer app before it takes what waits. */
  upgradeRequired: false,
  /** Whether the browser promised to keep what is stored; null until asked. */
  persisted: null as boolean | null
});

export const changes = $state({ version: 0 });

/** While the first sync fills the phone, every page changes something; the screen follows, but not each page. */
const atMostEveryMs = { settled: 150, filling: 1000 };
let planned: ReturnType<typeof setTimeout> | undefined;
let last = 0;

function bump(): void {
  clearTimeout(planned);
  planned = undefined;
  last = Date.now();
  changes.version += 1;
}

/** Tell every live query that stored data changed: soon, or at once when a person waits to see what they did. */
export function noteChange(when: 'soon' | 'at once' = 'soon'): void {
  const wait = last + atMostEveryMs[syncState.complete ? 'settled' : 'filling'] - Date.now();
  if (when === 'at once' || wait <= 0) bump();
  else planned ??= setTimeout(bump, wait);
}

/**
 * The result of a query, kept up to date with what is stored on this phone. Call it while a component is set up.
 *
 * What the query reads before its first await is watched as well, so that it follows the component's own state.
 */
export function live<T>(query: () => Promise<T>): { readonly value: T | undefined; readonly error: unknown } {
  let value = $state.raw<T>();
  let error = $state.raw<unknown>();
  let asked = 0;
  let shown = 0;
  $effect(() => {
    void changes.version;
    asked += 1;
    const turn = asked;
    // An answer that was overtaken by a later one is old; one that only has a later question behind it is news.
    const show = (take: () => void): void => {
      if (turn < shown) return;
      shown = turn;
      take();
    };
    query().then(
      (found) => show(() => { value = found; error = undefined; }),
      (failed: unknown) => show(() => { error = failed; })
    );
  });
  return {
    get value() { return value; },
    get error() { return error; }
  };
}
