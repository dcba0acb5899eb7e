"""Where the person who asks is signed in, and ending that elsewhere, once they have shown that it is they.

Not here: the devices of others, and taking one back with what lies on it (devices.py).
"""

from __future__ import annotations

import strawberry
from strawberry.types import Info

from schema.model import Problem
from server.auth.person import Asking
from server.errors import Refusal
from sync import devices, people


@strawberry.type
class OwnDevice:
    """One device of mine that is in use. path: how it was let in; `is_open`: it is signed in, or goes on by itself."""

    device: strawberry.ID
    name: str
    form: str
    path: str
    added_at: str
    seen_at: str | None
    is_this: bool
    is_open: bool


def own_devices(info: Info[Asking, None]) -> list[OwnDevice]:
    """Mine, the one that asks first."""
    asking = info.context
    found = [
        OwnDevice(**(vars(one) | {"device": strawberry.ID(one.device)}), is_this=one.device == asking.person.device)
        for one in devices.own_devices(asking.store, asking.person.person)
    ]
    return sorted(found, key=lambda one: not one.is_this)


def end_own_session(info: Info[Asking, None], device: strawberry.ID) -> list[OwnDevice]:
    """Another device of mine waits for a new proof from now on; what lies on it stays. Refused not_found for any that
    is not mine, and for the one that asks, which signs out by itself.
    """
    asking = info.context
    others = {one.device for one in devices.own_devices(asking.store, asking.person.person)} - {asking.person.device}
    if device not in others:
        raise Refusal(Problem("not_found"))
    with asking.store.atomic():
        people.sign_out_device(asking.store, device, asking.now)
        asking.notes("sign_out", about=device, rule="elsewhere")
    return own_devices(info)
