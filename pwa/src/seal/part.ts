// The part of this phone that belongs to one person: finding it, making it, opening it by one of its slots. Who may have
// one, and what the person is asked for, is auth/; what lies in it is sync/.
import { findPersonStore, openDeviceStore, type ClosedStore, type PersonStore } from '../sync/store';
import { keysFrom, newMasterKey } from './keys';
import { makeSlot, openSlot, WrongSecret, type Secrets, type Slot, type SlotKind, type SlotOptions } from './slots';

/** As it lies on the phone. `place` names its database and is random. */
export interface Part { place: string; slots: Slot[]; closed: ClosedStore }

const placeBytes = 10;
/** Under which name a slot lies beside the one whose place it takes. */
const nextSlot = 'next';

/** The part of a person; undefined where they have none. */
export async function partOf(person: string): Promise<Part | undefined> {
  const place = await placeOf(person);
  return place === undefined ? undefined : partAt(place);
}

/** The part in a place that is known already: at a start nothing else has to be read first. */
export async function partAt(place: string): Promise<Part> {
  const closed = await findPersonStore(place);
  return { place, closed, slots: await closed.slots() };
}

/** Open a part by the slots of one kind. Throws WrongSecret where none of them opens. */
export async function openPart<K extends SlotKind>(part: Part, kind: K, secret: Secrets[K]): Promise<PersonStore> {
  let refused = new WrongSecret('not_a_secret');
  for (const slot of part.slots.filter((one) => one.kind === kind)) {
    try {
      return part.closed.open(await keysFrom(await openSlot(slot as Slot & { kind: K }, secret)));
    } catch (error) {
      if (!(error instanceof WrongSecret)) throw error;
      refused = error;
    }
  }
  throw refused;
}

/**
 * Make a part with a master key of its own, and the first slot that opens it. A part that this person had before is set
 * aside: what was not sent from it stays there, sealed, for whoever can still open it.
 */
export async function makePart<K extends SlotKind>(person: string, kind: K, secret: Secrets[K], options: SlotOptions & { is_demo?: boolean } = {}): Promise<{ place: string; store: PersonStore }> {
  const master = newMasterKey();
  const slot = await makeSlot(kind, master, secret, options);
  const place = newPlace();
  const closed = await findPersonStore(place);
  // The slot first: a part without one could never be opened again.
  await closed.keepSlot(slot);
  const devices = await openDeviceStore();
  const transaction = devices.transaction('meta', 'readwrite', { durability: 'strict' });
  const before = (await transaction.store.get(`place.${person}`)) as string | undefined;
  if (before !== undefined) await transaction.store.put(true, `aside.${before}.${person}`);
  await transaction.store.put(place, `place.${person}`);
  await transaction.done;
  devices.close();
  return { place, store: closed.open(await keysFrom(master)) };
}

/** A name for a part, which says nothing about its person. */
export function newPlace(): string {
  return [...crypto.getRandomValues(new Uint8Array(placeBytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What somebody brings to open their part, by the kind of slot. */
export type Way =
  | { kind: 'prf'; secret: Secrets['prf']; credential: string }
  | { kind: 'pin_share'; secret: Secrets['pin_share'] };

/**
 * The part of a person, open. Throws WrongSecret.
 *
 * is_new  this phone is theirs anew: what no longer opens is set aside, and a new part is made. Without that only a person
 *         who has none gets one.
 */
export async function openedBy(person: string, way: Way, is_new: boolean): Promise<{ place: string; store: PersonStore }> {
  const part = await partOf(person);
  if (part) {
    try {
      return { place: part.place, store: await openPart(part, way.kind, way.secret) };
    } catch (error) {
      part.closed.close();
      if (!(error instanceof WrongSecret) || !is_new) throw error;
    }
  }
  return makePart(person, way.kind, way.secret, way.kind === 'prf' ? { credential: way.credential } : {});
}

/** One more way into a part that is open. */
export async function addSlot<K extends SlotKind>(part: Part, store: PersonStore, kind: K, secret: Secrets[K], options: SlotOptions = {}): Promise<void> {
  await part.closed.keepSlot(await makeSlot(kind, store.keys.master(), secret, options));
}

/**
 * Another secret in the place of the one that opened before. A phone may die, or miss the answer, between what the centre
 * takes down and what lies here: both open until `agreed` has resolved.
 */
export async function changeSlot<K extends SlotKind>(part: Part, store: PersonStore, kind: K, secret: Secrets[K], agreed: () => Promise<unknown>): Promise<void> {
  const slot = await makeSlot(kind, store.keys.master(), secret);
  await part.closed.keepSlot({ ...slot, credential: nextSlot });
  await agreed();
  await part.closed.keepSlot(slot);
}

async function placeOf(person: string): Promise<string | undefined> {
  const devices = await openDeviceStore();
  const place = (await devices.get('meta', `place.${person}`)) as string | undefined;
  devices.close();
  return place;
}
