// What somebody writes on a phone that they cannot open: sealed at once with a key that only their own part of the phone
// has the other half of, and laid among their drafts when it is next opened. Nobody who picks the phone up reads it, nor
// what was left before.
import { placeOf } from '../records/place';
import { may, personOf } from '../schema/access';
import { nowTime, today } from '../sync/clock';
import type { Me } from '../sync/shapes';
import { newId } from '../sync/save';
import { fact, openDeviceStore, type PersonStore } from '../sync/store';
import { getDraft, putDraft } from '../sync/drafts';
import { utf8 } from './bytes';
import { keepPlace, type Here } from './here';

interface Left { person: string; their_key: ArrayBuffer; nonce: Uint8Array<ArrayBuffer>; sealed: ArrayBuffer; at: string }

const curve = { name: 'ECDH', namedCurve: 'P-256' };
const prefix = 'left.';
/** Where the form of a new visit looks for what was begun. */
const draft_key = 'record/new/home_visit/';

/** Seal some words for a person with a place here; resolves when they are on disk. */
export async function leaveNote({ person, left_key }: Here, text: string): Promise<void> {
  if (!left_key) throw new Error('A place that nothing can be left for');
  const once = await crypto.subtle.generateKey(curve, false, ['deriveBits']);
  const theirs = await crypto.subtle.importKey('raw', left_key, curve, false, []);
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const key = await sharedKey(once.privateKey, theirs);
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: utf8(person) }, key, utf8(text));
  const left: Left = { person, their_key: await crypto.subtle.exportKey('raw', once.publicKey), nonce, sealed, at: `${today()} ${nowTime()}` };
  const devices = await openDeviceStore();
  const transaction = devices.transaction('meta', 'readwrite', { durability: 'strict' });
  await Promise.all([transaction.store.put(left, `${prefix}${newId()}.${person}`), transaction.done]);
  devices.close();
}

/** This person's part is open: lay into a draft what was left, and make it possible to leave something the next time. */
export async function settleLeft(here: Here, me: Me, store: PersonStore): Promise<void> {
  if (!may(personOf(me), 'create', 'home_visit', placeOf(undefined, me))) return;
  await takeLeftNotes(here, store);
  const { kty, crv, x, y } = (await fact<JsonWebKey>(store, 'left_key')) ?? (await newKey(store));
  const theirs = await crypto.subtle.importKey('jwk', { kty, crv, x, y } as JsonWebKey, curve, true, []);
  await keepPlace({ ...here, left_key: await crypto.subtle.exportKey('raw', theirs) });
}

async function newKey(store: PersonStore): Promise<JsonWebKey> {
  const { privateKey } = await crypto.subtle.generateKey(curve, true, ['deriveBits']);
  const own = await crypto.subtle.exportKey('jwk', privateKey);
  await store.put('meta', own, 'left_key');
  return own;
}

// Oldest first. What was left for an earlier part of this phone does not open here, and stays where it is.
async function takeLeftNotes(here: Here, store: PersonStore): Promise<void> {
  const jwk = await fact<JsonWebKey>(store, 'left_key');
  const devices = await openDeviceStore();
  const keys = (await devices.getAllKeys('meta', IDBKeyRange.bound(prefix, `${prefix}\uffff`))) as string[];
  const mine = keys.filter((key) => key.endsWith(`.${here.person}`));
  if (jwk && mine.length > 0) {
    const own = await crypto.subtle.importKey('jwk', jwk, curve, false, ['deriveBits']);
    const read = await Promise.all(mine.map(async (key) => ({ key, note: await noteOf((await devices.get('meta', key)) as Left, own) })));
    const opened = read.filter((one): one is { key: string; note: string } => one.note !== null);
    if (opened.length > 0) await layIntoDraft(store, opened.map(({ note }) => note));
    // Only now that they are in the draft.
    for (const { key } of opened) await devices.delete('meta', key);
  }
  devices.close();
}

async function noteOf(left: Left, own: CryptoKey): Promise<string | null> {
  const theirs = await crypto.subtle.importKey('raw', left.their_key, curve, false, []);
  try {
    const opened = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: left.nonce, additionalData: utf8(left.person) }, await sharedKey(own, theirs), left.sealed);
    return `${left.at} ${new TextDecoder().decode(opened)}`;
  } catch (error) {
    if (!(error instanceof Error && error.name === 'OperationError')) throw error;
    return null;
  }
}

async function layIntoDraft(store: PersonStore, notes: string[]): Promise<void> {
  const before = (await getDraft(store, draft_key))?.values as { form?: Record<string, unknown>; opened?: unknown } | undefined;
  const written = typeof before?.form?.['observation'] === 'string' ? [before.form['observation']] : [];
  const form = { ...before?.form, observation: [...written, ...notes].join('\n') };
  const opened = before?.opened ?? { values: {}, live: {}, revision: 0 };
  await putDraft(store, draft_key, 'home_visit', null, { form, opened } as never, Date.now());
}

async function sharedKey(own: CryptoKey, theirs: CryptoKey): Promise<CryptoKey> {
  const bits = await crypto.subtle.deriveBits({ name: 'ECDH', public: theirs }, own, 256);
  const source = await crypto.subtle.importKey('raw', bits, 'HKDF', false, ['deriveKey']);
  const info = utf8('doorstep 1 left note');
  return crypto.subtle.deriveKey({ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info }, source, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}
