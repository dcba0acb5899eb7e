// What the desk asks about members and invites. How a phone comes in is auth/.
import { gql } from '../view';

export interface Invite { invite: string; person: string; state: string; code: string; token: string; code_until: string; until: string }
export interface Waiting { enrolment: string; person: string; numbers: string[] }
export interface Team { id: string; name: string }

const teams = 'query teams { teams { id name } }';
const create_invite = 'mutation create_invite($person: ID!) { create_invite(person: $person) { invite person state code token code_until until } }';
const waiting_enrolments = 'query waiting_enrolments { waiting_enrolments { enrolment person numbers } }';
const match_number = 'mutation match_number($enrolment: ID!, $number: String!) { match_number(enrolment: $enrolment, number: $number) }';
const withdraw_invite = 'mutation withdraw_invite($invite: ID!) { withdraw_invite(invite: $invite) }';
const add_member = 'mutation add_member($name: String!, $role: String!, $team: ID) { add_member(name: $name, role: $role, team: $team) }';
const set_member_role = 'mutation set_member_role($person: ID!, $role: String!, $team: ID) { set_member_role(person: $person, role: $role, team: $team) }';

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

/** Nobody comes in as this person any more; throws ProblemError while something waits for them. */
export async function sendStop(person: string): Promise<void> {
  await gql(stop_member, { person });
}
