"""Push and pull between GraphQL and `sync`. No rule is here: a save is judged, and a page is made, in `sync`."""

from __future__ import annotations

import enum
import json
from datetime import datetime
from typing import Any

import strawberry

from schema.model import Problem as Found
from server.auth.person import Asking
from server.errors import Refusal, log_failure
from server.graphql.held import Verdict, verdict_of
from server.graphql.problems import Problem, problem_of
from server.graphql.scalars import JSON, Bytes, SaveInput
from server.graphql.seen import was_refused, was_sent
from server.places import give_after_push
from sync import digest as digesting
from sync import json_text, limits
from sync import news as telling
from sync import pull as pulling
from sync import push as pushing
from sync.audit import head_of
from sync.epoch import epoch_of
from sync.rows import RecordState
from sync.save import Receipt as Answered
from sync.store.faults import fault_of
from sync.times import read_instant, written
from sync.verdicts import Verdict as Given


@strawberry.enum
class ReceiptStatus(enum.Enum):
    """What became of a save: in the record; kept with a reason; or still the phone's, to be sent again."""

    accepted = "accepted"
    held = "held"
    retry = "retry"
    upgrade_required = "upgrade_required"


@strawberry.type
class Receipt:
    """The server's answer to one save. `verdict` says who decided on a held one since, in `decided` of a page."""

    save: strawberry.ID
    status: ReceiptStatus
    revision: int | None
    problem: Problem | None
    verdict: Verdict | None = None


@strawberry.type
class PushResult:
    """One receipt for each save, in the order sent; given after a commit that survives a power cut."""

    receipts: list[Receipt]
    epoch: strawberry.ID
    server_time: str
    witness: str = strawberry.field(
        description="The end of the centre's audit by now, `size-head`: phones keep it, so that a later cut is found."
    )


@strawberry.input
class ScopeCursorInput:
    """How far this device has come in one scope; "0" for a scope it holds nothing of."""

    scope: strawberry.ID
    cursor: str


@strawberry.type
class ScopeCursor:
    """How far the device has come with this page; `complete` when nothing more waits in this scope."""

    scope: strawberry.ID
    cursor: str
    complete: bool


@strawberry.type(name="RecordState")
class Whole:
    """One whole record: its document as a Yjs v1 update, and the facts the server adds."""

    record: strawberry.ID
    kind: str
    revision: int
    state: Bytes
    standing: JSON


def _whole(row: RecordState) -> Whole:
    return Whole(
        record=strawberry.ID(row.record),
        kind=row.kind,
        revision=row.revision,
        state=Bytes(row.state),
        standing=JSON(row.standing),
    )


def _rows(root: strawberry.Parent[PullPage]) -> JSON:
    return JSON(json_text.Written(root.page.text))


def _packed(root: strawberry.Parent[PullPage]) -> Bytes:
    return Bytes(root.page.packed)


def _changed(root: strawberry.Parent[PullPage]) -> list[Whole]:
    return [_whole(row) for row in root.page.rows]


ROWS = (
    "[[record, kind, revision, standing, saves], ...]; `saves` are the live claims by the save that made them, oldest"
    " first: [[save_key, made_at, author, {field_key: value}], ...]."
)


@strawberry.type
class PullPage:
    """What changed since the cursors, then what this device does not hold yet, newest first.

    `rows`, `packed` and `changed` are the same records: ask for one of them. `mark` is given back with the next
    question, `at` with one for `news`; it is null unless this device has everything with this page.
    `refused` says why a scope stays incomplete; `backed_up` is the revision up to which a backup was verified.
    """

    gone: list[strawberry.ID]
    cursors: list[ScopeCursor]
    more: bool
    decided: list[Receipt]
    epoch: strawberry.ID
    head: int
    mark: str
    at: str | None
    backed_up: int
    refused: Problem | None
    server_time: str
    schema_min: int
    app_min: str
    page: strawberry.Private[pulling.Page]
    rows: JSON = strawberry.field(resolver=_rows, description=ROWS)
    packed: Bytes = strawberry.field(
        resolver=_packed, description="The rows as older apps read them: raw DEFLATE of a CBOR sequence."
    )
    changed: list[Whole] = strawberry.field(
        resolver=_changed, description="The records with their documents, typed; made only when asked for."
    )


@strawberry.type
class News:
    """What happened since a moment at which this device had everything. `cursor` is that of every scope by now, `at`
    is given back with the next question, `mark` with the next pull. Null where only a pull can tell.
    """

    rows: JSON = strawberry.field(
        description="As in a page where the record is new. Of one that changed, `saves` hold all live claims of the"
        " fields that changed, and a sixth member is the sum of what then stands: the first 12 hex digits of SHA-256"
        " over `field key:save key` of its live claims, sorted, one a line."
    )
    cursor: str
    at: str
    mark: str
    backed_up: int
    server_time: str


@strawberry.type
class DigestPart:
    """`count` records and the xor of the first 8 bytes of SHA-256 of `record:revision`, as 16 hex digits. `part` is the
    first two hex digits of SHA-256 of the record, or "" for all of them.
    """

    part: str
    count: int
    xor: str


@strawberry.type
class ScopeDigest:
    """What a device holds of a scope by its cursor: records of revision `low` to `high` that are not in `moved`."""

    scope: strawberry.ID
    low: int
    high: int
    moved: list[strawberry.ID]
    parts: list[DigestPart]


@strawberry.type
class DigestRow:
    """One record and the revision it has."""

    record: strawberry.ID
    revision: int


def push(asking: Asking, saves: list[SaveInput], sent_at: str | None) -> PushResult:
    """Judge the saves; raises Refusal only for what is wrong with the push as a whole.

    sent_at  the phone's own clock, `2026-03-10T01:02:03Z`; what is no instant says nothing
    """
    received: list[Any] = list(saves)
    wrong = pushing.refusal_of(received, _bytes_of(received))
    if wrong is not None:
        raise Refusal(wrong)
    with asking.metrics.push_timed():
        receipts = pushing.push(
            asking.store,
            asking.schema,
            asking.person,
            received,
            asking.now,
            log_failure,
            _instant(sent_at),
            asking.context,
        )
    asking.metrics.pushed(receipts)
    _give_places(asking, received, receipts)
    kinds = [save.get("kind") for save in received]
    was_refused(asking, receipts, received)
    return PushResult(
        receipts=[_receipt(asking, receipt, kind) for receipt, kind in zip(receipts, kinds, strict=True)],
        epoch=strawberry.ID(epoch_of(asking.store)),
        server_time=written(asking.now),
        witness=head_of(asking.store, asking.person.centre).short,
    )


def _give_places(asking: Asking, received: list[Any], receipts: list[Answered]) -> None:
    """What follows for open duties; the receipts stand whatever becomes of it, and the next minute tries again."""
    try:
        give_after_push(asking.store, asking.schema, asking.person, received, receipts, asking.now)
    except Exception as error:
        if fault_of(error) is not None:
            raise
        log_failure(error)


def pull(asking: Asking, after: list[ScopeCursorInput], bytes_max: int | None, mark: str | None) -> PullPage:
    """The next page for this device; raises Refusal query_refused for a cursor that is none, and cursor_ahead."""
    cursors = {str(entry.scope): entry.cursor for entry in after}
    with asking.metrics.pull_timed():
        page = pulling.pull(
            asking.store, asking.schema, asking.person, cursors, bytes_max, asking.now, mark, asking.context
        )
    if isinstance(page, Found):
        raise Refusal(page)
    was_sent(asking, page.rows)
    return PullPage(
        gone=[strawberry.ID(record) for record in page.gone],
        cursors=[
            ScopeCursor(scope=strawberry.ID(entry.scope), cursor=entry.cursor, complete=entry.complete)
            for entry in page.cursors
        ],
        more=page.more,
        decided=[_decided(asking, verdict) for verdict in page.decided],
        epoch=strawberry.ID(page.epoch),
        head=page.head,
        mark=page.mark,
        at=page.at,
        backed_up=page.backed_up,
        refused=problem_of(asking.schema, page.refused),
        server_time=written(asking.now),
        schema_min=page.schema_min,
        app_min=page.app_min,
        page=page,
    )


def news(asking: Asking, at: str) -> News | None:
    """What happened since a moment at which this device had everything, where it can be told in few words."""
    with asking.metrics.pull_timed():
        found = telling.news(asking.store, asking.schema, asking.person, at, asking.now, asking.context)
    if found is None:
        return None
    was_sent(asking, found.records)
    return News(
        rows=JSON(json_text.Written(found.text)),
        cursor=found.cursor,
        at=found.at,
        mark=found.mark,
        backed_up=found.backed_up,
        server_time=written(asking.now),
    )


def digest(asking: Asking, after: list[ScopeCursorInput], by_part: bool) -> list[ScopeDigest]:
    """What this device should hold, in few bytes; raises Refusal query_refused for a cursor of no use."""
    cursors = {str(entry.scope): entry.cursor for entry in after}
    found = digesting.digest(asking.store, asking.schema, asking.person, cursors, by_part, asking.context)
    if isinstance(found, Found):
        raise Refusal(found)
    return [
        ScopeDigest(
            scope=strawberry.ID(entry.scope),
            low=entry.low,
            high=entry.high,
            moved=[strawberry.ID(record) for record in entry.moved],
            parts=[DigestPart(part=part.part, count=part.count, xor=part.xor) for part in entry.parts],
        )
        for entry in found
    ]


def digest_rows(asking: Asking, scope: str, cursor: str, parts: list[str]) -> list[DigestRow]:
    """The records of some parts of a scope; raises Refusal query_refused for too many parts."""
    if len(parts) > limits.DIGEST_PARTS_MAX:
        raise Refusal(Found("query_refused", details={"reason": "limits"}))
    found = digesting.rows_of_parts(asking.store, asking.schema, asking.person, scope, cursor, parts, asking.context)
    if isinstance(found, Found):
        raise Refusal(found)
    return [DigestRow(record=strawberry.ID(record), revision=revision) for record, revision in found]


def whole_records(asking: Asking, records: list[strawberry.ID]) -> list[Whole]:
    """Those of the records that belong to this device; raises Refusal query_refused for too many."""
    if len(records) > limits.WHOLE_RECORDS_MAX:
        raise Refusal(Found("query_refused", details={"reason": "limits"}))
    found = digesting.whole_records(asking.store, asking.schema, asking.person, records, asking.context)
    was_sent(asking, found)
    return [_whole(row) for row in found]


def _instant(text: str | None) -> datetime | None:
    try:
        return None if text is None else read_instant(text)
    except ValueError:
        return None


def _bytes_of(saves: list[Any]) -> int:
    """How large a push is, however its request was packed or spaced."""
    try:
        return len(json_text.utf8(saves))
    except TypeError:
        return sum(_bytes_of_odd(save) + 1 for save in saves) + 1


def _bytes_of_odd(save: Any) -> int:
    # What has no UTF-8, or is nested deeper than can be written, is a save too, though one that will be held. How large
    # the request was is bounded before.
    try:
        return len(json.dumps(save, separators=(",", ":")))
    except RecursionError:
        return 0


def _decided(asking: Asking, given: Given) -> Receipt:
    receipt = _receipt(asking, given.receipt(), None)
    receipt.verdict = verdict_of(given)
    return receipt


def _receipt(asking: Asking, receipt: Answered, kind: object) -> Receipt:
    return Receipt(
        save=strawberry.ID(receipt.save),
        status=ReceiptStatus(receipt.status),
        revision=receipt.revision,
        problem=problem_of(asking.schema, receipt.problem, kind if isinstance(kind, str) else None),
    )
