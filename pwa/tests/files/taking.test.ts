// @vitest-environment happy-dom
// What is taken for a field: who is asked first, when a drawing is a signature, how paper becomes readable.
// The controls themselves, with a real camera, microphone and finger: e2e.
import { describe, expect, it } from 'vitest';
import { asPaper } from '../../src/files/picture';
import { isSigned, type Stroke } from '../../src/files/strokes';
import { taking, withFile, type Rows } from '../../src/files/taken';
import type { NamedFile } from '../../src/files/shapes';
import { askedWith, fieldOf, isAsked, questionOf } from '../../src/records/declared';
import { fileWords } from '../../src/words/files';

const file = (hash: string, bytes = 9): NamedFile => ({ hash, media: 'photo', bytes, taken_at: '2026-11-22T02:00:00Z' });
const photos = fieldOf('home_visit', 'photos');
if (!photos) throw new Error('a visit has photos');

describe('what must be known before a file is taken', () => {
  it('is asked with it and nowhere else', () => {
    expect(askedWith('home_visit', 'photos').map((field) => field.name)).toEqual(['photo_consent']);
    expect(askedWith('home_visit', 'signature').map((field) => field.name)).toEqual(['signed_how', 'signed_with']);
    expect(askedWith('home_visit', 'voice_notes').map((field) => field.name)).toEqual(['voice_whose']);
    expect(askedWith('case', 'agreement')).toEqual([]);
  });
  it('is a question of its own where it follows from another answer than a file', () => {
    for (const name of ['outcome', 'visited_on', 'follow_up_on', 'photos', 'nothing_of_this_name']) expect(questionOf('home_visit', name)).toBe(name);
  });
  it('never keeps a file from being offered', () => {
    const signature = fieldOf('home_visit', 'signature');
    expect(signature && isAsked(signature, {})).toBe(true);
  });
});

describe('a file that is taken', () => {
  it('is one row, and the same one again is no second', () => {
    const one = withFile({}, file('a')) as unknown as Rows;
    expect(Object.values(one)).toEqual([file('a')]);
    expect(withFile(one, file('a'))).toEqual(one);
    expect(Object.keys(withFile(one, file('b')) as object)).toHaveLength(2);
  });
  it('is taken up to the bound of its field, and one byte more is told', async () => {
    const most = photos.bytes_max ?? 0;
    expect(await taking(photos, async () => file('a', most))).toEqual(file('a', most));
    expect(await taking(photos, async () => file('a', most + 1))).toBe(fileWords.too_large);
  });
  it('that cannot be opened, or finds the phone full, is told in words', async () => {
    expect(await taking(photos, async () => undefined)).toBe(fileWords.not_opened);
    expect(await taking(photos, async () => { throw new DOMException('full', 'QuotaExceededError'); })).toBe(fileWords.phone_full);
    await expect(taking(photos, async () => { throw new TypeError('ours'); })).rejects.toThrow('ours');
  });
});

describe('a drawing', () => {
  const line = (length: number): Stroke => [[0.1, 0.1], [0.1 + length, 0.1]];
  it('is a signature from a certain length on, all strokes together', () => {
    expect(isSigned([])).toBe(false);
    expect(isSigned([[[0.5, 0.2]]])).toBe(false);
    expect(isSigned([line(0.14)])).toBe(false);
    expect(isSigned([line(0.08), line(0.08)])).toBe(true);
  });
});

describe('a page of paper', () => {
  const pixels = (...colours: [number, number, number][]) => new Uint8ClampedArray(colours.flatMap(([red, green, blue]) => [red, green, blue, 255]));
  it('in yellow light becomes black on white, whatever its colours', () => {
    const page = pixels(...Array.from({ length: 90 }, () => [196, 186, 160] as [number, number, number]), ...Array.from({ length: 10 }, () => [70, 60, 80] as [number, number, number]));
    asPaper(page);
    expect([...page.slice(0, 4)]).toEqual([255, 255, 255, 255]);
    expect([...page.slice(-4)]).toEqual([0, 0, 0, 255]);
  });
  it('that is all of one colour stays a page', () => {
    const page = pixels([9, 9, 9], [9, 9, 9]);
    asPaper(page);
    expect([...page]).toEqual([0, 0, 0, 255, 0, 0, 0, 255]);
  });
});
