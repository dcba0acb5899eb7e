// Passkeys: making one and being recognised by one, the only use of navigator.credentials. A passkey may also give 32
// bytes that nobody else can have (PRF); they stay on this phone and are never part of what is sent.
import { base64url, bytesOf } from './bytes';

/** The options of the centre as they travel: bytes are base64url. Only what is read here is named. */
export interface CreationOptions {
  challenge: string;
  rp: PublicKeyCredentialRpEntity;
  user: { id: string; name: string; displayName: string };
  pubKeyCredParams: PublicKeyCredentialParameters[];
  excludeCredentials?: Descriptor[];
  authenticatorSelection?: AuthenticatorSelectionCriteria;
  attestation?: AttestationConveyancePreference;
}
export interface RequestOptions { challenge: string; rpId?: string; allowCredentials?: Descriptor[]; userVerification?: UserVerificationRequirement }
interface Descriptor { id: string; type: 'public-key'; transports?: AuthenticatorTransport[] }

/** What is sent of a passkey. `clientExtensionResults` is empty always: the browser would put the PRF result there. */
export interface SentCredential {
  id: string;
  rawId: string;
  type: string;
  authenticatorAttachment: string | null;
  response: Record<string, string | string[] | null>;
  clientExtensionResults: Record<string, never>;
}
/** `prf`: the bytes the passkey gave for the salt; null where it cannot. */
export interface Recognised { credential: SentCredential; prf: Uint8Array<ArrayBuffer> | null }

/**
 * declined     the person, the phone or the browser said no; which of them is told to no page
 * too_slow     nobody answered in time
 * have_one     this phone has a passkey of this person already
 * impossible   this browser has none, or not here
 */
export class PasskeyFailure extends Error {
  constructor(readonly reason: 'declined' | 'too_slow' | 'have_one' | 'impossible', cause?: unknown) {
    super(reason, { cause });
  }
}

/** A browser without any authenticator hangs instead of failing. */
const secondsMax = 60;

/**
 * Make a passkey for the person of the options.
 *
 * salt  32 bytes; the same salt gives the same PRF bytes ever after
 */
export async function makePasskey(options: CreationOptions, salt: Uint8Array<ArrayBuffer>): Promise<Recognised> {
  const publicKey: PublicKeyCredentialCreationOptions = {
    ...options,
    challenge: bytesOf(options.challenge),
    user: { ...options.user, id: bytesOf(options.user.id) },
    excludeCredentials: (options.excludeCredentials ?? []).map(descriptor),
    extensions: asksPrf(salt)
  };
  const made = await limited((signal) => navigator.credentials.create({ publicKey, signal }));
  const response = made.response as AuthenticatorAttestationResponse;
  const credential = sent(made, {
    clientDataJSON: base64url(response.clientDataJSON),
    attestationObject: base64url(response.attestationObject),
    transports: response.getTransports?.() ?? []
  });
  const { enabled, results } = made.getClientExtensionResults().prf ?? {};
  if (results?.first) return { credential, prf: bytes(results.first) };
  // Some can give the bytes only once the passkey is there: the person is asked a second time.
  return { credential, prf: enabled === true ? await prfOf(credential.id, salt) : null };
}

/** Be recognised by a passkey of this phone; `salt` asks for its PRF bytes as well. */
export async function usePasskey(options: RequestOptions, salt?: Uint8Array<ArrayBuffer>): Promise<Recognised> {
  const publicKey: PublicKeyCredentialRequestOptions = {
    ...options,
    challenge: bytesOf(options.challenge),
    allowCredentials: (options.allowCredentials ?? []).map(descriptor),
    ...(salt ? { extensions: asksPrf(salt) } : {})
  };
  const found = await limited((signal) => navigator.credentials.get({ publicKey, signal }));
  const response = found.response as AuthenticatorAssertionResponse;
  const first = found.getClientExtensionResults().prf?.results?.first;
  return {
    credential: sent(found, {
      clientDataJSON: base64url(response.clientDataJSON),
      authenticatorData: base64url(response.authenticatorData),
      signature: base64url(response.signature),
      userHandle: response.userHandle ? base64url(response.userHandle) : null
    }),
    prf: first ? bytes(first) : null
  };
}

/** The PRF bytes of one passkey, without a network: nobody checks the challenge, the bytes themselves are the proof. */
export async function prfOf(id: string, salt: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | null> {
  const challenge = base64url(crypto.getRandomValues(new Uint8Array(32)));
  return (await usePasskey({ challenge, allowCredentials: [{ id, type: 'public-key' }], userVerification: 'required' }, salt)).prf;
}

function asksPrf(salt: Uint8Array<ArrayBuffer>): AuthenticationExtensionsClientInputs {
  return { prf: { eval: { first: salt } } };
}

function descriptor({ id, type, transports }: Descriptor): PublicKeyCredentialDescriptor {
  return { id: bytesOf(id), type, ...(transports ? { transports } : {}) };
}

function sent(credential: PublicKeyCredential, response: SentCredential['response']): SentCredential {
  return {
    id: credential.id, rawId: base64url(credential.rawId), type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? null, response, clientExtensionResults: {}
  };
}

function bytes(source: BufferSource): Uint8Array<ArrayBuffer> {
  return source instanceof ArrayBuffer ? new Uint8Array(source.slice(0)) : new Uint8Array(source.buffer.slice(source.byteOffset, source.byteOffset + source.byteLength) as ArrayBuffer);
}

async function limited(ask: (signal: AbortSignal) => Promise<Credential | null>): Promise<PublicKeyCredential> {
  if (typeof navigator.credentials === 'undefined' || typeof window.PublicKeyCredential === 'undefined') throw new PasskeyFailure('impossible');
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), secondsMax * 1000);
  try {
    const found = await ask(limit.signal);
    if (found === null) throw new PasskeyFailure('declined');
    return found as PublicKeyCredential;
  } catch (error) {
    if (limit.signal.aborted) throw new PasskeyFailure('too_slow', error);
    if (!(error instanceof DOMException)) throw error;
    throw new PasskeyFailure(reasons[error.name] ?? 'impossible', error);
  } finally {
    clearTimeout(timer);
  }
}

/** By the names of the errors. Source: WebAuthn level 3, 5.1.3 and 5.1.4. */
const reasons: Record<string, PasskeyFailure['reason']> = { NotAllowedError: 'declined', AbortError: 'declined', InvalidStateError: 'have_one' };
