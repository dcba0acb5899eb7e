"""Who asks one question, and all that an answer may depend on: the person, the instant, the declarations, the store.
How a request proves who asks is in sessions.py; what the person may do is judged in `schema` and `sync`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from schema.access import Context
from schema.model import Person, Schema
from server.operations.metrics import Metrics
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
    names: dict[str, str] = field(default_factory=dict)
