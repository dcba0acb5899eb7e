// The keys of one person on this phone, made of the device's master key and held in memory only. What wraps the master key
// is slots.ts; what is sealed how is envelope.ts.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { SealingKey } from './envelope';

/**
 * What is sealed apart: records by the most sensitive tier a kind of them may hold, and the rest by what it is for. The
 * number of a purpose stands in every envelope; it is never given to another.
 */
const purposes = { records_1: 1, records_2: 2, records_3: 3, outbox: 4, files: 5, facts: 6, search: 7 } as const;
export type Purpose = keyof typeof purposes;

export const masterKeyBytes = 32;
const keyBytes = 32;
/** Half a SHA-256 is enough to tell the keys of one phone apart. */
const nameBytes = 16;
/** Lists ask for the same few keys again and again. */
const namesMax = 20_000;

/** The keys have been taken out of memory; only unlocking brings them back. */
export class Locked extends DOMException {
  constructor() {
    // As when the database has closed: what was under way has nothing more to do.
    super('The keys are not in memory', 'InvalidStateError');
  }
}

export interface Keys {
  /** For another slot of the same person. Throws Locked. */
  master(): Uint8Array<ArrayBuffer>;
  /** The key of a purpose. Throws Locked. */
  of(purpose: Purpose): SealingKey;
  /** The key of this number; undefined for one that was never given. Throws Locked. */
  numbered(id: number): SealingKey | undefined;
  /** What stands in the place of a text that says something, such as the key of an index: always the same, and nobody without the keys can tell what for. Throws Locked. */
  named(text: string): Uint8Array<ArrayBuffer>;
  is_locked(): boolean;
  /** Take the keys out of memory. */
  lock(): void;
}

/** A new master key, which has never left this memory. */
export function newMasterKey(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(masterKeyBytes));
}

/** The keys that follow from a master key, by HKDF with SHA-256. The master key is theirs from now on, and wiped with them. */
export async function keysFrom(master: Uint8Array<ArrayBuffer>): Promise<Keys> {
  const source = await crypto.subtle.importKey('raw', master, 'HKDF', false, ['deriveBits']);
  const derive = async (use: string): Promise<Uint8Array<ArrayBuffer>> => {
    const info = new TextEncoder().encode(`doorstep 1 ${use}`);
    return new Uint8Array(await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }, source, 8 * keyBytes));
  };
  const sealing = Object.entries(purposes).map(async ([purpose, id]): Promise<SealingKey> => {
    const raw = await derive(purpose);
    return { id, raw, engine: await crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt']) };
  });
  const [naming, ...made] = await Promise.all([derive('names'), ...sealing]);
  const by_number = new Map(made.map((key) => [key.id, key]));
  const named = new Map<string, Uint8Array<ArrayBuffer>>();
  let is_locked = false;

  function unlocked(): void {
    if (is_locked) throw new Locked();
  }
  return {
    master() {
      unlocked();
      return master;
    },
    of(purpose) {
      unlocked();
      return by_number.get(purposes[purpose]) as SealingKey;
    },
    numbered(id) {
      unlocked();
      return by_number.get(id);
    },
    named(text) {
      unlocked();
      let name = named.get(text);
      if (!name) {
        if (named.size >= namesMax) named.clear();
        name = hmac(sha256, naming, new TextEncoder().encode(text)).slice(0, nameBytes) as Uint8Array<ArrayBuffer>;
        named.set(text, name);
      }
      return name;
    },
    is_locked: () => is_locked,
    lock() {
      is_locked = true;
      master.fill(0);
      naming.fill(0);
      for (const { raw } of made) raw.fill(0);
      by_number.clear();
      named.clear();
    }
  };
}
