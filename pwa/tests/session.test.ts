// @vitest-environment happy-dom
// Signing in, being signed out, starting without network, and what stays on the phone.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Centre } from './sync/centre';
import { seed, visited, wang_visit, wang_xiulan } from './sync/phone';

type View = typeof import('../src/view');
let centre: Centre;

// A start of the app: modules are read anew, as after a reload; databases and localStorage stay.
async function start(): Promise<View> {
  vi.resetModules();
  const module = await import('../src/auth/session.svelte');
  started.push(module);
  await module.resume();
  return import('../src/view');
}

beforeEach(() => {
  localStorage.clear();
  centre = new Centre();
  seed(centre);
  const people = [{ person: 'li_min', name: '李敏', role: 'outreach_worker', centre: 'heping', centre_name: '和平', team_name: '一组' }];
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => {
    if (centre.is_down || !String(path).startsWith('/api/')) return centre.fetch(path, init);
    if (path === '/api/demo/people') return new Response(JSON.stringify({ people }));
    if (init?.method === 'DELETE') return new Response(JSON.stringify({ signed_out: true }));
    const asked = JSON.parse(String(init?.body)) as { device: { id?: string; public_key: string; name: string } };
    keys.push(asked.device);
    return new Response(JSON.stringify({ token: 't', device: asked.device.id !== undefined && known.get(asked.device.id) === asked.device.public_key ? asked.device.id : added(asked.device.public_key), me: centre.me }));
  });
});
/** Devices as the centre has them: an id of one's own with another key makes a new device. */
const known = new Map<string, string>();
function added(public_key: string): string {
  known.set(`device-${known.size + 1}`, public_key);
  return `device-${known.size}`;
}
const keys: { id?: string; public_key: string; name: string }[] = [];
const started: (typeof import('../src/auth/session.svelte'))[] = [];
afterEach(async () => {
  keys.length = 0;
  known.clear();
  // An app that was left open would go on trying to reach the centre of the next test.
  for (const { session, current } of started.splice(0)) if (session.me) (await current()).close();
  vi.unstubAllGlobals();
});

async function signedIn(): Promise<View> {
  const view = await start();
  await view.signIn('li_min');
  expect(await view.syncNow()).toBe('ok');
  return view;
}

describe('signing in', () => {
  it('brings the person\'s records, names and counts', async () => {
    const view = await signedIn();
    expect(view.session.me?.name).toBe('李敏');
    expect(view.nameOf('li_min')).toBe('李敏');
    expect(view.nameOf('nobody')).toBe('nobody');
    expect((await view.list('home_visit', 'assigned_to+planned_on', 'li_min|2026-11-22')).map((row) => row.record)).toEqual([wang_visit]);
    expect((await view.search('wxl')).map((hit) => hit.title)).toEqual(['王秀兰']);
    expect(view.syncState).toMatchObject({ online: true, complete: true, waiting: 0, needsYou: 0 });
  });

  it('gives the centre the public half of one key, the same at the next time, and names the device it knows', async () => {
    const view = await signedIn();
    await view.signIn('li_min');
    expect(keys.map((device) => device.id)).toEqual([undefined, 'device-1']);
    expect(keys[0]?.public_key).toBe(keys[1]?.public_key);
    expect(atob(keys[0]?.public_key ?? '')).toHaveLength(65);
  });
});

describe('a start without network', () => {
  it('shows the person who was there, with their records, and takes a save', async () => {
    await signedIn();
    centre.is_down = true;
    const view = await start();
    expect(view.session.me?.person).toBe('li_min');
    expect((await view.get(wang_visit))?.title_zh).toBe('王秀兰 · 2026-11-22');
    const saved = await view.save('home_visit', wang_visit, visited);
    expect(saved.problems).toBeUndefined();
    expect(await view.syncNow()).toBe('offline');
    expect(view.syncState).toMatchObject({ online: false });
    await vi.waitFor(() => expect(view.syncState.waiting).toBe(1));
  });

  it('finds the person in the database when the quick copy is gone', async () => {
    await signedIn();
    localStorage.clear();
    centre.is_down = true;
    expect((await start()).session.me?.person).toBe('li_min');
  });

  it('of a phone nobody has signed in on shows nobody', async () => {
    centre.is_down = true;
    const view = await start();
    expect(view.session.me).toBeNull();
    await expect(view.get(wang_visit)).rejects.toThrow('Nobody is signed in');
  });
});

describe('a session that has ended', () => {
  it('keeps records, outbox and recording; after signing in again all is sent', async () => {
    const view = await signedIn();
    centre.is_signed_in = false;
    await view.save('home_visit', wang_visit, visited);
    expect(await view.syncNow()).toBe('signed_out');
    expect(view.session).toMatchObject({ signedIn: false, me: { person: 'li_min' } });
    await view.save('resident', wang_xiulan, { risk_level: 'high' });
    expect(await view.outbox()).toHaveLength(2);

    centre.is_signed_in = true;
    await view.signIn('li_min');
    expect(await view.syncNow()).toBe('ok');
    expect(await view.outbox()).toEqual([]);
    expect(centre.log).toHaveLength(2);
  });
});

describe('a centre that is busy', () => {
  it.each([['busy', 503], ['stopping', 503], ['store_full', 507], ['too_many_files', 429]])('with %s is reached, and nobody is told of an error', async (code, status) => {
    const view = await signedIn();
    const saved = await view.save('home_visit', wang_visit, visited);
    centre.busy = { code, status, seconds: 30 };
    centre.bodies = [];
    expect(await view.syncNow()).toBe('busy');
    expect(view.syncState).toMatchObject({ online: true, sending: 0, needsYou: 0, upgradeRequired: false });
    // The request as a whole was put off: no save of it carries a reason, none is tried by itself.
    expect(await view.outbox()).toMatchObject([{ save: saved.save, status: 'waiting' }]);
    expect((await view.outbox())[0]?.problem).toBeUndefined();
    expect(centre.bodies.filter((body) => body.includes('push(saves'))).toHaveLength(1);

    centre.busy = null;
    expect(await view.syncNow()).toBe('ok');
    expect(await view.outbox()).toEqual([]);
  });

  it('for a moment is asked again by a screen, which never hears of it', async () => {
    const view = await signedIn();
    centre.busy = { code: 'busy', status: 503, seconds: 0 };
    setTimeout(() => { centre.busy = null; }, 0);
    expect(await view.gql<{ me: { person: string } }>('query who { me { person } }')).toMatchObject({ me: { person: 'li_min' } });
  });

  it('for longer is told to whoever wants to see something now', async () => {
    const view = await signedIn();
    centre.busy = { code: 'busy', status: 503, seconds: 60 };
    await expect(view.gql('query who { me { person } }')).rejects.toMatchObject({ reason: 'busy' });
  });
});

describe('a phone of which there is a second copy', () => {
  it('says so, and after signing out and in is a device of its own with a key of its own; nothing unsent is lost', async () => {
    const view = await signedIn();
    expect((await view.syncNotes()).device_twice_at).toBeNull();
    centre.me = { ...centre.me, device_twice_at: '2026-11-22T02:00:00Z' };
    expect(await view.syncNow()).toBe('ok');
    expect((await view.syncNotes()).device_twice_at).toBe('2026-11-22T02:00:00Z');
    centre.is_signed_in = false;
    const saved = await view.save('home_visit', wang_visit, visited);
    const [before] = await (await (await import('../src/auth/session.svelte')).current()).store.getAll('outbox');

    await view.signOut();
    centre.is_signed_in = true;
    centre.me = { ...centre.me, device_twice_at: null, device: 'device-2' };
    await view.signIn('li_min');
    expect(await view.syncNow()).toBe('ok');
    expect(keys).toHaveLength(2);
    expect(keys[1]).toMatchObject({ id: 'device-1' });
    expect(keys[1]?.public_key).not.toBe(keys[0]?.public_key);
    expect(centre.log).toMatchObject([{ id: saved.save, signature: before?.content.signature }]);
    expect((await view.syncNotes()).device_twice_at).toBeNull();

    // From now on it signs in as that device, with that key.
    await view.signIn('li_min');
    expect(keys[2]).toEqual({ ...keys[1], id: 'device-2' });
  });
});

describe('signing out', () => {
  it('leaves unsent saves and drafts, removes the copies, and sends at the next sign-in', async () => {
    const view = await signedIn();
    centre.refuse = () => ({ status: 'retry', code: 'unknown_record' });
    await view.save('home_visit', wang_visit, visited);
    await view.putDraft('note', 'resident', wang_xiulan, { health_note: '高' });
    await view.signOut();
    expect(view.session.me).toBeNull();

    const later = await start();
    expect(later.session.me).toBeNull();
    centre.refuse = () => undefined;
    await later.signIn('li_min');
    expect((await later.listDrafts()).map((draft) => draft.key)).toEqual(['note']);
    expect((await later.get(wang_visit))?.values['outcome'] ?? 'met_person').toBe('met_person');
    expect(await later.syncNow()).toBe('ok');
    expect(await later.outbox()).toEqual([]);
    expect((await later.get(wang_visit))?.values['outcome']).toBe('met_person');
  });
});

describe('search', () => {
  it('finds what was saved a moment ago', async () => {
    const view = await signedIn();
    expect(await view.search('赵国强')).toEqual([]);
    await view.save('resident', null, { name: '赵国强', household: (await view.get(wang_xiulan))?.values['household'] ?? null });
    expect((await view.search('赵国强')).map((hit) => hit.title)).toEqual(['赵国强']);
  });
});

describe('a held save', () => {
  it('gives its values to a form and goes again when mended', async () => {
    const view = await signedIn();
    centre.refuse = (save) => (save.set['risk_level'] === 'high' ? { status: 'held', code: 'locked' } : undefined);
    const held = await view.save('resident', wang_xiulan, { risk_level: 'high' });
    await view.syncNow();
    expect(await view.sendAgain(held.save)).toMatchObject({ record: wang_xiulan, values: { risk_level: 'high', name: '王秀兰' } });
    await view.replaceHeld(held.save, { risk_level: 'low' });
    await view.syncNow();
    expect(await view.outbox()).toEqual([]);
  });
});

describe('a phone with a passkey', () => {
  const way = { kind: 'prf', secret: new Uint8Array(32).fill(5), credential: 'passkey-1' } as const;
  const here = { person: 'li_min', name: '李敏', centre_name: '和平', device: 'device-1', path: 'prf', passkey: null, wrong_pins: 0, wait_until: 0, signed_out: false } as const;
  async function settled(): Promise<typeof import('../src/auth/session.svelte')> {
    await start();
    const phone = await import('../src/auth/session.svelte');
    await phone.settleIn({ ...centre.me, demo: false }, { ...here }, way);
    await phone.syncNow();
    vi.spyOn(location, 'reload').mockImplementation(() => undefined);
    return phone;
  }

  it('locks: nothing on the screen, no key in memory, and what was being written is there when it opens again', async () => {
    const phone = await settled();
    const { keys } = (await phone.current()).store;
    const master = keys.master();
    document.body.innerHTML = '<main>王秀兰</main>';
    const { beforeLeaving, putDraft } = await import('../src/view');
    const forget = beforeLeaving(() => putDraft('visit/new', 'home_visit', null, { observation: '写到一半' }));
    await phone.lock();
    forget();
    expect(document.body.textContent).toBe('');
    expect(location.reload).toHaveBeenCalledTimes(1);
    expect([keys.is_locked(), master.every((byte) => byte === 0), phone.session.me, phone.session.members.size]).toEqual([true, true, null, 0]);

    centre.is_down = true;
    const view = await start();
    // Nobody is in: what is remembered opens nothing, and names nobody.
    expect(view.session.me).toBeNull();
    expect(localStorage.getItem('doorstep.session')).not.toContain('李敏');
    const again = await import('../src/auth/session.svelte');
    await expect(again.unlock('li_min', { ...way, secret: new Uint8Array(32) })).rejects.toMatchObject({ name: 'WrongSecret' });
    expect(view.session.me).toBeNull();
    await again.unlock('li_min', way);
    expect(view.session.me?.name).toBe('李敏');
    expect((await view.getDraft('visit/new'))?.values).toEqual({ observation: '写到一半' });
    expect((await view.get(wang_xiulan))?.values['name']).toBe('王秀兰');
  });

  it('locks by itself, and a demo does not', async () => {
    const phone = await settled();
    const { keys } = (await phone.current()).store;
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 301_000);
    document.dispatchEvent(new Event('keydown'));
    await vi.waitFor(() => expect(keys.is_locked()).toBe(true));
    vi.restoreAllMocks();

    const demo = await signedIn();
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 301_000);
    document.dispatchEvent(new Event('keydown'));
    await new Promise((then) => { setTimeout(then); });
    expect(demo.session.me?.person).toBe('li_min');
    vi.restoreAllMocks();
  });

  it('whose passkey is another goes on with a new part, and keeps the old one sealed', async () => {
    await settled();
    const phone = await import('../src/auth/session.svelte');
    const { databasesOf } = await import('../src/sync/store');
    const other = { ...way, secret: new Uint8Array(32).fill(6) };
    // Signing in again with what does not open changes nothing; only a phone that is theirs anew begins anew.
    await expect(phone.settleIn(centre.me, { ...here }, other)).rejects.toMatchObject({ name: 'WrongSecret' });
    expect(await databasesOf('li_min')).toHaveLength(1);
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
    await phone.settleIn(centre.me, { ...here }, other, pair);
    expect(await databasesOf('li_min')).toHaveLength(2);
    expect(phone.session.me?.person).toBe('li_min');
  });
});
