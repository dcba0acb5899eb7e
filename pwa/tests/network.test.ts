// What an answer means: data, a problem in words, or no centre at all.
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { dataOf } from '../src/graphql';
import { networkOn, NetworkFailure, ProblemError } from '../src/network';

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
