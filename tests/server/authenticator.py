"""An authenticator in software: it makes passkeys (ES256, no attestation) and signs with them, right or as it is told.

Not here: what the server says to it.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(given: str) -> bytes:
    return urlsafe_b64decode(given + "=" * (-len(given) % 4))


@dataclass
class Authenticator:
    """One authenticator with one passkey at most.

    origin       of the page that asks, as the browser says it
    rp           the place it signs for, where that is not what it was asked for
    is_verified  whether it made sure who is there
    counter      of its uses; 0 for one that does not count
    """

    origin: str
    rp: str | None = None
    is_verified: bool = True
    counter: int = 0
    id: bytes = field(default_factory=lambda: os.urandom(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    handle: bytes = b""

    def creates(self, options: dict[str, Any]) -> dict[str, Any]:
        """A new passkey, as the browser gives it."""
        self.handle = raw(options["user"]["id"])
        point = self.key.public_key().public_numbers()
        public_key = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})
        about = bytes(16) + struct.pack(">H", len(self.id)) + self.id + public_key
        data = self._data(options["rp"]["id"], ATTESTED) + about
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        said = {"clientDataJSON": self._said("webauthn.create", options), "attestationObject": text(attestation)}
        return self._credential(said)

    def signs(self, options: dict[str, Any]) -> dict[str, Any]:
        """An answer to a challenge, as the browser gives it."""
        said = self._said("webauthn.get", options)
        data = self._data(options["rpId"], 0)
        signature = self.key.sign(data + hashlib.sha256(raw(said)).digest(), ec.ECDSA(hashes.SHA256()))
        return self._credential(
            {
                "clientDataJSON": said,
                "authenticatorData": text(data),
                "signature": text(signature),
                "userHandle": text(self.handle),
            }
        )

    def _data(self, rp: str, flags: int) -> bytes:
        flags |= PRESENT | (VERIFIED if self.is_verified else 0)
        place = hashlib.sha256((self.rp or rp).encode()).digest()
        return place + bytes([flags]) + struct.pack(">I", self.counter)

    def _said(self, what: str, options: dict[str, Any]) -> str:
        said = {"type": what, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": False}
        return text(json.dumps(said).encode())

    def _credential(self, response: dict[str, str]) -> dict[str, Any]:
        id = text(self.id)
        return {"id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {}, "response": response}
