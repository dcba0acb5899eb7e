"""The device that a request describes: its key, its name, whether it is a phone or a desk, and what it can do.

Not here: whether it is believed; a description opens nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from schema.model import Problem
from server.errors import Refusal
from server.requests import read_bytes
from sync.save import read_public_key
from sync.store.store import can_keep

NAME_CHARACTERS_MAX = 80
CAPABILITIES_CHARACTERS_MAX = 2000
FORMS = ("phone", "desk")


@dataclass(frozen=True)
class Described:
    """A device as it says it is.

    id            of the device it was before, or says it was; None for a new one
    public_key    the raw point of 65 bytes
    capabilities  JSON, as it will be kept
    """

    id: str | None
    public_key: bytes
    name: str
    form: str
    capabilities: str | None


def read_described(device: object) -> Described:
    """The description in a request; raises Refusal damaged_request that names the member."""
    if not isinstance(device, dict):
        raise Refusal(Problem("damaged_request"))
    id, name, form = device.get("id"), device.get("name"), device.get("form", "phone")
    if not isinstance(name, str) or not 0 < len(name) <= NAME_CHARACTERS_MAX or not can_keep(name):
        raise Refusal(Problem("damaged_request", "name"))
    if form not in FORMS:
        raise Refusal(Problem("damaged_request", "form"))
    public_key = _public_key(device.get("public_key"))
    return Described(
        id if isinstance(id, str) else None, public_key, name, form, _capabilities(device.get("capabilities"))
    )


def _public_key(text: object) -> bytes:
    point = read_bytes(text, "public_key")
    try:
        read_public_key(point)
    except ValueError as error:
        raise Refusal(Problem("damaged_request", "public_key")) from error
    return point


def _capabilities(told: object) -> str | None:
    if told is None:
        return None
    text = json.dumps(told, ensure_ascii=True) if isinstance(told, dict) else ""
    if not 0 < len(text) <= CAPABILITIES_CHARACTERS_MAX:
        raise Refusal(Problem("damaged_request", "capabilities"))
    return text
