"""What is wrong with a register, gathered by what mends it instead of by row: one repair for all cells that need it.

Not here: finding it out (register_plan), and mending it (register_choices).
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from schema.model import Problem
from server.register_report import ImportProblem


@dataclass(frozen=True)
class Repair:
    """One kind of problem in one column, or in none.

    rows   numbers of the rows that have it
    texts  what their cells say and how often, the most frequent first; none where something is missing
    """

    problem: Problem
    column: str | None
    rows: tuple[int, ...]
    texts: tuple[tuple[str, int], ...]


def repairs_of(problems: Iterable[ImportProblem]) -> list[Repair]:
    """The repairs a file needs, the one for most rows first. What is wrong with the file as a whole is none."""
    found: dict[tuple[str, str | None, str | None], list[ImportProblem]] = {}
    for one in problems:
        if one.row is not None:
            found.setdefault((one.problem.code, one.problem.field, one.column), []).append(one)
    repairs = [_repair(several) for several in found.values()]
    return sorted(repairs, key=lambda repair: -len(repair.rows))


def _repair(several: list[ImportProblem]) -> Repair:
    first = several[0]
    rows = sorted({one.row for one in several if one.row is not None})
    texts = Counter(one.text for one in several if one.text)
    return Repair(first.problem, first.column, tuple(rows), tuple(texts.most_common()))
