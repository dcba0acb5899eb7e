// What a merge would make of two records, before anybody decides.
import { describe, expect, it } from 'vitest';
import { likenessTo } from '../../src/schema/likeness';
import { kindOf } from '../../src/schema/schema';
import { differing, together, written } from '../../src/desk/merging';

const left = { name: '王秀兰', household: 'h1', born_on: '1948-05-01', phone: '13800138000', vulnerabilities: { lives_alone: true } };
const right = { name: '王秀岚', household: 'h1', born_on: '1948-05-01', sex: 'female', vulnerabilities: { disabled: true } };

describe('the fields that differ', () => {
  it('are kept from where they are said, and are written only into the one that stays', () => {
    const choices = differing('resident', left, right);
    expect(choices.map((one) => [one.field, one.chosen])).toEqual([['name', 'left'], ['sex', 'right'], ['phone', 'left']]);
    expect(written(choices, 'left')).toEqual({ sex: 'female' });
    expect(written(choices, 'right')).toEqual({ name: '王秀兰', phone: '13800138000' });
    expect(written(choices.map((one) => ({ ...one, chosen: 'left' as const })), 'left')).toEqual({});
  });
});

describe('what stands under the survivor', () => {
  it('is the sum, with what comes from the other', () => {
    expect(together([{ kind: 'home_visit', count: 4 }], [{ kind: 'home_visit', count: 2 }, { kind: 'consent', count: 1 }]))
      .toEqual([{ kind: 'home_visit', count: 6, moved: 2 }, { kind: 'consent', count: 1, moved: 1 }]);
  });
});

describe('the word for how like they are', () => {
  const rules = kindOf('resident')!.duplicates;
  it.each([
    [left, { ...right, name: '王秀兰' }, false, 'very'],
    [left, right, true, 'some'],
    [left, { ...right, name: '李梅' }, false, null],
    [{ ...left, household: 'h2', born_on: null }, { ...right, name: '王秀兰' }, true, null],
  ] as const)('follows the declared signs', (one, other, sounds, word) => {
    expect(likenessTo(rules, one as never, other as never, sounds)).toBe(word);
  });
  it('takes an empty unit for an empty unit', () => {
    const home = { estate: '和平里', building: '3', room: '502' };
    const homes = kindOf('household')!.duplicates;
    expect(likenessTo(homes, home, { ...home, unit: '' }, false)).toBe('very');
    expect(likenessTo(homes, home, { ...home, unit: '1' }, false)).toBeNull();
  });
});
