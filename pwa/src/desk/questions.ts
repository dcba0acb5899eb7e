// What the desk asks the centre, as GraphQL. What is shown of the answers stands with the screens.
import { problemFields } from '../graphql';
import { gql } from '../view';
import type { HourList } from './hours';
import type { Decision, DecisionResult, HeldDecision, HeldDecisionResult, HeldDetail, Looking, RecordDetail, ReviewItem, ReviewPage, ReviewTab, TeamFigures, Workbench } from './shapes';

const problem = `problem { ${problemFields} }`;
const looking = 'record person person_name until';
const item = `record kind title_zh title_en author author_name happened_on delivered_at revision state urgent conflicts
  duplicates changed late_days values ${problem} save answered passes_at looking { ${looking} }`;
const beside = 'record volunteer worked_on activity started_at ended_at minutes state provenance author_name';
const was = 'started_at ended_at minutes';
const hours = `query hours_to_certify { hours_to_certify {
  items { ${beside} revision volunteer_name title_zh title_en project break_minutes travel_minutes minutes_written late_reason
    over_reason correction_reason was { ${was} } corrected { ${was} } delivered_at answered checks against
    shift { record starts_at ends_at place signed_in_at signed_out_at } notes refused { ${problemFields} } certifiers
    looking { ${looking} } }
  beside { ${beside} } total waiting_minutes certified_minutes since_on
  answers { record volunteer_name worked_on activity sentence by_name at } answers_total } }`;

const claim = 'field_key key value author author_name made_at delivered_at save live';
const change = 'field_key before after by by_name at';

const workbench = `query workbench { workbench {
  waiting oldest_waiting_hours conflicts duplicates returned held passed answered answer_median_days
  urgent hours_waiting openings overdue reviewed_today } }`;

const team_figures = `query team_figures { team_figures {
  team team_name waiting oldest_waiting_hours urgent returned conflicts duplicates held } }`;

const review_list = `query review_list($tab: ReviewTab!, $kinds: [String!], $first: Int!, $after: String, $team: ID) {
  review_list(tab: $tab, kinds: $kinds, first: $first, after: $after, team: $team) { items { ${item} } total next } }`;

const record_detail = `query record_detail($record: ID!) { record_detail(record: $record) {
  record kind revision title_zh title_en values standing household returns passes_at
  claims { ${claim} }
  conflicts { field_key before has_before versions { ${claim} } }
  changes { ${change} } merged { ${change} }
  history { at what by by_name fields sentence revision clock_minutes_ahead percent days }
  duplicates { ${item} }
  named { kind count } aliases { record into title_zh title_en values at by_name can_part changes { ${change} } } } }`;

const phone_number = 'query phone_number($record: ID!, $field: String!) { phone_number(record: $record, field: $field) }';

const record_title = 'query record_title($record: ID!) { record_detail(record: $record) { title_zh title_en } }';

const decide = `mutation decide($decisions: [DecisionInput!]!) { decide(decisions: $decisions) {
  id record standing ${problem} } }`;

const verdict = 'verdict { verdict by by_name at sentence edited }';
const held_detail = `query held_detail($save: ID!) { held_detail(save: $save) {
  save record kind title_zh title_en author author_name made_at delivered_at revision values stands is_new is_elsewhere
  locked_by opens_lock waits can_release can_edit can_reject ${problem} ${verdict}
  fields { field_key wrote has_seen seen stands stands_by stands_by_name stands_at is_unseen } } }`;
const decide_held = `mutation decide_held($decisions: [HeldDecisionInput!]!) { decide_held(decisions: $decisions) {
  id save revision ${verdict} ${problem} } }`;

const look_at = `mutation look_at($record: ID, $takes_over: Boolean!) { look_at(record: $record, takes_over: $takes_over) {
  ${looking} } }`;

const settle_duplicate = `mutation settle_duplicate($id: ID!, $record: ID!, $other: ID!, $verdict: String!) {
  settle_duplicate(id: $id, record: $record, other: $other, verdict: $verdict) { id record standing ${problem} } }`;

/** The figures of the asking person's desk. */
export async function askWorkbench(): Promise<Workbench> {
  return (await gql<{ workbench: Workbench }>(workbench, {})).workbench;
}

/** What waits in each team; empty for whoever decides, who has queues of their own. */
export async function askTeamFigures(): Promise<TeamFigures[]> {
  return (await gql<{ team_figures: TeamFigures[] }>(team_figures, {})).team_figures;
}

/** One page of a queue; `after` continues where the page before ended. */
export async function askQueue(tab: ReviewTab, options: { kinds?: string[]; first?: number; after?: string; team?: string } = {}): Promise<ReviewPage> {
  const { kinds = null, first = 50, after = null, team = null } = options;
  return (await gql<{ review_list: ReviewPage }>(review_list, { tab, kinds, first, after, team })).review_list;
}

/** A record with everything a reviewer looks at; null when the person may not see it or it does not exist. */
export async function askRecord(record: string): Promise<RecordDetail | null> {
  return (await gql<{ record_detail: RecordDetail | null }>(record_detail, { record })).record_detail;
}

/** The whole of a covered number; null where there is none any more. That it was asked for stands in the trail. */
export async function askNumber(record: string, field: string): Promise<string | null> {
  return (await gql<{ phone_number: string | null }>(phone_number, { record, field })).phone_number;
}

/** The title of a record this machine has no copy of. */
export async function askTitle(record: string): Promise<Pick<ReviewItem, 'title_zh' | 'title_en'> | null> {
  return (await gql<{ record_detail: { title_zh: string; title_en: string } | null }>(record_title, { record })).record_detail;
}

/** Hand decisions to the centre; each is answered on its own. */
export async function sendDecisions(decisions: Decision[]): Promise<DecisionResult[]> {
  return (await gql<{ decide: DecisionResult[] }>(decide, { decisions: decisions.map((decision) => ({ ...decision })) })).decide;
}

/** One held save against what stands; null when it is not this person's to look at. */
export async function askHeld(save: string): Promise<HeldDetail | null> {
  return (await gql<{ held_detail: HeldDetail | null }>(held_detail, { save })).held_detail;
}

/** The hours that wait to be certified, each with what is odd about it, and what waits for somebody's answer. */
export async function askHours(): Promise<HourList> {
  return (await gql<{ hours_to_certify: HourList }>(hours, {})).hours_to_certify;
}

/** Hand one decision on a held save to the centre. The same id again gets the same answer. */
export async function sendHeld(decision: HeldDecision): Promise<HeldDecisionResult> {
  const [result] = (await gql<{ decide_held: HeldDecisionResult[] }>(decide_held, { decisions: [{ ...decision }] })).decide_held;
  return result ?? { id: decision.id, save: decision.save, verdict: null, revision: null, problem: { code: 'failed' } };
}

/** Say whether two records are the same thing; `other` is the one that goes when they are, and comes back when they part. */
export async function sendDuplicate(id: string, record: string, other: string, verdict: 'different' | 'same' | 'apart'): Promise<DecisionResult> {
  return (await gql<{ settle_duplicate: DecisionResult }>(settle_duplicate, { id, record, other, verdict })).settle_duplicate;
}

/** Say which record this desk looks at, or none; who holds it. Null for what is not this person's to decide on. */
export async function lookAt(record: string | null, takes_over = false): Promise<Looking | null> {
  return (await gql<{ look_at: Looking | null }>(look_at, { record, takes_over })).look_at;
}
