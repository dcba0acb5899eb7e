"""The named people of two centres behind a real server, each with a phone of their own that signs, pushes and pulls.

Not here: homes and visits; a test that needs them has somebody write them down.
"""

from __future__ import annotations

import base64
import json
import random
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from httpx2 import Response
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from schema.load import load_schema
from schema.model import Membership
from server.app import create_app
from server.settings import Settings
from server.world import CENTRES, PEOPLE, TEAMS
from sync import people
from sync.save import new_private_key, public_point, save_key, sealed
from sync.store.opening import open_store
from sync.store.store import Store

PUSH = """mutation push($saves: [SaveInput!]!) { push(saves: $saves) { epoch server_time receipts {
  save status revision problem { code field details words_zh words_en next_step next_step_zh next_step_en } } } }"""
PULL = """query pull($after: [ScopeCursorInput!]!, $bytes_max: Int) { pull(after: $after, bytes_max: $bytes_max) {
  packed changed { record kind revision state standing } gone cursors { scope cursor complete } more
  decided { save status } epoch server_time schema_min app_min } }"""

# What tests ask of a centre that is no demo, registered as an operator registers what programs of their own ask.
OPERATIONS = Path(__file__).parent / "data" / "operations.json"
# Of one question, while processes, a database and everything else share a few cores.
TIMES_SENT_AWAY_MAX = 5


@dataclass
class HttpWorld:
    """One server over a database of its own, at a moment the test sets."""

    settings: Settings
    now: datetime
    client: TestClient
    ids: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311

    def signs_in(self, person: str) -> Phone:
        """A phone of its own for this person, signed in to the demo."""
        key = new_private_key()
        self.client.cookies.clear()
        answer = self.client.post(
            "/api/session",
            json={
                "person": person,
                "device": {"public_key": base64.b64encode(public_point(key)).decode(), "name": f"phone of {person}"},
            },
        )
        assert answer.status_code == 200, answer.text
        self.client.cookies.clear()
        return Phone(self, person, key, answer.json()["token"], answer.json()["device"], answer.json()["me"])

    def opened(self, centre: str = "heping") -> Store:
        """The store of this world as one centre sees it; who asks for it closes it."""
        store = open_store(self.settings.place)
        store.bind(centre)
        return store

    def becomes_a_centre(self, **settings: Any) -> None:
        """From the next client on it is no demo; its devices are as if they had come in by an invite."""
        store = open_store(self.settings.place)
        for part in store.parts():
            store.bind(part)
            store.execute("UPDATE device SET path = 'prf'")
        store.close()
        self.settings = replace(self.settings, demo=False, **({"origin": "http://localhost"} | settings))

    def passes(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def new_id(self) -> str:
        """An id in the form of a UUIDv7."""
        return str(uuid.UUID(int=self.ids.getrandbits(128) & ~(0xF << 76) | 7 << 76))


def _is_busy(answer: Response) -> bool:
    return answer.status_code == 503 and answer.json()["errors"][0]["extensions"]["code"] == "busy"


@dataclass
class Phone:
    """A device of one person, driven by hand."""

    world: HttpWorld
    person: str
    key: Any
    token: str
    device: str
    me: dict[str, Any]
    sequence: int = 0

    def save(
        self,
        kind: str,
        values: Mapping[str, Any],
        record: str | None = None,
        replaces: Mapping[str, list[str]] | None = None,
        **members: Any,
    ) -> dict[str, Any]:
        """A sealed save of a new record, or of a known one; `members` put something else into the sealed form."""
        self.sequence += 1
        return sealed(
            {
                "id": self.world.new_id(),
                "record": record or self.world.new_id(),
                "kind": kind,
                "schema": load_schema().kinds[kind].version if kind in load_schema().kinds else 1,
                "device_sequence": self.sequence,
                "client": self.world.ids.randrange(1, 2**32),
                "base": 0,
                "made_at": f"{int(self.world.now.timestamp() * 1000):013d}-{self.sequence:04d}",
                "set": dict(values),
                "replaces": dict(replaces or {}),
                **members,
            },
            self.key,
        )

    def asks(self, query: str, variables: Mapping[str, Any] | None = None, **headers: str) -> Response:
        """The answer to a GraphQL request of this phone, as it came."""
        # Escaped, so that half an emoji can be sent as a browser would send it.
        return self.asks_named(json.dumps({"query": query, "variables": dict(variables or {})}), **headers)

    def asks_named(self, body: str, **headers: str) -> Response:
        """The answer to a request with this body."""
        return self.world.client.post(
            "/graphql",
            content=body,
            headers={"authorization": f"Bearer {self.token}", "content-type": "application/json", **headers},
        )

    def finds(self, query: str, **variables: Any) -> dict[str, Any]:
        """The `data` of an answer without errors; a busy centre is asked again when it says, as a phone does."""
        for _ in range(TIMES_SENT_AWAY_MAX + 1):
            answer = self.asks(query, variables)
            if not _is_busy(answer):
                break
            threading.Event().wait(int(answer.headers["retry-after"]))
        assert answer.status_code == 200 and "errors" not in answer.json(), answer.text
        found: dict[str, Any] = answer.json()["data"]
        return found

    def pushes(self, *saves: dict[str, Any]) -> list[dict[str, Any]]:
        """The receipts."""
        receipts: list[dict[str, Any]] = self.finds(PUSH, saves=list(saves))["push"]["receipts"]
        return receipts

    def writes(self, kind: str, values: Mapping[str, Any], **others: Any) -> str:
        """Push one save that must be accepted; gives its record."""
        save = self.save(kind, values, **others)
        (receipt,) = self.pushes(save)
        assert receipt["status"] == "accepted", receipt
        return str(save["record"])

    def pulls(self, after: Mapping[str, str] | None = None, bytes_max: int | None = None) -> dict[str, Any]:
        """One page after the cursors, from the beginning of every scope where none are given."""
        cursors = after if after is not None else dict.fromkeys(self.me["scopes"], "0")
        given = [{"scope": scope, "cursor": cursor} for scope, cursor in cursors.items()]
        page: dict[str, Any] = self.finds(PULL, after=given, bytes_max=bytes_max)["pull"]
        return page

    def holds(self) -> set[str]:
        """The records of a complete first pull."""
        return {row["record"] for row in self.pulls()["changed"]}


def key_of(save: Mapping[str, Any]) -> str:
    """What the claims of a save are called."""
    return save_key(save["client"])


@cache
def empty_store() -> bytes:
    """A database with the people of both centres and no records."""
    with TemporaryDirectory() as folder:
        fill(Path(folder) / "doorstep.sqlite3")
        return (Path(folder) / "doorstep.sqlite3").read_bytes()


def fill(place: Path | str) -> None:
    """Put the people of both centres into an empty store."""
    store = open_store(place)
    with store.atomic():
        for centre, name in CENTRES.items():
            people.add_centre(store, centre, name)
        for team, (centre, name) in TEAMS.items():
            people.add_team(store, team, name, centre)
        for person in PEOPLE:
            memberships = [Membership(role, person.centre, team) for role, team in person.roles]
            people.add_member(store, person.person, person.name, person.centre, memberships)
    store.close()


def open_client(world: HttpWorld, address: str = "127.0.0.1") -> TestClient:
    """A client of the world's server, as if from this address."""
    app = create_app(world.settings, clock=lambda: world.now)
    return TestClient(app, base_url="http://localhost", client=(address, 50000))


def routes_of(app: Any) -> list[Route]:
    """Every address of a server, below all that wraps it."""
    while not isinstance(app, Starlette):
        app = app._app
    return [route for route in app.routes if isinstance(route, Route)]


def new_world(folder: Path, **settings: Any) -> HttpWorld:
    """A world whose client is not yet open."""
    chosen = Settings(data=folder, app=folder / "app", **({"demo": True} | settings))
    folder.mkdir(exist_ok=True)
    if chosen.is_shared:
        fill(chosen.place)
    else:
        chosen.store_path.write_bytes(empty_store())
    # A Thursday morning at the centre.
    world = HttpWorld(chosen, datetime(2026, 11, 19, 2, 0, tzinfo=UTC), TestClient(_none))
    world.client = open_client(world)
    return world


async def _none(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("no server is open yet")


HOME = {
    "estate": "和平里",
    "building": "3",
    "unit": "2",
    "room": "502",
    "team": "heping_1",
    "phone": "138 0000 5521",
}


def visit_of(home: str, **others: Any) -> dict[str, Any]:
    """A visit of Li Min that was carried out today."""
    return {
        "household": home,
        "assigned_to": "li_min",
        "visited_on": "2026-11-19",
        "outcome": "met_person",
        "condition": "as_usual",
        **others,
    }
