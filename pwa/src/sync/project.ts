// What a person sees of one record: the confirmed base with the outbox laid over it, as one view row. Pure; where rows
// are kept is store.ts, and how claims become values is schema/view.ts.
import { kindOf } from '../schema/schema';
import { viewOf } from '../schema/view';
import { instantOf } from './clock';
import type { BaseRow, Claim, Json, Mark, OutboxRow, Save, Standing, Values, ViewRow } from './shapes';

/** The save key: base36 of the client number, as the record's document names the claims of this save. */
export function saveKey(client: number): string {
  return client.toString(36);
}

/** The claims that stand after one save: those it replaces go, its own are set. The same as document.ts does with Yjs. */
export function withSave(claims: Claim[], save: Pick<Save, 'client' | 'made_at' | 'set' | 'replaces'>, author: string): Claim[] {
  const key = saveKey(save.client);
  const kept = claims.filter((claim) =>
    !(claim.save_key === key && claim.field_key in save.set) && !(save.replaces[claim.field_key] ?? []).includes(claim.save_key));
  const own = Object.entries(save.set).map(([field_key, value]): Claim => ({ field_key, save_key: key, value, made_at: save.made_at, author }));
  return [...kept, ...own];
}

/** All live claims: those of the base, and on top the outbox in the order it was written. */
export function claimsOf(base: BaseRow | undefined, outbox: OutboxRow[]): Claim[] {
  // What was accepted in an earlier life of the centre is in a base of that life; what has replaced it since is not undone.
  const over = base?.revision === 0 ? outbox.filter((row) => row.again !== true) : outbox;
  const ordered = [...over].sort((one, other) => one.device_sequence - other.device_sequence);
  return ordered.reduce((claims, row) => withSave(claims, row.content, row.author), base?.claims ?? []);
}

/** Whether the centre has not answered a save yet. */
export function isUnsent({ status }: OutboxRow): boolean {
  return status !== 'accepted' && status !== 'held';
}

/** The view row of a record, or undefined when neither base nor outbox knows it. */
export function project(base: BaseRow | undefined, outbox: OutboxRow[]): ViewRow | undefined {
  const first = outbox[0];
  const record = base?.record ?? first?.record;
  const kind = base?.kind ?? first?.kind;
  if (record === undefined || kind === undefined) return undefined;
  const claims = claimsOf(base, outbox);
  const { values, conflicts } = viewOf(kind, claims);
  const mark = markOf(base?.standing ?? null, Object.keys(conflicts).length, outbox);
  const live: Record<string, string[]> = {};
  for (const claim of claims) (live[claim.field_key] ??= []).push(claim.save_key);
  const newest = claims.reduce((latest, claim) => (claim.made_at > latest ? claim.made_at : latest), '');
  const problem = outbox.find((row) => row.status === 'held')?.problem ?? undefined;
  return {
    record,
    kind,
    revision: base?.revision ?? 0,
    values,
    conflicts,
    live,
    standing: base?.standing ?? null,
    mark,
    pending: outbox.filter(isUnsent).length,
    ...(problem ? { problem } : {}),
    keys: [...keysOf(kind, values), indexKey(kind, 'mark', mark), ...(base?.standing?.put_away?.survivor ? [aliasKey] : [])],
    changed_at: instantOf(newest)
  };
}

/** How far the record has come, from stored facts only: receipts, standing, outbox. Connectivity is never asked. */
export function markOf(standing: Standing | null, conflicts: number, outbox: OutboxRow[]): Mark {
  const review = standing?.review ?? null;
  if (outbox.some((row) => row.status === 'held')) return 'held';
  // A correction on its way has answered the return; what was written before the sentence was read has not.
  if (review?.state === 'returned' && !outbox.some((row) => row.answers)) return 'returned';
  if (conflicts > 0) return 'versions';
  if (outbox.some((row) => row.status !== 'accepted')) return 'saved';
  return review?.state === 'approved' && outbox.length === 0 ? 'reviewed' : 'sent';
}

function text(value: Json | undefined): string | undefined {
  return value === undefined || value === null || typeof value === 'object' ? undefined : String(value);
}

/** Keys under which lists find the record: every prefix of every declared index, and every reference to a record. */
export function keysOf(kind: string, values: Values): string[] {
  const declared = kindOf(kind);
  if (!declared) return [];
  const references = declared.fields.filter((field) => field.type === 'ref').map((field) => [field.name]);
  const found = new Set<string>();
  for (const fields of [...declared.indexes, ...references]) {
    const parts: string[] = [];
    for (const [at, field] of fields.entries()) {
      const part = text(values[field]);
      if (part === undefined) break;
      parts.push(part);
      found.add(indexKey(kind, fields.slice(0, at + 1).join('+'), parts.join('|')));
    }
  }
  return [...found];
}

/** Under this key lie the records that were found to be another one. */
export const aliasKey = 'alias';

/** One index entry, for example `home_visit.assigned_to+planned_on=li_min|2026-11-22`. */
export function indexKey(kind: string, index: string, value: string): string {
  return `${kind}.${index}=${value}`;
}
