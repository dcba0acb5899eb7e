// What the desk asks about members and invites. How a phone comes in is auth/.
import { fieldOf } from '../records/declared';
import { schema } from '../schema/schema';
import { gql, type Member } from '../view';

export interface Invite { invite: string; person: string; state: string; code: string; token: string; code_until: string; until: string }
export interface Waiting { enrolment: string; person: string; numbers: string[] }
/** An open record, and the field by which it is somebody's. */
export interface InName { record: string; kind: string; field: string; title_zh: string | null; title_en: string | null }
export interface Team { id: string; name: string }

const teams = 'query teams { teams { id name } }';
const create_invite = 'mutation create_invite($person: ID!) { create_invite(person: $person) { invite person state code token code_until until } }';
const waiting_enrolments = 'query waiting_enrolments { waiting_enrolments { enrolment person numbers } }';
const match_number = 'mutation match_number($enrolment: ID!, $number: String!) { match_number(enrolment: $enrolment, number: $number) }';
const withdraw_invite = 'mutation withdraw_invite($invite: ID!) { withdraw_invite(invite: $invite) }';
const add_member = 'mutation add_member($name: String!, $role: String!, $team: ID) { add_member(name: $name, role: $role, team: $team) }';
const set_member_role = 'mutation set_member_role($person: ID!, $role: String!, $team: ID) { set_member_role(person: $person, role: $role, team: $team) }';

const open_of = 'query open_of($person: ID!) { open_of(person: $person) { record kind field title_zh title_en } }';
const stop_member = 'mutation stop_member($person: ID!) { stop_member(person: $person) }';

export async function askTeams(): Promise<Team[]> {
  return (await gql<{ teams: Team[] }>(teams, {})).teams;
}

/** Invite a device of a person; code and token are told this once. */
export async function sendInvite(person: string): Promise<Invite> {
  return (await gql<{ create_invite: Invite }>(create_invite, { person })).create_invite;
}

/** The phones whose number is to be chosen. */
export async function askWaiting(): Promise<Waiting[]> {
  return (await gql<{ waiting_enrolments: Waiting[] }>(waiting_enrolments, {})).waiting_enrolments;
}

/** "matched", or "refused": a wrong number ends the invite. */
export async function sendNumber(enrolment: string, number: string): Promise<string> {
  return (await gql<{ match_number: string }>(match_number, { enrolment, number })).match_number;
}

/** Nobody comes with this invite any more. */
export async function withdraw(invite: string): Promise<void> {
  await gql(withdraw_invite, { invite });
}

/** The id of the person who was added. */
export async function sendMember(name: string, role: string, team: string | null): Promise<string> {
  return (await gql<{ add_member: string }>(add_member, { name, role, team })).add_member;
}

export async function sendRole(person: string, role: string, team: string | null): Promise<void> {
  await gql(set_member_role, { person, role, team });
}

/** What is open in somebody's name and this person may give to others. */
export async function askOpen(person: string): Promise<InName[]> {
  return (await gql<{ open_of: InName[] }>(open_of, { person })).open_of;
}

/** Who could take something over: whoever has the role that its field offers, those of the same teams first. */
export function heirs(one: Pick<InName, 'kind' | 'field'>, from: Member, members: Iterable<Member>): Member[] {
  const role = fieldOf(one.kind, one.field)?.role;
  const near = (member: Member): number => (member.teams.some((team) => from.teams.includes(team)) ? 0 : 1);
  return [...members].filter((member) => member.person !== from.person && (role === undefined || member.roles.includes(role)))
    .sort((first, second) => near(first) - near(second) || first.name.localeCompare(second.name, 'zh'));
}

/** Whether these roles may put anything that is open into another's name. */
export function handsOver(roles: readonly string[]): boolean {
  return Object.values(schema.kinds).some((kind) => kind.fields.some((field) => field.type === 'person' && roles.some((role) => schema.roles[role]?.home === 'desk' && (field.edit ?? kind.access.edit)[role] !== undefined)));
}

/** Nobody comes in as this person any more; throws ProblemError while something waits for them. */
export async function sendStop(person: string): Promise<void> {
  await gql(stop_member, { person });
}
