// The declared words in a person's language: choices, titles of records. Mirrors schema/words.py.
// Not here: labels (labels.ts), problems with their next step (problem_words.ts), the interface's own words (src/words).
import { isDatetime, isEmpty } from './field_types';
import type { DeclaredKind, Field, Json, Language, Values } from './model';
import { fieldOf, kindOf, schema } from './schema';

/** (kind name, "person" or "team"; id) -> the title or name; undefined if it is not known here. */
export type Lookup = (of: string, id: string) => string | undefined;

const SEPARATOR = ' · ';
const PLACE = /\{([^{}]*)\}/g;
const OPTIONAL = /\[([^[\]]*)\]/g;
const CHINA_MS = 8 * 3_600_000;

/** The words of a code; `of` is a vocabulary, or `case.stage` for a state. An unknown code is shown as it is. */
export function choiceWords(of: string, code: string, language: Language): string {
  const [kind = '', field] = of.split('.');
  const choices = field === undefined ? schema.vocabularies[of] : kindOf(kind)?.states?.states;
  return choices?.find((choice) => choice.code === code)?.[language] ?? code;
}

/** The title of a record from its displayed values; see schema/README.md for what a template may say. */
export function titleOf(kindName: string, values: Values, language: Language, lookup: Lookup): string {
  const kind = kindOf(kindName);
  if (!kind) return '';
  // A place stands in several passes, and may be the title of another record with places of its own.
  const known = new Map<string, string>();
  const place = (names: string): string => {
    let words = known.get(names);
    if (words === undefined) {
      words = names.split('|').map((name) => shown(kind, fieldOf(kind, name), values[name], language, lookup)).find(Boolean) ?? '';
      known.set(names, words);
    }
    return words;
  };
  const placesOf = (part: string): string[] => [...part.matchAll(PLACE)].map((match) => place(match[1] ?? ''));
  const filled = (part: string): string => {
    const places = placesOf(part);
    return places.length > 0 && !places.some(Boolean) ? '' : part.replace(PLACE, (_, names: string) => place(names)).replace(/^ +| +$/g, '');
  };
  const template = kind.title[language].replace(OPTIONAL, (_, inner: string) => (placesOf(inner).every(Boolean) ? inner : ''));
  return template.split(SEPARATOR).map(filled).filter(Boolean).join(SEPARATOR) || kind.words[language].one;
}

function shown(kind: DeclaredKind, field: Field | undefined, value: Json | undefined, language: Language, lookup: Lookup): string {
  if (field?.type === 'integer' && typeof value === 'number') return String(value);
  if (!field || typeof value !== 'string' || isEmpty(value)) return '';
  if (field.type === 'ref') return lookup(field.of ?? '', value) ?? '';
  if (field.type === 'person' || field.type === 'team') return lookup(field.type, value) ?? '';
  if (field.type === 'state') return choiceWords(`${kind.name}.${field.name}`, value, language);
  if (field.type === 'choice') return choiceWords(field.of ?? '', value, language);
  if (field.type === 'datetime' && isDatetime(value)) {
    return new Date(Date.parse(value) + CHINA_MS).toISOString().slice(0, 16).replace('T', ' ');
  }
  return value;
}
