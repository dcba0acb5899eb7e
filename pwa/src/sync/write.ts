// From what a person typed to a sealed save: judged first, by the declarations, with nothing written if anything is
// wrong. Sealing itself is outbox.ts.
import { viewOf } from '../schema/view';
import { checkWrite, validate } from '../schema/validate';
import { instant, today } from './clock';
import { knownOf, ownKeys, sealSave, type Author, type Wish } from './outbox';
import { claimsOf, withSave } from './project';
import { newId, newRow } from './save';
import { fact } from './store';
import { withTrail } from './trail';
import type { Claim, Json, Problem, RecordView, Values } from './shapes';

export interface SaveOptions {
  /** The record as the author had it open; without it, as it is now. */
  seen?: Pick<RecordView, 'live' | 'revision' | 'standing'>;
  /** A sentence added to the record's remarks, and the field it is about. */
  note?: string | { text: string; about?: string };
  /** Exactly what is replaced, for a desk that settles a record it does not hold; with `base`, its revision. */
  replaces?: Record<string, string[]>;
  base?: number;
  /** Key of the draft this save confirms: it is removed in the same transaction. */
  draft?: string;
}
export interface Saved { record: string; save: string; problems?: Problem[] }

/**
 * Save what a person confirmed. With problems nothing is written; otherwise it resolves when it is durable.
 *
 * record  null makes a new record
 * set     `outcome`, `services.greeting` or `remarks.<row>`; null clears, undefined leaves as it is
 */
export async function save(author: Author, kind: string, record: string | null, set: Record<string, Json | undefined>, options: SaveOptions = {}): Promise<Saved> {
  const id = record ?? newId(author.now());
  const given = withNote(plain(set), options.note);
  const { written: meant, problems } = normal(kind, given);
  const known = await knownOf(author.store, id);
  const { base, entries } = known;
  const own = ownKeys(known.counted, entries);
  const claims = claimsOf(base, entries);
  const written = withTrail(kind, claims, meant);
  // A desk may settle a record it does not hold: then only the centre can judge it as a whole.
  const is_elsewhere = record !== null && (options.replaces ?? options.seen) !== undefined && !base && entries.length === 0;
  if (problems.length === 0 && !is_elsewhere) problems.push(...judged(await latestNow(author), kind, claims, written, options.seen?.live ?? live(claims), own, author.person));
  if (problems.length > 0) return { record: id, save: '', problems };
  const wish: Wish = {
    record: id,
    kind,
    set: written,
    seen: options.seen?.live ?? live(claims),
    replaces: options.replaces ?? (is_elsewhere ? seenOf(options.seen?.live ?? {}, written) : undefined),
    base: options.base ?? options.seen?.revision ?? base?.revision ?? 0,
    draft: options.draft,
    answers: (options.seen?.standing ?? base?.standing)?.review?.state === 'returned'
  };
  const row = await sealSave(author, wish, known);
  return { record: id, save: row.save };
}

/** What somebody replaces who has seen a record that is not on this machine. */
function seenOf(live: Record<string, string[]>, written: Record<string, Json>): Record<string, string[]> {
  return Object.fromEntries(Object.keys(written).flatMap((key) => (live[key] ? [[key, live[key]]] : [])));
}

/** Plain data without what is undefined: a form's values may be watched objects, which the database cannot store. */
export function plain(set: Record<string, Json | undefined>): Record<string, Json> {
  return JSON.parse(JSON.stringify(set)) as Record<string, Json>;
}

function withNote(set: Record<string, Json>, note: SaveOptions['note']): Record<string, Json> {
  if (note === undefined || note === '') return set;
  const row = typeof note === 'string' ? { text: note } : { text: note.text, ...(note.about === undefined ? {} : { about: note.about }) };
  return { ...set, [`remarks.${newRow()}`]: row };
}

function normal(kind: string, set: Record<string, Json>): { written: Record<string, Json>; problems: Problem[] } {
  const written: Record<string, Json> = {};
  const problems: Problem[] = [];
  for (const [key, value] of Object.entries(set)) {
    const checked = checkWrite(kind, key, value);
    if ('problem' in checked) problems.push(checked.problem);
    else written[key] = checked.value;
  }
  return { written, problems };
}

function live(claims: Claim[]): Record<string, string[]> {
  const keys: Record<string, string[]> = {};
  for (const claim of claims) (keys[claim.field_key] ??= []).push(claim.save_key);
  return keys;
}

/** Now; on a phone whose clock is known to be behind, what the centre calls now: a time written by that is no future. */
async function latestNow(author: Author): Promise<number> {
  const ahead = (await fact<number>(author.store, 'clock_minutes_ahead')) ?? 0;
  return author.now() + Math.max(0, -ahead) * 60_000;
}

// The record that would result is made the way the centre makes it, by claims, so that both judge the same values.
function judged(
  now: number, kind: string, claims: Claim[], written: Record<string, Json>, seen: Record<string, string[]>, own: Set<string>, person: string
): Problem[] {
  const replaces: Record<string, string[]> = {};
  const replaced: Record<string, Json[]> = {};
  for (const key of Object.keys(written)) {
    const gone = claims.filter((claim) => claim.field_key === key && (own.has(claim.save_key) || (seen[key] ?? []).includes(claim.save_key)));
    replaces[key] = gone.map((claim) => claim.save_key);
    if (gone.length > 0) replaced[key] = gone.map((claim) => claim.value);
  }
  const after = withSave(claims, { client: 0, made_at: '9', set: written, replaces }, person);
  const before = viewOf(kind, claims).values;
  return validate(kind, before, viewOf(kind, after).values, today(new Date(now)), instant(new Date(now)), written, replaced);
}

/** The values a held save meant, laid over the record as it is now: where "edit and send again" begins. */
export function meantBy(values: Values, set: Record<string, Json>): Values {
  const meant: Values = plain(values);
  for (const [key, value] of Object.entries(set)) {
    const [field = key, part] = key.split('.', 2);
    if (part === undefined) {
      meant[field] = value;
      continue;
    }
    const parts = { ...((meant[field] ?? {}) as { [part: string]: Json }) };
    if (value === null || value === false) delete parts[part];
    else parts[part] = value;
    meant[field] = parts;
  }
  return meant;
}

/**
 * Seal a held save anew on the record as it is now, in its place. Saves of the same record that were only held because
 * this one was are sealed anew with it, with the words they had.
 */
export async function replaceHeld(author: Author, held: string, set: Record<string, Json | undefined>): Promise<Saved> {
  const row = await author.store.get('outbox', held);
  if (!row) throw new Error('This save is no longer in the outbox');
  const { written: meant_now, problems } = normal(row.kind, plain(set));
  const { base, entries, counted } = await knownOf(author.store, row.record);
  const without = claimsOf(base, entries.filter((entry) => entry.save !== held));
  const seen = live(claimsOf(base, entries));
  const written = withTrail(row.kind, without, meant_now);
  if (problems.length === 0) problems.push(...judged(await latestNow(author), row.kind, without, written, seen, ownKeys(counted, entries), author.person));
  if (problems.length > 0) return { record: row.record, save: '', problems };
  const anew = await sealSave(author, {
    record: row.record, kind: row.kind, set: written, seen, base: base?.revision ?? 0,
    answers: base?.standing.review?.state === 'returned', instead_of: [held]
  });
  const waited = entries
    .filter((entry) => entry.save !== held && entry.status === 'held' && entry.problem?.code === 'depends_on_held')
    .sort((one, other) => one.device_sequence - other.device_sequence);
  for (const entry of waited) {
    const remaining = await author.store.getAllFromIndex('outbox', 'record', row.record);
    await sealSave(author, {
      record: row.record, kind: row.kind, set: entry.content.set, seen: live(claimsOf(base, remaining)), base: base?.revision ?? 0,
      instead_of: [entry.save]
    });
  }
  return { record: row.record, save: anew.save };
}
