"""A sheet as it stands in a file: cells as text, before anybody knows what they mean."""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from kaoping.diagnostic import Finding, Severity
from kaoping.source import NOWHERE


class Grid(Struct):
    """The cells of a CSV file or of a worksheet, row by row; a blank cell is "".

    `name` is what the table is called: the file's name without its ending, or the sheet's. `merged` are areas of
    merged cells as (first row, first column, last row, last column), `doubtful` the cells (row, column) whose formula
    may never have been calculated, which is known of those that are `UNCALCULATED`; all counted from 1. `numbers` are
    the rows of the file that the rows come from, where they do not lie here as they do there. `hidden` is a sheet that
    is not shown, `hidden_rows` are such rows of a sheet.
    """

    file: str
    sheet: str
    name: str
    rows: list[list[str]]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    doubtful: set[tuple[int, int]] = field(default_factory=set)
    numbers: list[int] = field(default_factory=list)
    hidden: bool = False
    hidden_rows: set[int] = field(default_factory=set)

    @property
    def place(self) -> str:
        """The file, and the sheet in it: `subjects.csv`, `考评.xlsx[单位]`."""
        return f"{self.file}[{self.sheet}]" if self.sheet else self.file

    def address(self, row: int, column: int) -> str:
        """A cell as its reader finds it, counted from 1: `C5` in a workbook, `5` in a CSV file."""
        return f"{letter(column)}{row}" if self.sheet else str(row)


def letter(column: int) -> str:
    """The letter of a spreadsheet's column, counted from 1: 1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell_position(address: str) -> tuple[int, int]:
    """The row and the column of a cell's address: `C5` is (5, 3)."""
    letters = address.rstrip("0123456789")
    column = 0
    for each in letters:
        column = column * 26 + ord(each) - 64
    return int(address[len(letters) :]), column


def data_error(code: str, place: str, variant: str = "", **facts: object) -> Finding:
    """An error at a place in data."""
    return Finding(code, NOWHERE, {key: str(value) for key, value in facts.items()}, variant, place=place)


def data_warning(code: str, place: str, variant: str = "", **facts: object) -> Finding:
    """A warning at a place in data."""
    return as_warning(data_error(code, place, variant, **facts))


def as_warning(finding: Finding) -> Finding:
    """The same finding as a warning."""
    return replace(finding, severity=Severity.WARNING)
