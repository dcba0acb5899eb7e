// One enrolment on this phone: the key that is made for it, the passkey or the PIN, and what is kept once the centre has
// answered. The pages are Enrol.svelte; the questions to the centre are enrolment.ts.
import { NetworkFailure, type Network } from '../network';
import type { Way } from '../seal/part';
import { base64url, bytesOf } from './bytes';
import type { Capabilities } from './capabilities';
import { deviceForm, deviceName, newKey, publicKey } from './device';
import { creationOptions, finish, type Enrolled, type Invitation, type Proof } from './enrolment';
import { untried, type Here } from './here';
import { makePasskey, type SentCredential } from './passkeys';
import { pinProof } from './pin';
import { settleLeft } from './left_notes';
import { current, settleIn } from './session.svelte';
import { newSalt } from './unlocking';

export interface Enrolling {
  /** Make a passkey. True: the phone is enrolled. False: the passkey gives no key, and a PIN is needed beside it. */
  withPasskey(can: Capabilities): Promise<boolean>;
  /** Enrol by the PIN, with the passkey where one was made. */
  withPin(can: Capabilities, pin: string): Promise<void>;
}

/** What only this person can bring, and this phone never sends. */
type Secret = { prf: Uint8Array<ArrayBuffer>; credential: string } | { pin: string };

/** Begin; the key of this device is made here and stays until the page is left. */
export async function beginEnrolling(network: Network, invitation: Invitation): Promise<Enrolling> {
  const key = await newKey();
  const public_key = await publicKey(key);
  let made: { credential: SentCredential; salt: string } | null = null;

  function wayOf({ share }: Enrolled, secret: Secret): Way {
    if ('prf' in secret) return { kind: 'prf', secret: secret.prf, credential: secret.credential };
    if (share === undefined) throw new NetworkFailure('not_the_centre');
    return { kind: 'pin_share', secret: { pin: secret.pin, share: bytesOf(share) } };
  }

  async function end(can: Capabilities, proof: Proof, secret: Secret): Promise<void> {
    const device = { public_key, name: deviceName(), form: deviceForm(), capabilities: can };
    const enrolled = await finish(network, invitation.enrolment, device, proof);
    const { me, device: id } = enrolled;
    const passkey = made && { id: made.credential.id, salt: made.salt };
    const place: Here = { person: me.person, name: me.name, centre_name: me.centre_name, device: id, path: proof.path, passkey, ...untried };
    await settleIn(me, place, wayOf(enrolled, secret), key);
    await settleLeft(place, me, (await current()).store);
  }
  return {
    async withPasskey(can) {
      const salt = newSalt();
      const { credential, prf } = await makePasskey(await creationOptions(network, invitation.enrolment), salt);
      made = { credential, salt: base64url(salt) };
      if (prf === null) return false;
      await end({ ...can, prf: true }, { path: 'prf', credential }, { prf, credential: credential.id });
      return true;
    },
    async withPin(can, pin) {
      const pin_proof = await pinProof(pin, public_key);
      await end({ ...can, prf: false }, made ? { path: 'passkey', credential: made.credential, pin_proof } : { path: 'pin', pin_proof }, { pin });
    }
  };
}
