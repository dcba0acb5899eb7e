"""What is asked about hours: totals in two numbers, and the entries behind each of them, page by page.

Not here: counting (sync/hours.py), comparing with a phone (hour_comparison.py), and who certifies (hour_desk.py).
"""

from __future__ import annotations

import re

import strawberry
from strawberry.types import Info

from schema.field_types import is_date
from schema.model import Problem as Found
from server.auth.person import Asking
from server.errors import Refusal
from server.graphql.rights import refuse_shut
from server.graphql.seen import saw_list
from sync import hours
from sync.hour_decisions import ENTRY

FIRST_MAX = 200
# What a report adds up by; several at once would only repeat what each says.
BY = ("all", "volunteer", "project", "month", "month+project")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@strawberry.input
class HourFilter:
    """Which entries: `project` "" are those without one; `month` as "2026-11"; days both included."""

    volunteer: strawberry.ID | None = None
    project: str | None = None
    month: str | None = None
    from_on: str | None = None
    to_on: str | None = None
    state: str | None = None


@strawberry.type
class HourTotal:
    """Minutes of the entries of one volunteer, project or month, certified and waiting; several keys joined by +."""

    key: str
    certified: int
    waiting: int
    entries: int


@strawberry.type
class HourTotals:
    """Totals by their keys, in the order of the keys, and all of them in one."""

    items: list[HourTotal]
    certified: int
    waiting: int
    entries: int


@strawberry.type
class HourLine:
    """One entry as it counts. state: certified | waiting | returned | rejected | corrected; checks: what is odd of it;
    corrects, corrected_by: before and after it in a chain of corrections.
    """

    record: strawberry.ID
    volunteer: strawberry.ID
    activity: str
    project: str | None
    shift: strawberry.ID | None
    worked_on: str
    started_at: str
    ended_at: str
    minutes_written: int
    minutes_counted: int
    state: str
    provenance: str
    checks: list[str]
    corrects: strawberry.ID | None
    corrected_by: strawberry.ID | None


@strawberry.type
class HourPage:
    """Entries by day and hour, and how many there are. `next` goes back into `after`."""

    items: list[HourLine]
    next: str | None
    total: int


def hour_totals(info: Info[Asking, None], by: str, where: HourFilter | None = None) -> HourTotals:
    """Totals of the hours that I may see. Raises Refusal query_refused for what nothing is added up by."""
    asking = info.context
    if by not in BY:
        raise Refusal(Found("query_refused", "by", {"reason": "variables"}))
    wanted = _filter(where)
    refuse_shut(asking, asking.schema.kinds[ENTRY], "count")
    found = hours.totals(asking.store, asking.schema, asking.person, by, wanted, asking.context)
    # Asked for by itself, not added up here: whoever reads both sees whether the parts make up the whole.
    whole = hours.totals(asking.store, asking.schema, asking.person, "all", wanted, asking.context)
    certified, waiting, entries = next(((one.certified, one.waiting, one.entries) for one in whole), (0, 0, 0))
    items = [HourTotal(key=one.key, certified=one.certified, waiting=one.waiting, entries=one.entries) for one in found]
    return HourTotals(items=items, certified=certified, waiting=waiting, entries=entries)


def hour_lines(
    info: Info[Asking, None], where: HourFilter | None = None, first: int = 50, after: str | None = None
) -> HourPage:
    """The entries that I may see, whatever their state. Raises Refusal query_refused for no days, states or pages."""
    asking = info.context
    if not 0 < first <= FIRST_MAX:
        raise Refusal(Found("query_refused", "first", {"reason": "variables"}))
    wanted = _filter(where)
    refuse_shut(asking, asking.schema.kinds[ENTRY], "list")
    found = hours.lines(asking.store, asking.schema, asking.person, wanted, after, first + 1, asking.context)
    total = hours.count(asking.store, asking.schema, asking.person, wanted, asking.context)
    page = found[:first]
    saw_list(asking, [ENTRY for _ in page])
    return HourPage(
        items=[line_of(line) for line in page],
        next=hours.cursor_of(page[-1]) if len(found) > first else None,
        total=total,
    )


def line_of(line: hours.HourLine) -> HourLine:
    """One line as it is answered."""
    return HourLine(
        record=strawberry.ID(line.record),
        volunteer=strawberry.ID(line.volunteer),
        activity=line.activity,
        project=line.project,
        shift=_id(line.shift),
        worked_on=line.worked_on,
        started_at=line.started_at,
        ended_at=line.ended_at,
        minutes_written=line.minutes_written,
        minutes_counted=line.minutes_counted,
        state=line.state,
        provenance=line.provenance,
        checks=list(line.checks),
        corrects=_id(line.corrects),
        corrected_by=_id(line.corrected_by),
    )


def _id(record: str | None) -> strawberry.ID | None:
    return None if record is None else strawberry.ID(record)


def _filter(where: HourFilter | None) -> hours.HourFilter:
    if where is None:
        return hours.HourFilter()
    for name, day in (("from_on", where.from_on), ("to_on", where.to_on)):
        if day is not None and not is_date(day):
            raise Refusal(Found("query_refused", name, {"reason": "variables"}))
    if where.month is not None and not _MONTH.fullmatch(where.month):
        raise Refusal(Found("query_refused", "month", {"reason": "variables"}))
    if where.state is not None and where.state not in hours.STATES:
        raise Refusal(Found("query_refused", "state", {"reason": "variables"}))
    volunteer = None if where.volunteer is None else str(where.volunteer)
    return hours.HourFilter(volunteer, where.project, where.month, where.from_on, where.to_on, where.state)
