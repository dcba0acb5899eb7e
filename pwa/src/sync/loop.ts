// When to meet the centre: on opening, on every sign that the network may be back, after a save, and then again at
// growing intervals. How is round.ts. Whether there is a network is known by trying, never by asking the browser.

/**
 * ok          sent and read everything
 * offline     the centre could not be reached, or something else answered in its place
 * busy        the centre asked to come again later; nobody has to do anything
 * signed_out  the session has ended; the records and the outbox are untouched and recording goes on
 * refused     the centre answered, and would not
 */
export type Outcome = 'ok' | 'offline' | 'busy' | 'signed_out' | 'refused';
/** How a round ended, and for how long whoever answered asked not to be asked again. */
export interface Ended { outcome: Outcome; wait_seconds: number | null }

export interface World {
  /** Runs `work` while no other tab of this person does. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** Calls `then` after so many seconds; the answer calls it off. */
  after(seconds: number, then: () => void): () => void;
  random(): number;
  is_visible(): boolean;
  /** Calls `then` at each sign that trying is worth while; the answer ends it. */
  on_sign(then: () => void): () => void;
}

export interface Loop {
  /** Meet soon; a save does not wait for the next interval. */
  kick(): void;
  /** There may be something to read: meet at once, unless the centre asked for a pause. */
  news(): void;
  /** A person asks: meet now and say how it went, in a round that begins after this call. */
  now(): Promise<Outcome>;
  /** Resolves when no round is under way. */
  settled(): Promise<unknown>;
  stop(): void;
}

/** The first one is short: a network that has just come up often fails the first request. */
const failedSeconds = [5, 15, 60, 300, 900];
const okSeconds = 60;
const hiddenSeconds = 900;
/** A centre that asks for more, or a proxy that speaks for it, is asked again after this all the same. */
const waitSecondsMax = 900;
/** A save is followed by drawing the next screen: the slow phone does that first. */
const soonSeconds = 0.4;

/**
 * Seconds until the next try.
 *
 * A session that has ended is tried like any failure: somebody may have signed in in another tab, and a server that was
 * wrong about it for a moment must not leave a phone waiting for ever.
 *
 * failures      tries without success in a row; random 0…1 spreads phones that lost the same network, ±20 %
 * wait_seconds  what the centre asked for; it is obeyed, and spread by up to a half more
 */
export function nextWait(outcome: Outcome, failures: number, random: number, is_visible: boolean, wait_seconds: number | null = null): number {
  // Never before the time that was asked for, and not all at once after it.
  if (wait_seconds !== null) return Math.min(Math.max(wait_seconds, 1), waitSecondsMax) * (1 + 0.5 * random);
  const plain = outcome === 'ok'
    ? (is_visible ? okSeconds : hiddenSeconds)
    : (failedSeconds[Math.min(failures, failedSeconds.length) - 1] ?? 5);
  return plain * (0.8 + 0.4 * random);
}

/** Begin meeting the centre; `meet` never throws. */
export function startLoop(meet: () => Promise<Outcome | Ended>, world: World): Loop {
  let running: Promise<Outcome> | null = null;
  let again = false;
  /** A sign that the network may be back came while a round was failing. */
  let signed = false;
  /** The centre asked for a pause; only a person shortens it. */
  let is_asked_to_wait = false;
  let failures = 0;
  let is_stopped = false;
  let next: Promise<Outcome> | null = null;
  let callOff: () => void = () => undefined;

  function plan(seconds: number): void {
    callOff();
    callOff = is_stopped ? () => undefined : world.after(seconds, () => void run());
  }

  function run(): Promise<Outcome> {
    if (running) {
      // What was sealed after this round began is in the next one.
      again = true;
      return running;
    }
    callOff();
    running = round();
    return running;
  }

  function now(): Promise<Outcome> {
    if (!running) return run();
    // The round under way may have read the outbox before what is to be sent was sealed: only the next one counts.
    next ??= running.then(() => {
      next = null;
      return run();
    });
    return next;
  }

  async function round(): Promise<Outcome> {
    again = false;
    signed = false;
    const ended = await world.alone(meet);
    const { outcome, wait_seconds } = typeof ended === 'string' ? { outcome: ended, wait_seconds: null } : ended;
    running = null;
    is_asked_to_wait = wait_seconds !== null;
    failures = outcome === 'ok' ? 0 : failures + 1;
    const soon = (again && outcome === 'ok') || (signed && outcome === 'offline' && !is_asked_to_wait);
    plan(soon ? soonSeconds : nextWait(outcome, failures, world.random(), world.is_visible(), wait_seconds));
    return outcome;
  }

  function news(): void {
    if (is_stopped || (is_asked_to_wait && !running)) return;
    // The waits that the lost network has stretched are over with it.
    failures = 0;
    signed = running !== null;
    void run();
  }

  const end = world.on_sign(news);
  return {
    kick() {
      if (running) again = true;
      else if (!is_asked_to_wait) plan(soonSeconds);
    },
    news,
    now,
    settled: () => running ?? Promise.resolve(),
    stop() {
      is_stopped = true;
      end();
      callOff();
    }
  };
}

/** The world of a browser tab; `lock` names the work that only one tab does at a time. */
export function browserWorld(lock: string): World {
  return {
    alone: (work) => (navigator.locks ? navigator.locks.request(lock, work) : work()) as ReturnType<typeof work>,
    after(seconds, then) {
      const timer = setTimeout(then, seconds * 1000);
      return () => clearTimeout(timer);
    },
    random: Math.random,
    is_visible: () => document.visibilityState === 'visible',
    on_sign(then) {
      const seen = (): void => { if (document.visibilityState === 'visible') then(); };
      addEventListener('online', then);
      document.addEventListener('visibilitychange', seen);
      return () => {
        removeEventListener('online', then);
        document.removeEventListener('visibilitychange', seen);
      };
    }
  };
}
