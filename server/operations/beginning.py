"""The beginning of a centre: its folder, its secrets, its director, and the one invite by which the director comes in.
There is no account before it and no password after it.

Not here: how everybody else comes in (server/auth/enrol.py), and the checks before each start (doctor.py).
"""

from __future__ import annotations

import stat
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from schema.model import Membership
from server.audit_key import audit_key
from server.auth import recovery
from server.auth.invites import Made, has_device, make_invite
from server.auth.keys import FOLDER, Keys, KeysError, make_keys, read_keys
from server.operations.backup import opened
from server.operations.faults import CommandError, told_plainly
from server.settings import Settings
from sync import people
from sync.store.store import Store

INVITE_LIFE = timedelta(minutes=30)
DIRECTOR = "director"


@dataclass(frozen=True)
class Invited:
    """The director of one centre, the invite, and where it was asked for, the codes for the safe."""

    centre: str
    name: str
    made: Made
    codes: list[str]


def begin(
    settings: Settings, centre: str | None, director: str | None, teams: Sequence[str], now: datetime
) -> list[Invited]:
    """Make the secrets of a folder, a new centre where one is named, and invite each director who has no device.

    Raises CommandError where there are secrets already: who has them has a centre, and nothing is ever replaced. Only a
    PostgreSQL takes a further centre under the same secrets.
    """
    _must_be_private(settings.data)
    is_there = (settings.data / FOLDER).exists()
    if is_there and not (settings.is_shared and centre):
        raise CommandError(
            f"{settings.data} 里已经有密钥，不会再做一份。要重发主任的邀请，加 --again。\n"
            f"{settings.data} has secrets already; they are never made twice. Add --again to invite the director again."
        )
    if not settings.is_shared and settings.store_path.exists() == bool(centre):
        raise CommandError(
            "新的中心要写 --centre 和 --director；文件夹里已有数据库时两个都不写。\n"
            "Name --centre and --director for a new centre, and neither where there is a database already."
        )
    if bool(centre) != bool(director):
        raise CommandError("--centre 和 --director 要一起写。\nName --centre and --director together.")
    with told_plainly(settings.data):
        keys = _keys(settings) if is_there else make_keys(settings.data)
        audit_key(settings)
    with told_plainly(settings.store_name), opened(settings.place) as store:
        if store.sealing is not None:
            store.sealing.prepare()
        if centre and director:
            _add_centre(store, centre, director, teams)
        invited = _invited(store, keys, now, with_codes=True)
    if not settings.is_shared:
        settings.store_path.chmod(0o600)
    return invited


def invite_again(settings: Settings, now: datetime) -> list[Invited]:
    """Invite each director who has no device yet; raises CommandError where all have one."""
    _must_be_private(settings.data)
    keys = _keys(settings)
    with told_plainly(settings.store_name), opened(settings.place) as store:
        invited = _invited(store, keys, now, with_codes=False)
    if not invited:
        raise CommandError(
            "每个中心的主任都已经有设备了。在电脑上邀请，或用保险柜里的恢复码。\n"
            "Every director has a device. Invite at a desk, or use a recovery code from the safe."
        )
    return invited


def _invited(store: Store, keys: Keys, now: datetime, with_codes: bool) -> list[Invited]:
    found = []
    for centre, name in people.centres(store):
        store.bind(centre)
        directors = [member for member in people.members(store, centre) if DIRECTOR in member.roles]
        if not directors or any(has_device(store, member.person) for member in directors):
            continue
        person = directors[0].person
        made = make_invite(
            store, keys, person, person, now, revokes=False, code_life=INVITE_LIFE, token_life=INVITE_LIFE
        )
        codes = recovery.make_codes(store, keys, person, now) if with_codes else []
        found.append(Invited(name, directors[0].name, made, codes))
    return found


def _add_centre(store: Store, name: str, director: str, teams: Sequence[str]) -> None:
    centre, person = f"centre-{uuid.uuid4().hex[:8]}", str(uuid.uuid4())
    with store.atomic():
        people.add_centre(store, centre, name)
        for number, team in enumerate(teams, 1):
            people.add_team(store, f"{centre}-{number}", team, centre)
        people.add_member(store, person, director, centre, [Membership(DIRECTOR, centre, None)])


def _keys(settings: Settings) -> Keys:
    try:
        return read_keys(settings.data)
    except KeysError as error:
        raise CommandError(f"密钥用不了：{error}\nThe secrets cannot be used: {error}") from error


def _must_be_private(folder: Path) -> None:
    if folder.exists() and folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise CommandError(
            f"这台机器上的别人能进 {folder}。先运行 chmod 700 {folder}\n"
            f"Others on this machine can enter {folder}. First run: chmod 700 {folder}"
        )
