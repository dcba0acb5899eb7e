"""A centre as it is really served, without the demo: its people come in by invites, with authenticators in software.

Not here: the people themselves, and what they write (http_world.py).
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from httpx2 import Response

from server.auth.invites import Made, make_invite
from server.auth.keys import Keys, read_keys
from server.graphql.registered import LIST
from sync.save import new_private_key, public_point, signed_text
from tests.server.authenticator import Authenticator
from tests.server.http_world import PULL, PUSH, HttpWorld, Phone, new_world
from tests.server.test_sessions import ME

ORIGIN = "http://localhost:8000"
INVITE = """mutation create_invite($person: ID!, $keep_devices: Boolean! = false) {
  create_invite(person: $person, keep_devices: $keep_devices) { invite state code token code_until until } }"""
WAITING = "{ waiting_enrolments { enrolment person person_name numbers begun_at until } }"
MATCH = (
    "mutation match_number($enrolment: ID!, $number: String!) { match_number(enrolment: $enrolment, number: $number) }"
)
CONFIRM = "mutation confirm_invite($invite: ID!) { confirm_invite(invite: $invite) }"
WITHDRAW = "mutation withdraw_invite($invite: ID!) { withdraw_invite(invite: $invite) }"
ADD = """mutation add_member($name: String!, $role: String!, $team: ID) {
  add_member(name: $name, role: $role, team: $team) }"""
SET_ROLE = """mutation set_member_role($person: ID!, $role: String!, $team: ID) {
  set_member_role(person: $person, role: $role, team: $team) }"""
CODES = "mutation make_recovery_codes { make_recovery_codes }"
INVITES = "{ invites { invite person person_name made_by state tries code_until until } }"
POKE = "subscription { poke }"
HIDDEN = '{ me { name } ...Rest } fragment Rest on Query { all: news(at: "") { at } }'
# What the app asks, by name.
APP = {text.split("(")[0].split()[1]: text for text in json.loads(LIST.read_text("utf-8"))["app"].values()}
# What this centre answers besides the questions of the app.
REGISTERED = (
    INVITE, WAITING, MATCH, CONFIRM, WITHDRAW, ADD, SET_ROLE, CODES, INVITES, POKE, HIDDEN, ME, PUSH, PULL,
)  # fmt: skip


@dataclass
class Device(Phone):
    """A device that was let in by an invite, and signs what it asks."""

    authenticator: Authenticator = field(default_factory=lambda: Authenticator(ORIGIN))
    share: str | None = None

    def header(self, path: str, body: str, method: str = "POST", **wrong: Any) -> str:
        """What the device signs a request with; `wrong` puts something else in its place."""
        at = wrong.get("at", self.clock())
        milliseconds, nonce = int(at.timestamp() * 1000), wrong.get("nonce") or secrets.token_urlsafe(16)
        signed = "\n".join((method, path, hashlib.sha256(body.encode()).hexdigest(), str(milliseconds), nonce))
        signature = signed_text(signed.encode(), wrong.get("key") or self.key)
        return f"v1 {wrong.get('device') or self.device} {milliseconds} {nonce} {signature}"

    def asks_signed(self, path: str, asked: dict[str, Any], **wrong: Any) -> Response:
        """The answer to a request with the signature of the device."""
        body = json.dumps(asked)
        header = {"doorstep-signature": self.header(path, body, **wrong)}
        answer = self.world.client.post(path, content=body, headers=self.headers() | header)
        # Its token is sent by hand.
        self.world.client.cookies.clear()
        return answer

    def asks_named(self, body: str, **headers: str) -> Response:
        """The answer to a GraphQL request, signed."""
        return super().asks_named(body, **({"doorstep-signature": self.header("/graphql", body)} | headers))

    def clock(self) -> datetime:
        """What its clock says."""
        return self.world.now

    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}", "content-type": "application/json"}


@dataclass
class Door:
    """The addresses of enrolment and sign-in, as a browser asks them."""

    world: HttpWorld

    @property
    def keys(self) -> Keys:
        return read_keys(self.world.settings.data)

    def posts(self, path: str, asked: Any, **headers: str) -> Response:
        """The answer of one address, without a session."""
        self.world.client.cookies.clear()
        answer = self.world.client.post(path, json=asked, headers=headers)
        self.world.client.cookies.clear()
        return answer

    def gives(self, path: str, asked: Any) -> dict[str, Any]:
        """What an address gives when all is well."""
        answer = self.posts(path, asked)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def invites(self, person: str, centre: str = "heping", **others: Any) -> Made:
        """An invite from nowhere, as the operator's command makes the first one."""
        with closing(self.world.opened(centre)) as store:
            return make_invite(store, self.keys, person, person, self.world.now, **({"revokes": False} | others))

    def matches(self, enrolment: str, state: str = "matched") -> None:
        """The number was matched, by nobody in particular."""
        from sync import invites

        with closing(self.world.opened()) as store:
            store.bind_by("enrolment", enrolment)
            invites.settle_enrolment(store, enrolment, state)

    def brings_in(self, person: str, path: str = "prf", form: str = "phone", centre: str = "heping") -> Device:
        """A device of this person, enrolled and signed in."""
        looked = self.gives("/api/enrol/look", {"token": self.invites(person, centre).token})
        self.matches(looked["enrolment"])
        return self.finishes(person, looked["enrolment"], path, form)

    def finishes(self, person: str, enrolment: str, path: str = "prf", form: str = "phone") -> Device:
        """The last two steps of an enrolment whose number was matched."""
        key, authenticator = new_private_key(), Authenticator(ORIGIN)
        asked: dict[str, Any] = {"enrolment": enrolment, "path": path, "device": described(key, form)}
        if path == "pin":
            asked["pin_proof"] = PROOF
        else:
            asked["credential"] = authenticator.creates(self.gives("/api/enrol/options", {"enrolment": enrolment}))
        found = self.gives("/api/enrol/finish", asked)
        return Device(
            self.world, person, key, found["token"], found["device"], found["me"],
            authenticator=authenticator, share=found.get("share"),
        )  # fmt: skip


def described(key: Any, form: str = "phone", **others: Any) -> dict[str, Any]:
    """A device as it describes itself."""
    public_key = base64.b64encode(public_point(key)).decode()
    return {"public_key": public_key, "name": "a device", "form": form, "capabilities": {"passkeys": True}} | others


def proof_of(number: int) -> str:
    """What a phone makes of a PIN."""
    return base64.b64encode(number.to_bytes(32, "big")).decode()


PROOF, OTHER_PROOF = proof_of(470113), proof_of(470114)


def code_of(answer: Response) -> str:
    """The code of the problem that an answer tells."""
    return str(answer.json()["errors"][0]["extensions"]["code"])


def new_door(folder: Path, **settings: Any) -> Door:
    """A centre that is served for real; its client is not yet open."""
    folder.mkdir(exist_ok=True)
    registered = folder / "operations.json"
    registered.write_text(json.dumps(REGISTERED), "utf-8")
    return Door(new_world(folder, **({"demo": False, "origin": ORIGIN, "operations": registered} | settings)))
