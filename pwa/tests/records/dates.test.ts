// Days and times as people read them.
import { describe, expect, it } from 'vitest';
import { age, clock, dayOf, daysBetween, dayWords, lunarWords, minutesWords, moment, nearDay, plusDays } from '../../src/records/dates';
import { maskedPhone, spacedPhone, telephone } from '../../src/records/phones';

describe('days', () => {
  it('are counted over months and leap years', () => {
    expect(plusDays('2026-11-29', 3)).toBe('2026-12-02');
    expect(plusDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(daysBetween('2026-10-21', '2026-11-22')).toBe(32);
  });
  it('are said in words, with the year only when it is another', () => {
    expect(dayWords('2026-11-20', 'zh', '2026-11-22')).toBe('11 月 20 日 周五');
    expect(dayWords('2025-11-20', 'zh', '2026-11-22')).toBe('2025 年 11 月 20 日 周四');
    expect(dayWords('2026-11-20', 'en', '2026-11-22')).toBe('Fri 20 Nov');
    expect(dayWords(null, 'zh')).toBe('');
    expect(nearDay('2026-11-21', '2026-11-22', 'zh')).toBe('昨天');
    expect(nearDay('2026-11-25', '2026-11-22', 'en')).toBe('Wed 25 Nov');
  });
  it('have a lunar name', () => {
    expect(lunarWords('2026-11-20', 'zh')).toBe('农历十月十二');
    expect(lunarWords('2026-02-17', 'zh')).toBe('农历正月初一');
    expect(lunarWords('2026-11-20', 'en')).toBe('lunar 10/12');
  });
  it('make an age on the birthday and not the day before', () => {
    expect(age('1948-11-22', '2026-11-22')).toBe(78);
    expect(age('1948-11-23', '2026-11-22')).toBe(77);
  });
});

describe('times', () => {
  it('are those of the centre’s clock wherever the phone is', () => {
    expect(clock('2026-11-22T00:47:00Z')).toBe('08:47');
    expect(dayOf('2026-11-21T16:30:00Z')).toBe('2026-11-22');
    expect(moment('2026-11-22T00:47:00Z', '2026-11-22', 'zh')).toBe('今天 08:47');
    expect(moment(`${Date.parse('2026-11-21T09:20:00Z')}-0001`, '2026-11-22', 'zh')).toBe('昨天 17:20');
    expect(moment(null, '2026-11-22', 'zh')).toBe('');
  });
  it('of service are hours and minutes', () => {
    expect(minutesWords(150, 'zh')).toBe('2 小时 30 分');
    expect(minutesWords(120, 'zh')).toBe('2 小时');
    expect(minutesWords(0, 'en')).toBe('0 min');
  });
});

describe('a telephone number', () => {
  it('is covered but for its ends, shown as it is read aloud, dialled as it is', () => {
    expect(maskedPhone('138 0000 5521')).toBe('138 **** 5521');
    expect(maskedPhone('12345')).toBe('****');
    expect(spacedPhone('13800005521')).toBe('138 0000 5521');
    expect(telephone('+86 138-0000-5521')).toBe('tel:+8613800005521');
  });
});
