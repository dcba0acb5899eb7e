// The closed list of rules across fields. Mirrors schema/checks.py. Not here: what a field says about itself (validate.ts).
import { minutesFrom } from './derive';
import { isEmpty, isTime } from './field_types';
import type { DeclaredKind, Json, Problem, Rule, Values } from './model';
import { fieldOf } from './schema';

/** Whether a day, time or instant lies after another; false for anything else. */
export function isLater(one: Json | undefined, other: Json | undefined): boolean {
  return typeof one === 'string' && typeof other === 'string' && one > other;
}

/** Whether somebody born on one day is younger than so many years on another; on the very birthday they are not. */
export function isUnder(born: Json | undefined, on: Json | undefined, years: number): boolean {
  if (typeof born !== 'string' || typeof on !== 'string' || !/^\d{4}/.test(born)) return false;
  return on < String(Number(born.slice(0, 4)) + years).padStart(4, '0') + born.slice(4);
}

const checks: Record<string, (rule: Rule, kind: DeclaredKind, values: Values) => Problem | undefined> = {
  order: (rule, kind, values) => {
    const [before, after] = [rule.before ?? '', rule.after ?? ''];
    const [first, last] = [values[before], values[after]];
    if (isEmpty(first) || isEmpty(last)) return undefined;
    // Two things may happen on one day; a time or an instant must be later.
    const isWrong = isLater(first, last) || (fieldOf(kind, after)?.type !== 'date' && first === last);
    return isWrong ? { code: 'out_of_order', field: after, details: { before } } : undefined;
  },
  shorter_than: (rule, _kind, values) => {
    const part = values[rule.part ?? ''];
    const whole = minutesFrom(values[rule.from ?? ''], values[rule.to ?? '']);
    if (typeof part !== 'number' || whole === undefined || part < whole) return undefined;
    return { code: 'break_too_long', field: rule.part ?? null, details: { minutes: whole } };
  },
  time_served: (rule, _kind, values) => {
    const [first, last, to] = [values[rule.from ?? ''], values[rule.to ?? ''], rule.to ?? null];
    if (typeof first !== 'string' || typeof last !== 'string' || !isTime(first) || !isTime(last)) return undefined;
    if (first === last) return { code: 'hours_zero', field: to };
    if (isLater(first, last)) return { code: 'hours_past_midnight', field: to };
    const whole = minutesFrom(first, last) ?? 0;
    let left = whole;
    for (const [name, code] of [[rule.break, 'break_too_long'], [rule.travel, 'travel_too_long']] as const) {
      const part = values[name ?? ''];
      if (typeof part !== 'number') continue;
      left -= part;
      if (left <= 0) return { code, field: name ?? null, details: { minutes: whole } };
    }
    return undefined;
  },
  counts_as: (rule, _kind, values) => {
    const [number, least, flag] = [values[rule.number ?? ''], Number(rule.least), rule.flag ?? ''];
    if (typeof number !== 'number' || number < least || values[flag] === true) return undefined;
    return { code: 'counts_as', field: flag, details: { least } };
  },
  under_age: (rule, _kind, values) => {
    const [needs, years] = [rule.needs ?? '', Number(rule.years)];
    if (!isEmpty(values[needs]) || !isUnder(values[rule.born ?? ''], values[rule.on ?? ''], years)) return undefined;
    return { code: 'guardian_missing', field: needs, details: { years } };
  },
  same_person: (rule, _kind, values) => {
    const [one, other] = [rule.one ?? '', rule.other ?? ''];
    if (isEmpty(values[one]) || isEmpty(values[other]) || values[one] === values[other]) return undefined;
    return { code: 'not_same_person', field: one, details: { other } };
  },
};

/** The problems of the kind's declared rules, in declared order. */
export function runChecks(kind: DeclaredKind, values: Values): Problem[] {
  return kind.checks.map((rule) => checks[rule.rule]?.(rule, kind, values)).filter((problem) => problem !== undefined);
}
