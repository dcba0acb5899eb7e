"""What the saves of one push will ask of the store, asked for all of them at once before the first is judged.

Not here: what follows from the answers. Whatever was not read ahead is asked when it is needed, so that nothing but the
time depends on it: a push of a hundred new records asks some ten questions instead of a thousand.
"""

from collections.abc import Sequence

from schema.model import Kind, Schema
from sync import log
from sync.duplicates import Agreements, fields_compared
from sync.materialise import Admitted
from sync.received import Received
from sync.references import Named, fields_naming_persons, fields_naming_records
from sync.save import Save
from sync.store.store import Store
from sync.visibility import Paths, leading_paths, moving_fields, path_heads, steps_of
from sync.waiting import waiting_since


class Ahead:
    """What is known of the store while one push is judged; sets are None until somebody asked."""

    def __init__(self, store: Store, schema: Schema) -> None:
        self.paths = Paths(store)
        self.named = Named(store)
        self.agreements = Agreements(store)
        self._store = store
        self._schema = schema
        self._received: set[str] | None = None
        self._heard_of: set[str] | None = None
        self._waiting: dict[str, str] | None = None

    def read(self, several: Sequence[Received], centre: str) -> None:
        """Ask for all that these saves are going to need, of an author who works at this centre."""
        names = [one.name for one in several]
        self._received = log.received(self._store, names)
        self._waiting = waiting_since(self._store, names)
        self._heard_of = log.heard_of(self._store, list({one.record for one in several if one.record}))
        saves = [one.save for one in several if isinstance(one.save, Save)]
        for name in {save.kind for save in saves} & self._schema.kinds.keys():
            self._read_kind(self._schema.kinds[name], [save for save in saves if save.kind == name], centre)

    def _read_kind(self, kind: Kind, saves: Sequence[Save], centre: str) -> None:
        compared = fields_compared(kind)
        asked = {*fields_naming_records(kind), *fields_naming_persons(kind), *path_heads(kind), *compared}
        texts = [{name: save.set[name] for name in asked if _is_plain(save.set.get(name))} for save in saves]
        named = {values[name] for values in texts for name in fields_naming_records(kind) if name in values}
        if named:
            self.named.read_ahead(named)
        persons = {values[name] for values in texts for name in fields_naming_persons(kind) if name in values}
        if persons:
            self.named.read_roles_ahead(persons, centre)
        for path in leading_paths(kind):
            first, steps = steps_of(self._schema, kind, path)
            reached = {values[first] for values in texts if first in values}
            for at, name in steps:
                reached = reached and self.paths.read_ahead(at, name, reached)
        self.agreements.read_ahead(
            kind, [{name: value for name, value in values.items() if name in compared} for values in texts]
        )

    def is_received(self, name: str) -> bool:
        """Whether the log may have an entry of this name; False is certain."""
        return self._received is None or name in self._received

    def is_heard_of(self, record: str) -> bool:
        """Whether the log may have an entry about this record; False is certain, and then no table has one either."""
        return self._heard_of is None or record in self._heard_of

    def waiting_since(self, name: str) -> str | None:
        """Since when a save has been waiting for another."""
        known = waiting_since(self._store, [name]) if self._waiting is None else self._waiting
        return known.get(name)

    def waits(self, name: str, at: str) -> None:
        """A save was told to wait for another."""
        if self._waiting is not None:
            self._waiting[name] = at

    def appended(self, one: Received) -> None:
        """The log has this save now."""
        if self._received is not None:
            self._received.add(one.name)
        if self._heard_of is not None and one.record is not None:
            self._heard_of.add(one.record)

    def accepted(self, admitted: Admitted) -> None:
        """The tables have this save now: forget what it may have moved."""
        kind, record = admitted.accepted.kind, admitted.accepted.record
        new, old = admitted.view.values, admitted.old_view.values
        self.named.forget(record)
        self.paths.forget(record)
        if admitted.before is None:
            self.agreements.join(kind, new)
            return
        if any(new.get(name) != old.get(name) for name in moving_fields(self._schema, kind)):
            self.named.forget()
        self.agreements.forget()


def _is_plain(value: object) -> bool:
    """Whether this can be asked for as it is: it was not judged yet, and a text may have anything in it."""
    return isinstance(value, str) and value.isprintable()
