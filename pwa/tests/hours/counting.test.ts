// The same table of hours as the server counts (tests/schema/hours.json).
import { describe, expect, it } from 'vitest';
import { closesOn, counted, first_rule, ruleOn, type Rule, type Served } from '../../src/hours/counting';
import table from '../../../tests/schema/hours.json';

const plain: Served = { record: '', is_certified: false, started_at: '', ended_at: '', break_minutes: null, travel_minutes: null, shift: null, shift_minutes: null, is_over_told: false };

describe('hours', () => {
  for (const example of table.counted) {
    it(`count ${example.name}`, () => {
      const rule = { ...first_rule, ...example.rule } as Rule;
      const day = example.day.map((one) => ({ ...plain, ...one }) as Served);
      for (const order of [day, [...day].reverse()]) expect(Object.fromEntries(counted(rule, order))).toEqual(example.counts);
    });
  }
  it.each(table.closes)('of $worked_on close on $gives', ({ worked_on, closes_on_day, gives }) => {
    expect(closesOn({ ...first_rule, closes_on_day }, worked_on)).toBe(gives);
  });
  it.each(table.rule_on)('of $worked_on are counted by "$gives"', ({ worked_on, gives }) => {
    const rules = table.rules.map((rule) => ({ ...first_rule, ...rule }));
    expect(ruleOn(rules, worked_on).record).toBe(gives);
    expect(ruleOn([...rules].reverse(), worked_on).record).toBe(gives);
  });
});
