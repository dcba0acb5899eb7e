"""The audit: who looked, took away, decided, was refused, and whose device was stopped; append-only, with a chain for
each centre whose key lies outside the database.

Not here: what changed in records, which the log keeps (log.py), and heads kept elsewhere
(server/operations/checkpoints.py).
"""

import hmac
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sync import json_text
from sync.store.store import Row, Store, StoreError
from sync.times import written

KEY_BYTES = 32
FIRST_MAC = bytes(32)
# Of a head that a phone keeps.
MAC_DIGITS_MIN = 12
REASON_CHARACTERS_MAX = 500
# Below, what is looked at is not noted: names of homes and plans of shifts, which everybody of a team needs all day.
TIER_MIN = 2
# Beyond any entry, in either database.
POSITION_MAX = 2**62
# What can be noted. A screen has words for each (pwa/src/words/audit.ts).
ACTIONS = (
    "sign_in",
    "sign_out",
    "sign_in_refused",
    "step_up",
    "pin_changed",
    "invited",
    "enrolled",
    "recovered",
    "member_added",
    "member_changed",
    "member_stopped",
    "device_named",
    "device_revoked",
    "device_cleared",
    "taken_along",
    "refused",
    "read",
    "listed",
    "delivered",
    "file_opened",
    "phone_revealed",
    "break_glass",
    "opening_seen",
    "exported",
    "imported",
    "held_back",
    "hold_lifted",
    "destroy_proposed",
    "destroy_confirmed",
    "destroy_refused",
    "destroyed",
    "decided",
    "held_decided",
    "audit_read",
    "incident_pack",
    "calendar_feed",
)
# The rule of a file that was seen small, on the page of its record.
SMALL = "small"
COLUMNS = "position, centre, at, action, person, device, kind, record, details"
# How `json.dumps` writes what a column may hold.
_WRITTEN: Mapping[type, Callable[[Any], str]] = {
    str: json.encoder.encode_basestring_ascii,
    int: repr,
    type(None): lambda _: "null",
}
_INSERT = f"INSERT INTO audit ({COLUMNS}, mac) VALUES ({', '.join('?' * 10)})"  # noqa: S608


@dataclass(frozen=True)
class Trace:
    """One thing to be noted, by names and numbers alone: never what a record says.

    action  one of ACTIONS
    by      the person, "" where nobody is known; device: theirs, "" where none is
    tier    the sensitivity of what was seen; rule: the problem or rule that decided
    reason  the words a person typed as their reason, for break-glass and exports
    counts  how many of each, where one entry stands for many
    about   the person, device or save concerned, where it is no record; of a look that a phone tells of, its id
    device_at  when it was by the clock of the device, where it tells of it later
    """

    action: str
    by: str
    device: str
    centre: str
    at: datetime
    kind: str | None = None
    record: str | None = None
    fields: tuple[str, ...] = ()
    tier: int | None = None
    rule: str | None = None
    reason: str | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    about: str | None = None
    device_at: datetime | None = None


@dataclass(frozen=True)
class AuditHead:
    """How many entries a centre's audit has, and the mac that stands for all of them."""

    size: int
    mac: str

    def __str__(self) -> str:
        return f"{self.size}-{self.mac}"

    @property
    def short(self) -> str:
        """Short enough to be read out, long enough that no other chain has the same by chance."""
        return f"{self.size}-{self.mac[:MAC_DIGITS_MIN]}"


@dataclass(frozen=True)
class AuditBroken:
    """The first position at which the audit is not what was written."""

    position: int
    reason: str


def note(
    store: Store,
    *,
    action: str,
    by: str,
    device: str,
    centre: str,
    at: datetime,
    kind: str | None = None,
    record: str | None = None,
    fields: Sequence[str] = (),
    tier: int | None = None,
    rule: str | None = None,
    reason: str | None = None,
    counts: Mapping[str, int] | None = None,
    about: str | None = None,
) -> None:
    """Write one entry, in the transaction that is open or one of its own; the members are those of a trace."""
    trace = Trace(action, by, device, centre, at, kind, record, tuple(fields), tier, rule, reason, counts or {}, about)
    note_all(store, [trace])


def note_all(store: Store, traces: Iterable[Trace]) -> None:
    """Write several entries, in order, in one transaction; the store must be bound to their centre.

    Raises StoreError where the store was opened without the key: an audit without it proves nothing.
    """
    key = key_of(store)
    with store.atomic():
        ends: dict[str, bytes] = {}
        for trace in traces:
            position = _next_position(store, trace.centre)
            if trace.centre not in ends:
                ends[trace.centre] = _mac_at(store, trace.centre, position - 1)
            columns = _columns(position, trace)
            ends[trace.centre] = chained(key, ends[trace.centre], columns)
            store.execute_many(_INSERT, [(*columns, ends[trace.centre])])


def key_of(store: Store) -> bytes:
    """The key the store was opened with; raises StoreError where there is none."""
    if store.audit_key is None or len(store.audit_key) < KEY_BYTES:
        raise StoreError("the audit has no key; its file belongs into the folder of secrets")
    return store.audit_key


def head_of(store: Store, centre: str) -> AuditHead:
    """The end of a centre's audit as it stands, unproven."""
    found = store.row("SELECT position, mac FROM audit WHERE centre = ? ORDER BY position DESC LIMIT 1", (centre,))
    return AuditHead(0, FIRST_MAC.hex()) if found is None else AuditHead(found[0], bytes(found[1]).hex())


def check_audit(store: Store, centre: str, witnesses: Sequence[AuditHead] = ()) -> AuditHead | AuditBroken:
    """Follow the chain of one centre from its first entry; the head that stands for it, or where it breaks.

    witnesses  heads kept elsewhere, whole or cut to 12 digits or more: whoever has the database and the key can write a
               whole new chain, but not one that passes through them
    """
    return check_stretch(store, centre, 1, None, witnesses)


def check_stretch(
    store: Store, centre: str, first: int, last: int | None, witnesses: Sequence[AuditHead] = ()
) -> AuditHead | AuditBroken:
    """The same of a part of the chain, as if what stands before its first entry were proven; last: None for its end."""
    key = key_of(store)
    told: dict[int, list[str]] = {}
    for witness in witnesses:
        told.setdefault(witness.size, []).append(witness.mac)
    sql = f"SELECT {COLUMNS}, mac FROM audit WHERE centre = ? AND position BETWEEN ? AND ? ORDER BY position"  # noqa: S608
    begun = hmac.new(key, digestmod="sha256")
    with store.snapshot():
        before, count = _mac_at(store, centre, first - 1), first - 1
        for row in store.each(sql, (centre, first, last or POSITION_MAX)):
            count += 1
            if row[0] != count:
                return AuditBroken(count, "an entry is missing")
            # What is done with the key alone is done once, and not for each of a million.
            mac = begun.copy()
            mac.update(_linked(before, row[:-1]))
            before = mac.digest()
            if before != row[-1]:
                return AuditBroken(count, "an entry is not what was written")
            if count in told and not all(before.hex().startswith(mac) for mac in told[count]):
                return AuditBroken(count, "the chain was written anew, here or before: it misses a head kept elsewhere")
        if last is not None:
            return AuditHead(count, before.hex()) if count == last else AuditBroken(count + 1, "an entry is missing")
        # An entry cut off at the end leaves a whole chain; the counter still knows that it was there.
        counted = store.value("SELECT value FROM counter WHERE name = ?", (_counter(centre),)) or 0
        longest = max((count, counted, *told))
        if count != longest:
            return AuditBroken(count + 1, f"entries are missing at the end: there were {longest:,}")
        return AuditHead(count, before.hex())


def chained(key: bytes, before: bytes, columns: Row) -> bytes:
    """The mac of an entry behind the one before it."""
    return hmac.digest(key, _linked(before, columns), "sha256")


def _linked(before: bytes, columns: Row) -> bytes:
    """What the mac is over: the mac before it, and the columns as `json.dumps` writes them, in half its time; of what
    was never written here, something else.
    """
    told = ", ".join([_WRITTEN.get(type(value), repr)(value) for value in columns])
    return before + f"[{told}]".encode("ascii", "replace")


def _next_position(store: Store, centre: str) -> int:
    name = _counter(centre)
    store.execute("INSERT INTO counter VALUES (?, 0) ON CONFLICT DO NOTHING", (name,))
    return store.counted(name)


def _mac_at(store: Store, centre: str, position: int) -> bytes:
    found = store.value("SELECT mac FROM audit WHERE centre = ? AND position = ?", (centre, position))
    # An entry that was cut off is found by the check; what happens now is noted all the same.
    return FIRST_MAC if found is None else bytes(found)


def _columns(position: int, trace: Trace) -> Row:
    if trace.action not in ACTIONS:
        raise ValueError(f"{trace.action} is no action of the audit")
    details: dict[str, Any] = {
        "fields": list(trace.fields),
        "tier": trace.tier,
        "rule": trace.rule,
        "reason": trace.reason and trace.reason[:REASON_CHARACTERS_MAX],
        "counts": dict(trace.counts),
        "about": trace.about,
        "device_at": trace.device_at and written(trace.device_at),
    }
    kept = json_text.ordered({name: value for name, value in details.items() if value})
    return (
        position,
        trace.centre,
        written(trace.at),
        trace.action,
        trace.by,
        trace.device,
        trace.kind,
        trace.record,
        kept,
    )


def _counter(centre: str) -> str:
    return f"audit:{centre}"
