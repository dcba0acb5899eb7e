// What the desk asks about records out of one's reach: finding one by the whole name, opening it for an hour, who opened
// what and why. Who may, is the centre's to judge.
import { problemFields } from '../graphql';
import type { Problem } from '../sync/shapes';
import { gql, ProblemError } from '../view';

export interface Beyond { record: string; kind: string; team_name: string | null }
export interface Opening {
  id: string; record: string; kind: string; title_zh: string | null; title_en: string | null; by: string; by_name: string; reason: string; at: string; until: string;
  is_mine: boolean; seen_by_name: string | null; seen_at: string | null;
}
interface Result { opening: Opening | null; problem: Problem | null }

const opening = 'id record kind title_zh title_en by by_name reason at until is_mine seen_by_name seen_at';
const result = `opening { ${opening} } problem { ${problemFields} }`;
const beyond = 'query beyond($name: String!) { beyond(name: $name) { record kind team_name } }';
const openings = `query openings { openings { ${opening} } }`;
const break_glass = `mutation break_glass($record: ID!, $reason: String!) { break_glass(record: $record, reason: $reason) { ${result} } }`;
const see_opening = `mutation see_opening($id: ID!) { see_opening(id: $id) { ${result} } }`;

/** The name somebody looks for: handed on in memory, because an address is kept by the browser. */
export const sought = $state({ name: '' });

/** Who bears exactly this name where I do not reach; nothing that is written about them. */
export async function askBeyond(name: string): Promise<Beyond[]> {
  return (await gql<{ beyond: Beyond[] }>(beyond, { name })).beyond;
}

/** What was opened, by me or among what I answer for, newest first. */
export async function askOpenings(): Promise<Opening[]> {
  return (await gql<{ openings: Opening[] }>(openings, {})).openings;
}

/** Open one record for an hour; throws ProblemError with what the centre says against it. */
export async function sendBreakGlass(record: string, reason: string): Promise<Opening> {
  return taken((await gql<{ break_glass: Result }>(break_glass, { record, reason })).break_glass);
}

/** Say that I have read why. */
export async function sendSeen(id: string): Promise<Opening> {
  return taken((await gql<{ see_opening: Result }>(see_opening, { id })).see_opening);
}

/** Minutes until an opening ends, begun ones counted whole; 0 when it is over. */
export function minutesLeft(until: string, now: number): number {
  return Math.max(0, Math.ceil((Date.parse(until) - now) / 60_000));
}

function taken(found: Result): Opening {
  if (found.problem || !found.opening) throw new ProblemError(found.problem ?? { code: 'failed', field: null, details: null }, 200);
  return found.opening;
}
