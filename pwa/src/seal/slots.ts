// Slots: the master key of one person on this phone, wrapped by what they bring to open it: a finger, a PIN with the share
// that the centre holds, the words of a shift. Where slots are kept is part.ts; asking the person is auth/.
import type { Cost } from '../auth/argon2';
import { masterKeyBytes } from './keys';
import { NotOpened, openByEngine, sealByEngine, type Sealed } from './envelope';

/** What each kind of slot is opened with. */
export interface Secrets {
  /** 32 bytes that the authenticator made of the slot's salt (WebAuthn PRF). */
  prf: Uint8Array<ArrayBuffer>;
  /** Nobody can try PINs without the share, and the centre gives it out ten times. */
  pin_share: { pin: string; share: Uint8Array<ArrayBuffer> };
  /** At least eight digits or four words, and bytes of this device. */
  shift: { words: string; device: Uint8Array<ArrayBuffer> };
  /** Nothing: whoever has the phone opens it. Only a demo makes such a slot. */
  demo: null;
}
export type SlotKind = keyof Secrets;

/** How hard a guess is. */
export type Strength = Cost;

export interface Slot {
  kind: SlotKind;
  salt: Uint8Array<ArrayBuffer>;
  /** For what a person types. */
  strength: Strength | null;
  wrapped: Sealed;
  made_at: string;
  /** A shift is over then, and its slot opens no more. */
  until: string | null;
  /** Which passkey answers for it, as the browser names it. */
  credential: string | null;
}

/** OWASP's least; a slot that says less was not made by this app, and nothing that is typed is spent on it. */
export const strengthMin: Strength = { memory_kib: 19 * 1024, iterations: 2 };
/** From the hardest on; the first that this phone does in time is taken. */
const ladder: Strength[] = [{ memory_kib: 64 * 1024, iterations: 3 }, { memory_kib: 32 * 1024, iterations: 3 }, strengthMin];

const saltBytes = 32;
const shareBytes = 32;
const shiftDigitsMin = 8;
const shiftWordsMin = 4;

/** Why a slot cannot be opened or made with what was given; nothing is said about how near a guess was. */
export class WrongSecret extends Error {
  override name = 'WrongSecret';
  constructor(readonly reason: 'wrong' | 'over' | 'too_weak' | 'not_a_secret') {
    super(`The slot stays closed: ${reason}`);
  }
}

/** What a slot may carry besides the key. */
export interface SlotOptions { strength?: Strength; until?: string; credential?: string; now?: number }

/**
 * Wrap a master key. Throws WrongSecret where the secret is too weak for its kind.
 *
 * is_demo  the centre has said that it is one (`me.demo`); nothing else makes a slot that asks for nothing
 */
export async function makeSlot<K extends SlotKind>(kind: K, master: Uint8Array<ArrayBuffer>, secret: Secrets[K], options: SlotOptions & { is_demo?: boolean } = {}): Promise<Slot> {
  if (kind === 'demo' && options.is_demo !== true) throw new WrongSecret('not_a_secret');
  const is_typed = kind === 'pin_share' || kind === 'shift';
  const head: Omit<Slot, 'wrapped'> = {
    kind,
    salt: crypto.getRandomValues(new Uint8Array(saltBytes)),
    strength: is_typed ? (options.strength ?? (await strengthOf(kind === 'shift' ? 1.5 : 0.7))) : null,
    made_at: new Date(options.now ?? Date.now()).toISOString(),
    until: options.until ?? null,
    credential: options.credential ?? null
  };
  if (kind === 'demo') return { ...head, wrapped: master.slice() };
  const key = await wrappingKey(head, secret);
  return { ...head, wrapped: await sealByEngine({ id: 0, engine: key }, placeOf(head), master) };
}

/** The master key of a slot. Throws WrongSecret; that it opens is the only proof, and nothing to compare with is stored. */
export async function openSlot<K extends SlotKind>(slot: Slot & { kind: K }, secret: Secrets[K], now: number = Date.now()): Promise<Uint8Array<ArrayBuffer>> {
  if (slot.until !== null && now >= Date.parse(slot.until)) throw new WrongSecret('over');
  if (slot.kind === 'demo') return slot.wrapped.slice();
  const key = await wrappingKey(slot, secret);
  try {
    const master = new Uint8Array(await openByEngine({ id: 0, engine: key }, placeOf(slot), slot.wrapped));
    if (master.length !== masterKeyBytes) throw new WrongSecret('wrong');
    return master;
  } catch (error) {
    if (error instanceof NotOpened) throw new WrongSecret('wrong');
    throw error;
  }
}

/** The hardest that this phone does within so many seconds, measured once with the easiest. */
export async function strengthOf(seconds_max: number, clock: () => number = () => performance.now()): Promise<Strength> {
  const began = clock();
  await stretch('0', new Uint8Array(saltBytes), strengthMin);
  const seconds = (clock() - began) / 1000;
  const work = ({ memory_kib, iterations }: Strength): number => memory_kib * iterations;
  return ladder.find((strength) => (seconds * work(strength)) / work(strengthMin) <= seconds_max) ?? strengthMin;
}

// All that the slot says of itself is bound to what it wraps: who makes a slot weaker on the disk does not open it.
function placeOf({ kind, salt, strength, until }: Omit<Slot, 'wrapped'>): { store: string; key: string } {
  return { store: 'slot', key: JSON.stringify([kind, [...salt], strength?.memory_kib, strength?.iterations, until]) };
}

async function wrappingKey(slot: Omit<Slot, 'wrapped'>, secret: Secrets[SlotKind]): Promise<CryptoKey> {
  const bytes = await keying(slot, secret);
  const source = await crypto.subtle.importKey('raw', bytes, 'HKDF', false, ['deriveKey']);
  bytes.fill(0);
  const info = new TextEncoder().encode(`doorstep 1 slot ${slot.kind}`);
  return crypto.subtle.deriveKey({ name: 'HKDF', hash: 'SHA-256', salt: slot.salt, info }, source, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

async function keying(slot: Omit<Slot, 'wrapped'>, secret: Secrets[SlotKind]): Promise<Uint8Array<ArrayBuffer>> {
  if (slot.kind === 'prf') return exactly(secret as Secrets['prf']).slice();
  const [typed, held] = slot.kind === 'pin_share' ? pinAndShare(secret as Secrets['pin_share']) : wordsAndDevice(secret as Secrets['shift']);
  const { strength } = slot;
  if (!strength || strength.memory_kib < strengthMin.memory_kib || strength.iterations < strengthMin.iterations) throw new WrongSecret('too_weak');
  const stretched = await stretch(typed, slot.salt, strength);
  const both = new Uint8Array(stretched.length + held.length);
  both.set(stretched);
  both.set(held, stretched.length);
  stretched.fill(0);
  return both;
}

function pinAndShare({ pin, share }: Secrets['pin_share']): [string, Uint8Array] {
  if (!/^\d{6,}$/.test(pin)) throw new WrongSecret('not_a_secret');
  return [pin, exactly(share)];
}

function wordsAndDevice({ words, device }: Secrets['shift']): [string, Uint8Array] {
  const parts = words.normalize('NFKC').trim().split(/\s+/);
  const are_digits = /^\d+$/.test(parts.join(''));
  const is_long = are_digits ? parts.join('').length >= shiftDigitsMin : parts.length >= shiftWordsMin;
  if (!is_long) throw new WrongSecret('not_a_secret');
  // Digits are typed in groups as one likes.
  return [parts.join(are_digits ? '' : ' '), exactly(device)];
}

function exactly<B extends Uint8Array>(bytes: B): B {
  if (bytes.length !== shareBytes) throw new WrongSecret('not_a_secret');
  return bytes;
}

// Read when somebody types: most phones open with a finger.
async function stretch(typed: string, salt: Uint8Array, strength: Strength): Promise<Uint8Array> {
  const { argon2 } = await import('../auth/argon2');
  return argon2(typed, salt, strength);
}
