"""The built phone app as files, each with how long it may be kept; unknown addresses get the app's own page, which
knows its screens. Nothing here is a record: answers with records are never kept.
"""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketClose

# Vite names every file below this folder by its content.
HASHED = "assets/"
KEEP = "public, max-age=31536000, immutable"
ASK_FIRST = "no-cache"
NOT_BUILT = "The app has not been built yet. Run `make demo`, or `npm ci && npm run build` in the folder pwa.\n"


class App(StaticFiles):
    """Files of the build. Read from disk for each request, so that a new build is served without a restart."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, check_dir=False)
        self._page = folder / "index.html"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            # Nothing here is spoken over sockets.
            await WebSocketClose()(scope, receive, send)
            return
        # Parts of files are not offered: nothing in the app is long enough to need them, and reading hostile lists
        # of ranges has cost others their server.
        whole = {**scope, "headers": [header for header in scope["headers"] if header[0] != b"range"]}
        response = await self.get_response(self.get_path(scope), whole)
        await response(whole, receive, send)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file, or the app's page for an address without a dot; anything else is not found."""
        try:
            return self._kept(await super().get_response(path, scope), path)
        except HTTPException as error:
            if error.status_code != 404 or "." in path.strip("."):
                raise
        if not self._page.is_file():
            return PlainTextResponse(NOT_BUILT, 503)
        return self._kept(await super().get_response(self._page.name, scope), self._page.name)

    def _kept(self, response: Response, path: str) -> Response:
        response.headers["cache-control"] = KEEP if path.startswith(HASHED) else ASK_FIRST
        return response
