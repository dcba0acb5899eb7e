"""Every question that can be asked, each answered for the person who asks. Who may see what is judged in `sync.read`.

Annotations are not postponed: questions about record kinds are typed with types that exist only while this runs.
"""

from typing import Any

import strawberry
from strawberry.types import Info

from schema.access import is_hidden
from schema.model import Kind, Schema
from server.auth.person import Asking
from server.graphql import accounts, devices, exports, hand_over, held, hour_rules, reveals, review, sync, trail
from server.graphql import break_glass as glass
from server.graphql import calendar as calendars
from server.graphql import calendar_feed as feeds
from server.graphql import hour_comparison as compared_hours
from server.graphql import hour_desk as certifying
from server.graphql import hours as hour
from server.graphql import own_devices as own
from server.graphql import recognition as acknowledged
from server.graphql import register as registers
from server.graphql import register_grid as grids
from server.graphql import retention as kept
from server.graphql import signals as stalled
from server.graphql import trainings as trained
from server.graphql import visits as visited
from server.graphql import ways_in as ways
from server.graphql.me import Me, Member, Team, me_of, members_of, teams_of
from server.graphql.rights import refuse_shut
from server.graphql.seen import saw_list, saw_nothing, saw_record
from server.graphql.types import page_type, record_of, record_type, where_of, where_type
from sync import read


def _me(info: Info[Asking, None]) -> Me:
    return me_of(info.context.store, info.context.schema, info.context.person, info.context.context)


def _members(info: Info[Asking, None]) -> list[Member]:
    return members_of(info.context)


def _pull(
    info: Info[Asking, None], after: list[sync.ScopeCursorInput], bytes_max: int | None = None, mark: str | None = None
) -> sync.PullPage:
    return sync.pull(info.context, after, bytes_max, mark)


def _news(info: Info[Asking, None], at: str) -> sync.News | None:
    return sync.news(info.context, at)


def _digest(
    info: Info[Asking, None], after: list[sync.ScopeCursorInput], by_part: bool = False
) -> list[sync.ScopeDigest]:
    return sync.digest(info.context, after, by_part)


def _digest_rows(info: Info[Asking, None], scope: strawberry.ID, cursor: str, parts: list[str]) -> list[sync.DigestRow]:
    return sync.digest_rows(info.context, scope, cursor, parts)


def _whole_records(info: Info[Asking, None], records: list[strawberry.ID]) -> list[sync.Whole]:
    return sync.whole_records(info.context, records)


def _workbench(info: Info[Asking, None]) -> review.Workbench:
    return review.workbench(info.context)


def _review_list(
    info: Info[Asking, None],
    tab: review.ReviewTab,
    kinds: list[str] | None = None,
    first: int = 50,
    after: str | None = None,
    team: strawberry.ID | None = None,
) -> review.ReviewPage:
    return review.review_list(info.context, tab, kinds, first, after, team)


def _team_figures(info: Info[Asking, None]) -> list[review.TeamFigures]:
    return review.team_figures(info.context)


def _record_detail(info: Info[Asking, None], record: strawberry.ID) -> review.RecordDetail | None:
    return review.record_detail(info.context, record)


def _phone_number(info: Info[Asking, None], record: strawberry.ID, field: str) -> str | None:
    return reveals.phone_number(info.context, record, field)


def _trail(
    info: Info[Asking, None],
    person: strawberry.ID | None = None,
    record: strawberry.ID | None = None,
    actions: list[str] | None = None,
    from_on: str | None = None,
    to_on: str | None = None,
    first: int = 50,
    after: str | None = None,
) -> trail.TrailPage:
    return trail.trail_page(info.context, person, record, actions, from_on, to_on, first, after)


def _odd_reads(info: Info[Asking, None]) -> list[trail.OddDay]:
    return trail.odd_days(info.context)


def _teams(info: Info[Asking, None]) -> list[Team]:
    return teams_of(info.context)


def _devices(info: Info[Asking, None]) -> list[devices.Device]:
    return devices.listed(info.context)


def _open_of(info: Info[Asking, None], person: strawberry.ID) -> list[hand_over.InName]:
    return hand_over.open_of(info.context, person)


def _incident_pack(info: Info[Asking, None], device: strawberry.ID, language: str = "zh") -> devices.IncidentPack:
    return devices.incident_pack(info.context, device, language)


def _held_detail(info: Info[Asking, None], save: strawberry.ID) -> held.HeldDetail | None:
    return held.held_detail(info.context, save)


FIXED: dict[str, Any] = {
    "me": strawberry.field(resolver=_me, description="Who is signed in."),
    "members": strawberry.field(resolver=_members, description="Everyone of my centre."),
    "pull": strawberry.field(resolver=_pull, description="What changed since this device's cursors."),
    "news": strawberry.field(
        resolver=_news, description="What happened since a moment, where it can be told in few words; else pull."
    ),
    "digest": strawberry.field(
        resolver=_digest, description="What this device should hold, to compare with what it does."
    ),
    "digest_rows": strawberry.field(resolver=_digest_rows, description="The records of parts that differ."),
    "whole_records": strawberry.field(
        resolver=_whole_records, description="Some records of this device's scopes, whole; at most 100."
    ),
    "workbench": strawberry.field(resolver=_workbench, description="The counts of what I have to look at."),
    "team_figures": strawberry.field(
        resolver=_team_figures, description="What waits, team by team, for who looks on over a whole centre."
    ),
    "signals": strawberry.field(
        resolver=stalled.listed, description="What stalls among what I answer for; of records and phones, of nobody."
    ),
    "review_list": strawberry.field(resolver=_review_list, description="What waits for me, most pressing first."),
    "record_detail": strawberry.field(
        resolver=_record_detail,
        description="One record with its versions, changes and history; null if I may not see it.",
    ),
    "phone_number": strawberry.field(
        resolver=_phone_number,
        description="The whole of a number that `record_detail` covers; that it was asked for is noted.",
    ),
    "invites": strawberry.field(
        resolver=accounts.open_invites, description="The invites that a phone may still come with."
    ),
    "waiting_enrolments": strawberry.field(
        resolver=accounts.waiting_enrolments, description="The phones whose number is to be chosen."
    ),
    "calendar_feed": strawberry.field(
        resolver=feeds.calendar_feed, description="Since when my shifts have an address for a calendar."
    ),
    "own_devices": strawberry.field(resolver=own.own_devices, description="My devices, and where I am signed in."),
    "ways_in": strawberry.field(
        resolver=ways.ways_in, description="What I could sign in with, and until when a second way is due."
    ),
    "look_at_register": strawberry.field(
        resolver=registers.look_at,
        description="What a file of homes and residents would do, with what has to be mended first; writes nothing.",
    ),
    "register_rows": strawberry.field(
        resolver=grids.register_rows,
        description="A page of the register's homes or residents, narrowed and sorted; telephone numbers covered.",
    ),
    "register_imports": strawberry.field(
        resolver=registers.recent_imports,
        description="The imports of the last seven days, which can still be undone.",
    ),
    "calendar_days": strawberry.field(
        resolver=calendars.calendar_days,
        description="Which days are working days by the tables in force today, and when my centre is open.",
    ),
    "homes_due": strawberry.field(
        resolver=visited.homes_due, description="Homes that somebody should go to, with why; the most pressing first."
    ),
    "visits_between": strawberry.field(
        resolver=visited.visits_between, description="The visits of some days that I may see, by day and door."
    ),
    "hour_totals": strawberry.field(
        resolver=hour.hour_totals,
        description="Certified and waiting minutes of the hours that I may see, by volunteer, project or month.",
    ),
    "hour_lines": strawberry.field(
        resolver=hour.hour_lines, description="The entries of hours behind a total, by day, page by page."
    ),
    "hours_to_certify": strawberry.field(
        resolver=certifying.hours_to_certify,
        description="The volunteers' hours that wait for me, each with its day and what is odd about it.",
    ),
    "hour_comparisons": strawberry.field(
        resolver=compared_hours.hour_comparisons,
        description="What each phone of a volunteer last said beside what the centre counts, difference by difference.",
    ),
    "hour_rule_preview": strawberry.field(
        resolver=hour_rules.hour_rule_preview,
        description="What a rule for hours would make of a month that I may see, before it is written.",
    ),
    "my_recognition": strawberry.field(
        resolver=acknowledged.my_recognition, description="What I have reached by certified hours, beside nobody."
    ),
    "recognition": strawberry.field(
        resolver=acknowledged.board, description="Medals that are reached or near and assessments due, by name."
    ),
    "my_trainings": strawberry.field(
        resolver=trained.my_trainings,
        description="The trainings on whose list I stand, newest first, with my own line of the list.",
    ),
    "exports": strawberry.field(
        resolver=exports.listed, description="The newest exports: mine, or of my centre for who agrees to them."
    ),
    "retention": strawberry.field(
        resolver=kept.retention, description="What is due at my centre, what is kept all the same, what is destroyed."
    ),
    "destruction_records": strawberry.field(
        resolver=kept.records_of, description="What a proposal would destroy: its first 200 records, by title."
    ),
    "beyond": strawberry.field(
        resolver=glass.beyond, description="Who bears exactly this name where I do not reach, for an emergency."
    ),
    "openings": strawberry.field(
        resolver=glass.openings, description="What was opened in an emergency, of what I answer for."
    ),
    "teams": strawberry.field(resolver=_teams, description="The teams of my centre."),
    "open_of": strawberry.field(
        resolver=_open_of,
        description="What is open in somebody's name and I may give to somebody else; at most 500 a kind.",
    ),
    "devices": strawberry.field(resolver=_devices, description="The devices of my centre that I answer for."),
    "incident_pack": strawberry.field(
        resolver=_incident_pack, description="What is needed when a device is lost; that it was made is noted."
    ),
    "trail": strawberry.field(
        resolver=_trail, description="Who saw, changed, took away and decided what, newest first; every look is noted."
    ),
    "odd_reads": strawberry.field(
        resolver=_odd_reads,
        description="Days of the last fortnight on which somebody looked much otherwise than they use to, one a day.",
    ),
    "held_detail": strawberry.field(
        resolver=_held_detail, description="One held save against what stands; null if it is not mine to look at."
    ),
}


def query_type(schema: Schema) -> type:
    """The root of all questions: the fixed ones, and `<kind>` and `<kind>_list` for each declared kind."""
    asked = dict(FIXED)
    for kind in schema.kinds.values():
        if kind.name in asked or f"{kind.name}_list" in asked:
            raise ValueError(f"{kind.name} cannot be the name of a kind: it is a question already")
        record = record_type(kind)
        asked[kind.name] = _one(kind, record)
        asked[f"{kind.name}_list"] = _list(kind, record)
    return strawberry.type(type("Query", (), asked), description="Every question is judged for the person who asks.")


def _one(kind: Kind, record: type) -> Any:
    def one(info: Any, id: Any) -> Any:
        asking: Asking = info.context
        refuse_shut(asking, kind, "read")
        row = read.record_row(asking.store, asking.schema, asking.person, id, asking.context)
        if row is None or row.kind != kind.name:
            saw_nothing(asking, id)
            return None
        saw_record(asking, row.kind, id)
        return record_of(kind, record, row)

    one.__annotations__ = {"info": Info, "id": strawberry.ID, "return": record | None}
    return strawberry.field(resolver=one, description=f"{kind.one.zh} · {kind.one.en}; null if I may not see it.")


def _list(kind: Kind, record: type) -> Any:
    page, where_input = page_type(kind, record), where_type(kind)

    def several(info: Any, first: Any = 50, after: Any = None, where: Any = None) -> Any:
        asking: Asking = info.context
        refuse_shut(asking, kind, "list")
        narrowed = None if where is None else where_of(kind, where)
        found = read.records(
            asking.store, asking.schema, asking.person, kind.name, narrowed, first, after, asking.context
        )
        if is_hidden(asking.schema, kind):
            for row in found.items:
                saw_record(asking, row.kind, row.record)
        else:
            saw_list(asking, [row.kind for row in found.items])
        return page(items=[record_of(kind, record, row) for row in found.items], next=found.next, total=found.total)

    several.__annotations__ = {
        "info": Info,
        "first": int,
        "after": str | None,
        "where": where_input | None,
        "return": page,
    }
    return strawberry.field(resolver=several, description=f"{kind.many.zh} · {kind.many.en} that I may see.")
