// The difference between two forms of a record as field keys, the way a save wants it. Nothing is written here.
import { fieldsOf, isWritable, type Field, type Json, type Values } from './declared'

function same(one: Json, other: Json): boolean {
  if (one === other) return true
  if ((one ?? null) === null && (other ?? null) === null) return true
  return JSON.stringify(one) === JSON.stringify(other)
}

function blank(value: Json): Json {
  return value === '' || value === undefined ? null : value
}

function members(value: Json): Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

/** Columns without the empty ones; null when nothing is left, for a row with no words in it is no row. */
function row(value: Json): Json {
  const filled = Object.entries(members(value)).filter(([, column]) => blank(column) !== null)
  return filled.length === 0 ? null : Object.fromEntries(filled)
}

function ofField(field: Field, before: Json, after: Json): Record<string, Json> {
  const changes: Record<string, Json> = {}
  if (field.type === 'choices') {
    const [old, now] = [members(before), members(after)]
    for (const code of new Set([...Object.keys(old), ...Object.keys(now)])) {
      const was = old[code] === true
      const is = now[code] === true
      if (was !== is) changes[`${field.name}.${code}`] = is
    }
  } else if (field.type === 'rows') {
    const [old, now] = [members(before), members(after)]
    for (const id of new Set([...Object.keys(old), ...Object.keys(now)])) {
      const [was, is] = [row(old[id]), row(now[id])]
      if (!same(was, is) && !(was === null && is === null)) changes[`${field.name}.${id}`] = is
    }
  } else if (!same(blank(before), blank(after))) {
    changes[field.name] = typeof after === 'string' ? blank(after.trim()) : blank(after)
  }
  return changes
}

/** What has to be written so that `before` becomes `after`: `services.greeting`, `remarks.<row>`, or the field itself. */
export function changesOf(kind: string, before: Values, after: Values): Record<string, Json> {
  const changes: Record<string, Json> = {}
  for (const field of fieldsOf(kind)) {
    if (isWritable(field)) Object.assign(changes, ofField(field, before[field.name], after[field.name]))
  }
  return changes
}

/** The form's values with the changes of a save laid over them; what a held save wanted the record to be. */
export function withChanges(values: Values, set: Record<string, Json>): Values {
  const after: Values = { ...values }
  for (const [key, value] of Object.entries(set)) {
    const dot = key.indexOf('.')
    if (dot < 0) {
      after[key] = value
      continue
    }
    const name = key.slice(0, dot)
    const inside = { ...members(after[name]) }
    if (value === null || value === false) delete inside[key.slice(dot + 1)]
    else inside[key.slice(dot + 1)] = value
    after[name] = inside
  }
  return after
}
