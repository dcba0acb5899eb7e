// Where a record belongs, for asking what a person may do with it here. The server's answer is the one that counts.
import type { Me, RecordView } from '../view';
import type { Place } from '../schema/access';

/** The place of a record; one that the centre has not yet seen belongs to its author and her team. */
export function placeOf(view: RecordView | undefined, me: Me): Place {
  const standing = view?.standing;
  if (standing) return { centre: standing.centre, team: standing.team, own: standing.own };
  return { centre: me.centre, team: me.teams[0]?.id ?? null, own: [me.person] };
}
