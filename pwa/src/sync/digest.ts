// Whether this phone holds what the centre says it should, and mending what it does not. The phone counts its own digest
// from its base rows and never takes the centre's for it. Read only when it is due; the outbox is never touched.
import { gql } from '../graphql';
import { ProblemError, type Network } from '../network';
import { hex, sha256 } from './hash';
import { leaveNow, scopesOfRecord, type Cursors } from './pull';
import { settle } from './settle';
import type { BaseRow, Standing } from './shapes';
import { fact, write, type PersonStore } from './store';
import { sumOf } from './sum';

/** Told in the sync centre: when something was mended, and how many records. */
export interface Mended { at: string; records: number }

interface Part { part: string; count: number; xor: string }
interface ScopeDigest { scope: string; low: number; high: number; moved: string[]; parts: Part[] }
interface Whole { record: string; kind: string; revision: number; standing: Standing; state: string }
/** A base row as a digest sees it. */
interface Held { row: BaseRow; part: string; hash: bigint; scopes: string[] }

const digestQuestion = `query digest($after: [ScopeCursorInput!]!, $by_part: Boolean!) {
  digest(after: $after, by_part: $by_part) { scope low high moved parts { part count xor } }
}`;
const rowsQuestion = `query rows($scope: ID!, $cursor: String!, $parts: [String!]!) {
  digest_rows(scope: $scope, cursor: $cursor, parts: $parts) { record revision }
}`;
const wholeQuestion = `query whole($records: [ID!]!) {
  whole_records(records: $records) { record kind revision standing state }
}`;
const wholeRecordsMax = 100;
const utf8 = new TextEncoder();

/**
 * Compare with the centre and mend what differs; the records concerned.
 *
 * To be called after a pull that read everything. A record that was pulled, moved or lost wrongly is read whole through
 * the document engine, another way than the page came; one the centre does not give is dropped unless words wait for it.
 */
export async function mend(store: PersonStore, network: Network, scopes: string[], now: number): Promise<string[]> {
  const cursors = (await fact<Cursors>(store, 'cursors')) ?? {};
  const after = scopes.flatMap((scope) => (cursors[scope] ? [{ scope, cursor: cursors[scope].cursor }] : []));
  const held = await heldHere(store);
  let differing: string[];
  try {
    differing = [...held.filter((one) => one.row.sum !== undefined && one.row.sum !== sumOf(one.row.claims)).map((one) => one.row.record)];
    differing.push(...(await whatDiffers(network, after, held)));
  } catch (error) {
    // An older centre does not know the question, or it is too late for this cursor: the next round asks again.
    if (error instanceof ProblemError && error.problem.code === 'query_refused') return [];
    throw error;
  }
  const records = [...new Set(differing)];
  for (let from = 0; from < records.length; from += wholeRecordsMax) await readAnew(store, network, records.slice(from, from + wholeRecordsMax));
  await store.put('meta', now, 'digest_at');
  if (records.length > 0) await store.put('meta', { at: new Date(now).toISOString(), records: records.length } satisfies Mended, 'mended');
  return records;
}

async function heldHere(store: PersonStore): Promise<Held[]> {
  const rows = (await store.getAll('base')).filter((row) => !row.leaving);
  return Promise.all(rows.map(async (row) => ({
    row,
    part: hex(await sha256(utf8.encode(row.record))).slice(0, 2),
    hash: BigInt(`0x${hex((await sha256(utf8.encode(`${row.record}:${row.revision}`))).slice(0, 8))}`),
    scopes: scopesOfRecord(row.kind, row.standing)
  })));
}

async function whatDiffers(network: Network, after: { scope: string; cursor: string }[], held: Held[]): Promise<string[]> {
  const found: string[] = [];
  const { digest } = await gql<{ digest: ScopeDigest[] }>(digestQuestion, { after, by_part: false }, network);
  const suspects = digest.filter((theirs) => !isSame(theirs.parts, partsOf(ofScope(held, theirs), false)));
  if (suspects.length === 0) return found;
  const asked = after.filter((entry) => suspects.some((suspect) => suspect.scope === entry.scope));
  const by_part = (await gql<{ digest: ScopeDigest[] }>(digestQuestion, { after: asked, by_part: true }, network)).digest;
  for (const theirs of by_part) {
    const mine = ofScope(held, theirs);
    const parts = differingParts(theirs.parts, partsOf(mine, true));
    if (parts.length === 0) continue;
    const cursor = asked.find((entry) => entry.scope === theirs.scope)?.cursor ?? '0';
    const { digest_rows } = await gql<{ digest_rows: { record: string; revision: number }[] }>(rowsQuestion, { scope: theirs.scope, cursor, parts }, network);
    const known = new Map(digest_rows.map((row) => [row.record, row.revision]));
    for (const one of mine) {
      if (!parts.includes(one.part)) continue;
      if (known.get(one.row.record) !== one.row.revision) found.push(one.row.record);
      known.delete(one.row.record);
    }
    found.push(...known.keys());
  }
  return found;
}

function ofScope(held: Held[], { scope, low, high, moved }: ScopeDigest): Held[] {
  const gone = new Set(moved);
  return held.filter((one) => one.scopes.includes(scope) && one.row.revision >= low && one.row.revision <= high && !gone.has(one.row.record));
}

function partsOf(held: Held[], by_part: boolean): Part[] {
  const found = new Map<string, { count: number; xor: bigint }>();
  for (const one of held) {
    const part = by_part ? one.part : '';
    const sum = found.get(part) ?? { count: 0, xor: 0n };
    found.set(part, { count: sum.count + 1, xor: sum.xor ^ one.hash });
  }
  return [...found].map(([part, { count, xor }]) => ({ part, count, xor: xor.toString(16).padStart(16, '0') }));
}

function differingParts(theirs: Part[], mine: Part[]): string[] {
  const names = new Set([...theirs, ...mine].map((part) => part.part));
  const of = (parts: Part[], name: string): Part[] => parts.filter((part) => part.part === name);
  return [...names].filter((name) => !isSame(of(theirs, name), of(mine, name)));
}

function isSame(theirs: Part[], mine: Part[]): boolean {
  const text = (parts: Part[]): string => parts.map(({ part, count, xor }) => `${part}:${count}:${xor}`).sort().join(' ');
  return text(theirs) === text(mine);
}

async function readAnew(store: PersonStore, network: Network, records: string[]): Promise<void> {
  const { whole_records } = await gql<{ whole_records: Whole[] }>(wholeQuestion, { records }, network);
  // The document engine is a fifth of the app, and hardly any phone ever needs it.
  const { claimsOfState } = await import('./document');
  const rows = whole_records.map(({ record, kind, revision, standing, state }): BaseRow => {
    const claims = claimsOfState(Uint8Array.from(atob(state), (letter) => letter.charCodeAt(0)));
    return { record, kind, revision, standing, claims, leaving: false, sum: sumOf(claims) };
  });
  await write(store, async (transaction) => {
    for (const row of rows) {
      await transaction.objectStore('base').put(row);
      await settle(transaction, row.record);
    }
    for (const record of records) if (!rows.some((row) => row.record === record)) await leaveNow(transaction, record);
  });
}
