// The key of this device: made once, never readable, never sent; only its public half is. Signing is sync/save.ts.
import { base64 } from '../sync/save';
import type { DeviceStore } from '../sync/store';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' };

/** The device's key pair; made on first use. The private half cannot be taken out of the browser. */
export async function deviceKey(store: DeviceStore): Promise<CryptoKeyPair> {
  const kept = (await store.get('meta', 'key')) as CryptoKeyPair | undefined;
  if (kept) return kept;
  const made = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify']);
  const transaction = store.transaction('meta', 'readwrite', { durability: 'strict' });
  // Another tab may have been quicker: the first key stays, or saves would be signed with one nobody knows.
  const first = (await transaction.store.get('key')) as CryptoKeyPair | undefined;
  if (!first) await transaction.store.put(made, 'key');
  await transaction.done;
  return first ?? made;
}

/** The public half as the centre wants it: the uncompressed point of 65 bytes, in base64. */
export async function publicKey(key: CryptoKeyPair): Promise<string> {
  return base64(new Uint8Array(await crypto.subtle.exportKey('raw', key.publicKey)));
}

/** What people call this device in a list, for example `Android · Chrome`. */
export function deviceName(agent: string = navigator.userAgent): string {
  const system = ['HarmonyOS', 'Android', 'iPhone', 'iPad', 'Windows', 'Macintosh', 'Linux'].find((name) => agent.includes(name)) ?? '?';
  const browser = ['MicroMessenger', 'Edg', 'HuaweiBrowser', 'MiuiBrowser', 'Firefox', 'Chrome', 'Safari'].find((name) => agent.includes(name)) ?? '?';
  return `${system} · ${browser}`;
}
