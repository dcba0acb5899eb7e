"""A server that stops before any one of its statements leaves nothing half done, and the next request works.

Not here: what the disk forgets (test_power_cut.py). Every statement of a push, a decision and a pull is tried in turn.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from sync.log import LogHead, check_log
from sync.materialise import rebuild
from tests.centre import VISITED, Centre, Phone
from tests.faults.statements import watch


class Stopped(Exception):
    """The process ends here."""


def statements_of(centre: Centre, act: Callable[[], Any], stop_before: int | None) -> int:
    """How many statements an act sends; with `stop_before` it does not get further than that one."""
    count = 0

    def told(sql: str, rows: Sequence[Sequence[Any]]) -> None:
        nonlocal count
        if sql.startswith("ROLLBACK") or sql.startswith("RELEASE"):
            return
        count += 1
        if stop_before is not None and count > stop_before:
            raise Stopped

    unwatch = watch(centre.store, told)
    try:
        act()
    except Stopped:
        pass
    finally:
        unwatch()
    return count


@contextmanager
def without_transaction(_: Any) -> Iterator[None]:
    """What `Store.atomic` would be if it kept nothing together."""
    yield


def everything(centre: Centre) -> dict[str, list[Any]]:
    """Every row of every table."""
    names = centre.store.rows("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    return {name: centre.store.rows(f'SELECT * FROM "{name}"') for (name,) in names}  # noqa: S608


def a_push(centre: Centre) -> Callable[[Phone], Any]:
    """A batch with a new record, a change that is refused, and a change that moves other records along."""
    home, other = centre.home(), centre.home(room="503")
    visit = centre.visit(home)
    phone = centre.zhou_hui
    phone.pulls()
    phone.changes(home, team="heping_2")
    phone.changes(visit, VISITED)
    phone.writes("resident", {"name": "王秀兰", "household": other})
    phone.changes(other, weather="rain")
    return lambda phone: phone.pushes()


def a_decision(centre: Centre) -> Callable[[Phone], Any]:
    """An approval that locks hours."""
    hours = centre.hours()
    centre.chen_jing.pulls()
    id = centre.new_id()
    return lambda _: centre.chen_jing.decides(hours, "approve", id=id)


def a_pull(centre: Centre) -> Callable[[Phone], Any]:
    """A first pull of several records."""
    centre.visit(centre.home())
    centre.zhou_hui.base, centre.zhou_hui.cursors, centre.zhou_hui.mark = {}, {}, None
    return lambda phone: phone.asks()


@pytest.mark.parametrize("prepare", [a_push, a_decision, a_pull], ids=lambda act: act.__name__)
def test_stopped_before_any_statement_nothing_is_half_done(prepare):
    total, stop_before = 1, 0
    while stop_before < total:
        centre = Centre(":memory:")
        act = prepare(centre)
        before = everything(centre)
        statements_of(centre, lambda: act(centre.zhou_hui), stop_before)  # noqa: B023
        assert everything(centre) == before, stop_before
        total = statements_of(centre, lambda: act(centre.zhou_hui), None)  # noqa: B023
        assert isinstance(check_log(centre.store), LogHead), stop_before
        assert rebuild(centre.store, centre.schema) == [], stop_before
        for phone in (centre.zhou_hui, centre.li_min):
            phone.meets_network()
            assert phone.outbox == []
        centre.store.close()
        stop_before += 1
    assert total > 3


def test_without_one_transaction_a_stop_would_be_seen(monkeypatch):
    """The negative control: each statement for itself leaves half a push behind."""
    halves = 0
    for stop_before in range(10, 60, 10):
        centre = Centre(":memory:")
        act = a_push(centre)
        before = everything(centre)
        with monkeypatch.context() as patch:
            patch.setattr(type(centre.store), "atomic", without_transaction)
            statements_of(centre, lambda: act(centre.zhou_hui), stop_before)  # noqa: B023
        halves += everything(centre) != before
        centre.store.close()
    assert halves > 0
