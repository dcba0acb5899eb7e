"""What records, people and teams are called, for the person who asks: each is looked up once for an answer.

Not here: the templates of titles (schema/words.py).
"""

from typing import Any

from schema.model import Kind, Person, Schema
from schema.words import title_of
from sync.put_away import survivor_of
from sync.record import place_of, values_of
from sync.references import sees_place
from sync.store.store import Store


class Titles:
    """Titles and names by id, remembered for as long as one answer is being made."""

    def __init__(self, store: Store, schema: Schema, person: Person) -> None:
        self._store = store
        self._schema = schema
        self._person = person
        self._known: dict[tuple[str, str, str], str | None] = {}

    def of(self, kind: Kind, values: dict[str, Any], language: str) -> str:
        """The title of a record with these displayed values."""
        return title_of(kind, values, language, lambda of, id: self._looked_up(of, id, language))

    def name(self, person: str) -> str:
        """The name of a person, or the id where nobody of that id is known."""
        return self._looked_up("person", person, "") or person

    def called(self, of: str, id: str, language: str) -> str | None:
        """What a person, a team or a record of the kind `of` is called; None where this person may not know."""
        return self._looked_up(of, id, language)

    def _looked_up(self, of: str, id: str, language: str) -> str | None:
        key = (of, id, language)
        if key not in self._known:
            self._known[key] = self._read(of, id, language)
        return self._known[key]

    def _read(self, of: str, id: str, language: str) -> str | None:
        if of == "person":
            return self._text("SELECT name FROM person WHERE person = ?", id)
        if of == "team":
            return self._text("SELECT name FROM team WHERE team = ?", id)
        # An alias goes by the name of the record that it was found to be.
        id = survivor_of(self._store, id)
        found = place_of(self._store, id)
        # A held save may name any record; whoever reads of it must not learn a name they may not see.
        if (
            found is None
            or found[0] != of
            or not sees_place(self._schema, self._person, self._schema.kinds[of], found[1])
        ):
            return None
        kind = self._schema.kinds[of]
        return self.of(kind, values_of(self._store, kind, id), language)

    def _text(self, sql: str, id: str) -> str | None:
        found = self._store.value(sql, (id,))
        return None if found is None else str(found)
