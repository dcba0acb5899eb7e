// How interface words follow the language: both languages of a word stand side by side, so that they cannot drift.
// The words themselves stand in the files beside this one; the words of records are declared.
import { settings } from '../settings.svelte';

type Word = string | ((...details: never[]) => string);
type Member<Pair> = Pair extends readonly [infer Zh, infer En]
  ? Zh extends string ? string : Zh & En
  : Pair extends Record<string, unknown> ? { readonly [Key in keyof Pair]: Member<Pair[Key]> } : never;
export type Table = { readonly [key: string]: readonly [Word, Word] | Table };
export type Words<T> = { readonly [Key in keyof T]: Member<T[Key]> };

function isPair(entry: readonly [Word, Word] | Table): entry is readonly [Word, Word] {
  return Array.isArray(entry);
}

/** Words whose members follow `settings.language`; groups of words may be nested. Reading one in a template is reactive. */
export function words<const T extends Table>(table: T): Words<T> {
  const following: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(table)) {
    if (isPair(entry)) {
      Object.defineProperty(following, key, { enumerable: true, get: () => entry[settings.language === 'zh' ? 0 : 1] });
    } else {
      following[key] = words(entry);
    }
  }
  return following as Words<T>;
}
