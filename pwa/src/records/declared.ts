// How the forms read a declaration: a field by name, the sections, what is asked now. The declarations themselves
// are generated; nothing is named here by hand.
import { schema } from '../schema/schema'

export type Language = 'zh' | 'en'
export type Json = string | number | boolean | null | undefined | { [key: string]: Json } | Json[]
export type Values = Record<string, Json>
export interface Words { zh: string; en: string }
export interface Condition { [field: string]: string | string[] }

export interface Field {
  name: string
  type: string
  words: Words
  ask?: Words
  help?: Words
  required?: boolean
  required_when?: Condition
  min?: number
  max?: number
  not_after?: string
  not_before?: string
  of?: string
  role?: string
  derive?: unknown
  columns?: Field[]
  append_only?: boolean
  rows_max?: number
  retired?: boolean | string
}
export interface Section { words: Words; fields: string[] }
interface Move { from: string[]; to: string; by: string[] }
interface States { field: string; initial: string; states: { code: string; zh: string; en: string }[]; moves: Move[] }
interface Declaration {
  name: string
  icon: string
  version: number
  words: Record<Language, { one: string; many: string }>
  fields: Field[]
  form: (Words & { fields: string[] })[]
  states: States | null
}

/** The declaration of a kind, or undefined for a kind this version of the app does not know. */
export function declared(kind: string): Declaration | undefined {
  return (schema.kinds as unknown as Record<string, Declaration>)[kind]
}

export function fieldsOf(kind: string): Field[] {
  return declared(kind)?.fields ?? []
}

export function fieldOf(kind: string, name: string): Field | undefined {
  return fieldsOf(kind).find((field) => field.name === name)
}

/** What may be written: neither calculated nor retired. */
export function isWritable(field: Field): boolean {
  return field.derive === undefined && !field.retired
}

/** The sections of a kind's form, limited to `only` where given, in the declared order. */
export function sectionsOf(kind: string, only?: string[]): Section[] {
  const writable = new Set(fieldsOf(kind).filter(isWritable).map((field) => field.name))
  const inForm = declared(kind)?.form ?? []
  const sections = inForm.map((section) => ({
    words: { zh: section.zh, en: section.en },
    fields: section.fields.filter((name) => writable.has(name) && (only === undefined || only.includes(name))),
  }))
  const drawn = new Set(sections.flatMap((section) => section.fields))
  const rest = (only ?? []).filter((name) => writable.has(name) && !drawn.has(name))
  if (rest.length > 0) sections.push({ words: { zh: '', en: '' }, fields: rest })
  return sections.filter((section) => section.fields.length > 0)
}

function isFilled(value: Json): boolean {
  if (value === null || value === undefined || value === '') return false
  if (typeof value === 'object' && !Array.isArray(value)) return Object.values(value).some((one) => one !== false && one !== null)
  return true
}

function holds(condition: Condition, values: Values): boolean {
  return Object.entries(condition).every(([name, wanted]) => {
    const value = values[name]
    if (wanted === '*') return isFilled(value)
    return Array.isArray(wanted) ? wanted.includes(String(value)) : value === wanted
  })
}

/** Whether the field must be filled, given what is filled already. */
export function isRequired(field: Field, values: Values): boolean {
  return field.required === true || (field.required_when !== undefined && holds(field.required_when, values))
}

/**
 * Whether the field is asked at all: one that is needed only for certain answers stays away until such an answer is
 * given, so that a form is no longer than the situation.
 */
export function isAsked(field: Field, values: Values): boolean {
  if (field.required_when === undefined || isFilled(values[field.name])) return true
  const conditions = Object.values(field.required_when)
  return conditions.includes('*') || holds(field.required_when, values)
}

export { isFilled }
