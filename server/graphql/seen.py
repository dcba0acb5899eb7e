"""Which answers leave a trace: records by name, lists and pages by number.

Not here: how traces are kept (server/traces.py, sync/audit.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from schema.model import Problem
from server.auth.person import Asking
from sync.audit import TIER_MIN, Trace, note_all
from sync.release import WHO_MAY
from sync.rows import RecordState
from sync.save import Receipt

# What is sent as a name may be anything; the audit repeats only what has the form of one.
_NAME = re.compile(r"[0-9A-Za-z_-]{1,64}")


def name_of(text: str) -> str | None:
    """What somebody sent as the name of something, where it can be no more than that."""
    return text if _NAME.fullmatch(text) else None


def tier_of(asking: Asking, kind: str | None) -> int:
    """How sensitive a kind is; what has none that is known may be anything."""
    declared = asking.schema.kinds.get(kind or "")
    return declared.sensitivity if declared else TIER_MIN


def saw_record(asking: Asking, kind: str | None, record: str) -> None:
    """One record was asked for by its name and is shown."""
    tier = tier_of(asking, kind)
    if tier >= TIER_MIN:
        asking.saw("read", kind=kind, record=record, tier=tier)


def saw_nothing(asking: Asking, record: str) -> None:
    """A record was asked for by its name, and there is none or none for this person: nobody learns which."""
    asking.saw("refused", record=name_of(record), rule="not_found")


def saw_list(asking: Asking, kinds: Iterable[str | None]) -> None:
    """A list of records of these kinds is shown."""
    _counted(asking, "listed", Counter(kind or "unknown" for kind in kinds))


def was_sent(asking: Asking, rows: Iterable[RecordState]) -> None:
    """A page of records goes to a device, which keeps them."""
    sent = [(row.kind, row.record) for row in rows]
    only = sent[0][1] if len(sent) == 1 else None
    _counted(asking, "delivered", Counter(kind for kind, _ in sent), only)


def was_refused(asking: Asking, receipts: Sequence[Receipt], saves: Sequence[Mapping[str, Any]]) -> None:
    """Note the saves of a push that their author had no right to; what else holds a save is no matter of rights."""
    refused = [
        _refused(asking, receipt.problem, save)
        for receipt, save in zip(receipts, saves, strict=True)
        if receipt.status == "held" and receipt.problem is not None and receipt.problem.code in WHO_MAY
    ]
    if refused:
        note_all(asking.store, refused)


def _refused(asking: Asking, problem: Problem, save: Mapping[str, Any]) -> Trace:
    kind, field = asking.schema.kinds.get(str(save.get("kind"))), (problem.field or "").partition(".")[0]
    fields = (field,) if kind and field in kind.fields else ()
    record = name_of(str(save.get("record")))
    return asking.trace("refused", kind=kind and kind.name, record=record, fields=fields, rule=problem.code)


def _counted(asking: Asking, action: str, counts: Counter[str], only: str | None = None) -> None:
    noted = {kind: count for kind, count in counts.items() if tier_of(asking, kind) >= TIER_MIN}
    if noted:
        tier = max(tier_of(asking, kind) for kind in noted)
        asking.saw(action, kind=next(iter(noted)) if len(noted) == 1 else None, record=only, tier=tier, counts=noted)
