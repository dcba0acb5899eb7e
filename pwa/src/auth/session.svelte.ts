// Who is signed in on this phone, with their open database and their way to the centre. The page that asks who you are is
// SignIn.svelte; what is read and written with an open database is sync/.
import { gql as ask, type Variables } from '../graphql';
import type { Sender } from '../files/sender';
import { network, NetworkFailure, ProblemError, type Network } from '../network';
import { countOf, unsent } from '../sync/count';
import { flushAll } from '../router.svelte';
import { browserWorld, startLoop, type Ended, type Loop, type Outcome } from '../sync/loop';
import type { Author } from '../sync/outbox';
import type { Names } from '../sync/records';
import { bringKinds } from '../schema/schema';
import { aboutSearch } from '../sync/searched';
import type { Me, Member } from '../sync/shapes';
import { changes, noteChange, syncState } from '../sync/state.svelte';
import { makePart, openedBy, openPart, partAt, partOf, type Way } from '../seal/part';
import { WrongSecret } from '../seal/slots';
import { fact, openDeviceStore, write, type PersonStore } from '../sync/store';
import { deviceKey, deviceName, keepOwnKey, keyHere, newKey, publicKey } from './device';
import { keepPlace, placeOf, type Here } from './here';
import { signing, type Signer } from './sign';

export const session = $state<{ me: Me | null; members: Map<string, Member>; signedIn: boolean; day_pack: number | null }>({
  me: null, members: new Map(), signedIn: false,
  /** Only what was packed for a day is open (day_pack/), until then (milliseconds); nothing is asked of the centre. */
  day_pack: null
});

/** The person's part of this phone while they are signed in. */
export interface Opened {
  person: string;
  store: PersonStore;
  author(): Promise<Author>;
  loop: Loop;
  /** What sends this person's files; read after the first meeting with the centre. */
  files(): Promise<Sender>;
  /** Something stored has changed, here: tells this tab's screens and the other tabs. */
  changed(records: string[] | null, when?: 'soon' | 'at once'): void;
  /** Called with the records that changed, in this tab or another. */
  listen(listener: (records: string[] | null) => void): void;
  close(): void;
}

const remembered = 'doorstep.session';
/** A disk that does not answer keeps no phone open. */
const flushSecondsMax = 2;
/** There while this phone is being emptied (clear.ts); what is rarely needed is not read before the first screen. */
const clearing = 'doorstep.clearing';
/** What is remembered of a session outside of what is sealed: whose part of the phone to open, and where it begins. */
interface Remembered { person: string; place: string; home: Me['home'] }
let opened: Promise<Opened> | null = null;

/** Names of people and teams as far as this phone knows them. */
export const names: Names = (of, id) =>
  of === 'person' ? (session.members.get(id)?.name ?? (session.me?.person === id ? session.me.name : undefined)) : session.me?.teams.find((team) => team.id === id)?.name;

/** The name of a person, or the id where this phone does not know them. */
export function nameOf(person: string): string {
  return names('person', person) ?? person;
}

/** The open database of the signed-in person. */
export function current(): Promise<Opened> {
  if (!opened) throw new Error('Nobody is signed in');
  return opened;
}

/** Who signs the requests of this person: their device, where it was enrolled. A demo's proves nothing, and signs none. */
let signer: Promise<Signer | null> | null = null;
const signed = signing(network, () => (signer ??= signerOf(session.me)));

/** A renewal under way: all who were turned away at once wait for the same one. */
let renewal: Promise<boolean> | null = null;

/** As `noted`; a session that has ended by itself is renewed by the signature of this device, and nobody hears of it. */
const watched: Network = async (path, request) => {
  try {
    return await noted(path, request);
  } catch (error) {
    if (!(error instanceof ProblemError && error.problem.code === 'not_signed_in') || (await signer) === null) throw error;
    renewal ??= renewed().finally(() => { renewal = null; });
    if (!(await renewal)) throw error;
    return noted(path, request);
  }
};

/** The network, with what each request says about being reachable and about the session noted for all to see. */
const noted: Network = async (path, request) => {
  // A pack is opened by words alone, so nothing goes out in this person's name from it.
  if (session.day_pack !== null) throw new NetworkFailure('unreachable');
  try {
    const found = await signed(path, request);
    syncState.online = true;
    return found;
  } catch (error) {
    // A centre that is busy was reached; what it asks for is obeyed without a word, unless a person wants to know.
    if (error instanceof NetworkFailure) syncState.online = error.reason === 'busy';
    if (error instanceof ProblemError) {
      syncState.online = true;
      // The records stay, the outbox stays, recording goes on; only sending waits for the next sign-in.
      if (error.problem.code === 'not_signed_in') session.signedIn = false;
    }
    throw error;
  }
};

async function signerOf(me: Me | null): Promise<Signer | null> {
  const place = me && (await placeOf(me.person));
  if (!place) return null;
  return { device: place.device, key: (await keyHere(place.person)).privateKey };
}

async function renewed(): Promise<boolean> {
  try {
    await signed('/api/renew', { method: 'POST', body: '{}' });
    session.signedIn = true;
    return true;
  } catch (error) {
    // It was too long ago, or the device was taken out of use: the person has to be there.
    if (error instanceof ProblemError || error instanceof NetworkFailure) return false;
    throw error;
  }
}

/** How long a screen waits by itself for a busy centre, and how often. */
const patienceSecondsMax = 10;
const patientTriesMax = 2;

/**
 * Ask the centre a question of a screen; one that is busy for a moment is asked again, and so is one that wants to know
 * first that the person is there. Throws NetworkFailure or ProblemError.
 *
 * seconds_max  for what takes the centre longer than a question does
 */
export async function gql<T>(query: string, variables?: Variables, seconds_max?: number): Promise<T> {
  const through: Network = seconds_max === undefined ? watched : (path, request) => watched(path, { ...request, seconds_max });
  for (let tries = 0; ; tries += 1) {
    try {
      return await ask<T>(query, variables, through);
    } catch (error) {
      if (isStepUp(error) && session.me) {
        const { proveAgain } = await import('./step_up');
        if (await proveAgain(watched, await placeOf(session.me.person))) continue;
      }
      const seconds = error instanceof NetworkFailure && error.reason === 'busy' ? error.wait_seconds : null;
      if (seconds === null || seconds > patienceSecondsMax || tries === patientTriesMax) throw error;
      await new Promise((then) => setTimeout(then, seconds * 1000 * (1 + 0.5 * Math.random())));
    }
  }
}

function isStepUp(error: unknown): boolean {
  return error instanceof ProblemError && error.problem.code === 'step_up_required';
}

/** The centre knows again that this person is there: what waits goes on its way. */
export async function signedInAgain(me: Me): Promise<void> {
  await bringKinds(me.roles);
  session.me = me;
  session.signedIn = true;
  void opened?.then(({ loop }) => loop.kick());
}

export interface Listed { person: string; name: string; role: string; centre: string; centre_name: string; team_name: string | null }

/** The people of the demo, once for each role. */
export async function demoPeople(): Promise<Listed[]> {
  return ((await watched('/api/demo/people')) as { people: Listed[] }).people;
}

/** Take up where this phone was left: whoever was signed in is, network or not. */
export async function resume(): Promise<void> {
  addEventListener('storage', (event) => {
    // Somebody signed in or out in another tab: this one must not go on in the wrong name.
    if (event.key === remembered && personIn(event.oldValue) !== personIn(event.newValue)) location.reload();
  });
  if (localStorage.getItem(clearing) !== null) await (await import('./clear')).goOnClearing(network);
  const kept = keptHere() ?? (await keptInDatabase());
  if (!kept) return;
  const part = await partAt(kept.place);
  // A slot that asks for something is opened at the door, by whoever is there.
  if (!part.slots.some((slot) => slot.kind === 'demo')) return part.closed.close();
  const store = await openPart(part, 'demo', null);
  const me = await fact<Me>(store, 'me');
  if (!me) return store.close();
  await bringKinds(me.roles);
  enter(me, store);
  void navigator.storage?.persisted?.().then((is_kept) => { syncState.persisted = is_kept; });
}

/** Open a session for a person, in the demo. What they had not sent goes on its way by itself. */
export async function signIn(person: string): Promise<void> {
  const devices = await openDeviceStore();
  const part = await partOf(person);
  const here = part?.slots.some((slot) => slot.kind === 'demo') ? { place: part.place, store: await openPart(part, 'demo', null) } : undefined;
  // The centre has seen this device twice: from now on this one is another, which follows on it.
  const is_twice = here !== undefined && ((await fact<string | null>(here.store, 'device_twice_at')) ?? null) !== null;
  const key = is_twice ? await newKey() : await deviceKey(devices, person);
  const known = (await devices.get('meta', `device.${person}`)) as string | undefined;
  const device = { public_key: await publicKey(key), name: deviceName(), ...(known === undefined ? {} : { id: known }) };
  const found = (await watched('/api/session', { method: 'POST', body: JSON.stringify({ person, device }) })) as { device: string; me: Me };
  if (is_twice) await keepOwnKey(devices, person, found.device, key);
  else await devices.put('meta', found.device, `device.${person}`);
  devices.close();
  await goOnIn(found.me, here ?? (await makePart(person, 'demo', null, { is_demo: found.me.demo === true })), false);
}

/**
 * From the centre's answer on, this person is at home on this phone.
 *
 * way  what opens their part of it
 * key  where the centre has just learnt one, and this phone is theirs anew; else it goes on with the key it has
 */
export async function settleIn(me: Me, here: Here, way: Way, key?: CryptoKeyPair): Promise<void> {
  const part = await openedBy(me.person, way, key !== undefined);
  if (key) {
    const devices = await openDeviceStore();
    await keepOwnKey(devices, me.person, here.device, key);
    devices.close();
  }
  await keepPlace(here);
  await goOnIn(me, part, true);
}

/** Open this person's part of the phone without the centre. Throws WrongSecret. */
export async function unlock(person: string, way: Way): Promise<void> {
  const part = await openedBy(person, way, false);
  const me = await fact<Me>(part.store, 'me');
  if (!me) throw new WrongSecret('not_a_secret');
  await goOnIn(me, part, true);
}

/** Open what was packed for a day, in the place of all else of this person. Throws WrongSecret. */
export async function enterDayPack(store: PersonStore, until: number): Promise<void> {
  const me = await fact<Me>(store, 'me');
  if (!me) throw new WrongSecret('not_a_secret');
  await bringKinds(me.roles);
  await leave();
  session.day_pack = until;
  enter(me, store);
  await watchUse();
  const timer = setTimeout(() => void lock(), until - Date.now());
  const deaf = unwatch;
  unwatch = () => {
    clearTimeout(timer);
    deaf?.();
  };
}

/** What calls off the lock of a phone that lies about. */
let unwatch: (() => void) | null = null;

/** Take the records off the screen and the keys out of memory. What is being written is on the disk first, sealed. */
export async function lock(): Promise<void> {
  // Off the screen at once; what drew it lives on for as long as its drafts need.
  document.body.replaceChildren();
  const late = new Promise<void>((then) => { setTimeout(then, flushSecondsMax * 1000); });
  await Promise.race([flushAll().catch((error: unknown) => reportError(error)), late]);
  await leave();
  // Whatever else was in this page's memory goes with it.
  location.reload();
}

async function goOnIn(me: Me, { place, store }: { place: string; store: PersonStore }, may_lock: boolean): Promise<void> {
  await bringKinds(me.roles);
  const { takeOver } = await import('../sync/older');
  await takeOver(me.person, store);
  await takeBackDayPack(me.person, store);
  await store.put('meta', me, 'me');
  await keepRemembered({ person: me.person, place, home: me.home });
  await leave();
  enter(me, store);
  if (may_lock) await watchUse();
  void askToPersist();
}

async function watchUse(): Promise<void> {
  const { followUse, pageWatch } = await import('../seal/auto_lock');
  unwatch = followUse(pageWatch, () => void lock());
}

/** Another tab that has the pack open, and sleeps, gives way late. What it holds goes on its way then; nobody waits at the door for it. */
const takeBackSecondsMax = 5;

async function takeBackDayPack(person: string, store: PersonStore): Promise<void> {
  const devices = await openDeviceStore();
  const has_one = (await devices.getKey('meta', `day_pack.${person}`)) !== undefined;
  devices.close();
  if (!has_one) return;
  const { takeBack } = await import('../day_pack/taking_back');
  let is_late = false;
  const taking = takeBack({ store, person, key: (await keyHere(person)).privateKey, now: Date.now }).then(async () => {
    if (!is_late || session.me?.person !== person) return;
    const { changed, loop } = await current();
    changed(null);
    loop.kick();
  }, (error: unknown) => {
    // The disk is full, or the phone was locked meanwhile: what was written stays in the pack for the next time.
    if (!(error instanceof DOMException)) throw error;
    reportError(error);
  });
  await Promise.race([taking, new Promise<void>((then) => { setTimeout(then, takeBackSecondsMax * 1000); })]);
  is_late = true;
}

/**
 * End the session. What was not sent, and drafts, stay on this phone for the next time this person signs in; all else
 * that was copied here is removed.
 */
export async function signOut(): Promise<void> {
  // From a pack there is only one way: what is the person's own is not open, and cannot be emptied.
  if (session.day_pack !== null) return lock();
  const mine = await current();
  const place = await placeOf(mine.person);
  if (place) await keepPlace({ ...place, signed_out: true });
  await watched('/api/session', { method: 'DELETE' }).catch((error: unknown) => {
    // Without network the session ends at the centre by its own time limit; here it ends now.
    if (!(error instanceof NetworkFailure || error instanceof ProblemError)) throw error;
  });
  // Closed before it is emptied: a meeting under way must not write records back behind the wipe.
  mine.close();
  const part = await partOf(mine.person);
  const store = part?.closed.open(mine.store.keys);
  if (store) {
    await write(store, async (wipe) => {
      await Promise.all([wipe.objectStore('base').clear(), wipe.objectStore('view').clear()]);
      for (const key of ['cursors', 'mark', 'head', 'at', 'members', 'me', 'last_contact', 'verdicts']) await wipe.objectStore('meta').delete(key);
      await wipe.objectStore('meta').deleteAll(aboutSearch);
    });
    await (await import('../files/kept')).forgetDelivered(store);
    store.close();
  }
  await keepRemembered(null);
  await leave();
}

/** Meet the centre now. */
export async function syncNow(): Promise<Outcome> {
  return (await current()).loop.now();
}

function enter(me: Me, store: PersonStore): void {
  session.me = me;
  session.signedIn = true;
  Object.assign(syncState, { sending: 0, waiting: 0, filesWaiting: 0, needsYou: 0, lastContact: null, complete: false, filling: false, filling_own: false, refused: null, upgradeRequired: false });
  opened = open(me.person, store);
  changes.version += 1;
}

async function leave(): Promise<void> {
  const before = opened;
  opened = null;
  signer = null;
  unwatch?.();
  unwatch = null;
  session.me = null;
  session.members = new Map();
  session.signedIn = false;
  session.day_pack = null;
  const left = await before;
  left?.close();
  left?.store.keys.lock();
}

async function open(person: string, store: PersonStore): Promise<Opened> {
  const channel = new BroadcastChannel(`doorstep-${person}`);
  const listeners = new Set<(records: string[] | null) => void>();
  let key: Promise<CryptoKey> | undefined;

  function heard(records: string[] | null, when: 'soon' | 'at once' = 'soon'): void {
    for (const listener of listeners) listener(records);
    noteChange(when);
    void recount();
  }
  function changed(records: string[] | null, when?: 'soon' | 'at once'): void {
    heard(records, when);
    channel.postMessage(records);
  }
  async function author(): Promise<Author> {
    key ??= keyHere(person).then((pair) => pair.privateKey);
    return { store, person, key: await key, now: Date.now };
  }
  let is_closed = false;
  /** What was under way when the database closed has nothing more to do, and is no failure. */
  const is_overtaken = (error: unknown): boolean => is_closed && error instanceof DOMException;
  const recount = oneAtATime(() => count(store, person).catch((error: unknown) => {
    if (!is_overtaken(error)) throw error;
  }));
  channel.onmessage = (event: MessageEvent<string[] | null>) => heard(event.data);

  let sender: Promise<Sender> | undefined;
  const files = (): Promise<Sender> => (sender ??= import('../files/sender').then(({ startSender }) => startSender(store, person, changed)));
  const loop = startLoop(async () => {
    const ended = await meetOnce(store, author, changed, is_overtaken);
    if (ended.outcome === 'ok' && !is_closed) {
      // Text goes first, and never waits for a file.
      void files().then((found) => { if (!is_closed) found.kick(); });
      void hearPokes();
    }
    return ended;
  }, browserWorld(`doorstep-sync-${person}`));
  // Begins once the centre was met: a start without a network draws its screen and opens no sockets.
  let deaf: (() => void) | undefined;
  async function hearPokes(): Promise<void> {
    const { browserPokes, listen } = await import('../sync/poke');
    if (is_closed || deaf) return;
    const pokes = browserPokes(person, network, async () => {
      // A round under way reads the news anyway; what it has read then is what counts.
      await loop.settled();
      return (await fact<number>(store, 'head')) ?? 0;
    });
    deaf = whileVisible(() => listen(pokes, loop.news));
  }
  const members = await fact<Member[]>(store, 'members');
  if (members) session.members = byPerson(members);
  // The first screen waits for this database already: what it asks comes before the counts.
  setTimeout(() => { if (!is_closed) void recount(); });
  loop.kick();
  return {
    person,
    store,
    author,
    loop,
    files,
    changed,
    listen: (listener) => void listeners.add(listener),
    close() {
      is_closed = true;
      deaf?.();
      loop.stop();
      void sender?.then((found) => found.stop());
      channel.close();
      store.close();
    }
  };
}

/** Does something while somebody looks at this tab: a hidden one gives its turn to another, and spares the battery. */
function whileVisible(begin: () => () => void): () => void {
  let end: (() => void) | null = null;
  const turn = (): void => {
    const is_visible = document.visibilityState === 'visible';
    if (is_visible) end ??= begin();
    else {
      end?.();
      end = null;
    }
  };
  document.addEventListener('visibilitychange', turn);
  turn();
  return () => {
    document.removeEventListener('visibilitychange', turn);
    end?.();
  };
}

async function meetOnce(
  store: PersonStore, author: () => Promise<Author>, changed: (records: string[] | null) => void, is_overtaken: (error: unknown) => boolean
): Promise<Ended> {
  const ended = (outcome: Outcome, wait_seconds: number | null = null): Ended => ({ outcome, wait_seconds });
  try {
    // Yjs and the rest of the way to the centre are read when they are first needed, after the first screen is drawn.
    const { meet } = await import('../sync/round');
    const met = await meet(store, watched, {
      sending: (left) => { syncState.sending = left; },
      changed,
      author,
      known(me, members) {
        session.signedIn = true;
        // Only what is new is given to the screens, or every meeting would draw all names again.
        if (!isSame([...session.members.values()], members)) session.members = byPerson(members);
        if (isSame(session.me, me)) return;
        session.me = me;
      }
    });
    syncState.upgradeRequired = met.upgrade_required;
    changed([]);
    return ended('ok');
  } catch (error) {
    syncState.sending = 0;
    if (error instanceof NetworkFailure) return ended(error.reason === 'busy' ? 'busy' : 'offline', error.wait_seconds);
    if (error instanceof ProblemError && error.problem.code === 'device_revoked') return ended(await takenBack(store, error));
    if (error instanceof ProblemError) return ended(error.problem.code === 'not_signed_in' ? 'signed_out' : 'refused');
    // We failed. It is told to whoever watches for errors, and the next round is tried like after any refusal.
    if (!is_overtaken(error)) reportError(error);
    return ended('refused');
  }
}

/** The centre took this device back: what it has to deliver goes first where the order says so, then all of it goes. */
async function takenBack(store: PersonStore, error: ProblemError): Promise<Outcome> {
  const { beginClearing, goOnClearing, orderIn } = await import('./clear');
  const order = orderIn(error);
  const person = session.me?.person;
  // A meeting sends before it asks: what still waits by now could not be taken yet, and is tried again.
  if (!order || !person || (order.order === 'deliver_first' && (await unsent(store)) > 0)) return 'refused';
  await beginClearing(order, person);
  await leave();
  await goOnClearing(network);
  location.assign('/sign-in?cleared');
  return 'signed_out';
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function byPerson(members: Member[]): Map<string, Member> {
  return new Map(members.map((member) => [member.person, member]));
}

/** Runs `work` again after the present run when asked in between, however often: never two at once. */
function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let running = false;
  let again = false;
  return async () => {
    again = true;
    if (running) return;
    running = true;
    try {
      while (again) {
        again = false;
        await work();
      }
    } finally {
      running = false;
    }
  };
}

/** Count what waits and what needs the person, from what is stored. */
async function count(store: PersonStore, person: string): Promise<void> {
  const counted = await countOf(store, person, session.me?.scopes ?? []);
  if (session.me?.person === person) Object.assign(syncState, counted);
}

async function askToPersist(): Promise<void> {
  syncState.persisted = (await navigator.storage?.persist?.()) ?? false;
}

function personIn(text: string | null): string | null {
  return rememberedIn(text)?.person ?? null;
}

/** What an older app remembered had a name in it, and is forgotten: its person signs in once more. */
function rememberedIn(text: string | null): Remembered | null {
  if (text === null) return null;
  const kept = (JSON.parse(text) ?? {}) as Partial<Remembered>;
  return kept.person !== undefined && kept.place !== undefined && kept.home !== undefined ? { person: kept.person, place: kept.place, home: kept.home } : null;
}

function keptHere(): Remembered | null {
  try {
    return rememberedIn(localStorage.getItem(remembered));
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof DOMException)) throw error;
    return null;
  }
}

async function keptInDatabase(): Promise<Remembered | null> {
  const devices = await openDeviceStore();
  const kept = rememberedIn(JSON.stringify((await devices.get('meta', 'session')) ?? null));
  if (!kept) await devices.delete('meta', 'session');
  devices.close();
  keepHere(kept);
  return kept;
}

async function keepRemembered(kept: Remembered | null): Promise<void> {
  const devices = await openDeviceStore();
  if (kept) await devices.put('meta', kept, 'session');
  else await devices.delete('meta', 'session');
  devices.close();
  keepHere(kept);
}

// The copy in localStorage is only there to be quick at the start; the one in the database is what counts.
function keepHere(kept: Remembered | null): void {
  try {
    if (kept) localStorage.setItem(remembered, JSON.stringify(kept));
    else localStorage.removeItem(remembered);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}
