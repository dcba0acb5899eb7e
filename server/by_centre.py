"""What the centre writes by itself on somebody's word: saves through push like any others, signed by a device of that
person that lives as long as the writing.

Not here: what is written (follow_ups.py, hour_checks.py, places.py).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from schema.access import Context
from schema.model import Person, Problem, Schema
from sync import limits
from sync.admit import CENTRE_PATH
from sync.people import add_device, person_of, revoke_device
from sync.push import push
from sync.record import record_of
from sync.save import PrivateKey, new_private_key, public_point, sealed
from sync.store.store import Store

Entropy = Callable[[int], bytes]
NewId = Callable[[datetime, Entropy], str]
# A new record, its kind, and its first values.
Wish = tuple[str, str, dict[str, Any]]


class RefusedError(Exception):
    """One of the saves was not accepted; whoever called rolls the transaction back and tells the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def write_for(
    store: Store,
    schema: Schema,
    person: Person,
    name: str,
    wishes: Sequence[Wish],
    now: datetime,
    entropy: Entropy,
    new_id: NewId,
    key: PrivateKey | None = None,
) -> None:
    """Write new records in the name of the centre, in the transaction that is open.

    person  on whose word
    name    what the device is called in lists
    wishes  a record that stands there twice is begun by the first and continued by the others
    Raises RefusedError at the first that is not accepted.
    """
    own_key, device = key or new_private_key(), new_id(now, entropy)
    add_device(store, person.person, public_point(own_key), name, device, now)
    author = person_of(store, person.person, device)
    if author is None:
        raise RuntimeError("the device of the centre was not added")
    saves = [
        sealed(
            {
                "id": new_id(now, entropy),
                "record": record,
                "kind": kind,
                "schema": schema.kinds[kind].version,
                "device_sequence": number,
                "client": 1 + int.from_bytes(entropy(4)) % limits.CLIENT_MAX,
                "base": 0,
                "made_at": f"{int(now.timestamp() * 1000) + number // 10_000:013d}-{number % 10_000:04d}",
                "set": values,
                "replaces": {},
            },
            own_key,
        )
        for number, (record, kind, values) in enumerate(wishes, 1)
    ]
    for start in range(0, len(saves), limits.PUSH_SAVES_MAX):
        batch = saves[start : start + limits.PUSH_SAVES_MAX]
        for receipt in push(store, schema, author, batch, now, context=Context(CENTRE_PATH)):
            if receipt.status != "accepted":
                raise RefusedError(receipt.problem or Problem("failed"))
    revoke_device(store, device, now)


class Writer:
    """Writes one save after the other for the centre, each on what the one before left."""

    def __init__(
        self, store: Store, schema: Schema, author: Person, key: PrivateKey, now: datetime, entropy: Entropy, new: NewId
    ) -> None:
        self._store, self._schema, self._author, self._key = store, schema, author, key
        self._now, self._entropy, self._new = now, entropy, new
        self.count = 0

    def write(self, record: str, kind: str, values: Mapping[str, Any]) -> None:
        """Begin a record, or write its fields in the place of all that stands in them; raises RefusedError."""
        known = record_of(self._store, self._schema, record)
        live: dict[str, list[str]] = {}
        for claim in known.claims if known else []:
            live.setdefault(claim.field_key, []).append(claim.save_key)
        self.count += 1
        save = sealed(
            {
                "id": self._new(self._now, self._entropy),
                "record": record,
                "kind": kind,
                "schema": self._schema.kinds[kind].version,
                "device_sequence": self.count,
                "client": 1 + int.from_bytes(self._entropy(4)) % limits.CLIENT_MAX,
                "base": known.revision if known else 0,
                "made_at": f"{int(self._now.timestamp() * 1000) + self.count // 10_000:013d}-{self.count % 10_000:04d}",
                "set": dict(values),
                "replaces": {key: sorted(live[key]) for key in values if key in live},
            },
            self._key,
        )
        (receipt,) = push(self._store, self._schema, self._author, [save], self._now, context=Context(CENTRE_PATH))
        if receipt.status != "accepted":
            raise RefusedError(receipt.problem or Problem("failed"))


@contextmanager
def writing_for(
    store: Store,
    schema: Schema,
    person: str,
    name: str,
    now: datetime,
    entropy: Entropy,
    new: NewId,
    key: PrivateKey,
) -> Iterator[Writer]:
    """A writer in the name of the centre, on the word of a person, in the transaction that is open. Its device is in no
    list of devices: it lives as long as this, and nobody holds it.
    """
    device = new(now, entropy)
    add_device(store, person, public_point(key), name, device, now, form="desk", path=CENTRE_PATH)
    author = person_of(store, person, device)
    if author is None:
        raise RuntimeError("the device of the centre was not added")
    yield Writer(store, schema, author, key, now, entropy, new)
    revoke_device(store, device, now)
