// What an answer means: data, a problem in words, or no centre at all.
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { dataOf } from '../src/graphql';
import { download, networkOn, NetworkFailure, ProblemError } from '../src/network';

const answering = (body: string, status = 200, type = 'application/json') =>
  networkOn((async () => new Response(body, { status, headers: { 'content-type': type } })) as typeof fetch);
const told = JSON.stringify({ errors: [{ message: '要再登录一次', extensions: { code: 'not_signed_in', words_zh: '要再登录一次', next_step_zh: '登录' } }] });

describe('an answer', () => {
  it('in JSON is given as it is', async () => {
    expect(await answering('{"people":[]}')('/api/demo/people')).toEqual({ people: [] });
  });
  it('with a problem carries its code and words', async () => {
    await expect(answering(told, 401)('/graphql')).rejects.toMatchObject({ status: 401, problem: { code: 'not_signed_in', words_zh: '要再登录一次' } });
  });
  it('of a captive portal is no answer of the centre, though it says 200', async () => {
    for (const page of ['<!doctype html><title>Free WiFi</title>', '', 'null', '"ok"']) {
      await expect(answering(page, 200, 'text/html')('/graphql'), page).rejects.toMatchObject({ reason: 'not_the_centre' });
    }
  });
  it('of a broken proxy or server can be tried again', async () => {
    await expect(answering('<h1>Bad gateway</h1>', 502)('/graphql')).rejects.toMatchObject({ reason: 'centre_failed' });
    await expect(answering(told.replace('not_signed_in', 'failed'), 500)('/graphql')).rejects.toBeInstanceOf(NetworkFailure);
  });
  it('that is data beside an error is left to whoever asked', async () => {
    const both = JSON.stringify({ data: { one: 1, two: null }, errors: [{ message: 'x', extensions: { code: 'not_found' } }] });
    const found = await answering(both)('/graphql');
    expect(() => dataOf(found)).toThrow(ProblemError);
  });
  it('that does not come is told as unreachable, and one that comes too late as too slow', async () => {
    const nobody = networkOn((async () => { throw new TypeError('Failed to fetch'); }) as typeof fetch);
    await expect(nobody('/graphql')).rejects.toMatchObject({ reason: 'unreachable' });
    const slow = networkOn(((_path, init) => new Promise((_resolve, reject) => {
      init?.signal?.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')));
    })) as typeof fetch);
    await expect(slow('/graphql', { seconds_max: 0.01 })).rejects.toMatchObject({ reason: 'too_slow' });
  });
});

describe('an answer that asks to come again later', () => {
  const saying = (body: string, status: number, headers: Record<string, string>) =>
    networkOn((async () => new Response(body, { status, headers })) as typeof fetch);
  const busy = told.replaceAll('not_signed_in', 'busy');
  const at = { date: 'Sun, 22 Nov 2026 01:00:00 GMT' };

  it.each([429, 503, 507])('with %i and the centre\'s own reason says so, and for how long', async (status) => {
    await expect(saying(busy, status, { 'retry-after': '7' })('/graphql')).rejects.toMatchObject({ reason: 'busy', wait_seconds: 7, cause: { problem: { code: 'busy' } } });
    await expect(saying(busy, status, {})('/graphql')).rejects.toMatchObject({ reason: 'busy', wait_seconds: null });
  });
  it('of a proxy is not the centre\'s, and its time is kept all the same', async () => {
    await expect(saying('<h1>Try later</h1>', 503, { 'retry-after': '30' })('/graphql')).rejects.toMatchObject({ reason: 'centre_failed', wait_seconds: 30 });
  });
  it('by a moment is counted from the sender\'s clock, and what is no time is none', async () => {
    const waited = async (retry_after: string, headers: Record<string, string> = at) =>
      saying(busy, 503, { 'retry-after': retry_after, ...headers })('/graphql').catch((error: unknown) => (error as NetworkFailure).wait_seconds);
    expect(await waited('Sun, 22 Nov 2026 01:00:20 GMT')).toBe(20);
    expect(await waited('Sun, 22 Nov 2026 00:00:00 GMT')).toBe(0);
    expect(await waited('Sun, 22 Nov 2026 01:00:20 GMT', {})).toBeNull();
    for (const none of ['soon', '-5', '1.5', '99999999999']) expect(await waited(none), none).toBeNull();
  });
  it('beside any other status means nothing', async () => {
    await expect(saying(told, 401, { 'retry-after': '7' })('/graphql')).rejects.toBeInstanceOf(ProblemError);
    await expect(saying('<h1>Oh</h1>', 502, { 'retry-after': '7' })('/graphql')).rejects.toMatchObject({ reason: 'centre_failed', wait_seconds: null });
  });
});

describe('a request', () => {
  it('travels packed when it is long, as it is when it is short', async () => {
    const sent: RequestInit[] = [];
    const network = networkOn((async (_path, init) => { sent.push(init ?? {}); return new Response('{}'); }) as typeof fetch);
    await network('/graphql', { method: 'POST', body: '{"short":true}' });
    const long = JSON.stringify({ long: '王秀兰'.repeat(1000) });
    await network('/graphql', { method: 'POST', body: long });
    expect(sent[0]).toMatchObject({ body: '{"short":true}', credentials: 'same-origin' });
    expect((sent[1]?.headers as Record<string, string>)['content-encoding']).toBe('gzip');
    expect(gunzipSync(Buffer.from(sent[1]?.body as ArrayBuffer)).toString()).toBe(long);
  });
});

describe('a file', () => {
  const giving = (body: string, status: number, headers: Record<string, string>) =>
    download('/api/exports', '{}', (async () => new Response(body, { status, headers })) as typeof fetch);
  it('comes as its bytes', async () => {
    expect(await (await giving('a,b', 200, { 'content-disposition': 'attachment; filename="x.csv"' })).text()).toBe('a,b');
  });
  it('that is refused says why', async () => {
    await expect(giving(told, 410, {})).rejects.toMatchObject({ status: 410, problem: { code: 'not_signed_in' } });
  });
  it('of a portal is no file of the centre', async () => {
    await expect(giving('<title>Free WiFi</title>', 200, { 'content-type': 'text/html' })).rejects.toMatchObject({ reason: 'not_the_centre' });
    await expect(giving('{}', 200, {})).rejects.toMatchObject({ reason: 'not_the_centre' });
  });
});
