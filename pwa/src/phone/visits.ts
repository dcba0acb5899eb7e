// What the visits of a home tell: the last one, the open follow-ups, one visit as a sentence. Reading them is the
// screen's.
import { choiceWords } from '../schema/words';
import { dayWords, daysBetween } from '../records/dates';
import type { Language } from '../records/dates';
import { isAhead } from './route';

export interface VisitLike { record: string; values: { [field: string]: unknown } }

const met = ['met_person', 'met_family'];
const text = (value: unknown) => (typeof value === 'string' ? value : '');

/** Visits that were carried out, newest first. */
export function carriedOut<V extends VisitLike>(visits: V[]): V[] {
  return visits
    .filter((visit) => text(visit.values.outcome) !== '')
    .sort((one, other) => (text(other.values.visited_on) + text(other.values.arrived_at)).localeCompare(text(one.values.visited_on) + text(one.values.arrived_at)));
}

/** The last visit that met somebody, other than `except`: what "as last time" copies. */
export function lastMeeting<V extends VisitLike>(visits: V[], except: string | null): V | undefined {
  return carriedOut(visits).find((visit) => visit.record !== except && met.includes(text(visit.values.outcome)));
}

/** Days since somebody went; null when nobody ever did. */
export function daysSinceVisit(visits: VisitLike[], today: string): number | null {
  const last = carriedOut(visits)[0];
  return last ? Math.max(0, daysBetween(text(last.values.visited_on), today)) : null;
}

/** Agreed follow-ups and new appointments after which nobody has been yet, the earliest first. */
export function openItems<V extends VisitLike>(visits: V[]): { visit: V; on: string; what: 'follow_up' | 'rebook' }[] {
  const done = carriedOut(visits);
  const newest = text(done[0]?.values.visited_on);
  const items: { visit: V; on: string; what: 'follow_up' | 'rebook' }[] = [];
  for (const visit of done) {
    if (text(visit.values.visited_on) < newest) continue;
    if (text(visit.values.follow_up_on)) items.push({ visit, on: text(visit.values.follow_up_on), what: 'follow_up' });
    if (text(visit.values.rebook_on)) items.push({ visit, on: text(visit.values.rebook_on), what: 'rebook' });
  }
  return items.sort((one, other) => one.on.localeCompare(other.on));
}

/** "见到本人，需要跟进。血压 150/95" — what somebody who stands at the door wants to know of a visit. */
export function sentenceOf(values: { [field: string]: unknown }, language: Language): string {
  const comma = language === 'zh' ? '，' : ', ';
  const stop = language === 'zh' ? '。' : '. ';
  const head = [text(values.outcome) && choiceWords('visit_outcome', text(values.outcome), language), text(values.condition) && choiceWords('visit_condition', text(values.condition), language)].filter(Boolean).join(comma);
  return [head, text(values.observation)].filter(Boolean).join(stop);
}

/** 09:12 · 一切如常 under a home that was visited today. */
export function shortOf(values: { [field: string]: unknown }, language: Language): string {
  const last = text(values.condition) ? choiceWords('visit_condition', text(values.condition), language) : text(values.outcome) ? choiceWords('visit_outcome', text(values.outcome), language) : '';
  return [text(values.arrived_at), last].filter(Boolean).join(' · ');
}

export function whenWords(values: { [field: string]: unknown }, language: Language, today: string): string {
  return dayWords(text(values.visited_on), language, today);
}

/** What else is due at a home for the person who has just been there: a further visit of today, or the next step of a case. */
export function stillDue(visits: VisitLike[], cases: VisitLike[], done: string, me: string, today: string, language: Language): { text: string; href: string } | undefined {
  const visit = visits.find(({ record, values }) => record !== done && isAhead({ values }) && text(values.planned_on) !== '' && text(values.planned_on) <= today && values.assigned_to === me);
  if (visit) return { text: choiceWords('visit_reason', text(visit.values.reason) || 'routine', language), href: `/visit/${visit.record}` };
  const of_case = cases.find(({ values }) => values.worker === me && text(values.next_step) !== '' && text(values.next_on) !== '' && text(values.next_on) <= today && !values.closed_on);
  return of_case && { text: text(of_case.values.next_step), href: `/cases/${of_case.record}/note` };
}
