"""The few words in which the SQL of all modules, written as SQLite reads it, differs in PostgreSQL.

Not here: anything that changes what a statement means. Where the two would answer differently, the statement itself
says what is meant: the order of NULL, IS NOT DISTINCT FROM, the target of ON CONFLICT.
"""

import re
from functools import lru_cache

_WORDS = (
    # Every key begins with the centre.
    (re.compile(r"ON CONFLICT \((?!centre\))"), "ON CONFLICT (centre, "),
    (re.compile(r"json_each\(([\w.?]+)\)"), r"json_array_elements_text(CAST(\1 AS json)) AS each (value)"),
    (re.compile(r"([\w.]+) ->> "), r"CAST(\1 AS json) ->> "),
    # Hints to SQLite's planner.
    (re.compile(r" INDEXED BY \w+"), ""),
    (re.compile(r"CROSS JOIN"), "JOIN"),
    (re.compile(r" AS BLOB\)"), " AS bytea)"),
)


@lru_cache(maxsize=4096)
def in_postgres(sql: str) -> bytes:
    """The statement for PostgreSQL, its parameters numbered."""
    for pattern, word in _WORDS:
        sql = pattern.sub(word, sql)
    first, *others = sql.split("?")
    return "".join([first, *(f"${number}{part}" for number, part in enumerate(others, 1))]).encode()
