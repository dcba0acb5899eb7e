// Who may do what with which record. Mirrors schema/access.py, so that a screen offers only what the centre will accept.
// Not here: the decision that counts, which the server takes.
import type { DeclaredKind, Permissions, Person, Verb } from './model';
import { fieldOf, kindOf } from './schema';

/** Where a record belongs: the part of its standing that access is judged by. */
export interface Place { centre: string; team: string | null; own: string[] }

/**
 * Whether a person may do something with a record. With `field` (a field or field key) its own `edit` takes the place
 * of the kind's; whoever creates a record may write any of its fields.
 */
export function may(person: Person, verb: Verb, kindName: string, place: Place, field?: string, creating = false): boolean {
  const kind = kindOf(kindName);
  return kind !== undefined && reachesAny(permissionsOf(kind, verb, field, creating), person, place);
}

/** Whether a person may take a record's state from `from` to `to`. */
export function mayMove(person: Person, kindName: string, from: string, to: string, place: Place): boolean {
  const kind = kindOf(kindName);
  if (!kind?.states) return false;
  if (from === to) return true;
  const roles = kind.states.moves.filter((move) => move.to === to && move.from.includes(from)).flatMap((move) => move.by);
  const permissions = Object.fromEntries(Object.entries(kind.access.edit).filter(([role]) => roles.includes(role)));
  return reachesAny(permissions, person, place);
}

/** A person as access sees them. `me` does not say in which team a role is held, so each role counts in each team. */
export function personOf(me: { person: string; centre: string; roles: string[]; teams: { id: string }[] }): Person {
  const teams = [null, ...me.teams.map((team) => team.id)];
  const memberships = me.roles.flatMap((role) => teams.map((team) => ({ role, centre: me.centre, team })));
  return { person: me.person, centre: me.centre, memberships };
}

function permissionsOf(kind: DeclaredKind, verb: Verb, field: string | undefined, creating: boolean): Permissions {
  if (verb === 'review') return kind.review?.by ?? {};
  if (verb === 'see' || verb === 'settle') return kind.access[verb];
  const declared = field === undefined ? undefined : fieldOf(kind, field);
  if (field !== undefined && !declared) return {};
  return creating || verb === 'create' ? kind.access.create : (declared?.edit ?? kind.access.edit);
}

function reachesAny(permissions: Permissions, person: Person, place: Place): boolean {
  return person.memberships.some((membership) => {
    const reaches = permissions[membership.role];
    if (membership.centre !== place.centre || reaches === undefined) return false;
    if (reaches.includes('centre') || (reaches.includes('own') && place.own.includes(person.person))) return true;
    return reaches.includes('team') && place.team !== null && membership.team === place.team;
  });
}
