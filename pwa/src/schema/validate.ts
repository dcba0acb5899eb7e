// Judges what a person writes: one value by itself, and the record that would result. Mirrors schema/validate.py.
// Not here: who may write it (access.ts).
import { isLater, runChecks } from './checks';
import { forms, isEmpty, isInRows, isRowId, plainName, ROWS_MAX_DEFAULT } from './field_types';
import type { DeclaredKind, Field, Json, Problem, Values, When } from './model';
import { codesOf, fieldOf, kindOf, splitKey } from './schema';
import { isEqual } from './view';

/** The value in its normal form, or the problem with it. `fieldKey`: `outcome`, `services.greeting`, `remarks.<row id>`. */
export function checkWrite(kindName: string, fieldKey: string, value: Json): { value: Json } | { problem: Problem } {
  const kind = kindOf(kindName);
  if (!kind) return { problem: { code: 'unknown_kind' } };
  const field = fieldOf(kind, fieldKey);
  if (!field) return { problem: { code: 'unknown_field', field: plainName(fieldKey) } };
  const code = field.derive ? 'derived_field' : wrongKey(kind, field, splitKey(fieldKey)[1]);
  if (code) return { problem: { code, field: plainName(fieldKey) ?? field.name } };
  if (value === null) return { value };
  const judged = forms[field.type](value, field, kind);
  return 'value' in judged ? judged : { problem: { ...judged, field: fieldKey } };
}

/** The code of what is wrong with a field key: what has parts is written part by part, others whole. */
function wrongKey(kind: DeclaredKind, field: Field, part: string | undefined): string | undefined {
  if (field.type !== 'choices' && !isInRows(field)) return part === undefined ? undefined : 'unknown_field';
  if (part === undefined) return 'wrong_type';
  if (isInRows(field)) return isRowId(part, field) ? undefined : 'wrong_type';
  return codesOf(kind, field)?.includes(part) ? undefined : 'unknown_choice';
}

/** Whether a declared condition holds: every field it names has an accepted value ("*": any value at all). */
export function holds(when: When, values: Values): boolean {
  return Object.entries(when).every(([name, wanted]) => isAccepted(values[name], Array.isArray(wanted) ? wanted : [wanted]));
}

function isAccepted(value: Json | undefined, accepted: (string | number | boolean)[]): boolean {
  if (isEmpty(value)) return false;
  if (accepted.includes('*')) return true;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return accepted.some((one) => one === value);
  return accepted.some((code) => typeof code === 'string' && value[code] === true);
}

/** Whether a field must have a value, given the others. */
export function isRequired(field: Field, values: Values): boolean {
  return field.required === true || (field.required_when !== undefined && holds(field.required_when, values));
}

/**
 * What is wrong with the record that would result, in the order of its fields.
 *
 * `before` are the displayed values now, {} for a new record; `after` those that would be displayed. `today` is the
 * centre's local date, `now` "YYYY-MM-DDTHH:MM:SSZ". `written` is what the save itself sets, by default what differs;
 * `replaced` the values its author saw, from which a step between states is judged.
 */
export function validate(
  kindName: string,
  before: Values,
  after: Values,
  today: string,
  now: string,
  written?: Record<string, Json>,
  replaced?: Record<string, Json[]>,
): Problem[] {
  const kind = kindOf(kindName);
  if (!kind) return [{ code: 'unknown_kind' }];
  const moved = illegalMove(kind, before, after, written ?? {}, replaced ?? {});
  return [
    ...kind.fields.flatMap((field) => problemsOfField(field, after, today, now)),
    ...runChecks(kind, after),
    ...rewrittenRows(kind, before, after, written),
    ...unsaid(kind, before, after, written ?? {}, replaced ?? {}),
    ...untrue(kind, before, after, written ?? {}),
    ...(moved ? [moved] : []),
  ];
}

function problemsOfField(field: Field, after: Values, today: string, now: string): Problem[] {
  const value = after[field.name];
  if (isEmpty(value)) return isRequired(field, after) ? [{ code: 'missing', field: field.name }] : [];
  const problems: Problem[] = [];
  const limit = field.not_after === 'today' ? today : field.not_after === 'now' ? now : undefined;
  if (limit !== undefined) {
    if (isLater(value, limit)) problems.push({ code: 'date_in_future', field: field.name });
  } else if (field.not_after && isLater(value, after[field.not_after])) {
    problems.push({ code: 'out_of_order', field: field.name, details: { not_after: field.not_after } });
  }
  if (field.not_before === 'tomorrow') {
    if (!isLater(value, today)) problems.push({ code: 'date_not_to_come', field: field.name });
  } else if (field.not_before && isLater(after[field.not_before], value)) {
    problems.push({ code: 'out_of_order', field: field.name, details: { not_before: field.not_before } });
  }
  if (field.rows_min !== undefined && Object.keys(rowsOf(value)).length < field.rows_min && isRequired(field, after)) {
    problems.push({ code: 'too_few_rows', field: field.name, details: { min: field.rows_min } });
  }
  const rowsMax = field.rows_max ?? ROWS_MAX_DEFAULT;
  if (isInRows(field) && Object.keys(rowsOf(value)).length > rowsMax) {
    problems.push({ code: 'too_many_rows', field: field.name, details: { max: rowsMax } });
  }
  return problems;
}

function rowsOf(value: Json | undefined): { [row: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function rewrittenRows(kind: DeclaredKind, before: Values, after: Values, written?: Record<string, Json>): Problem[] {
  return kind.fields.filter((field) => field.append_only).flatMap((field) => {
    const next = rowsOf(after[field.name]);
    const isRewritten = (row: string, old: Json): boolean => {
      if (!written) return !isEqual(next[row] ?? null, old);
      const now = written[`${field.name}.${row}`];
      return now !== undefined && !isEqual(now, old);
    };
    return Object.entries(rowsOf(before[field.name]))
      .filter(([row, old]) => isRewritten(row, old))
      .map(([row]) => ({ code: 'append_only', field: `${field.name}.${row}` }));
  });
}

function unsaid(
  kind: DeclaredKind, before: Values, after: Values, written: Record<string, Json>, replaced: Record<string, Json[]>,
): Problem[] {
  return kind.fields.flatMap(({ name, says }) => {
    if (says === undefined) return [];
    const isWritten = Object.hasOwn(written, name);
    const value = (isWritten ? written[name] : after[name]) ?? null;
    const replacedHere = (isWritten && replaced[name]) || [];
    const seen = replacedHere.length > 0 ? replacedHere : [before[name] ?? null];
    if (seen.some((one) => isEqual(one, value)) || seen.every(isEmpty)) return [];
    return isEmpty((isWritten ? written : after)[says]) ? [{ code: 'missing', field: says }] : [];
  });
}

function untrue(kind: DeclaredKind, before: Values, after: Values, written: Record<string, Json>): Problem[] {
  if (Object.keys(before).length === 0) return [];
  const trails = new Set(kind.fields.flatMap((field) => field.trail ?? []));
  return [...trails].flatMap((trail) => Object.entries(rowsOf(after[trail])).flatMap(([row, columns]) => {
    if (Object.hasOwn(rowsOf(before[trail]), row)) return [];
    const { field, to } = rowsOf(columns);
    const told = kind.fields.find((one) => one.name === field && one.trail === trail)?.name;
    if (told !== undefined) {
      const value = (Object.hasOwn(written, told) ? written[told] : after[told]) ?? null;
      const isChanged = Object.hasOwn(written, told) || !isEqual(value, before[told] ?? null);
      if (isChanged && isEqual(to ?? null, value)) return [];
    }
    return [{ code: 'trail_untrue', field: `${trail}.${row}` }];
  }));
}

function illegalMove(
  kind: DeclaredKind,
  before: Values,
  after: Values,
  written: Record<string, Json>,
  replaced: Record<string, Json[]>,
): Problem | undefined {
  if (!kind.states) return undefined;
  const { field, initial, moves } = kind.states;
  const stateOf = (value: Json | undefined): string => (typeof value === 'string' ? value : initial);
  const isWritten = Object.hasOwn(written, field);
  const to = stateOf(isWritten ? written[field] : after[field]);
  const seen = (isWritten && replaced[field]) || [];
  const origins = [...new Set((seen.length > 0 ? seen : [before[field]]).map(stateOf))].sort();
  if (origins.includes(to)) return undefined;
  const any = moves.filter((move) => move.to === to && move.from.some((from) => origins.includes(from)));
  if (any.length === 0) return { code: 'illegal_move', field, details: { from: origins, to } };
  const steps = any.filter((move) => move.when === undefined || holds(move.when, after));
  if (steps.length === 0) return { code: 'another_step_first', field, details: { from: origins, to } };
  const said = isWritten ? written : after;
  const unsaid = steps.find((move) => move.says !== undefined && isEmpty(said[move.says]));
  return unsaid ? { code: 'missing', field: unsaid.says } : undefined;
}
