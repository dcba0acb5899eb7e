"""The body of an answer as it travels: packed where that makes it smaller. Not here: what it says."""

from __future__ import annotations

import zlib

from sync.store.compression import for_the_way

# Below this a packet is a packet.
PACKED_FROM = 200
# Of 9. A page of records takes most of its time here; higher levels save a twentieth of its bytes for twice the time.
LEVEL = 4
_AS_GZIP = zlib.MAX_WBITS | 16
# A page of records goes to whoever can read it as zstandard: a third of the work, and a tenth fewer bytes. Of a short
# answer it would save neither.
LONG_BYTES = 8 * 1024


def travelling(body: bytes, accepted: str) -> tuple[bytes, dict[str, str]]:
    """The bytes to send and the headers that say how they are packed.

    accepted  the header Accept-Encoding of the request
    To be called in a thread: a page takes milliseconds.
    """
    if len(body) >= LONG_BYTES and "zstd" in accepted:
        return for_the_way(body), {"content-encoding": "zstd"}
    if len(body) < PACKED_FROM or "gzip" not in accepted:
        return body, {}
    packed = zlib.compress(body, LEVEL, wbits=_AS_GZIP)
    return (packed, {"content-encoding": "gzip"}) if len(packed) < len(body) else (body, {})
