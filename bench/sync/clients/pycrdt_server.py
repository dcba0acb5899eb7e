"""pycrdt-websocket with its SQLite store behind uvicorn, one room a document; runs in an environment of its own.

Not here: anything tuned. Two guards keep it alive, without which a client that leaves ends the whole server: errors of
a room are logged instead of raised, and sending to someone who has just left is no error.
"""

import asyncio
import contextlib
import logging
import sys
from pathlib import Path

import uvicorn
from pycrdt.store import SQLiteYStore, YDocNotFound
from pycrdt.websocket import ASGIServer, WebsocketServer
from pycrdt.websocket.yroom import YRoom


class Stored(SQLiteYStore):
    db_path = str(Path(sys.argv[1]) / "documents.sqlite")


class Rooms(WebsocketServer):
    async def get_room(self, name):
        if name not in self.rooms:
            store = Stored(path=name)
            room = self.rooms[name] = YRoom(ready=False, ystore=store, exception_handler=told)
            await self.start_room(room)
            await store.started.wait()
            while store.db_initialized is None:
                await asyncio.sleep(0)
            with contextlib.suppress(YDocNotFound):
                await store.apply_updates(room.ydoc)
            room.ready = True
        await self.rooms[name].ydoc_observed.wait()
        return self.rooms[name]


def told(error, log):
    logging.error("room: %r", error)
    return True


async def main():
    first = Stored(path="first")
    async with first:
        await first.db_initialized.wait()
    rooms = Rooms(rooms_ready=True, auto_clean_rooms=False, exception_handler=told)
    inner = ASGIServer(rooms)

    async def app(scope, receive, send):
        async def careful(message):
            try:
                await send(message)
            except Exception as error:
                logging.info("left: %r", error)

        await inner(scope, receive, careful)

    async with rooms:
        config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws_ping_interval=None, lifespan="off")
        server = uvicorn.Server(config)

        async def tell():
            while not server.started:
                await asyncio.sleep(0.01)
            print(f"READY {server.servers[0].sockets[0].getsockname()[1]}", flush=True)

        telling = asyncio.create_task(tell())
        await server.serve()
        await telling


asyncio.run(main())
