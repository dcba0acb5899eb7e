// @vitest-environment happy-dom
// A phone from its code to its unlocking, by finger and by PIN, on a sealed store: what opens without the centre, what
// needs it, and that nothing that is sent could open anything.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { base64url } from '../../src/auth/bytes';
import { placeOf } from '../../src/auth/here';
import { NetworkFailure, ProblemError, type Network } from '../../src/network';
import { Centre } from '../sync/centre';
import { seed, visited, wang_visit } from '../sync/phone';
import { cheapArgon2 } from './argon2';
import { Authenticator } from './authenticator';

type Session = typeof import('../../src/auth/session.svelte');
const can = { secure_context: true, passkeys: true, platform_authenticator: true, prf: null, strict_storage: true, persisted: false };
const invitation = { person_name: '李敏', centre_name: '和平', role: 'outreach_worker', enrolment: 'e-1', number: '47', expires_at: '' };
let share = btoa(String.fromCharCode(...new Uint8Array(32).fill(5)));
let centre: Centre;
let authenticator: Authenticator;
/** The proof the centre was given; its share is given only for that. */
let proof: string | undefined;
let tries_left: number;
let sent: { path: string; body: string; signature: string | null }[];
let started: Session[] = [];

const network: Network = async (path, request) => {
  const found = await (await fetch(path, { method: 'POST', body: request?.body ?? '', headers: request?.headers ?? {} })).json() as { errors?: { extensions: { code: string } }[] };
  const problem = found.errors?.[0]?.extensions;
  if (problem) throw new ProblemError({ field: null, details: null, ...problem }, 403);
  return found;
};
const problem = (code: string, details: object | null = null) => new Response(JSON.stringify({ errors: [{ message: code, extensions: { code, details } }] }), { status: 403 });
const json = (found: object) => new Response(JSON.stringify(found));

function door(path: string, asked: Record<string, unknown>): Response {
  if (path === '/api/enrol/options') return json({ challenge: 'AAEC', rp: { name: 'x' }, user: { id: 'AAEC', name: '李敏', displayName: '李敏' }, pubKeyCredParams: [] });
  if (path === '/api/enrol/finish') {
    proof = asked['pin_proof'] as string | undefined;
    return json({ token: 't', device: 'device-1', me: centre.me, ...(proof === undefined ? {} : { share }) });
  }
  if (path === '/api/sign-in/options' || path === '/api/sign-in/nonce') return json({ challenge: 'AAEC', nonce: 'AAEC' });
  if (path === '/api/sign-in/finish') {
    centre.is_signed_in = true;
    return json({ token: 't', device: 'device-1', me: centre.me });
  }
  if (tries_left === 0) return problem('pin_disabled');
  if (asked['pin_proof'] !== proof) {
    tries_left -= 1;
    return problem('wrong_pin', { tries_left });
  }
  centre.is_signed_in = true;
  if (asked['new_pin_proof'] !== undefined) proof = asked['new_pin_proof'] as string;
  return json(path === '/api/share' ? { share } : { token: 't', device: 'device-1', me: centre.me });
}

cheapArgon2();
beforeEach(() => {
  localStorage.clear();
  centre = new Centre();
  seed(centre);
  authenticator = new Authenticator();
  authenticator.install(vi.stubGlobal);
  [proof, tries_left, sent] = [undefined, 10, []];
  vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => {
    sent.push({ path, body: typeof init?.body === 'string' ? init.body : '', signature: new Headers(init?.headers).get('doorstep-signature') });
    if (centre.is_down || !path.startsWith('/api/')) return centre.fetch(path, init);
    if (init?.method === 'DELETE') return json({ signed_out: true });
    return door(path, JSON.parse(String(init?.body)) as Record<string, unknown>);
  });
});
afterEach(async () => {
  for (const { session, current } of started) if (session.me) (await current()).close();
  started = [];
  vi.unstubAllGlobals();
});

/** The app as after a reload: modules are read anew, what is on the disk stays, nothing is in memory. */
async function start() {
  for (const { session, current } of started.splice(0)) if (session.me) (await current()).close();
  vi.resetModules();
  const session = await import('../../src/auth/session.svelte');
  started.push(session);
  await session.resume();
  const [view, unlocking, enrolling] = await Promise.all([import('../../src/view'), import('../../src/auth/unlocking'), import('../../src/auth/enrolling')]);
  return { session: session.session, view, unlocking, enrolling };
}
async function here() {
  const place = await placeOf('li_min');
  if (!place) throw new Error('nobody has a place here');
  return place;
}
async function enrolledByFinger() {
  const app = await start();
  const enrolling = await app.enrolling.beginEnrolling(network, invitation);
  expect(await enrolling.withPasskey(can)).toBe(true);
  expect(await app.view.syncNow()).toBe('ok');
  return app;
}
async function enrolledByPin() {
  const app = await start();
  await (await app.enrolling.beginEnrolling(network, invitation)).withPin(can, '739164');
  expect(await app.view.syncNow()).toBe('ok');
  return app;
}

describe('a phone that opens by finger', () => {
  it('is closed after every start, opens without the centre, and takes a save', async () => {
    await enrolledByFinger();
    centre.is_down = true;
    const app = await start();
    expect(app.session.me).toBeNull();
    await expect(app.view.get(wang_visit)).rejects.toThrow('Nobody is signed in');
    await app.unlocking.unlock(await here(), '', network);
    expect(app.session.me?.name).toBe('李敏');
    expect((await app.view.get(wang_visit))?.title_zh).toBe('王秀兰 · 2026-11-22');
    await app.view.save('home_visit', wang_visit, visited);
    expect(await app.view.syncNow()).toBe('offline');
    centre.is_down = false;
    expect(await app.view.syncNow()).toBe('ok');
    expect(centre.log).toHaveLength(1);
  });

  it('stays closed to another finger, and to one that is not recognised', async () => {
    await enrolledByFinger();
    const app = await start();
    const mine = await here();
    const other = { ...mine, passkey: { id: base64url(new TextEncoder().encode('passkey 2')), salt: mine.passkey?.salt ?? '' } };
    await expect(app.unlocking.unlock(other, '', network)).rejects.toMatchObject({ name: 'WrongSecret' });
    authenticator.is_declined = true;
    await expect(app.unlocking.unlock(mine, '', network)).rejects.toMatchObject({ reason: 'declined' });
    expect(app.session.me).toBeNull();
  });

  it('is signed in to the centre first by whoever has signed out', async () => {
    const before = await enrolledByFinger();
    await before.view.signOut();
    const app = await start();
    centre.is_down = true;
    await expect(app.unlocking.unlock(await here(), '', network)).rejects.toThrow();
    centre.is_down = false;
    await app.unlocking.unlock(await here(), '', network);
    expect(await app.view.syncNow()).toBe('ok');
    expect((await app.view.get(wang_visit))?.title_zh).toBe('王秀兰 · 2026-11-22');
  });

  it('sends nothing that opens it, and signs what it asks', async () => {
    await enrolledByFinger();
    const mine = await here();
    const { prfOf } = await import('../../src/auth/passkeys');
    const { bytesOf } = await import('../../src/auth/bytes');
    const secret = await prfOf(mine.passkey?.id ?? '', bytesOf(mine.passkey?.salt ?? ''));
    const everything = sent.map(({ body }) => body).join('\n');
    expect(everything).toContain('clientExtensionResults":{}');
    expect(everything).not.toContain(base64url(secret ?? new Uint8Array()));
    expect(everything).not.toContain(mine.passkey?.salt);
    expect(sent.filter(({ path }) => path === '/graphql').every(({ signature }) => signature?.startsWith('v1 device-1 '))).toBe(true);
  });
});

describe('a phone that opens by PIN', () => {
  it('needs the centre for its half, and then has everything', async () => {
    await enrolledByPin();
    const app = await start();
    centre.is_down = true;
    await expect(app.unlocking.unlock(await here(), '739164', network)).rejects.toThrow();
    centre.is_down = false;
    await app.unlocking.unlock(await here(), '739164', network);
    expect((await app.view.get(wang_visit))?.title_zh).toBe('王秀兰 · 2026-11-22');
    expect(sent.map(({ body }) => body).join('\n')).not.toContain('739164');
  });

  it('stays closed to a wrong one, however it is tried, and to every one after ten', async () => {
    await enrolledByPin();
    const app = await start();
    await expect(app.unlocking.unlock(await here(), '739165', network)).rejects.toMatchObject({ problem: { code: 'wrong_pin', details: { tries_left: 9 } } });
    tries_left = 0;
    await expect(app.unlocking.unlock(await here(), '739164', network)).rejects.toMatchObject({ problem: { code: 'pin_disabled' } });
    expect(app.session.me).toBeNull();
  });

  it('takes another one from whoever knows it, whatever becomes of the answer', async () => {
    const app = await enrolledByPin();
    await app.view.save('home_visit', wang_visit, visited);
    await expect(app.unlocking.changeKnownPin(await here(), '739165', '528491', network)).rejects.toMatchObject({ problem: { code: 'wrong_pin' } });
    // The centre takes the new one down, and its answer is lost.
    let shares = 0;
    const losing: Network = async (path, request) => {
      const found = await network(path, request);
      if (path === '/api/share' && (shares += 1) === 2) throw new NetworkFailure('unreachable');
      return found;
    };
    await expect(app.unlocking.changeKnownPin(await here(), '739164', '528491', losing)).rejects.toThrow(NetworkFailure);
    let next = await start();
    await expect(next.unlocking.unlock(await here(), '739164', network)).rejects.toMatchObject({ problem: { code: 'wrong_pin' } });
    await next.unlocking.unlock(await here(), '528491', network);
    // Open again, it may have met the centre already.
    const waiting = (await next.view.outbox()).map(({ record }) => record);
    expect([...waiting, ...centre.log.map(({ record }) => record)]).toContain(wang_visit);
    // And with an answer that comes.
    await next.unlocking.changeKnownPin(await here(), '528491', '906173', network);
    next = await start();
    await next.unlocking.unlock(await here(), '906173', network);
    expect(sent.map(({ body }) => body).join('\n')).not.toMatch(/739164|528491|906173/);
  });

  it('beside a passkey that gives no key is asked for a PIN as well, and opens by that', async () => {
    authenticator.has_prf = false;
    const before = await start();
    const enrolling = await before.enrolling.beginEnrolling(network, invitation);
    expect(await enrolling.withPasskey(can)).toBe(false);
    await enrolling.withPin(can, '739164');
    expect(await here()).toMatchObject({ path: 'passkey' });
    const app = await start();
    await app.unlocking.unlock(await here(), '739164', network);
    expect(app.session.me?.name).toBe('李敏');
  });
});

describe('a phone that cannot be opened just now', () => {
  it('takes words all the same, which nobody reads there, and lays them among the drafts once it opens', async () => {
    await enrolledByPin();
    await start();
    const { leaveNote } = await import('../../src/auth/left_notes');
    await leaveNote(await here(), '3 栋 502，王秀兰在家');
    await leaveNote(await here(), '腿还疼');
    const { openDeviceStore } = await import('../../src/sync/store');
    const devices = await openDeviceStore();
    const kept = await devices.getAll('meta');
    expect(JSON.stringify(kept, (_name, value: unknown) => (value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value))).not.toContain('王秀兰');

    const app = await start();
    await app.unlocking.unlock(await here(), '739164', network);
    const [draft] = await app.view.listDrafts();
    expect(draft).toMatchObject({ kind: 'home_visit', key: 'record/new/home_visit/' });
    const written = String((draft?.values as { form?: { observation?: string } }).form?.observation);
    expect(written.split('\n').map((line) => line.split(' ').slice(2).join(' '))).toEqual(['3 栋 502，王秀兰在家', '腿还疼']);
    expect((await devices.getAllKeys('meta')).filter((key) => String(key).startsWith('left.'))).toEqual([]);
    devices.close();
  });

  it('keeps what was left for a part of it that no longer opens', async () => {
    await enrolledByPin();
    const { leaveNote } = await import('../../src/auth/left_notes');
    const before = await here();
    // Another code was needed, and with it this phone has a new half at the centre.
    share = btoa(String.fromCharCode(...new Uint8Array(32).fill(6)));
    await enrolledByPin();
    await leaveNote(before, '给旧的');
    const app = await start();
    await app.unlocking.unlock(await here(), '739164', network);
    expect(await app.view.listDrafts()).toEqual([]);
    const { openDeviceStore } = await import('../../src/sync/store');
    const devices = await openDeviceStore();
    const left = (await devices.getAllKeys('meta')).filter((key) => String(key).startsWith('left.'));
    devices.close();
    expect(left).toHaveLength(1);
  });
});

describe('a session that has ended', () => {
  it('is renewed by the device without a word', async () => {
    const app = await enrolledByFinger();
    centre.is_signed_in = false;
    vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => {
      if (path !== '/api/renew') return centre.fetch(path, init);
      expect(new Headers(init?.headers).get('doorstep-signature')).toMatch(/^v1 device-1 /);
      centre.is_signed_in = true;
      return json({ token: 't', device: 'device-1', me: centre.me });
    });
    expect(await app.view.syncNow()).toBe('ok');
    expect(app.session.signedIn).toBe(true);
  });

  it('and is not renewed any more waits for its person, with everything open meanwhile', async () => {
    const app = await enrolledByPin();
    centre.is_signed_in = false;
    tries_left = 10;
    const door_open = globalThis.fetch;
    vi.stubGlobal('fetch', async (path: string, init?: RequestInit) => (path === '/api/renew' ? problem('not_signed_in') : door_open(path, init)));
    await app.view.save('home_visit', wang_visit, visited);
    expect(await app.view.syncNow()).toBe('signed_out');
    expect(app.session).toMatchObject({ signedIn: false, me: { person: 'li_min' } });
    await app.unlocking.verifyAgain(await here(), '739164', network);
    expect(app.session.signedIn).toBe(true);
    expect(await app.view.syncNow()).toBe('ok');
    expect(centre.log).toHaveLength(1);
  });
});
