"""Files on their way in, by tus 1.0.0 (core, creation, expiration): a phone that lost the network goes on where it was.

The address of an upload is its file's hash, under whoever is signed in: a phone that remembers nothing asks how far the
file is. Not here: what a file may be (content.py), where it lies (store.py).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from email.utils import format_datetime

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from schema.files import FILE_BYTES_MAX, HASH
from schema.model import Problem, Schema
from server.auth.sessions import Sessions
from server.errors import Refusal
from server.files import limits
from server.files.content import Kept, kept_of
from server.files.store import FileStore, Moved, Partial
from server.settings import Settings
from server.threads import StoreThreads
from sync import files
from sync.files import File
from sync.store.store import Store

VERSION = "1.0.0"
TYPE = "application/offset+octet-stream"
Endpoint = Callable[[Request], Awaitable[Response]]


class Uploads:
    """What a phone may ask about the files it sends. Every answer tells the version, and none may be kept."""

    def __init__(
        self, settings: Settings, schema: Schema, store: FileStore, threads: StoreThreads, sessions: Sessions
    ) -> None:
        self._bytes_max = settings.files_bytes_max
        self._media = schema.vocabularies["file_media"].choices
        self._store = store
        self._threads = threads
        self._sessions = sessions
        self._decoders = asyncio.Semaphore(limits.DECODERS)

    async def options(self, request: Request) -> Response:
        """OPTIONS /api/uploads: what this server can."""
        return Response(
            status_code=204,
            headers={
                "tus-version": VERSION,
                "tus-extension": "creation,expiration",
                "tus-max-size": str(FILE_BYTES_MAX),
            },
        )

    async def create(self, request: Request) -> Response:
        """POST /api/uploads: begin a file, or find the one that was begun; nothing is taken yet."""
        session = await self._sessions.of(request)
        length = _number(request, "upload-length")
        if length > FILE_BYTES_MAX:
            raise Refusal(Problem("file_too_large", details={"max": FILE_BYTES_MAX}))
        notes = _metadata(request)
        hash, media = notes.get("hash", ""), notes.get("media", "")
        if not HASH.fullmatch(hash) or media not in self._media or length == 0:
            raise Refusal(Problem("damaged_request"))
        now = self._sessions.clock()
        await self._need_room(session.person, hash, length, now)
        partial = await run_in_threadpool(self._store.begin, session.person, hash, media, length, now)
        return Response(
            status_code=201, headers={"location": f"/api/uploads/{hash}", "upload-expires": _expires(partial)}
        )

    async def look(self, request: Request) -> Response:
        """HEAD /api/uploads/{hash}: how far this person's file is. One that is whole and not yet verified is now."""
        session = await self._sessions.of(request)
        hash = request.path_params["hash"]
        file = await self._given(hash, session.person)
        if file is not None:
            return Response(headers=_progress(file.sent_bytes, file.sent_bytes))
        partial = await self._partial(session.person, hash)
        offset = partial.offset
        if offset == partial.length:
            await self._finish(partial, session.person)
        return Response(headers=_progress(offset, partial.length) | {"upload-expires": _expires(partial)})

    async def append(self, request: Request) -> Response:
        """PATCH /api/uploads/{hash}: the next piece. The last one is answered when the file is verified and kept."""
        session = await self._sessions.of(request)
        if request.headers.get("content-type") != TYPE:
            raise Refusal(Problem("unsupported_media"))
        offset = _number(request, "upload-offset")
        partial = await self._partial(session.person, request.path_params["hash"])
        if offset != partial.offset:
            raise Refusal(Problem("upload_moved"), headers={"upload-offset": str(partial.offset)})
        try:
            offset = await _receive(request, partial, offset)
        except Moved as moved:
            raise Refusal(Problem("upload_moved"), headers={"upload-offset": str(moved.offset)}) from moved
        except OSError as error:
            raise Refusal(Problem("no_room_for_files")) from error
        if offset == partial.length:
            await self._finish(partial, session.person)
        return Response(status_code=204, headers={"upload-offset": str(offset), "upload-expires": _expires(partial)})

    async def _given(self, hash: str, person: str) -> File | None:
        def read(store: Store) -> File | None:
            store.bind_by("person", person)
            return files.file_of(store, hash) if files.has_given(store, hash, person) else None

        file = await self._threads.read(read)
        # One that a disk has lost is taken again from whoever still has it.
        is_here = file is not None and await run_in_threadpool(self._store.path(hash).is_file)
        return file if is_here else None

    async def _partial(self, person: str, hash: str) -> Partial:
        partial = await run_in_threadpool(self._store.partial, person, hash)
        if partial is None:
            raise Refusal(Problem("upload_not_found"))
        return partial

    async def _need_room(self, person: str, hash: str, length: int, now: datetime) -> None:
        def read(store: Store) -> tuple[int, int]:
            store.bind_by("person", person)
            return files.given_since(store, person, now - timedelta(days=1)), files.kept_bytes(store)

        given, kept = await self._threads.read(read)
        begun = await run_in_threadpool(self._store.begun, person)
        if given >= limits.FILES_PERSON_DAY_MAX or begun >= limits.PARTIALS_PERSON_MAX:
            raise Refusal(Problem("too_many_files", details={"max": limits.FILES_PERSON_DAY_MAX}))
        coming = await run_in_threadpool(self._store.coming_bytes)
        free = await run_in_threadpool(self._store.free_bytes)
        if kept + coming + length > self._bytes_max or free - length < limits.FREE_BYTES_MIN:
            raise Refusal(Problem("no_room_for_files"))

    async def _finish(self, partial: Partial, person: str) -> None:
        """Verify, keep, remember, and only then forget the partial file: each step may be repeated after a crash."""
        async with self._decoders:
            kept = await run_in_threadpool(_verified, partial)
        if isinstance(kept, Problem):
            await run_in_threadpool(partial.remove)
            raise Refusal(kept)
        try:
            await run_in_threadpool(self._store.keep, partial.hash, kept)
        except OSError as error:
            # The partial file stays: the next question tries again.
            raise Refusal(Problem("no_room_for_files")) from error
        kept_sha256 = hashlib.sha256(kept.content).hexdigest()
        has_thumbnail = kept.thumbnail is not None
        file = File(partial.hash, kept.type, partial.length, len(kept.content), kept_sha256, has_thumbnail)
        now = self._sessions.clock()

        def note(store: Store) -> None:
            store.bind_by("person", person)
            files.note_arrival(store, file, person, now)

        await self._threads.write(note)
        await run_in_threadpool(partial.remove)


def in_tus(endpoint: Endpoint) -> Endpoint:
    """An endpoint that speaks the one version there is, also when it refuses."""

    async def told(request: Request) -> Response:
        try:
            if request.method != "OPTIONS" and request.headers.get("tus-resumable") != VERSION:
                raise Refusal(Problem("upload_version"), headers={"tus-version": VERSION})
            response = await endpoint(request)
        except Refusal as refusal:
            headers = {**(refusal.headers or {}), "tus-resumable": VERSION}
            raise Refusal(refusal.problem, refusal.http, headers) from refusal
        response.headers["tus-resumable"] = VERSION
        return response

    return told


async def _receive(request: Request, partial: Partial, offset: int) -> int:
    """Write what comes as it comes; what was written stays when the line breaks. Gives the new end, on the disk."""
    piece = bytearray()
    is_cut = False
    try:
        async for chunk in request.stream():
            piece += chunk
            if offset + len(piece) > partial.length:
                raise Refusal(Problem("file_too_large", details={"max": partial.length}))
            if len(piece) >= limits.PIECE_BYTES:
                offset = await run_in_threadpool(partial.append, offset, bytes(piece))
                piece.clear()
    except ClientDisconnect:
        is_cut = True
    if piece:
        offset = await run_in_threadpool(partial.append, offset, bytes(piece))
    await run_in_threadpool(partial.flush)
    if is_cut:
        raise Refusal(Problem("damaged_request"))
    return offset


def _verified(partial: Partial) -> Kept | Problem:
    content = partial.read()
    if hashlib.sha256(content).hexdigest() != partial.hash:
        return Problem("file_damaged")
    return kept_of(content, partial.media)


def _number(request: Request, header: str) -> int:
    text = request.headers.get(header, "")
    if not text.isascii() or not text.isdecimal() or len(text) > 12:
        raise Refusal(Problem("damaged_request"))
    return int(text)


def _metadata(request: Request) -> dict[str, str]:
    """`Upload-Metadata: hash <base64>,media <base64>`; what else a client tells is not listened to."""
    found: dict[str, str] = {}
    for pair in request.headers.get("upload-metadata", "").split(","):
        name, _, value = pair.strip().partition(" ")
        try:
            found[name] = base64.b64decode(value, validate=True).decode("ascii")
        except ValueError as error:
            raise Refusal(Problem("damaged_request")) from error
    return found


def _progress(offset: int, length: int) -> dict[str, str]:
    return {"upload-offset": str(offset), "upload-length": str(length)}


def _expires(partial: Partial) -> str:
    return format_datetime(partial.begun_at + limits.PARTIAL_KEPT, usegmt=True)
