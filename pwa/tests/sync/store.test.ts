// The database of a person: what lies on the disk, and from one app to the next what only the phone has stays.
import { openDB } from 'idb';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { keepFile } from '../../src/files/kept';
import { keysFrom, newMasterKey } from '../../src/seal/keys';
import { takeOver } from '../../src/sync/older';
import { fact, findPersonStore, write, type PersonStore } from '../../src/sync/store';
import { Centre } from './centre';
import { morning, newStore, phoneOf, seed, visited, wang_visit, wang_xiulan } from './phone';

afterEach(() => vi.unstubAllGlobals());

/** All that lies in a database, as text: bytes as Latin-1, so that plain words would be seen. */
async function onDisk(name: string): Promise<string> {
  const database = await openDB(name);
  const found: string[] = [];
  for (const store of database.objectStoreNames) {
    const [keys, values] = [await database.getAllKeys(store), await database.getAll(store)];
    found.push(textOf(keys), textOf(values));
  }
  database.close();
  return found.join('\n');
}

function textOf(value: unknown): string {
  if (value instanceof ArrayBuffer) return textOf(new Uint8Array(value));
  if (value instanceof Uint8Array) return `${Buffer.from(value).toString('latin1')} ${Buffer.from(value).toString('utf8')}`;
  if (Array.isArray(value)) return value.map(textOf).join(' ');
  return value !== null && typeof value === 'object' ? Object.entries(value).map(([key, inner]) => `${key}: ${textOf(inner)}`).join(' ') : String(value);
}

describe('what lies on the disk', () => {
  const words = ['王秀兰', '和平里', '5521', 'wangxiulan', '精神', 'home_visit', 'li_min', 'planned_on', 'met_person', 'as_usual', '李敏'];

  async function fullPhone(): Promise<PersonStore> {
    const [centre, li_min] = [new Centre(), await phoneOf()];
    seed(centre);
    await li_min.meet(centre);
    await li_min.save('home_visit', wang_visit, { ...visited, observation: '精神不错' });
    const { store } = li_min;
    await store.putAtOnce('draft', { key: 'visit/王秀兰', kind: 'home_visit', record: null, values: { observation: '精神' }, changed_at: '' });
    await store.put('kept', { save: 'save-1', sealed: '{"visit":"精神"}', author: 'li_min', revision: 1, kept_at: null });
    await keepFile(store, 'photo', new Blob(['精神'.repeat(100)], { type: 'image/jpeg' }), morning);
    return store;
  }

  it('says nothing to whoever has no keys, in any store', async () => {
    const store = await fullPhone();
    const names = ['base', 'view', 'outbox', 'draft', 'kept', 'file', 'file_bytes', 'meta'] as const;
    for (const name of names) expect(await store.count(name), name).toBeGreaterThan(0);
    const disk = await onDisk('doorstep-part-li_min');
    for (const word of words) expect(disk, word).not.toContain(word);
    // The same search finds what is not sealed.
    const plain = await openDB('plain', 1, { upgrade: (made) => void made.createObjectStore('view') });
    await plain.put('view', { values: { observation: '精神不错' } }, wang_visit);
    plain.close();
    expect(await onDisk('plain')).toContain('精神');
  });

  it('is read by the same keys, and by no others', async () => {
    const store = await fullPhone();
    const told = vi.fn();
    vi.stubGlobal('reportError', told);
    const closed = await findPersonStore('li_min');
    expect((await closed.open(store.keys).get('view', wang_xiulan))?.values['name']).toBe('王秀兰');
    const stranger = closed.open(await keysFrom(newMasterKey()));
    expect(await stranger.get('view', wang_xiulan)).toBeUndefined();
    expect(await stranger.getAll('outbox')).toEqual([]);
    expect(told).toHaveBeenCalled();
  });

  it('does not open once the keys are locked, and nothing is written', async () => {
    const store = await fullPhone();
    store.keys.lock();
    await expect(store.get('view', wang_xiulan)).rejects.toThrow('not in memory');
    await expect(store.put('meta', 1, 'round')).rejects.toThrow('not in memory');
    await expect(write(store, (transaction) => transaction.objectStore('outbox').getAll())).rejects.toThrow('not in memory');
  });
});

describe('a row that somebody changed on the disk', () => {
  it('is as good as none, and told; the others open as before', async () => {
    const centre = new Centre();
    const li_min = await phoneOf();
    seed(centre);
    await li_min.meet(centre);
    const told = vi.fn();
    vi.stubGlobal('reportError', told);
    const database = await openDB('doorstep-part-li_min');
    const [mine, hers] = [await database.get('view', wang_visit), await database.get('view', wang_xiulan)];
    // Another record's words in this one's place: every byte is genuine, and lies where it does not belong.
    await database.put('view', { ...mine, sealed: hers.sealed });
    await database.put('base', { record: 'made-up', sealed: new Uint8Array([1, 1, 2, 9]) });
    database.close();
    expect(await li_min.store.get('view', wang_visit)).toBeUndefined();
    expect((await li_min.store.getAll('view')).map((row) => row.record)).not.toContain(wang_visit);
    expect(await li_min.store.get('base', 'made-up')).toBeUndefined();
    expect((await li_min.see(wang_xiulan))?.values['name']).toBe('王秀兰');
    expect(told.mock.calls.every(([error]) => (error as Error).name === 'NotOpened')).toBe(true);
    expect(told).toHaveBeenCalledTimes(3);
  });
});

/** The stores as an app made them that did not seal, with one row in each. */
async function olderStore(person: string, version: number): Promise<void> {
  const old = await openDB(`doorstep-${person}`, version, {
    upgrade(database) {
      database.createObjectStore('base', { keyPath: 'record' });
      const view = database.createObjectStore('view', { keyPath: 'record' });
      view.createIndex('kind', 'kind');
      view.createIndex('keys', 'keys', { multiEntry: true });
      const outbox = database.createObjectStore('outbox', { keyPath: 'save' });
      outbox.createIndex('record', 'record');
      outbox.createIndex('device_sequence', 'device_sequence');
      database.createObjectStore('draft', { keyPath: 'key' });
      database.createObjectStore('meta');
      if (version < 4) return;
      database.createObjectStore('kept', { keyPath: 'save' });
      database.createObjectStore('file', { keyPath: 'hash' });
      database.createObjectStore('file_bytes');
    }
  });
  await old.put('base', { record: wang_visit, kind: 'home_visit', revision: 3, state: new Uint8Array([1, 2]), claims: [], leaving: false });
  await old.put('view', { record: wang_visit, kind: 'home_visit', revision: 3, values: { planned_at: '10:30' }, keys: [] });
  await old.put('outbox', { save: 'sealed-1', record: wang_visit, kind: 'home_visit', device_sequence: 1, sealed: '{"the":"words"}', status: 'waiting' });
  await old.put('draft', { key: 'draft-1', kind: 'home_visit', record: null, values: { observation: '精神不错' }, changed_at: '' });
  await old.put('meta', { 'person:li_min': { cursor: '3', complete: true } }, 'cursors');
  await old.put('meta', 'epoch-1', 'epoch');
  await old.put('meta', 7, 'device_sequence');
  if (version >= 4) {
    await old.put('file', { hash: 'ab12', media: 'photo', type: 'image/jpeg', bytes: 3, status: 'waiting' });
    await old.put('file_bytes', new Uint8Array([7, 8, 9]).buffer, 'ab12');
  }
  old.close();
}

async function isThere(name: string): Promise<boolean> {
  return (await indexedDB.databases()).some((one) => one.name === name);
}

describe('the stores of an older app', () => {
  it.each([1, 4])('of form %i give outbox, drafts and facts into the sealed one, and are taken away', async (version) => {
    await olderStore('li_min', version);
    const store = await newStore();
    await takeOver('li_min', store);
    expect(await store.get('outbox', 'sealed-1')).toMatchObject({ sealed: '{"the":"words"}', status: 'waiting' });
    expect(await store.get('draft', 'draft-1')).toMatchObject({ values: { observation: '精神不错' } });
    expect(await fact(store, 'epoch')).toBe('epoch-1');
    expect(await fact(store, 'device_sequence')).toBe(7);
    // What was on the screen stays there until its record comes again.
    expect((await store.get('view', wang_visit))?.values).toEqual({ planned_at: '10:30' });
    // The first app kept documents in its base: all of that is read anew.
    expect((await store.getAll('base')).length).toBe(version === 1 ? 0 : 1);
    expect((await fact(store, 'cursors')) === undefined).toBe(version === 1);
    if (version === 4) {
      const { contentOf } = await import('../../src/files/kept');
      expect(new Uint8Array(await (await contentOf(store, 'ab12'))!.arrayBuffer())).toEqual(new Uint8Array([7, 8, 9]));
    }
    expect(await isThere('doorstep-li_min')).toBe(false);
    expect(await onDisk('doorstep-part-li_min')).not.toContain('精神');
  });

  it('are taken over by whoever begins again after being cut off anywhere', async () => {
    await olderStore('li_min', 4);
    const whole = await newStore();
    // Cut off at each transaction in turn, and begun again each time, until nothing is left to cut.
    for (let at = 0; await isThere('doorstep-li_min'); at += 1) {
      let left = at;
      const cut: PersonStore = {
        ...whole,
        transaction(durability) {
          if (left === 0) throw new DOMException('The phone was switched off', 'AbortError');
          left -= 1;
          return whole.transaction(durability);
        }
      };
      await takeOver('li_min', cut).catch((error: unknown) => expect(error).toBeInstanceOf(DOMException));
    }
    expect(await whole.count('outbox')).toBe(1);
    expect(await whole.count('draft')).toBe(1);
    expect(await whole.count('file_bytes')).toBe(1);
    await takeOver('li_min', whole);
    expect(await whole.count('outbox')).toBe(1);
  });

  it('are whole again after one pull', async () => {
    await olderStore('li_min', 1);
    const [centre, li_min] = [new Centre(), await phoneOf()];
    await takeOver('li_min', li_min.store);
    seed(centre);
    await li_min.store.delete('outbox', 'sealed-1');
    await li_min.meet(centre);
    expect((await li_min.store.getAll('base')).map((row) => row.record).sort()).toEqual([...centre.records.keys()].sort());
    expect((await li_min.store.get('base', wang_visit))?.claims.length).toBeGreaterThan(3);
    await li_min.save('home_visit', wang_visit, visited);
    await li_min.meet(centre);
    expect((await li_min.see(wang_visit))?.mark).toBe('sent');
  });
});
