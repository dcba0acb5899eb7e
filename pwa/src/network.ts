// The only use of fetch: credentials, time limits, compression, and one shape for everything that can go wrong. What is
// asked stands in graphql.ts, sync/ and auth/.
import type { Problem } from './sync/shapes';

/**
 * The world failed: no answer, or an answer that is not from the centre. The same request may be tried again.
 *
 * busy          the centre itself asked to come again later; its reason is the `problem` of the cause
 * wait_seconds  how long whoever answered asked to wait, null where nothing was said
 */
export class NetworkFailure extends Error {
  constructor(readonly reason: 'unreachable' | 'too_slow' | 'not_the_centre' | 'centre_failed' | 'busy', cause?: unknown, readonly wait_seconds: number | null = null) {
    super(reason, cause === undefined ? undefined : { cause });
  }
}

/** The centre answered with a problem that has a code, words and a next step. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem, readonly status: number) {
    super(problem.code);
  }
}

export interface Request {
  method?: 'GET' | 'POST' | 'DELETE';
  /** JSON text, sent as it is. */
  body?: string;
  /** Besides those of every request. */
  headers?: Record<string, string>;
  /** A whole push over a slow line takes long; a small question does not. */
  seconds_max?: number;
}

/** Asks the centre; tests put a network of their own in its place. */
export type Network = (path: string, request?: Request) => Promise<unknown>;

/** Bodies below this many characters travel as they are: a packet is a packet. */
const packedFrom = 1400;

/** Build a network on a fetch function. */
export function networkOn(fetcher: typeof fetch): Network {
  return async (path, { method = 'GET', body, headers = {}, seconds_max = 20 } = {}) => {
    const sent = await sentOf(method, body, headers);
    return read(await within(seconds_max, async (signal) => textOf(await fetcher(path, { ...sent, signal }))));
  };
}

/** Ask the centre something that has members. */
export function post(network: Network, path: string, asked: object, seconds_max?: number): Promise<unknown> {
  return network(path, { method: 'POST', body: JSON.stringify(asked), ...(seconds_max === undefined ? {} : { seconds_max }) });
}

interface Told { response: Response; text: string }

async function textOf(response: Response): Promise<Told> {
  return { response, text: await response.text() };
}

async function sentOf(method: string, body: string | undefined, more: Record<string, string>): Promise<RequestInit> {
  const headers: Record<string, string> = { accept: 'application/json', ...more };
  const sent: RequestInit = { method, headers, credentials: 'same-origin', cache: 'no-store' };
  if (body !== undefined) {
    headers['content-type'] = 'application/json';
    sent.body = body;
    if (body.length >= packedFrom && typeof CompressionStream !== 'undefined') {
      headers['content-encoding'] = 'gzip';
      sent.body = await new Response(new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
    }
  }
  return sent;
}

/** An answer that is whole within so many seconds. Throws NetworkFailure. */
async function within<T>(seconds: number, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), seconds * 1000);
  try {
    return await ask(limit.signal);
  } catch (error) {
    // fetch tells every kind of unreachable as a TypeError; an abort is our own time limit.
    throw new NetworkFailure(limit.signal.aborted ? 'too_slow' : 'unreachable', error);
  } finally {
    clearTimeout(timer);
  }
}

/** A file that the centre makes as it is asked for. Throws NetworkFailure and ProblemError. */
export async function download(path: string, body: string, fetcher: typeof fetch = (input, init) => fetch(input, init), seconds_max = 120): Promise<Blob> {
  const sent: RequestInit = { method: 'POST', body, headers: { 'content-type': 'application/json' }, credentials: 'same-origin', cache: 'no-store' };
  const found = await within(seconds_max, async (signal) => {
    const response = await fetcher(path, { ...sent, signal });
    // What a portal puts in its place is no attachment.
    const is_file = response.ok && response.headers.get('content-disposition')?.startsWith('attachment');
    return is_file ? response.blob() : textOf(response);
  });
  if (!('response' in found)) return found;
  await read(found);
  throw new NetworkFailure('not_the_centre');
}

async function read({ response, text }: Told): Promise<unknown> {
  let found: unknown;
  const wait_seconds = waitSeconds(response.status, response.headers.get('retry-after'), response.headers.get('date'));
  try {
    found = text === '' ? null : JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    // A captive portal answers everything with its own page, and with 200. Nothing was delivered.
    throw new NetworkFailure(response.status >= 500 ? 'centre_failed' : 'not_the_centre', error, wait_seconds);
  }
  const problem = problemOf(found);
  if (problem && comeLater.has(response.status)) throw new NetworkFailure('busy', new ProblemError(problem, response.status), wait_seconds);
  if (problem && (!response.ok || !hasData(found))) {
    if (response.status >= 500) throw new NetworkFailure('centre_failed', new ProblemError(problem, response.status));
    throw new ProblemError(problem, response.status);
  }
  if (!response.ok) throw new NetworkFailure(response.status >= 500 ? 'centre_failed' : 'not_the_centre');
  if (typeof found !== 'object' || found === null) throw new NetworkFailure('not_the_centre');
  return found;
}

/** Too many requests, not now, no room: nothing was done, and time will mend it. */
export const comeLater: ReadonlySet<number> = new Set([429, 503, 507]);

/**
 * The seconds that a Retry-After asks for, in either of its forms; null for any other answer. Source: RFC 9110, 10.2.3.
 *
 * date  the header of that name: a moment is one of the sender's clock, and this phone's may be wrong
 */
export function waitSeconds(status: number, retry_after: string | null | undefined, date: string | null | undefined): number | null {
  if (!comeLater.has(status) || !retry_after) return null;
  if (/^\d{1,9}$/.test(retry_after)) return Number(retry_after);
  if (!retry_after.endsWith('GMT')) return null;
  const seconds = (Date.parse(retry_after) - Date.parse(date ?? '')) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
}

function hasData(found: unknown): boolean {
  const data = (found as { data?: unknown } | null)?.data;
  return data !== undefined && data !== null;
}

/** The first problem of an answer in the one error shape, `{errors: [{message, extensions: {code, …}}]}`. */
export function problemOf(found: unknown): Problem | null {
  const errors = (found as { errors?: unknown } | null)?.errors;
  if (!Array.isArray(errors) || errors.length === 0) return null;
  const first = errors[0] as { message?: string; extensions?: Partial<Problem> };
  if (typeof first.extensions?.code !== 'string') return { code: 'failed', field: null, details: null };
  return { field: null, details: null, ...first.extensions, code: first.extensions.code };
}

/** The network of this browser. */
export const network: Network = networkOn((input, init) => fetch(input, init));
