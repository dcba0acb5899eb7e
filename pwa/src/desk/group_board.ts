// Groups and activities as the desk lists them: what waits for this person, the sessions by date, the series with how many
// were held. Showing them is GroupBoard.svelte.
import { gql, type Me, type RecordView } from '../view';
import { nextSteps } from '../records/steps';
import type { Language } from '../schema/model';
import { heldOf } from '../phone/sessions';

export interface Draft { record: string; revision: number; title_zh: string; title_en: string; name: string; starts_on: string; worker: string; expected_headcount: number; large: boolean }

/** What a supervisor decides about: a step that is not the worker's to take. */
export function waitsFor(records: readonly RecordView[], me: Me, language: Language): RecordView[] {
  return records.filter((record) => !me.roles.includes('outreach_worker') && nextSteps(record, me, language).some((step) => ['approved', 'completed', 'verified'].includes(step.to)));
}

/** Sessions held of those planned, and the person-times. */
export function figuresOf(record: RecordView, sessions: readonly RecordView[]): { held: number; person_times: number } {
  return heldOf(sessions.filter((one) => one.values[record.kind] === record.record));
}

/** The activities of the centre that nobody has approved yet, for a director, whose machine keeps no copies. */
export async function drafts(): Promise<Draft[]> {
  const { activity_list } = await gql<{ activity_list: { items: Draft[] } }>(waiting);
  return activity_list.items;
}

const waiting = `query group_drafts { activity_list(first: 100, where: { state: "draft" }) {
  items { record revision title_zh title_en name starts_on worker expected_headcount large } } }`;

const claims = `query group_claims($record: ID!) { record_detail(record: $record) { revision claims { field_key key } } }`;

/** What an approval replaces: the claims of the state as the centre has them now. */
export async function stateClaims(record: string): Promise<{ revision: number; keys: string[] }> {
  const { record_detail } = await gql<{ record_detail: { revision: number; claims: { field_key: string; key: string }[] } | null }>(claims, { record });
  return { revision: record_detail?.revision ?? 0, keys: (record_detail?.claims ?? []).filter((claim) => claim.field_key === 'state').map((claim) => claim.key) };
}
