// How like two records of one kind are, line by line, for the eye that decides whether they are the same thing.
import { isEqual } from '../schema/view';
import { formOrder } from './change_rows';
import type { Json, Values } from './shapes';

export interface Line { field: string; one: Json | undefined; other: Json | undefined; same: boolean }
export type Likeness = 'very' | 'some' | 'little';

/** Every field that either record has, those that agree marked. Remarks are people's own words and are not compared. */
export function linesOf(kind: string, one: Values, other: Values): Line[] {
  return formOrder(kind)
    .filter((field) => field !== 'remarks' && (has(one[field]) || has(other[field])))
    .map((field) => ({ field, one: one[field], other: other[field], same: has(one[field]) && isEqual(one[field], other[field]) }));
}

/** In words, never as a number: a figure would look more certain than it is. */
export function likenessOf(lines: readonly Line[]): Likeness {
  const both = lines.filter((line) => has(line.one) && has(line.other));
  const share = both.length === 0 ? 0 : both.filter((line) => line.same).length / both.length;
  return share >= 0.8 ? 'very' : share >= 0.5 ? 'some' : 'little';
}

function has(value: Json | undefined): boolean {
  return value !== null && value !== undefined && value !== '' && !(typeof value === 'object' && Object.keys(value).length === 0);
}
