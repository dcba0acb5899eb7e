// Pull: whole records from the centre into base and view, page by page. When to pull is loop.ts; the short answer when
// little has changed is news.ts; what claims mean to a person is schema/view.ts.
import { dataOf, problemFields } from '../graphql';
import { ProblemError, type Network } from '../network';
import { kindOf } from '../schema/schema';
import { keep, letGoOfKept } from './kept';
import { pageBytesMax } from './limits';
import { news } from './news';
import { projectAgain } from './outbox';
import { project } from './project';
import { aboutSelf, type SelfTold } from './self';
import { letGoOfUnread, startAgain } from './restored';
import { settle, storeReceipts } from './settle';
import type { BaseRow, Claim, Json, Problem, Receipt, Standing } from './shapes';
import { fact, write, type PersonStore, type Writing } from './store';
import { sumOf } from './sum';

const question = `query pull($after: [ScopeCursorInput!]!, $bytes_max: Int, $mark: String) {
  pull(after: $after, bytes_max: $bytes_max, mark: $mark) {
    rows gone cursors { scope cursor complete } more
    decided { save status revision verdict { verdict by by_name at sentence edited }
      problem { ${problemFields} } }
    epoch head mark at backed_up server_time schema_min app_min
    refused { ${problemFields} }
  }
}`;
export interface Page {
  rows: WireRow[];
  gone: string[];
  cursors: { scope: string; cursor: string; complete: boolean }[];
  more: boolean;
  decided: Receipt[];
  epoch: string;
  head: number;
  mark: string;
  /** Named where this phone has everything with this page: the moment to ask for news of. */
  at: string | null;
  backed_up: number;
  refused: Problem | null;
  server_time: string;
  schema_min: number;
  app_min: string;
}
/** How far each scope has been read; `complete` once its end was seen. */
export type Cursors = Record<string, { cursor: string; complete: boolean }>;
export interface Pulled { pages: number; records: number; epoch_changed: boolean; schema_min: number }

const pagesMax = 10_000;

/**
 * Read every scope to its end. Each page and its cursors are stored in one transaction, so it resumes anywhere.
 *
 * scopes  those of the signed-in person, most urgent first; a scope gained starts at 0, one lost is dropped with the
 *         records no other scope holds
 */
export async function pull(store: PersonStore, network: Network, scopes: string[], progress: (records: string[]) => void = () => undefined): Promise<Pulled> {
  const round = ((await fact<number>(store, 'round')) ?? 0) + 1;
  await store.put('meta', round, 'round');
  await dropLostScopes(store, scopes);
  const pulled: Pulled = { pages: 0, records: 0, epoch_changed: false, schema_min: 1 };
  const told = await news(store, network, scopes, round);
  if (told) {
    pulled.pages = 1;
    pulled.records = told.length;
    if (told.length > 0) progress(told);
  } else await pullPages(store, network, scopes, round, pulled, progress);
  const unseen = [...(await letGoOfUnread(store, leaveNow)), ...(await letGoOfUnseen(store, round))];
  if (unseen.length > 0) progress(unseen);
  return pulled;
}

async function pullPages(store: PersonStore, network: Network, scopes: string[], round: number, pulled: Pulled, progress: (records: string[]) => void): Promise<void> {
  let asked: Promise<Answered> | null = null;
  const phone = await aboutSelf(store);
  for (let more = scopes.length > 0; more && pulled.pages < pagesMax; ) {
    const { page, clock } = await (asked ?? ask(network, scopes, (await fact<Cursors>(store, 'cursors')) ?? {}, await fact<string>(store, 'mark'), phone));
    asked = null;
    if (page === 'restored' || (await epochMoved(store, page.epoch))) {
      if (page === 'restored' && pulled.epoch_changed) throw new ProblemError({ code: 'cursor_ahead', field: null, details: null }, 409);
      // The cursors may have told it first; the page after then brings the new epoch.
      if (pulled.epoch_changed && page !== 'restored') await store.put('meta', page.epoch, 'epoch');
      else {
        await startAgain(store, page === 'restored' ? null : page.epoch);
        pulled.epoch_changed = true;
        continue;
      }
    }
    more = page.more;
    if (more) {
      // The next page is on its way while this one is stored; if that fails, it is asked for again.
      asked = ask(network, scopes, Object.fromEntries(page.cursors.map((cursor) => [cursor.scope, cursor])), page.mark, phone);
      asked.catch(() => undefined);
    }
    await noteClock(store, page.server_time, clock);
    const touched = await storePage(store, page, page.rows.map(rowOf), round);
    pulled.pages += 1;
    pulled.records += page.rows.length;
    pulled.schema_min = page.schema_min;
    if (touched.length > 0) progress(touched);
    if (!more) await letGoOfKept(store, page.backed_up, page.server_time);
  }
}

/** A page, and this phone's time in the middle of asking for it. */
interface Answered { page: Page | 'restored'; clock: number }

async function ask(network: Network, scopes: string[], cursors: Cursors, mark: string | undefined, phone: SelfTold): Promise<Answered> {
  const asked_at = Date.now();
  const after = scopes.map((scope) => ({ scope, cursor: cursors[scope]?.cursor ?? '0' }));
  const variables = { after, bytes_max: pageBytesMax, mark: mark ?? null };
  const body = JSON.stringify({ query: question, operationName: 'pull', variables, phone });
  try {
    const { pull: page } = dataOf<{ pull: Page }>(await network('/graphql', { method: 'POST', body, seconds_max: 60 }), 'pull');
    return { page, clock: (asked_at + Date.now()) / 2 };
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'cursor_ahead') return { page: 'restored', clock: asked_at };
    throw error;
  }
}

/** Learn how far this phone's clock is from the centre's; half of the way there and back is not the clock's fault. */
export async function noteClock(store: PersonStore, server_time: string, clock: number): Promise<void> {
  const ahead = Math.round((clock - Date.parse(server_time)) / 60_000);
  if (ahead !== (await fact<number>(store, 'clock_minutes_ahead'))) await store.put('meta', ahead, 'clock_minutes_ahead');
}

/** Whether the centre is another than this phone knows; the first one met is remembered. */
export async function epochMoved(store: PersonStore, epoch: string): Promise<boolean> {
  const known = await fact<string>(store, 'epoch');
  if (known === undefined) await store.put('meta', epoch, 'epoch');
  return known !== undefined && known !== epoch;
}

export type WireSave = [save_key: string, made_at: string, author: string, values: { [field_key: string]: Json }];
/** A record of a page; a sixth member only in news (news.ts). */
export type WireRow = [record: string, kind: string, revision: number, standing: Standing, saves: WireSave[], sum?: string];

function rowOf([record, kind, revision, standing, saves]: WireRow): BaseRow {
  return baseRow(record, kind, revision, standing, claimsOfSaves(saves));
}

export function baseRow(record: string, kind: string, revision: number, standing: Standing, claims: Claim[]): BaseRow {
  return { record, kind, revision, standing, claims, leaving: false, sum: sumOf(claims) };
}

export function claimsOfSaves(saves: WireSave[]): Claim[] {
  return saves.flatMap(([save_key, made_at, author, values]) =>
    Object.entries(values).map(([field_key, value]): Claim => ({ field_key, save_key, value, made_at, author })));
}

/** What is stored of a page, besides its rows. */
export type Told = Pick<Page, 'gone' | 'cursors' | 'more' | 'decided' | 'head' | 'at' | 'mark' | 'refused'>;

export async function storePage(store: PersonStore, page: Told, rows: BaseRow[], round: number): Promise<string[]> {
  // Nearly all records have nothing in the outbox: their rows are sealed beforehand, and written without reading anything
  // first, and all at once, which makes a first sync three times as quick.
  const [base, view] = await Promise.all([
    store.sealAll('base', rows), store.sealAll('view', rows.map((row) => project(row, [])).filter((row) => row !== undefined))
  ]);
  return write(store, async (transaction) => {
    const unsettled = new Set((await transaction.objectStore('outbox').getAll()).map((row) => row.record));
    await Promise.all([
      ...base.map((row) => transaction.objectStore('base').putSealed(row)),
      ...view.filter((row) => !unsettled.has(row.record)).map((row) => transaction.objectStore('view').putSealed(row))
    ]);
    for (const row of rows) if (unsettled.has(row.record)) await settle(transaction, row.record);
    const here = new Set(rows.map((row) => row.record));
    for (const record of page.gone) if (!here.has(record)) await leave(transaction, record, unsettled);
    const decided = await storeReceipts(transaction, page.decided, round);
    const cursors = ((await transaction.objectStore('meta').get('cursors')) as Cursors | undefined) ?? {};
    for (const { scope, cursor, complete } of page.cursors) {
      cursors[scope] = { cursor, complete: complete || (cursors[scope]?.complete ?? false) };
    }
    await transaction.objectStore('meta').put(cursors, 'cursors');
    await transaction.objectStore('meta').put(page.mark, 'mark');
    if (page.at !== null) await transaction.objectStore('meta').put(page.at, 'at');
    else await transaction.objectStore('meta').delete('at');
    if (!page.more) await transaction.objectStore('meta').put(page.head, 'head');
    await transaction.objectStore('meta').put(page.refused ?? null, 'refused');
    return [...here, ...page.gone, ...decided];
  }, 'relaxed');
}

async function leave(transaction: Writing, record: string, unsettled: Set<string>): Promise<void> {
  if (unsettled.has(record)) {
    const base = await transaction.objectStore('base').get(record);
    if (!base) return;
    // Somebody's words for it are still on their way: they are sent first, and the centre says what becomes of them.
    await transaction.objectStore('base').put({ ...base, leaving: true });
    await settle(transaction, record);
    return;
  }
  if (!(await transaction.objectStore('base').has(record))) return;
  await transaction.objectStore('base').delete(record);
  await projectAgain(transaction, record);
}

/** Drop a record that is not this person's any more, unless words for it wait in the outbox. */
export async function leaveNow(transaction: Writing, record: string): Promise<void> {
  const waits = await transaction.objectStore('outbox').index('record').count(record);
  await leave(transaction, record, new Set(waits > 0 ? [record] : []));
}

async function dropLostScopes(store: PersonStore, scopes: string[]): Promise<void> {
  const cursors = (await fact<Cursors>(store, 'cursors')) ?? {};
  const lost = Object.keys(cursors).filter((scope) => !scopes.includes(scope));
  if (lost.length === 0) return;
  // Read before the transaction, by the browser's engine; what is saved meanwhile changes no standing.
  const gone = (await store.getAll('view')).filter((row) => row.standing === null || !scopesOfRecord(row.kind, row.standing).some((scope) => scopes.includes(scope)));
  await write(store, async (transaction) => {
    const unsettled = new Set((await transaction.objectStore('outbox').getAll()).map((row) => row.record));
    for (const row of gone) await leave(transaction, row.record, unsettled);
    const kept = Object.fromEntries(Object.entries(cursors).filter(([scope]) => scopes.includes(scope)));
    await transaction.objectStore('meta').put(kept, 'cursors');
  });
}

/** The scopes a record belongs to, from its declaration and standing; the server computes the same in schema/access.py. */
export function scopesOfRecord(kind: string, standing: Standing): string[] {
  const see = kindOf(kind)?.access.see ?? {};
  const mine = kindOf(kind)?.hidden ? 'confidential' : 'own';
  return Object.entries(see).flatMap(([role, reaches]) => [
    ...(reaches.includes('own') ? standing.own.map((person) => `${mine}:${person}:${standing.centre}:${role}`) : []),
    ...(reaches.includes('team') && standing.team !== null ? [`team:${standing.team}:${role}`] : []),
    ...(reaches.includes('centre') ? [`centre:${standing.centre}:${role}`] : [])
  ]);
}

// Accepted saves on records that this person's scopes do not hold: no base will ever confirm them here. A pull that
// began after their receipt and read everything is the proof that they may go.
async function letGoOfUnseen(store: PersonStore, round: number): Promise<string[]> {
  const rows = (await store.getAll('outbox')).filter((row) => row.status === 'accepted' && row.receipt_round < round);
  if (rows.length === 0) return [];
  const records = [...new Set(rows.map((row) => row.record))];
  await write(store, async (transaction) => {
    await keep(transaction, rows);
    for (const record of records) await projectAgain(transaction, record);
  });
  return records;
}
