"""What the server writes down about itself: one line of JSON for each request and each failure, and no personal data.

A line never holds what was sent: no address with its query, no body, no id of a person or record, no text of an error.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""Drawn here for each request, so that its line and the line of its failure can be laid side by side."""

log = logging.getLogger("doorstep")


class JsonLines(logging.Formatter):
    """A record as one line. Others' records give their pattern only: what they fill in may be what somebody sent."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
        }
        ours = getattr(record, "doorstep", None)
        told |= ours if ours is not None else {"event": "other", "from": record.name, "said": str(record.msg)[:200]}
        if record.exc_info and record.exc_info[1] is not None:
            told["error"] = error_places(record.exc_info[1])
        return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def start_logging(level: int) -> None:
    """Send every line of this process to its error output, as JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    log.setLevel(level)


def tell(level: int, event: str, **facts: Any) -> None:
    """Write one line about this process."""
    told = {"event": event, **facts}
    log.log(level, "%s", told, extra={"doorstep": told})


def error_places(error: BaseException) -> str:
    """Kinds and places of an error and of what caused it, never their words."""
    lines = []
    seen: BaseException | None = error
    while seen is not None:
        frames = traceback.extract_tb(seen.__traceback__)
        places = " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))
        lines.append(f"{type(seen).__module__}.{type(seen).__qualname__} at {places}")
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "; after ".join(lines)
