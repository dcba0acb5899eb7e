"""What was closed since a backup was made stays closed when the backup is put back: devices that were taken back, tries
of a PIN that are used up, recovery codes, passkeys, sessions and invites that have ended, and roles as they are now.

Not here: putting it back (server/operations/restore.py), and what the log says, which the backup has as it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.credentials import PIN_TRIES_MAX
from sync.store.store import Row, Store

# Of each PIN, where nobody knows how many of its tries were used since the backup.
TRIES_LEFT = 3
# table -> its key, and what of a row is as it was before the restore. Only rows that the backup has too are touched:
# what came in later is unknown to it, and comes in again.
_FOLLOWS: Mapping[str, tuple[str, Sequence[str]]] = {
    "device": ("device", ("revoked_at", "revoked_by", "clear_order", "ordered_at", "told_at", "cleared_at")),
    "passkey": ("passkey", ("counter", "revoked_at")),
    "pin": ("device", ("proof_hash", "tries", "seed")),
    "session": ("token_hash", ("ended_at",)),
    "invite": ("invite", ("state", "tries")),
}


@dataclass(frozen=True)
class Closed:
    """What a database says of those tables; roles and codes by their person, of everybody it knows."""

    rows: Mapping[str, Mapping[Any, Row]]
    people: Sequence[str]
    roles: Mapping[str, Sequence[Row]]
    codes: Mapping[str, Sequence[Row]]


def closed_in(store: Store) -> Closed:
    """Read it from the database that is about to be replaced."""
    rows = {
        table: {
            row[0]: row[1:]
            for row in store.rows(f"SELECT {key}, {', '.join(columns)} FROM {table}")  # noqa: S608
        }
        for table, (key, columns) in _FOLLOWS.items()
    }
    people = [person for (person,) in store.rows("SELECT person FROM person")]
    roles = _by_person(store.rows("SELECT person, role, centre, team FROM membership"))
    codes = _by_person(store.rows("SELECT person, code_hash, made_at, used_at FROM recovery_code"))
    return Closed(rows, people, roles, codes)


def close_again(store: Store, before: Closed | None) -> None:
    """Bring a database that was put back to where what is closed stands; None where nobody can tell any more: then few
    tries of each PIN are left.
    """
    with store.atomic():
        if before is None:
            tries = PIN_TRIES_MAX - TRIES_LEFT
            store.execute("UPDATE pin SET tries = ? WHERE tries < ?", (tries, tries))
            return
        for table, (key, columns) in _FOLLOWS.items():
            sets = ", ".join(f"{column} = ?" for column in columns)
            rows = [(*row, name) for name, row in before.rows[table].items()]
            store.execute_many(f"UPDATE {table} SET {sets} WHERE {key} = ?", rows)  # noqa: S608
        known = {person for (person,) in store.rows("SELECT person FROM person")}
        # Of somebody whom the database of before did not know, as the backup has it.
        for person in sorted(known & set(before.people)):
            for table in ("membership", "recovery_code"):
                store.execute(f"DELETE FROM {table} WHERE person = ?", (person,))  # noqa: S608
            store.execute_many(
                "INSERT INTO membership (person, role, centre, team) VALUES (?, ?, ?, ?)",
                before.roles.get(person, ()),
            )
            store.execute_many(
                "INSERT INTO recovery_code (person, code_hash, made_at, used_at) VALUES (?, ?, ?, ?)",
                before.codes.get(person, ()),
            )


def _by_person(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found
