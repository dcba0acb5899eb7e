"""The network between one phone and the centre, and what it can do to a request: lose it, lose the answer, repeat it.

It is a real proxy on a port of its own, because a browser whose service worker is at work does not show every request
to its driver. Not here: the browser's own offline switch (people.py), and the moods of a rude network (rude.py).
"""

from __future__ import annotations

import gzip
import http.client
import re
import socket
import sys
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

from e2e.rude import ANSWERS, SLOW_SECONDS, Rudeness

ANSWER_SECONDS_MAX = 60
PORTAL = "<!doctype html><title>Wi-Fi</title><h1>欢迎使用免费无线网络</h1><p>请输入手机号登录</p>".encode()
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "content-length"}


class Network:
    """Stands between one browser and the server at `port`; the browser opens `address`."""

    def __init__(self, port: int, rudeness: Rudeness | None = None, pretends: str | None = None) -> None:
        """
        pretends  host and port of another site: the centre is told that every page and request is of that one
        """
        self.port = port
        self.rudeness = rudeness
        self.pretends = pretends
        self.happened: list[str] = []
        """What it did to pushes, oldest first: passed, lost_request, lost_reply, repeated, portal, cut, or rude."""
        self.pieces: list[tuple[int, str]] = []
        """What it did to pieces of files: where the piece began, and passed, torn, cut or lost_request."""
        self._faults: deque[str] = deque()
        self._piece_faults: deque[str] = deque()
        self._files_stopped = False
        self._is_scripted = False
        self._is_cut = False
        self._is_portal = False
        self._door = threading.Lock()
        self.is_over = threading.Event()
        """Set when it is closed: what is slow need not go on."""
        self._proxy = Proxy(("127.0.0.1", 0), _handler_for(self))
        self.address = f"http://localhost:{self._proxy.server_address[1]}"
        # How often it looks whether it is to stop, which whoever closes it waits for.
        threading.Thread(target=self._proxy.serve_forever, args=(0.02,), daemon=True).start()

    def next_pushes(self, *faults: str) -> None:
        """What happens to the pushes that come next, one word each: passed, lost_request, lost_reply, repeated."""
        with self._door:
            self._is_scripted = True
            self._faults.extend(faults)

    def next_pieces(self, *faults: str) -> None:
        """What happens to the pieces of files that come next: passed, torn (half of it arrives), lost_request."""
        with self._door:
            self._is_scripted = True
            self._piece_faults.extend(faults)

    def forget_faults(self) -> None:
        with self._door:
            self._faults.clear()
            self._piece_faults.clear()

    def stop_files(self) -> None:
        """No piece of a file gets through from now on; all else does, as on a line that is nearly dead."""
        self._files_stopped = self._is_scripted = True

    def let_files_through(self) -> None:
        self._files_stopped = False

    def fate_of_piece(self, start: int) -> str:
        with self._door:
            if self._is_cut or self._is_portal:
                fate = "cut"
            elif self._files_stopped:
                fate = "lost_request"
            else:
                fate = self._piece_faults.popleft() if self._piece_faults else self._mood("file")
            self.pieces.append((start, fate))
            return fate

    def cut(self) -> None:
        """Everything fails from now on, as with no signal."""
        self._is_cut = True

    def restore(self) -> None:
        self._is_cut = self._is_portal = False

    def captive_portal(self) -> None:
        """Everything is answered 200 with someone's log-in page, as in a hotel or a mall."""
        self._is_portal = True

    def fate_of(self, question: str | None) -> str:
        """What happens to a request; `question` names those of a sync: push, pull, news, who, file."""
        is_push = question == "push"
        with self._door:
            if self._is_cut:
                fate = "cut"
            elif self._is_portal:
                fate = "portal"
            else:
                fate = self._faults.popleft() if is_push and self._faults else self._mood(question)
            if is_push:
                self.happened.append("passed" if fate == "slow" else fate)
            return fate

    def _mood(self, question: str | None) -> str:
        # A test that says what happens to pushes or pieces is taken at its word.
        if self.rudeness is None or question is None or (self._is_scripted and question in ("push", "file")):
            return "passed"
        return self.rudeness.fate_of(question)

    def close(self) -> None:
        self.is_over.set()
        self._proxy.shutdown()
        self._proxy.server_close()

    def __enter__(self) -> Network:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _question(path: str, said: bytes) -> str | None:
    """Which question of a sync a request is, if it is one."""
    if path.startswith("/api/uploads"):
        return "file"
    if path == "/graphql":
        for name, word in (("push", b"push("), ("pull", b"pull("), ("news", b'"news.1"'), ("who", b"query who")):
            if word in said:
                return name
    return None


class Proxy(ThreadingHTTPServer):
    """A thread for each request."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that leaves before its answer has come is nothing to tell; anything else is."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def _handler_for(network: Network) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def relay(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            said = gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body
            self._carry(network.fate_of(_question(self.path, said)), body)

        def _carry(self, fate: str, body: bytes) -> None:
            if fate == "portal":
                self._answer(200, [("content-type", "text/html; charset=utf-8")], PORTAL)
            elif fate in ("cut", "lost_request"):
                self._hang_up()
            elif fate in ANSWERS:
                status, media, seconds, said = ANSWERS[fate]
                wait = [] if seconds is None else [("retry-after", str(seconds))]
                self._answer(status, [("content-type", media), *wait], said)
            else:
                if fate == "slow":
                    network.is_over.wait(SLOW_SECONDS)
                status, headers, answer = self._ask(body)
                if fate == "repeated":
                    # The same request reaches the centre twice, as after a retry deep in a network.
                    status, headers, answer = self._ask(body)
                if fate == "lost_reply":
                    self._hang_up()
                else:
                    self._answer(status, headers, answer, cut_short=fate == "cut_short")

        do_GET = do_POST = do_DELETE = do_HEAD = relay

        def do_PATCH(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            fate = network.fate_of_piece(int(self.headers.get("upload-offset", 0)))
            if fate == "torn":
                self._tear(body)
                fate = "lost_request"
            self._carry(fate, body)

        def _tear(self, body: bytes) -> None:
            """Half of the body reaches the centre, then the line is gone."""
            with socket.create_connection(("127.0.0.1", network.port), ANSWER_SECONDS_MAX) as centre:
                head = [
                    f"{self.command} {self.path} HTTP/1.1",
                    *(f"{name}: {value}" for name, value in self.headers.items()),
                ]
                centre.sendall("\r\n".join([*head, "", ""]).encode() + body[: len(body) // 2])

        def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
            centre = http.client.HTTPConnection("127.0.0.1", network.port, timeout=ANSWER_SECONDS_MAX)
            try:
                # The host stays as the browser wrote it: the centre compares it with where the page came from.
                kept = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
                if network.pretends is not None:
                    here = rf"[\w.]*localhost:{self.server.server_address[1]}"
                    kept = {name: re.sub(here, network.pretends, value) for name, value in kept.items()}
                centre.request(self.command, self.path, body or None, kept)
                answer = centre.getresponse()
                return answer.status, answer.getheaders(), answer.read()
            except OSError:
                self.close_connection = True
                return 502, [], b""
            finally:
                centre.close()

        def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes, cut_short: bool = False) -> None:
            self.send_response_only(status)
            for name, value in headers:
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            # A browser sends a request again by itself when a connection it had used before breaks; on a new
            # connection each time, what is lost stays lost until the app tries again.
            self.send_header("connection", "close")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body[: len(body) // 2] if cut_short else body)
            if cut_short:
                self.close_connection = True

        def _hang_up(self) -> None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed: what was done to pushes stands in `happened`."""

    return Handler
