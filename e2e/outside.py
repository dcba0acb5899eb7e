"""A client of the demo that is no browser: it signs in as a person and pushes what it likes, under a true signature.

Not here: what a browser makes of it (the tests). docs/api.md explains each step.
"""

from __future__ import annotations

import base64
import json
import secrets
import time
import urllib.request
import uuid
from typing import Any

import rfc8785
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from e2e.centre import ROOT, Centre

DECLARED = [ROOT / "pwa" / "src" / "generated" / name for name in ("schema.json", "further_kinds.json")]
KINDS = {name: kind for file in DECLARED for name, kind in json.loads(file.read_text("utf-8"))["kinds"].items()}
VERSIONS = {name: kind["version"] for name, kind in KINDS.items()}
PUSH = """mutation ($saves: [SaveInput!]!, $sent_at: String) { push(saves: $saves, sent_at: $sent_at) {
  receipts { status problem { code field } } } }"""
WAITING = """query ($kinds: [String!]) { review_list(tab: waiting, kinds: $kinds, first: 200) {
  items { record revision } } }"""
DECIDE = "mutation ($decisions: [DecisionInput!]!) { decide(decisions: $decisions) { record problem { code } } }"


class Device:
    """One device of one person at a centre."""

    def __init__(self, centre: Centre, person: str) -> None:
        self._address = f"http://localhost:{centre.port}"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._sequence = 0
        self.last_key = ""
        """What the claims of its last save are called."""
        point = self._key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        device = {"public_key": base64.b64encode(point).decode(), "name": "a script"}
        self._token = str(self._post("/api/session", {"person": person, "device": device})["token"])

    def writes(
        self,
        kind: str,
        values: dict[str, Any],
        record: str | None = None,
        replaces: dict[str, list[str]] | None = None,
        sent_at: str | None = None,
    ) -> str:
        """Push a new record, or more of a known one as if nothing in it had been seen; it must be accepted. Its id.

        replaces  {field: claims that it takes the place of}
        sent_at   what the device's clock says
        """
        record = record or _new_id()
        self._sequence += 1
        save: dict[str, Any] = {
            "id": _new_id(),
            "record": record,
            "kind": kind,
            "schema": VERSIONS[kind],
            "device_sequence": self._sequence,
            "client": secrets.randbelow(2**32 - 1) + 1,
            "base": 0,
            "made_at": f"{int(time.time() * 1000):013d}-0000",
            "set": values,
            "replaces": replaces or {},
        }
        self.last_key = _base36(save["client"])
        r, s = utils.decode_dss_signature(self._key.sign(rfc8785.dumps(save), ec.ECDSA(hashes.SHA256())))
        save["signature"] = base64.b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()
        (receipt,) = self.asks(PUSH, saves=[save], sent_at=sent_at)["push"]["receipts"]
        assert receipt["status"] == "accepted", receipt
        return record

    def waiting(self, kind: str) -> dict[str, int]:
        """The revision of every record of a kind that waits for this person."""
        items = self.asks(WAITING, kinds=[kind])["review_list"]["items"]
        return {item["record"]: item["revision"] for item in items}

    def decides(self, verdict: str, records: dict[str, int], sentence: str | None = None) -> None:
        """One verdict on records at their revisions; each must be taken."""
        about = {"verdict": verdict, "sentence": sentence}
        decisions = [{"id": _new_id(), "record": one, "revision": at, **about} for one, at in records.items()]
        answers = self.asks(DECIDE, decisions=decisions)["decide"] if decisions else []
        assert not [answer for answer in answers if answer["problem"]], answers

    def asks(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        found: dict[str, Any] = self._post("/graphql", {"query": query, "variables": variables})
        assert "errors" not in found, found
        data: dict[str, Any] = found["data"]
        return data

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        headers = {"content-type": "application/json"}
        if path != "/api/session":
            headers["authorization"] = f"Bearer {self._token}"
        asked = urllib.request.Request(self._address + path, json.dumps(body).encode(), headers)  # noqa: S310
        with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
            found: dict[str, Any] = json.load(answer)
        return found


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


def _new_id() -> str:
    number = int(time.time() * 1000) << 80 | secrets.randbits(80)
    return str(uuid.UUID(int=number & ~(0xF << 76) | 7 << 76 & ~(3 << 62) | 2 << 62))
