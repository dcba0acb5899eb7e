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
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), seconds_max * 1000);
    try {
      const response = await answer(fetcher, path, method, body, headers, limit.signal);
      return await read(response);
    } finally {
      clearTimeout(timer);
    }
  };
}

async function answer(
  fetcher: typeof fetch, path: string, method: string, body: string | undefined, more: Record<string, string>, signal: AbortSignal
): Promise<{ response: Response; text: string }> {
  const headers: Record<string, string> = { accept: 'application/json', ...more };
  const sent: RequestInit = { method, headers, signal, credentials: 'same-origin', cache: 'no-store' };
  if (body !== undefined) {
    headers['content-type'] = 'application/json';
    sent.body = body;
    if (body.length >= packedFrom && typeof CompressionStream !== 'undefined') {
      headers['content-encoding'] = 'gzip';
      sent.body = await new Response(new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
    }
  }
  try {
    const response = await fetcher(path, sent);
    return { response, text: await response.text() };
  } catch (error) {
    // fetch tells every kind of unreachable as a TypeError; an abort is our own time limit.
    if (signal.aborted) throw new NetworkFailure('too_slow', error);
    throw new NetworkFailure('unreachable', error);
  }
}

/** A file that the centre makes as it is asked for. Throws NetworkFailure and ProblemError. */
export async function download(path: string, body: string, fetcher: typeof fetch = (input, init) => fetch(input, init), seconds_max = 120): Promise<Blob> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), seconds_max * 1000);
  const sent: RequestInit = { method: 'POST', body, headers: { 'content-type': 'application/json' }, credentials: 'same-origin', cache: 'no-store', signal: limit.signal };
  let answered: { response: Response; text: string };
  try {
    const response = await fetcher(path, sent);
    // What a portal puts in its place is no attachment.
    if (response.ok && response.headers.get('content-disposition')?.startsWith('attachment')) return await response.blob();
    answered = { response, text: await response.text() };
  } catch (error) {
    throw new NetworkFailure(limit.signal.aborted ? 'too_slow' : 'unreachable', error);
  } finally {
    clearTimeout(timer);
  }
  await read(answered);
  throw new NetworkFailure('not_the_centre');
}

async function read({ response, text }: { response: Response; text: string }): Promise<unknown> {
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
