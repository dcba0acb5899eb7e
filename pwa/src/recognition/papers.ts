// What is asked of the centre about papers, medals and assessments, by a volunteer, a desk or a stranger. Showing it are
// the screens beside this, and the page of the desk.
import { problemFields } from '../graphql';
import { download, network, post } from '../network';
import type { Problem } from '../sync/shapes';
import { gql, ProblemError } from '../view';

export type PaperName = 'service_record' | 'certified_proof';
export interface Mine {
  certified_minutes: number; paper: PaperName; first_on: string | null; last_on: string | null;
  next_medal: { medal: string; min_hours: number; minutes_to_go: number } | null;
}
export interface Near { volunteer: string; name: string; medal: string; rule: string; is_reached: boolean; award: string | null; state: string | null }
export interface Due { volunteer: string; name: string; period: string; from_on: string; to_on: string }
export interface Board { medals: Near[]; due: Due[]; paper: PaperName }
interface Made { record: string | null; problem: Problem | null }

const made = `record problem { ${problemFields} }`;
const my_recognition = 'query my_recognition { my_recognition { certified_minutes paper first_on last_on next_medal { medal min_hours minutes_to_go } } }';
const recognition = `query recognition { recognition { paper due { volunteer name period from_on to_on }
  medals { volunteer name medal rule is_reached award state } } }`;
const make_paper = `mutation make_paper($volunteer: ID!, $from_on: String!, $to_on: String!) {
  make_paper(volunteer: $volunteer, from_on: $from_on, to_on: $to_on) { ${made} } }`;
const propose_medal = `mutation propose_medal($volunteer: ID!, $rule: ID!) { propose_medal(volunteer: $volunteer, rule: $rule) { ${made} } }`;
const open_assessment = `mutation open_assessment($volunteer: ID!, $period: String!, $to_on: String!) {
  open_assessment(volunteer: $volunteer, period: $period, to_on: $to_on) { ${made} } }`;

export async function askMine(): Promise<Mine> {
  return (await gql<{ my_recognition: Mine }>(my_recognition, {})).my_recognition;
}

export async function askBoard(): Promise<Board> {
  return (await gql<{ recognition: Board }>(recognition, {})).recognition;
}

/** Have a paper made; its record. Throws ProblemError with what the centre says against it. */
export async function askPaper(volunteer: string, from_on: string, to_on: string): Promise<string> {
  return taken((await gql<{ make_paper: Made }>(make_paper, { volunteer, from_on, to_on })).make_paper);
}

export async function askMedal(volunteer: string, rule: string): Promise<string> {
  return taken((await gql<{ propose_medal: Made }>(propose_medal, { volunteer, rule })).propose_medal);
}

export async function askAssessment(volunteer: string, period: string, to_on: string): Promise<string> {
  return taken((await gql<{ open_assessment: Made }>(open_assessment, { volunteer, period, to_on })).open_assessment);
}

/** Fetch a paper and put it into the folder of downloads. */
export async function takePaper(record: string): Promise<void> {
  const file = await download('/api/papers', JSON.stringify({ record }));
  const address = URL.createObjectURL(file);
  const link = document.createElement('a');
  link.href = address;
  link.download = `doorstep-${record.slice(0, 8)}.pdf`;
  link.click();
  // The download has begun by the next turn; before that the address must stay.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** What a stranger is told of a paper. */
export interface Verified {
  state: 'valid' | 'revoked'; is_as_made: boolean; paper: PaperName; name: string; issuer: string;
  from_on: string; to_on: string; minutes: number; issued_on: string; revoked_on: string | null;
}

/** Ask what the paper with a number is; throws ProblemError certificate_unknown or certificate_mistyped. */
export async function askVerified(number: string): Promise<Verified> {
  return await post(network, '/api/verify', { number }) as Verified;
}

function taken(found: Made): string {
  if (found.problem || !found.record) throw new ProblemError(found.problem ?? { code: 'failed', field: null, details: null }, 200);
  return found.record;
}
