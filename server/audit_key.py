"""The key of the audit, in a file of its own beside the database and never in it or in a backup of it.

Not here: what is chained by it (sync/audit.py), and the other secrets of a centre.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from server.operations.files import flush, write_whole
from server.settings import Settings
from sync.audit import KEY_BYTES


def audit_key_path(settings: Settings) -> Path:
    """Where the key lies, for its owner alone."""
    return settings.data / "audit.key"


def audit_key(settings: Settings) -> bytes:
    """The key, made at the first use; of several processes that share a folder one makes it, and all have the same."""
    path = audit_key_path(settings)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    if not path.exists():
        write_whole(made, secrets.token_bytes(KEY_BYTES))
        try:
            # Whole or not at all, and never in the place of one that is there.
            os.link(made, path)
        except FileExistsError:
            pass
        finally:
            made.unlink()
        flush(path.parent)
    return path.read_bytes()
