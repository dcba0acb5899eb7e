// How the forms read a declaration: a field by name, the sections, what is asked now. The declarations themselves
// are generated; nothing is named here by hand.
import { isEmpty } from '../schema/field_types';
import type { Column, DeclaredKind, Field, Json, Language, Values, Words } from '../schema/model';
import { kindOf } from '../schema/schema';
import { holds, isRequired } from '../schema/validate';

export type { Column, Field, Json, Language, Values };
export interface Section { words: Words; fields: string[] }

/** The declaration of a kind, or undefined for a kind this version of the app does not know. */
export function declared(kind: string): DeclaredKind | undefined {
  return kindOf(kind);
}

export function fieldsOf(kind: string): Field[] {
  return kindOf(kind)?.fields ?? [];
}

export function fieldOf(kind: string, name: string): Field | undefined {
  return fieldsOf(kind).find((field) => field.name === name);
}

/** What may be written: neither calculated nor retired. */
export function isWritable(field: Field): boolean {
  return field.derive === undefined && !field.retired;
}

/** The sections of a kind's form, limited to `only` where given, in the declared order. */
export function sectionsOf(kind: string, only?: string[]): Section[] {
  const writable = new Set(fieldsOf(kind).filter(isWritable).map((field) => field.name));
  const sections = (declared(kind)?.form ?? []).map((section) => ({
    words: { zh: section.zh, en: section.en },
    fields: section.fields.filter((name) => writable.has(name) && (only === undefined || only.includes(name)))
  }));
  const drawn = new Set(sections.flatMap((section) => section.fields));
  const rest = (only ?? []).filter((name) => writable.has(name) && !drawn.has(name));
  if (rest.length > 0) sections.push({ words: { zh: '', en: '' }, fields: rest });
  return sections.filter((section) => section.fields.length > 0);
}

/** Whether somebody has given a value; a choice set back to "no" counts as none. */
export function isFilled(value: Json | undefined): boolean {
  if (isEmpty(value)) return false;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.values(value).some((one) => one !== false && one !== null);
  return true;
}

/**
 * Whether the field is asked at all: one that is needed only for certain answers stays away until such an answer is
 * given, so that a form is no longer than the situation.
 */
export function isAsked(field: Field, values: Values): boolean {
  // A file is what its other questions follow from: it is always offered.
  if (field.type === 'files') return true;
  if (field.asked_when !== undefined) return isFilled(values[field.name]) || holds(field.asked_when, values);
  if (field.required_when === undefined || isFilled(values[field.name])) return true;
  return Object.values(field.required_when).includes('*') || holds(field.required_when, values);
}

/** Whether a form asks why: only once the value that stood there became another one. */
export function isReasonAsked(kind: string, name: string, values: Values, before: Values): boolean {
  const told = fieldsOf(kind).filter((field) => field.says === name);
  return told.length === 0 || told.some((field) => isFilled(before[field.name]) && (values[field.name] ?? null) !== before[field.name]);
}

/**
 * The question in which a field is asked: itself, but for what is needed only with a file and so is asked by the control of
 * the files, before one is taken (who agreed to a photo, how a signature came about).
 */
export function questionOf(kind: string, name: string): string {
  const field = fieldOf(kind, name);
  if (!field || field.type === 'files') return name;
  const others = Object.keys(field.required_when ?? {});
  return filesAmong(kind, others) ?? filesAmong(kind, others.flatMap((other) => Object.keys(fieldOf(kind, other)?.required_when ?? {}))) ?? name;
}

function filesAmong(kind: string, names: string[]): string | undefined {
  return names.find((name) => fieldOf(kind, name)?.type === 'files');
}

/** The fields that the control of a question asks beside its own, in the declared order. */
export function askedWith(kind: string, question: string): Field[] {
  return fieldsOf(kind).filter((field) => field.name !== question && isWritable(field) && questionOf(kind, field.name) === question);
}

export { isRequired };
