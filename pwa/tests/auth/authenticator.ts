// An authenticator in memory for tests without a browser: passkeys that give bytes for a salt, or none. What the centre
// would check of it is not here: the browser tests have a real one.
import { base64url, bytesOf } from '../../src/auth/bytes';

const buffer = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer;

export class Authenticator {
  /** Whether its passkeys give bytes. */
  has_prf = true;
  /** The person looks away. */
  is_declined = false;
  private made = 0;

  install(stub: (name: string, value: unknown) => void): void {
    stub('PublicKeyCredential', class { static isUserVerifyingPlatformAuthenticatorAvailable = async () => true; });
    Object.defineProperty(navigator, 'credentials', {
      configurable: true,
      value: {
        create: ({ publicKey }: { publicKey: PublicKeyCredentialCreationOptions }) => {
          this.made += 1;
          return this.answer(`passkey ${this.made}`, publicKey.extensions, { attestationObject: buffer('made'), getTransports: () => ['internal'] });
        },
        get: ({ publicKey }: { publicKey: PublicKeyCredentialRequestOptions }) => {
          const id = publicKey.allowCredentials?.[0]?.id as Uint8Array | undefined;
          return this.answer(id ? new TextDecoder().decode(id) : `passkey ${this.made}`, publicKey.extensions, { authenticatorData: buffer('data'), signature: buffer('signed'), userHandle: buffer('person') });
        }
      }
    });
  }

  private async answer(name: string, asked: AuthenticationExtensionsClientInputs | undefined, response: object): Promise<unknown> {
    if (this.is_declined) throw new DOMException('x', 'NotAllowedError');
    const salt = asked?.prf?.eval?.first as Uint8Array<ArrayBuffer> | undefined;
    const key = await crypto.subtle.importKey('raw', buffer(name), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    const first = salt && this.has_prf ? await crypto.subtle.sign('HMAC', key, salt) : undefined;
    const id = base64url(buffer(name));
    return {
      id, rawId: bytesOf(id).buffer, type: 'public-key', authenticatorAttachment: 'platform', response: { clientDataJSON: buffer('{}'), ...response },
      getClientExtensionResults: () => ({ prf: { enabled: this.has_prf, ...(first ? { results: { first } } : {}) } })
    };
  }
}
