// Which records go along for a day: the chosen homes and shifts, and what refers to them, as little as a visit needs.
// Nothing confidential. Writing them into the pack is packing.ts.
import { schema } from '../schema/schema';
import { indexKey } from '../sync/project';
import type { ViewRow } from '../sync/shapes';
import type { PersonStore } from '../sync/store';

export const homesMax = 40;
const sensitivityMax = 2;
/** Of each kind that refers to a record, so many of the newest; those of the day, and people, all. */
const newestMax = 5;

interface Reference { kind: string; field: string; of: string | undefined }
const may_go = (kind: string): boolean => (schema.kinds[kind]?.sensitivity ?? Infinity) <= sensitivityMax;
const references = (): Reference[] => Object.values(schema.kinds)
  .filter(({ name }) => may_go(name))
  .flatMap(({ name, fields }) => fields.filter(({ type }) => type === 'ref').map((field) => ({ kind: name, field: field.name, of: field.of })));

/** The ids of what goes along with these records, they themselves included. */
export async function alongWith(store: PersonStore, begin: string[], day: string): Promise<string[]> {
  const found = new Map<string, ViewRow>();
  const known = references();
  let next = (await store.getMany('view', begin)).filter(({ kind }) => may_go(kind));
  while (next.length > 0) {
    for (const row of next) found.set(row.record, row);
    const referring = await Promise.all(next.flatMap((row) => known.filter(({ of }) => of === row.kind).map((one) => fewOf(store, one, row.record, day))));
    next = referring.flat().filter(({ record }) => !found.has(record));
  }
  return [...found.keys()];
}

async function fewOf(store: PersonStore, { kind, field }: Reference, record: string, day: string): Promise<ViewRow[]> {
  const rows = await store.getAllFromIndex('view', 'keys', indexKey(kind, field, record));
  if (kind === 'resident') return rows;
  const newest = [...rows].sort((one, other) => other.changed_at.localeCompare(one.changed_at)).slice(0, newestMax);
  return [...new Set([...newest, ...rows.filter(({ values }) => Object.values(values).includes(day))])];
}
