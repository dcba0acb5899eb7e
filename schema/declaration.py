"""The refusal of a wrong declaration, and a reader of one TOML table that knows file and key of everything it reads.

Not here: what a kind or a vocabulary must look like (load.py, load_kind.py).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from schema.model import Permissions, When, Words

# Names become columns, GraphQL fields and TypeScript members alike.
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


class DeclarationError(Exception):
    """A declaration that cannot be used: which file, which key in it, and why, for the person who wrote it."""

    def __init__(self, file: str, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}")
        self.file = file
        self.key = key
        self.reason = reason


class Table:
    """One table of a declaration. Each `take` removes a key; `close` refuses what nobody took."""

    def __init__(self, file: str, key: str, raw: Mapping[str, Any]) -> None:
        self.file = file
        self.key = key
        self._left = dict(raw)

    def at(self, name: str) -> str:
        """The full key of an entry, for a refusal."""
        return f"{self.key}.{name}" if self.key else name

    def refuse(self, name: str, reason: str) -> NoReturn:
        """Stop: the entry `name` of this table is wrong."""
        raise DeclarationError(self.file, self.at(name), reason)

    def close(self) -> None:
        """Refuse any key that nothing has read: it would be a rule that silently does not hold."""
        for name in self._left:
            self.refuse(name, "unknown key")

    def has(self, name: str) -> bool:
        """Whether the entry is there and not yet taken."""
        return name in self._left

    def names(self) -> list[str]:
        """The entries not yet taken, in declared order."""
        return list(self._left)

    def _take(self, name: str, types: type | tuple[type, ...], form: str) -> Any:
        value = self._left.pop(name, None)
        if value is None:
            return None
        if not isinstance(value, types) or (isinstance(value, bool) and types is not bool):
            self.refuse(name, f"must be {form}")
        return value

    def text_or_none(self, name: str) -> str | None:
        """A string that is not blank, if there is one."""
        value = self._take(name, str, "a string")
        if value is not None and not value.strip():
            self.refuse(name, "is empty")
        return None if value is None else str(value)

    def text(self, name: str) -> str:
        """A string that must be there."""
        value = self.text_or_none(name)
        if value is None:
            self.refuse(name, "is missing")
        return value

    def one_of(self, name: str, allowed: Sequence[str], default: str | None = None) -> str:
        """A string out of a closed list."""
        value = self.text_or_none(name) or default
        if value is None:
            self.refuse(name, "is missing")
        if value not in allowed:
            self.refuse(name, f"must be one of {', '.join(allowed)}, not {value}")
        return value

    def name_of(self, name: str) -> str:
        """A name in lower case with underscores, as it is spelled in every layer."""
        value = self.text(name)
        if not NAME.fullmatch(value):
            self.refuse(name, f"{value} is not a name in lower case, digits and underscores, of 40 characters at most")
        return value

    def integer_or_none(self, name: str, least: int = 0) -> int | None:
        """A whole number of at least `least`, if there is one."""
        value = self._take(name, int, "a whole number")
        if value is not None and value < least:
            self.refuse(name, f"must be {least} or more")
        return None if value is None else int(value)

    def integer(self, name: str, least: int = 0) -> int:
        """A whole number that must be there."""
        value = self.integer_or_none(name, least)
        if value is None:
            self.refuse(name, "is missing")
        return value

    def boolean(self, name: str, default: bool = False) -> bool:
        """true or false."""
        value = self._take(name, bool, "true or false")
        return default if value is None else bool(value)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings without doubles; empty when absent."""
        value = self._take(name, list, "a list of strings") or []
        if not all(isinstance(entry, str) for entry in value):
            self.refuse(name, "must be a list of strings")
        if len(set(value)) != len(value):
            self.refuse(name, "names something twice")
        return tuple(value)

    def table_or_none(self, name: str) -> "Table | None":
        """A table inside this one, if there is one."""
        value = self._take(name, dict, "a table")
        return None if value is None else Table(self.file, self.at(name), value)

    def table(self, name: str) -> "Table":
        """A table that must be there."""
        value = self.table_or_none(name)
        if value is None:
            self.refuse(name, "is missing")
        return value

    def tables(self, name: str, named_by: str = "") -> "list[Table]":
        """A list of tables; each is known by its entry `named_by` where it has one, else by its position from 1."""
        value = self._take(name, list, "a list of tables") or []
        found = []
        for position, entry in enumerate(value, start=1):
            if not isinstance(entry, dict):
                self.refuse(name, "must be a list of tables")
            known_as = entry.get(named_by, position)
            found.append(Table(self.file, f"{self.at(name)}.{known_as}", entry))
        return found

    def words_here(self, prefix: str = "") -> Words:
        """The entries `zh` and `en` of this very table (`next_zh` and `next_en` with the prefix `next_`)."""
        return Words(self.text(f"{prefix}zh"), self.text(f"{prefix}en"))

    def words(self, name: str) -> Words:
        """A table of `zh` and `en` that must be there."""
        inner = self.table(name)
        words = inner.words_here()
        inner.close()
        return words

    def words_or_none(self, name: str) -> Words | None:
        """A table of `zh` and `en`, if there is one."""
        return self.words(name) if self.has(name) else None

    def permissions_or_none(self, name: str) -> Permissions | None:
        """A table of role -> one reach or a list of them, if there is one. Whether they exist is judged later."""
        inner = self.table_or_none(name)
        return None if inner is None else {role: inner.one_or_more(role) for role in inner.names()}

    def one_or_more(self, name: str) -> tuple[str, ...]:
        """A text, or a list of at least one."""
        if not isinstance(self._left.get(name), list):
            return (self.text(name),)
        found = self.texts(name)
        if not found:
            self.refuse(name, "must name at least one")
        return found

    def when_or_none(self, name: str) -> When | None:
        """A condition `{field = "*" | value | [values]}`, if there is one."""
        inner = self.table_or_none(name)
        if inner is None:
            return None
        if not inner.names():
            self.refuse(name, "names no field")
        return {field: inner.accepted(field) for field in inner.names()}

    def accepted(self, name: str) -> tuple[Any, ...]:
        """The values that a condition accepts: one, or a list of them."""
        value = self._left.pop(name)
        values = value if isinstance(value, list) else [value]
        if not values or not all(isinstance(entry, str | bool | int) for entry in values):
            self.refuse(name, "must be a value or a list of values")
        return tuple(values)
