"""Whether whoever approves is a second person: what is about oneself, or what nobody else wrote, is not one's own to
approve.

Not here: who reviews a kind at all (its declaration), and every other reason (decide.py).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from schema.derive import derived
from schema.model import Kind, Person, Problem, SecondPerson
from sync import json_text, log
from sync.log import Entry
from sync.record import Record
from sync.store.store import Store


def refusal(store: Store, person: Person, found: Record) -> Problem | None:
    """Why this person may not approve this record, None where they may or its kind asks for no second person.

    What others wrote and the person changed may be approved when it comes to no more than what the others wrote last.
    """
    if found.kind.review is None or found.kind.review.second_person is None:
        return None
    saves = log.saves_of(store, [found.record]).get(found.record, [])
    return refusal_of(found.kind, found.view().values, saves, person)


def refusal_of(kind: Kind, values: Mapping[str, Any], saves: Sequence[Entry], person: Person) -> Problem | None:
    """The same where the displayed values and the accepted saves of a record are at hand."""
    second = kind.review.second_person if kind.review else None
    if second is None:
        return None
    if values.get(second.person) == person.person:
        return Problem("hours_own")
    if all(entry.person != person.person for entry in saves):
        return None
    return None if _is_vouched(kind, second, values, saves, person) else Problem("hours_second_person")


def _is_vouched(
    kind: Kind, second: SecondPerson, values: Mapping[str, Any], saves: Sequence[Entry], person: Person
) -> bool:
    """Whether somebody else wrote of the same person as much as stands there now."""
    derive = kind.fields[second.measure].derive
    if derive is None:
        return False
    read = {*derive.arguments.values(), second.person}
    said: dict[str, Any] = {}
    for entry in saves:
        if entry.person != person.person:
            said |= {name: value for name, value in written_by(entry).items() if name in read}
    measured, now = derived(derive, said), values.get(second.measure)
    if said.get(second.person) != values.get(second.person) or not isinstance(measured, int):
        return False
    return isinstance(now, int) and now <= measured


def written_by(entry: Entry) -> Mapping[str, Any]:
    """The values of an accepted save as they were applied."""
    values: Mapping[str, Any] = entry.facts.get("values") or json_text.read(entry.body)["set"]
    return values
