// The value of one field key in words, for tables that compare values. Titles of other records are given by the caller.
import { textOf } from '../records/text';
import type { Field as FormField } from '../records/declared';
import { fieldOf, kindOf, splitKey } from '../schema/schema';
import { label } from '../schema/labels';
import { choiceWords } from '../schema/words';
import type { Json, Language } from '../schema/model';
import { deskWords as w } from '../words/desk';

export type Titles = ReadonlyMap<string, string>;
export const titlesNone: Titles = new Map();

/** The name of a field key: the field, and for one of several choices which choice. */
export function keyLabel(kind: string, key: string, language: Language): string {
  const [, part] = splitKey(key);
  const field = kindOf(kind) && fieldOf(kindOf(kind)!, key);
  const name = label(kind, key, language);
  return part !== undefined && field?.type === 'choices' ? `${name} · ${choiceWords(field.of ?? '', part, language)}` : name;
}

/** The value of a field key in words; empty when there is none. A ticked choice says that it is ticked. */
export function keyText(kind: string, key: string, value: Json | undefined, language: Language, titles: Titles = titlesNone): string {
  const declared = kindOf(kind);
  const field = declared && fieldOf(declared, key);
  if (!field) return value === null || value === undefined ? '' : String(value);
  const [, part] = splitKey(key);
  if (field.type === 'choices' && part !== undefined) return value === true ? w.ticked : w.not_ticked;
  if (field.type === 'files') return textOf(field as unknown as FormField, (part === undefined ? value : { [part]: value ?? null }) as never, language);
  if (field.type === 'rows') return rowsText(kind, field, part === undefined ? value : { [part]: value ?? null }, language, titles);
  return textOf(field as unknown as FormField, value as never, language, kind, new Map(titles));
}

function rowsText(kind: string, field: { columns?: { name: string }[] }, value: Json | undefined, language: Language, titles: Titles): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return '';
  return Object.values(value)
    .filter((row): row is { [column: string]: Json } => typeof row === 'object' && row !== null)
    .map((row) => (field.columns ?? [])
      // A remark names the field it is about as it is declared; its reader knows it by its label.
      .map((column) => (column.name === 'about' ? label(kind, String(row['about'] ?? ''), language) : textOf(column as unknown as FormField, row[column.name] as never, language, undefined, new Map(titles))))
      .filter(Boolean).join(' · '))
    .join('\n');
}

/** Ids of other records that the values refer to. */
export function refsIn(kind: string, values: Record<string, Json | undefined>): string[] {
  const fields = kindOf(kind)?.fields.filter((field) => field.type === 'ref') ?? [];
  return fields.map((field) => values[field.name]).filter((value): value is string => typeof value === 'string' && value !== '');
}
