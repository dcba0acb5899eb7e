// Receiving: the base is the centre's state for exactly the records of one's scopes, whatever is interrupted or moved.
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { NetworkFailure } from '../../src/network';
import { claimsOfState, stateWithSave } from '../../src/sync/document';
import { claimsOf, withSave } from '../../src/sync/project';
import { pull, scopesOfRecord, type Cursors } from '../../src/sync/pull';
import type { Claim } from '../../src/sync/shapes';
import { fact } from '../../src/sync/store';
import { isDecided, verdictsTold } from '../../src/sync/verdicts';
import { Centre, placed } from './centre';
import { morning, phoneOf, seed, visited, wang_household, wang_visit, wang_xiulan } from './phone';

function many(centre: Centre, count: number): void {
  for (let at = 1; at <= count; at += 1) {
    const record = `01900000-0000-7000-8000-1${String(at).padStart(11, '0')}`;
    centre.write({ record, kind: 'household', client: at, made_at: `${String(morning)}-0000`, replaces: {}, set: { estate: '和平里', building: '1', room: String(at), team: 'heping_1' } }, 'zhou_hui');
  }
}

/** Claims by their names, for two readings of them. */
function inOrder(claims: Claim[]): Claim[] {
  const name = (claim: Claim): string => `${claim.field_key}:${claim.save_key}`;
  return [...claims].sort((one, other) => (name(one) < name(other) ? -1 : 1));
}

describe('a pull', () => {
  it('brings whole records with their standing, values and titles', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    expect(await li_min.see(wang_visit)).toMatchObject({
      revision: 3, mark: 'sent', pending: 0, title_zh: '王秀兰 · 2026-11-22', standing: { team: 'heping_1', own: ['li_min'] },
      values: { household: wang_household, planned_at: '10:30' }
    });
    const base = await li_min.store.get('base', wang_visit);
    // What the page said in claims is what the document engine reads in the document.
    const kept = centre.records.get(wang_visit);
    expect(kept?.claims.length).toBeGreaterThan(3);
    expect(inOrder(base!.claims)).toEqual(inOrder(kept!.claims));
    expect(inOrder(claimsOfState(kept!.state))).toEqual(inOrder(base!.claims));
  });

  it('and what asks for news both tell how many saves still wait here, so that the centre knows what a lost phone costs', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    centre.refuse = () => ({ status: 'retry', code: 'unknown_record' });
    const told = (word: string): unknown[] => centre.bodies.filter((body) => body.includes(word)).map((body) => (JSON.parse(body) as { phone: unknown }).phone);
    await li_min.save('household', null, { estate: '和平里', building: '3', room: '502', team: 'heping_1' });
    await li_min.meet(centre);
    expect(told('pull(after')).toMatchObject([{ unsent: 1 }]);
    await li_min.save('household', null, { estate: '和平里', building: '3', room: '503', team: 'heping_1' });
    await li_min.meet(centre);
    expect(told('"news.1"')).toMatchObject([{ unsent: 2 }]);
  });

  it('goes on where it was cut off, with each page whole or not at all', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    many(centre, 25);
    centre.page_records = 10;
    let pages = 0;
    const network = centre.network();
    const cut = (async (path, request) => {
      if (request?.body?.includes('pull(after')) pages += 1;
      if (pages === 2) throw new NetworkFailure('unreachable');
      return network(path, request);
    }) as typeof network;
    await expect(pull(li_min.store, cut, centre.me.scopes)).rejects.toThrow(NetworkFailure);
    expect(await li_min.store.count('base')).toBe(10);
    const cursors = await fact<Cursors>(li_min.store, 'cursors');
    expect(cursors?.['person:li_min']).toEqual({ cursor: '10', complete: false });

    centre.bodies = [];
    await pull(li_min.store, network, centre.me.scopes);
    expect(await li_min.store.count('base')).toBe(25);
    expect(centre.bodies[0]).toContain('"cursor":"10"');
    expect((await fact<Cursors>(li_min.store, 'cursors'))?.['person:li_min']).toEqual({ cursor: '25', complete: true });
  });

  it('drops a record that has left, unless the outbox still holds words for it', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    centre.refuse = () => ({ status: 'held', code: 'out_of_scope' });
    await li_min.save('resident', wang_xiulan, { health_note: '高血压' });
    centre.move_away(wang_xiulan);
    centre.move_away(wang_household);
    await li_min.meet(centre);
    expect(await li_min.see(wang_household)).toBeUndefined();
    expect(await li_min.see(wang_xiulan)).toMatchObject({ mark: 'held', problem: { code: 'out_of_scope' }, values: { health_note: '高血压' } });
  });

  it('drops a record that has left as soon as the last word for it is accepted', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    await li_min.save('resident', wang_xiulan, { health_note: '高血压' });
    centre.move_away(wang_xiulan);
    await pull(li_min.store, centre.network(), centre.me.scopes);
    expect((await li_min.see(wang_xiulan))?.values['name']).toBe('王秀兰');
    centre.receipts.set((await li_min.outbox())[0]!.save, { save: (await li_min.outbox())[0]!.save, status: 'accepted', revision: centre.head, problem: null });
    await li_min.meet(centre);
    expect(await li_min.see(wang_xiulan)).toBeUndefined();
    expect(await li_min.outbox()).toEqual([]);
  });

  it('drops what only a lost scope held, and keeps what another scope still holds', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    const note = '01900000-0000-7000-8000-000000000004';
    centre.write({ record: note, kind: 'case_progress', client: 14, made_at: `${String(morning)}-0000`, replaces: {}, set: { content: '谈了回家的事' } }, 'li_min');
    await li_min.meet(centre);
    centre.me = { ...centre.me, scopes: ['person:li_min', 'own:li_min:heping:outreach_worker'] };
    await li_min.meet(centre);
    // The note is her own and the visit assigned to her; home and resident were the team's.
    expect((await li_min.store.getAll('view')).map((row) => row.record)).toEqual([wang_visit, note]);
    expect(Object.keys((await fact<Cursors>(li_min.store, 'cursors')) ?? {})).toEqual(['person:li_min', 'own:li_min:heping:outreach_worker']);
  });

  it('remembers who decided on a held save, with the words it was about, when the save itself is gone', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    centre.refuse = () => ({ status: 'held', code: 'locked_after_edit' });
    await li_min.save('resident', wang_xiulan, { health_note: '高血压' });
    await li_min.meet(centre);
    const { save } = (await li_min.outbox())[0]!;
    const verdict = { verdict: 'release', by: 'zhou_hui', by_name: '周慧', at: '2026-11-22T02:00:00Z', sentence: null, edited: [] };
    centre.decided.push({ save, status: 'accepted', revision: centre.head, problem: null, verdict });
    centre.decided.push({ save: 'another device’s', status: 'accepted', revision: centre.head, problem: null, verdict });
    await pull(li_min.store, centre.network(), centre.me.scopes);
    await pull(li_min.store, centre.network(), centre.me.scopes);
    expect(await li_min.outbox()).toEqual([]);
    expect(await verdictsTold(li_min.store)).toMatchObject([{ save, record: wang_xiulan, by_name: '周慧', set: { health_note: '高血压' } }]);
  });

  it('keeps a save that was not taken in, with the sentence, until its author puts it away', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    centre.refuse = () => ({ status: 'held', code: 'locked_after_edit' });
    await li_min.save('resident', wang_xiulan, { health_note: '高血压' });
    await li_min.meet(centre);
    const { save } = (await li_min.outbox())[0]!;
    const problem = { code: 'held_rejected', field: 'health_note', details: { by: 'zhou_hui', sentence: '已经记过' } };
    const verdict = { verdict: 'reject', by: 'zhou_hui', by_name: '周慧', at: '2026-11-22T02:00:00Z', sentence: '已经记过', edited: [] };
    centre.decided.push({ save, status: 'held', revision: null, problem, verdict });
    await pull(li_min.store, centre.network(), centre.me.scopes);
    expect(await li_min.outbox()).toMatchObject([{ save, status: 'held', problem: { code: 'held_rejected', details: { sentence: '已经记过' } } }]);
    expect((await li_min.store.getAll('outbox')).map(isDecided)).toEqual([true]);
  });

  it('begins a gained scope at its start', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    centre.me = { ...centre.me, scopes: [...centre.me.scopes, 'team:heping_2:outreach_worker'] };
    centre.bodies = [];
    await li_min.meet(centre);
    expect(centre.bodies.at(-1)).toContain('{"scope":"team:heping_2:outreach_worker","cursor":"0"}');
  });

  it('from a restored centre sends again what this phone still holds, and reads everything anew', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    await li_min.save('home_visit', wang_visit, visited);
    const { push } = await import('../../src/sync/push');
    await push(li_min.store, centre.network());
    // The backup is older than the save: the receipt is in the phone, the save is not in the centre.
    const restored = new Centre();
    seed(restored);
    restored.epoch = 'epoch-2';
    await li_min.meet(restored);
    expect(restored.log.map((save) => save.record)).toEqual([wang_visit]);
    await li_min.meet(restored);
    expect(await li_min.outbox()).toEqual([]);
    expect((await li_min.see(wang_visit))?.values['outcome']).toBe('met_person');
  });

  it('with cursors beyond the head of a restored centre starts from 0', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    many(centre, 20);
    await li_min.meet(centre);
    const restored = new Centre();
    many(restored, 5);
    await li_min.meet(restored);
    expect((await fact<Cursors>(li_min.store, 'cursors'))?.['person:li_min']).toEqual({ cursor: '5', complete: true });
  });
});

describe('the supervisor\'s decision', () => {
  it('turns the mark to reviewed', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    centre.stand(wang_visit, { review: { state: 'approved', by: 'zhou_hui', at: '2026-11-22T10:00:00Z', revision: 3, sentence: null, field: null, answered: false } });
    await li_min.meet(centre);
    expect((await li_min.see(wang_visit))?.mark).toBe('reviewed');
  });

  it('to return it shows, until a correction made after reading it is saved', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    // Written before the sentence arrived: it does not answer it.
    await li_min.save('home_visit', wang_visit, visited);
    centre.stand(wang_visit, { review: { state: 'returned', by: 'zhou_hui', at: '2026-11-22T10:00:00Z', revision: 3, sentence: '老人现在吃什么药？', field: 'observation', answered: false } });
    await pull(li_min.store, centre.network(), centre.me.scopes);
    expect((await li_min.see(wang_visit))?.mark).toBe('returned');
    expect((await li_min.list('home_visit', 'mark', 'returned')).map((row) => row.record)).toEqual([wang_visit]);

    await li_min.save('home_visit', wang_visit, { observation: '每天一片降压药' });
    expect((await li_min.see(wang_visit))?.mark).toBe('saved');
  });
});

describe('the document', () => {
  it('and the plain claims of the view agree after any saves of several people', () => {
    let state: Uint8Array | null = null;
    let claims: Claim[] = [];
    let number = 20261122;
    const random = (below: number): number => {
      number = (number * 1103515245 + 12345) % 2147483648;
      return number % below;
    };
    for (let at = 1; at <= 200; at += 1) {
      const field_key = ['outcome', 'services.greeting', 'remarks.k3x9a8b7', 'observation'][random(4)] ?? 'outcome';
      const live = claims.filter((claim) => claim.field_key === field_key).map((claim) => claim.save_key);
      const seen = live.filter(() => random(3) > 0);
      const save = { client: 1000 + at, made_at: `${String(morning + at)}-0000`, set: { [field_key]: random(5) === 0 ? null : `value ${at}` }, replaces: { [field_key]: seen } };
      const author = ['li_min', 'zhang_qiang'][random(2)] ?? 'li_min';
      state = stateWithSave(state, save, author);
      claims = withSave(claims, save, author);
    }
    // And Yjs itself, with the state taken into a document, holds the same.
    const doc = new Y.Doc();
    Y.applyUpdate(doc, state!);
    expect([...doc.getMap('claims').keys()].sort()).toEqual(claims.map((claim) => `${claim.field_key}:${claim.save_key}`).sort());
    expect(inOrder(claimsOfState(state!))).toEqual(inOrder(claims));
  });

  it('with a hole in it is refused, not read around', () => {
    const doc = new Y.Doc();
    const parts = ['met_person', 'no_answer', 'moved'].map((value, at) => {
      const before = Y.encodeStateVector(doc);
      doc.getMap('claims').set(`outcome:${at}`, [value, '1', 'li_min']);
      return Y.encodeStateAsUpdate(doc, before);
    });
    const [first, middle, last] = parts as [Uint8Array, Uint8Array, Uint8Array];
    expect(claimsOfState(Y.mergeUpdates([first, middle, last]))).toHaveLength(3);
    expect(() => claimsOfState(Y.mergeUpdates([first, last]))).toThrow('hole');
    expect(() => claimsOfState(middle)).toThrow('hole');
  });

  it('without base and with nothing in the outbox has no claims', () => {
    expect(claimsOf(undefined, [])).toEqual([]);
  });
});

describe('scopes of a record', () => {
  it('follow from who may see it', () => {
    expect(scopesOfRecord('home_visit', placed).sort()).toEqual(['centre:heping:director', 'own:li_min:heping:outreach_worker', 'team:heping_1:outreach_worker', 'team:heping_1:supervisor']);
    expect(scopesOfRecord('case_progress', placed)).toContain('own:li_min:heping:outreach_worker');
    expect(scopesOfRecord('household', { ...placed, team: null })).toEqual(['centre:heping:window_clerk', 'centre:heping:director']);
  });
});

describe('news', () => {
  const change = (centre: Centre, client: number, set: Record<string, string>, replaces: Record<string, string[]> = {}): number =>
    centre.write({ record: wang_visit, kind: 'home_visit', client, made_at: `${String(morning + client)}-0000`, set, replaces }, 'zhou_hui');
  const asked = (centre: Centre, word: string): number => centre.bodies.filter((body) => body.includes(word)).length;

  async function synced() {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    centre.bodies = [];
    return { centre, li_min };
  }

  it('bring one change in one small question, with the same claims as a pull', async () => {
    const { centre, li_min } = await synced();
    const revision = change(centre, 77, { planned_at: '15:00' });
    await li_min.meet(centre);
    expect([asked(centre, '"news.1"'), asked(centre, 'pull(after')]).toEqual([1, 0]);
    const base = await li_min.store.get('base', wang_visit);
    expect(base?.revision).toBe(revision);
    expect(inOrder(base!.claims)).toEqual(inOrder(centre.records.get(wang_visit)!.claims));
    expect((await fact<Cursors>(li_min.store, 'cursors'))?.['person:li_min']).toEqual({ cursor: String(revision), complete: true });
    // Else a pull of a log that went another way since the last one would not be noticed.
    expect(await fact<string>(li_min.store, 'mark')).toBe(`${String(revision)}-${centre.log_name}`);
  });

  it('bring a new record whole, and what the centre alone has changed', async () => {
    const { centre, li_min } = await synced();
    many(centre, 1);
    centre.stand(wang_visit, { locked_at: 3 });
    await li_min.meet(centre);
    expect(asked(centre, 'pull(after')).toBe(0);
    expect(await li_min.store.count('base')).toBe(4);
    expect((await li_min.store.get('base', wang_visit))?.standing.locked_at).toBe(3);
  });

  it('that lead to something else than the centre has are left to a pull, which mends it', async () => {
    const { centre, li_min } = await synced();
    const base = await li_min.store.get('base', wang_visit);
    await li_min.store.put('base', { ...base!, claims: base!.claims.slice(1) });
    change(centre, 78, { planned_at: '16:00' });
    await li_min.meet(centre);
    expect(asked(centre, 'pull(after')).toBe(1);
    expect(inOrder((await li_min.store.get('base', wang_visit))!.claims)).toEqual(inOrder(centre.records.get(wang_visit)!.claims));
  });

  it('that are none because a record left are followed by a pull', async () => {
    const { centre, li_min } = await synced();
    centre.move_away(wang_visit);
    await li_min.meet(centre);
    expect(asked(centre, 'pull(after')).toBe(1);
    expect(await li_min.store.get('base', wang_visit)).toBeUndefined();
  });
});
