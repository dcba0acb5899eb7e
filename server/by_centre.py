"""What the centre writes by itself on somebody's word: saves through push like any others, signed by a device of that
person that lives as long as the writing.

Not here: what is written (follow_ups.py, hour_checks.py).
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from schema.access import Context
from schema.model import Person, Problem, Schema
from sync import limits
from sync.admit import CENTRE_PATH
from sync.people import add_device, person_of, revoke_device
from sync.push import push
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
