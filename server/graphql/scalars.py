"""Values with a form of their own: JSON, bytes, and a save as it was signed. Types of records are in types.py."""

from __future__ import annotations

import base64
import binascii
from typing import Any, NewType

import strawberry
from graphql import ValueNode
from strawberry.types.scalar import ScalarDefinition

JSON = NewType("JSON", object)
Bytes = NewType("Bytes", bytes)
SaveInput = NewType("SaveInput", object)


SAVE_SHAPE = """One save, a JSON object given as a variable:
{id, record: UUIDv7; kind: string; schema, device_sequence, client, base: integer;
made_at: "<13-digit ms>-<4-digit counter>"; scopes: [id], on the first save of a record only;
set: {field key: value}; replaces: {field key: [save keys]};
signature: base64 of the 64 bytes r‖s, ECDSA P-256 SHA-256 over the RFC 8785 canonical JSON of all the above}.
It is one scalar and not an input type so that it is judged and kept exactly as it was signed, and so that one save in a
wrong form is answered by its own receipt while the others of the same push go through."""


def _base64(value: Any) -> str:
    return base64.b64encode(value).decode("ascii")


def _bytes(value: Any) -> Bytes:
    try:
        return Bytes(base64.b64decode(value, validate=True))
    except (TypeError, ValueError, binascii.Error) as error:
        raise ValueError("not base64") from error


def _same(value: Any) -> Any:
    return value


def _object(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _only_as_variable(node: ValueNode, variables: dict[str, Any] | None = None) -> Any:
    raise ValueError("give it as a variable")


SCALARS: dict[object, ScalarDefinition] = {
    JSON: strawberry.scalar(name="JSON", description="Any JSON value.", serialize=_same, parse_value=_same),
    Bytes: strawberry.scalar(name="Bytes", description="Bytes in base64.", serialize=_base64, parse_value=_bytes),
    SaveInput: strawberry.scalar(
        name="SaveInput",
        description=SAVE_SHAPE,
        serialize=_same,
        parse_value=_object,
        parse_literal=_only_as_variable,
    ),
}
