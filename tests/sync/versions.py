"""The centre's declarations at several versions, so that phones of yesterday and of tomorrow can meet one server.

Not here: what a declaration says (schema/records).
"""

from dataclasses import replace
from functools import cache

from schema.load import load_schema
from schema.model import Schema

# The server's before and after the update of the simulated time, and what its window then still judges.
VERSION, NEXT_VERSION = 5, 6
PHONE_VERSIONS = (2, 3, 4, 5, 5, 5, 5, 5, 6)
# Fields that came late: a phone of an earlier version does not know them.
SINCE = {("household", "care_note"): 4, ("resident", "health_note"): 4}
SINCE |= {("case", name): 4 for name in ("assessed_on", "needs", "suspended_because")}


@cache
def declared_at(version: int) -> Schema:
    """Every kind at this version, with some fields that are younger than others."""
    schema = load_schema()
    kinds = {
        name: replace(
            kind,
            version=version,
            fields={key: replace(one, since=SINCE.get((name, key), one.since)) for key, one in kind.fields.items()},
        )
        for name, kind in schema.kinds.items()
    }
    return replace(schema, kinds=kinds)


def is_known(kind: str, field: str, version: int) -> bool:
    """Whether a phone of this version has the field in its form."""
    return SINCE.get((kind, field), 1) <= version
