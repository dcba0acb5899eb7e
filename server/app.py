"""The only wiring: every address in one list, what wraps them, what is opened and closed. No rule lives here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp

from schema.load import load_schema
from schema.model import Problem, Schema
from server import calendar_feed
from server.admission import PATIENT, Admission
from server.answers import travelling
from server.audit_key import audit_key
from server.auth import enrol, sign_in, step_up
from server.auth.contact import Contacts
from server.auth.demo import demo_people, open_demo_session
from server.auth.door import Door
from server.auth.keys import keys_of
from server.auth.leaving import note_told, take_statement
from server.auth.person import Asking
from server.auth.sessions import Session, Sessions
from server.auth.signatures import Nonces, check_signature, read_signature, spend
from server.errors import Refusal, answer, log_failure, problem_of_failure
from server.exports.way_out import send_export
from server.files.downloads import Downloads
from server.files.store import FileStore
from server.files.uploads import Uploads, in_tus
from server.graphql.operation import operation_of, run
from server.graphql.registered import answers_for
from server.graphql.root import graphql_schema
from server.headers import Headers
from server.notifier import BetweenProcesses, InProcess
from server.operations.checkpoints import take_due
from server.operations.health import Readiness, is_full, may_read_measures
from server.operations.metrics import MEDIA_TYPE, Metrics, facts_of
from server.operations.stopping import Gate, Stopping
from server.operations.watch import Watch
from server.places import give_due
from server.pokes import Pokes
from server.policy_reports import REPORTS_PATH, take_reports
from server.recognition.downloads import Papers
from server.recognition.verify import verify
from server.requests import check_origin, read_signed
from server.settings import Settings
from server.sockets import Sockets
from server.static import App
from server.threads import StoreThreads
from server.traces import Traces
from sync.people import centres
from sync.sampling import pass_due
from sync.store.faults import WORLD_ERRORS
from sync.store.store import Store

# How often it is looked at whether a checkpoint of the audit is due.
CHECKPOINT_SECONDS = 60.0
PASSING_SECONDS = 60.0
# What a device asks of its own accord: a cookie alone gives nothing of it, neither to send nor to fetch, nor to
# say what its person looked at.
SIGNED = frozenset(("push", "pull", "news", "note_reveals"))

Clock = Callable[[], datetime]
Endpoint = Callable[[Request], Awaitable[Response]]


def create_app(
    settings: Settings,
    clock: Clock | None = None,
    schema: Schema | None = None,
    stopping: Stopping | None = None,
    admission: Admission | None = None,
) -> ASGIApp:
    """The whole server over one store.

    clock     gives aware instants
    schema    the declarations to serve
    stopping  begun by whoever stops the process
    admission the lines in which questions wait
    """
    declared = schema or load_schema()
    now = clock or (lambda: datetime.now(UTC))
    stop = stopping or Stopping()
    here = InProcess()
    notifier = BetweenProcesses(str(settings.place), here) if settings.is_shared else here
    keys = keys_of(settings)
    threads = StoreThreads(settings.place, declared, stop.disk_failed, notifier.tell, audit_key(settings))
    traces = Traces(threads)
    metrics = Metrics()
    lines = admission or Admission()
    sessions = Sessions(settings, threads, now, metrics, keys)
    door, nonces = Door(settings, declared, threads, sessions, keys, notifier), Nonces(threads)
    graphql, answers = graphql_schema(declared, settings.demo), answers_for(settings)
    contacts = Contacts(threads, now)
    readiness = Readiness(settings, threads)
    kept = FileStore(settings.files_path)
    uploads = Uploads(settings, declared, kept, threads, sessions)
    downloads = Downloads(declared, kept, threads, sessions, traces)
    papers = Papers(settings, declared, threads, sessions)
    sockets = Sockets(graphql, answers, settings, sessions, Pokes(declared, threads, sessions, notifier))

    async def leaving_or_known(request: Request) -> Session:
        try:
            return await sessions.known(request)
        except Refusal as refusal:
            leaving = await sessions.leaving(request) if refusal.problem.code == "device_revoked" else None
            if leaving is None:
                raise
            return leaving

    async def ask(request: Request) -> Response:
        """POST /graphql. Who asks is settled before anything they send is read."""
        session = await leaving_or_known(request)
        asked, text = await read_signed(request)
        operation = operation_of(asked, answers)
        if session.is_leaving and not (operation.asks == "push" and operation.is_single):
            session = await sessions.of(request)
        # A device that was taken back signs for nothing any more, except the saves themselves.
        signature = None if session.is_leaving else read_signature(request, text)
        if signature is not None:
            nonces.look(signature, now())
        elif operation.fields & SIGNED and session.path != "demo" and not session.is_leaving:
            raise Refusal(Problem("signature_missing"))
        if operation.writes and is_full(settings):
            metrics.disk_was_full()
            raise Refusal(Problem("store_full"))
        accepted = request.headers.get("accept-encoding", "")

        def answer_of(store: Store) -> tuple[int, dict[str, str], bytes, Asking]:
            sessions.check(store, session)
            if signature is not None:
                check_signature(store, signature, session.device)
                if operation.writes:
                    spend(store, signature, now())
            asking = sessions.asking(store, declared, session)
            status, headers, body = run(graphql, operation, asking)
            body, packing = travelling(body, accepted)
            return status, headers | packing, body, asking

        is_patient = operation.asks in PATIENT
        if operation.writes:
            with lines.writes.place(operation.weight, is_patient):
                answered = await threads.write(answer_of)
        else:
            with lines.reads.place(1, is_patient):
                answered = await threads.read(answer_of)
        status, headers, body, asking = answered
        if signature is not None and not operation.writes:
            await nonces.keep(signature, asking.person.centre, now())
        await traces.take(asking.traces)
        await contacts.heard(session, asked)
        return Response(body, status, headers, "application/json")

    async def health(request: Request) -> Response:
        """GET /api/health: whether this process lives."""
        return JSONResponse({"status": "ok"})

    async def ready(request: Request) -> Response:
        """GET /api/ready: whether a push could be taken now."""
        found = await readiness.now()
        return JSONResponse(found.as_data(), 200 if found.reason is None else 503)

    async def measures(request: Request) -> Response:
        """GET /metrics: what Prometheus reads, for whoever may."""
        may_read_measures(request, settings)
        facts = await threads.read(facts_of)
        return Response(metrics.text(facts, settings.data, now()), media_type=MEDIA_TYPE)

    async def enter_demo(request: Request) -> Response:
        """POST /api/session: the demo's way in."""
        return await open_demo_session(request, settings, declared, threads, sessions)

    async def sign_out(request: Request) -> Response:
        """DELETE /api/session: end this session on the server too."""
        return await sessions.end(request)

    async def device_cleared(request: Request) -> Response:
        """POST /api/device/cleared: a device that was taken back says that it is empty."""
        return await take_statement(request, threads, now)

    async def people(request: Request) -> Response:
        """GET /api/demo/people: whom the demo can sign in as."""
        return await demo_people(request, settings, declared, threads)

    async def prove_in_demo(request: Request) -> Response:
        """POST /api/demo/step-up: what a passkey or a PIN does outside the demo."""
        return await step_up.step_up_in_demo(request, settings, threads, sessions)

    def at(endpoint: Callable[[Request, Door], Awaitable[Response]]) -> Endpoint:
        return ours(lambda request: endpoint(request, door))

    def signed(endpoint: Callable[[Request, Door, Nonces], Awaitable[Response]]) -> Endpoint:
        return ours(lambda request: endpoint(request, door, nonces))

    async def send(request: Request) -> Response:
        """POST /api/exports: a file of records, once."""
        return await send_export(request, declared, threads, sessions)

    async def reports(request: Request) -> Response:
        """POST: a browser tells that a page of ours tried what it may not."""
        return await take_reports(request, metrics)

    async def missing(request: Request) -> Response:
        """An address below /api that does not exist is not one of the app's screens."""
        raise Refusal(Problem("not_found"))

    def ours(endpoint: Endpoint) -> Endpoint:
        async def checked(request: Request) -> Response:
            check_origin(request, settings, reads=request.method in ("GET", "HEAD"))
            try:
                return await endpoint(request)
            except Refusal as refusal:
                await note_told(refusal.problem, threads, now)
                raise

        return checked

    async def witness() -> None:
        """Write a checkpoint of the audit wherever one is due."""
        try:
            await threads.read(lambda store: take_due(settings, store, now()))
        except WORLD_ERRORS as error:
            # On a full disk the next one says as much, and what is served matters more.
            log_failure(error)

    async def witness_always() -> None:
        while True:
            await asyncio.sleep(CHECKPOINT_SECONDS)
            await witness()

    def pass_in(store: Store) -> None:
        for centre, _ in centres(store):
            pass_due(store, declared, centre, now())
            give_due(store, declared, centre, now())

    async def let_pass_always() -> None:
        """Let pass what a sample left out and nobody looked at in time, and give the places that came free."""
        while True:
            await asyncio.sleep(PASSING_SECONDS)
            try:
                await threads.write(pass_in)
            except WORLD_ERRORS as error:
                # It passes with the next turn; who looks at it meanwhile decides instead.
                log_failure(error)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        always = [asyncio.create_task(witness_always()), asyncio.create_task(let_pass_always())]
        if isinstance(notifier, BetweenProcesses):
            notifier.start()
        yield
        for task in always:
            task.cancel()
        await traces.flush()
        await witness()
        threads.close()
        if isinstance(notifier, BetweenProcesses):
            await run_in_threadpool(notifier.close)

    async def refused(request: Request, error: Exception) -> Response:
        if isinstance(error, Refusal):
            return answer(declared, error.problem, error.http, error.headers)
        return _http_answer(declared, error)

    app = Starlette(
        routes=[
            Route("/graphql", ours(ask), methods=["POST"]),
            WebSocketRoute("/graphql", sockets.talk),
            Route("/api/poke", ours(sockets.poll), methods=["POST"]),
            Route("/api/session", ours(enter_demo), methods=["POST"]),
            Route("/api/session", ours(sign_out), methods=["DELETE"]),
            Route("/api/device/cleared", ours(device_cleared), methods=["POST"]),
            Route("/api/demo/people", ours(people), methods=["GET"]),
            Route("/api/demo/step-up", ours(prove_in_demo), methods=["POST"]),
            Route("/api/enrol/look", at(enrol.look), methods=["POST"]),
            Route("/api/enrol/wait", at(enrol.wait), methods=["POST"]),
            Route("/api/enrol/options", at(enrol.options), methods=["POST"]),
            Route("/api/enrol/finish", at(enrol.finish), methods=["POST"]),
            Route("/api/sign-in/options", at(sign_in.options), methods=["POST"]),
            Route("/api/sign-in/finish", at(sign_in.finish), methods=["POST"]),
            Route("/api/sign-in/nonce", at(sign_in.nonce), methods=["POST"]),
            Route("/api/sign-in/pin", at(sign_in.by_pin), methods=["POST"]),
            Route("/api/renew", signed(sign_in.renew), methods=["POST"]),
            Route("/api/share", signed(sign_in.share), methods=["POST"]),
            Route("/api/step-up/options", at(step_up.options), methods=["POST"]),
            Route("/api/step-up/finish", signed(step_up.finish), methods=["POST"]),
            Route("/api/uploads", in_tus(ours(uploads.options)), methods=["OPTIONS"]),
            Route("/api/uploads", in_tus(ours(uploads.create)), methods=["POST"]),
            Route("/api/uploads/{hash}", in_tus(ours(uploads.look)), methods=["HEAD"]),
            Route("/api/uploads/{hash}", in_tus(ours(uploads.append)), methods=["PATCH"]),
            Route("/api/files/{record}", ours(downloads.arrived), methods=["GET"]),
            Route("/api/files/{record}/{hash}", ours(downloads.whole), methods=["GET"]),
            Route("/api/files/{record}/{hash}/thumbnail", ours(downloads.thumbnail), methods=["GET"]),
            Route("/api/exports", ours(send), methods=["POST"]),
            Route("/api/calendar/{token}.ics", at(calendar_feed.feed), methods=["GET"]),
            Route("/api/papers", ours(papers.send), methods=["POST"]),
            Route("/api/verify", at(verify), methods=["POST"]),
            Route(REPORTS_PATH, ours(reports), methods=["POST"]),
            Route("/api/health", health, methods=["GET"]),
            Route("/api/ready", ready, methods=["GET"]),
            Route("/metrics", measures, methods=["GET"]),
            Route("/api/{path:path}", missing),
        ],
        middleware=[Middleware(GZipMiddleware, minimum_size=500, compresslevel=6)],
        exception_handlers={Refusal: refused, HTTPException: refused, Exception: refused},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.router.default = App(settings.app)
    gated = Gate(app, declared, stop)
    return Watch(Headers(gated, declared, settings.is_https), metrics)


def _http_answer(schema: Schema, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        return answer(schema, problem_of_failure(error))
    status = error.status_code
    code = {404: "not_found", 405: "query_refused"}.get(status, "failed" if status >= 500 else "damaged_request")
    return answer(schema, Problem(code), status, error.headers)
