// Opening what is sealed here for one person: with a finger without any network, with a PIN together with the share that
// the centre gives for it. Whoever has signed out is signed in first. What the person sees is Unlock.svelte.
import { network, NetworkFailure, type Network } from '../network';
import { addSlot, changeSlot, partOf, type Way } from '../seal/part';
import type { Me } from '../sync/shapes';
import { base64url, bytesOf } from './bytes';
import { keyHere, newKey } from './device';
import { keepPlace, untried, type Here } from './here';
import { settleLeft } from './left_notes';
import { PasskeyFailure, prfOf } from './passkeys';
import { current, session, settleIn, signedInAgain, unlock as open } from './session.svelte';
import { signing } from './sign';
import { askByPasskey, askByPin, askForShare } from './signing_in';

const saltBytes = 32;

/** 32 bytes for which a passkey gives bytes of its own. */
export function newSalt(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(saltBytes));
}

/** Come in on a phone that the centre does not know, by a passkey that can open one. */
export async function enterByPasskey(through: Network = network): Promise<void> {
  const [key, salt] = [await newKey(), newSalt()];
  const { found: { me, device }, used } = await askByPasskey(through, key, salt);
  const way = wayOf(used);
  const passkey = { id: used.credential.id, salt: base64url(salt) };
  const here: Here = { person: me.person, name: me.name, centre_name: me.centre_name, device, path: 'prf', passkey, ...untried };
  await settleIn(me, here, way, key);
}

/**
 * Open what is sealed for somebody with a place here. Throws PasskeyFailure, NetworkFailure where the centre is needed and
 * cannot be reached, ProblemError with what it says of a PIN, and WrongSecret where what was given opens nothing.
 */
export async function unlock(here: Here, pin: string, through: Network = network): Promise<void> {
  const key = await keyHere(here.person);
  const salt = saltOf(here);
  let me: Me | null = null;
  let way: Way;
  if (here.path === 'prf') {
    if (here.signed_out) {
      const { found, used } = await askByPasskey(through, key, salt, here);
      [me, way] = [found.me, wayOf(used)];
    } else {
      const id = here.passkey?.id ?? '';
      way = wayOf({ credential: { id }, prf: await prfOf(id, salt) });
    }
  } else {
    if (here.signed_out) me = await signedIn(here, pin, key, through);
    const signed = signing(through, async () => ({ device: here.device, key: key.privateKey }));
    way = { kind: 'pin_share', secret: { pin, share: await askForShare(signed, key, pin) } };
  }
  const right = { ...here, ...untried };
  if (me) await settleIn(me, right, way);
  else {
    await open(here.person, way);
    await keepPlace(right);
  }
  if (session.me) await settleLeft(right, session.me, (await current()).store);
}

/** Prove to the centre that one is still there, while everything here is open: it wants to know from time to time. */
export async function verifyAgain(here: Here, pin: string, through: Network = network): Promise<void> {
  const me = await signedIn(here, pin, await keyHere(here.person), through);
  await keepPlace({ ...here, ...untried });
  await signedInAgain(me);
}

/** Another PIN on this phone, for whoever proves by their passkey that they are there; the one before opens nothing more. */
export async function changePin(here: Here, pin: string, through: Network = network): Promise<void> {
  ownIsOpen();
  const { found } = await askByPasskey(through, await keyHere(here.person), saltOf(here), here, pin);
  const part = await partOf(here.person);
  if (!part || found.share === undefined) throw new NetworkFailure('not_the_centre');
  await addSlot(part, (await current()).store, 'pin_share', { pin, share: bytesOf(found.share) });
  part.closed.close();
  await signedInAgain(found.me);
}

/** Another PIN on this phone, for whoever knows the one before; a wrong one counts as at the door. */
export async function changeKnownPin(here: Here, pin: string, new_pin: string, through: Network = network): Promise<void> {
  ownIsOpen();
  const key = await keyHere(here.person);
  const signed = signing(through, async () => ({ device: here.device, key: key.privateKey }));
  const share = await askForShare(signed, key, pin);
  const part = await partOf(here.person);
  if (!part) throw new NetworkFailure('not_the_centre');
  await changeSlot(part, (await current()).store, 'pin_share', { pin: new_pin, share }, () => askForShare(signed, key, pin, new_pin));
  part.closed.close();
  await keepPlace({ ...here, ...untried });
}

// In a pack another master key is in memory: wrapped into a slot of the person's own part it would shut that for ever.
function ownIsOpen(): void {
  if (session.day_pack !== null) throw new NetworkFailure('unreachable');
}

async function signedIn(here: Here, pin: string, key: CryptoKeyPair, through: Network): Promise<Me> {
  if (here.path === 'pin') return (await askByPin(through, key, here, pin)).me;
  return (await askByPasskey(through, key, saltOf(here), here)).found.me;
}

function wayOf({ credential, prf }: { credential: { id: string }; prf: Uint8Array<ArrayBuffer> | null }): Way {
  if (prf === null) throw new PasskeyFailure('impossible');
  return { kind: 'prf', secret: prf, credential: credential.id };
}

function saltOf({ passkey }: Here): Uint8Array<ArrayBuffer> {
  return passkey ? bytesOf(passkey.salt) : newSalt();
}
