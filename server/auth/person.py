"""Who asks one question, and all that an answer may depend on: the person, the instant, the declarations, the store.
How a request proves who asks is in sessions.py; what the person may do is judged in `schema` and `sync`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from schema.access import Context
from schema.model import Person, Schema
from server.auth.keys import Keys
from server.operations.metrics import Metrics
from sync.audit import Trace, note_all
from sync.store.store import Store


@dataclass(frozen=True)
class Asking:
    """Given to every resolver. Lives for one request, in the thread of its store.

    context  of the device: how it was let in, and when its person last proved to be there
    """

    person: Person
    now: datetime
    context: Context
    schema: Schema
    store: Store
    metrics: Metrics
    keys: Keys
    names: dict[str, str] = field(default_factory=dict)
    traces: list[Trace] = field(default_factory=list)

    def saw(self, action: str, **members: Any) -> None:
        """Note what this answer will show, to be written down before it is sent (server/traces.py)."""
        self.traces.append(self.trace(action, **members))

    def notes(self, action: str, **members: Any) -> None:
        """Note what is done, in the transaction that does it; only where the store may be written."""
        note_all(self.store, [self.trace(action, **members)])

    def trace(self, action: str, **members: Any) -> Trace:
        """Something this person does from this device, now; the members are those of a trace."""
        return Trace(action, self.person.person, self.person.device, self.person.centre, self.now, **members)
