"""The one way a file of records leaves: its token, given once and for minutes, is posted by whoever asked for it.

Not here: who may ask and who agrees (sync/exports.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from schema.model import Problem, Schema
from server.auth.person import Asking
from server.auth.sessions import Sessions
from server.errors import Refusal
from server.exports.copies import copy_sheet
from server.exports.service_records import service_sheet
from server.exports.sheets import MEDIA_TYPES, Sheet, as_csv, as_xlsx, sheet_of
from server.requests import read_object
from server.threads import StoreThreads
from sync import copies, exports
from sync.exports import SERVICE_RECORD, Export
from sync.hour_decisions import ENTRY
from sync.shapes import ExportRow
from sync.store.store import Store
from sync.times import CENTRE_ZONE
from sync.titles import Titles

INSIDE = "内部资料，不得外传"
WRITERS: dict[str, Callable[[Sheet], bytes]] = {"xlsx": as_xlsx, "csv": as_csv}


async def send_export(request: Request, schema: Schema, threads: StoreThreads, sessions: Sessions) -> Response:
    """POST /api/exports {token} -> the file. In the body, because addresses are remembered on the way."""
    session = await sessions.of(request)
    token = (await read_object(request)).get("token")
    if not isinstance(token, str):
        raise Refusal(Problem("damaged_request"))

    def taken(store: Store) -> tuple[str, str, bytes] | Problem:
        sessions.check(store, session)
        asking = sessions.asking(store, schema, session)
        # What is refused is written down too: a token that came too late is used up all the same.
        with store.atomic():
            export = exports.fetch(store, asking.person, token, asking.now)
            if isinstance(export, Problem):
                asking.notes("refused", rule=export.code)
                return export
            titles = Titles(store, schema, asking.person)
            rows = exports.rows_of(store, schema, asking.person, export, titles, asking.now, asking.context)
            asking.notes(
                "exported",
                kind=export.kind if export.kind in schema.kinds else ENTRY,
                tier=export.tier,
                rule="fetched",
                reason=export.noted,
                about=export.number,
                counts=Counter(row.kind for row in rows),
            )
        return export.number, export.format, WRITERS[export.format](_sheet(asking, export, rows, titles))

    found = await threads.write(taken)
    if isinstance(found, Problem):
        raise Refusal(found)
    number, format, content = found
    headers = {
        "content-disposition": f'attachment; filename="doorstep-{number}.{format}"',
        "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "cache-control": "private, no-store",
    }
    return Response(content, headers=headers, media_type=MEDIA_TYPES[format])


def _sheet(asking: Asking, export: Export, rows: list[ExportRow], titles: Titles) -> Sheet:
    schema = asking.schema
    if export.kind == SERVICE_RECORD:
        return service_sheet(
            asking.store, schema, asking.person.centre, export, titles, _watermark(asking, export, INSIDE)
        )
    if export.subject is None:
        whom = INSIDE if export.shared_with is None else f"只提供给 {export.shared_with}"
        return sheet_of(schema.kinds[export.kind], rows, titles, _watermark(asking, export, whom), export.is_whole)
    others = copies.names_of_others(asking.store, schema, asking.person.centre, export.kind, export.subject)
    mark = _watermark(asking, export, "提供给本人")
    return copy_sheet(schema, export.kind, rows, titles, others, mark)


def _watermark(asking: Asking, export: Export, whom: str) -> str:
    at: datetime = asking.now.astimezone(CENTRE_ZONE)
    return f"{asking.person.name} · {at:%Y-%m-%d %H:%M} · 编号 {export.number} · {whom}"
