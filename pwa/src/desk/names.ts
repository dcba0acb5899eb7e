// Names and titles as the desk shows them, in the person's language. Where the centre gives both languages, nothing is
// looked up.
import { get, today } from '../view';
import { kindOf } from '../schema/schema';
import { problemWords } from '../schema/problem_words';
import { choiceWords } from '../schema/words';
import { deskWords as w } from '../words/desk';
import type { Json, Language } from '../schema/model';
import { moment } from '../records/dates';
import { refsIn, type Titles } from './field_text';
import { askTitle } from './questions';
import type { Problem, ReviewItem } from './shapes';

/** The title of a row or record. */
export function titleOf(titled: { title_zh: string; title_en: string }, language: Language): string {
  return language === 'zh' ? titled.title_zh : titled.title_en;
}

/** 今天 08:47 for an instant or a hybrid clock. */
export function when(at: string | null | undefined, language: Language): string {
  return moment(at, today(), language);
}

/** Titles of the records that these values refer to: from this machine's copies, else from the centre. */
export async function titlesFor(kind: string, values: readonly Record<string, Json | undefined>[], language: Language): Promise<Titles> {
  const wanted = new Set(values.flatMap((one) => refsIn(kind, one)));
  const found = await Promise.all([...wanted].map(async (record) => {
    const titled = (await get(record)) ?? (await askTitle(record));
    return titled ? ([record, titleOf(titled, language)] as const) : undefined;
  }));
  return new Map(found.filter((one) => one !== undefined));
}

/** 李敏和张强; three and more with commas between. */
export function together(names: readonly string[], language: Language): string {
  if (names.length < 2) return names[0] ?? '';
  const last = names.at(-1) ?? '';
  return names.slice(0, -1).join(language === 'zh' ? '、' : ', ') + (language === 'zh' ? '和' : ' and ') + last;
}

/** Why a record comes first, in the words of its own answer: 紧急, 需要跟进. */
export function urgentWords(item: Pick<ReviewItem, 'kind' | 'values'>, language: Language): string {
  const kind = kindOf(item.kind);
  for (const name of Object.keys(kind?.review?.urgent_when ?? {})) {
    const field = kind?.fields.find((one) => one.name === name);
    const value = item.values[name];
    if (field?.type === 'choice' && typeof value === 'string') return choiceWords(field.of ?? '', value, language);
  }
  return w.urgent;
}

/** Why a save was not taken in, said to whoever decides and not to its author. */
export function heldTitle(problem: Problem | null, language: Language, kind?: string): string {
  if (!problem) return '';
  const own = (w.held_title as Record<string, string>)[problem.code];
  return own ?? problemWords(problem, language, kind)[0] ?? '';
}

/** Parts of a line of facts, the empty ones left out. */
export function line(...parts: (string | null | undefined | false)[]): string {
  return parts.filter(Boolean).join(' · ');
}
