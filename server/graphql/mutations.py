"""Every command. A change to a record is a save through push; a decision about one is judged in `sync.decide`,
one about a held save in `sync.release`."""

import strawberry
from strawberry.types import Info

from schema.model import Problem as Found
from server.auth.person import Asking
from server.graphql import (
    accounts,
    devices,
    exports,
    follow_ups,
    held,
    hour_checks,
    hour_comparison,
    reveals,
    review,
    sync,
)
from server.graphql import break_glass as glass
from server.graphql import calendar_feed as feeds
from server.graphql import own_devices as own
from server.graphql import recognition as acknowledged
from server.graphql import register as registers
from server.graphql import retention as kept
from server.graphql import ways_in as ways
from server.graphql.problems import Problem, problem_of
from server.graphql.scalars import JSON, SaveInput
from server.graphql.seen import name_of
from sync import decide


@strawberry.input
class DecisionInput:
    """What a reviewer decided, bound to the revision they saw. verdict: approve | return | reject | undo; a return
    needs a sentence and may name the field it concerns. The same id again gives the same answer.
    """

    id: strawberry.ID
    record: strawberry.ID
    revision: int
    verdict: str
    sentence: str | None = None
    field: str | None = None


@strawberry.type
class DecisionResult:
    """The record's standing after the decision, or why there is none."""

    id: strawberry.ID
    record: strawberry.ID
    standing: JSON | None
    problem: Problem | None


def _push(info: Info[Asking, None], saves: list[SaveInput], sent_at: str | None = None) -> sync.PushResult:
    return sync.push(info.context, saves, sent_at)


def _decide(info: Info[Asking, None], decisions: list[DecisionInput]) -> list[DecisionResult]:
    return [_decided(info.context, decision) for decision in decisions]


def _settle_duplicate(
    info: Info[Asking, None], id: strawberry.ID, record: strawberry.ID, other: strawberry.ID, verdict: str
) -> DecisionResult:
    asking = info.context
    with asking.store.atomic():
        found = decide.settle_duplicate(
            asking.store, asking.schema, asking.person, id, record, other, verdict, asking.now
        )
        _note(asking, record, found, "duplicate")
    return _result(asking, id, record, found)


def _decide_held(info: Info[Asking, None], decisions: list[held.HeldDecisionInput]) -> list[held.HeldDecisionResult]:
    return [held.decide(info.context, decision) for decision in decisions]


def _revoke_device(info: Info[Asking, None], device: strawberry.ID, order: str) -> devices.Device:
    return devices.revoke(info.context, device, order)


def _name_device(info: Info[Asking, None], device: strawberry.ID, name: str) -> devices.Device:
    return devices.rename(info.context, device, name)


def _take_along(info: Info[Asking, None], homes: list[strawberry.ID], minutes: int) -> bool:
    return devices.take_along(info.context, [str(home) for home in homes], minutes)


def _note_reveals(info: Info[Asking, None], looks: list[reveals.RevealInput]) -> list[reveals.RevealResult]:
    return reveals.note_reveals(info.context, looks)


@strawberry.type(description="Every command is judged for the person who asks.")
class Mutation:
    """The root of all commands."""

    push: sync.PushResult = strawberry.mutation(
        resolver=_push, description="Deliver saves; give them as variables. One receipt for each, in order."
    )
    decide: list[DecisionResult] = strawberry.mutation(
        resolver=_decide, description="Decide on records, each for itself; one result for each, in order."
    )
    decide_held: list[held.HeldDecisionResult] = strawberry.mutation(
        resolver=_decide_held, description="Decide on held saves, each for itself; one result for each, in order."
    )
    look_at: review.Looking | None = strawberry.mutation(
        resolver=review.look_at,
        description="Say which record this device looks at, for 15 minutes; gives who holds it, and forbids nothing.",
    )
    break_glass: glass.OpeningResult = strawberry.mutation(
        resolver=glass.break_glass, description="Open one record that is not mine, for an hour, with a reason."
    )
    see_opening: glass.OpeningResult = strawberry.mutation(
        resolver=glass.see_opening, description="Say that I have read why a record was opened in an emergency."
    )
    make_paper: acknowledged.MadeRecord = strawberry.mutation(
        resolver=acknowledged.make, description="Have a paper of certified hours made, mine or as a coordinator."
    )
    propose_medal: acknowledged.MadeRecord = strawberry.mutation(
        resolver=acknowledged.propose, description="Note that somebody has reached a medal, with the hours there are."
    )
    open_assessment: acknowledged.MadeRecord = strawberry.mutation(
        resolver=acknowledged.begin, description="Begin an assessment that is due, with what the centre knows."
    )
    ask_export: exports.ExportResult = strawberry.mutation(
        resolver=exports.ask, description="Ask for a file of all records of a kind that I may take away."
    )
    agree_to_export: exports.ExportResult = strawberry.mutation(
        resolver=exports.agree, description="Agree, as a second person, that an export leaves."
    )
    open_export: exports.ExportResult = strawberry.mutation(
        resolver=exports.open_link, description="The token that fetches my export once, within ten minutes."
    )
    import_register: registers.RegisterLook = strawberry.mutation(
        resolver=registers.carry_out,
        description="Bring a register of homes and residents in, all of it or nothing, once for each id.",
    )
    undo_import: registers.RegisterUndone = strawberry.mutation(
        resolver=registers.undo_import,
        description="Take an import back within seven days: what nobody works with leaves the lists.",
    )
    draw_follow_ups: follow_ups.DrawnFollowUps = strawberry.mutation(
        resolver=follow_ups.draw_follow_ups,
        description="Draw the homes of a team that are asked how a month's visits were, once for each month.",
    )
    tell_hours: hour_comparison.HourComparison = strawberry.mutation(
        resolver=hour_comparison.tell_hours,
        description="Say what this phone counts of its person's hours; answers how that differs from the centre.",
    )
    draw_hour_checks: hour_checks.DrawnHourChecks = strawberry.mutation(
        resolver=hour_checks.draw_hour_checks,
        description="Draw the certified hours of a month that somebody else checks, once for each month.",
    )
    set_hold: kept.HoldResult = strawberry.mutation(
        resolver=kept.set_hold, description="Keep a record and all that names it although its years are over."
    )
    lift_hold: kept.HoldResult = strawberry.mutation(
        resolver=kept.lift_hold, description="Keep a record no longer than its years."
    )
    propose_destruction: kept.DestructionResult = strawberry.mutation(
        resolver=kept.propose, description="Propose to destroy what is due of some kinds and nothing keeps."
    )
    propose_destruction_for: kept.DestructionResult = strawberry.mutation(
        resolver=kept.propose_for,
        description="Propose to destroy a record and all that names it, because whom it is about asks for it.",
    )
    confirm_destruction: kept.DestructionResult = strawberry.mutation(
        resolver=kept.confirm, description="Confirm, as a second person, that it is destroyed."
    )
    refuse_destruction: kept.DestructionResult = strawberry.mutation(
        resolver=kept.refuse, description="Stop a proposal, as long as nothing of it was begun."
    )
    revoke_device: devices.Device = strawberry.mutation(
        resolver=_revoke_device,
        description='Take a device back: it delivers first ("deliver_first") or is cleared at once ("now").',
    )
    end_own_session: list[own.OwnDevice] = strawberry.mutation(
        resolver=own.end_own_session, description="Sign out another device of mine; what lies on it stays there."
    )
    renew_calendar_feed: feeds.CalendarFeed = strawberry.mutation(
        resolver=feeds.renew_calendar_feed,
        description="A new address of my shifts for a calendar; the old one is dead.",
    )
    stop_calendar_feed: feeds.CalendarFeed = strawberry.mutation(
        resolver=feeds.stop_calendar_feed, description="No address of my shifts any more."
    )
    name_device: devices.Device = strawberry.mutation(
        resolver=_name_device, description="Call a device what people call it, in at most 30 characters."
    )
    take_along: bool = strawberry.mutation(
        resolver=_take_along,
        description="Say that this device takes homes along for a day, for so many minutes; at most 40, and 12 hours.",
    )
    note_reveals: list[reveals.RevealResult] = strawberry.mutation(
        resolver=_note_reveals,
        description="Say which covered numbers were looked at on this device; each is noted once, at most 100.",
    )
    settle_duplicate: DecisionResult = strawberry.mutation(
        resolver=_settle_duplicate,
        description='Say of two records that they are "different", or the "same": then `other` is rejected, or merged '
        'into `record` where its kind has aliases; "apart" undoes such a merge within 30 days.',
    )
    create_invite: accounts.NewInvite = strawberry.mutation(
        resolver=accounts.create_invite,
        description="Invite a person's device. Their devices of before end when it comes, unless they are kept.",
    )
    confirm_invite: str = strawberry.mutation(
        resolver=accounts.confirm_invite, description="Stand for an invite as the second person; then it is open."
    )
    withdraw_invite: str = strawberry.mutation(
        resolver=accounts.withdraw_invite, description="Nobody comes with this invite any more."
    )
    match_number: str = strawberry.mutation(
        resolver=accounts.match_number,
        description="Choose the number that a phone shows: matched, or refused, which ends the invite.",
    )
    add_member: strawberry.ID = strawberry.mutation(
        resolver=accounts.add_member, description="Add a person to the centre; gives their id."
    )
    set_member_role: strawberry.ID = strawberry.mutation(
        resolver=accounts.set_member_role,
        description="Give a person one role in the place of those they have; their sessions end.",
    )
    stop_member: strawberry.ID = strawberry.mutation(
        resolver=accounts.stop_member,
        description="Stop an account once nothing waits for its person; their devices deliver first and are cleared.",
    )
    make_recovery_codes: list[str] = strawberry.mutation(
        resolver=ways.make_recovery_codes,
        description="Ten codes for my safe, told this once; those of before are void.",
    )


def _decided(asking: Asking, asked: DecisionInput) -> DecisionResult:
    decision = decide.Decision(
        id=asked.id,
        record=asked.record,
        revision=asked.revision,
        verdict=asked.verdict,
        sentence=asked.sentence,
        field=asked.field,
    )
    with asking.store.atomic():
        found = decide.decide(asking.store, asking.schema, asking.person, decision, asking.now)
        _note(asking, asked.record, found, asked.verdict)
    return _result(asking, asked.id, asked.record, found)


def _note(asking: Asking, record: str, found: dict[str, object] | Found, verdict: str) -> None:
    rule = found.code if isinstance(found, Found) else verdict
    asking.notes("decided", record=name_of(record), rule=rule)


def _result(
    asking: Asking, id: strawberry.ID, record: strawberry.ID, found: dict[str, object] | Found
) -> DecisionResult:
    problem = found if isinstance(found, Found) else None
    return DecisionResult(
        id=id,
        record=record,
        standing=None if problem is not None else JSON(found),
        problem=problem_of(asking.schema, problem),
    )
