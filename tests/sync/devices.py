"""The phones of the simulation: as those of tests/centre.py, and they outlive a restored server and their own backups.

Not here: what their people do (work.py) and what the network does to them (simulation.py).
"""

from collections.abc import Iterable
from typing import Any

from schema.model import Problem
from sync.pull import Page, pull
from sync.save import Receipt
from tests.centre import Centre, Phone, Written

# Not yet judged: the phone sends it again by itself.
RETRIED = ("unknown_record", "unknown_replaces", "schema_newer", "base_ahead")


class LastingPhone(Phone):
    """A phone that keeps what it sent until the centre has it in a backup, and knows a restored centre.

    kept     accepted and held saves that no backup of the centre has yet, by id
    answers  the last answer to each save that waits
    """

    def __init__(self, *parts: Any) -> None:
        super().__init__(*parts)
        self.kept: dict[str, Written] = {}
        self.answers: dict[str, Receipt] = {}
        self.epoch: str | None = None

    def waiting(self) -> list[Written]:
        """What is still to be sent, oldest first."""
        return [written for written in self.outbox if written.id not in self.receipts]

    def hears(self, receipts: Iterable[Receipt]) -> None:
        several = list(receipts)
        known = {written.id: written for written in self.outbox}
        for receipt in several:
            self.answers[receipt.save] = receipt
            if receipt.status in ("accepted", "held") and receipt.save in known:
                self.kept[receipt.save] = known[receipt.save]
        super().hears(several)

    def asks(self, bytes_max: int | None = None) -> Page:
        """The next page; a centre that is another, or is older than this phone, is read from the start."""
        page = self._page(bytes_max)
        if isinstance(page, Problem) or self.epoch not in (None, page.epoch):
            self.starts_again()
            page = self._page(bytes_max)
            assert isinstance(page, Page), page
        self.epoch = page.epoch
        return page

    def _page(self, bytes_max: int | None) -> Page | Problem:
        centre = self.centre
        return pull(centre.store, centre.schema, self.me(), self.cursors, bytes_max, centre.now, self.mark)

    def keeps(self, page: Page) -> None:
        super().keeps(page)
        for id in [id for id in self.kept if (self.receipts[id].revision or page.backed_up + 1) <= page.backed_up]:
            del self.kept[id]

    def starts_again(self) -> None:
        """The centre lost what came after its backup: send all of it again, and read every scope from its start."""
        unsent = {written.id: written for written in (*self.kept.values(), *self.outbox)}
        self.outbox = sorted(unsent.values(), key=lambda written: written.save["device_sequence"])
        self.kept, self.receipts, self.answers, self.held = {}, {}, {}, {}
        self.base, self.cursors, self.mark, self.at = {}, {}, None, None

    def becomes(self, earlier: "LastingPhone") -> list[Written]:
        """Put back to a copy made earlier; gives the saves that this phone then has no more."""
        before = {written.id: written for written in (*self.outbox, *self.kept.values(), *self.held.values())}
        vars(self).update(vars(earlier.copied()))
        after = {written.id for written in (*self.outbox, *self.kept.values(), *self.held.values())}
        return [written for id, written in before.items() if id not in after]


class World(Centre):
    """The centre of a simulated seed: all its phones are lasting ones."""

    phone_made = LastingPhone
