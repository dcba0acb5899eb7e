// @vitest-environment happy-dom
// The pack of a day at the door, in the app: what a wrong try costs, that nothing leaves the phone while only a pack is open,
// and that the person's own part takes up what was written as soon as it opens.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Here } from '../../src/auth/here';
import { cheapArgon2 } from '../auth/argon2';
import { Centre } from '../sync/centre';
import { visited, wang_household, wang_visit } from '../sync/phone';
import { other_visit, seedBoth, words } from './world';

type Session = typeof import('../../src/auth/session.svelte');
const here: Here = { person: 'li_min', name: '李敏', centre_name: '和平', device: 'device-1', path: 'pin', passkey: null, signed_out: false, wrong_pins: 0, wait_until: 0 };
const way = { kind: 'prf' as const, secret: new Uint8Array(32).fill(7), credential: 'any' };
let centre: Centre;
let asked: string[];
const started: Session[] = [];

let before_guess: () => Promise<void>;

cheapArgon2(() => before_guess());
beforeEach(() => {
  localStorage.clear();
  centre = new Centre();
  seedBoth(centre);
  asked = [];
  before_guess = () => Promise.resolve();
  vi.stubGlobal('fetch', (path: string, init?: RequestInit) => {
    asked.push(path);
    return centre.fetch(path, init);
  });
});
afterEach(async () => {
  await closeAll();
  vi.unstubAllGlobals();
});

async function closeAll() {
  for (const { session, current } of started.splice(0)) if (session.me) (await current()).close();
}

/** The app as after a reload: nothing is in memory. */
async function start() {
  await closeAll();
  vi.resetModules();
  const session = await import('../../src/auth/session.svelte');
  started.push(session);
  const [view, opening, pack, outside, slots, unlocking, files] = await Promise.all([
    import('../../src/view'), import('../../src/day_pack/opening'), import('../../src/day_pack/packing'), import('../../src/day_pack/outside'),
    import('../../src/seal/slots'), import('../../src/auth/unlocking'), import('../../src/files/view')
  ]);
  return { session, view, opening, pack, outside, slots, unlocking, files };
}

/** Li Min's phone with Wang Xiulan's home packed, locked again. */
async function packed(hours = 8) {
  const app = await start();
  const { newKey } = await import('../../src/auth/device');
  await app.session.settleIn(centre.me, here, way, await newKey());
  expect(await app.view.syncNow()).toBe('ok');
  const asked_for = { homes: [wang_household], shifts: [], until: Date.now() + hours * 3_600_000, words };
  await app.pack.pack(await (await app.session.current()).author(), asked_for, { strength: app.slots.strengthMin });
  return start();
}

describe('a pack at the door', () => {
  it('opens without the centre, shows what was packed and no more, and sends nothing while it is open', async () => {
    const app = await packed();
    await app.opening.openDayPack('li_min', '7391 6482');
    asked = [];
    expect(app.session.session).toMatchObject({ me: { person: 'li_min' }, day_pack: expect.any(Number) as number });
    expect((await app.view.get(wang_visit))?.title_zh).toBe('王秀兰 · 2026-11-22');
    expect(await app.view.get(other_visit)).toBeUndefined();
    expect((await app.view.search('wxl')).map(({ title }) => title)).toEqual(['王秀兰']);
    await app.view.save('home_visit', wang_visit, visited);
    expect(await app.view.syncNow()).toBe('offline');
    await expect(app.view.gql('query who { me { person } }')).rejects.toMatchObject({ reason: 'unreachable' });
    await expect(app.unlocking.changeKnownPin(here, '739164', '528491')).rejects.toMatchObject({ reason: 'unreachable' });
    await app.files.sendNow();
    expect(await app.files.arrivedOf(wang_visit)).toBeNull();
    expect([asked, centre.log]).toEqual([[], []]);

    const next = await start();
    await next.session.unlock('li_min', way);
    expect(next.session.session.day_pack).toBeNull();
    expect(await next.view.syncNow()).toBe('ok');
    expect(centre.log.map(({ record }) => record)).toEqual([wang_visit]);
    expect((await next.view.get(wang_visit))?.mark).toBe('sent');
    expect(await next.opening.packAtDoor('li_min')).toBeUndefined();
    await expect(next.opening.openDayPack('li_min', words)).rejects.toMatchObject({ reason: 'none' });
  });

  it('counts a try before it is made, waits after five, and is shut after ten; what was written goes by the own part', async () => {
    let app = await packed();
    await app.opening.openDayPack('li_min', words);
    await app.view.save('home_visit', wang_visit, visited);
    app = await start();
    await expect(app.opening.openDayPack('li_min', '123')).rejects.toMatchObject({ name: 'WrongSecret', reason: 'not_a_secret' });
    expect((await app.outside.outsideOf('li_min'))?.wrong_pins).toBe(0);
    let counted: number | undefined;
    before_guess = async () => { counted = (await app.outside.outsideOf('li_min'))?.wrong_pins; };
    await expect(app.opening.openDayPack('li_min', '73916483')).rejects.toMatchObject({ reason: 'wrong', tries_left: 9 });
    expect(counted).toBe(1);
    const outside = await app.outside.outsideOf('li_min');
    if (!outside) throw new Error('a pack');
    await app.outside.keepOutside('li_min', { ...outside, wrong_pins: 5, wait_until: Date.now() + 30_000 });
    await expect(app.opening.openDayPack('li_min', words)).rejects.toMatchObject({ reason: 'wait', tries_left: 5 });
    await app.outside.keepOutside('li_min', { ...outside, wrong_pins: 9, wait_until: 0 });
    await expect(app.opening.openDayPack('li_min', '73916483')).rejects.toMatchObject({ reason: 'tried_out' });
    await expect(app.opening.openDayPack('li_min', words)).rejects.toMatchObject({ reason: 'tried_out' });
    await app.session.unlock('li_min', way);
    expect(await app.view.syncNow()).toBe('ok');
    expect(centre.log).toHaveLength(1);
  });

  it('is shut for good when its time is over, though the clock is put back, and nothing in it is lost', async () => {
    const app = await packed(1);
    await app.opening.openDayPack('li_min', words);
    await app.view.save('home_visit', wang_visit, visited);
    const next = await start();
    await expect(next.opening.openDayPack('li_min', words, Date.now() + 3_600_000)).rejects.toMatchObject({ reason: 'over' });
    await expect(next.opening.openDayPack('li_min', words)).rejects.toMatchObject({ reason: 'over' });
    await next.session.unlock('li_min', way);
    expect(await next.view.syncNow()).toBe('ok');
    expect(centre.log).toHaveLength(1);
  });

  it('that a sleeping tab does not give way for keeps nobody at the door, and is handed over once it does', async () => {
    const app = await packed();
    await app.opening.openDayPack('li_min', words);
    await app.view.save('home_visit', wang_visit, visited);
    const next = await start();
    const place = (await next.outside.outsideOf('li_min'))?.place ?? '';
    // It holds the pack as another tab would, and hears nothing.
    const asleep = await new Promise<IDBDatabase>((then) => {
      const opening = indexedDB.open(`doorstep-part-${place}`);
      opening.onsuccess = () => then(opening.result);
    });
    await next.session.unlock('li_min', way);
    expect(next.session.session.me?.name).toBe('李敏');
    expect(await next.view.syncNow()).toBe('ok');
    expect(centre.log).toEqual([]);
    asleep.close();
    await vi.waitFor(() => expect(centre.log.map(({ record }) => record)).toEqual([wang_visit]), 20_000);
    expect(await next.opening.packAtDoor('li_min')).toBeUndefined();
    // To its end, or it would go on behind the test.
    expect(await next.view.syncNow()).toBe('ok');
  });
});
