// What stands between the phone and the centre answers in its place, or the session ends in the middle: nothing that was
// not the centre's counts, nothing is lost, and the next real meeting brings all of it. The real browser is tried in e2e.
import { describe, expect, it } from 'vitest';
import { networkOn, NetworkFailure, ProblemError } from '../../src/network';
import { meet } from '../../src/sync/round';
import { fact } from '../../src/sync/store';
import { Centre } from './centre';
import { morning, phoneOf, seed, visited, wang_visit, type Phone } from './phone';

type Answer = () => Response | Promise<Response>;
const page = '<!doctype html><title>Free WiFi</title><form>手机号</form>';
const html = { 'content-type': 'text/html; charset=utf-8' };
const json = { 'content-type': 'application/json' };
const said = (text: string, status = 200, headers: Record<string, string> = json): Answer => () => new Response(text, { status, headers });

/** What a hotel, a mall, a proxy or a mast says instead of the centre. */
const impostors: Record<string, Answer> = {
  'a log-in page': said(page, 200, html),
  'a log-in page that calls itself JSON': said(page),
  'an empty answer': said('', 200, html),
  'an empty object': said('{}'),
  'nothing, in JSON': said('null'),
  'a list': said('[]'),
  'the JSON of somebody else': said('{"status":"ok","redirect":"http://wifi.example/login"}'),
  'data without a word of what was asked': said('{"data":{}}'),
  'data that is nothing': said('{"data":null}'),
  'half an answer': said('{"data":{"push":{"receipts":[{"save":"'),
  'a redirection that leads nowhere': said('', 302, html),
  'a demand to sign in to the network': said(page, 511, html),
  'a forbidden page': said(page, 403, html),
  'a broken gateway': said(page, 502, html),
  'an answer that breaks off': () => new Response(new ReadableStream({ start: (stream) => stream.error(new TypeError('network error')) })),
  'a certificate that is not the centre\'s': () => { throw new TypeError('Failed to fetch'); }
};
const endpoints = { push: 'push(saves', who: 'query who', news: '"news.1"', pull: 'pull(after' };
const nobody = { sending: () => undefined, changed: () => undefined, known: () => undefined, author: () => Promise.reject(new Error('nobody seals here')) };

/** The centre's network, on which requests with this word are answered by somebody else. */
function behind(centre: Centre, word: string, impostor: Answer) {
  return networkOn((async (path, init) => {
    const asked = await new Response(init?.body).text();
    return asked.includes(word) ? impostor() : centre.fetch(path, init);
  }) as typeof fetch);
}

async function ready(): Promise<{ centre: Centre; li_min: Phone }> {
  const [centre, li_min] = [new Centre(), await phoneOf()];
  seed(centre);
  await li_min.meet(centre);
  return { centre, li_min };
}

describe.each(Object.entries(impostors))('%s', (_, impostor) => {
  it.each(Object.entries(endpoints))('in the place of %s is no answer of the centre', async (endpoint, word) => {
    const { centre, li_min } = await ready();
    await li_min.save('home_visit', wang_visit, visited);
    // Without a moment to ask for news of, the phone pulls at once.
    if (endpoint === 'pull') await li_min.store.delete('meta', 'at');
    const before = await fact(li_min.store, 'cursors');

    await expect(meet(li_min.store, behind(centre, word, impostor), nobody)).rejects.toBeInstanceOf(NetworkFailure);

    expect((await li_min.outbox()).map((row) => row.status)).toEqual([endpoint === 'push' ? 'waiting' : 'accepted']);
    expect(centre.log).toHaveLength(endpoint === 'push' ? 0 : 1);
    expect(await fact(li_min.store, 'cursors')).toEqual(before);
    expect((await li_min.see(wang_visit))?.values['outcome']).toBe('met_person');

    await li_min.meet(centre);
    expect(await li_min.outbox()).toEqual([]);
    expect(centre.log).toHaveLength(1);
  });
});

describe('a session that ends', () => {
  /** A morning's sync of more than forty requests: three pushes, one question who I am, the rest pages. */
  async function morningsWork() {
    const { centre, li_min } = await ready();
    centre.page_records = 2;
    for (let one = 0; one < 80; one += 1) {
      centre.write({ record: `01900000-0000-7000-8000-1000000000${String(10 + one)}`, kind: 'household', client: 100 + one, made_at: `${String(morning)}-0000`, replaces: {}, set: { estate: '和平里', building: '3', room: String(one), team: 'heping_1' } }, 'zhou_hui', { own: [] });
    }
    for (let one = 0; one < 3; one += 1) await li_min.save('home_visit', wang_visit, { ...visited, observation: `第 ${String(one)} 次` });
    return { centre, li_min };
  }

  it.each(Array.from({ length: 40 }, (_, index) => index + 1))('at request %i loses nothing and goes on where it was', async (k) => {
    const { centre, li_min } = await morningsWork();
    let asked = 0;
    const ending = networkOn((async (path, init) => {
      asked += 1;
      centre.is_signed_in = asked < k;
      return centre.fetch(path, init);
    }) as typeof fetch);

    await expect(meet(li_min.store, ending, nobody)).rejects.toMatchObject({ problem: { code: 'not_signed_in' } });
    await expect(meet(li_min.store, ending, nobody)).rejects.toBeInstanceOf(ProblemError);
    const brought = await li_min.store.count('base');
    expect(brought).toBeGreaterThanOrEqual(Math.max(0, k - 4) * 2);

    centre.is_signed_in = true;
    centre.bodies = [];
    await li_min.meet(centre);
    expect(await li_min.outbox()).toEqual([]);
    expect(centre.log).toHaveLength(3);
    expect(await li_min.store.count('base')).toBe(83);
    // What was read before the session ended is not read again.
    expect(centre.bodies.filter((body) => body.includes('pull(after')).length).toBeLessThanOrEqual(Math.ceil((84 - brought) / 2) + 1);
  });
});
