// The records of a kind as a desk lists them: from the copies on this machine where the role has some, else asked of the
// centre. What of them is shown stands with the screens.
import { gql, list, session } from '../view';
import type { Values } from '../records/declared';
import { comesHere } from '../records/elsewhere';

export interface Listed { record: string; kind: string; title_zh: string; title_en: string; values: Values }
interface Page { items: ({ record: string; title_zh: string; title_en: string } & Record<string, unknown>)[]; next: string | null }

const questions = {
  medal_award: `query medal_awards($after: String) { medal_award_list(first: 200, after: $after) {
    items { record title_zh title_en medal volunteer counted_on state } next } }`,
  medal_rule: `query medal_rules($after: String) { medal_rule_list(first: 200, after: $after) {
    items { record title_zh title_en medal min_hours effective_on } next } }`,
  volunteer_assessment: `query volunteer_assessments($after: String) { volunteer_assessment_list(first: 200, after: $after) {
    items { record title_zh title_en volunteer period to_on state } next } }`,
  hour_certificate: `query hour_certificates($after: String) { hour_certificate_list(first: 200, after: $after) {
    items { record title_zh title_en volunteer paper from_on to_on issued_on state } next } }`,
  conduct_event: `query conduct_events($after: String) { conduct_event_list(first: 200, after: $after) {
    items { record title_zh title_en volunteer rule outcome happened_on state } next } }`,
  conduct_decision: `query conduct_decisions($after: String) { conduct_decision_list(first: 200, after: $after) {
    items { record title_zh title_en matter volunteer told_on state } next } }`,
  supervision_session: `query supervision_sessions($after: String) { supervision_session_list(first: 200, after: $after) {
    items { record title_zh title_en type held_on supervisor state } next } }`,
  field_task: `query tickets($after: String) { field_task_list(first: 200, after: $after) {
    items { record title_zh title_en title urgency household raised_at assigned_to state accepted_at on_site_at answered_at done_at expected_by } next } }`,
  follow_up: `query follow_ups($after: String) { follow_up_list(first: 200, after: $after) {
    items { record title_zh title_en household month_on assigned_to state satisfied timely problem } next } }`,
  follow_up_plan: `query follow_up_plans($after: String) { follow_up_plan_list(first: 200, after: $after) {
    items { record title_zh title_en team month_on seed frame_size drawn_size summary improvements } next } }`,
  hour_check: `query hour_checks($after: String) { hour_check_list(first: 200, after: $after) {
    items { record title_zh title_en entry month_on stratum checked_by state note } next } }`,
  hour_check_plan: `query hour_check_plans($after: String) { hour_check_plan_list(first: 200, after: $after) {
    items { record title_zh title_en month_on seed percent least each frame_size drawn_size left_out strata summary } next } }`,
  incident: `query incidents($after: String) { incident_list(first: 200, after: $after) {
    items { record title_zh title_en what happened_at place tier status persons_affected } next } }`
};
export type ListedKind = keyof typeof questions;
// More than these nobody works off; the oldest of what is over are left out.
const pages_max = 5;

/** All of a kind that this person sees; NetworkFailure where the centre has to be asked and there is no network. */
export async function rowsOf(kind: ListedKind): Promise<Listed[]> {
  if (comesHere(kind, session.me?.roles ?? [])) return list(kind);
  const found: Listed[] = [];
  let after: string | null = null;
  for (let page = 0; page < pages_max; page += 1) {
    const answer: Record<string, Page> = await gql(questions[kind], { after });
    const told = answer[`${kind}_list`];
    for (const { record, title_zh, title_en, ...values } of told?.items ?? []) {
      found.push({ record, kind, title_zh, title_en, values: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as Values });
    }
    after = told?.next ?? null;
    if (after === null) break;
  }
  return found;
}
