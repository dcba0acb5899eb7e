// A record's claims turned into what is displayed, and what is in conflict. Mirrors schema/view.py.
// Not here: storing claims, or judging values (validate.ts).
import { derived } from './derive';
import { isEmpty, isInRows } from './field_types';
import type { Claim, DeclaredKind, Field, Json, Values, View } from './model';
import { codesOf, fieldOf, kindOf } from './schema';

/** Displayed values and open conflicts of a record with these live claims, in any order. */
export function viewOf(kindName: string, claims: Iterable<Claim>): View {
  const kind = kindOf(kindName);
  if (!kind) return { values: {}, conflicts: {} };
  const byKey = new Map<string, Claim[]>();
  for (const claim of claims) {
    const versions = byKey.get(claim.field_key);
    if (versions) versions.push(claim);
    else if (fieldOf(kind, claim.field_key)) byKey.set(claim.field_key, [claim]);
  }
  const shown = new Map<string, Json>();
  const conflicts: Record<string, Claim[]> = {};
  for (const key of [...byKey.keys()].sort()) {
    const versions = (byKey.get(key) ?? []).sort(newestFirst);
    const [field, newest] = [fieldOf(kind, key), versions[0]];
    if (!field || !newest) continue;
    shown.set(key, displayed(kind, field, newest, versions));
    if (versions.some((claim) => !sameValue(field, claim.value, newest.value))) conflicts[key] = versions;
  }
  return { values: complete(kind, gathered(kind, shown)), conflicts };
}

/** The same values with every derived field calculated anew; for a form whose values are not claims yet. */
export function withDerived(kindName: string, values: Values): Values {
  const kind = kindOf(kindName);
  return kind ? complete(kind, values) : values;
}

/** Whether two claims say the same. Empty is empty however it is written; an unchosen choice is false or null. */
export function sameValue(field: Field, one: Json | undefined, other: Json | undefined): boolean {
  if (field.type === 'choices') return (one === true) === (other === true);
  return (isEmpty(one) && isEmpty(other)) || isEqual(one, other) || areNear(field, one, other);
}

/** Whether two times of a field lie so close that they tell of one moment; a value of a foreign form is near none. */
function areNear(field: Field, one: Json | undefined, other: Json | undefined): boolean {
  if (field.near_minutes === undefined || typeof one !== 'string' || typeof other !== 'string') return false;
  const [first, second] = [one, other].map((value) => Date.parse(field.type === 'time' ? `2000-01-01T${value}:00Z` : value));
  return Math.abs((first ?? NaN) - (second ?? NaN)) <= field.near_minutes * 60_000;
}

/** Whether two plain JSON values are equal; the order of an object's members says nothing. */
export function isEqual(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) || Array.isArray(other)) {
    return Array.isArray(one) && Array.isArray(other) && one.length === other.length && one.every((value, at) => isEqual(value, other[at]));
  }
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => Object.hasOwn(other, name) && isEqual(one[name], other[name]));
}

function newestFirst(one: Claim, other: Claim): number {
  if (one.made_at !== other.made_at) return one.made_at < other.made_at ? 1 : -1;
  return one.save_key < other.save_key ? 1 : -1;
}

function displayed(kind: DeclaredKind, field: Field, newest: Claim, versions: Claim[]): Json {
  const given = versions.map((claim) => claim.value).filter((value) => !isEmpty(value));
  const first = given[0];
  if (!field.merge || first === undefined) return newest.value;
  const sign = field.merge === 'max' ? 1 : -1;
  // The first of equals is kept, which is the newest. A clearing never outranks a value.
  return given.reduce((best, value) => (sign * compareRanks(kind, field, value, best) > 0 ? value : best), first);
}

function compareRanks(kind: DeclaredKind, field: Field, one: Json, other: Json): number {
  const codes = field.type === 'choices' ? undefined : codesOf(kind, field);
  if (codes) return codes.indexOf(String(one)) - codes.indexOf(String(other));
  if (typeof one === 'string' || typeof other === 'string') return String(one) < String(other) ? -1 : one === other ? 0 : 1;
  return Number(one) - Number(other);
}

/** Field keys put together: `services.greeting` under `services`, in declared order of the choices. */
function gathered(kind: DeclaredKind, shown: Map<string, Json>): Values {
  const values: Values = {};
  for (const field of kind.fields) {
    if (field.type !== 'choices' && !isInRows(field)) {
      const value = shown.get(field.name) ?? null;
      if (value !== null) values[field.name] = value;
      continue;
    }
    const parts = partsOf(field.name, shown);
    const kept = isInRows(field) ? parts.filter(([, value]) => value !== null) : chosen(kind, field, new Map(parts));
    if (kept.length > 0) values[field.name] = Object.fromEntries(kept);
  }
  return values;
}

function partsOf(name: string, shown: Map<string, Json>): [string, Json][] {
  return [...shown].filter(([key]) => key.startsWith(`${name}.`)).map(([key, value]) => [key.slice(name.length + 1), value]);
}

function chosen(kind: DeclaredKind, field: Field, parts: Map<string, Json>): [string, Json][] {
  return (codesOf(kind, field) ?? []).filter((code) => parts.get(code) === true).map((code) => [code, true]);
}

function complete(kind: DeclaredKind, values: Values): Values {
  const whole = { ...values };
  if (kind.states) whole[kind.states.field] ??= kind.states.initial;
  for (const field of kind.fields) {
    if (!field.derive) continue;
    const value = derived(field.derive, whole);
    if (value === undefined) delete whole[field.name];
    else whole[field.name] = value;
  }
  return whole;
}
