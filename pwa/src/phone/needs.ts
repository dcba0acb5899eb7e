// What on this phone needs the person, what waits, what others decide: read from the outbox and the marks of records.
// Showing it is the sync centre's and the inbox's.
import { get, list, outbox, verdicts, type OutboxEntry, type RecordView, type Told } from '../view';
import type { Json, Values } from '../records/declared';
import { schema } from '../schema/schema';

export interface Needs { held: OutboxEntry[]; waiting: OutboxEntry[]; returned: RecordView[]; versions: RecordView[] }

const kinds = (): string[] => Object.keys(schema.kinds);
const reviewed = (): string[] => kinds().filter((kind) => schema.kinds[kind]?.review);

function isMine(record: RecordView, me: string): boolean {
  return record.standing?.own.includes(me) === true || record.standing?.created_by === me;
}

function wroteOneOf(record: RecordView, me: string): boolean {
  return Object.values(record.conflicts).some((claims) => claims.some((claim) => claim.author === me));
}

/** All that concerns this person, from stored facts alone. */
export async function needsOf(me: string): Promise<Needs> {
  const [entries, returned, versions] = await Promise.all([
    outbox(),
    Promise.all(reviewed().map((kind) => list(kind, 'mark', 'returned'))),
    Promise.all(kinds().map((kind) => list(kind, 'mark', 'versions')))
  ]);
  return {
    held: entries.filter((entry) => entry.status === 'held'),
    waiting: entries.filter((entry) => entry.status !== 'held' && entry.status !== 'accepted'),
    returned: returned.flat().filter((record) => isMine(record, me)),
    versions: versions.flat().filter((record) => wroteOneOf(record, me))
  };
}

/** The people who wrote the other versions. */
export function othersOf(record: RecordView, me: string): string[] {
  const authors = Object.values(record.conflicts).flatMap((claims) => claims.map((claim) => claim.author));
  return [...new Set(authors)].filter((author) => author !== me);
}

/** The fields of a save as values of a form, so that it can be read like any record. */
export function valuesOfSet(set: Record<string, Json>): Values {
  const values: Values = {};
  for (const [key, value] of Object.entries(set)) {
    const dot = key.indexOf('.');
    if (dot < 0) values[key] = value;
    else values[key.slice(0, dot)] = { ...((values[key.slice(0, dot)] ?? {}) as Record<string, Json>), [key.slice(dot + 1)]: value };
  }
  return values;
}

/** What became of something this person wrote. `fields` are field keys: what was settled, or changed by somebody else. */
export interface Decided {
  what: 'approved' | 'rejected' | 'settled' | 'released' | 'not_taken';
  record: string;
  kind: string;
  /** Undefined for a record that is no longer on this phone. */
  view: RecordView | undefined;
  fields: string[];
  /** Released with other values than the author's; then `fields` are those. */
  edited?: boolean;
  text: string | null;
  by: string | null;
  at: string;
}

const shownMax = 40;

/** What others decided on this person's work, newest first. A record that was returned is something to do, and not here. */
export async function decidedOf(me: string): Promise<Decided[]> {
  const [marked, told] = await Promise.all([
    Promise.all(kinds().flatMap((kind) => ['reviewed', 'sent', 'saved'].map((mark) => list(kind, 'mark', mark)))),
    verdicts()
  ]);
  const mine = marked.flat().filter((record) => isMine(record, me));
  const kept = await Promise.all(told.map(async (one) => releasedOf(one, await get(one.record))));
  return [...mine.flatMap((record) => [...reviewOf(record, me), ...settledOf(record)]), ...kept.filter((one) => one !== undefined)]
    .sort((one, other) => other.at.localeCompare(one.at))
    .slice(0, shownMax);
}

function reviewOf(record: RecordView, me: string): Decided[] {
  const review = record.standing?.review;
  if (!review || (review.state !== 'approved' && review.state !== 'rejected') || review.by === me) return [];
  return [{ what: review.state, ...about(record), fields: [], text: review.sentence, by: review.by, at: review.at ?? record.changed_at }];
}

/** A settled version leaves a note that names its field, in the very save that wrote the field. Other remarks are no decision. */
export function settledOf(record: RecordView): Decided[] {
  const remarks = Object.entries((record.values.remarks ?? {}) as Record<string, { text?: string; about?: string }>);
  return remarks
    .filter(([row, remark]) => {
      const name = remark.about ?? '';
      if (name === '') return false;
      const settled = Object.entries(record.live).filter(([key]) => key === name || key.startsWith(`${name}.`)).flatMap(([, keys]) => keys);
      return (record.live[`remarks.${row}`] ?? []).some((key) => settled.includes(key));
    })
    .map(([, remark]) => ({ what: 'settled' as const, ...about(record), fields: [remark.about ?? ''], text: remark.text ?? '', by: null, at: record.changed_at }));
}

function releasedOf(told: Told, view: RecordView | undefined): Decided | undefined {
  const what = ({ release: 'released', reject: 'not_taken' } as const)[told.verdict as 'release'];
  if (what === undefined) return undefined;
  const is_edited = what === 'released' && told.edited.length > 0;
  return { what, record: told.record, kind: told.kind, view, fields: is_edited ? told.edited : Object.keys(told.set), edited: is_edited, text: told.sentence, by: told.by, at: told.at };
}

function about(record: RecordView): Pick<Decided, 'record' | 'kind' | 'view'> {
  return { record: record.record, kind: record.kind, view: record };
}
