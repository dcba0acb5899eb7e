"""Members and how they get their devices in: what a coordinator, a supervisor or a director asks at the desk.

Which roles may ask each of these stands in schema/permissions.toml. Not here: what the phone does meanwhile
(server/auth/enrol.py).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

import strawberry
from strawberry.types import Info

from schema.model import Membership
from schema.model import Problem as Found
from server.auth.invites import has_device, is_desk, make_invite
from server.auth.person import Asking
from server.errors import Refusal
from server.graphql.rights import may_about
from sync import clearing, credentials, invites, people
from sync.responsible import open_in_name_of
from sync.store.store import can_keep
from sync.times import read_instant

NAME_CHARACTERS_MAX = 40
# The act of permissions.toml that says whose invites somebody sees, makes and ends.
FOLLOWING = "invite.follow"


@strawberry.type
class NewInvite:
    """A new invite. `code` and `token` are told this once: the code is read out, the token is for the QR.

    state: open, or unconfirmed until a second person has confirmed it.
    """

    invite: strawberry.ID
    person: strawberry.ID
    state: str
    code: str
    token: str
    code_until: str
    until: str


@strawberry.type
class Invite:
    """An invite a phone may still come with. `tries` of its typed code were used up, of five."""

    invite: strawberry.ID
    person: strawberry.ID
    person_name: str
    made_by: strawberry.ID
    state: str
    tries: int
    code_until: str
    until: str


@strawberry.type
class WaitingEnrolment:
    """A phone that came with an invite and shows one of these numbers."""

    enrolment: strawberry.ID
    person: strawberry.ID
    person_name: str
    numbers: list[str]
    begun_at: str
    until: str


def waiting_enrolments(info: Info[Asking, None]) -> list[WaitingEnrolment]:
    """The phones whose number is to be chosen."""
    asking = info.context
    return [
        WaitingEnrolment(
            enrolment=strawberry.ID(found.enrolment),
            person=strawberry.ID(found.person),
            person_name=people.name_of(asking.store, found.person),
            numbers=list(found.numbers),
            begun_at=found.begun_at,
            until=found.until,
        )
        for found in invites.waiting_enrolments(asking.store, asking.person.centre, asking.now)
        if _may_invite(asking, found.person)
    ]


def open_invites(info: Info[Asking, None]) -> list[Invite]:
    """The invites a phone may still come with, newest first."""
    asking = info.context
    return [
        Invite(
            invite=strawberry.ID(found.invite),
            person=strawberry.ID(found.person),
            person_name=people.name_of(asking.store, found.person),
            made_by=strawberry.ID(found.made_by),
            state=found.state,
            tries=found.tries,
            code_until=found.code_until,
            until=found.until,
        )
        for found in invites.open_invites(asking.store, asking.person.centre, asking.now)
        if _may_invite(asking, found.person)
    ]


def create_invite(info: Info[Asking, None], person: strawberry.ID, keep_devices: bool = False) -> NewInvite:
    """Invite a person's device; when it comes, their devices of before end unless they are kept.

    Whoever works at a desk and has a device already is only let in anew by two people.
    """
    asking, now, store = info.context, info.context.now, info.context.store
    _must_know(asking, person)
    if not _may_invite(asking, person):
        raise Refusal(Found("cannot_manage"))
    is_second_needed = (
        not (keep_devices and person == asking.person.person)
        and is_desk(asking.schema, people.memberships_of(store, person))
        and has_device(store, person)
    )
    made = make_invite(
        store, asking.keys, person, asking.person.person, now,
        revokes=not keep_devices, is_confirmed=not is_second_needed,
    )  # fmt: skip
    asking.notes("invited", about=person, rule=made.invite.state)
    return NewInvite(
        invite=strawberry.ID(made.invite.invite),
        person=person,
        state=made.invite.state,
        code=made.code,
        token=made.token,
        code_until=made.invite.code_until,
        until=made.invite.until,
    )


def confirm_invite(info: Info[Asking, None], invite: strawberry.ID) -> str:
    """Stand for an invite as the second person."""
    asking = info.context
    found = _invite(asking, invite)
    if asking.person.person in (found.made_by, found.person):
        raise Refusal(Found("needs_another_person"))
    invites.confirm_invite(asking.store, found.invite, asking.person.person)
    asking.notes("invited", about=found.person, rule="confirmed")
    return "open"


def withdraw_invite(info: Info[Asking, None], invite: strawberry.ID) -> str:
    """Nobody comes with this invite any more."""
    found = _invite(info.context, invite)
    if found.state in ("open", "unconfirmed"):
        invites.close_invite(info.context.store, found.invite, "withdrawn")
        info.context.notes("invited", about=found.person, rule="withdrawn")
    return "withdrawn"


def match_number(info: Info[Asking, None], enrolment: strawberry.ID, number: str) -> str:
    """Choose the number that the phone shows. A wrong one ends the invite: somebody else may have its code."""
    asking = info.context
    found = invites.enrolment_of(asking.store, enrolment)
    asking.store.bind(asking.person.centre)
    if found is None or not _may_invite(asking, found.person) or asking.now >= read_instant(found.until):
        raise Refusal(Found("not_found"))
    if found.state != "waiting":
        raise Refusal(Found("not_waiting"))
    if number == found.number:
        invites.settle_enrolment(asking.store, found.enrolment, "matched")
        return "matched"
    with asking.store.atomic():
        invites.settle_enrolment(asking.store, found.enrolment, "refused")
        invites.close_invite(asking.store, found.invite, "refused")
        asking.notes("refused", about=found.person, rule="number_refused")
    return "refused"


def add_member(info: Info[Asking, None], name: str, role: str, team: strawberry.ID | None = None) -> strawberry.ID:
    """Add a person to the centre; they come in by an invite."""
    asking, named = info.context, name.strip()
    membership = _membership(asking, role, team)
    if not 0 < len(named) <= NAME_CHARACTERS_MAX or not can_keep(named):
        raise Refusal(Found("damaged_request", "name"))
    person = str(uuid.uuid4())
    with asking.store.atomic():
        people.add_member(asking.store, person, named, asking.person.centre, [membership])
        asking.notes("member_added", about=person, rule=role)
    return strawberry.ID(person)


def set_member_role(
    info: Info[Asking, None], person: strawberry.ID, role: str, team: strawberry.ID | None = None
) -> strawberry.ID:
    """Give a person one role in the place of those they have. Their sessions end: a new role begins with a new one."""
    asking, store = info.context, info.context.store
    membership = _membership(asking, role, team)
    _must_know(asking, person)
    if person == asking.person.person or not _outranks(asking, people.memberships_of(store, person)):
        raise Refusal(Found("cannot_manage"))
    with store.atomic():
        people.add_member(store, person, people.name_of(store, person), asking.person.centre, [membership])
        for (device,) in store.rows("SELECT device FROM device WHERE person = ?", (person,)):
            people.end_sessions_of(store, device, asking.now)
        asking.notes("member_changed", about=person, rule=role)
    return person


def stop_member(info: Info[Asking, None], person: strawberry.ID) -> strawberry.ID:
    """Nobody comes in as this person any more. What they wrote stays; what their devices still have is delivered first.

    Refused `still_responsible` while cases or visits wait for them: those go to somebody else before.
    """
    asking, store = info.context, info.context.store
    _must_know(asking, person)
    if person == asking.person.person or not _outranks(asking, people.memberships_of(store, person)):
        raise Refusal(Found("cannot_manage"))
    with store.atomic():
        waiting = open_in_name_of(store, asking.schema, person)
        if waiting:
            raise Refusal(Found("still_responsible", details=dict(waiting)))
        invites.withdraw_invites_of(store, person)
        credentials.set_recovery_codes(store, person, [], asking.now)
        for (device,) in store.rows("SELECT device FROM device WHERE person = ? AND revoked_at IS NULL", (person,)):
            clearing.order(store, device, clearing.DELIVER_FIRST, asking.person.person, asking.now)
            asking.notes("device_revoked", about=device, rule=clearing.DELIVER_FIRST)
        asking.notes("member_stopped", about=person)
    return person


DIRECTOR = "director"


def _outranks(asking: Asking, memberships: Iterable[Membership]) -> bool:
    """A director manages everybody; others the people of phones, so that nobody gives a role as large as their own."""
    mine = {entry.role for entry in asking.person.memberships}
    return DIRECTOR in mine or not is_desk(asking.schema, memberships)


def _may_invite(asking: Asking, person: str) -> bool:
    if not _is_ours(asking, person):
        return False
    if person == asking.person.person:
        return True
    return may_about(asking, FOLLOWING, person) and _outranks(asking, people.memberships_of(asking.store, person))


def _is_ours(asking: Asking, person: str) -> bool:
    return people.centre_of(asking.store, person) == asking.person.centre


def _must_know(asking: Asking, person: str) -> None:
    if not _is_ours(asking, person):
        raise Refusal(Found("not_found"))


def _invite(asking: Asking, invite: str) -> invites.Invite:
    found = invites.invite_of(asking.store, invite)
    if found is None or not _is_ours(asking, found.person):
        raise Refusal(Found("not_found"))
    return found


def _membership(asking: Asking, role: str, team: str | None) -> Membership:
    known = {entry.team for entry in people.teams(asking.store, asking.person.centre)}
    if role not in asking.schema.roles or (team is not None and team not in known):
        raise Refusal(Found("unknown_role"))
    membership = Membership(role, asking.person.centre, team)
    if not _outranks(asking, [membership]):
        raise Refusal(Found("cannot_manage"))
    return membership
