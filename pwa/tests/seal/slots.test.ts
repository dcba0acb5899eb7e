// Slots: each opens with its own secret, and with nothing else; a weaker one than this app makes is not tried.
import { beforeAll, describe, expect, it } from 'vitest';
import { newMasterKey } from '../../src/seal/keys';
import { makeSlot, openSlot, strengthMin, strengthOf, WrongSecret, type Slot } from '../../src/seal/slots';

const bytes = (fill: number): Uint8Array<ArrayBuffer> => new Uint8Array(32).fill(fill);
const master = newMasterKey();
const strength = strengthMin;
const wrong = (reason: WrongSecret['reason']) => expect.objectContaining({ name: 'WrongSecret', reason });
const refused = (opening: Promise<unknown>, reason: WrongSecret['reason']) => expect(opening).rejects.toEqual(wrong(reason));

describe('a slot for a finger', () => {
  it('opens with what the authenticator made, and with nothing else', async () => {
    const slot = (await makeSlot('prf', master, bytes(1), { credential: 'passkey-1' })) as Slot & { kind: 'prf' };
    expect(await openSlot(slot, bytes(1))).toEqual(master);
    await refused(openSlot(slot, bytes(2)), 'wrong');
    await refused(openSlot(slot, new Uint8Array(31)), 'not_a_secret');
    expect(slot.credential).toBe('passkey-1');
  });

  it('opens with none of a thousand other answers', async () => {
    const slot = (await makeSlot('prf', master, bytes(1))) as Slot & { kind: 'prf' };
    for (let tried = 0; tried < 1_000; tried += 1) await refused(openSlot(slot, crypto.getRandomValues(new Uint8Array(32))), 'wrong');
  });

  it('stands beside others of the same master key', async () => {
    const two = (await makeSlot('prf', master, bytes(2))) as Slot & { kind: 'prf' };
    expect(await openSlot(two, bytes(2))).toEqual(master);
  });
});

describe('a slot for a PIN with the centre\'s share', () => {
  let slot: Slot & { kind: 'pin_share' };
  beforeAll(async () => { slot = (await makeSlot('pin_share', master, { pin: '271828', share: bytes(3) }, { strength })) as typeof slot; });

  it('opens with both', async () => {
    expect(await openSlot(slot, { pin: '271828', share: bytes(3) })).toEqual(master);
  });

  it('stays closed without either: with the PIN alone nobody can even try', async () => {
    await refused(openSlot(slot, { pin: '271829', share: bytes(3) }), 'wrong');
    await refused(openSlot(slot, { pin: '271828', share: bytes(0) }), 'wrong');
  });

  it.each([
    ['weaker numbers', () => ({ ...slot, strength: { memory_kib: 8, iterations: 1 } }), 'too_weak'],
    ['one iteration less', () => ({ ...slot, strength: { ...strengthMin, iterations: 1 } }), 'too_weak'],
    ['no numbers', () => ({ ...slot, strength: null }), 'too_weak'],
    ['other numbers than it was made with', () => ({ ...slot, strength: { ...strengthMin, iterations: 3 } }), 'wrong'],
    ['another salt', () => ({ ...slot, salt: bytes(9) }), 'wrong']
  ] as const)('does not open when somebody wrote %s into it', async (_what, changed, reason) => {
    await refused(openSlot(changed() as typeof slot, { pin: '271828', share: bytes(3) }), reason);
  });

  it.each(['', '12345', '12345a', ' 123456'])('is not made with the PIN “%s”', async (pin) => {
    await refused(makeSlot('pin_share', master, { pin, share: bytes(3) }, { strength }), 'not_a_secret');
  });

  it('holds nothing that a guess could be compared with but the sealed key', () => {
    expect(Object.keys(slot).sort()).toEqual(['credential', 'kind', 'made_at', 'salt', 'strength', 'until', 'wrapped']);
    expect(Buffer.from(slot.wrapped).includes(Buffer.from(master))).toBe(false);
  });
});

describe('a slot for a shift', () => {
  const until = '2026-11-22T20:00:00.000Z';
  const shift = async (words: string): Promise<Slot & { kind: 'shift' }> =>
    (await makeSlot('shift', master, { words, device: bytes(4) }, { strength, until })) as Slot & { kind: 'shift' };

  it('opens with its words until the shift is over', async () => {
    const slot = await shift('槐树 红砖 热水 楼梯');
    expect(await openSlot(slot, { words: ' 槐树  红砖 热水 楼梯 ', device: bytes(4) }, Date.parse(until) - 1)).toEqual(master);
    await refused(openSlot(slot, { words: '槐树 红砖 热水 楼梯', device: bytes(4) }, Date.parse(until)), 'over');
    await refused(openSlot({ ...slot, until: '2027-11-22T20:00:00.000Z' }, { words: '槐树 红砖 热水 楼梯', device: bytes(4) }, Date.parse(until)), 'wrong');
    await refused(openSlot(slot, { words: '槐树 红砖 热水 楼梯', device: bytes(5) }, Date.parse(until) - 1), 'wrong');
  });

  it('takes eight digits or four words, and not less', async () => {
    expect(await openSlot(await shift('7391 6482'), { words: '73916482', device: bytes(4) }, Date.parse(until) - 1)).toEqual(master);
    await refused(shift('1234567'), 'not_a_secret');
    await refused(shift('槐树 红砖 热水'), 'not_a_secret');
  });
});

describe('a slot that asks for nothing', () => {
  it('is made in a demo only', async () => {
    const slot = (await makeSlot('demo', master, null, { is_demo: true })) as Slot & { kind: 'demo' };
    expect(await openSlot(slot, null)).toEqual(master);
    await refused(makeSlot('demo', master, null), 'not_a_secret');
    await refused(makeSlot('demo', master, null, { is_demo: false }), 'not_a_secret');
  });
});

describe('how hard a guess is', () => {
  const timed = (seconds: number) => {
    let now = 0;
    return () => (now += seconds * 1000);
  };
  it.each([
    ['a quick phone', 0.05, { memory_kib: 65_536, iterations: 3 }],
    ['an ordinary one', 0.2, { memory_kib: 32_768, iterations: 3 }],
    ['one that is too slow even for the least', 5, strengthMin]
  ])('is measured on %s', async (_phone, seconds, expected) => {
    expect(await strengthOf(0.7, timed(seconds))).toEqual(expected);
  });
});
