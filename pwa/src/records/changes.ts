// The difference between two forms of a record as field keys, the way a save wants it. Nothing is written here.
import { isInRows } from '../schema/field_types';
import { fieldsOf, isWritable, type Field, type Json, type Values } from './declared';

function same(one: Json | undefined, other: Json | undefined): boolean {
  if (one === other) return true;
  if ((one ?? null) === null && (other ?? null) === null) return true;
  return JSON.stringify(one) === JSON.stringify(other);
}

function blank(value: Json | undefined): Json {
  return value === undefined || value === '' ? null : value;
}

function members(value: Json | undefined): Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** Columns without the empty ones; null when nothing is left, for a row with no words in it is no row. */
function row(value: Json | undefined): Json {
  const filled = Object.entries(members(value)).filter(([, column]) => blank(column) !== null);
  return filled.length === 0 ? null : Object.fromEntries(filled);
}

function ofField(field: Field, before: Json | undefined, after: Json | undefined): Record<string, Json> {
  const changes: Record<string, Json> = {};
  if (field.type === 'choices') {
    const [old, now] = [members(before), members(after)];
    for (const code of new Set([...Object.keys(old), ...Object.keys(now)])) {
      const was = old[code] === true;
      const is = now[code] === true;
      if (was !== is) changes[`${field.name}.${code}`] = is;
    }
  } else if (isInRows(field)) {
    const [old, now] = [members(before), members(after)];
    for (const id of new Set([...Object.keys(old), ...Object.keys(now)])) {
      const [was, is] = [row(old[id]), row(now[id])];
      if (!same(was, is) && !(was === null && is === null)) changes[`${field.name}.${id}`] = is;
    }
  } else if (!same(blank(before), blank(after))) {
    changes[field.name] = typeof after === 'string' ? blank(after.trim()) : blank(after);
  }
  return changes;
}

/** What has to be written so that `before` becomes `after`: `services.greeting`, `remarks.<row>`, or the field itself. */
export function changesOf(kind: string, before: Values, after: Values): Record<string, Json> {
  const changes: Record<string, Json> = {};
  for (const field of fieldsOf(kind)) {
    if (isWritable(field)) Object.assign(changes, ofField(field, before[field.name], after[field.name]));
  }
  return changes;
}
