// Signing in to the centre: on a phone it knows, by the passkey or the PIN of somebody who has a place here; on one it does
// not, by a passkey that travels with its person. Enrolling a phone with a code is enrolling.ts.
import { network, type Network } from '../network';
import type { Me } from '../sync/shapes';
import { openDeviceStore } from '../sync/store';
import { base64 } from '../sync/save';
import { base64url, bytesOf, utf8 } from './bytes';
import { deviceForm, deviceKey, deviceName, newKey, publicKey } from './device';
import { keepPlace, type Here } from './here';
import { PasskeyFailure, prfOf, usePasskey, type RequestOptions } from './passkeys';
import { pinProof } from './pin';
import { settleIn, unlock } from './session.svelte';
import { signing } from './sign';

interface SignedIn { device: string; me: Me }

const saltBytes = 32;

/** Sign in on a phone that the centre does not know. Throws PasskeyFailure where the passkey cannot open a phone. */
export async function signInByPasskey(through: Network = network): Promise<void> {
  const salt = crypto.getRandomValues(new Uint8Array(saltBytes));
  const { credential, prf } = await usePasskey(await requestOptions(through), salt);
  if (prf === null) throw new PasskeyFailure('impossible');
  const key = await newKey();
  const device = { public_key: await publicKey(key), name: deviceName(), form: deviceForm() };
  const { me, device: id } = (await post(through, '/api/sign-in/finish', { credential, device })) as SignedIn;
  const passkey = { id: credential.id, salt: base64url(salt) };
  await settleIn(me, { person: me.person, name: me.name, centre_name: me.centre_name, device: id, path: 'prf', passkey, wrong_pins: 0, wait_until: 0 }, { kind: 'prf', secret: prf, credential: credential.id }, key);
}

/** Open this phone by the passkey made on it. Nobody is asked but the person: a network is not needed. */
export async function unlockByPasskey({ person, passkey }: Here): Promise<void> {
  const prf = passkey && (await prfOf(passkey.id, bytesOf(passkey.salt)));
  if (!passkey || !prf) throw new PasskeyFailure('impossible');
  await unlock(person, { kind: 'prf', secret: prf, credential: passkey.id });
}

/** Sign in again on this phone by the passkey made here. */
export async function signInAgainByPasskey(here: Here, through: Network = network): Promise<void> {
  const options = await requestOptions(through);
  const allowCredentials = here.passkey ? [{ id: here.passkey.id, type: 'public-key' as const }] : [];
  const { credential, prf } = await usePasskey({ ...options, allowCredentials }, here.passkey ? bytesOf(here.passkey.salt) : undefined);
  if (prf === null) throw new PasskeyFailure('impossible');
  const device = { id: here.device, public_key: await publicKey(await keyOf(here)), name: deviceName(), form: deviceForm() };
  const { me } = (await post(through, '/api/sign-in/finish', { credential, device })) as SignedIn;
  await settleIn(me, here, { kind: 'prf', secret: prf, credential: credential.id });
}

/** Sign in again on this phone by PIN: the centre counts the wrong ones, and the device signs that it is the one. */
export async function signInAgainByPin(here: Here, pin: string, through: Network = network): Promise<void> {
  const key = await keyOf(here);
  const { nonce } = (await post(through, '/api/sign-in/nonce', {})) as { nonce: string };
  const signed = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key.privateKey, utf8(nonce));
  const pin_proof = await pinProof(pin, await publicKey(key));
  const asked = { device: here.device, pin_proof, nonce, signature: base64(new Uint8Array(signed)) };
  const { me } = (await post(through, '/api/sign-in/pin', asked)) as SignedIn;
  const right = { ...here, wrong_pins: 0, wait_until: 0 };
  await keepPlace(right);
  const by_device = signing(through, async () => ({ device: here.device, key: key.privateKey }));
  const { share } = (await post(by_device, '/api/share', { pin_proof })) as { share: string };
  await settleIn(me, right, { kind: 'pin_share', secret: { pin, share: bytesOf(share) } });
}

async function requestOptions(through: Network): Promise<RequestOptions> {
  return (await post(through, '/api/sign-in/options', {})) as RequestOptions;
}

async function keyOf(here: Here): Promise<CryptoKeyPair> {
  const store = await openDeviceStore();
  const key = await deviceKey(store, here.person);
  store.close();
  return key;
}

function post(through: Network, path: string, asked: object): Promise<unknown> {
  return through(path, { method: 'POST', body: JSON.stringify(asked) });
}
