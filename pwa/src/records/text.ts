// A value in the words a person reads. Titles of other records are looked up by the caller, because that takes time.
import { nameOf, session, today } from '../view';
import { numbered } from '../files/names';
import type { NamedFile } from '../files/shapes';
import { recordWords as w } from '../words/records';
import { dayWords, minutesWords, moment } from './dates';
import type { Field, Json, Language } from './declared';
import { declared } from './declared';
import { optionsOf } from './options';

/** The name of a team; its id where the list of teams does not hold it. */
export function teamName(team: string): string {
  return session.me?.teams.find((one) => one.id === team)?.name ?? team;
}

/** One value as text; empty when there is none. `titles` gives the titles of records that are referred to. */
export function textOf(field: Field, value: Json | undefined, language: Language, kind?: string, titles?: Map<string, string>): string {
  if (value === null || value === undefined || value === '') return '';
  switch (field.type) {
    case 'choice':
      return optionsOf(field.of ?? '', language, [String(value)]).find((one) => one.value === value)?.text ?? String(value);
    case 'choices': {
      const on = Object.entries(value as Record<string, boolean>).filter(([, is]) => is).map(([code]) => code);
      const known = optionsOf(field.of ?? '', language, on).filter((one) => on.includes(one.value));
      return known.map((one) => one.text).join(language === 'zh' ? '、' : ', ');
    }
    case 'state':
      return (kind && declared(kind)?.states?.states.find((state) => state.code === value)?.[language]) || String(value);
    case 'person':
      return nameOf(String(value));
    case 'team':
      return teamName(String(value));
    case 'ref':
      return titles?.get(String(value)) ?? '';
    case 'date':
      return dayWords(String(value), language, today());
    case 'datetime':
      return moment(String(value), today(), language);
    case 'files':
      return numbered(value as unknown as Record<string, NamedFile>).map(([, , name]) => name).join(language === 'zh' ? '、' : ', ');
    case 'boolean':
      return value ? w.yes : w.no;
    case 'integer':
      return field.derive !== undefined && /minutes/.test(field.name) ? minutesWords(Number(value), language) : String(value);
    default:
      return String(value);
  }
}
