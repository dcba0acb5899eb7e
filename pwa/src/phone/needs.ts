// What on this phone needs the person, what waits, what others decide: read from the outbox and the marks of records.
// Showing it is the sync centre's and the inbox's.
import { list, outbox, type OutboxEntry, type RecordView } from '../view';
import { fieldsOf, type Json, type Values } from '../records/declared';
import { schema } from '../schema/schema';

export interface Needs { held: OutboxEntry[]; waiting: OutboxEntry[]; returned: RecordView[]; versions: RecordView[] }

const kinds = Object.keys(schema.kinds);
const reviewed = kinds.filter((kind) => schema.kinds[kind]?.review);

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
    Promise.all(reviewed.map((kind) => list(kind, 'mark', 'returned'))),
    Promise.all(kinds.map((kind) => list(kind, 'mark', 'versions')))
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

export interface Decided { record: RecordView; about: string; text: string }

/** What a supervisor decided between two versions: the note that was left with the decision, newest records first. */
export async function decidedOf(me: string): Promise<Decided[]> {
  const settled = kinds.filter((kind) => fieldsOf(kind).some((field) => field.name === 'remarks'));
  const records = (await Promise.all(settled.map((kind) => (kind === 'home_visit' ? list(kind, 'assigned_to', me) : list(kind))))).flat();
  return records
    .flatMap((record) => Object.values((record.values.remarks ?? {}) as Record<string, { text?: string; about?: string }>)
      .filter((row) => row.about)
      .map((row) => ({ record, about: row.about ?? '', text: row.text ?? '' })))
    .sort((one, other) => other.record.changed_at.localeCompare(one.record.changed_at))
    .slice(0, 30);
}
