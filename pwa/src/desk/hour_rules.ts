// The centre's rules for hours, as the centre tells a desk: what they say in words, and what a new one would make of a
// month. Not here: how it looks, and counting itself (hours/counting.ts and the server).
import { gql, type Values } from '../view';
import { hoursWords as w } from '../words/hours';

export interface HourRule {
  record: string; effective_on: string; round_to: number; round_how: string; break_after_minutes: number | null; break_minutes: number | null;
  over_shift_minutes: number | null; day_minutes_max: number; late_after_days: number; closes_on_day: number; after_close: string; may_certify: boolean | null; issuer: string | null; note: string | null;
}
export interface Preview { entries: number; now: number; then: number }

const rules_asked = `query hour_rules { hour_rule_list(first: 100) { items { record effective_on round_to round_how break_after_minutes break_minutes over_shift_minutes day_minutes_max late_after_days closes_on_day after_close may_certify issuer note } } }`;
const preview_asked = `query hour_rule_preview($month: String!, $rule: HourRuleInput!) { hour_rule_preview(month: $month, rule: $rule) { entries now then } }`;

/** The rules of the centre, the newest first; of two from one day the one written last. */
export async function askRules(): Promise<HourRule[]> {
  const { items } = (await gql<{ hour_rule_list: { items: HourRule[] } }>(rules_asked, {})).hour_rule_list;
  return [...items].sort((one, other) => (`${one.effective_on} ${one.record}` < `${other.effective_on} ${other.record}` ? 1 : -1));
}

/** What a rule would make of a month, `2026-11`; undefined while it is not written whole. */
export async function askPreview(month: string, values: Values): Promise<Preview | undefined> {
  if (typeof values.round_to !== 'number' || typeof values.day_minutes_max !== 'number' || typeof values.round_how !== 'string') return undefined;
  const given = ['round_to', 'round_how', 'break_after_minutes', 'break_minutes', 'over_shift_minutes', 'day_minutes_max'] as const;
  const rule = Object.fromEntries(given.map((name) => [name, values[name] ?? null]));
  return (await gql<{ hour_rule_preview: Preview }>(preview_asked, { month, rule })).hour_rule_preview;
}

/** What a rule says, line by line. */
export function linesOf(rule: HourRule): string[] {
  return [
    w.rule_rounds(rule.round_to, rule.round_how === 'nearest'),
    ...(rule.break_after_minutes !== null ? [w.rule_break(rule.break_after_minutes, rule.break_minutes ?? 0)] : []),
    ...(rule.over_shift_minutes !== null ? [w.rule_over(rule.over_shift_minutes)] : []),
    w.rule_day(String(Math.round(rule.day_minutes_max / 6) / 10)),
    w.rule_travel,
    w.rule_close(rule.closes_on_day, rule.after_close === 'refuse'),
    rule.may_certify ? w.rule_proof(rule.issuer ?? '') : w.rule_no_proof,
  ];
}

/** What a new rule begins with: the newest there is, or what counts where there is none, from tomorrow on. */
export function begunWith(rules: readonly HourRule[], tomorrow: string): Values {
  const newest = rules[0];
  const found: Values = newest
    ? { ...newest }
    : { round_to: 1, round_how: 'down', over_shift_minutes: 30, day_minutes_max: 600, late_after_days: 7, closes_on_day: 5, after_close: 'flag' };
  for (const name of ['record', 'note']) delete found[name];
  for (const [name, value] of Object.entries(found)) if (value === null) delete found[name];
  return { ...found, effective_on: tomorrow };
}
