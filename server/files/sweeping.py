"""Takes away what no save names and what nobody went on sending. Which files those are is judged in `sync`."""

from __future__ import annotations

from datetime import datetime

from schema.model import Schema
from server.files import limits
from server.files.store import FileStore
from sync import files
from sync.store.store import Store


def sweep_files(store: Store, schema: Schema, folder: FileStore, now: datetime) -> tuple[int, int]:
    """Remove files that no save has named for long and uploads that stopped; how many of each."""
    unnamed: set[str] = set()
    for part in store.parts():
        store.bind(part)
        unnamed.update(files.sweep(store, schema, now - limits.UNNAMED_KEPT))
    for part in store.parts():
        # Another centre may have the very same file.
        store.bind(part)
        unnamed = {hash for hash in unnamed if files.file_of(store, hash) is None}
    for hash in unnamed:
        folder.remove(hash)
    stopped = list(folder.old_partials(now, limits.PARTIAL_KEPT))
    for partial in stopped:
        partial.remove()
    return len(unnamed), len(stopped)
