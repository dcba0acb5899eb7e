// Who has a place on this phone: names to choose from, the way each of them gets in, wrong tries counted. It lies beside
// what is sealed, not in it, and so holds nothing but what the unlock page shows anybody who picks the phone up.
import { openDeviceStore } from '../sync/store';

/** prf: a passkey that gives a key · passkey: one that does not, with a PIN · pin: no passkey at all */
export type Path = 'prf' | 'passkey' | 'pin';

/** What somebody has tried in vain. */
export interface Tries {
  /** Wrong PINs, or words, since the last right one, and until when no other is taken (milliseconds, this phone's clock). */
  wrong_pins: number;
  wait_until: number;
}

export interface Here extends Tries {
  person: string;
  name: string;
  centre_name: string;
  device: string;
  path: Path;
  /** The passkey made on this phone, and the salt for which it gives its bytes; both base64url. */
  passkey: { id: string; salt: string } | null;
  /** Their session was ended here by hand: the centre is asked before anything is opened. */
  signed_out: boolean;
  /** What is written while the phone is locked is sealed for this; missing for whoever has nothing to write then. */
  left_key?: ArrayBuffer;
}

/** Of whoever has just shown who they are: no try is counted against them. */
export const untried = { signed_out: false, wrong_pins: 0, wait_until: 0 } as const;

/** From here on every wrong PIN is followed by a wait, twice as long each time. */
export const freeTries = 5;
/** So many wrong ones, and only a new code of the centre opens. The centre counts too, and its count cannot be put back. */
export const triesMax = 10;
const firstWaitSeconds = 30;

const prefix = 'here.';

/** Everybody who has a place here, in the order of their names. */
export async function peopleHere(): Promise<Here[]> {
  const store = await openDeviceStore();
  const found = (await store.getAll('meta', IDBKeyRange.bound(prefix, `${prefix}\uffff`))) as Here[];
  store.close();
  return found.sort((one, other) => one.name.localeCompare(other.name, 'zh-CN'));
}

/** The place of one person; undefined for whoever has none. */
export async function placeOf(person: string): Promise<Here | undefined> {
  const store = await openDeviceStore();
  const found = (await store.get('meta', prefix + person)) as Here | undefined;
  store.close();
  return found;
}

/** Keep somebody's place, or what has changed about it. */
export async function keepPlace(here: Here): Promise<void> {
  const store = await openDeviceStore();
  const transaction = store.transaction('meta', 'readwrite', { durability: 'strict' });
  await Promise.all([transaction.store.put({ ...here }, prefix + here.person), transaction.done]);
  store.close();
}

/** The same after one more wrong PIN. */
export function afterWrongPin<T extends Tries>(here: T, now: number): T {
  const wrong_pins = here.wrong_pins + 1;
  return { ...here, wrong_pins, wait_until: now + waitSeconds(wrong_pins) * 1000 };
}

/** Seconds until the next PIN is taken: none at first, then 30 and twice as long each time. */
export function waitSeconds(wrong_pins: number): number {
  return wrong_pins < freeTries ? 0 : firstWaitSeconds * 2 ** (Math.min(wrong_pins, triesMax) - freeTries);
}

/** Seconds left of that wait; a clock that was put back does not make it longer than it was. */
export function secondsLeft(here: Tries, now: number): number {
  return Math.max(0, Math.min(Math.ceil((here.wait_until - now) / 1000), waitSeconds(here.wrong_pins)));
}
