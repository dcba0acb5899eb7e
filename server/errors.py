"""Problems and unexpected errors as one JSON shape, for plain addresses and GraphQL alike. Codes and words are declared
in `schema/problems.toml`; nothing here repeats a value that was sent, neither in an answer nor in the log.

    {"errors": [{"message": "<words>", "extensions": {"code", "field", "details", "words_zh", "words_en",
                                                      "next_step_zh", "next_step_en", "next_step"}}]}
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from schema.model import Problem, Schema
from schema.words import problem_words
from server.operations.logs import REQUEST_ID, error_places, tell
from sync.store.faults import Fault, fault_of


class Refusal(Exception):
    """Ends a request with a problem that its sender, or its sender's developer, can mend.

    Its text is the code alone, so that a log line can never carry a value.
    """

    def __init__(self, problem: Problem, http: int | None = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(problem.code)
        self.problem = problem
        self.http = http
        self.headers = headers


@dataclass(frozen=True)
class Told:
    """A problem as it is told: every member of the one shape, in both languages."""

    code: str
    field: str | None
    details: dict[str, Any] | None
    words_zh: str
    words_en: str
    next_step_zh: str
    next_step_en: str
    next_step: str


def told(schema: Schema, problem: Problem, kind: str | None = None) -> Told:
    """The problem in words; `kind` gives its field the label people know it by."""
    words_zh, next_zh = problem_words(problem, "zh", _label(schema, problem, kind, "zh"))
    words_en, next_en = problem_words(problem, "en", _label(schema, problem, kind, "en"))
    details = dict(problem.details) or None
    return Told(problem.code, problem.field, details, words_zh, words_en, next_zh, next_en, next_zh)


def error_of(schema: Schema, problem: Problem) -> dict[str, Any]:
    """One member of `errors`."""
    found = told(schema, problem)
    return {"message": found.words_zh, "extensions": vars(found)}


def status_of(schema: Schema, problem: Problem) -> int:
    """The HTTP status of a request that ends with this problem."""
    return schema.problems[problem.code].http or 400


def headers_of(schema: Schema, problem: Problem) -> dict[str, str]:
    """What the answer says besides the problem: when to ask again, where waiting is all there is to do."""
    seconds = schema.problems[problem.code].retry_after_seconds
    return {} if seconds is None else {"retry-after": str(seconds)}


def answer(
    schema: Schema, problem: Problem, http: int | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """The whole answer to a request that ends with this problem."""
    body = json.dumps({"errors": [error_of(schema, problem)]}, ensure_ascii=False)
    said = headers_of(schema, problem) | dict(headers or {})
    return Response(body, http or status_of(schema, problem), said, "application/json")


def log_failure(error: BaseException) -> None:
    """Tell the operator where something failed: the kinds of error and the places, never their words."""
    tell(logging.ERROR, "failure", id=REQUEST_ID.get(), error=error_places(error))


# What the store's disk does that passes by itself, or once somebody has made room; all else is a failure.
PASSING = {Fault.full: "store_full", Fault.busy: "busy"}


def problem_of_failure(error: BaseException | None) -> Problem:
    """What is answered when something failed that no sender can mend."""
    fault = fault_of(error)
    return Problem(PASSING.get(fault, "failed") if fault else "failed")


def _label(schema: Schema, problem: Problem, kind: str | None, language: str) -> str:
    declared = schema.kinds.get(kind or "")
    field = declared.field_of(problem.field) if declared and problem.field else None
    if field is None:
        return "这一项" if language == "zh" else "This item"
    return field.words.in_language(language)
