// What opens a pack: long enough that trying takes a thief days, and none of what people choose first.
import { describe, expect, it } from 'vitest';
import { digitsMin, drawnDigits, easySecret } from '../../src/day_pack/secret';

describe('the words of a pack', () => {
  it.each([
    ['', 'short'], ['7391648', 'short'], ['739 164', 'short'], ['槐树 红砖 热水', 'short'], ['a b c d', 'short'],
    ['88888888', 'repeated'], ['73917391', 'repeated'], ['12312312', 'repeated'], ['11221122', 'repeated'], ['热水 热水 热水 热水', 'repeated'],
    ['12345678', 'run'], ['98765432', 'run'], ['78901234', 'run'],
    ['19680312', 'date'], ['03121968', 'date'], ['12031968', 'date'],
    ['13800005521', 'phone'], ['71688889', 'common']
  ] as const)('“%s” are %s', (words, reason) => {
    expect(easySecret(words)).toBe(reason);
  });
  it.each(['73916482', '7391 6482', '７３９１６４８２', '槐树 红砖 热水 楼梯', 'brick stairs lamp tea'])('“%s” will do', (words) => {
    expect(easySecret(words)).toBeNull();
  });
  it('are drawn evenly, and never easy', () => {
    const drawn = Array.from({ length: 500 }, drawnDigits);
    expect(drawn.every((digits) => digits.length === digitsMin && easySecret(digits) === null)).toBe(true);
    const counts = Array.from({ length: 10 }, (_none, digit) => drawn.join('').split(String(digit)).length - 1);
    for (const count of counts) expect(Math.abs(count - 400)).toBeLessThan(120);
  });
});
