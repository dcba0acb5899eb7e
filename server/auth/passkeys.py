"""Passkeys: what one is asked to sign, and whether it did. The only user of the webauthn library.

Not here: whose passkey it is, and what signing in with it gives. Source: W3C Web Authentication level 3, 7.1 and 7.2.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from schema.model import Problem
from server.auth.challenges import as_text, from_text
from server.errors import Refusal
from server.settings import Settings

TIMEOUT_MILLISECONDS = 120_000
# What an authenticator sends is a few hundred bytes; nobody needs more.
PART_CHARACTERS_MAX = 16 * 1024
_RP_BYTES, _FLAGS_AT, _COUNTER_AT, _LEAST_BYTES = 32, 32, 33, 37
_VERIFIED = 0x04


@dataclass(frozen=True)
class Made:
    """A new passkey. id: base64url, as the browser names it; public_key: in COSE; counter: of its uses so far."""

    id: str
    public_key: bytes
    counter: int


def creation_options(
    settings: Settings, challenge: bytes, handle: bytes, name: str, known: Sequence[str]
) -> dict[str, Any]:
    """What a browser needs to make a passkey; `known` are those of the person, which need not be made twice."""
    return {
        "rp": {"id": _rp_id(settings), "name": "Doorstep"},
        "user": {"id": as_text(handle), "name": name, "displayName": name},
        "challenge": as_text(challenge),
        "pubKeyCredParams": [{"type": "public-key", "alg": algorithm} for algorithm in (-8, -7, -257)],
        "timeout": TIMEOUT_MILLISECONDS,
        "excludeCredentials": [{"type": "public-key", "id": id} for id in known],
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "attestation": "none",
        "extensions": {"prf": {}},
    }


def request_options(settings: Settings, challenge: bytes, known: Sequence[str] = ()) -> dict[str, Any]:
    """What a browser needs to use a passkey: any of this place, or one of those named."""
    return {
        "challenge": as_text(challenge),
        "timeout": TIMEOUT_MILLISECONDS,
        "rpId": _rp_id(settings),
        "allowCredentials": [{"type": "public-key", "id": id} for id in known],
        "userVerification": "required",
    }


def read_made(settings: Settings, credential: object, challenge: bytes) -> Made:
    """The new passkey of an answer to `creation_options`; raises Refusal with what is wrong."""
    # Here and not above: the library takes longer to load than the rest of the server, and most starts need none of it.
    from webauthn import verify_registration_response
    from webauthn.helpers import parse_attestation_object
    from webauthn.helpers.exceptions import WebAuthnException

    sent = _read(credential, "attestationObject")
    try:
        authenticator = parse_attestation_object(from_text(sent["response"]["attestationObject"])).auth_data
        flags, rp_hash = authenticator.flags, authenticator.rp_id_hash
    except (WebAuthnException, ValueError, KeyError, TypeError, IndexError) as error:
        raise Refusal(Problem("passkey_damaged")) from error
    _check(settings, sent, "webauthn.create", challenge, rp_hash, flags.uv)
    try:
        found = verify_registration_response(
            credential=sent,
            expected_challenge=challenge,
            expected_rp_id=_rp_id(settings),
            expected_origin=settings.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, IndexError) as error:
        raise Refusal(Problem("passkey_damaged")) from error
    return Made(as_text(found.credential_id), found.credential_public_key, found.sign_count)


def id_of(credential: object) -> str:
    """The id that an answer names, before anything of it is believed; raises Refusal passkey_damaged."""
    return str(_read(credential, "signature")["id"])


def challenge_of(credential: object) -> bytes:
    """The challenge that an answer says it signed; nothing where it says none."""
    return from_text(_client_data(_read(credential, "signature")).get("challenge"))


def read_used(settings: Settings, credential: object, challenge: bytes, public_key: bytes, counter: int) -> int:
    """The new counter of a passkey that signed a challenge; raises Refusal with what is wrong.

    counter  as it was; one that does not rise tells of a copy, unless the authenticator counts nothing at all
    """
    from webauthn import verify_authentication_response
    from webauthn.helpers.exceptions import WebAuthnException

    sent = _read(credential, "signature")
    data = from_text(sent["response"].get("authenticatorData"))
    if len(data) < _LEAST_BYTES:
        raise Refusal(Problem("passkey_damaged"))
    _check(settings, sent, "webauthn.get", challenge, data[:_RP_BYTES], bool(data[_FLAGS_AT] & _VERIFIED))
    said = int.from_bytes(data[_COUNTER_AT:_LEAST_BYTES], "big")
    try:
        # The library is not given our counter, so that a wrong signature is told apart from a counter that stands.
        verify_authentication_response(
            credential=sent,
            expected_challenge=challenge,
            expected_rp_id=_rp_id(settings),
            expected_origin=settings.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, IndexError) as error:
        raise Refusal(Problem("passkey_unknown")) from error
    if (said or counter) and said <= counter:
        raise Refusal(Problem("passkey_copied"))
    return said


def _rp_id(settings: Settings) -> str:
    return urlsplit(settings.origin).hostname or ""


def _read(credential: object, part: str) -> dict[str, Any]:
    """The answer as far as its shape goes; nothing in it is believed yet."""
    if not isinstance(credential, dict) or not isinstance(credential.get("response"), dict):
        raise Refusal(Problem("passkey_damaged"))
    response, id = credential["response"], credential.get("id")
    texts = [id, response.get("clientDataJSON"), response.get(part)]
    if not all(isinstance(text, str) and 0 < len(text) <= PART_CHARACTERS_MAX and text.isascii() for text in texts):
        raise Refusal(Problem("passkey_damaged"))
    kept = {name: text for name, text in response.items() if isinstance(text, str) and len(text) <= PART_CHARACTERS_MAX}
    # What a browser says besides is not needed, and may be what opens the phone.
    return {"id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {}, "response": kept}


def _client_data(sent: Mapping[str, Any]) -> dict[str, Any]:
    try:
        found = json.loads(from_text(sent["response"]["clientDataJSON"]))
    except (ValueError, RecursionError) as error:
        raise Refusal(Problem("passkey_damaged")) from error
    if not isinstance(found, dict):
        raise Refusal(Problem("passkey_damaged"))
    return found


def _check(
    settings: Settings, sent: Mapping[str, Any], what: str, challenge: bytes, rp_hash: bytes, is_verified: bool
) -> None:
    """Raises Refusal with the first thing that is not as it must be, each with its own code."""
    said = _client_data(sent)
    if said.get("type") != what:
        raise Refusal(Problem("passkey_damaged"))
    is_here = said.get("origin") == settings.origin and said.get("crossOrigin", False) is False
    if not is_here or rp_hash != hashlib.sha256(_rp_id(settings).encode()).digest():
        raise Refusal(Problem("passkey_wrong_place"))
    if not challenge or from_text(said.get("challenge")) != challenge:
        raise Refusal(Problem("passkey_challenge"))
    if not is_verified:
        raise Refusal(Problem("passkey_not_verified"))
