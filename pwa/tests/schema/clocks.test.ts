// The clocks of the phone against the same table by hand as the server's (tests/schema/clocks.json), and how they are told.
import { describe, expect, it } from 'vitest';
import hand_made from '../../../tests/schema/clocks.json';
import { clockWords } from '../../src/records/clock_words';
import { deadlinesOf, isLate, nextDeadline } from '../../src/schema/clocks';
import type { Values } from '../../src/schema/model';

describe('a clock ends when people say', () => {
  it.each(hand_made as unknown as { name: string; kind: string; now: string; values: Values; clocks: unknown[] }[])('$name', (one) => {
    const told = deadlinesOf(one.kind, one.values).map((found) => [found.clock, found.due_at, found.runs, isLate(found, one.now)]);
    expect(told).toEqual(one.clocks);
  });
});

describe('a clock in words', () => {
  const raised = { raised_at: '2026-11-22T02:10:00Z', urgency: 'small' };
  const at = (values: Values, now: string, language: 'zh' | 'en' = 'zh') => {
    const next = nextDeadline('field_task', values);
    return next && clockWords('field_task', next, now, language);
  };
  it.each([
    ['2026-11-22T02:20:00Z', '接单：还剩 20 分钟，10:40 前'],
    ['2026-11-22T02:39:30Z', '接单：还剩 1 分钟，10:40 前'],
    ['2026-11-22T02:40:00Z', '接单：还剩 0 分钟，10:40 前'],
    ['2026-11-22T02:40:30Z', '接单：已超 1 分钟'],
    ['2026-11-22T03:40:00Z', '接单：已超 60 分钟'],
    ['2026-11-22T05:40:00Z', '接单：已超 3 小时'],
    ['2026-11-26T02:40:00Z', '接单：已超 4 天']
  ])('at %s: %s', (now, words) => {
    expect(at(raised, now)).toBe(words);
  });
  it('names the day where it is another', () => {
    const taken = { ...raised, accepted_at: '2026-11-22T02:15:00Z', state: 'accepted' };
    expect(at(taken, '2026-11-22T02:30:00Z')).toBe('办好：还剩 24 小时，明天 10:10 前');
    expect(at(taken, '2026-11-22T02:30:00Z', 'en')).toBe('Done: 24 hours left, by tomorrow 10:10');
    expect(at(raised, '2026-11-22T02:41:00Z', 'en')).toBe('Accept: over by 1 minute');
  });
  it('says nothing where nothing runs', () => {
    expect(at({ ...raised, state: 'closed' }, '2026-11-22T02:30:00Z')).toBeUndefined();
  });
});
