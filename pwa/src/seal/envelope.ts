// The form of everything sealed on this phone: AES-256-GCM, bound to the place where it lies. One form, two ways to it: at
// once, inside a transaction that must not wait, and by the browser's own engine for many rows or large files. Which key
// seals what is keys.ts.
import { gcm } from '@noble/ciphers/aes.js';

/** The bytes before the nonce: form of the envelope, algorithm, key. All three are bound to the content as well. */
const form = 1;
const aesGcm = 1;
const headBytes = 3;
const nonceBytes = 12;
const tagBytes = 16;
/** Lengths tell something of what was written: rows are filled up to steps of so many bytes, files to larger ones. */
const rowStep = 128;
const fileStep = 4096;
const lengthBytes = 4;

/** A sealed value as it is stored. */
export type Sealed = Uint8Array<ArrayBuffer>;

/** One key, in the form that each of the two ways needs. */
export interface SealingKey { id: number; raw: Uint8Array<ArrayBuffer>; engine: CryptoKey }

/** Where a value lies: a value that is put anywhere else does not open. */
export interface Place { store: string; key: string | Uint8Array }

/** What lies here was not sealed for this place with this key, or was changed afterwards. */
export class NotOpened extends Error {
  override name = 'NotOpened';
}

const utf8 = new TextEncoder();
const text = new TextDecoder('utf-8', { fatal: true });

/** The number of the key that seals this value. Throws NotOpened for what is no envelope of a form known here. */
export function keyOf(sealed: Sealed): number {
  const [its_form, algorithm, key = 0] = sealed;
  if (sealed.length < headBytes + nonceBytes + tagBytes || its_form !== form || algorithm !== aesGcm) throw new NotOpened('A form that this app does not know');
  return key;
}

/** What no two sealed values share. */
export function nonceOf(sealed: Sealed): Sealed {
  return sealed.subarray(headBytes, headBytes + nonceBytes);
}

/** Seal plain data at once. */
export function sealRow(key: SealingKey, place: Place, row: unknown): Sealed {
  const [head, nonce] = begun(key);
  return joined(head, nonce, gcm(key.raw, nonce, bound(head, place)).encrypt(rowBytes(row)));
}

/** Open plain data at once. Throws NotOpened. */
export function openRow(key: SealingKey, place: Place, sealed: Sealed): unknown {
  const { head, nonce, content } = parts(sealed);
  return rowOf(opening(() => gcm(key.raw, nonce, bound(head, place)).decrypt(content)));
}

/** Seal plain data with the browser's engine: for many rows, outside of any transaction. */
export async function sealRowByEngine(key: SealingKey, place: Place, row: unknown): Promise<Sealed> {
  return sealByEngine(key, place, rowBytes(row));
}

/** Open plain data with the browser's engine. Throws NotOpened. */
export async function openRowByEngine(key: SealingKey, place: Place, sealed: Sealed): Promise<unknown> {
  return rowOf(await openByEngine(key, place, sealed));
}

/** Seal a file, outside of any transaction. */
export async function sealBytes(key: SealingKey, place: Place, bytes: ArrayBuffer): Promise<Sealed> {
  const filled = new Uint8Array(upTo(fileStep, lengthBytes + bytes.byteLength));
  new DataView(filled.buffer).setUint32(0, bytes.byteLength);
  filled.set(new Uint8Array(bytes), lengthBytes);
  return sealByEngine(key, place, filled);
}

/** Open a file. Throws NotOpened. */
export async function openBytes(key: SealingKey, place: Place, sealed: Sealed): Promise<ArrayBuffer> {
  const filled = await openByEngine(key, place, sealed);
  const length = new DataView(filled).getUint32(0);
  return filled.slice(lengthBytes, lengthBytes + length);
}

/** Seal bytes as they are. */
export async function sealByEngine(key: Pick<SealingKey, 'id' | 'engine'>, place: Place, bytes: Uint8Array<ArrayBuffer>): Promise<Sealed> {
  const [head, nonce] = begun(key);
  const content = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: bound(head, place) }, key.engine, bytes);
  return joined(head, nonce, new Uint8Array(content));
}

/** Open bytes as they are. Throws NotOpened. */
export async function openByEngine(key: Pick<SealingKey, 'id' | 'engine'>, place: Place, sealed: Sealed): Promise<ArrayBuffer> {
  const { head, nonce, content } = parts(sealed);
  try {
    return await crypto.subtle.decrypt({ name: 'AES-GCM', iv: nonce, additionalData: bound(head, place) }, key.engine, content);
  } catch (error) {
    throw new NotOpened('Not sealed here with this key', { cause: error });
  }
}

function begun(key: Pick<SealingKey, 'id'>): [head: Sealed, nonce: Sealed] {
  return [new Uint8Array([form, aesGcm, key.id]), crypto.getRandomValues(new Uint8Array(nonceBytes))];
}

function joined(head: Uint8Array, nonce: Uint8Array, content: Uint8Array): Sealed {
  const sealed = new Uint8Array(headBytes + nonceBytes + content.length);
  sealed.set(head);
  sealed.set(nonce, headBytes);
  sealed.set(content, headBytes + nonceBytes);
  return sealed;
}

function parts(sealed: Sealed): { head: Sealed; nonce: Sealed; content: Sealed } {
  keyOf(sealed);
  return { head: sealed.subarray(0, headBytes), nonce: sealed.subarray(headBytes, headBytes + nonceBytes), content: sealed.subarray(headBytes + nonceBytes) };
}

// Head, name of the store, a zero, key: no store's name has a zero in it, so that no two places read alike.
function bound(head: Uint8Array, { store, key }: Place): Sealed {
  const [name, its_key] = [utf8.encode(`${store}\0`), typeof key === 'string' ? utf8.encode(key) : key];
  const whole = new Uint8Array(head.length + name.length + its_key.length);
  whole.set(head);
  whole.set(name, head.length);
  whole.set(its_key, head.length + name.length);
  return whole;
}

function opening(open: () => Uint8Array): Uint8Array {
  try {
    return open();
  } catch (error) {
    throw new NotOpened('Not sealed here with this key', { cause: error });
  }
}

// Blanks after JSON mean nothing, so that nothing has to say where they begin.
function rowBytes(row: unknown): Uint8Array<ArrayBuffer> {
  const plain = utf8.encode(JSON.stringify(row));
  const filled = new Uint8Array(upTo(rowStep, plain.length)).fill(0x20);
  filled.set(plain);
  return filled;
}

function rowOf(bytes: AllowSharedBufferSource): unknown {
  return JSON.parse(text.decode(bytes));
}

function upTo(step: number, length: number): number {
  return Math.ceil(length / step) * step;
}
