// News: one small question while little changes. A record comes as the fields that changed, is laid over what is here, and
// counts only if its sum says that the same claims stand as at the centre; anything else is left to a pull.
import { dataOf } from '../graphql';
import { NetworkFailure, ProblemError, type Network } from '../network';
import { hex, sha256 } from './hash';
import { letGoOfKept } from './kept';
import { baseRow, claimsOfSaves, noteClock, storePage, type WireRow } from './pull';
import { aboutSelf, type SelfTold } from './self';
import type { BaseRow, Claim } from './shapes';
import { fact, type PersonStore } from './store';

/** The name of the question at the centre (server/graphql/documents.py). */
const documentId = 'news.1';
const sumDigits = 12;

interface News { rows: WireRow[]; cursor: string; at: string; mark: string; backed_up: number; server_time: string }

/** What happened since this phone had everything: the records concerned, stored. Null where only a pull can tell. */
export async function news(store: PersonStore, network: Network, scopes: string[], round: number): Promise<string[] | null> {
  const at = await fact<string>(store, 'at');
  if (at === undefined) return null;
  const asked_at = Date.now();
  const found = await ask(network, at, await aboutSelf(store));
  if (found === null) return null;
  const clock = (asked_at + Date.now()) / 2;
  const rows: BaseRow[] = [];
  for (const row of found.rows) {
    const laid = await laidOver(store, row);
    if (laid === null) return null;
    rows.push(laid);
  }
  await noteClock(store, found.server_time, clock);
  const cursors = scopes.map((scope) => ({ scope, cursor: found.cursor, complete: true }));
  const told = { gone: [], cursors, more: false, decided: [], head: Number(found.cursor), at: found.at, mark: found.mark, refused: null };
  const touched = await storePage(store, told, rows, round);
  await letGoOfKept(store, found.backed_up, found.server_time);
  return touched;
}

async function ask(network: Network, at: string, phone: SelfTold): Promise<News | null> {
  try {
    const body = JSON.stringify({ documentId, variables: { at }, phone });
    const { news: found } = dataOf<{ news?: News | null }>(await network('/graphql', { method: 'POST', body }));
    if (found === undefined) throw new NetworkFailure('not_the_centre');
    return found;
  } catch (error) {
    // A centre that does not know the question by this name.
    if (error instanceof ProblemError && error.problem.code === 'query_refused') return null;
    throw error;
  }
}

async function laidOver(store: PersonStore, [record, kind, revision, standing, saves, sum]: WireRow): Promise<BaseRow | null> {
  const claims = claimsOfSaves(saves);
  if (sum === undefined) return baseRow(record, kind, revision, standing, claims);
  const changed = new Set(claims.map((claim) => claim.field_key));
  const kept = (await store.get('base', record))?.claims.filter((claim) => !changed.has(claim.field_key)) ?? [];
  const all = [...kept, ...claims];
  return (await sumOfStanding(all)) === sum ? baseRow(record, kind, revision, standing, all) : null;
}

/** A save never changes, so which claims stand says everything; the centre counts the same (sync/news.py). */
async function sumOfStanding(claims: Claim[]): Promise<string> {
  const text = claims.map((claim) => `${claim.field_key}:${claim.save_key}`).sort().join('\n');
  return hex(await sha256(new TextEncoder().encode(text))).slice(0, sumDigits);
}
