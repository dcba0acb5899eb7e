// When the phone tries to reach the centre, and what it takes from how that went.
import { describe, expect, it, vi } from 'vitest';
import { nextWait, startLoop, type Outcome, type World } from '../../src/sync/loop';

interface Timed { world: World; asked: { seconds: number; then: () => void }[]; sign: () => void; visible: boolean }

function timed(): Timed {
  const held: Timed = { asked: [], sign: () => undefined, visible: true, world: undefined as unknown as World };
  held.world = {
    alone: (work) => work(),
    after(seconds, then) {
      const entry = { seconds, then };
      held.asked.push(entry);
      return () => { held.asked = held.asked.filter((other) => other !== entry); };
    },
    random: () => 0.5,
    is_visible: () => held.visible,
    on_sign(then) {
      held.sign = then;
      return () => { held.sign = () => undefined; };
    }
  };
  return held;
}

describe('the next try', () => {
  it('after failures comes at 5 and 15 seconds, 1, 5 and 15 minutes, and then every 15', () => {
    expect([1, 2, 3, 4, 5, 6, 50].map((failures) => nextWait('offline', failures, 0.5, true))).toEqual([5, 15, 60, 300, 900, 900, 900]);
  });
  it('is spread by a fifth either way, so that phones do not all come at once', () => {
    expect(nextWait('offline', 2, 0, true)).toBeCloseTo(12);
    expect(nextWait('offline', 2, 1, true)).toBeCloseTo(18);
  });
  it('after success comes within a minute while somebody looks, and rarely when nobody does', () => {
    expect(nextWait('ok', 0, 0.5, true)).toBe(60);
    expect(nextWait('ok', 0, 0.5, false)).toBe(900);
  });
  it('after the session ended is made all the same: it may be open again, in another tab or by a server that was wrong', () => {
    expect([1, 2, 9].map((failures) => nextWait('signed_out', failures, 0.5, true))).toEqual([5, 15, 900]);
  });
});

describe('the loop', () => {
  it('grows its pauses while it fails and starts over once it worked', async () => {
    const clock = timed();
    let outcome: Outcome = 'offline';
    const loop = startLoop(async () => outcome, clock.world);
    await loop.now();
    expect(clock.asked.map((entry) => entry.seconds)).toEqual([5]);
    await loop.now();
    expect(clock.asked.map((entry) => entry.seconds)).toEqual([15]);
    outcome = 'ok';
    await loop.now();
    expect(clock.asked.map((entry) => entry.seconds)).toEqual([60]);
    outcome = 'offline';
    await loop.now();
    expect(clock.asked.map((entry) => entry.seconds)).toEqual([5]);
  });

  it('tries at once at a sign of the network, in the middle of a long pause', async () => {
    const clock = timed();
    let met = 0;
    const loop = startLoop(async () => { met += 1; return 'offline'; }, clock.world);
    for (let at = 0; at < 4; at += 1) await loop.now();
    clock.sign();
    expect(met).toBe(5);
    loop.stop();
  });

  it('begins its pauses anew at a sign of the network, which often comes before the network does', async () => {
    const clock = timed();
    const loop = startLoop(async () => 'offline', clock.world);
    for (let at = 0; at < 4; at += 1) await loop.now();
    expect(clock.asked.map((entry) => entry.seconds)).toEqual([300]);
    clock.sign();
    await vi.waitFor(() => expect(clock.asked.map((entry) => entry.seconds)).toEqual([5]));
    loop.stop();
  });

  it('does not miss a sign of the network that comes while a round is failing', async () => {
    const clock = timed();
    let finish: (outcome: Outcome) => void = () => undefined;
    const loop = startLoop(() => new Promise<Outcome>((resolve) => { finish = resolve; }), clock.world);
    const round = loop.now();
    clock.sign();
    finish('offline');
    await round;
    expect(clock.asked.map((entry) => entry.seconds)).toEqual([0.4]);
    loop.stop();
  });

  it('takes a save that came during a round into a round of its own', async () => {
    const clock = timed();
    let met = 0;
    let finish: (outcome: Outcome) => void = () => undefined;
    const loop = startLoop(() => new Promise<Outcome>((resolve) => { met += 1; finish = resolve; }), clock.world);
    const first = loop.now();
    loop.kick();
    finish('ok');
    await first;
    expect(clock.asked.map((entry) => entry.seconds)).toEqual([0.4]);
    clock.asked[0]?.then();
    expect(met).toBe(2);
  });

  it('soon after a save meets the centre, once for several saves', async () => {
    const clock = timed();
    const loop = startLoop(async () => 'ok', clock.world);
    loop.kick();
    loop.kick();
    expect(clock.asked.map((entry) => entry.seconds)).toEqual([0.4]);
    loop.stop();
    expect(clock.asked).toEqual([]);
  });

  it('once stopped plans nothing more', async () => {
    const clock = timed();
    const loop = startLoop(async () => 'ok', clock.world);
    const round = loop.now();
    loop.stop();
    await round;
    expect(clock.asked).toEqual([]);
  });
});

describe('a centre that asks to come again later', () => {
  const busy = (seconds: number | null) => async () => ({ outcome: 'busy' as const, wait_seconds: seconds });

  it('is never asked before, and by no two phones at once; within a second and a quarter of an hour', () => {
    expect(nextWait('busy', 1, 0, true, 30)).toBe(30);
    expect(nextWait('busy', 9, 1, true, 30)).toBe(45);
    expect(nextWait('busy', 1, 0, true, 0)).toBe(1);
    expect(nextWait('busy', 1, 0, true, 86_400)).toBe(900);
    expect(nextWait('busy', 1, 0.5, true, null)).toBe(5);
  });

  it('is left alone by new saves, pokes and signs of the network until then', async () => {
    const clock = timed();
    let met = 0;
    const loop = startLoop(async () => { met += 1; return busy(30)(); }, clock.world);
    expect(await loop.now()).toBe('busy');
    loop.kick();
    loop.news();
    clock.sign();
    expect(met).toBe(1);
    expect(clock.asked.map((entry) => entry.seconds)).toEqual([37.5]);
    clock.asked[0]?.then();
    expect(met).toBe(2);
    loop.stop();
  });

  it('is asked when a person wants to, and is not spared once it has answered', async () => {
    const clock = timed();
    const answers = [busy(30), async () => 'ok' as const];
    const loop = startLoop(() => answers.shift()!(), clock.world);
    await loop.now();
    expect(await loop.now()).toBe('ok');
    loop.kick();
    expect(clock.asked.map((entry) => entry.seconds)).toEqual([0.4]);
    loop.stop();
  });
});

describe('meeting now', () => {
  it('while a round is under way means one that begins after', async () => {
    const clock = timed();
    const ends: ((outcome: Outcome) => void)[] = [];
    const loop = startLoop(() => new Promise<Outcome>((end) => { ends.push(end); }), clock.world);
    const first = loop.now();
    const [second, third] = [loop.now(), loop.now()];
    ends[0]!('offline');
    expect(await first).toBe('offline');
    await Promise.resolve();
    await vi.waitFor(() => expect(ends).toHaveLength(2));
    ends[1]!('ok');
    expect(await Promise.all([second, third])).toEqual(['ok', 'ok']);
    expect(ends).toHaveLength(2);
  });
});
