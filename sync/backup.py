"""A copy of the store at one moment, its head for keeping elsewhere, and the proof that a copy can be restored.

Not here: folders, names and words for the operator (server/operations), and the epoch of what was restored (epoch.py).
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from schema.model import Schema
from sync.epoch import epoch_of
from sync.log import LogBroken, LogHead, check_log
from sync.materialise import rebuild
from sync.store.store import Store
from sync.tables import quoted
from sync.times import written


class HeadError(Exception):
    """A file that is no exported head."""


@dataclass(frozen=True)
class Head:
    """What stands for a whole store at one moment; small enough to be kept on paper.

    entries, revision, hash  of its log; whoever has the hash can prove every entry up to it
    rows                     table -> number of its rows
    """

    made_at: str
    epoch: str
    entries: int
    revision: int
    hash: str
    rows: Mapping[str, int]

    @property
    def log(self) -> LogHead:
        """The part that a log can be compared with."""
        return LogHead(self.entries, self.revision, self.hash)


def without_derived(store: Store, schema: Schema, path: Path) -> None:
    """Write into a new file what of a copy cannot be derived: a log that is sealed, and no table that says the same in
    plain words. What is derived is dropped from the copy itself. The file is not yet on the disk.
    """
    store.copy_log_to(path, schema)


def copy_to(store: Store, path: Path) -> None:
    """Write one moment of the store into a new file, while others read and write. The file is not yet on the disk."""
    store.copy_to(path)


def head_of(store: Store, now: datetime) -> Head | LogBroken:
    """The head of a store whose log is whole, read at one moment."""
    with store.snapshot():
        found = check_log(store)
        if isinstance(found, LogBroken):
            return found
        return Head(written(now), epoch_of(store), found.entries, found.revision, found.hash, _rows(store))


def doubts_about(store: Store, head: Head) -> list[str]:
    """What speaks against a restored store having the log that this head stands for; nothing when it is proven."""
    found = [f"the file is damaged: {line}" for line in store.damage()]
    if found:
        return found
    compared = check_log(store, head.log)
    if isinstance(compared, LogBroken):
        return [f"the log is broken at entry {compared.position}: {compared.reason}"]
    if compared != head.log or epoch_of(store) != head.epoch:
        return ["the log is not of the moment that the head names"]
    return []


def differences_of(store: Store, schema: Schema, head: Head) -> list[str]:
    """What is different in a copy whose log is proven: rows that are missing, and tables that do not follow from it.

    For a copy made by this very version. A later one may derive its tables differently, and keep others.
    """
    return miscounted(store, head) or rebuild(store, schema) or miscounted(store, head)


def written_head(head: Head, **more: Any) -> str:
    """A head as the text of a file; `more` stands beside it, for example the digest of the copy."""
    return json.dumps({**asdict(head), **more}, indent=2, sort_keys=True) + "\n"


def read_head(text: str) -> Head:
    """A head back from its file; raises HeadError for any other text."""
    try:
        found = json.loads(text)
        head = Head(**{name: found[name] for name in Head.__dataclass_fields__})
        is_head = all(isinstance(number, int) for number in (head.entries, head.revision, *head.rows.values()))
        if not is_head or len(bytes.fromhex(head.hash)) != 32:
            raise HeadError("a value is of another kind")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HeadError(type(error).__name__) from error
    return head


def miscounted(store: Store, head: Head) -> list[str]:
    """Each table that has another number of rows than the head says."""
    found = _rows(store)
    return [
        f"{table} has {found.get(table, 0)} rows instead of {rows}"
        for table, rows in sorted(head.rows.items())
        if found.get(table, 0) != rows
    ]


def _rows(store: Store) -> dict[str, int]:
    return {name: int(store.value(f"SELECT count(*) FROM {quoted(name)}")) for name in store.tables()}  # noqa: S608
