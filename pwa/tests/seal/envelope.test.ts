// What is sealed opens in its place with its key, and nowhere else; both ways to the form are one form.
import { beforeAll, describe, expect, it } from 'vitest';
import { keyOf, NotOpened, openBytes, openRow, openRowByEngine, sealBytes, sealRow, type SealingKey } from '../../src/seal/envelope';
import { keysFrom, newMasterKey, type Keys } from '../../src/seal/keys';

const place = { store: 'view', key: '01900000-0000-7000-8000-000000000003' };
const row = { record: place.key, values: { observation: '王阿姨今天精神不错' } };
let keys: Keys;
let key: SealingKey;
beforeAll(async () => {
  keys = await keysFrom(newMasterKey());
  key = keys.of('records_2');
});

describe('a sealed row', () => {
  it('opens at once and by the browser\'s engine, and says which key it wants', async () => {
    const sealed = sealRow(key, place, row);
    expect(openRow(key, place, sealed)).toEqual(row);
    expect(await openRowByEngine(key, place, sealed)).toEqual(row);
    expect(keyOf(sealed)).toBe(2);
  });

  it('has nothing of its words, and not their length', () => {
    const [one, other] = [{ text: '好' }, { text: '好好好' }].map((words) => sealRow(key, place, words));
    expect(new TextDecoder().decode(one)).not.toContain('好');
    expect(one?.length).toBe(other?.length);
    // The same words twice do not read alike.
    expect(sealRow(key, place, row)).not.toEqual(sealRow(key, place, row));
  });

  it.each([
    ['under the key of another record', { ...place, key: '01900000-0000-7000-8000-000000000004' }],
    ['in another store', { ...place, store: 'base' }],
    ['where name and key are divided elsewhere', { store: 'vie', key: `w${place.key}` }]
  ])('does not open %s', async (_where, other) => {
    const sealed = sealRow(key, place, row);
    expect(() => openRow(key, other, sealed)).toThrow(NotOpened);
    await expect(openRowByEngine(key, other, sealed)).rejects.toThrow(NotOpened);
  });

  it('does not open with the key of another tier, nor of another person', async () => {
    const sealed = sealRow(key, place, row);
    expect(() => openRow(keys.of('records_3'), place, sealed)).toThrow(NotOpened);
    expect(() => openRow(other, place, sealed)).toThrow(NotOpened);
  });
  let other: SealingKey;
  beforeAll(async () => { other = (await keysFrom(newMasterKey())).of('records_2'); });

  it('does not open when any one of its parts was changed', () => {
    const sealed = sealRow(key, place, row);
    for (const at of [0, 1, 2, 3, 14, 15, sealed.length - 1]) {
      const changed = sealed.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(() => openRow(key, place, changed), `byte ${at}`).toThrow(NotOpened);
    }
  });

  it('is refused where it is too short to be one, or of a form that this app does not know', () => {
    expect(() => keyOf(new Uint8Array())).toThrow(NotOpened);
    expect(() => keyOf(sealRow(key, place, row).slice(0, 30))).toThrow(NotOpened);
    expect(() => keyOf(new Uint8Array(200).fill(2))).toThrow(NotOpened);
  });
});

describe('a sealed file', () => {
  it.each([0, 1, 4092, 4093, 60_000])('of %i bytes comes back as it was', async (length) => {
    const bytes = new Uint8Array(length).map((_byte, at) => at % 251);
    const sealed = await sealBytes(keys.of('files'), place, bytes.buffer);
    expect(Buffer.from(await openBytes(keys.of('files'), place, sealed)).equals(Buffer.from(bytes))).toBe(true);
    expect((sealed.length - 31) % 4096).toBe(0);
  });
});
