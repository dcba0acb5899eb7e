// @vitest-environment happy-dom
// The files' own queue on a real IndexedDB: saved means its photo too, sent until it is verified, never lost on the way.
// A real server and a real browser: e2e/test_photos.py.
import { beforeEach, describe, expect, it } from 'vitest';
import { contentOf, deliveredDaysMax, forgetDelivered, forgetKept, keepFile, letGo, unnamedDaysMax } from '../../src/files/kept';
import { hex, sha256 } from '../../src/sync/hash';
import { hashesIn } from '../../src/files/named';
import { numbered } from '../../src/files/names';
import { fitted } from '../../src/files/picture';
import { sendAgain, sendFiles, waitingFiles, type Upload, type Uploaded } from '../../src/files/queue';
import type { NamedFile } from '../../src/files/shapes';
import { sealSave, type Author } from '../../src/sync/outbox';
import type { PersonStore } from '../../src/sync/store';
import { newStore } from '../sync/phone';
import type { Problem } from '../../src/sync/shapes';

const now = Date.parse('2026-11-22T02:00:00Z');
const dayMs = 24 * 60 * 60 * 1000;
const visit = '019a0000-0000-7000-8000-000000000001';
let store: PersonStore;
let author: Author;

beforeEach(async () => {
  store = await newStore();
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  author = { store, person: 'li_min', key: pair.privateKey, now: () => now };
});

const photo = (text: string) => new Blob([text], { type: 'image/jpeg' });

async function takes(text: string, at = now): Promise<string> {
  return (await keepFile(store, 'photo', photo(text), at)).hash;
}
async function saves(...hashes: string[]): Promise<void> {
  const rows = hashes.map((hash, at) => [`photos.row0000${at}`, { hash, media: 'photo', bytes: 3, taken_at: '2026-11-22T02:00:00Z' }]);
  await sealSave(author, { record: visit, kind: 'home_visit', set: Object.fromEntries(rows), seen: {}, base: 0 });
}
function centre(answer: (hash: string) => Uploaded = () => ({ status: 'delivered' })) {
  const came: string[] = [];
  const upload: Upload = async (row, content, progress) => {
    progress(content.size);
    came.push(await content.text());
    return answer(row.hash);
  };
  const changed: string[][] = [];
  const may = { go: true };
  const ended = () => sendFiles(store, upload, { progress: () => undefined, may_go: () => may.go, changed: (records) => changed.push(records), now: () => now });
  const meets = async () => (await ended()).outcome;
  return { came, changed, may, ended, meets };
}
const refusal = (code: string): Uploaded => ({ status: 'refused', problem: { code, field: null, details: null } as Problem, wait_seconds: null });
const statuses = async () => Object.fromEntries((await store.getAll('file')).map((row) => [row.hash, row.status]));

describe('a photo and its save', () => {
  it('is kept under the hash of its bytes, and comes back byte for byte', async () => {
    const hash = await takes('one');
    expect(hash).toBe(hex(await sha256(await photo('one').arrayBuffer())));
    const content = await contentOf(store, hash);
    expect([await content?.text(), content?.type]).toEqual(['one', 'image/jpeg']);
  });

  it('waits for the centre from the very transaction that seals its save, and not before', async () => {
    const [one, other] = [await takes('one'), await takes('other')];
    const centre_ = centre();
    expect(await centre_.meets()).toBe('ok');
    expect(centre_.came).toEqual([]);
    await saves(one);
    expect(await statuses()).toEqual({ [one]: 'waiting', [other]: 'kept' });
    expect((await store.get('file', one))?.record).toBe(visit);
  });

  it('stays as it was when the save fails', async () => {
    const hash = await takes('one');
    const taken = { ...author, key: {} as CryptoKey };
    await expect(sealSave(taken, { record: visit, kind: 'home_visit', set: { 'photos.row00001': { hash } }, seen: {}, base: 0 })).rejects.toThrow();
    expect(await statuses()).toEqual({ [hash]: 'kept' });
  });

  it('is found in a save by the declared type of its field', () => {
    const set = { 'photos.row00001': { hash: 'a' }, 'remarks.row00001': { text: 'b' }, outcome: 'met_person', 'photos.row00002': null, 'gone.row00001': { hash: 'c' } };
    expect(hashesIn('home_visit', set)).toEqual(['a']);
    expect(hashesIn('unknown_kind', set)).toEqual([]);
  });

  it('goes when it is taken out before saving, and stays once it is saved', async () => {
    const [one, other] = [await takes('one'), await takes('other')];
    await saves(one);
    await forgetKept(store, one);
    await forgetKept(store, other);
    expect(await statuses()).toEqual({ [one]: 'waiting' });
    expect([await store.count('file_bytes'), await contentOf(store, one) !== undefined]).toEqual([1, true]);
  });
});

describe('the way to the centre', () => {
  it('sends the oldest first and tells which record has news', async () => {
    const late = await takes('late', now + 1000);
    const early = await takes('early', now);
    await saves(late, early);
    const { came, changed, meets } = centre();
    expect(await meets()).toBe('ok');
    expect(came).toEqual(['early', 'late']);
    expect(changed).toEqual([[visit], [visit]]);
    expect(await statuses()).toEqual({ [late]: 'delivered', [early]: 'delivered' });
    expect(await meets()).toBe('ok');
    expect(came).toHaveLength(2);
  });

  it('stops after the file under way when its person pauses, and goes on with the next', async () => {
    await saves(await takes('one', now), await takes('other', now + 1));
    const { came, may, meets } = centre(() => {
      may.go = false;
      return { status: 'delivered' };
    });
    expect(await meets()).toBe('ok');
    expect(came).toEqual(['one']);
    expect(await waitingFiles(store)).toHaveLength(1);
    may.go = true;
    await meets();
    expect(came).toEqual(['one', 'other']);
  });

  it.each(['offline', 'signed_out'] as const)('keeps what did not arrive: %s', async (status) => {
    const hash = await takes('one');
    await saves(hash);
    expect(await centre(() => ({ status })).meets()).toBe(status);
    expect((await waitingFiles(store)).map((row) => row.hash)).toEqual([hash]);
    const { came, meets } = centre();
    await meets();
    expect(came).toEqual(['one']);
  });

  it('tells what the centre will never take, and goes on with the next', async () => {
    const [bad, good] = [await takes('bad', now), await takes('good', now + 1)];
    await saves(bad, good);
    const { meets } = centre((hash) => (hash === bad ? refusal('file_not_readable') : { status: 'delivered' }));
    expect(await meets()).toBe('ok');
    expect(await statuses()).toEqual({ [bad]: 'refused', [good]: 'delivered' });
    expect((await store.get('file', bad))?.problem?.code).toBe('file_not_readable');
    expect(await contentOf(store, bad)).toBeDefined();

    await sendAgain(store, bad);
    await centre().meets();
    expect(await statuses()).toEqual({ [bad]: 'delivered', [good]: 'delivered' });
  });

  it.each(['no_room_for_files', 'too_many_files', 'failed'])('waits where another time may help: %s', async (code) => {
    const [one, other] = [await takes('one', now), await takes('other', now + 1)];
    await saves(one, other);
    const { came, meets } = centre(() => refusal(code));
    expect(await meets()).toBe('refused');
    expect(came).toEqual(['one']);
    expect(await statuses()).toEqual({ [one]: 'waiting', [other]: 'waiting' });
    expect((await store.get('file', one))?.problem?.code).toBe(code);
  });

  it('waits without a word when the centre only asks to come again, for as long as it asks', async () => {
    const hash = await takes('one');
    await saves(hash);
    const { ended } = centre(() => ({ status: 'busy', wait_seconds: 7 }));
    expect(await ended()).toEqual({ outcome: 'busy', wait_seconds: 7 });
    expect(await store.get('file', hash)).toMatchObject({ status: 'waiting', problem: null });
  });

  it('sends again what a restored centre may have lost, and nothing to the same centre twice', async () => {
    const hash = await takes('one');
    await saves(hash);
    await store.put('meta', 'first-life', 'epoch');
    const { came, meets } = centre();
    await meets();
    await meets();
    expect(came).toEqual(['one']);
    await store.put('meta', 'second-life', 'epoch');
    await meets();
    expect(came).toEqual(['one', 'one']);
    expect((await store.get('file', hash))?.epoch).toBe('second-life');
  });
});

describe('what nothing needs any more', () => {
  it('goes after its days, and a day earlier stays', async () => {
    const [delivered, drafted, waiting] = await Promise.all(['delivered', 'drafted', 'waiting', 'unnamed'].map((text) => takes(text)));
    await store.put('draft', { key: 'visit/1', kind: 'home_visit', record: null, values: { form: { photos: { row00001: { hash: drafted ?? '' } } } }, changed_at: '' });
    await saves(delivered ?? '');
    await centre().meets();
    await saves(waiting ?? '');

    await letGo(store, now + unnamedDaysMax * dayMs);
    expect(await store.count('file')).toBe(4);
    await letGo(store, now + unnamedDaysMax * dayMs + 1);
    expect(Object.keys(await statuses()).sort()).toEqual([delivered, drafted, waiting].sort());
    await letGo(store, now + deliveredDaysMax * dayMs + 1);
    expect(await statuses()).toEqual({ [drafted ?? '']: 'kept', [waiting ?? '']: 'waiting' });
    expect(await store.count('file_bytes')).toBe(2);
  });

  it('leaves the phone with its person only where the centre has it', async () => {
    const [delivered, waiting] = [await takes('delivered'), await takes('waiting')];
    await saves(delivered);
    await centre().meets();
    await saves(waiting);
    await forgetDelivered(store);
    expect(await statuses()).toEqual({ [waiting]: 'waiting' });
  });
});

describe('sizes and names', () => {
  it.each([
    [4000, 3000, 1600, 1200],
    [3000, 4000, 1200, 1600],
    [1600, 1600, 1600, 1600],
    [1601, 10, 1600, 10],
    [640, 480, 640, 480],
    [40_000, 1, 1600, 1]
  ])('keeps %i × %i at %i × %i', (width, height, to_width, to_height) => {
    expect(fitted(width, height)).toEqual({ width: to_width, height: to_height });
  });

  it('numbers files in the order they were taken, each kind by itself', () => {
    const row = (media: NamedFile['media'], at: string, name?: string): NamedFile => ({ hash: at, media, bytes: 1, taken_at: at, ...(name ? { name } : {}) });
    const rows = { c: row('photo', '2026-11-22T02:00:02Z'), a: row('photo', '2026-11-22T02:00:01Z'), b: row('voice', '2026-11-22T02:00:00Z'), d: row('photo', '2026-11-22T02:00:03Z', '门口') };
    expect(numbered(rows).map(([id, , name]) => [id, name])).toEqual([['b', '录音 1'], ['a', '照片 1'], ['c', '照片 2'], ['d', '门口']]);
  });
});
