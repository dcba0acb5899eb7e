// A record wherever it is: the copy on this machine, or, at a desk that keeps none, what the centre says of it, in the same
// form, so that the same pages and steps serve both.
import { get, session, type RecordView } from '../view';
import { kindOf, schema } from '../schema/schema';
import type { Claim } from '../sync/shapes';

/** Whether records of a kind come to this person's machines by themselves. */
export function comesHere(kind: string, roles: readonly string[]): boolean {
  return roles.some((role) => schema.roles[role]?.replicates === true && kindOf(kind)?.access.see[role] !== undefined);
}

/**
 * The record as this person sees it; undefined where there is none for them. Throws NetworkFailure where the centre would
 * have to be asked and there is no network.
 */
export async function anywhere(id: string): Promise<RecordView | undefined> {
  const here = await get(id);
  // What is here only because it was just written here is a part; what the centre has is the whole.
  if (here && (here.revision > 0 || here.pending > 0 && comesHere(here.kind, session.me?.roles ?? []))) return here;
  if (session.me?.home !== 'desk') return here;
  const { askRecord } = await import('../desk/questions');
  const found = await askRecord(id);
  if (!found) return here;
  const live: Record<string, string[]> = {};
  for (const claim of found.claims.filter((one) => one.live)) (live[claim.field_key] ??= []).push(claim.key);
  const conflicts: Record<string, Claim[]> = {};
  for (const one of found.conflicts) {
    conflicts[one.field_key] = one.versions.map((claim) => ({ field_key: claim.field_key, save_key: claim.key, value: claim.value, made_at: claim.made_at, author: claim.author }));
  }
  return {
    record: found.record, kind: found.kind, values: found.values, conflicts, live, revision: found.revision, standing: found.standing,
    title_zh: found.title_zh, title_en: found.title_en, mark: found.conflicts.length > 0 ? 'versions' : 'sent', pending: here?.pending ?? 0, keys: [], changed_at: found.history[0]?.at ?? ''
  };
}
