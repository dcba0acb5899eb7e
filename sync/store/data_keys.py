"""The data keys of a store: one for each entry of its log, in a file beside the database, wrapped by a key of the
centre. To destroy one is to destroy what the entry says, in every copy of the database there is.

Not here: what is sealed (log.py), and who may have something destroyed.
"""

import os
import secrets
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlite_utils
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sync import limits
from sync.store import centre_keys
from sync.store.compression import Compression
from sync.store.store import StoreError

KEY_BYTES = 32
# Keys are made, wrapped and flushed so many at once: a push seldom waits for that. What a process does not need of its
# last block stays unused.
BLOCK_KEYS = 512
# What one connection remembers unwrapped.
BLOCKS_MAX = 128
# Blocks wrapped anew in one transaction: some milliseconds, for which a push may have to wait.
ROTATED_AT_ONCE = 64
DESTROYED = bytes(KEY_BYTES)
_NONCE_BYTES = 12
# A key seals one entry and never a second, also where the first was undone: no nonce can come twice.
_ONLY = bytes(_NONCE_BYTES)


class DataKeyMissing(StoreError):
    """A key is not in the file of keys, or cannot be opened: it is damaged, not of this database, or older than it."""

    def __init__(self, path: Path, number: int) -> None:
        super().__init__(
            f"数据的密钥缺了或打不开：{path} 的第 {number} 组。从备份旁边的 keys 文件夹里把最新的一份放回来。\n"
            f"Keys of the data are missing or cannot be opened: block {number} of {path}. Put the newest copy from the"
            " folder `keys` beside the backups in its place."
        )
        self.path = path


class DataKeys:
    """The keys of one store; for one thread. Its file and the first key of the centre are made at the first write."""

    def __init__(self, path: Path, folder: Path, newest: Callable[[], int | None]) -> None:
        """newest: asks the log for the key that was used last, None where nothing is sealed yet"""
        self.path = path
        self.folder = folder
        self._newest_used = newest
        self._compression = Compression()
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self._centre: dict[int, bytes] = {}
        self._free: list[int] = []

    def seal(self, contents: Sequence[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
        """For each position and its content the name of a key, which is on the disk, and the content made small and
        unreadable without it. Those of a push come together: one by one they would take several times as long.
        """
        small = self._compression.compress_many([content for _, content in contents])
        return [self._sealed(position, content) for (position, _), content in zip(contents, small, strict=True)]

    def open(self, position: int, key: int, kept: bytes) -> bytes | None:
        """A content that was sealed for this position; None once its key is destroyed.

        Raises ValueError where it is not what was sealed, DataKeyMissing and CentreKeyMissing where it cannot be known.
        """
        found = self._key(key)
        if found == DESTROYED:
            return None
        try:
            return self._compression.restore(AESGCM(found).decrypt(_ONLY, kept, _place(position)))
        except InvalidTag as error:
            raise ValueError("a sealed value cannot be read") from error

    def named(self, names: Collection[int]) -> dict[int, bytes]:
        """The keys of these names that stand; those that were destroyed are left out."""
        found = {name: self._key(name) for name in sorted(names)}
        return {name: key for name, key in found.items() if key != DESTROYED}

    def destroy(self, keys: Mapping[int, bytes]) -> int:
        """Write zeros in the place of these keys, all or none, on the disk before this returns; how many there were.

        Only where these very bytes stand: under one name a copy may have the key of something else. A block that a copy
        does not have yet is nothing to do.
        """
        count = 0
        with self._writing() as connection:
            for number in sorted({name // BLOCK_KEYS for name in keys}):
                row = connection.execute("SELECT centre_key, wrapped FROM block WHERE block = ?", (number,)).fetchone()
                if row is None:
                    continue
                block = bytearray(self._unwrapped(number, row[0], row[1]))
                for name, key in keys.items():
                    at = name % BLOCK_KEYS * KEY_BYTES
                    if name // BLOCK_KEYS == number and block[at : at + KEY_BYTES] == key:
                        block[at : at + KEY_BYTES] = DESTROYED
                        count += 1
                connection.execute(
                    "UPDATE block SET wrapped = ? WHERE block = ?",
                    (self._wrapped(number, row[0], bytes(block)), number),
                )
        self._blocks.clear()
        return count

    def prepare(self) -> None:
        """Make the first key of the centre, where nothing is sealed yet, so that it can be copied away."""
        if self._newest_used() is None and not centre_keys.numbers(self.folder):
            centre_keys.add(self.folder, 1)

    def prove(self) -> None:
        """Open every block there is, and the one used last; raises CentreKeyMissing or DataKeyMissing."""
        used = self._newest_used()
        if used is not None:
            self._key(used)
        for number in self._numbers():
            self._read(number)

    def copy_to(self, path: Path) -> bool:
        """Write a copy of the file, as wrapped as it is; not yet flushed to the disk. False where there is none yet."""
        if not self.path.exists():
            return False
        self._connection.execute("VACUUM INTO ?", (str(path),))
        return True

    def rotate(self) -> Iterator[int]:
        """Wrap every block by a new key of the centre, some at a time, and remove older keys once they wrap nothing.

        Yields how many blocks each step wrapped. Stopped anywhere, all can be read; called again, it goes on to the
        same key. Who writes meanwhile waits for one step at most. Where nothing was ever sealed nothing is done.
        """
        known = centre_keys.numbers(self.folder)
        if not known:
            return
        if len(known) == 1:
            centre_keys.add(self.folder, known[0] + 1)
            known = centre_keys.numbers(self.folder)
        newest = known[-1]
        while True:
            with self._writing() as connection:
                sql = "SELECT block, centre_key, wrapped FROM block WHERE centre_key < ? LIMIT ?"
                rows = connection.execute(sql, (newest, ROTATED_AT_ONCE)).fetchall()
                for number, centre_key, wrapped in rows:
                    block = self._unwrapped(number, centre_key, wrapped)
                    connection.execute(
                        "UPDATE block SET centre_key = ?, wrapped = ? WHERE block = ?",
                        (newest, self._wrapped(number, newest, block), number),
                    )
                if not rows:
                    for older in known[:-1]:
                        centre_keys.retire(self.folder, older)
                        self._centre.pop(older, None)
            if not rows:
                return
            yield len(rows)

    def close(self) -> None:
        """Close the file; the keys cannot be used afterwards."""
        if "_connection" in self.__dict__:
            self._connection.close()

    def _sealed(self, position: int, content: bytes) -> tuple[int, bytes]:
        if not self._free:
            self._free = self._claimed()
        key = self._free.pop()
        return key, AESGCM(self._key(key)).encrypt(_ONLY, content, _place(position))

    def _key(self, key: int) -> bytes:
        number, slot = divmod(key, BLOCK_KEYS)
        block = self._blocks.get(number)
        if block is None:
            block = self._remember(number, self._read(number))
        return block[slot * KEY_BYTES : (slot + 1) * KEY_BYTES]

    def _remember(self, number: int, block: bytes) -> bytes:
        self._blocks[number] = block
        while len(self._blocks) > BLOCKS_MAX:
            self._blocks.popitem(last=False)
        return block

    def _read(self, number: int) -> bytes:
        row = None
        if self.path.exists():
            sql = "SELECT centre_key, wrapped FROM block WHERE block = ?"
            row = self._connection.execute(sql, (number,)).fetchone()
        if row is None:
            raise DataKeyMissing(self.path, number)
        return self._unwrapped(number, row[0], row[1])

    def _numbers(self) -> list[int]:
        if not self.path.exists():
            return []
        return [row[0] for row in self._connection.execute("SELECT block FROM block ORDER BY block").fetchall()]

    def _claimed(self) -> list[int]:
        """The names of new keys, which nobody else uses, the first one last; they are on the disk."""
        used = self._newest_used()
        if used is not None:
            # Beside a file that lacks what is in use, names would be given twice, and one of the two entries lost.
            self._key(used)
        block = secrets.token_bytes(BLOCK_KEYS * KEY_BYTES)
        if not self.path.exists():
            # Before there is anything in it: for its owner alone.
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600))
        with self._writing() as connection:
            number = connection.execute("SELECT coalesce(max(block), 0) + 1 FROM block").fetchone()[0]
            # Asked while nobody else writes: a key that is about to go wraps nothing new.
            centre_key = self._newest()
            connection.execute(
                "INSERT INTO block VALUES (?, ?, ?)", (number, centre_key, self._wrapped(number, centre_key, block))
            )
        self._remember(number, block)
        return list(range((number + 1) * BLOCK_KEYS - 1, number * BLOCK_KEYS - 1, -1))

    def _newest(self) -> int:
        known = centre_keys.numbers(self.folder)
        if not known:
            centre_keys.add(self.folder, 1)
        return known[-1] if known else 1

    def _wrapped(self, number: int, centre_key: int, block: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self._centre_key(centre_key)).encrypt(nonce, block, _name(number, centre_key))

    def _unwrapped(self, number: int, centre_key: int, wrapped: bytes) -> bytes:
        try:
            return AESGCM(self._centre_key(centre_key)).decrypt(
                wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], _name(number, centre_key)
            )
        except InvalidTag as error:
            raise DataKeyMissing(self.path, number) from error

    def _centre_key(self, number: int) -> bytes:
        if number not in self._centre:
            self._centre[number] = centre_keys.read(self.folder, number)
        return self._centre[number]

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    @cached_property
    def _connection(self) -> Any:
        connection = sqlite_utils.Database(str(self.path), recursive_triggers=False, execute_plugins=False).conn
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {limits.BUSY_MILLISECONDS_MAX}")
        # No journal that keeps what was, no page that does; the folder is flushed too when the journal goes.
        for setting in ("journal_mode = DELETE", "synchronous = EXTRA", "secure_delete = ON"):
            connection.execute(f"PRAGMA {setting}")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS block"
            " (block INTEGER PRIMARY KEY, centre_key INTEGER NOT NULL, wrapped BLOB NOT NULL)"
        )
        return connection


def keys_path(store: Path) -> Path:
    """Where the keys of the database in a file lie; those of its centre lie beside them."""
    return store.with_suffix(".keys")


def _place(position: int) -> bytes:
    return b"entry %d" % position


def _name(number: int, centre_key: int) -> bytes:
    return b"block %d by %d" % (number, centre_key)
