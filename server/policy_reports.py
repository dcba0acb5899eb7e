"""What browsers report when a page of ours tried what its content security policy forbids: counted by directive, and
never kept, because a report repeats addresses and pieces of a page.

Not here: the policy itself (headers.py).
"""

from __future__ import annotations

import json

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from schema.model import Problem
from server.errors import Refusal
from server.operations.metrics import Metrics

REPORTS_PATH = "/api/policy-reports"
REPORT_BYTES_MAX = 16 * 1024
# Of one request: a browser gathers a minute's.
REPORTS_MAX = 20
MEDIA_TYPES = ("application/csp-report", "application/reports+json")
# A closed list: a directive becomes a label of a measure.
DIRECTIVES = frozenset(
    (
        *("script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem", "style-src-attr"),
        *("img-src", "media-src", "font-src", "connect-src", "worker-src", "manifest-src", "frame-src", "object-src"),
        *("base-uri", "form-action", "frame-ancestors", "require-trusted-types-for", "trusted-types", "default-src"),
    )
)


async def take_reports(request: Request, metrics: Metrics) -> Response:
    """POST of a browser, in the old form or the new one; nobody need be signed in for a page to be attacked."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in MEDIA_TYPES:
        raise Refusal(Problem("unsupported_media"))
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > REPORT_BYTES_MAX:
                raise Refusal(Problem("request_too_large"))
    except ClientDisconnect as error:
        raise Refusal(Problem("damaged_request")) from error
    try:
        found = json.loads(bytes(body))
    except (ValueError, RecursionError) as error:
        raise Refusal(Problem("damaged_request")) from error
    for report in found[:REPORTS_MAX] if isinstance(found, list) else [found]:
        metrics.policy_was_breached(_directive(report))
    return Response(status_code=204)


def _directive(report: object) -> str:
    told = report if isinstance(report, dict) else {}
    inner = told.get("csp-report", told.get("body"))
    inner = inner if isinstance(inner, dict) else {}
    named = inner.get("effective-directive", inner.get("effectiveDirective", inner.get("violated-directive")))
    name = named.split(" ")[0] if isinstance(named, str) else ""
    return name if name in DIRECTIVES else "other"
