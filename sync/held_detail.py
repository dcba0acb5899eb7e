"""One held save in full, as a desk shows it: what its author wrote, against what they saw and what stands now.

Not here: the list of held saves (lists.py), and deciding (release.py).
"""

from typing import Any

from schema.model import Claim, Person, Schema
from schema.view import view_of
from sync.held import CANNOT_VOUCH
from sync.record import Record, values_of
from sync.references import sees
from sync.release import LOCKS, Held, held_save, is_shown, may_decide
from sync.rewrite import replaced_values, rewritten
from sync.shapes import HeldDetail, HeldField
from sync.store.store import Store
from sync.titles import Titles
from sync.verdicts import verdict_of
from sync.visibility import Place, Relation, decide_at
from sync.waiting import MISSING

# Reasons that no desk can wave through: the text itself is not what was signed, or its kind is not known here.
NEVER = CANNOT_VOUCH | {"unknown_kind", "unknown_field"}


def held_detail(store: Store, schema: Schema, person: Person, save: str) -> HeldDetail | None:
    """One held save, dealt with or not; None when the person is not one of those who are shown it.

    What stands in the record is told only to whoever may see the record; a supervisor who lost it with its author
    reads the author's words, and that they are not alone with them.
    """
    with store.snapshot():
        held = held_save(store, schema, save)
        if held is None or not is_shown(store, person, held):
            return None
        titles = Titles(store, schema, person)
        before = held.before if held.before is not None and sees(schema, person, held.before) else None
        kind = before.kind if before else held.kind
        values = _values(held)
        known = values_of(store, before.kind, before.record) if before else {}
        locked = held.before is not None and held.before.locked_at is not None
        is_open = bool(store.value("SELECT open FROM held WHERE save = ?", (save,)))
        decides = is_open and may_decide(schema, person, held)
        waits = store.value(
            "SELECT count(*) FROM held WHERE open = 1 AND problem = 'depends_on_held' AND record = ? AND save <> ?",
            (held.entry.record, save),
        )
        return HeldDetail(
            save=save,
            record=held.entry.record or "",
            kind=kind.name if kind else None,
            title_zh=titles.of(kind, {**values, **known}, "zh") if kind else "",
            title_en=titles.of(kind, {**values, **known}, "en") if kind else "",
            author=held.entry.person,
            author_name=titles.name(held.entry.person),
            made_at=held.save.made_at if held.save else None,
            delivered_at=held.entry.received_at,
            revision=held.before.revision if held.before else 0,
            problem=held.problem,
            fields=_fields(store, titles, held, before),
            values=values,
            stands=known,
            is_new=held.before is None,
            is_elsewhere=held.before is not None and before is None,
            locked_by=_locked_by(titles, held.before) if locked and before else None,
            opens_lock=locked and held.problem.code in LOCKS,
            waits=int(waits or 0),
            can_release=decides
            and held.save is not None
            and not held.waits_for_first
            and held.problem.code not in NEVER,
            can_edit=decides and _may_edit(schema, person, held, before),
            can_reject=decides,
            verdict=verdict_of(store, save),
        )


def _values(held: Held) -> dict[str, Any]:
    """What the author wrote, as values of a form; of what could not be read, nothing."""
    if held.save is None or held.kind is None:
        return {}
    save, author = held.save, held.author.person
    claims = [Claim(key, save.key, value, save.made_at, author) for key, value in save.set.items()]
    return view_of(held.kind, claims).values


def _fields(store: Store, titles: Titles, held: Held, before: Record | None) -> list[HeldField]:
    """Each field the author wrote: what they had seen there, what stands now and whose it is."""
    if held.save is None:
        return []
    replaces = rewritten(store, held.save, before, held.problem.code == MISSING) if before else {}
    seen = replaced_values(store, before, replaces) if before and isinstance(replaces, dict) else {}
    found = []
    for key, value in held.save.set.items():
        live = [claim for claim in before.claims if claim.field_key == key] if before else []
        newest = max(live, key=lambda claim: (claim.made_at, claim.save_key), default=None)
        replaced = set(replaces.get(key, ())) if isinstance(replaces, dict) else set()
        unseen = [claim for claim in live if claim.save_key not in replaced]
        found.append(
            HeldField(
                field_key=key,
                wrote=value,
                has_seen=key in seen,
                seen=seen[key][0] if key in seen else None,
                stands=newest.value if newest else None,
                stands_by=newest.author if newest else None,
                stands_by_name=titles.name(newest.author) if newest else None,
                stands_at=newest.made_at if newest else None,
                # Somebody wrote it and its author had not seen that: released as it is, both would stand.
                is_unseen=any(claim.value != value for claim in unseen),
            )
        )
    return found


def _locked_by(titles: Titles, before: Record | None) -> str | None:
    return titles.name(before.review.by) if before and before.review and before.review.by else None


def _may_edit(schema: Schema, person: Person, held: Held, before: Record | None) -> bool:
    """Whether this person may put a value of their own into it."""
    if held.save is None or held.kind is None or held.waits_for_first or held.problem.code in NEVER:
        return False
    if held.before is None:
        own = frozenset((person.person,))
        return any(
            decide_at(schema, person, "create", held.kind, Place(member.centre, Relation(member.team, own))).allowed
            for member in person.memberships
        )
    return before is not None and decide_at(schema, person, "change", held.kind, before.place).allowed
