// Reading records from view rows: one, a list by a declared index, and the titles people know them by. Making view rows
// is project.ts; nothing here writes.
import { kindOf } from '../schema/schema';
import { titleOf, type Lookup } from '../schema/words';
import { knownOf } from './outbox';
import { aliasKey, claimsOf, indexKey } from './project';
import type { Claim, Json, OutboxEntry, RecordView, Values, ViewRow } from './shapes';
import type { PersonStore } from './store';

/** The name of a person or team by its id; undefined where it is not known on this phone. */
export type Names = (of: 'person' | 'team', id: string) => string | undefined;

/** Who wrote what of a record, and when: the claims that stand, base and outbox together. */
export async function claims(store: PersonStore, record: string): Promise<Claim[]> {
  const { base, entries } = await knownOf(store, record);
  return claimsOf(base, entries);
}

/** How deep titles refer to each other: a note names its case, the case its resident. */
const titleDepthMax = 3;

/** One record with its titles, or undefined when neither base nor outbox has it. */
export async function get(store: PersonStore, names: Names, record: string): Promise<RecordView | undefined> {
  const row = await store.get('view', record);
  return row && (await titled(store, names, [row]))[0];
}

/**
 * The records of a kind, in the order its declaration gives.
 *
 * index  a declared index or a prefix of one, `assigned_to+planned_on`, any field that refers to a record, or `mark`
 * value  its values, joined by `|`
 */
export async function list(store: PersonStore, names: Names, kind: string, index?: string, value?: string): Promise<RecordView[]> {
  const rows = index === undefined ? await store.getAllFromIndex('view', 'kind', kind) : await under(store, kind, index, value ?? '');
  return sorted(kind, await titled(store, names, rows.filter(isListed)));
}

/** Whether a record is in lists: what is an alias, or was put away, has a page of its own and no more. */
export function isListed(row: Pick<ViewRow, 'standing'>): boolean {
  return row.standing?.put_away === undefined;
}

/** Alias -> the record that it was found to be. There are few. */
export async function aliases(store: PersonStore): Promise<Map<string, string>> {
  const rows = await store.getAllFromIndex('view', 'keys', aliasKey);
  return new Map(rows.map((row) => [row.record, row.standing?.put_away?.survivor ?? row.record]));
}

/** What names a record also names it by every record that was found to be this one. */
async function under(store: PersonStore, kind: string, index: string, value: string): Promise<ViewRow[]> {
  const read = (wanted: string): Promise<ViewRow[]> => store.getAllFromIndex('view', 'keys', indexKey(kind, index, wanted));
  const first = kindOf(kind)?.fields.find((field) => field.name === index.split('+')[0]);
  if (first?.type !== 'ref') return read(value);
  const known = await aliases(store);
  const [named = '', ...rest] = value.split('|');
  const survivor = known.get(named) ?? named;
  const all = [survivor, ...[...known].filter(([, end]) => end === survivor).map(([alias]) => alias)];
  return (await Promise.all(all.map((one) => read([one, ...rest].join('|'))))).flat();
}

/** Several records read at once, in the order asked for; undefined for each that is not here, and for ''. */
export async function getMany(store: PersonStore, names: Names, records: string[]): Promise<(RecordView | undefined)[]> {
  const found = await store.getMany('view', [...new Set(records)].filter(Boolean));
  const views = new Map((await titled(store, names, found)).map((view) => [view.record, view]));
  return records.map((record) => views.get(record));
}

/**
 * The rows with their titles in both languages. Titles are made when read, since a record may be renamed after, and
 * each in the moment it is asked for: a screen shows one language, and of a long list only what is in sight.
 */
export async function titled(store: PersonStore, names: Names, rows: ViewRow[]): Promise<RecordView[]> {
  const moved = await aliases(store);
  const known = await referredTo(store, rows, moved);
  return rows.map((kept) => {
    const row = { ...kept, values: named(kept, moved) };
    const made: Partial<Record<'zh' | 'en', string>> = {};
    const title = (language: 'zh' | 'en'): string => (made[language] ??= titleIn(language, row.kind, row.values, known, names));
    return { ...row, get title_zh() { return title('zh'); }, get title_en() { return title('en'); } };
  });
}

/** Both titles of a record that is not stored, such as a draft. */
export async function titlesOfValues(store: PersonStore, names: Names, kind: string, values: Values): Promise<{ title_zh: string; title_en: string }> {
  const known = await referredTo(store, [{ kind, values }], await aliases(store));
  return { title_zh: titleIn('zh', kind, values, known, names), title_en: titleIn('en', kind, values, known, names) };
}

type Referring = Pick<ViewRow, 'kind' | 'values'>;

function titleIn(language: 'zh' | 'en', kind: string, values: Values, known: Map<string, Referring>, names: Names): string {
  const lookup = (depth: number): Lookup => (of, id) => {
    if (of === 'person' || of === 'team') return names(of, id) ?? id;
    const row = known.get(id);
    return row && depth > 0 ? titleOf(row.kind, row.values, language, lookup(depth - 1)) : undefined;
  };
  return titleOf(kind, values, language, lookup(titleDepthMax));
}

/** The values with every reference leading to the record that was found to be meant. */
function named({ kind, values }: Referring, moved: Map<string, string>): Values {
  if (moved.size === 0) return values;
  const changed: Values = {};
  for (const field of kindOf(kind)?.fields ?? []) {
    const value = values[field.name];
    const end = field.type === 'ref' && typeof value === 'string' ? moved.get(value) : undefined;
    if (end !== undefined) changed[field.name] = end;
  }
  return { ...values, ...changed };
}

async function referredTo(store: PersonStore, several: Referring[], moved: Map<string, string>): Promise<Map<string, Referring>> {
  const known = new Map<string, Referring>();
  const rows = several.map((row) => ({ kind: row.kind, values: named(row, moved) }));
  let wanted = new Set(rows.flatMap(references));
  for (let depth = 0; depth < titleDepthMax && wanted.size > 0; depth += 1) {
    const found = (await store.getMany('view', [...wanted])).map((row) => ({ ...row, values: named(row, moved) }));
    for (const row of found) known.set(row.record, row);
    wanted = new Set(found.flatMap(references).filter((record) => !known.has(record)));
  }
  return known;
}

const titleFields = new Map<string, string[]>();

function references({ kind, values }: Referring): string[] {
  let fields = titleFields.get(kind);
  if (!fields) {
    const declared = kindOf(kind);
    const named = new Set([...`${declared?.title.zh ?? ''}${declared?.title.en ?? ''}`.matchAll(/[a-z0-9_]+/g)].map((match) => match[0]));
    fields = (declared?.fields ?? []).filter((field) => field.type === 'ref' && named.has(field.name)).map((field) => field.name);
    titleFields.set(kind, fields);
  }
  return fields.map((field) => values[field]).filter((value) => typeof value === 'string');
}

let collator: Intl.Collator | undefined;

function compare(one: Json | undefined, other: Json | undefined): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  const [left, right] = [one, other].map((value) => (value === undefined || value === null || typeof value === 'object' ? '' : String(value)));
  if (left === right) return 0;
  collator ??= new Intl.Collator('zh-CN', { numeric: true });
  return collator.compare(left ?? '', right ?? '');
}

function sorted(kind: string, rows: RecordView[]): RecordView[] {
  const order = (kindOf(kind)?.list.sort ?? []).map((field) => (field.startsWith('-') ? { field: field.slice(1), sign: -1 } : { field, sign: 1 }));
  return rows.sort((one, other) => {
    for (const { field, sign } of order) {
      const difference = sign * compare(one.values[field], other.values[field]);
      if (difference !== 0) return difference;
    }
    // Ids are UUIDv7: the older first, the same on every device.
    return one.record < other.record ? -1 : 1;
  });
}

/** Everything in the outbox, oldest first, with the titles of its records. */
export async function outboxEntries(store: PersonStore, names: Names): Promise<OutboxEntry[]> {
  const rows = await store.getAllFromIndex('outbox', 'device_sequence');
  const views = new Map<string, RecordView>();
  const records = [...new Set(rows.map((row) => row.record))];
  for (const view of await titled(store, names, await store.getMany('view', records))) views.set(view.record, view);
  return rows.map((row) => ({
    save: row.save,
    record: row.record,
    kind: row.kind,
    title_zh: views.get(row.record)?.title_zh ?? '',
    title_en: views.get(row.record)?.title_en ?? '',
    made_at: row.content.made_at,
    status: row.status,
    ...(row.problem ? { problem: row.problem } : {}),
    set: row.content.set
  }));
}
