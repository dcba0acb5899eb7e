"""Follows the audit of a centre on several cores: a long one in stretches, each by a process of its own.

Not here: the chain (sync/audit.py), and the checkpoints that it must pass through (checkpoints.py).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

from sync.audit import AuditBroken, AuditHead, check_audit, check_stretch, head_of, key_of
from sync.store.opening import open_store
from sync.store.store import Store

# Beginning a process takes about as long as following so many.
STRETCH_MIN = 100_000


@dataclass(frozen=True)
class _Stretch:
    """A part of the chain of a centre, as `check_stretch` takes it."""

    place: Path | str
    key: bytes
    centre: str
    first: int
    last: int | None
    witnesses: tuple[AuditHead, ...]


def follow_audit(
    store: Store, place: Path | str, centre: str, witnesses: Sequence[AuditHead], cores: int | None = None
) -> AuditHead | AuditBroken:
    """What `check_audit` finds of this centre, to which the store is bound; place: what the store is opened by.

    What is noted meanwhile belongs to the last stretch. Each begins at the mac that the one before it has to end with.
    """
    size = head_of(store, centre).size
    parts = min(cores or os.cpu_count() or 1, size // STRETCH_MIN)
    if parts < 2:
        return check_audit(store, centre, witnesses)
    bounds = [1 + size * part // parts for part in range(parts)]
    ends = [*((first, after - 1) for first, after in pairwise(bounds)), (bounds[-1], None)]
    key = key_of(store)
    with ProcessPoolExecutor(parts, mp_context=get_context("spawn")) as pool:
        stretches = [_Stretch(place, key, centre, first, last, tuple(witnesses)) for first, last in ends]
        found = list(pool.map(_followed, stretches))
    return next((one for one in found if isinstance(one, AuditBroken)), found[-1])


def _followed(of: _Stretch) -> AuditHead | AuditBroken:
    with closing(open_store(of.place)) as store:
        store.audit_key = of.key
        store.bind(of.centre)
        return check_stretch(store, of.centre, of.first, of.last, of.witnesses)
