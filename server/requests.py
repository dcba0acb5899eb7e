"""What every request must be before anyone looks at what it asks: from our own pages, of bounded size, whole, JSON.
Who asks is found in `auth`; what is asked is judged behind it.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from typing import Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, HTTPConnection, Request

from schema.model import Problem
from server.errors import Refusal
from server.settings import Settings
from sync import json_text

# The largest request, as it comes and after inflating; a push of the full 256 KiB fits several times over.
REQUEST_BYTES_MAX = 2 * 1024 * 1024
# Up to here a request is read faster than a thread begins to.
SMALL_BYTES = 4 * 1024


def check_origin(request: HTTPConnection, settings: Settings, reads: bool) -> None:
    """Refuse what another site's page could have caused, or what came under a name that is not ours.

    A foreign page can make a browser send our cookie's owner here, or point a name of its own at this address;
    the browser tells both in headers that pages cannot forge. A client that is no browser sends none of them.

    reads  a plain GET, whose answer the browser keeps from a foreign page by itself; a socket is none
    """
    host = request.headers.get("host", "")
    if host_name(request) not in settings.hosts:
        raise Refusal(Problem("wrong_origin"))
    if reads:
        return
    site = request.headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        raise Refusal(Problem("wrong_origin"))
    if settings.demo and site == "same-origin":
        # The page may have come through a development server that put its own name in place of the browser's.
        return
    origin = request.headers.get("origin")
    if not settings.demo and origin is None and site is None and "cookie" in request.headers:
        # A cookie is sent by browsers, and every browser says where such a request comes from.
        raise Refusal(Problem("wrong_origin"))
    if origin is not None and origin != (f"http://{host}" if settings.demo else settings.origin):
        raise Refusal(Problem("wrong_origin"))


def host_name(request: HTTPConnection) -> str | None:
    """The name under which the request came, without a port; None for what is no name."""
    try:
        return urlsplit(f"//{request.headers.get('host', '')}").hostname
    except ValueError:
        return None


async def read_object(request: Request) -> dict[str, Any]:
    """The JSON object of the body; raises Refusal unsupported_media, request_too_large or damaged_request."""
    return (await read_signed(request))[0]


async def read_signed(request: Request) -> tuple[dict[str, Any], bytes]:
    """As `read_object`, with the text that the object was read from, which is what a device signs."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal(Problem("unsupported_media"))
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise Refusal(Problem("unsupported_media"))
    body = await _body(request)
    if encoding == "identity" and len(body) <= SMALL_BYTES:
        found, text = _parse(body, False)
    else:
        found, text = await run_in_threadpool(_parse, body, encoding == "gzip")
    if not isinstance(found, dict):
        raise Refusal(Problem("damaged_request"))
    return found, text


def read_bytes(text: object, member: str) -> bytes:
    """The bytes of a member that must be base64; raises Refusal damaged_request that names it."""
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError) as error:
        raise Refusal(Problem("damaged_request", member)) from error


async def _body(request: Request) -> bytes:
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length) > REQUEST_BYTES_MAX:
        raise Refusal(Problem("request_too_large"))
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > REQUEST_BYTES_MAX:
                raise Refusal(Problem("request_too_large"))
    except ClientDisconnect as error:
        raise Refusal(Problem("damaged_request")) from error
    return bytes(body)


def _parse(body: bytes, packed: bool) -> tuple[object, bytes]:
    if packed:
        body = _inflate(body)
    try:
        return json_text.read(body), body
    except ValueError:
        # Half an emoji, cut by a phone's keyboard, is no UTF-8, but JSON can name it.
        return _parse_slowly(body), body


def _parse_slowly(body: bytes) -> object:
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Refusal(Problem("damaged_request")) from error


def _inflate(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        whole = unpacker.decompress(body, REQUEST_BYTES_MAX + 1)
    except zlib.error as error:
        raise Refusal(Problem("damaged_request")) from error
    if len(whole) > REQUEST_BYTES_MAX:
        raise Refusal(Problem("request_too_large"))
    if not unpacker.eof or unpacker.unused_data:
        raise Refusal(Problem("damaged_request"))
    return whole


def _refuse_constant(name: str) -> object:
    # NaN and Infinity are no JSON; Python would take them and no other part could write them again.
    raise ValueError(name)
