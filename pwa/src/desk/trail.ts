// The trail at the desk: the question, its filters as they stand in the address, and an entry in words.
import { gql, today } from '../view';
import { moment } from '../records/dates';
import { kindOf } from '../schema/schema';
import { problemWords } from '../schema/problem_words';
import { label } from '../schema/labels';
import type { Language } from '../settings.svelte';
import { auditWords as w } from '../words/audit';

export interface Step {
  at: string; action: string; by: string; by_name: string; device: string; device_name: string | null;
  kind: string | null; record: string | null; title_zh: string | null; title_en: string | null;
  fields: string[]; tier: number | null; rule: string | null; reason: string | null;
  counts: Record<string, number>; about: string | null; device_at: string | null;
}
export interface TrailPage { items: Step[]; next: string | null }
/** What is looked for; empty texts ask for nothing. Days are local, both included. */
export interface Filter { person: string; record: string; action: string; from: string; to: string }

const trail = `query trail($person: ID, $record: ID, $actions: [String!], $from_on: String, $to_on: String, $first: Int!, $after: String) {
  trail(person: $person, record: $record, actions: $actions, from_on: $from_on, to_on: $to_on, first: $first, after: $after) {
    next items { at action by by_name device device_name kind record title_zh title_en fields tier rule reason counts about device_at } } }`;

/** One page of the trail; `after` continues where the page before ended. */
export async function askTrail(filter: Filter, after: string | null = null, first = 50): Promise<TrailPage> {
  const variables = {
    person: filter.person || null, record: filter.record || null, actions: filter.action ? [filter.action] : null,
    from_on: filter.from || null, to_on: filter.to || null, first, after
  };
  return (await gql<{ trail: TrailPage }>(trail, variables)).trail;
}

/** A day of one person that is worth a question, and by which rules; it says of nobody that anything was wrong. */
export interface OddDay { on: string; person: string; person_name: string; oddities: { rule: OddRule; count: number; usual: number }[] }
export type OddRule = keyof typeof w.odd_rules;

const oddReads = 'query odd_reads { odd_reads { on person person_name oddities { rule count usual } } }';

export async function askOddReads(): Promise<OddDay[]> {
  return (await gql<{ odd_reads: OddDay[] }>(oddReads, {})).odd_reads;
}

/** What was otherwise on a day, a line for each rule. */
export function oddWords(day: OddDay): string[] {
  return day.oddities.map(({ rule, count, usual }) => w.odd_rules[rule](count) + (usual > 0 ? w.odd_usual(usual) : ''));
}

export function filterOf(query: URLSearchParams): Filter {
  const at = (name: keyof Filter): string => query.get(name) ?? '';
  return { person: at('person'), record: at('record'), action: at('action'), from: at('from'), to: at('to') };
}

/** The address of a filter; what asks for nothing is left out. */
export function addressOf(filter: Filter): string {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== ''));
  return query.size > 0 ? `/audit?${query}` : '/audit';
}

export function actionWords(action: string): string {
  return (w.actions as Record<string, string>)[action] ?? action;
}

export function titleOf(step: Step, language: Language): string {
  const title = language === 'zh' ? step.title_zh : step.title_en;
  return title ?? kindWords(step.kind, language) ?? w.unnamed;
}

/** What there is to say besides who, when and which record; a line for each. */
export function details(step: Step, language: Language): string[] {
  const said: string[] = [];
  if (step.rule !== null) said.push(ruleWords(step.rule, language));
  for (const [kind, count] of Object.entries(step.counts)) said.push(w.counted(count, kindWords(kind, language) ?? kind));
  if (step.fields.length > 0) said.push(w.fields(step.fields.map((key) => fieldWords(step.kind, key, language)).join(language === 'zh' ? '、' : ', ')));
  if (step.reason !== null) said.push(w.reason(step.reason));
  if (step.device_at !== null) said.push(w.device_at(moment(step.device_at, today(), language)));
  if (step.device_name !== null) said.push(w.device(step.device_name));
  return said;
}

function ruleWords(rule: string, language: Language): string {
  const known = (w.rules as Record<string, string>)[rule];
  return known ?? problemWords({ code: rule, field: null, details: null }, language)[0];
}

function kindWords(kind: string | null, language: Language): string | undefined {
  return kind === null ? undefined : kindOf(kind)?.words[language].one;
}

function fieldWords(kind: string | null, key: string, language: Language): string {
  const name = key.split('.')[0] ?? key;
  return kind === null ? name : label(kind, name, language);
}
