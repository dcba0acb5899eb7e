"""What stalls, as GraphQL: signals about records and, as phones to help, devices that have been silent.

Not here: which records those are (sync/signals.py), and answering one, which is an ordinary save.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta

import strawberry
from strawberry.types import Info

from server.auth.person import Asking
from server.graphql.rights import may_about
from server.graphql.seen import saw_list
from sync import devices, people, signals
from sync.times import local_date, local_date_of
from sync.titles import Titles

SILENT_DAYS = 3
SILENT = "phone.silent"


@strawberry.type
class SignalNote:
    """What somebody said to it; `until`: it rests until that day, null for: it is known."""

    by_name: str
    on: str
    until: str | None
    reason: str


@strawberry.type
class SignalItem:
    """One thing a signal is about: a record, or a device. `since`: the day its days count from."""

    subject: strawberry.ID
    kind: str | None
    title_zh: str
    title_en: str
    team: strawberry.ID | None
    since: str
    raised_on: str
    note: SignalNote | None


@strawberry.type
class Signal:
    """One signal: `open` that nobody has answered, `answered` that are known or rest; the first 50 items."""

    rule: str
    zh: str
    en: str
    open: int
    answered: int
    items: list[SignalItem]


def listed(info: Info[Asking, None]) -> list[Signal]:
    """Every signal this person may be told of."""
    asking = info.context
    found = signals.signals(asking.store, asking.schema, asking.person, asking.now)
    if found:
        titles, words = (
            Titles(asking.store, asking.schema, asking.person),
            (
                f"{SILENT_DAYS} 天没连上的手机，帮一把",
                f"Phones without contact for {SILENT_DAYS} days, to help",
            ),
        )
        today = local_date(asking.now)
        found = [*found, signals.answered(asking.store, titles, SILENT, *words, _silent(asking, today), today)]
    saw_list(asking, [item.kind for one in found for item in one.items if item.kind])
    return [
        Signal(
            rule=one.rule,
            zh=one.zh,
            en=one.en,
            open=one.open,
            answered=one.answered,
            items=[_item(item) for item in one.items],
        )
        for one in found
    ]


def _silent(asking: Asking, today: date) -> list[signals.Raised]:
    last = (today - timedelta(days=SILENT_DAYS)).isoformat()
    found = []
    for device in devices.devices(asking.store, asking.person.centre):
        seen_on = local_date_of(device.seen_at or device.added_at)
        if device.form != "phone" or device.revoked_at or seen_on > last:
            continue
        if not may_about(asking, "devices.see", device.person):
            continue
        teams = [entry.team for entry in people.memberships_of(asking.store, device.person) if entry.team]
        title = f"{device.person_name} · {device.name}"
        raised_on = (date.fromisoformat(seen_on) + timedelta(days=SILENT_DAYS)).isoformat()
        team = teams[0] if teams else None
        found.append(signals.Raised(device.device, None, title, title, team, seen_on, raised_on))
    return sorted(found, key=lambda one: one.since)


def _item(item: signals.Raised) -> SignalItem:
    members = asdict(item) | {"note": SignalNote(**asdict(item.note)) if item.note else None}
    return SignalItem(**members)
