// The questions to the centre by which somebody it knows is signed in: with a passkey, or with the PIN that it counts. What
// this phone opens with the answer is unlocking.ts; enrolling a phone with a code is enrolling.ts.
import { post, type Network } from '../network';
import { signatureOf } from '../sync/save';
import type { Me } from '../sync/shapes';
import { bytesOf } from './bytes';
import { deviceForm, deviceName, publicKey } from './device';
import type { Here } from './here';
import { usePasskey, type Recognised, type RequestOptions } from './passkeys';
import { pinProof } from './pin';

export interface SignedIn { device: string; me: Me; share?: string }

/**
 * By a passkey. Without a place here any passkey of the person will do, and this phone becomes a device of theirs.
 *
 * pin  a new one from now on, for which the centre gives a new share
 */
export async function askByPasskey(through: Network, key: CryptoKeyPair, salt: Uint8Array<ArrayBuffer>, here?: Here, pin?: string): Promise<{ found: SignedIn; used: Recognised }> {
  const options = (await post(through, '/api/sign-in/options', {})) as RequestOptions;
  const allowCredentials = here?.passkey ? [{ id: here.passkey.id, type: 'public-key' as const }] : [];
  const used = await usePasskey({ ...options, allowCredentials }, salt);
  const device = { ...(here ? { id: here.device } : {}), public_key: await publicKey(key), name: deviceName(), form: deviceForm() };
  const asked = { credential: used.credential, device, ...(pin === undefined ? {} : { pin_proof: await pinProof(pin, device.public_key) }) };
  return { used, found: (await post(through, '/api/sign-in/finish', asked)) as SignedIn };
}

/** By PIN: the centre counts the wrong ones, and the device signs that it is the one. */
export async function askByPin(through: Network, key: CryptoKeyPair, here: Here, pin: string): Promise<SignedIn> {
  const { nonce } = (await post(through, '/api/sign-in/nonce', {})) as { nonce: string };
  const signature = await signatureOf(key.privateKey, nonce);
  const pin_proof = await pinProof(pin, await publicKey(key));
  return (await post(through, '/api/sign-in/pin', { device: here.device, nonce, pin_proof, signature })) as SignedIn;
}

/**
 * The centre's half of what a PIN opens. `signed` is a network that this device signs for.
 *
 * new_pin  counts from the answer on; the centre's half stays the same
 */
export async function askForShare(signed: Network, key: CryptoKeyPair, pin: string, new_pin?: string): Promise<Uint8Array<ArrayBuffer>> {
  const public_key = await publicKey(key);
  const asked = { pin_proof: await pinProof(pin, public_key), ...(new_pin === undefined ? {} : { new_pin_proof: await pinProof(new_pin, public_key) }) };
  const { share } = (await post(signed, '/api/share', asked)) as { share: string };
  return bytesOf(share);
}
