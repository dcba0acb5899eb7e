// Saving on the phone: what is durable when, what a save replaces, and what is refused before it is sealed.
import { describe, expect, it, vi } from 'vitest';
import { canonicalText } from '../../src/sync/save';
import { getDraft, putDraft } from '../../src/sync/drafts';
import { sealSave } from '../../src/sync/outbox';
import { replaceHeld } from '../../src/sync/write';
import { Centre } from './centre';
import { morning, phoneOf, seed, visited, wang_visit, wang_xiulan } from './phone';

describe('a save', () => {
  it('puts outbox entry and view row on disk and removes the draft in one go', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    await putDraft(li_min.store, 'visit', 'home_visit', wang_visit, { outcome: 'met_person' }, morning);

    const saved = await li_min.save('home_visit', wang_visit, visited, { draft: 'visit' });

    expect(saved.problems).toBeUndefined();
    const [row] = await li_min.outbox();
    expect(row).toMatchObject({ save: saved.save, record: wang_visit, status: 'waiting', device_sequence: 1 });
    expect(await li_min.see(wang_visit)).toMatchObject({ mark: 'saved', pending: 1, values: { outcome: 'met_person', services: { greeting: true } } });
    expect(await getDraft(li_min.store, 'visit')).toBeUndefined();
  });

  it('is called saved by a transaction that asks the disk, not the memory of the browser', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    const begun = vi.spyOn(IDBDatabase.prototype, 'transaction');
    await li_min.save('home_visit', wang_visit, visited);
    const writing = begun.mock.calls.filter(([stores, mode]) => mode === 'readwrite' && [stores].flat().includes('outbox'));
    begun.mockRestore();
    expect(writing.map(([, , options]) => options)).toEqual([{ durability: 'strict' }]);
  });

  it('never changes the confirmed base', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    const before = await li_min.store.get('base', wang_visit);
    await li_min.save('home_visit', wang_visit, visited);
    expect(await li_min.store.get('base', wang_visit)).toEqual(before);
  });

  it('is signed by the device over its canonical form, raw r and s in 64 bytes', async () => {
    const li_min = await phoneOf();
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
    li_min.author.key = pair.privateKey;
    await li_min.save('household', null, { estate: '和平里', building: '3', room: '502', team: 'heping_1' });
    const [row] = await li_min.outbox();
    if (!row) throw new Error('nothing was sealed');
    const { signature, ...signed } = row.content;
    const bytes = Uint8Array.from(atob(signature), (letter) => letter.charCodeAt(0));
    expect(bytes).toHaveLength(64);
    expect(JSON.parse(row.sealed)).toEqual(row.content);
    const text = new TextEncoder().encode(canonicalText(signed));
    expect(await crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, pair.publicKey, bytes, text)).toBe(true);
  });

  it('replaces exactly the claims its author had open', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    const seen = await li_min.see(wang_xiulan);
    // Another's version arrives after the form was opened; nobody on this phone has seen it.
    centre.write({ record: wang_xiulan, kind: 'resident', client: 99, made_at: `${String(morning)}-0000`, replaces: { risk_level: ['c'] }, set: { risk_level: 'low' } }, 'zhang_qiang');
    await li_min.meet(centre);

    await li_min.save('resident', wang_xiulan, { risk_level: 'high' }, { seen: seen! });

    const [row] = await li_min.outbox();
    expect(row?.content.replaces).toEqual({ risk_level: ['c'] });
    const now = await li_min.see(wang_xiulan);
    expect(now?.mark).toBe('versions');
    expect(now?.conflicts['risk_level']?.map((claim) => claim.value).sort()).toEqual(['high', 'low']);
    expect(now?.values['risk_level']).toBe('high');
  });

  it('replaces what the same author has just written, even when the form was opened before', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    const seen = await li_min.see(wang_xiulan);
    await li_min.save('resident', wang_xiulan, { risk_level: 'high' }, { seen: seen! });
    await li_min.save('resident', wang_xiulan, { risk_level: 'low' }, { seen: seen! });
    const now = await li_min.see(wang_xiulan);
    expect(now?.values['risk_level']).toBe('low');
    expect(now?.conflicts).toEqual({});
  });

  it('of two people on two phones leaves both versions standing', async () => {
    const centre = new Centre();
    seed(centre);
    const li_min = await phoneOf('li_min');
    const zhang_qiang = await phoneOf('zhang_qiang');
    await li_min.meet(centre);
    await zhang_qiang.meet(centre);
    await li_min.save('resident', wang_xiulan, { risk_level: 'high' });
    await zhang_qiang.save('resident', wang_xiulan, { risk_level: 'low' });
    await li_min.meet(centre);
    await zhang_qiang.meet(centre);
    await li_min.meet(centre);
    for (const phone of [li_min, zhang_qiang]) {
      const seen = await phone.see(wang_xiulan);
      expect(seen?.mark).toBe('versions');
      expect(Object.keys(seen?.conflicts ?? {})).toEqual(['risk_level']);
    }
  });

  it('with something missing writes nothing and says what is missing', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    const saved = await li_min.save('home_visit', wang_visit, { visited_on: '2026-11-22', outcome: 'met_person' });
    expect(saved.problems).toEqual([{ code: 'missing', field: 'condition' }]);
    expect(await li_min.outbox()).toEqual([]);
    expect((await li_min.see(wang_visit))?.values['outcome']).toBeUndefined();
  });

  it('dated tomorrow by the centre\'s calendar is refused, dated today is taken', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    // 23:30 in Shanghai is still the 22nd there, whatever zone the phone is set to.
    li_min.clock.now = Date.UTC(2026, 10, 22, 15, 30);
    const tomorrow = await li_min.save('home_visit', wang_visit, { ...visited, visited_on: '2026-11-23' });
    expect(tomorrow.problems).toEqual([{ code: 'date_in_future', field: 'visited_on' }]);
    expect((await li_min.save('home_visit', wang_visit, visited)).problems).toBeUndefined();
  });

  it('leaves no trace when the disk refuses it', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    await putDraft(li_min.store, 'visit', 'home_visit', wang_visit, { outcome: 'met_person' }, morning);
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('The disk is full', 'QuotaExceededError');
    });
    await expect(li_min.save('home_visit', wang_visit, visited, { draft: 'visit' })).rejects.toThrow('The disk is full');
    put.mockRestore();
    expect(await li_min.outbox()).toEqual([]);
    expect((await li_min.see(wang_visit))?.mark).toBe('sent');
    expect(await getDraft(li_min.store, 'visit')).toBeDefined();
  });

  it('made in two tabs at once takes two numbers, and both are kept', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    const second_tab = await phoneOf();
    await Promise.all([
      li_min.save('resident', wang_xiulan, { risk_level: 'high' }),
      second_tab.save('resident', wang_xiulan, { health_note: '高血压' }),
      li_min.save('home_visit', wang_visit, visited)
    ]);
    expect((await li_min.outbox()).map((row) => row.device_sequence)).toEqual([1, 2, 3]);
  });

  it('shows what came from the centre while it was being sealed', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    const store = li_min.store;
    let came = 0;
    li_min.author.store = {
      ...store,
      async sealAhead(name, row, key) {
        await store.sealAhead(name, row, key);
        came += 1;
        if (came > 1) return;
        // Everything was read and the view is made: only now does another's field arrive.
        centre.write({ record: wang_xiulan, kind: 'resident', client: 99, made_at: `${String(morning)}-0000`, replaces: {}, set: { phone: '13900001234' } }, 'zhang_qiang');
        await li_min.meet(centre);
      }
    };

    await li_min.save('resident', wang_xiulan, { risk_level: 'high' });

    expect(came).toBeGreaterThan(0);
    expect(await li_min.see(wang_xiulan)).toMatchObject({ pending: 1, values: { risk_level: 'high', phone: '13900001234' } });
  });

  it('never takes a client number the record has, or one of its unsent saves', async () => {
    const li_min = await phoneOf();
    const drawn = [7, 7, 8];
    const random = crypto.getRandomValues.bind(crypto);
    const draw = vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
      if (!(array instanceof Uint32Array)) return random(array as Uint8Array<ArrayBuffer>) as typeof array;
      array[0] = drawn.shift() ?? 9;
      return array;
    });
    const wish = { record: wang_xiulan, kind: 'resident', seen: {}, base: 0 };
    await sealSave(li_min.author, { ...wish, set: { name: '王秀兰' } });
    await sealSave(li_min.author, { ...wish, set: { phone: '13800005521' } });
    draw.mockRestore();
    expect((await li_min.outbox()).map((row) => row.content.client)).toEqual([7, 8]);
  });

  it('keeps its order of time when the phone\'s clock is set back', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    await li_min.save('resident', wang_xiulan, { risk_level: 'high' });
    li_min.clock.now -= 3 * 86_400_000;
    await li_min.save('resident', wang_xiulan, { risk_level: 'low' });
    const [first, second] = await li_min.outbox();
    expect(second!.content.made_at > first!.content.made_at).toBe(true);
  });
});

describe('a new record', () => {
  it('is found by its declared indexes at once, before any centre has it', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    const visit = await li_min.save('home_visit', null, { household: (await li_min.see(wang_visit))!.values['household']!, resident: wang_xiulan, assigned_to: 'li_min', planned_on: '2026-11-29' });
    const found = await li_min.list('home_visit', 'assigned_to+planned_on', 'li_min|2026-11-29');
    expect(found.map((row) => row.record)).toEqual([visit.record]);
    expect(found[0]).toMatchObject({ revision: 0, standing: null, mark: 'saved', title_zh: '王秀兰 · 2026-11-29' });
    expect(await li_min.list('home_visit', 'assigned_to', 'li_min')).toHaveLength(2);
  });
});

describe('a first save', () => {
  it('says that it is one, and what follows does not', async () => {
    const li_min = await phoneOf();
    const home = await li_min.save('household', null, { estate: '和平里', building: '3', room: '502', team: 'heping_1' });
    await li_min.save('household', home.record, { care_note: '有狗' });
    expect((await li_min.outbox()).map((row) => row.content.scopes)).toEqual([[], undefined]);
  });

  it('is one again when it is made anew after a refusal', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    centre.refuse = () => ({ status: 'held', code: 'not_permitted' });
    const home = await li_min.save('household', null, { estate: '和平里', building: '3', room: '502', team: 'heping_2' });
    await li_min.meet(centre);
    await replaceHeld(li_min.author, home.save, { estate: '和平里', building: '3', room: '502', team: 'heping_1' });
    expect((await li_min.outbox()).map((row) => row.content.scopes)).toEqual([[]]);
  });
});

describe('what the same person wrote', () => {
  it('on this device is replaced although the form was opened before, also after it was delivered', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    const seen = (await li_min.see(wang_xiulan))!;
    await li_min.save('resident', wang_xiulan, { risk_level: 'low' }, { seen });
    await li_min.meet(centre);
    await li_min.meet(centre);
    await li_min.save('resident', wang_xiulan, { risk_level: 'high' }, { seen });
    expect(await li_min.see(wang_xiulan)).toMatchObject({ values: { risk_level: 'high' }, conflicts: {} });
  });

  it('on another device of hers stands beside it until she has seen it', async () => {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    const seen = (await li_min.see(wang_xiulan))!;
    const before = seen.live['risk_level']!;
    centre.write({ record: wang_xiulan, kind: 'resident', client: 99, made_at: `${String(morning)}-0001`, replaces: { risk_level: before }, set: { risk_level: 'low' } }, 'li_min');
    await li_min.meet(centre);
    await li_min.save('resident', wang_xiulan, { risk_level: 'high' }, { seen });
    expect(Object.keys((await li_min.see(wang_xiulan))!.conflicts)).toEqual(['risk_level']);
    // She sees both now, and decides.
    await li_min.save('resident', wang_xiulan, { risk_level: 'high' });
    expect((await li_min.see(wang_xiulan))!.conflicts).toEqual({});
  });
});
