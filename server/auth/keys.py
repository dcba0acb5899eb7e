"""The secrets of a centre: random bytes in files of their own beside the database, for its owner alone. Without them a
stolen database, or a backup, tells nobody a code, a PIN or a share.

Not here: what each is used for, and the key of the audit (server/audit_key.py).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path

from server.operations.files import write_whole
from server.settings import Settings
from sync.store.whole_files import flush

FOLDER = "secrets"
KEY_BYTES = 32


class KeysError(Exception):
    """The secrets cannot be used. code: missing | damaged | open_to_others; path: the file or folder it is about."""

    def __init__(self, code: str, path: Path) -> None:
        super().__init__(f"{path}: {code}")
        self.code = code
        self.path = path


@dataclass(frozen=True)
class Keys:
    """The secrets of one centre, or of the many of one PostgreSQL.

    pepper  goes into the hashes of codes, PINs and addresses
    share   with what the database has of a share makes the share
    """

    pepper: bytes
    share: bytes

    def __repr__(self) -> str:
        """Never what they are: what is shown can be logged."""
        return "Keys()"

    def mac(self, purpose: str, text: str) -> bytes:
        """A hash that only this centre can make; `purpose` keeps its uses apart."""
        return hmac.digest(self.pepper, f"{purpose}\n{text}".encode("utf-8", "surrogatepass"), hashlib.sha256)


def keys_of(settings: Settings) -> Keys:
    """The secrets of a server's folder, made where there are none at all; raises KeysError.

    Of several processes that share a folder one makes them, and all have the same.
    """
    if not (settings.data / FOLDER).exists():
        with suppress(FileExistsError):
            make_keys(settings.data)
    return read_keys(settings.data)


def read_keys(data: Path) -> Keys:
    """The secrets in a folder; raises KeysError."""
    folder = data / FOLDER
    if not folder.is_dir():
        raise KeysError("missing", folder)
    if folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeysError("open_to_others", folder)
    return Keys(**{field.name: _read(folder / field.name) for field in fields(Keys)})


def make_keys(data: Path) -> Keys:
    """New secrets, on the disk before this returns; raises FileExistsError where there are some."""
    folder = data / FOLDER
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Under another name until all are there: nobody finds half of them.
    part = data / f".{FOLDER}.{secrets.token_hex(4)}"
    if folder.exists():
        raise FileExistsError(folder)
    part.mkdir(mode=0o700)
    for field in fields(Keys):
        write_whole(part / field.name, secrets.token_hex(KEY_BYTES).encode())
    try:
        part.rename(folder)
    except OSError as error:
        # Somebody was quicker: a folder with something in it is replaced by none.
        shutil.rmtree(part)
        raise FileExistsError(folder) from error
    flush(data)
    return read_keys(data)


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise KeysError("missing", path)
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeysError("open_to_others", path)
    try:
        key = bytes.fromhex(path.read_text("ascii"))
    except ValueError as error:
        raise KeysError("damaged", path) from error
    if len(key) != KEY_BYTES:
        raise KeysError("damaged", path)
    return key
