// Where a record belongs, for asking what a person may do with it here. The server's answer is the one that counts.
import type { Me, RecordView } from '../view';
import type { Place } from '../schema/access';
import { fieldsOf } from './declared';

/** The place of a record; one that the centre has not yet seen belongs to its author and her team. */
export function placeOf(view: RecordView | undefined, me: Me): Place {
  const standing = view?.standing;
  if (!standing) return { centre: me.centre, team: me.teams[0]?.id ?? null, own: [me.person] };
  const own = isMerelyOffered(view, me.person) ? standing.own.filter((person) => person !== me.person) : standing.own;
  return { centre: standing.centre, team: standing.team, own };
}

/** The field that is offered to a person and that they have not taken yet; undefined where there is none. */
export function offeredField(view: RecordView | undefined, person: string): { name: string; offer: string } | undefined {
  const field = view && fieldsOf(view.kind).find((one) => one.offer !== undefined && view.values[one.offer] === person && view.values[one.name] !== person);
  return field?.offer === undefined ? undefined : { name: field.name, offer: field.offer };
}

/** A record that is merely offered to somebody is not theirs yet: they may take it or decline, and nothing else. */
function isMerelyOffered(view: RecordView, person: string): boolean {
  return offeredField(view, person) !== undefined;
}
