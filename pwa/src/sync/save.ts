// A save and how it is sealed: its ids, its canonical form, its signature. Where a sealed save is kept is outbox.ts.
import canonicalize from 'canonicalize';
import { hex } from './hash';
import type { OutboxRow, Save } from './shapes';

/** A UUIDv7: 48 bits of milliseconds, then random bits. Sorts by time; names nothing personal. Source: RFC 9562. */
export function newId(now: number = Date.now()): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  for (let at = 0; at < 6; at += 1) bytes[at] = Math.floor(now / 2 ** (8 * (5 - at))) & 0xff;
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const digits = hex(bytes);
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join('-');
}

/** A name for one row of a `rows` field: 12 characters of [a-z0-9], 62 random bits. */
export function newRow(): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';
  // 36 does not divide 256: bytes from 252 up would favour the first letters, so they are drawn again.
  let row = '';
  while (row.length < 12) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < 252) row += letters[byte % 36];
  }
  return row;
}

/**
 * A client number for one save: 32 random bits, drawn again while the record already has it.
 *
 * used  save keys on the record; a client used twice loses the later honest edit for ever
 */
export function drawClient(used: Set<string>, draw: () => number = randomBits): number {
  for (;;) {
    const client = draw();
    if (client > 0 && !used.has(client.toString(36))) return client;
  }
}

function randomBits(): number {
  return crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
}

/** The text that is signed: RFC 8785 JSON of the save without its signature. */
export function canonicalText(save: Omit<Save, 'signature'>): string {
  const text = canonicalize(save);
  if (text === undefined) throw new TypeError('A save has no canonical form');
  return text;
}

/** The save with its signature as the text that is sent, the same bytes at every try. */
export async function seal(save: Omit<Save, 'signature'>, key: CryptoKey): Promise<string> {
  return JSON.stringify({ ...save, signature: await signatureOf(key, canonicalText(save)) } satisfies Save);
}

/** The signature of a device's key over a text as UTF-8: raw r and s, in base64. */
export async function signatureOf(key: CryptoKey, text: string): Promise<string> {
  return base64(new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, new TextEncoder().encode(text))));
}

/** A sealed save as it stands in the outbox before anybody has answered it. */
export function newOutboxRow(sealed: string, author: string, again = false): OutboxRow {
  const content = JSON.parse(sealed) as Save;
  return {
    save: content.id, record: content.record, kind: content.kind, device_sequence: content.device_sequence, sealed, content, author,
    status: 'waiting', problem: null, revision: null, receipt_round: 0, answers: false, ...(again ? { again } : {})
  };
}

/** Bytes as base64 text. */
export function base64(bytes: Uint8Array): string {
  let text = '';
  // A call takes some tens of thousands of arguments, and a file has a million bytes.
  for (let start = 0; start < bytes.length; start += 8192) text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  return btoa(text);
}
