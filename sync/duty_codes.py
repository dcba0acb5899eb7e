"""The codes that hang at the place of a duty, compared with what was said there.

Never a condition: a wrong or a missing code is told to whoever certifies the hours (sync/hours.py). Not here: drawing a
code, which a coordinator's desk does, so that no volunteer's phone ever holds one.
"""

from collections.abc import Collection

from sync.store.store import Store
from sync.tables import one_of

CODE, SHIFT = "duty_code", "shift"


def wrongly_said(store: Store, shifts: Collection[str]) -> set[str]:
    """Those of these shifts whose volunteer signed in by herself and named none of the codes of the duty.

    All codes that ever hung there count: who reads the old poster did nothing wrong. Without a code there is none to
    name, and whoever was signed in by somebody else was seen.
    """
    if not shifts:
        return set()
    sql = (
        f"SELECT s.record FROM {SHIFT} s WHERE s.record IN {one_of(shifts)} AND s.signed_in_at IS NOT NULL"  # noqa: S608
        f" AND s.signed_in_by IS NULL AND EXISTS (SELECT 1 FROM {CODE} c WHERE c.duty = s.duty)"
        f" AND NOT EXISTS (SELECT 1 FROM {CODE} c WHERE c.duty = s.duty AND c.code = s.said_code)"
    )
    return {str(row[0]) for row in store.rows(sql, tuple(shifts))}
