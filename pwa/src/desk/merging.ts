// What a merge of two records would make of them: which of two values stays, and what then stands under the survivor.
import { kindOf } from '../schema/schema';
import { isEqual } from '../schema/view';
import { linesOf, type Line } from './likeness';
import type { Json, NamedBy, Values } from './shapes';

export type Side = 'left' | 'right';
export interface Choice extends Line { chosen: Side }

/** The fields that differ and hold one value each. What is on one side alone is taken from there. */
export function differing(kind: string, left: Values, right: Values): Choice[] {
  const several = new Set((kindOf(kind)?.fields ?? []).filter((field) => ['rows', 'files', 'choices'].includes(field.type)).map((field) => field.name));
  return linesOf(kind, left, right)
    .filter((line) => !several.has(line.field) && !line.same && !isEqual(line.one ?? null, line.other ?? null))
    .map((line) => ({ ...line, chosen: isBlank(line.one) ? 'right' : 'left' }));
}

/** What has to be written in the record that stays. */
export function written(choices: readonly Choice[], stays: Side): Record<string, Json> {
  return Object.fromEntries(choices.filter((one) => one.chosen !== stays).map((one) => [one.field, (one.chosen === 'left' ? one.one : one.other) ?? null]));
}

export interface Counted { kind: string; count: number; moved: number }
/** What stands under the survivor, kind by kind, and how much of it comes from the other. */
export function together(kept: readonly NamedBy[], gone: readonly NamedBy[]): Counted[] {
  const of = (several: readonly NamedBy[], kind: string): number => several.find((one) => one.kind === kind)?.count ?? 0;
  return [...new Set([...kept, ...gone].map((one) => one.kind))].map((kind) => ({ kind, count: of(kept, kind) + of(gone, kind), moved: of(gone, kind) }));
}

function isBlank(value: Json | undefined): boolean {
  return value === undefined || value === null || value === '';
}
