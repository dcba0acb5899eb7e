"""The save and its receipt: shape, canonical form, signature.

Not here: whether a save may join the log (admit.py), or what it does there (push.py).
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from schema.model import Problem
from sync import json_text, limits
from sync.store.store import can_keep

PublicKey: TypeAlias = ec.EllipticCurvePublicKey
PrivateKey: TypeAlias = ec.EllipticCurvePrivateKey

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MADE_AT = re.compile(r"[0-9]{13}-[0-9]{4}")
SAVE_KEY = re.compile(r"[0-9a-z]{1,7}")
INTEGERS = {
    "schema": (0, limits.INTEGER_MAX),
    "device_sequence": (0, limits.INTEGER_MAX),
    "client": (1, limits.CLIENT_MAX),
    "base": (0, limits.INTEGER_MAX),
}
MEMBERS = {"id", "record", "kind", "made_at", "scopes", "set", "replaces", "signature", *INTEGERS}
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_PAIRS = [one + other for one in _DIGITS for other in _DIGITS]
_PAIR = len(_PAIRS)

# Made once: it would be made anew for each save.
_SIGNATURE = ec.ECDSA(hashes.SHA256())
_PLAIN = frozenset((str, bool, type(None)))
# What has nothing in it that could be too deep or too long, apart from a text.
_FLAT = _PLAIN | {int}


@dataclass(frozen=True, slots=True)
class Save:
    """One action a person confirmed on one record, as the phone sealed it. Members: protocol section 4."""

    id: str
    record: str
    kind: str
    schema: int
    device_sequence: int
    client: int
    base: int
    made_at: str
    scopes: tuple[str, ...] | None
    set: Mapping[str, Any]
    replaces: Mapping[str, tuple[str, ...]]

    @property
    def key(self) -> str:
        """The save key: what the claims of this save are called in the record's document."""
        return save_key(self.client)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server's answer to one save: accepted (at a revision), held, retry or upgrade_required (with the problem)."""

    save: str
    status: str
    revision: int | None = None
    problem: Problem | None = None


def save_key(client: int) -> str:
    """Base36 of the client number, two digits at a time: it is asked for each record of a first sync."""
    high, low = divmod(client, _PAIR * _PAIR)
    digits = _PAIRS[high // _PAIR] + _PAIRS[high % _PAIR] + _PAIRS[low // _PAIR] + _PAIRS[low % _PAIR]
    return digits.lstrip("0") or "0"


def client_of(key: str) -> int:
    """The client number of a save key; 0, which no save has, for a key in another form than `save_key` gives."""
    client = int(key, 36)
    return client if save_key(client) == key else 0


def canonical(received: Mapping[str, Any]) -> bytes:
    """The bytes that are signed and logged: RFC 8785 JSON of the save without `signature` and without absent `scopes`.

    Raises ValueError for what has no canonical form: numbers that are not finite or not exact, half a surrogate pair.
    """
    signed = {name: received[name] for name in received if name != "signature"}
    if signed.get("scopes", 0) is None:
        del signed["scopes"]
    try:
        if _is_simple(signed):
            # What json writes is then the same, several times faster; a test holds the two against each other.
            return json_text.ordered_utf8(signed)
        return rfc8785.dumps(signed)
    except (rfc8785.CanonicalizationError, UnicodeError, RecursionError, TypeError) as error:
        raise ValueError("no canonical form") from error


def _is_simple(value: Any) -> bool:
    """Whether a value has only what json and RFC 8785 write alike: no fractions, exact integers, names in ASCII."""
    kind = type(value)
    if kind in _PLAIN:
        return True
    if kind is dict:
        for name, part in value.items():
            if type(name) is not str or not name.isascii():
                return False
            # Nearly every part is one of these: a call for each would take longer than all else said of it.
            of = type(part)
            is_number = of is int and -limits.INTEGER_MAX <= part <= limits.INTEGER_MAX
            if not (of in _PLAIN or is_number or _is_simple(part)):
                return False
        return True
    if kind is list:
        return all(map(_is_simple, value))
    return kind is int and abs(value) <= limits.INTEGER_MAX


def read_save(received: Any) -> tuple[Save, bytes] | Problem:
    """The save and its canonical bytes, or the first thing wrong with its shape or size (protocol, push step 3)."""
    if not isinstance(received, dict):
        return Problem("malformed")
    wrong = _wrong_member(received)
    if wrong is not None:
        return Problem("malformed", details={"member": wrong})
    values, replaces = received["set"], received["replaces"]
    if len(values) > limits.SAVE_FIELDS_MAX:
        return Problem("too_many_fields", details={"fields": len(values), "fields_max": limits.SAVE_FIELDS_MAX})
    for field_key, value in values.items():
        # Nearly every value is one of these, and short: a call for each would take longer than all else said of it.
        if type(value) in _FLAT and (type(value) is not str or len(value) <= limits.STRING_CHARACTERS_MAX):
            continue
        problem = _beyond(value, limits.VALUE_DEPTH_MAX)
        if problem is not None:
            return Problem(problem, field_key)
    try:
        signed = canonical(received)
    except ValueError:
        return Problem("malformed", details={"member": "set"})
    if len(signed) > limits.SAVE_BYTES_MAX:
        return Problem("save_too_large", details={"bytes": len(signed), "bytes_max": limits.SAVE_BYTES_MAX})
    scopes = received.get("scopes")
    return (
        Save(
            id=received["id"],
            record=received["record"],
            kind=received["kind"],
            schema=received["schema"],
            device_sequence=received["device_sequence"],
            client=received["client"],
            base=received["base"],
            made_at=received["made_at"],
            scopes=None if scopes is None else tuple(scopes),
            set=values,
            replaces={field_key: tuple(keys) for field_key, keys in replaces.items()},
        ),
        signed,
    )


def id_and_client(received: Any) -> tuple[str | None, str | None, int | None]:
    """Id, record and client number of anything received, each None where it is not in the right form."""
    members = received if isinstance(received, dict) else {}
    id, record, client = members.get("id"), members.get("record"), members.get("client")
    is_client = type(client) is int and 1 <= client <= limits.CLIENT_MAX
    return (
        id if isinstance(id, str) and ID.fullmatch(id) else None,
        record if isinstance(record, str) and ID.fullmatch(record) else None,
        client if is_client else None,
    )


def _wrong_member(received: dict[Any, Any]) -> str | None:
    if not received.keys() <= MEMBERS:
        return "an unknown member"
    for name, pattern in (("id", ID), ("record", ID), ("made_at", MADE_AT)):
        text = received.get(name)
        if not isinstance(text, str) or pattern.fullmatch(text) is None:
            return name
    kind = received.get("kind")
    if not isinstance(kind, str) or not 0 < len(kind) <= limits.FIELD_KEY_CHARACTERS_MAX:
        return "kind"
    for name, (least, most) in INTEGERS.items():
        number = received.get(name)
        if type(number) is not int or not least <= number <= most:
            return name
    signature = received.get("signature")
    if not isinstance(signature, str) or not can_keep(signature):
        return "signature"
    scopes = received.get("scopes")
    if scopes is not None and not _is_texts(scopes, limits.SCOPES_MAX, limits.SCOPE_CHARACTERS_MAX):
        return "scopes"
    values, replaces = received.get("set"), received.get("replaces")
    if not isinstance(values, dict) or not values:
        return "set"
    if not all(map(_is_field_key, values)):
        return "set"
    if not isinstance(replaces, dict) or (replaces and not all(_is_replaced(values, *one) for one in replaces.items())):
        return "replaces"
    return None


# Nearly all are among some hundred.
@lru_cache(maxsize=10_000)
def _is_field_key(name: Any) -> bool:
    return isinstance(name, str) and 0 < len(name) <= limits.FIELD_KEY_CHARACTERS_MAX and ":" not in name


def _is_replaced(values: dict[str, Any], field_key: Any, keys: Any) -> bool:
    # Deleting without writing is not allowed: clear-against-set would no longer show as a conflict.
    return (
        field_key in values
        and _is_texts(keys, limits.REPLACES_KEYS_MAX, 7)
        and all(SAVE_KEY.fullmatch(key) is not None for key in keys)
    )


def _is_texts(value: Any, entries_max: int, characters_max: int) -> bool:
    return (
        isinstance(value, list)
        and len(value) <= entries_max
        and all(isinstance(entry, str) and 0 < len(entry) <= characters_max for entry in value)
    )


def _beyond(value: Any, depth_left: int) -> str | None:
    """The code of the bound that a value breaks, if it breaks one."""
    if isinstance(value, str):
        return "text_too_long" if len(value) > limits.STRING_CHARACTERS_MAX else None
    if isinstance(value, dict):
        inner: list[Any] = list(value.values())
        if any(not isinstance(name, str) for name in value):
            return "malformed"
    elif isinstance(value, list):
        inner = value
    else:
        is_plain = value is None or isinstance(value, bool | int | float)
        return None if is_plain else "malformed"
    if depth_left == 0:
        return "too_deep"
    for part in inner:
        problem = _beyond(part, depth_left - 1)
        if problem is not None:
            return problem
    return None


def kept_text(received: Any) -> str:
    """Anything that was received, as text for the log; plain ASCII, so that half a surrogate pair is kept too."""
    try:
        return json.dumps(received, ensure_ascii=True, sort_keys=True)
    except (ValueError, TypeError, RecursionError):
        return json.dumps({"unreadable": type(received).__name__})


def read_public_key(raw_point: bytes) -> PublicKey:
    """A device's public key from the raw uncompressed point of 65 bytes; raises ValueError for anything else."""
    if len(raw_point) != 65:
        raise ValueError("a public key is an uncompressed P-256 point of 65 bytes")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw_point)


def is_signed(signed: bytes, signature: Any, public_key: PublicKey) -> bool:
    """Whether `signature` (base64 of 64 raw bytes r||s) is the device's signature over the canonical bytes."""
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError, TypeError):
        return False
    if len(raw) != 64:
        return False
    der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    try:
        public_key.verify(der, signed, _SIGNATURE)
    except InvalidSignature:
        return False
    return True


def new_private_key() -> PrivateKey:
    """A device key for writers without a browser: the import, the seed, scripts, tests."""
    return ec.generate_private_key(ec.SECP256R1())


def private_key_from(number: int) -> PrivateKey:
    """A device key that is always the same, for worlds that must come out the same from a seed."""
    return ec.derive_private_key(number, ec.SECP256R1())


def public_point(private_key: PrivateKey) -> bytes:
    """The raw uncompressed point of 65 bytes that the server knows the device by."""
    return private_key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def sealed(unsigned: Mapping[str, Any], private_key: PrivateKey) -> dict[str, Any]:
    """The save with its signature, ready to push."""
    return {**unsigned, "signature": signed_text(canonical(unsigned), private_key)}


def signed_text(signed: bytes, private_key: PrivateKey) -> str:
    """The signature of a device over some bytes: base64 of 64 raw bytes r||s."""
    r, s = utils.decode_dss_signature(private_key.sign(signed, _SIGNATURE))
    return base64.b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode("ascii")
