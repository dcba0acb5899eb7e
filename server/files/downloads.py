"""Files on their way out: which files of a record have arrived, and one of them to whoever may read the record.

Not here: the judgement itself (sync/files.py). What is sent cannot act as a page, and is kept by nobody on the way.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from schema.model import Problem, Schema
from server.auth.sessions import Session, Sessions
from server.errors import Refusal
from server.files import limits
from server.files.store import FileStore
from server.threads import StoreThreads
from server.traces import Traces
from sync import files
from sync.audit import SMALL, Trace
from sync.files import File
from sync.store.store import Store

# An address of ours, but nothing in it may run, load or be framed, whatever a browser takes it for.
HEADERS = {
    "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "cache-control": "private, no-store",
    # Pictures are packed already; and a piece of a sound must not be packed anew.
    "content-encoding": "identity",
}
ENDINGS = {
    **{"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"},
    **{"audio/webm": "webm", "audio/ogg": "ogg", "audio/mp4": "m4a"},
}


class Downloads:
    """What may be asked about the files of a record."""

    def __init__(
        self, schema: Schema, store: FileStore, threads: StoreThreads, sessions: Sessions, traces: Traces
    ) -> None:
        self._schema = schema
        self._store = store
        self._threads = threads
        self._sessions = sessions
        self._traces = traces
        self._decoders = asyncio.Semaphore(limits.DECODERS)

    async def arrived(self, request: Request) -> Response:
        """GET /api/files/{record}: hash -> whether it has arrived, of the files this person may open; and which ones
        nobody may, because the consent to them has ended.
        """
        session = await self._sessions.of(request)
        record = request.path_params["record"]
        return JSONResponse(await self._threads.read(lambda store: self._readable(store, session, record)))

    async def whole(self, request: Request) -> Response:
        """GET /api/files/{record}/{hash}: the file."""
        file, seen = await self._file(request)
        await self._traces.take([seen])
        name = f"{file.hash[:12]}.{ENDINGS[file.type]}"
        return FileResponse(self._store.path(file.hash), headers=HEADERS, media_type=file.type, filename=name)

    async def thumbnail(self, request: Request) -> Response:
        """GET /api/files/{record}/{hash}/thumbnail: a small picture of it."""
        file, seen = await self._file(request)
        if not file.has_thumbnail:
            raise Refusal(Problem("not_found"))
        await self._traces.take([replace(seen, rule=SMALL)])
        path = self._store.path(file.hash, small=True)
        if not path.is_file():
            # Backups leave the small ones out.
            async with self._decoders:
                await run_in_threadpool(self._store.make_small, file.hash)
        return FileResponse(path, headers=HEADERS, media_type="image/jpeg", filename=f"{file.hash[:12]}.jpg")

    async def _file(self, request: Request) -> tuple[File, Trace]:
        session = await self._sessions.of(request)
        record, hash = request.path_params["record"], request.path_params["hash"]

        def read(store: Store) -> tuple[File | Problem, Trace]:
            asking = self._sessions.asking(store, self._schema, session)
            seen = asking.trace("file_opened", record=record, about=hash)
            found = files.readable(store, self._schema, asking.person, record, asking.now)
            # Not permitted and not there are one answer: nobody learns which hashes exist.
            if hash not in found:
                return Problem("not_found"), seen
            file = files.file_of(store, hash) if found[hash] else None
            return file or Problem("file_on_its_way"), seen

        file, seen = await self._threads.read(read)
        if isinstance(file, Problem):
            raise Refusal(file)
        if not self._store.path(file.hash).is_file():
            raise Refusal(Problem("file_lost"))
        return file, seen

    def _readable(self, store: Store, session: Session, record: str) -> dict[str, Any]:
        asking = self._sessions.asking(store, self._schema, session)
        asked = (store, self._schema, asking.person, record, asking.now)
        return {"files": files.readable(*asked), "withheld": files.withheld(*asked)}
