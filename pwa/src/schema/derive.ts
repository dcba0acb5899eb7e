// The closed list of derivations. Mirrors schema/derive.py. Not here: when a derived value is filled in (view.ts).
import { isDatetime, isTime } from './field_types';
import type { Json, Rule, Values } from './model';

function minuteOf(text: string): number | undefined {
  if (isTime(text)) return Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  if (isDatetime(text)) return Math.floor(Date.parse(text) / 60_000);
  return undefined;
}

/** Whole minutes from one time or instant to a later one of the same form; undefined if it is not later. */
export function minutesFrom(start: Json | undefined, end: Json | undefined): number | undefined {
  if (typeof start !== 'string' || typeof end !== 'string' || start.length !== end.length) return undefined;
  const [first, last] = [minuteOf(start), minuteOf(end)];
  return first !== undefined && last !== undefined && last > first ? last - first : undefined;
}

function rowsOf(value: Json | undefined): { [column: string]: Json }[] {
  const rows = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.values(value) : [];
  return rows.filter((row): row is { [column: string]: Json } => typeof row === 'object' && row !== null && !Array.isArray(row));
}

const derivations: Record<string, (rule: Rule, values: Values) => Json | undefined> = {
  minutes_between: (rule, values) => {
    const minutes = minutesFrom(values[rule.from ?? ''], values[rule.to ?? '']);
    if (minutes === undefined) return undefined;
    const taken = [values[rule.less ?? ''], values[rule.and_less ?? '']].filter((one) => typeof one === 'number');
    const less = taken.reduce((sum, one) => sum + one, 0);
    return minutes >= less ? minutes - less : undefined;
  },
  attendance: (rule, values) => {
    const [named, counted] = [rowsOf(values[rule.named ?? '']), rowsOf(values[rule.counted ?? ''])];
    if (named.length === 0 && counted.length === 0) return undefined;
    const numbers = counted.flatMap((row) => Object.values(row)).filter((one) => typeof one === 'number');
    return named.filter((row) => Object.values(row).includes(true)).length + numbers.reduce((sum, one) => sum + one, 0);
  },
};

/** The value of one derived field; undefined where what it reads does not give one. */
export function derived(rule: Rule, values: Values): Json | undefined {
  return derivations[rule.rule]?.(rule, values);
}
