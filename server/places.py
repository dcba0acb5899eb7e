"""Giving the places of open duties: after a push that touched one, and again every minute, the centre writes what
follows from who signed up and in which order: shifts, answers, and what a phone is told of the places that are left.

Not here: what follows (sync/places.py). All of it are saves through push, on the word of a coordinator.
"""

import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from schema.model import Person, Schema
from server.by_centre import Entropy, NewId, RefusedError, Writer, writing_for
from server.register_plan import new_id
from sync import places
from sync.people import memberships_of
from sync.places import Answer, Duty, Places, Turn
from sync.record import record_of
from sync.save import PrivateKey, Receipt, new_private_key
from sync.store.store import Store

NAME = "名额"
# Why a place is not given by a rule of places: nothing else is wrong with whoever asked.
_OF_PLACES = ("duty_full", "duty_closed", "sign_up_twice")
# One change leads to others (a place given here ends a question elsewhere); what is left comes with the next minute.
_ROUNDS_MAX = 200


def give_after_push(
    store: Store,
    schema: Schema,
    person: Person,
    saves: Sequence[Any],
    receipts: Sequence[Receipt],
    now: datetime,
    entropy: Entropy = secrets.token_bytes,
    new: NewId = new_id,
) -> int:
    """Give what follows from the accepted saves of a push that has been committed; how many saves that took."""
    touched = [
        save["record"]
        for save, receipt in zip(saves, receipts, strict=True)
        if receipt.status == "accepted" and isinstance(save, Mapping) and save.get("kind") in places.KINDS
    ]
    if not touched:
        return 0
    return give_places(store, schema, person.centre, lambda: places.duties_touched(store, touched), now, entropy, new)


def give_due(
    store: Store,
    schema: Schema,
    centre: str,
    now: datetime,
    entropy: Entropy = secrets.token_bytes,
    new: NewId = new_id,
    key: Callable[[], PrivateKey] = new_private_key,
) -> int:
    """Give whatever has not been given in a centre: what came by another way than a push, or ended with the hour."""
    return give_places(store, schema, centre, lambda: places.duties_open(store, centre, now), now, entropy, new, key)


def give_places(
    store: Store,
    schema: Schema,
    centre: str,
    wanted: Callable[[], Collection[str]],
    now: datetime,
    entropy: Entropy = secrets.token_bytes,
    new: NewId = new_id,
    key: Callable[[], PrivateKey] = new_private_key,
) -> int:
    """Bring some duties and what hangs together with them to where nothing follows any more; how many saves it took.

    wanted  the duties to begin with, read inside the transaction: nobody else writes meanwhile
    """
    with store.atomic():
        waiting, rounds, count = list(wanted()), 0, 0
        while waiting and rounds < _ROUNDS_MAX:
            rounds += 1
            duty = places.duty_of(store, waiting.pop(0))
            if duty is None:
                continue
            giving = _Giving(store, schema, centre, duty, now, entropy, new, key)
            written, people = giving.give()
            # A place that a rule kept from somebody is free for the next.
            waiting += [duty.record] if giving.is_unfinished else []
            count += written
            waiting += [one for one in sorted(places.duties_wanted_by(store, people)) if one not in waiting]
    return count


class _Giving:
    """What one duty leads to, written down. One device of the centre lives as long as this, if there is anything."""

    def __init__(
        self,
        store: Store,
        schema: Schema,
        centre: str,
        duty: Duty,
        now: datetime,
        entropy: Entropy,
        new: NewId,
        key: Callable[[], PrivateKey],
    ) -> None:
        self.store, self.schema, self.centre, self.duty = store, schema, centre, duty
        self.now, self.entropy, self.new, self.key = now, entropy, new, key
        self.people: set[str] = set()
        self.is_unfinished = False

    def give(self) -> tuple[int, set[str]]:
        """How many saves were written, and whose turns changed."""
        found = self._found()
        moved = self._moved(places.turns_of(self.store, self.duty.record), found.ended)
        if not moved and not found.ended and not self._told(found) and not any(map(self._change, found.answers)):
            return 0, set()
        author = _author(self.store, self.schema, self.centre, self.duty)
        if author is None:
            return 0, set()
        key = self.key()
        with writing_for(self.store, self.schema, author, NAME, self.now, self.entropy, self.new, key) as writer:
            for record, values in moved:
                writer.write(record, places.SHIFT, values)
            for turn in found.ended:
                self._end(writer, turn)
            for answer in found.answers:
                self._answer(writer, answer)
            # What was refused changes who is counted.
            told = self._told(self._found())
            if told:
                writer.write(self.duty.record, places.DUTY, told)
            return writer.count, self.people

    def _found(self) -> Places:
        store, duty = self.store, self.duty
        wishes = places.wishes_of(store, self.schema, duty.record)
        clashing = places.clashing(store, duty, [wish.volunteer for wish in wishes])
        return places.places_of(duty, places.turns_of(store, duty.record), wishes, clashing, self.now)

    def _end(self, writer: Writer, turn: Turn) -> None:
        self.people.add(turn.volunteer)
        because = self.duty.called_off_because if self.duty.state == "called_off" else None
        writer.write(
            turn.record,
            places.SHIFT,
            {"state": "called_off", **({"called_off_because": because} if because else {})},
        )

    def _answer(self, writer: Writer, answer: Answer) -> None:
        if answer.is_given:
            self._give(writer, answer)
        elif change := self._change(answer):
            writer.write(answer.wish.record, places.SIGN_UP, change)

    def _give(self, writer: Writer, answer: Answer) -> None:
        """A shift for whoever has a place. Where another rule is against it, she is told that, and the next has it."""
        shift, wish = self.new(self.now, self.entropy), answer.wish
        taken_over = {places.TAKEN_OVER[name]: value for name, value in self.duty.taken_over.items()}
        values = {
            "volunteer": wish.volunteer,
            "duty": self.duty.record,
            "role": answer.role,
            **taken_over,
        }
        given = {"state": "confirmed", "shift": shift, **_cleared(answer)}
        try:
            with self.store.atomic():
                writer.write(shift, places.SHIFT, {name: value for name, value in values.items() if value is not None})
                writer.write(wish.record, places.SIGN_UP, given)
        except RefusedError as refused:
            if refused.problem.code not in _OF_PLACES:
                writer.write(wish.record, places.SIGN_UP, {"state": "declined", "because": "not_yet", "position": None})
                self.is_unfinished = True
        else:
            self.people.add(wish.volunteer)

    def _change(self, answer: Answer) -> dict[str, Any]:
        """What a sign-up does not say yet; nothing where it says all of it. A place to be given is a change."""
        wish = answer.wish
        found: dict[str, Any] = {} if wish.states == (answer.state,) else {"state": answer.state}
        if answer.is_given:
            return found or {"state": answer.state}
        if answer.shift != wish.shift:
            found["shift"] = answer.shift
        if answer.because is not None and "state" in found:
            found["because"] = answer.because
        return found | _cleared(answer)

    def _moved(self, turns: Iterable[Turn], ended: Collection[Turn]) -> list[tuple[str, dict[str, Any]]]:
        """What a duty says by now and its shifts do not yet; what somebody changed in one shift later stays."""
        found = []
        for turn in turns:
            differing = {
                name: value
                for name, value in self.duty.taken_over.items()
                if value != turn.taken_over[places.TAKEN_OVER[name]]
            }
            if not differing or turn.signed_in or turn in ended:
                continue
            of_duty, of_shift = (_written_at(self.store, self.schema, one) for one in (self.duty.record, turn.record))
            values = {
                places.TAKEN_OVER[name]: value
                for name, value in differing.items()
                if of_duty.get(name, "") > of_shift.get(places.TAKEN_OVER[name], "")
            }
            if values:
                self.people.add(turn.volunteer)
                found.append((turn.record, values))
        return found

    def _told(self, found: Places) -> dict[str, Any]:
        """What the duty should say of its places and does not."""
        taken, waiting, by_role = self.duty.told
        rows = {
            row: {"name": self.duty.roles[row][0], "taken": number}
            for row, number in found.by_role.items()
            if row in self.duty.roles
        }
        changed: dict[str, Any] = {f"roles_taken.{row}": one for row, one in rows.items() if by_role.get(row) != one}
        changed |= {f"roles_taken.{row}": None for row in by_role if row not in rows}
        if (taken or 0) != found.taken:
            changed["places_taken"] = found.taken
        if (waiting or 0) != found.waiting:
            changed["people_waiting"] = found.waiting
        return changed


def _cleared(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if answer.position != answer.wish.position:
        found["position"] = answer.position
    if answer.clash != answer.wish.clash:
        found["clash"] = answer.clash
    return found


def _written_at(store: Store, schema: Schema, record: str) -> dict[str, str]:
    """When each field of a record was written last."""
    found = record_of(store, schema, record)
    times: dict[str, str] = {}
    for claim in found.claims if found else []:
        times[claim.field_key] = max(times.get(claim.field_key, ""), claim.made_at)
    return times


def _author(store: Store, schema: Schema, centre: str, duty: Duty) -> str | None:
    """On whose word: whoever planned the duty, or somebody else who may give shifts where they are no more."""
    roles = schema.kinds[places.SHIFT].access.create
    planned_by = store.value("SELECT created_by FROM record WHERE record = ?", (duty.record,))

    def may(person: str) -> bool:
        return any(one.centre == centre and one.role in roles for one in memberships_of(store, person))

    if planned_by and may(planned_by):
        return str(planned_by)
    rows = store.rows("SELECT DISTINCT person FROM membership WHERE centre = ? ORDER BY person", (centre,))
    return next((person for (person,) in rows if may(person)), None)
