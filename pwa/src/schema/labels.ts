// What a field is called, asked and explained by, in both languages of a centre. Mirrors schema/words.py; apart from the
// declarations, because the first screen of a phone shows none of it and is loaded without.
import labels from '../generated/labels.json';
import type { Column, Labels, Language, Words } from './model';
import { fieldOf, kindOf, schema } from './schema';

type Declared = Record<string, Record<string, Labels & { columns?: Record<string, Words> }>>;

const of = new WeakMap<Column, Labels>();
for (const kind of Object.values(schema.kinds)) {
  for (const field of kind.fields) {
    const told = (labels as Declared)[kind.name]?.[field.name];
    if (told === undefined) continue;
    of.set(field, told);
    for (const column of field.columns ?? []) of.set(column, { words: told.columns?.[column.name] ?? told.words });
  }
}

/** How a declared field, or a column of one, is called, asked and explained. */
export function labelsOf(field: Column): Labels {
  return of.get(field) ?? { words: { zh: field.name, en: field.name } };
}

/** The name of a field; of one choice or row, the name of the field it belongs to. */
export function label(kindName: string, fieldKey: string, language: Language): string {
  const kind = kindOf(kindName);
  const field = kind && fieldOf(kind, fieldKey);
  return field ? labelsOf(field).words[language] : fieldKey;
}
