// What this browser can do for the safety of a device, found by trying. The centre keeps the answer with the device; which
// way in follows from it is decided in enrolment.ts.
import { openDeviceStore } from '../sync/store';

export interface Capabilities {
  secure_context: boolean;
  passkeys: boolean;
  /** A finger, a face or the lock of the phone itself. */
  platform_authenticator: boolean;
  /** Whether a passkey can give a key; null where the browser tells only once one is made. */
  prf: boolean | null;
  /** Whether IndexedDB can be asked to reach the disk. */
  strict_storage: boolean;
  /** Whether the browser has promised to keep what is stored. */
  persisted: boolean;
}

/** Newer browsers tell what a passkey can do before one is made. Source: WebAuthn level 3, 5.1.7. */
interface Telling { getClientCapabilities?(): Promise<Record<string, boolean | undefined>> }

/** Try everything once; no prompt is shown. */
export async function capabilities(): Promise<Capabilities> {
  const passkeys = window.isSecureContext && typeof window.PublicKeyCredential === 'function';
  const [platform_authenticator, prf, strict_storage, persisted] = await Promise.all([
    passkeys ? askedOr(false, () => PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable()) : false,
    passkeys ? askedOr(null, tellsPrf) : false,
    askedOr(false, keepsStrictly),
    askedOr(false, async () => (await navigator.storage?.persisted?.()) ?? false)
  ]);
  return { secure_context: window.isSecureContext, passkeys, platform_authenticator, prf, strict_storage, persisted };
}

async function tellsPrf(): Promise<boolean | null> {
  const telling = PublicKeyCredential as unknown as Telling;
  const told = await telling.getClientCapabilities?.();
  return told?.['extension:prf'] ?? null;
}

async function keepsStrictly(): Promise<boolean> {
  const store = await openDeviceStore();
  const transaction = store.transaction('meta', 'readwrite', { durability: 'strict' });
  const is_strict = transaction.durability === 'strict';
  await transaction.done;
  store.close();
  return is_strict;
}

/** A browser that refuses the question cannot do the thing. */
async function askedOr<T>(otherwise: T, question: () => Promise<T>): Promise<T> {
  try {
    return await question();
  } catch (error) {
    if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
    return otherwise;
  }
}
