// Sessions of groups and occurrences of activities as lists need them: when they are, who is expected, how many came. Not
// here: what a list of people is in a record (schema/records/group_session.toml).
import { newRow, type RecordView } from '../view';
import { rowOfRecord } from '../schema/field_types';
import { stateOf } from '../records/steps';
import type { Json } from '../records/declared';

export type Person = { name: string; present?: boolean };
export type Count = { person: string; number: number };
export const session_kinds = ['group_session', 'activity_session'] as const;

export function rowsOf<T>(record: RecordView | undefined, field: string): [string, T][] {
  return Object.entries((record?.values[field] ?? {}) as unknown as Record<string, T>);
}

/** Everybody on the list, by name. */
export function peopleOf(record: RecordView | undefined): [string, Person][] {
  return rowsOf<Person>(record, 'people').sort(([, one], [, other]) => one.name.localeCompare(other.name, 'zh'));
}

/** The row in which a person counts, and what the others have counted. */
export function countsOf(record: RecordView | undefined, person: string): { own: string; mine: number; others: number } {
  const rows = rowsOf<Count>(record, 'counted').sort(([one], [other]) => one.localeCompare(other));
  const own = rows.find(([, row]) => row.person === person);
  return { own: own?.[0] ?? newRow(), mine: own?.[1].number ?? 0, others: rows.filter((row) => row !== own).reduce((sum, [, row]) => sum + row.number, 0) };
}

export function dayOf(record: RecordView): string {
  const { held_on, planned_on } = record.values;
  return String(held_on ?? planned_on ?? '');
}

export function timeOf(record: RecordView): string {
  return [record.values.starts_at, record.values.ends_at].filter(Boolean).join('–');
}

export interface Section<T> { name: 'today' | 'coming' | 'unfinished'; sessions: T[] }

/** What is today, what comes, and what is past and has not been written down; what is over is with its group. */
export function byDay(sessions: readonly RecordView[], day: string): Section<RecordView>[] {
  const going_on = sessions.filter((one) => ['planned', 'postponed'].includes(stateOf(one)));
  const sorted = [...going_on].sort((one, other) => `${dayOf(one)}${timeOf(one)}`.localeCompare(`${dayOf(other)}${timeOf(other)}`));
  const held_today = sessions.filter((one) => stateOf(one) === 'held' && dayOf(one) === day);
  return [
    { name: 'unfinished' as const, sessions: sorted.filter((one) => dayOf(one) < day) },
    { name: 'today' as const, sessions: [...sorted.filter((one) => dayOf(one) === day), ...held_today] },
    { name: 'coming' as const, sessions: sorted.filter((one) => dayOf(one) > day) }
  ].filter((section) => section.sessions.length > 0);
}

/** How many sessions were held, each number once, and the person-times of them all. */
export function heldOf(sessions: readonly RecordView[]): { held: number; person_times: number } {
  const held = sessions.filter((one) => stateOf(one) === 'held');
  const numbers = new Set(held.map((one) => String(one.values.number ?? one.record)));
  return { held: numbers.size, person_times: held.reduce((sum, one) => sum + Number(one.values.person_times ?? 0), 0) };
}

export type Member = { name: string; joined_on: string; left_on?: string; left_because?: string };

/** What a new session begins with: the next number, and everybody who is a member that day. */
export function newSession(group: RecordView, sessions: readonly RecordView[]): Record<string, Json> {
  const expected = rowsOf<Member>(group, 'members').filter(([, member]) => !member.left_on).map(([row, member]) => [`people.${row}`, { name: member.name }] as const);
  const name = String(group.values.name ?? '');
  if (group.kind === 'activity') return { activity: group.record, name };
  const number = Math.max(0, ...sessions.map((one) => Number(one.values.number ?? 0))) + 1;
  return { group: group.record, name, number, ...Object.fromEntries(expected) };
}

export function memberKey(resident: string): string {
  return `members.${rowOfRecord(resident)}`;
}

/** The ticks as field keys; what is as it was is not written. */
export function ticksOf(record: RecordView, ticks: Readonly<Record<string, boolean>>): Record<string, Json> {
  return Object.fromEntries(peopleOf(record)
    .filter(([row, one]) => ticks[row] !== undefined && ticks[row] !== (one.present === true))
    .map(([row, one]) => [`people.${row}`, { name: one.name, present: ticks[row] === true }]));
}

/** As many changes as one save may hold, again and again. */
export function inParts(set: Record<string, Json>, most = 60): Record<string, Json>[] {
  const entries = Object.entries(set);
  return Array.from({ length: Math.ceil(entries.length / most) }, (_, at) => Object.fromEntries(entries.slice(at * most, (at + 1) * most)));
}
