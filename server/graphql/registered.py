"""Which GraphQL texts a centre answers: those of the app, as `make generate` collects them, and those that its operator
registers for programs of the centre's own. The demo answers any text within the bounds.

Not here: the bounds (operation.py); questions that have a name (documents.py).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from server.settings import SettingError, Settings

LIST = Path(__file__).with_name("operations.json")

Answers = Callable[[str], bool]
"""Whether a text is answered at all."""


def answers_for(settings: Settings) -> Answers:
    """Any text in the demo, else the registered ones, byte for byte; raises SettingError for an unreadable list."""
    if settings.demo:
        return lambda text: True
    listed = json.loads(LIST.read_text("utf-8"))
    texts = frozenset((*listed["app"].values(), *listed["earlier"].values(), *_of_operator(settings.operations)))
    return texts.__contains__


def _of_operator(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SettingError("DOORSTEP_OPERATIONS", f"{path} cannot be read as JSON") from error
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise SettingError("DOORSTEP_OPERATIONS", f"{path} must be a list of GraphQL texts")
    return found
