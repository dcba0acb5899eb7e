// @vitest-environment happy-dom
// What the desk decides about a register: what a column is first taken for, what one repair changes, what is too large.
import { describe, expect, it } from 'vitest';
import { blockOf, fileBytesMax, fileOf, firstChoice, mended, spans, targets, undecided, without, type RegisterColumn } from '../../src/desk/register';

const column = (position: number, given: Partial<RegisterColumn> = {}): RegisterColumn => ({
  position, heading: '', kind: null, field: null, guess_kind: null, guess_field: null, how: 'none', samples: [], lost: 0, id_number: false, ...given,
});

describe('a column', () => {
  it('is first taken for what its heading says, else what it looks like, else for nothing', () => {
    const known = column(0, { kind: 'household', field: 'room', guess_kind: 'resident', guess_field: 'name' });
    expect(firstChoice([known, column(1, { guess_kind: 'resident', guess_field: 'sex' }), column(2)])).toEqual({ 0: 'household.room', 1: 'resident.sex', 2: '' });
  });
  it('can be any declared field of a home or a resident that stands in one cell, and nothing else', () => {
    expect(targets()).toEqual(expect.arrayContaining(['shared.address', 'household.room', 'resident.born_on', 'household.team']));
    expect(targets().filter((target) => ['resident.household', 'resident.remarks', 'resident.id_number'].includes(target))).toEqual([]);
  });
});

describe('a repair', () => {
  it('mends every cell that says the same, and the last word about a text counts', () => {
    const once = mended(undecided, 5, ['公', '雄'], '男');
    expect(mended(once, 5, ['公'], '女').fixes).toEqual([{ position: 5, text: '雄', to: '男' }, { position: 5, text: '公', to: '女' }]);
    expect(mended(once, 6, ['公'], '').fixes).toHaveLength(3);
  });
  it('leaves each row out once', () => {
    expect(without(without(undecided, [7, 3]), [3, 12]).left_out).toEqual([3, 7, 12]);
  });
});

describe('a file', () => {
  it('of the largest size is read whole, and one byte more not at all', async () => {
    expect((await fileOf(new File([new Uint8Array(fileBytesMax)], 'a.xlsx')))?.content).toHaveLength(4 * Math.ceil(fileBytesMax / 3));
    expect(await fileOf(new File([new Uint8Array(fileBytesMax + 1)], 'a.xlsx'))).toBeNull();
    expect(blockOf('字'.repeat(fileBytesMax / 2))).toBeNull();
  });
  it('that was pasted travels as text with its tabs', () => {
    expect(new TextDecoder().decode(Uint8Array.from(atob(blockOf(' 姓名\t房号 ')?.content ?? ''), (sign) => sign.charCodeAt(0)))).toBe('姓名\t房号\n');
  });
});

it('names rows as people read them', () => {
  expect(spans([3, 4, 5, 9])).toBe('3–5, 9');
  expect(spans([1, 3, 5], 2)).toBe('1, 3 …');
});
