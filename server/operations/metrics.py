"""What this server measures about itself, in the form that Prometheus reads. The only owner of prometheus-client.

Labels are route templates, methods and statuses, all of them fixed lists: never a person, a record, or anything sent.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from sync import feed
from sync.epoch import backed_up, last_backup_at
from sync.held import open_count
from sync.log import tip_of
from sync.save import Receipt
from sync.store.store import Store

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10)
MEDIA_TYPE = CONTENT_TYPE_LATEST


@dataclass(frozen=True)
class StoreFacts:
    """How the store stands at one moment. backup_at: None where no backup was ever made."""

    entries: int
    revision: int
    backed_up: int
    backup_at: datetime | None
    held_open: int
    store_bytes: int = 0


def facts_of(store: Store) -> StoreFacts:
    """Read at one moment; of centres that are kept apart together, and of their backups the worst."""
    with store.snapshot():
        found = []
        for part in store.parts():
            store.bind(part)
            found.append(
                StoreFacts(
                    tip_of(store).position, feed.head(store), backed_up(store), last_backup_at(store), open_count(store)
                )
            )
        made = [facts.backup_at for facts in found if facts.backup_at is not None]
        return StoreFacts(
            entries=sum(facts.entries for facts in found),
            revision=sum(facts.revision for facts in found),
            backed_up=sum(facts.backed_up for facts in found),
            backup_at=min(made) if made and len(made) == len(found) else None,
            held_open=sum(facts.held_open for facts in found),
            store_bytes=store.size_bytes(),
        )


class Metrics:
    """The counters of one server process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = self._counter("requests", "Requests answered", ("route", "method", "status"))
        self._request_seconds = self._histogram("request_seconds", "Time until an answer was complete", ("route",))
        self._pushes = self._counter("pushes", "Pushes judged")
        self._saves = self._counter("saves", "Saves by the status of their receipt", ("status",))
        self._ahead = self._counter("saves_base_ahead", "Saves that know more than this store: an older copy lies here")
        self._push_seconds = self._histogram("push_seconds", "Time to judge and commit a push")
        self._pages = self._counter("pull_pages", "Pages pulled")
        self._page_seconds = self._histogram("pull_seconds", "Time to make a page")
        self._full = self._counter("disk_full", "Writes refused because the disk is full")
        self._breaches = self._counter("policy_breaches", "What pages tried against their policy", ("directive",))
        gauges = {
            "log_entries": "Position of the last entry of the log",
            "revision": "Last revision given out",
            "backed_up_revision": "Revision up to which a verified backup lies away from this disk",
            "backup_age_seconds": "Age of the last verified backup; -1 for none",
            "held_open": "Held saves that nobody has dealt with",
            "store_bytes": "Size of the database and its journal",
            "disk_free_bytes": "Free space of the disk of the database",
        }
        self._gauges = {
            name: Gauge(f"doorstep_{name}", words, registry=self._registry) for name, words in gauges.items()
        }

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        self._requests.labels(route, method, str(status)).inc()
        self._request_seconds.labels(route).observe(seconds)

    def push_timed(self) -> AbstractContextManager[object]:
        """Measure a push."""
        return self._push_seconds.time()

    def pushed(self, receipts: Iterable[Receipt]) -> None:
        """Count one push and its receipts."""
        self._pushes.inc()
        for receipt in receipts:
            self._saves.labels(receipt.status).inc()
            if receipt.problem is not None and receipt.problem.code == "base_ahead":
                self._ahead.inc()

    def pull_timed(self) -> AbstractContextManager[object]:
        """Measure and count a page."""
        self._pages.inc()
        return self._page_seconds.time()

    def disk_was_full(self) -> None:
        """Count a write that was refused."""
        self._full.inc()

    def policy_was_breached(self, directive: str) -> None:
        """Count one report of a browser; `directive` is of a closed list."""
        self._breaches.labels(directive).inc()

    def text(self, facts: StoreFacts, folder: Path, now: datetime) -> bytes:
        """Everything measured, with the store as it stands now."""
        age = -1 if facts.backup_at is None else (now - facts.backup_at).total_seconds()
        values = {
            "log_entries": facts.entries,
            "revision": facts.revision,
            "backed_up_revision": facts.backed_up,
            "backup_age_seconds": age,
            "held_open": facts.held_open,
            "store_bytes": facts.store_bytes,
            "disk_free_bytes": shutil.disk_usage(folder).free,
        }
        for name, value in values.items():
            self._gauges[name].set(value)
        return generate_latest(self._registry)

    def _counter(self, name: str, words: str, labels: tuple[str, ...] = ()) -> Counter:
        return Counter(f"doorstep_{name}", words, labels, registry=self._registry)

    def _histogram(self, name: str, words: str, labels: tuple[str, ...] = ()) -> Histogram:
        return Histogram(f"doorstep_{name}", words, labels, buckets=SECONDS, registry=self._registry)
