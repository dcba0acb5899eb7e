// The signature of a device on its requests: the centre can check it, and a phone with a wrong clock finds the right time.
import { describe, expect, it } from 'vitest';
import { newKey } from '../../src/auth/device';
import { signature, signing, signatureHeader } from '../../src/auth/sign';
import { ProblemError, type Network, type Request } from '../../src/network';
import { hex, sha256 } from '../../src/sync/hash';

const key = await newKey();
const signer = { device: 'device-1', key: key.privateKey };
const bytes = (text: string) => new TextEncoder().encode(text);

async function isSigned(header: string, method: string, path: string, body: string): Promise<boolean> {
  const [version, device, time, nonce, signed = ''] = header.split(' ');
  if (version !== 'v1' || device !== 'device-1') return false;
  const text = [method, path, hex(await sha256(bytes(body))), time, nonce].join('\n');
  const raw = Uint8Array.from(atob(signed), (letter) => letter.charCodeAt(0));
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key.publicKey, raw, bytes(text));
}

describe('a signed request', () => {
  it('binds method, path, body, time and a number used once', async () => {
    const request = { method: 'POST', path: '/graphql', body: '{"a":"好"}' };
    const header = await signature(signer, request, 1_764_000_000_000, 'once');
    expect(header.split(' ').slice(0, 4)).toEqual(['v1', 'device-1', '1764000000000', 'once']);
    expect(await isSigned(header, 'POST', '/graphql', '{"a":"好"}')).toBe(true);
    expect(await isSigned(header, 'GET', '/graphql', '{"a":"好"}')).toBe(false);
    expect(await isSigned(header, 'POST', '/api/share', '{"a":"好"}')).toBe(false);
    expect(await isSigned(header, 'POST', '/graphql', '{"a":"坏"}')).toBe(false);
    expect(await isSigned(header.replace('once', 'twice'), 'POST', '/graphql', '{"a":"好"}')).toBe(false);
  });

  it('has a number of its own every time', async () => {
    const request = { method: 'POST', path: '/graphql', body: '' };
    const [one, other] = await Promise.all([signature(signer, request, 1), signature(signer, request, 1)]);
    expect(one.split(' ')[3]).not.toBe(other.split(' ')[3]);
  });
});

describe('a network that is signed for', () => {
  const centreTime = Date.parse('2026-11-22T04:00:00Z');
  function centre(answers: (request: Request) => unknown): { network: Network; sent: Request[] } {
    const sent: Request[] = [];
    return { sent, network: async (_path, request = {}) => { sent.push(request); return answers(request); } };
  }

  it('learns the time of the centre from one refusal, and keeps to it', async () => {
    const { network, sent } = centre((request) => {
      const time = Number(request.headers?.[signatureHeader]?.split(' ')[2]);
      if (Math.abs(time - centreTime) > 600_000) throw new ProblemError({ code: 'clock_off', field: null, details: { server_time: '2026-11-22T04:00:00Z' } }, 401);
      return { data: {} };
    });
    const signed = signing(network, async () => signer, () => centreTime - 86_400_000);
    await signed('/graphql', { method: 'POST', body: '{}' });
    expect(sent).toHaveLength(2);
    await signed('/graphql', { method: 'POST', body: '{}' });
    expect(sent).toHaveLength(3);
    expect(await isSigned(sent[2]?.headers?.[signatureHeader] ?? '', 'POST', '/graphql', '{}')).toBe(true);
  });

  it('gives up after one more try, and passes every other problem on', async () => {
    const refused = new ProblemError({ code: 'clock_off', field: null, details: { server_time: '2026-11-22T04:00:00Z' } }, 401);
    const { network, sent } = centre(() => { throw refused; });
    await expect(signing(network, async () => signer)('/graphql')).rejects.toBe(refused);
    expect(sent).toHaveLength(2);
    const other = new ProblemError({ code: 'device_revoked', field: null, details: null }, 401);
    await expect(signing(centre(() => { throw other; }).network, async () => signer)('/graphql')).rejects.toBe(other);
  });

  it('is the plain network while nobody signs', async () => {
    const { network, sent } = centre(() => ({}));
    await signing(network, async () => null)('/graphql', { method: 'POST', body: '{}' });
    expect(sent).toEqual([{ method: 'POST', body: '{}' }]);
  });
});
