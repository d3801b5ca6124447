"""What is wrong with single rows and cells, and how it is told: each kind once per column, with the first places."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from kaoping.data.cells import Problem
from kaoping.data.grid import Grid, data_error, letter
from kaoping.data.text import SHOWN_CELLS, UNCALCULATED, listed, quoted
from kaoping.diagnostic import Finding


class Wrong(Struct, frozen=True):
    """A problem in one cell; `row` and `column` are counted from 1, `subject` the id of the one subject it concerns.
    `more` is how many cells with the same problem there are besides that are not named one by one.
    """

    grid: Grid
    row: int
    column: int
    heading: str
    text: str
    problem: Problem
    subject: str | None
    more: int = 0

    @property
    def place(self) -> str:
        """Where it stands, as `TableData.place` says it."""
        return f"{self.grid.place}:{self.grid.address(self.row, self.column)} {self.heading}".rstrip()

    @property
    def shown(self) -> str:
        """The cell as Excel and WPS show it, of a CSV file too, and its text: `C5 “九十五”`; of a ledger only the row,
        because its columns do not lie as they do in the file.
        """
        address = str(self.row) if self.grid.numbers else f"{letter(self.column)}{self.row}"
        return f"{address} {quoted(self.text)}" if self.text.strip() and self.text != UNCALCULATED else address


def grouped(wrongs: Iterable[Wrong]) -> list[Finding]:
    """One finding for all cells of a column with the same problem, in the order of their first cells.

    Facts: `column` its heading, `value` the first text, `cells` the first places with their texts and how many more,
    `count` of all, and the facts of the first problem.
    """
    groups: dict[tuple[str, int, str, str], list[Wrong]] = {}
    for each in wrongs:
        key = (each.grid.place, each.column, each.problem.code, each.problem.variant)
        group = groups.setdefault(key, [])
        # a stored result that many subjects are linked to is told once
        if not group or group[-1].row != each.row:
            group.append(each)
    return [_finding(group) for group in groups.values()]


def _finding(group: list[Wrong]) -> Finding:
    first, count = group[0], len(group) + sum(each.more for each in group)
    cells = listed([each.shown for each in group[:SHOWN_CELLS]], total=count)
    facts = {"column": first.heading, "value": quoted(first.text), "cells": cells, "count": count}
    return data_error(first.problem.code, first.place, first.problem.variant, **{**facts, **first.problem.facts})
