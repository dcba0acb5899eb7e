// The signature of this device on a request: a cookie that somebody has stolen gives nothing without it. The key itself is
// device.ts; whose requests are signed is decided in session.svelte.ts.
import { ProblemError, type Network } from '../network';
import { hex, sha256 } from '../sync/hash';
import { signatureOf } from '../sync/save';
import { base64url, utf8 } from './bytes';

export const signatureHeader = 'doorstep-signature';

export interface Signer { device: string; key: CryptoKey }
/** What is signed of a request; `body` is its JSON text, before anything packs it. */
export interface Signed { method: string; path: string; body: string }

/**
 * The value of the header for one request: `v1 <device> <unix ms> <nonce> <signature>`.
 *
 * now  by the clock of the centre
 */
export async function signature({ device, key }: Signer, { method, path, body }: Signed, now: number, nonce: string = newNonce()): Promise<string> {
  const text = [method, path, hex(await sha256(utf8(body))), now, nonce].join('\n');
  return `v1 ${device} ${now} ${nonce} ${await signatureOf(key, text)}`;
}

/**
 * The same network with every request signed, while there is somebody who signs. A phone whose clock is off is told the centre's time by its first refusal,
 * and signs by that from then on: nobody at a door sets a clock.
 */
export function signing(network: Network, signer: () => Promise<Signer | null>, clock: () => number = Date.now): Network {
  let ahead = 0;
  return async (path, request = {}) => {
    const send = async (): Promise<unknown> => {
      const who = await signer();
      if (who === null) return network(path, request);
      const signed = { method: request.method ?? 'GET', path, body: request.body ?? '' };
      const header = await signature(who, signed, Math.round(clock() + ahead));
      return network(path, { ...request, headers: { ...request.headers, [signatureHeader]: header } });
    };
    try {
      return await send();
    } catch (error) {
      const time = timeOfCentre(error);
      if (time === null) throw error;
      ahead = time - clock();
      return send();
    }
  };
}

/** The time that a refusal for the clock's sake tells; null for any other failure. */
function timeOfCentre(error: unknown): number | null {
  if (!(error instanceof ProblemError) || error.problem.code !== 'clock_off') return null;
  const time = Date.parse(String(error.problem.details?.['server_time']));
  return Number.isNaN(time) ? null : time;
}

function newNonce(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(16)));
}
