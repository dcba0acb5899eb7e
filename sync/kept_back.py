"""What keeps a record from being destroyed although it may be: a hold, words about it that nobody has dealt with, an
entry that no key seals, or another record that stays and names it.

Not here: whose years are over (retention.py), and destroying (destroy.py).
"""

import json
from collections.abc import Collection

from schema.model import Schema
from sync.holds import under_hold
from sync.references import fields_naming_records
from sync.store.store import Store
from sync.tables import quoted


def kept_back(store: Store, schema: Schema, records: Collection[str]) -> dict[str, str]:
    """Of records that shall go together, each that cannot, and why: hold | waiting | unsealed | named."""
    going = set(records)
    found = dict.fromkeys(sorted(going & under_hold(store, schema)), "hold")
    these = json.dumps(sorted(going))
    sql = "SELECT DISTINCT record FROM held WHERE open = 1 AND record IN (SELECT value FROM json_each(?))"
    for (record,) in store.rows(sql, (these,)):
        found.setdefault(record, "waiting")
    # Written before the log was sealed, or where nothing is: there is no key of it to destroy.
    sql = "SELECT DISTINCT record FROM log WHERE key IS NULL AND record IN (SELECT value FROM json_each(?))"
    for (record,) in store.rows(sql, (these,)):
        found.setdefault(record, "unsealed")
    going -= found.keys()
    # What stays keeps what it names, which keeps what that names.
    while named := _named_by_others(store, schema, going):
        found |= dict.fromkeys(sorted(named), "named")
        going -= named
    return found


def _named_by_others(store: Store, schema: Schema, going: set[str]) -> set[str]:
    """Those of these records that a record besides them names, or was said to be the same as."""
    asked = json.dumps(sorted(going))
    questions = [("settled_duplicate", "other", " AND k.verdict = 'same'")]
    questions += [(kind.name, field, "") for kind in schema.kinds.values() for field in fields_naming_records(kind)]
    found = set[str]()
    for table, column, condition in questions:
        sql = (
            f"SELECT DISTINCT k.{quoted(column)} FROM {quoted(table)} k"  # noqa: S608
            f" WHERE k.{quoted(column)} IN (SELECT value FROM json_each(?))"
            f" AND k.record NOT IN (SELECT value FROM json_each(?)){condition}"
        )
        found |= {row[0] for row in store.rows(sql, (asked, asked))}
    return found
