// Two tabs of one person over one database, interleaved at random: every save gets a number of its own and reaches the
// centre once, and both tabs come to show the same. What a second window looks like is tried in e2e.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { browserWorld } from '../../src/sync/loop';
import type { Save } from '../../src/sync/shapes';
import { Centre } from './centre';
import { phoneOf, seed, wang_visit, wang_xiulan, type Phone } from './phone';

const stepsEach = 4;
const notes = ['高血压', '糖尿病', '膝盖疼', '睡得不好'];

afterEach(() => {
  vi.unstubAllGlobals();
});

/** Web Locks as far as the app uses them: one holder at a time, in the order of asking. */
function locks() {
  let last: Promise<unknown> = Promise.resolve();
  return {
    request<T>(_name: string, work: () => Promise<T>): Promise<T> {
      const mine = last.then(work);
      last = mine.catch(() => undefined);
      return mine;
    }
  };
}

/** Whole numbers below a bound, the same for the same seed (mulberry32). */
function drawn(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((done) => setImmediate(done));
}

interface Morning { centre: Centre; tabs: [Phone, Phone]; saved: string[]; sent: string[] }

/** Both tabs write and meet the centre, each at a pace of its own; then each meets it once more. */
async function morning(trial: number): Promise<Morning> {
  const random = drawn(trial);
  const centre = new Centre();
  seed(centre);
  const tabs: [Phone, Phone] = [await phoneOf(), await phoneOf()];
  await tabs[0].meet(centre);
  centre.bodies = [];
  const honest = centre.fetch;
  centre.fetch = async (path, init) => {
    await turns(random(6));
    const answer = await honest(path, init);
    await turns(random(6));
    return answer;
  };
  const saved: string[] = [];
  await Promise.all(tabs.map(async (tab) => {
    const { alone } = browserWorld(`two tabs ${String(trial)}`);
    for (let step = 0; step < stepsEach; step += 1) {
      await turns(random(8));
      const act = random(3);
      if (act === 0) await alone(() => tab.meet(centre));
      else if (act === 1) saved.push((await tab.save('home_visit', wang_visit, { planned_at: `1${String(random(10))}:30` })).save);
      else saved.push((await tab.save('resident', wang_xiulan, { health_note: notes[random(notes.length)]! })).save);
    }
    await alone(() => tab.meet(centre));
  }));
  await tabs[0].meet(centre);
  const sent = centre.bodies.filter((body) => body.includes('push(saves'))
    .flatMap((body) => (JSON.parse(body) as { variables: { saves: Save[] } }).variables.saves.map((save) => save.id));
  return { centre, tabs, saved, sent };
}

async function everythingIsKeptOnce({ centre, tabs, saved }: Morning): Promise<void> {
  expect(centre.log.map((save) => save.id).sort()).toEqual([...saved].sort());
  expect(centre.log.map((save) => save.device_sequence).sort((one, other) => one - other)).toEqual(saved.map((_save, at) => at + 1));
  expect(await tabs[1].outbox()).toEqual([]);
  for (const record of [wang_xiulan, wang_visit]) {
    const shown = await tabs[0].see(record);
    // One person wrote in both, and had seen whatever they wrote before: nothing stands in two versions.
    expect(shown).toMatchObject({ conflicts: {}, pending: 0, revision: centre.records.get(record)!.revision });
    expect(await tabs[1].see(record)).toEqual(shown);
  }
}

describe('two tabs at once', () => {
  it.each(Array.from({ length: 60 }, (_, trial) => trial + 1))('lose nothing and send each save once, interleaved as by seed %i', async (trial) => {
    vi.stubGlobal('navigator', { locks: locks() });
    const found = await morning(trial);
    await everythingIsKeptOnce(found);
    expect([...found.sent].sort()).toEqual([...found.saved].sort());
  });

  it.each([1, 2, 3, 4])('in a browser without locks may send a save twice, and it is taken once, as by seed %i', async (trial) => {
    vi.stubGlobal('navigator', {});
    await everythingIsKeptOnce(await morning(trial));
  });
});
