// The pack of a day: what goes along, that only its words open it, and that what is written in it reaches the centre once,
// in its order and with its ids, wherever packing and taking back are cut off.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepFile, contentOf } from '../../src/files/kept';
import { keepOutside, outsideOf } from '../../src/day_pack/outside';
import { type PackRefused, type ToPack } from '../../src/day_pack/packing';
import { packFact, type KeptPack } from '../../src/day_pack/shapes';
import { takeBack } from '../../src/day_pack/taking_back';
import { putDraft } from '../../src/sync/drafts';
import { saveKey } from '../../src/sync/project';
import { noteReveal } from '../../src/sync/reveals';
import { canonicalText } from '../../src/sync/save';
import { databasesOf, fact, findPersonStore, openDeviceStore } from '../../src/sync/store';
import type { Save } from '../../src/sync/shapes';
import { Centre } from '../sync/centre';
import { visited, wang_household, wang_visit, wang_xiulan, type Phone } from '../sync/phone';
import { confidential, databases, dumpOf, her_case, inside, metPhone, other_household, other_visit, packOf, seedBoth, words, writesInside } from './world';

let centre: Centre;
let phone: Phone;

beforeEach(async () => {
  centre = new Centre();
  seedBoth(centre);
  phone = await metPhone(centre);
});
afterEach(() => vi.restoreAllMocks());

async function isSigned(save: Save): Promise<boolean> {
  const { signature, ...rest } = save;
  const bytes = Uint8Array.from(atob(signature), (letter) => letter.charCodeAt(0));
  return crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, phone.public_key, bytes, new TextEncoder().encode(canonicalText(rest)));
}
const isGone = async () => [await outsideOf('li_min'), await fact(phone.store, packFact), (await databases()).length];
const gone = [undefined, undefined, 2];

describe('what goes along', () => {
  it('is the chosen home with its people, visits and cases: no other home, and nothing confidential', async () => {
    expect(await packOf(phone)).toMatchObject({ homes: [wang_household], records: 4 });
    const store = await inside();
    expect((await store.getAll('view')).map(({ record }) => record).sort()).toEqual([wang_household, wang_xiulan, wang_visit, her_case].sort());
    expect(await store.get('base', confidential)).toBeUndefined();
    expect(await store.get('base', other_visit)).toBeUndefined();
    expect((await fact<{ name: string }>(store, 'me'))?.name).toBe('李敏');
    store.close();
    expect((await phone.see(confidential))?.kind, 'the own part has it').toBe('case_confidential');
  });

  it('is of many visits the newest five, and those of today', async () => {
    for (let at = 0; at < 9; at += 1) {
      const record = `01900000-0000-7000-8000-0000000001${String(at).padStart(2, '0')}`;
      centre.write({ record, kind: 'home_visit', client: 100 + at, made_at: `${String(phone.clock.now - (at + 1) * 1000)}-0000`, replaces: {}, set: { household: wang_household, visited_on: '2026-10-01' } }, 'zhou_hui');
    }
    await phone.meet(centre);
    vi.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-11-22T02:00:00Z'));
    phone.clock.now = Date.now();
    await packOf(phone);
    vi.restoreAllMocks();
    const kept = await fact<KeptPack>(phone.store, packFact);
    // Home, resident, case, five visits, and the one of today, which is older than all of them.
    expect(kept?.records).toBe(9);
  });

  it('lies sealed, and no part of its key with it', async () => {
    await packOf(phone);
    const outside = await outsideOf('li_min');
    const dump = await dumpOf(`doorstep-part-${outside?.place}`);
    const kept = await fact<KeptPack>(phone.store, packFact);
    for (const telling of ['王秀兰', '和平里', '李敏', words, kept?.master ?? 'none']) expect(dump).not.toContain(telling);
    expect(dump, 'the search sees what is there').toContain('shift');
    await expect(crypto.subtle.exportKey('raw', outside?.half as CryptoKey)).rejects.toThrow();
  });

  it('is refused for what is none, too much, too easy or too long, and the pack of before stays', async () => {
    await packOf(phone);
    const before = await outsideOf('li_min');
    const { now } = phone.clock;
    for (const [more, reason] of [
      [{ homes: [] }, 'nothing'],
      [{ homes: ['01900000-0000-7000-8000-0000000000ff'] }, 'nothing'],
      [{ homes: Array.from({ length: 41 }, () => wang_household) }, 'too_many'],
      [{ words: '7391648' }, 'too_easy'],
      [{ words: '19680312' }, 'too_easy'],
      [{ until: now + 12 * 3_600_000 + 1 }, 'too_long'],
      [{ until: now }, 'too_long']
    ] as const) {
      await expect(packOf(phone, more as Partial<ToPack>)).rejects.toEqual(expect.objectContaining({ name: 'PackRefused', reason } satisfies Partial<PackRefused>));
      expect((await outsideOf('li_min'))?.place).toBe(before?.place);
    }
    await packOf(phone, { homes: Array.from({ length: 40 }, () => wang_household), until: now + 12 * 3_600_000 });
    expect((await outsideOf('li_min'))?.place).not.toBe(before?.place);
  });
});

describe('what opens it', () => {
  it('is its words on this phone: not others, not without the half that lies here, not those of somebody else', async () => {
    await packOf(phone);
    await expect(inside('li_min', '73916483')).rejects.toMatchObject({ name: 'WrongSecret', reason: 'wrong' });
    const theirs = await metPhone(centre, 'zhang_qiang');
    await packOf(theirs, { words: '槐树 红砖 热水 楼梯' });
    await expect(inside('zhang_qiang', words)).rejects.toMatchObject({ reason: 'wrong' });
    const [mine, other] = [await outsideOf('li_min'), await outsideOf('zhang_qiang')];
    if (!mine || !other) throw new Error('two packs');
    await keepOutside('li_min', { ...mine, half: other.half });
    await expect(inside()).rejects.toMatchObject({ reason: 'wrong' });
    await keepOutside('li_min', mine);
    (await inside()).close();
  });

  it('is a time that nobody makes longer on the disk', async () => {
    await packOf(phone);
    const outside = await outsideOf('li_min');
    const closed = await findPersonStore(outside?.place ?? '');
    const [slot] = await closed.slots();
    if (!slot) throw new Error('a slot');
    await closed.keepSlot({ ...slot, until: new Date(phone.clock.now + 86_400_000).toISOString() });
    closed.close();
    await expect(inside()).rejects.toMatchObject({ reason: 'wrong' });
  });
});

describe('what is written in it', () => {
  it('reaches the centre once, in its order, with its ids, numbered and signed as the phone goes on', async () => {
    await packOf(phone);
    const changed = await writesInside(phone, 'home_visit', wang_visit, visited);
    phone.clock.now += 1000;
    const fresh = await writesInside(phone, 'home_visit', null, { household: wang_household, resident: wang_xiulan, assigned_to: 'li_min', ...visited });
    const again = await writesInside(phone, 'home_visit', fresh.record, { observation: '腿好些了' });
    // The own part went on meanwhile.
    await phone.save('home_visit', other_visit, visited);
    expect(await takeBack(phone.author)).toBe(3);
    expect(await isGone()).toEqual(gone);
    const rows = await phone.outbox();
    expect(rows.map(({ save, device_sequence }) => [save, device_sequence]).slice(1)).toEqual([[changed.save, 2], [fresh.save, 3], [again.save, 4]]);
    expect((await phone.see(fresh.record))?.values['observation']).toBe('腿好些了');
    await phone.meet(centre);
    await takeBack(phone.author);
    await phone.meet(centre);
    expect(centre.log.map(({ id }) => id)).toEqual([rows[0]?.save, changed.save, fresh.save, again.save]);
    for (const save of centre.log) expect(await isSigned(save)).toBe(true);
    // What was written there counts as seen: writing on does not make a second version.
    const key = saveKey(centre.log[1]?.client ?? 0);
    await phone.save('home_visit', wang_visit, { condition: 'follow_up', follow_up_on: '2026-12-01' }, { seen: { live: {}, revision: 0, standing: null } });
    expect((await phone.outbox())[0]?.content.replaces['condition']).toEqual([key]);
  });

  it('goes with its photos and what was only begun; of a form begun twice no sentence is lost', async () => {
    await putDraft(phone.store, `visit/${wang_visit}`, 'home_visit', wang_visit, { form: { observation: '早上写的', outcome: 'no_answer' }, opened: { values: {}, live: {}, revision: 0 } }, phone.clock.now);
    await packOf(phone);
    const store = await inside();
    const { hash } = await keepFile(store, 'photo', new Blob(['a photo'], { type: 'image/jpeg' }), phone.clock.now);
    await putDraft(store, `visit/${wang_visit}`, 'home_visit', wang_visit, { form: { observation: '下午写的', outcome: 'met_person' }, opened: { values: {}, live: {}, revision: 0 } }, phone.clock.now + 1000);
    store.close();
    await takeBack(phone.author);
    expect(await (await contentOf(phone.store, hash))?.text()).toBe('a photo');
    const draft = await phone.store.get('draft', `visit/${wang_visit}`);
    expect(draft?.values).toMatchObject({ form: { observation: '早上写的\n下午写的', outcome: 'met_person' } });
    expect(await isGone()).toEqual(gone);
  });

  it('is all there after its time, and after its slot is gone', async () => {
    await packOf(phone);
    const { save } = await writesInside(phone, 'home_visit', wang_visit, visited);
    const outside = await outsideOf('li_min');
    if (!outside) throw new Error('a pack');
    const { closePack } = await import('../../src/day_pack/outside');
    await closePack('li_min', outside);
    await expect(inside()).rejects.toMatchObject({ reason: 'not_a_secret' });
    phone.clock.now += 13 * 3_600_000;
    await takeBack(phone.author);
    expect((await phone.outbox()).map((row) => row.save)).toEqual([save]);
  });

  it('is a look at a covered number too, which the own part then tells', async () => {
    await packOf(phone);
    const store = await inside();
    await noteReveal(store, wang_household, 'phone', new Date('2026-11-22T01:30:00Z'));
    store.close();
    await takeBack(phone.author);
    await phone.meet(centre);
    expect([...centre.looks.values()]).toMatchObject([{ record: wang_household, seen_at: '2026-11-22T01:30:00Z' }]);
    expect(await isGone()).toEqual(gone);
  });

  it('is taken over before the next pack is made', async () => {
    await packOf(phone);
    const first = await writesInside(phone, 'home_visit', wang_visit, visited);
    await packOf(phone, { homes: [other_household] });
    expect((await phone.outbox()).map(({ save }) => save)).toEqual([first.save]);
    const store = await inside();
    expect((await store.getAll('view')).map(({ record }) => record).sort()).toEqual([other_household, other_visit].sort());
    store.close();
    expect((await databases()).length).toBe(3);
  });

  it('and does not open, because somebody changed it on the disk, stays there; all else goes', async () => {
    await packOf(phone);
    const changed = await writesInside(phone, 'home_visit', wang_visit, visited);
    const fresh = await writesInside(phone, 'home_visit', null, { household: wang_household, resident: wang_xiulan, assigned_to: 'li_min', ...visited });
    const name = `doorstep-part-${(await outsideOf('li_min'))?.place}`;
    const { openDB } = await import('idb');
    const database = await openDB(name);
    const row = (await database.get('outbox', changed.save)) as { sealed: Uint8Array };
    row.sealed[40] = (row.sealed[40] ?? 0) ^ 1;
    await database.put('outbox', row);
    database.close();
    vi.stubGlobal('reportError', vi.fn());
    expect(await takeBack(phone.author)).toBe(1);
    vi.unstubAllGlobals();
    expect((await phone.outbox()).map(({ save }) => save)).toEqual([fresh.save]);
    expect(await databases()).toContain(name);
    expect(await databasesOf('li_min'), 'and goes when the phone is cleared').toContain(name);
    expect(await takeBack(phone.author)).toBe(0);
  });
});

describe('a pack in which nothing was written', () => {
  it('stays when the own part is opened, until its time is over', async () => {
    await packOf(phone);
    expect(await takeBack(phone.author)).toBe(0);
    (await inside()).close();
    phone.clock.now += 3_600_000;
    await takeBack(phone.author);
    expect(await isGone()).toEqual(gone);
  });

  it('of one person is left alone by another', async () => {
    await packOf(phone);
    const theirs = await metPhone(centre, 'zhang_qiang');
    await takeBack(theirs.author, 'always');
    (await inside()).close();
  });

  it('and belongs to a part that was set aside is offered no more, and goes when the phone is cleared', async () => {
    await packOf(phone);
    const place = (await outsideOf('li_min'))?.place ?? '';
    await phone.store.delete('meta', packFact);
    await takeBack(phone.author);
    expect(await outsideOf('li_min')).toBeUndefined();
    expect(await databasesOf('li_min')).toEqual([`doorstep-part-${place}`]);
  });
});

it('another tab that has it open loses it before anything is read, and keeps nothing in it', async () => {
  await packOf(phone);
  const outside = await outsideOf('li_min');
  const given_way = vi.fn();
  const other = await findPersonStore(outside?.place ?? '', given_way);
  const saved = await writesInside(phone, 'home_visit', wang_visit, visited);
  await takeBack(phone.author);
  expect(given_way).toHaveBeenCalledOnce();
  await expect(other.slots()).rejects.toThrow();
  expect((await phone.outbox()).map(({ save }) => save)).toEqual([saved.save]);
});

it('a phone that is cleared forgets what opens a pack first', async () => {
  await packOf(phone);
  const devices = await openDeviceStore();
  await devices.put('meta', 'li_min', 'place.li_min');
  devices.close();
  expect(await databasesOf('li_min')).toEqual([`doorstep-part-${(await outsideOf('li_min'))?.place}`, 'doorstep-part-li_min']);
});

/** From the act of this number on, counted from one, nothing reaches the disk any more. Answers how many there were. */
function dyingAt(act: number): { acts: number } {
  const counted = { acts: 0 };
  const next = (): void => {
    counted.acts += 1;
    if (counted.acts >= act) throw new Error('killed');
  };
  const { transaction } = IDBDatabase.prototype;
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (this: IDBDatabase, ...given) {
    if (given[1] === 'readwrite') next();
    return transaction.apply(this, given);
  });
  const { deleteDatabase } = IDBFactory.prototype;
  vi.spyOn(IDBFactory.prototype, 'deleteDatabase').mockImplementation(function (this: IDBFactory, name) {
    next();
    return deleteDatabase.call(this, name);
  });
  return counted;
}

describe('a phone that dies', () => {
  it('at any act of packing has a whole pack or none, and packs the next time', async () => {
    let act = 1;
    for (let is_killed = true; is_killed; act += 1) {
      const dying = dyingAt(act);
      is_killed = await packOf(phone).then(() => false, () => true);
      vi.restoreAllMocks();
      if (!is_killed) expect(dying.acts).toBe(act - 1);
      if ((await outsideOf('li_min'))?.state === 'ready') {
        const store = await inside();
        expect(await store.count('view')).toBe(4);
        store.close();
      }
      await takeBack(phone.author, 'always');
      expect(await isGone()).toEqual(gone);
    }
    expect(act).toBeGreaterThan(5);
    await packOf(phone);
    (await inside()).close();
  });

  it('at any act of taking back has every word once', async () => {
    const written: string[] = [];
    let act = 1;
    for (let is_killed = true; is_killed; act += 1) {
      await packOf(phone);
      written.push((await writesInside(phone, 'home_visit', wang_visit, { ...visited, observation: `第 ${act} 次` })).save);
      dyingAt(act);
      is_killed = await takeBack(phone.author).then(() => false, () => true);
      vi.restoreAllMocks();
      // Whatever was handed over may be sent before the rest is cleared away.
      await phone.meet(centre);
      await takeBack(phone.author);
      expect(await isGone()).toEqual(gone);
      await phone.meet(centre);
      expect(centre.log.map(({ id }) => id)).toEqual(written);
      expect(centre.log.map(({ device_sequence }) => device_sequence)).toEqual(written.map((_save, at) => at + 1));
    }
    expect(act).toBeGreaterThan(4);
  });
});
