// The questions to the centre that bind a person to this phone, and the order in which the answers are kept here. What the
// person sees of it is Enrol.svelte; how the phone's store is sealed is seal/.
import { post, type Network } from '../network';
import type { Me } from '../sync/shapes';
import type { Capabilities } from './capabilities';
import type { Path } from './here';
import type { CreationOptions, SentCredential } from './passkeys';

/** `recovery`: a code from the sheet in the safe, for whom nobody else is there to let in. */
export type Code = { token: string } | { code: string } | { recovery: string };
/** Whom the invitation is for, and the number to show to whoever gave it. */
export interface Invitation { person_name: string; centre_name: string; role: string; enrolment: string; number: string; expires_at: string }
export interface NewDevice { public_key: string; name: string; form: 'phone' | 'desk'; capabilities: Capabilities }
export interface Proof { path: Path; credential?: SentCredential; pin_proof?: string }
/** `share`: half of what opens a phone by PIN, 32 bytes in base64; the centre gives it again for the right PIN. */
export interface Enrolled { token: string; device: string; me: Me; share?: string }

const waitSecondsMax = 25;

/** Whom a code is for. Throws NetworkFailure, and ProblemError where the code is wrong, used or too old. */
export async function look(network: Network, code: Code): Promise<Invitation> {
  return (await post(network, '/api/enrol/look', code)) as Invitation;
}

/** Resolves once somebody at the centre has touched a number: true if it was the one shown here. */
export async function isMatched(network: Network, enrolment: string, is_given_up: () => boolean): Promise<boolean> {
  while (!is_given_up()) {
    const { state } = (await post(network, '/api/enrol/wait', { enrolment }, waitSecondsMax)) as { state: 'waiting' | 'matched' | 'refused' };
    if (state !== 'waiting') return state === 'matched';
  }
  return false;
}

/** What a new passkey has to be made with. */
export async function creationOptions(network: Network, enrolment: string): Promise<CreationOptions> {
  return (await post(network, '/api/enrol/options', { enrolment })) as CreationOptions;
}

/** The last step: from its answer on this phone is one of the centre's devices. */
export async function finish(network: Network, enrolment: string, device: NewDevice, proof: Proof): Promise<Enrolled> {
  return (await post(network, '/api/enrol/finish', { enrolment, device, ...proof })) as Enrolled;
}

/**
 * The way in that this phone allows: a passkey where there is an authenticator, else a PIN. Whether the passkey gives a
 * key as well is known only once it is made.
 */
export function wayFor(can: Capabilities): 'passkey' | 'pin' {
  return can.passkeys && can.platform_authenticator ? 'passkey' : 'pin';
}
