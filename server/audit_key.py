"""The key of the audit, in a file of its own beside the database and never in it or in a backup of it.

Not here: what is chained by it (sync/audit.py), and the other secrets of a centre.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from server.settings import Settings
from sync.audit import KEY_BYTES
from sync.store.whole_files import make_once


def audit_key_path(settings: Settings) -> Path:
    """Where the key lies, for its owner alone."""
    return settings.data / "audit.key"


def audit_key(settings: Settings) -> bytes:
    """The key, made at the first use; of several processes that share a folder one makes it, and all have the same."""
    path = audit_key_path(settings)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        make_once(path, secrets.token_bytes(KEY_BYTES))
    return path.read_bytes()
