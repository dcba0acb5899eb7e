// What lies beside the pack of a day, outside of what is sealed: where it is, until when its words open it, the tries that
// failed, and the half of its key that no person types. What is in it is packing.ts.
import { untried, type Tries } from '../auth/here';
import { utf8 } from '../auth/bytes';
import { openDeviceStore, forgetSlotsOf } from '../sync/store';

/**
 * packing  not whole yet: nothing opens it, and nothing was written in it
 * ready    its words open it
 * closed   too late, or tried too often: what was written in it is read by the person's own part of the phone alone
 */
export type PackState = 'packing' | 'ready' | 'closed';

export interface Outside extends Tries {
  place: string;
  state: PackState;
  /** Milliseconds by this phone's clock. */
  until: number;
  /** Never readable, and of this phone: words that somebody has seen open no copy of the pack elsewhere. */
  half: CryptoKey;
}

const prefix = 'day_pack.';

/** The pack of a person on this phone; undefined where there is none. */
export async function outsideOf(person: string): Promise<Outside | undefined> {
  const devices = await openDeviceStore();
  const found = (await devices.get('meta', prefix + person)) as Outside | undefined;
  devices.close();
  return found;
}

/** What a new pack begins with. */
export async function newOutside(place: string, until: number): Promise<Outside> {
  const half = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  return { place, state: 'packing', until, half, wrong_pins: untried.wrong_pins, wait_until: untried.wait_until };
}

/** Keep what lies beside somebody's pack, or what has changed about it. */
export async function keepOutside(person: string, outside: Outside): Promise<void> {
  await change((meta) => meta.put({ ...outside }, prefix + person));
}

/** There is no pack of this person any more. */
export async function forgetOutside(person: string): Promise<void> {
  await change((meta) => meta.delete(prefix + person));
}

/** The pack stays as it is, for a part of this phone that may yet be opened (seal/part.ts). */
export async function setAside(person: string, place: string): Promise<void> {
  await change((meta) => meta.put(true, `aside.${place}.${person}`));
}

/** From now on the words open nothing. */
export async function closePack(person: string, outside: Outside): Promise<void> {
  await forgetSlotsOf(outside.place);
  await keepOutside(person, { ...outside, state: 'closed' });
}

/** The bytes of this phone that belong to the key of a pack. */
export async function halfOf({ place, half }: Outside): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', half, utf8(`doorstep 1 day pack ${place}`)));
}

interface Meta { put(value: unknown, key: string): Promise<unknown>; delete(key: string): Promise<unknown> }

async function change(work: (meta: Meta) => Promise<unknown>): Promise<void> {
  const devices = await openDeviceStore();
  const transaction = devices.transaction('meta', 'readwrite', { durability: 'strict' });
  await Promise.all([work(transaction.store), transaction.done]);
  devices.close();
}
