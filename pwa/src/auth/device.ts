// The key of this device: made once, never readable, never sent; only its public half is. Signing is sync/save.ts.
import { base64 } from '../sync/save';
import { openDeviceStore, type DeviceStore } from '../sync/store';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };

/**
 * The key pair with which a person signs on this device; made on first use. The private half cannot be taken out of the
 * browser. All who share a device sign with its one key, until one of them needed another (keepOwnKey).
 */
export async function deviceKey(store: DeviceStore, person: string): Promise<CryptoKeyPair> {
  const own = (await store.get('meta', `key.${person}`)) as CryptoKeyPair | undefined;
  const kept = own ?? ((await store.get('meta', 'key')) as CryptoKeyPair | undefined);
  if (kept) return kept;
  const made = await newKey();
  const transaction = store.transaction('meta', 'readwrite', { durability: 'strict' });
  // Another tab may have been quicker: the first key stays, or saves would be signed with one nobody knows.
  const first = (await transaction.store.get('key')) as CryptoKeyPair | undefined;
  if (!first) await transaction.store.put(made, 'key');
  await transaction.done;
  return first ?? made;
}

/** The same, for whoever has the device's database not open. */
export async function keyHere(person: string): Promise<CryptoKeyPair> {
  const store = await openDeviceStore();
  const key = await deviceKey(store, person);
  store.close();
  return key;
}

/** A key pair that nobody else has. */
export async function newKey(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
}

/** From now on this person signs here as this device, with this key, which no copy of the device has. */
export async function keepOwnKey(store: DeviceStore, person: string, device: string, key: CryptoKeyPair): Promise<void> {
  const transaction = store.transaction('meta', 'readwrite', { durability: 'strict' });
  await Promise.all([transaction.store.put(key, `key.${person}`), transaction.store.put(device, `device.${person}`), transaction.done]);
}

/** The public half as the centre wants it: the uncompressed point of 65 bytes, in base64. */
export async function publicKey(key: CryptoKeyPair): Promise<string> {
  return base64(new Uint8Array(await crypto.subtle.exportKey('raw', key.publicKey)));
}

/** Whether this is carried about or stands on a desk: whoever holds it touches it. */
export function deviceForm(): 'phone' | 'desk' {
  return matchMedia('(pointer: coarse)').matches ? 'phone' : 'desk';
}

/** What people call this device in a list, for example `Android · Chrome`. */
export function deviceName(agent: string = navigator.userAgent): string {
  const system = ['HarmonyOS', 'Android', 'iPhone', 'iPad', 'Windows', 'Macintosh', 'Linux'].find((name) => agent.includes(name)) ?? '?';
  const browser = ['MicroMessenger', 'Edg', 'HuaweiBrowser', 'MiuiBrowser', 'Firefox', 'Chrome', 'Safari'].find((name) => agent.includes(name)) ?? '?';
  return `${system} · ${browser}`;
}
