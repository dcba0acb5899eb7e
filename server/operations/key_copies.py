"""Copies of the data keys: apart from the backups that they open, and gone after thirty days, so that what was
destroyed since is gone from the copies too.

Not here: the keys themselves (sync/store/data_keys.py); what wraps them, which is copied by hand and in no backup.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from server.operations.files import copy_whole
from server.settings import Settings
from sync.store import centre_keys
from sync.store.centre_keys import CentreKeyMissing
from sync.store.data_keys import DataKeyMissing, DataKeys, keys_path
from sync.store.opening import open_store
from sync.store.whole_files import flush

# In the folder of the backups, where no other one is named.
FOLDER = "keys"
KEPT_FOR = timedelta(days=30)
_NAME = re.compile(r"doorstep-(\d{8}T\d{6}Z)\.keys")


def copy_keys(settings: Settings, folder: Path, name: str, now: datetime) -> Path | None:
    """Copy the keys of the running centre, and remove copies that are too old; None where it has none yet."""
    folder.mkdir(mode=0o700, exist_ok=True)
    for part in folder.glob(".*.part"):
        part.unlink()
    part, whole = folder / f".{name}.part", folder / f"{name}.keys"
    store = open_store(settings.store_path)
    try:
        if store.sealing is None or not store.sealing.copy_to(part):
            return None
    finally:
        store.close()
    part.chmod(0o600)
    flush(part)
    part.replace(whole)
    for path, made_at in _copies(folder):
        if path != whole and now - made_at > KEPT_FOR:
            path.unlink()
    flush(folder)
    return whole


def bring_back_keys(settings: Settings, folder: Path) -> bool:
    """Put the newest copy in place, where there are no keys at all; whether it did. Those that are there stay: they
    know best what was destroyed.
    """
    target = keys_path(settings.store_path)
    copies = _copies(folder)
    if target.exists() or not copies:
        return False
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)
    copy_whole(copies[-1][0], part)
    part.replace(target)
    flush(target.parent)
    return True


def destroy_in_copies(settings: Settings, folder: Path, keys: Mapping[int, bytes]) -> list[Path]:
    """Destroy these keys in every copy of a folder too; gives the copies that the centre's own key does not open."""
    closed = []
    for path, _ in _copies(folder):
        copy = DataKeys(path, settings.store_path.parent / centre_keys.FOLDER, lambda: None)
        try:
            copy.destroy(keys)
        except (CentreKeyMissing, DataKeyMissing):
            closed.append(path)
        finally:
            copy.close()
    return closed


def _copies(folder: Path) -> list[tuple[Path, datetime]]:
    """The copies of a folder and when each was made, oldest first."""
    found = sorted((path, _NAME.fullmatch(path.name)) for path in folder.glob("*.keys"))
    return [(path, datetime.strptime(match[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)) for path, match in found if match]
