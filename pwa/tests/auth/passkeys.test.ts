// @vitest-environment happy-dom
// Passkeys as the browser gives them and as they are sent: never with the bytes that open the phone. The authenticator is
// put in by the test, because no browser is here; a real one takes part in the browser tests.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { base64url, bytesOf } from '../../src/auth/bytes';
import { makePasskey, PasskeyFailure, prfOf, usePasskey } from '../../src/auth/passkeys';

const salt = new Uint8Array(32).fill(7);
const secret = new Uint8Array(32).fill(9);
const options = {
  challenge: 'AAEC', rp: { id: 'localhost', name: '和平' }, user: { id: 'bGlfbWlu', name: '李敏', displayName: '李敏' },
  pubKeyCredParams: [{ alg: -7, type: 'public-key' as const }], excludeCredentials: [{ id: 'AQID', type: 'public-key' as const }]
};
let asked: Record<string, unknown>[];
let prf: { create?: object; get?: object };

const buffer = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer;
const credential = (response: object, results: object | undefined) => ({
  id: 'AQID', rawId: bytesOf('AQID').buffer, type: 'public-key', authenticatorAttachment: 'platform', response,
  getClientExtensionResults: () => (results ? { prf: results } : {}),
  toJSON: () => ({ clientExtensionResults: { prf: results } })
});

beforeEach(() => {
  asked = [];
  prf = { create: { enabled: true, results: { first: secret.buffer } }, get: { results: { first: secret.buffer } } };
  vi.stubGlobal('PublicKeyCredential', class {});
  vi.stubGlobal('navigator', {
    credentials: {
      create: async (given: { publicKey: Record<string, unknown> }) => {
        asked.push(given.publicKey);
        return credential({ clientDataJSON: buffer('made'), attestationObject: buffer('object'), getTransports: () => ['internal'] }, prf.create);
      },
      get: async (given: { publicKey: Record<string, unknown> }) => {
        asked.push(given.publicKey);
        return credential({ clientDataJSON: buffer('got'), authenticatorData: buffer('data'), signature: buffer('signed'), userHandle: buffer('li_min') }, prf.get);
      }
    }
  });
});
afterEach(() => vi.unstubAllGlobals());

describe('a new passkey', () => {
  it('is asked for with the bytes of the options, and with the salt', async () => {
    await makePasskey(options, salt);
    expect(asked[0]).toMatchObject({
      challenge: new Uint8Array([0, 1, 2]), user: { id: new TextEncoder().encode('li_min') },
      excludeCredentials: [{ id: new Uint8Array([1, 2, 3]) }], extensions: { prf: { eval: { first: salt } } }
    });
  });

  it('gives its bytes to this phone, and what is sent holds none of them', async () => {
    const made = await makePasskey(options, salt);
    expect(made.prf).toEqual(secret);
    expect(made.credential).toMatchObject({ id: 'AQID', rawId: 'AQID', response: { transports: ['internal'], clientDataJSON: base64url(buffer('made')) } });
    expect(made.credential.clientExtensionResults).toEqual({});
    expect(JSON.stringify(made.credential)).not.toContain(base64url(secret));
  });

  it('that gives its bytes only once it is there is asked a second time, for that one alone', async () => {
    prf.create = { enabled: true };
    expect((await makePasskey(options, salt)).prf).toEqual(secret);
    expect(asked[1]).toMatchObject({ allowCredentials: [{ id: new Uint8Array([1, 2, 3]) }], userVerification: 'required' });
  });

  it('that gives none is asked no more', async () => {
    for (const none of [{ enabled: false }, undefined]) {
      if (none) prf.create = none;
      else delete prf.create;
      expect((await makePasskey(options, salt)).prf).toBeNull();
    }
    expect(asked).toHaveLength(2);
  });
});

describe('a passkey that is used', () => {
  it('sends what it signed and keeps what it gave', async () => {
    const used = await usePasskey({ challenge: 'AAEC', rpId: 'localhost', userVerification: 'required' }, salt);
    expect(used.prf).toEqual(secret);
    expect(used.credential.response).toEqual({
      clientDataJSON: base64url(buffer('got')), authenticatorData: base64url(buffer('data')), signature: base64url(buffer('signed')), userHandle: base64url(buffer('li_min'))
    });
    expect(used.credential.clientExtensionResults).toEqual({});
  });

  it('without a salt is asked for nothing but a signature', async () => {
    delete prf.get;
    expect((await usePasskey({ challenge: 'AAEC' })).prf).toBeNull();
    expect(asked[0]).not.toHaveProperty('extensions');
  });

  it('opens without the centre: the challenge is the phone\'s own, another each time', async () => {
    expect(await prfOf('AQID', salt)).toEqual(secret);
    await prfOf('AQID', salt);
    expect(asked[0]?.['challenge']).toHaveLength(32);
    expect(asked[0]?.['challenge']).not.toEqual(asked[1]?.['challenge']);
  });
});

describe('a passkey that fails', () => {
  const failing = (error: unknown) => vi.stubGlobal('navigator', { credentials: { get: async () => { throw error; } } });
  it.each([
    ['NotAllowedError', 'declined'], ['InvalidStateError', 'have_one'], ['SecurityError', 'impossible'], ['NotSupportedError', 'impossible']
  ])('with %s is told as %s', async (name, reason) => {
    failing(new DOMException('x', name));
    await expect(usePasskey({ challenge: 'AAEC' })).rejects.toMatchObject({ reason });
    await expect(usePasskey({ challenge: 'AAEC' })).rejects.toBeInstanceOf(PasskeyFailure);
  });

  it('in a browser that has none fails at once', async () => {
    vi.stubGlobal('navigator', {});
    await expect(makePasskey(options, salt)).rejects.toMatchObject({ reason: 'impossible' });
  });

  it('that nobody answers is given up after a minute: such a browser hangs instead of failing', async () => {
    vi.useFakeTimers();
    vi.stubGlobal('navigator', {
      credentials: { get: ({ signal }: { signal: AbortSignal }) => new Promise((_done, fail) => signal.addEventListener('abort', () => fail(new DOMException('x', 'AbortError')))) }
    });
    const used = expect(usePasskey({ challenge: 'AAEC' })).rejects.toMatchObject({ reason: 'too_slow' });
    await vi.advanceTimersByTimeAsync(60_000);
    await used;
    vi.useRealTimers();
  });
});
