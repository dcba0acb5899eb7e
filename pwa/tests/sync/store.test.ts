// The database of a person from one app to the next: what the centre has is read anew, what only the phone has stays.
import { openDB } from 'idb';
import { describe, expect, it } from 'vitest';
import { fact, openPersonStore } from '../../src/sync/store';
import { Centre } from './centre';
import { seed, wang_visit, phoneOf, visited } from './phone';

/** The stores as the first app made them, with one row in each. */
async function oldStore(person: string): Promise<void> {
  const old = await openDB(`doorstep-${person}`, 1, {
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
    }
  });
  await old.put('base', { record: wang_visit, kind: 'home_visit', revision: 3, state: new Uint8Array([1, 2]), claims: [], leaving: false });
  await old.put('view', { record: wang_visit, kind: 'home_visit', revision: 3, values: { planned_at: '10:30' }, keys: [] });
  await old.put('outbox', { save: 'sealed-1', record: wang_visit, kind: 'home_visit', device_sequence: 1, sealed: '{"the":"words"}', status: 'waiting' });
  await old.put('draft', { key: 'draft-1', kind: 'home_visit', record: null, values: { observation: '精神不错' }, changed_at: '' });
  await old.put('meta', { 'person:li_min': { cursor: '3', complete: true } }, 'cursors');
  await old.put('meta', 'epoch-1', 'epoch');
  await old.put('meta', 7, 'device_sequence');
  old.close();
}

describe('the stores of an older app', () => {
  it('keep outbox, drafts and facts, and are read anew from the centre', async () => {
    await oldStore('li_min');
    const store = await openPersonStore('li_min');
    expect(await store.getAll('base')).toEqual([]);
    expect(await fact(store, 'cursors')).toBeUndefined();
    expect(await store.get('outbox', 'sealed-1')).toMatchObject({ sealed: '{"the":"words"}', status: 'waiting' });
    expect(await store.get('draft', 'draft-1')).toMatchObject({ values: { observation: '精神不错' } });
    expect(await fact(store, 'epoch')).toBe('epoch-1');
    expect(await fact(store, 'device_sequence')).toBe(7);
    // What was on the screen stays there until its record comes again.
    expect((await store.get('view', wang_visit))?.values).toEqual({ planned_at: '10:30' });
    store.close();
  });

  it('are whole again after one pull', async () => {
    await oldStore('li_min');
    const [centre, li_min] = [new Centre(), await phoneOf()];
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
