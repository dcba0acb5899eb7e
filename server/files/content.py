"""What a file is, judged by its content alone, and what is kept of it: pictures are written anew from their pixels.

Not here: where it is kept (store.py). Nothing that was sent beside the pixels survives: no place, no camera, no
comment, no second file behind the first.
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass

from PIL import Image, ImageOps

from schema.files import SIDE_PIXELS_MAX
from schema.model import Problem
from server.files import limits

PICTURES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
NOT_READABLE = Problem("file_not_readable")
# What the decoders raise for a file that is cut off, or that is something else behind a true first page.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)
# A position in the notes of an MP4 recording; sounds are kept as they came, so such a one is refused.
_PLACES = (b"\xa9xyz", b"loci")


@dataclass(frozen=True)
class Kept:
    """What is kept of a file: its type by content, its bytes, and a small picture of it where it is one."""

    type: str
    content: bytes
    thumbnail: bytes | None


def kept_of(content: bytes, media: str) -> Kept | Problem:
    """What is kept of a file that a field calls photo, signature, scan or voice; or why it is not taken."""
    return _sound(content) if media == "voice" else _picture(content)


def thumbnail_of(content: bytes) -> bytes:
    """A small picture of a kept one, as a JPEG."""
    return _thumbnail(Image.open(io.BytesIO(content)))


def _picture(content: bytes) -> Kept | Problem:
    try:
        # Only the head is read here; the size is judged before a single pixel is made.
        picture = Image.open(io.BytesIO(content), formats=["JPEG", "PNG", "WEBP"])
        width, height = picture.size
        if max(width, height) > SIDE_PIXELS_MAX or width * height > limits.PIXELS_MAX:
            return Problem("file_too_many_pixels")
        picture.load()
        turned = ImageOps.exif_transpose(picture)
        whole = _written(picture, turned)
        return Kept(whole[0], whole[1], _thumbnail(turned))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return Problem("file_too_many_pixels")
    except _BROKEN:
        return NOT_READABLE


def _written(picture: Image.Image, turned: Image.Image) -> tuple[str, bytes]:
    type_ = PICTURES[str(picture.format)]
    out = io.BytesIO()
    is_turned = picture.getexif().get(0x0112, 1) != 1
    for image in (picture, turned):
        # Encoders would write these again: the comment, the text, the colour profile, the notes of the camera.
        image.info.clear()
    if type_ == "image/jpeg":
        if picture.format == "JPEG" and not is_turned:
            # The same steps of brightness as it came with: nothing of the picture is lost a second time.
            picture.save(out, "JPEG", quality="keep", exif=b"")
        else:
            turned.convert("RGB").save(out, "JPEG", quality=82, exif=b"")
    else:
        has_alpha = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
        plain = turned.convert("RGBA" if has_alpha or turned.mode == "P" else "RGB")
        plain.info.clear()
        if type_ == "image/png":
            plain.save(out, "PNG", optimize=True, exif=b"")
        else:
            plain.save(out, "WEBP", quality=82, exif=b"", icc_profile=b"", xmp=b"")
    return type_, out.getvalue()


def _thumbnail(picture: Image.Image) -> bytes:
    small = picture.convert("RGBA")
    small.thumbnail((limits.THUMBNAIL_PIXELS, limits.THUMBNAIL_PIXELS))
    # A signature is dark lines on nothing.
    paper = Image.new("RGB", small.size, "white")
    paper.paste(small, mask=small.getchannel("A"))
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=75)
    return out.getvalue()


def _sound(content: bytes) -> Kept | Problem:
    type_ = _sound_type(content[:64])
    if type_ is None or any(place in content for place in _PLACES):
        return NOT_READABLE
    return Kept(type_, content, None)


def _sound_type(head: bytes) -> str | None:
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head:
        return "audio/webm"
    if head.startswith(b"OggS"):
        return "audio/ogg"
    if head[4:8] == b"ftyp":
        return "audio/mp4"
    return None
