// The row that stays of a change whose field keeps a trail: what it became, and the sentence that was written with it. Who
// and when are those of the save. That a row tells what its save changes is judged in schema/validate.ts.
import { isEmpty, ROWS_MAX_DEFAULT } from '../schema/field_types';
import type { DeclaredKind } from '../schema/model';
import { kindOf } from '../schema/schema';
import { viewOf } from '../schema/view';
import { newRow } from './save';
import type { Claim, Json, Values } from './shapes';

const characters_max = 200;

/** What a save writes, with a row for each change of such a field in a record that is there; of a new one it tells itself. */
export function withTrail(kindName: string, claims: Claim[], written: Record<string, Json>): Record<string, Json> {
  const kind = kindOf(kindName);
  if (!kind || claims.length === 0 || !kind.fields.some((field) => field.trail)) return written;
  const before = viewOf(kindName, claims).values;
  const trails = new Set(kind.fields.flatMap((field) => field.trail ?? []));
  // A held save that is sent again brings the rows of what it meant at first.
  const all = Object.fromEntries(Object.entries(written).filter(([key]) => !trails.has(key.split('.')[0] ?? '')));
  for (const { name, trail } of kind.fields) {
    const value = all[name];
    if (trail === undefined || value === undefined || (value ?? null) === (before[name] ?? null) || isFull(kind, trail, before)) continue;
    const said = saidWith(kind, name, before[name], value, all);
    all[`${trail}.${newRow()}`] = { field: name, ...(typeof value === 'string' ? { to: value } : {}), ...(said === '' ? {} : { said }) };
  }
  return all;
}

function isFull(kind: DeclaredKind, trail: string, before: Values): boolean {
  const rows_max = kind.fields.find((field) => field.name === trail)?.rows_max ?? ROWS_MAX_DEFAULT;
  // Two places are left, since somebody else may be adding one as well.
  return Object.keys((before[trail] ?? {}) as object).length >= rows_max - 2;
}

function saidWith(kind: DeclaredKind, name: string, from: Json | undefined, to: Json, written: Record<string, Json>): string {
  const at = typeof from === 'string' ? from : kind.states?.initial;
  const of_step = kind.states?.field === name ? kind.states.moves.find((move) => move.to === to && move.from.includes(at ?? ''))?.says : undefined;
  const says = of_step ?? kind.fields.find((field) => field.name === name)?.says;
  const said = says === undefined ? undefined : written[says];
  return typeof said === 'string' && !isEmpty(said) ? [...said].slice(0, characters_max).join('') : '';
}
