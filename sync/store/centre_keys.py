"""The keys of a centre: random bytes in files of their own beside the database, by which its data keys are wrapped.
They are in no backup: whoever has a backup and no such key has nothing.

Not here: what they wrap (data_keys.py). Each has a number, and the highest one wraps what is new.
"""

import secrets
from pathlib import Path

from sync.store.store import StoreError
from sync.store.whole_files import flush, make_once

FOLDER = "centre_keys"
KEY_BYTES = 32


class CentreKeyMissing(StoreError):
    """A key of the centre is not there, or is none: what it wraps cannot be read without it."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"中心的密钥不见了或坏了：{path}。从另存的那份放回去。\n"
            f"A key of the centre is missing or damaged: {path}. Put it back from where its copy is kept."
        )
        self.path = path


def numbers(folder: Path) -> list[int]:
    """The numbers of the keys that are there, oldest first."""
    return sorted(int(path.stem) for path in folder.glob("*.key") if path.stem.isdecimal())


def read(folder: Path, number: int) -> bytes:
    """The key of a number; raises CentreKeyMissing."""
    path = _path(folder, number)
    try:
        key = bytes.fromhex(path.read_text("ascii"))
    except (FileNotFoundError, ValueError) as error:
        raise CentreKeyMissing(path) from error
    if len(key) != KEY_BYTES:
        raise CentreKeyMissing(path)
    return key


def add(folder: Path, number: int) -> None:
    """Make the key of a number, on the disk before this returns; of several processes one makes it."""
    folder.mkdir(mode=0o700, exist_ok=True)
    make_once(_path(folder, number), secrets.token_hex(KEY_BYTES).encode())
    flush(folder.parent)


def retire(folder: Path, number: int) -> None:
    """Remove the key of a number, which wraps nothing any more."""
    _path(folder, number).unlink(missing_ok=True)
    flush(folder)


def _path(folder: Path, number: int) -> Path:
    return folder / f"{number}.key"
