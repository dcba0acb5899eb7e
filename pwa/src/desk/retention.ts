// What the desk asks about records whose years are over, what is kept all the same, and what two people agree to destroy.
// What is shown of it stands in Retention.svelte and the parts of it.
import { problemFields } from '../graphql';
import type { Problem } from '../sync/shapes';
import { gql, ProblemError } from '../view';

export interface DueKind {
  kind: string; class_zh: string; class_en: string; basis_zh: string; basis_en: string; years: number; statutory: boolean;
  records: number; day: string; on_hold: number; waiting: number; unsealed: number; named: number;
}
export interface Hold {
  id: string; kind: string; title_zh: string | null; title_en: string | null; reason: string; by_name: string; set_at: string;
  lifted_by_name: string | null; lifted_at: string | null; lifted_reason: string | null;
}
export interface Certificate {
  records: { kind: string; records: number; class_zh: string; class_en: string }[]; stayed: number; entries: number; files: number; head_before: string; head_after: string;
}
export interface Destruction {
  id: string; number: string; ground: 'retention' | 'request'; kinds: string[]; records: number; reason: string;
  state: 'waiting' | 'confirmed' | 'begun' | 'done' | 'refused' | 'over'; by_name: string; made_at: string;
  confirmed_by_name: string | null; confirmed_at: string | null; refused_by_name: string | null; done_at: string | null;
  certificate: Certificate | null; can_confirm: boolean;
}
export interface Retention { can_destroy: boolean; due: DueKind[]; holds: Hold[]; destructions: Destruction[] }

const certificate = 'certificate { records { kind records class_zh class_en } stayed entries files head_before head_after }';
const destruction = `id number ground kinds records reason state by_name made_at confirmed_by_name confirmed_at refused_by_name done_at ${certificate} can_confirm`;
const hold = 'id kind title_zh title_en reason by_name set_at lifted_by_name lifted_at lifted_reason';
const due = 'kind class_zh class_en basis_zh basis_en years statutory records day on_hold waiting unsealed named';
const proposal = `destruction { ${destruction} } problem { ${problemFields} }`;
const held = `hold { ${hold} } problem { ${problemFields} }`;
const retention = `query retention { retention { can_destroy due { ${due} } holds { ${hold} } destructions { ${destruction} } } }`;
const propose_destruction = `mutation propose_destruction($kinds: [String!]!, $reason: String!) { propose_destruction(kinds: $kinds, reason: $reason) { ${proposal} } }`;
const propose_destruction_for = `mutation propose_destruction_for($record: ID!, $reason: String!) { propose_destruction_for(record: $record, reason: $reason) { ${proposal} } }`;
const confirm_destruction = `mutation confirm_destruction($id: ID!) { confirm_destruction(id: $id) { ${proposal} } }`;
const refuse_destruction = `mutation refuse_destruction($id: ID!) { refuse_destruction(id: $id) { ${proposal} } }`;
const set_hold = `mutation set_hold($record: ID!, $reason: String!) { set_hold(record: $record, reason: $reason) { ${held} } }`;
const lift_hold = `mutation lift_hold($id: ID!, $reason: String!) { lift_hold(id: $id, reason: $reason) { ${held} } }`;

export async function askRetention(): Promise<Retention> {
  return (await gql<{ retention: Retention }>(retention, {})).retention;
}

export interface ToDestroy { record: string; kind: string; title_zh: string | null; title_en: string | null }
const destruction_records = 'query destruction_records($id: ID!) { destruction_records(id: $id) { record kind title_zh title_en } }';

/** What a proposal would destroy, the first of it, for whoever is to confirm. */
export async function askRecordsOf(id: string): Promise<ToDestroy[]> {
  return (await gql<{ destruction_records: ToDestroy[] }>(destruction_records, { id })).destruction_records;
}

/** How many of a kind may go now: what nothing keeps. */
export function freeOf(one: DueKind): number {
  return one.records - one.on_hold - one.waiting - one.unsealed - one.named;
}

interface Proposed { destruction: Destruction | null; problem: Problem | null }
interface Kept { hold: Hold | null; problem: Problem | null }

/** The commands; each throws ProblemError with what the centre says against it. */
export const send = {
  propose: async (kinds: string[], reason: string) => proposed((await gql<{ propose_destruction: Proposed }>(propose_destruction, { kinds, reason })).propose_destruction),
  proposeFor: async (record: string, reason: string) => proposed((await gql<{ propose_destruction_for: Proposed }>(propose_destruction_for, { record, reason })).propose_destruction_for),
  confirm: async (id: string) => proposed((await gql<{ confirm_destruction: Proposed }>(confirm_destruction, { id })).confirm_destruction),
  refuse: async (id: string) => proposed((await gql<{ refuse_destruction: Proposed }>(refuse_destruction, { id })).refuse_destruction),
  hold: async (record: string, reason: string) => kept((await gql<{ set_hold: Kept }>(set_hold, { record, reason })).set_hold),
  lift: async (id: string, reason: string) => kept((await gql<{ lift_hold: Kept }>(lift_hold, { id, reason })).lift_hold)
};

function proposed(found: Proposed): Destruction {
  if (!found.destruction) throw refused(found.problem);
  return found.destruction;
}

function kept(found: Kept): Hold {
  if (!found.hold) throw refused(found.problem);
  return found.hold;
}

function refused(problem: Problem | null): ProblemError {
  return new ProblemError(problem ?? { code: 'failed', field: null, details: null }, 200);
}
