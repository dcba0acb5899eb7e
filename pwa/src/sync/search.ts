// Finding homes and people by characters, pinyin, initials, room and last digits. Built in memory from view rows; the
// pinyin itself comes with the record's standing. How the index outlives a start is search_kept.ts.
import { kindOf } from '../schema/schema';
import { isListed, titled, type Names } from './records';
import { searchedKinds } from './searched';
import type { RecordView } from './shapes';
import type { PersonStore } from './store';

export interface Found { record: string; kind: string; title_zh: string; title_en: string; subtitle_zh: string; subtitle_en: string; household: string | null }
export interface Entry {
  hit: Found;
  /** Names in characters. */
  names: string;
  /** Pinyin and initials, each after a blank. */
  pinyin: string;
  /** Words, such as the estate. */
  words: string;
  /** `3-2-502` and `32502`. */
  places: string[];
  last4: string[];
}
export type SearchIndex = Map<string, Entry>;

/** So many rows are read and taken in before the page may answer a finger again. */
const rowsAtOnce = 200;

/**
 * Read everything that can be found. Takes a while with 10,000 records, so it is made once and then kept up to date.
 *
 * breathe  awaited between portions; lets the page draw and answer as long as nobody waits for the index
 */
export async function buildIndex(store: PersonStore, names: Names, breathe: () => Promise<void> = () => Promise.resolve()): Promise<SearchIndex> {
  const index: SearchIndex = new Map();
  const by_record = new Map<string, RecordView>();
  // Homes first: people are found with their home's address beside them.
  const homes_first = searchedKinds().sort((one, other) => Number(other === 'household') - Number(one === 'household'));
  for (const kind of homes_first) {
    const records = await store.getAllKeysFromIndex('view', 'kind', kind);
    for (let from = 0; from < records.length; from += rowsAtOnce) {
      const rows = await titled(store, names, await store.getMany('view', records.slice(from, from + rowsAtOnce)));
      if (kind === 'household') for (const row of rows) by_record.set(row.record, row);
      for (const row of rows) if (isListed(row)) index.set(row.record, entryOf(row, by_record));
      await breathe();
    }
  }
  return index;
}

/** Take in what has changed since; records that are gone leave the index. The answer names all whose entry may be another. */
export async function updateIndex(index: SearchIndex, store: PersonStore, names: Names, records: Iterable<string>): Promise<Set<string>> {
  const changed = new Set(records);
  // People are found with their home's address beside them: when a home changes, so do they.
  for (const { hit } of index.values()) if (hit.household !== null && changed.has(hit.household)) changed.add(hit.record);
  const stored = await store.getMany('view', [...changed]);
  const kinds = searchedKinds();
  const rows = await titled(store, names, stored.filter((row) => kinds.includes(row.kind)));
  const by_record = new Map(rows.map((row) => [row.record, row]));
  for (const row of rows) {
    const household = householdOf(row);
    if (household !== null && !by_record.has(household)) {
      const stored_household = await store.get('view', household);
      if (stored_household) for (const view of await titled(store, names, [stored_household])) by_record.set(household, view);
    }
  }
  for (const record of changed) index.delete(record);
  for (const row of rows) if (isListed(row)) index.set(row.record, entryOf(row, by_record));
  return changed;
}

function householdOf(row: RecordView): string | null {
  if (row.kind === 'household') return row.record;
  const value = row.values['household'];
  return typeof value === 'string' ? value : null;
}

function entryOf(row: RecordView, by_record: Map<string, RecordView>): Entry {
  const entry: Entry = { hit: hitOf(row, by_record), names: '', pinyin: ` ${row.standing?.search ?? ''}`.toLowerCase(), words: '', places: [], last4: [] };
  const place: string[] = [];
  for (const field of kindOf(row.kind)?.fields ?? []) {
    const value = row.values[field.name];
    if (field.search === undefined || (typeof value !== 'string' && typeof value !== 'number')) continue;
    const text = fold(String(value));
    if (field.search === 'name') entry.names += ` ${text}`;
    else if (field.search === 'words') entry.words += ` ${text}`;
    else if (field.search === 'place') place.push(text);
    else entry.last4.push(text.replaceAll(/\D/g, '').slice(-4));
  }
  if (place.length > 0) entry.places = [place.join('-'), place.join('')];
  return entry;
}

function hitOf(row: RecordView, by_record: Map<string, RecordView>): Found {
  const household = householdOf(row);
  const home = household === null || household === row.record ? undefined : by_record.get(household);
  return {
    record: row.record, kind: row.kind, title_zh: row.title_zh, title_en: row.title_en,
    subtitle_zh: home?.title_zh ?? '', subtitle_en: home?.title_en ?? '', household
  };
}

/** Full-width letters and digits, as Chinese keyboards give them, in the plain form; no capitals. */
function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().trim();
}

/** A door number however it is written: `3-2-502`, `3栋2单元502`, `3 2 502`. */
function placeIn(query: string): string | null {
  const parts = query.replaceAll(/[栋幢号楼座单元室房#/\\.,，、\s_-]+/g, '-').replaceAll(/^-|-$/g, '');
  return /^[0-9a-z]+(-[0-9a-z]+)*$/.test(parts) && /\d/.test(parts) ? parts : null;
}

/** The best matches, best first. An empty question finds nothing. */
export function searchIn(index: SearchIndex, question: string, limit: number): Found[] {
  const query = fold(question);
  if (query === '') return [];
  const place = placeIn(query);
  const joined = query.replaceAll(/\s+/g, '');
  // The estate may stand right before the door: 和平里3栋502.
  const parts = query.replace(/^([\u4e00-\u9fff]+)(?=\d)/, '$1 ').split(/\s+/);
  const found: { hit: Found; rank: number }[] = [];
  for (const entry of index.values()) {
    const whole = rankOf(entry, joined, place);
    const rank = whole > 0 || parts.length < 2 ? whole : Math.min(...parts.map((part) => rankOf(entry, part, placeIn(part))));
    if (rank > 0) found.push({ hit: entry.hit, rank });
  }
  // Only where the right spelling finds nobody: most keys are not to pay for it.
  if (found.length === 0 && /^[a-z]{2,}$/.test(joined)) {
    const sound = asHeard(joined);
    for (const entry of index.values()) if (heard(entry).includes(` ${sound}`)) found.push({ hit: entry.hit, rank: 30 });
  }
  found.sort((one, other) => other.rank - one.rank || order(one.hit, other.hit));
  return found.slice(0, limit).map(({ hit }) => hit);
}

/** Pinyin as people who do not tell them apart may write it: n and l, in and ing, z and zh, c and ch, s and sh. */
function asHeard(pinyin: string): string {
  return pinyin.replaceAll(/([zcs])h/g, '$1').replaceAll('ng', 'n').replaceAll('l', 'n');
}

const sounds = new WeakMap<Entry, string>();
function heard(entry: Entry): string {
  const known = sounds.get(entry) ?? asHeard(entry.pinyin);
  sounds.set(entry, known);
  return known;
}

function order(one: Found, other: Found): number {
  if (one.title_zh.length !== other.title_zh.length) return one.title_zh.length - other.title_zh.length;
  if (one.title_zh !== other.title_zh) return one.title_zh < other.title_zh ? -1 : 1;
  return one.record < other.record ? -1 : 1;
}

// Higher is better: a whole match before a beginning, a beginning before a match inside; names before places before words.
function rankOf(entry: Entry, query: string, place: string | null): number {
  if (entry.names !== '') {
    if (entry.names.includes(` ${query}`)) return entry.names === ` ${query}` ? 100 : 90;
    if (entry.names.includes(query)) return 80;
  }
  if (entry.places.length > 0 && place !== null) {
    if (entry.places.includes(place)) return 95;
    if (entry.places.some((known) => known.startsWith(place))) return 60;
    if (entry.places[0]?.endsWith(`-${place}`) === true) return 55;
  }
  if (entry.last4.includes(query)) return 70;
  if (/^[a-z]+$/.test(query)) {
    if (entry.pinyin.includes(` ${query} `) || entry.pinyin.endsWith(` ${query}`)) return 88;
    if (entry.pinyin.includes(` ${query}`)) return 75;
    if (query.length > 2 && entry.pinyin.includes(query)) return 40;
  }
  return entry.words !== '' && entry.words.includes(query) ? 50 : 0;
}
