// The keys of a person: one for each purpose, the same from the same master key, and gone when locked.
import { describe, expect, it } from 'vitest';
import { openRow, sealRow } from '../../src/seal/envelope';
import { keysFrom, Locked, newMasterKey, type Purpose } from '../../src/seal/keys';

const purposes: Purpose[] = ['records_1', 'records_2', 'records_3', 'outbox', 'files', 'facts', 'search'];
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('keys', () => {
  it('follow from the master key alone, each different', async () => {
    const master = newMasterKey();
    const [one, again] = [await keysFrom(master), await keysFrom(master.slice())];
    expect(purposes.map((purpose) => hex(one.of(purpose).raw))).toEqual(purposes.map((purpose) => hex(again.of(purpose).raw)));
    expect(new Set(purposes.map((purpose) => hex(one.of(purpose).raw))).size).toBe(purposes.length);
    expect(hex(one.of('files').raw)).not.toBe(hex(master));
    expect(hex((await keysFrom(newMasterKey())).of('files').raw)).not.toBe(hex(one.of('files').raw));
  });

  it('are what HKDF with SHA-256 makes of it, so that another program could open the store', async () => {
    const keys = await keysFrom(new Uint8Array(32).fill(7));
    const { hkdfSync } = await import('node:crypto');
    expect(hex(keys.of('records_2').raw)).toBe(hex(new Uint8Array(hkdfSync('sha256', Buffer.alloc(32, 7), '', 'doorstep 1 records_2', 32))));
  });

  it('name a text always alike, and unlike any other phone', async () => {
    const [one, other] = [await keysFrom(newMasterKey()), await keysFrom(newMasterKey())];
    expect(one.named('view kind case')).toEqual(one.named('view kind case'));
    expect(one.named('view kind case')).toHaveLength(16);
    expect(one.named('view kind cas')).not.toEqual(one.named('view kind case'));
    expect(other.named('view kind case')).not.toEqual(one.named('view kind case'));
  });

  it('are zeros in memory once locked, and nothing is sealed, opened or named any more', async () => {
    const master = newMasterKey();
    const keys = await keysFrom(master);
    const held = keys.of('records_2');
    const sealed = sealRow(held, { store: 'view', key: 'one' }, { a: 1 });
    keys.lock();
    expect(keys.is_locked()).toBe(true);
    expect([...held.raw, ...master].every((byte) => byte === 0)).toBe(true);
    for (const use of [() => keys.master(), () => keys.of('records_2'), () => keys.numbered(2), () => keys.named('x')]) expect(use).toThrow(Locked);
    expect(() => openRow(held, { store: 'view', key: 'one' }, sealed)).toThrow();
  });
});
