"""What an import of a register did or found wrong, and how it is told.

Not here: finding it out (register_plan).
"""

from dataclasses import dataclass, field

from schema.model import Problem
from schema.words import problem_words


@dataclass(frozen=True)
class ImportProblem:
    """Why something was not imported: of one row and column where it is about one, else of the file as a whole.

    text  what the cell says
    """

    problem: Problem
    row: int | None = None
    column: str | None = None
    text: str | None = None


@dataclass
class ImportReport:
    """What an import did, or would do when `is_dry_run`. With any problem, nothing was written.

    households, residents  newly written
    known_households       homes of the file that the centre had already; they were left as they are
    already                row numbers of residents who were there already, or stand in the file twice
    alike                  row numbers of new residents who may be somebody in another home: in that row of the file, or
                           None where the centre has them. They are written all the same; whether they are one person
                           is for people to decide
    """

    is_dry_run: bool = False
    households: int = 0
    known_households: int = 0
    residents: int = 0
    already: list[int] = field(default_factory=list)
    problems: list[ImportProblem] = field(default_factory=list)
    alike: list[tuple[int, int | None]] = field(default_factory=list)

    def lines(self, language: str = "zh") -> list[str]:
        """The report as sentences for the person who asked for the import."""
        is_zh = language.startswith("zh")
        if self.problems:
            nothing = "没有导入任何一行。" if is_zh else "Nothing was imported."
            return [nothing, *(_line(problem, language) for problem in self.problems)]
        if is_zh:
            done = "可以导入" if self.is_dry_run else "导入了"
            lines = [f"{done}新住户 {self.households} 户、新居民 {self.residents} 人。"]
            if self.known_households:
                lines.append(f"有 {self.known_households} 户中心已经有了，原有资料不动。")
            if self.already:
                lines.append(f"有 {len(self.already)} 人已经有了，没有再加：第 {_rows(self.already, '、')} 行。")
            if self.alike:
                rows = _rows(self._alike_rows(), "、")
                lines.append(f"有 {len(self.alike)} 人可能在别的住户里已经有了，请核对：第 {rows} 行。")
            return lines
        done = "Would import" if self.is_dry_run else "Imported"
        lines = [f"{done} {self.households} new homes and {self.residents} new residents."]
        if self.known_households:
            lines.append(f"{self.known_households} homes were known already and stay as they are.")
        if self.already:
            lines.append(
                f"{len(self.already)} residents were there already and were not added: rows {_rows(self.already)}."
            )
        if self.alike:
            rows = _rows(self._alike_rows())
            lines.append(f"{len(self.alike)} residents may live in another home already; compare rows {rows}.")
        return lines

    def _alike_rows(self) -> list[int]:
        return [row for row, _ in self.alike]


def _line(found: ImportProblem, language: str) -> str:
    is_zh = language.startswith("zh")
    name = found.column or ""
    words, next_step = problem_words(found.problem, language, name)
    if found.row is None:
        return f"{words}。{next_step}。" if is_zh else f"{words}. {next_step}."
    place = f"第 {found.row} 行" if is_zh else f"Row {found.row}"
    if found.column:
        place += f"“{name}”" if is_zh else f', "{name}"'
    return f"{place}：{words}。{next_step}。" if is_zh else f"{place}: {words}. {next_step}."


def _rows(numbers: list[int], separator: str = ", ") -> str:
    shown = separator.join(str(number) for number in numbers[:20])
    return shown + ("…" if len(numbers) > 20 else "")
