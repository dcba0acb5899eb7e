"""The one way a paper about hours leaves: made anew from its entries for whoever may see its record.

    POST /api/papers {record} -> the PDF

Not here: how it looks (pdf.py), and checking one that somebody holds (verify.py).
"""

from __future__ import annotations

import asyncio

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from schema.model import Problem, Schema
from server.auth.sessions import Session, Sessions
from server.errors import Refusal
from server.recognition.papers import Paper, paper_of, service_for
from server.requests import read_object
from server.settings import Settings
from server.threads import StoreThreads
from sync import people, read
from sync.recognition import PAPER, Service
from sync.store.store import Store

VERIFY_PATH = "/verify"
MEDIA_TYPE = "application/pdf"
# A paper, the names of its volunteer and its centre, and what it is about.
Known = tuple[Paper, str, str, Service]


class Papers:
    """Gives papers to who may have them, one at a time: drawing one keeps a processor busy for a second."""

    def __init__(self, settings: Settings, schema: Schema, threads: StoreThreads, sessions: Sessions) -> None:
        self._settings, self._schema, self._threads, self._sessions = settings, schema, threads, sessions
        self._drawing = asyncio.Semaphore(1)

    async def send(self, request: Request) -> Response:
        """POST /api/papers {record}. In the body, because addresses are remembered on the way."""
        session = await self._sessions.of(request)
        record = (await read_object(request)).get("record")
        if not isinstance(record, str):
            raise Refusal(Problem("damaged_request"))
        found = await self._threads.write(lambda store: self._known(store, session, record))
        if isinstance(found, Problem):
            raise Refusal(found)
        async with self._drawing:
            content = await run_in_threadpool(_drawn, self._schema, *found, self._verify_at(request))
        headers = {
            "content-disposition": f'attachment; filename="doorstep-{found[0].issued_on}.pdf"',
            "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
            "cache-control": "private, no-store",
        }
        return Response(content, headers=headers, media_type=MEDIA_TYPE)

    def _known(self, store: Store, session: Session, record: str) -> Known | Problem:
        """The paper with all that it is made of, for whoever may see its record; that it was asked for is noted."""
        self._sessions.check(store, session)
        asking = self._sessions.asking(store, self._schema, session)
        row = read.record_row(store, self._schema, asking.person, record, asking.context)
        paper = paper_of(store, record) if row is not None and row.kind == PAPER else None
        if paper is None:
            return Problem("not_found")
        service = service_for(store, self._schema, paper)
        rule = service.code if isinstance(service, Problem) else "paper"
        action = "refused" if isinstance(service, Problem) else "exported"
        tier = self._schema.kinds[PAPER].sensitivity
        asking.notes(action, kind=PAPER, tier=tier, rule=rule, record=record, counts={PAPER: 1})
        if isinstance(service, Problem):
            return service
        return paper, people.name_of(store, paper.volunteer), people.centre_name(store, paper.centre), service

    def _verify_at(self, request: Request) -> str:
        origin = f"http://{request.headers.get('host', '')}" if self._settings.demo else self._settings.origin
        return f"{origin}{VERIFY_PATH}"


def _drawn(schema: Schema, paper: Paper, name: str, centre: str, service: Service, verify_at: str) -> bytes:
    # Here, because the server would wait half a second for it at each start.
    from server.recognition.pdf import Told, pdf_of

    return pdf_of(schema, Told(paper, name, centre, verify_at), service)
