"""Exports of a known form, for plugins that read ledgers: where the headings stand, which columns they are, what is a
row and what a total.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from kaoping.data.text import folded, name_key

TITLE_ROWS = 10
"""How many rows may stand above the headings."""
UNIT = ("单位", "单位名称", "乡镇", "乡镇街道", "乡(镇)", "乡镇(街道)", "县市区", "名称")
UNIT_CODE = ("单位编号", "单位代码", "编号")
_TOTALS = ("合计", "总计", "共计", "全县合计", "全市合计")
_PARTIAL = ("小计",)
_FOOT = re.compile(r"(?:填表|制表|填报|审核|复核|审批|经办|负责|备注|说明|注).{0,6}?[::]")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_SIGNS = re.compile(r"[^\w]+")
_BRACKETS = re.compile(r"[((](.*?)[))]")

Rows = Sequence[Sequence[str]]


class Field(Struct, frozen=True):
    """A field of records, the other headings it may have, and whether a sheet is known by it."""

    name: str
    headings: tuple[str, ...] = ()
    mark: bool = False


class Form(Struct, frozen=True):
    """A kind of sheet: the records it fills and their fields."""

    records: str
    fields: tuple[Field, ...]


class Sheet(Struct, frozen=True):
    """A sheet whose form is known.

    `unit` is the column that says whose a row is (by id where `by_id`), `places` the column of each field, `units` the
    unit that its heading gives in brackets. `rows` are the records and `totals` the rows of totals, each with its
    number, counted from 1. `others` are the columns that are no field, by heading.
    """

    form: Form
    unit: int
    by_id: bool
    places: dict[str, int]
    units: dict[str, str]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    totals: tuple[tuple[int, tuple[str, ...]], ...]
    others: dict[str, int]

    def column(self, name: str) -> list[str]:
        """The cells of a field, "" where the sheet does not have it."""
        return [row[self.places[name]] if name in self.places else "" for _, row in self.rows]


def opened(rows: Rows, forms: Sequence[Form]) -> Sheet | None:
    """The sheet as the first of the forms all of whose marks it has, None where it has none."""
    for at, row in enumerate(rows[:TITLE_ROWS]):
        headings = {_key(cell): place for place, cell in reversed(list(enumerate(row))) if cell.strip()}
        for form in forms:
            found = {each.name: _place(headings, (each.name, *each.headings)) for each in form.fields}
            places = {name: place for name, place in found.items() if place is not None}
            code, unit = _place(headings, UNIT_CODE), _place(headings, UNIT)
            whose = code if code is not None else unit
            if whose is not None and all(each.name in places for each in form.fields if each.mark):
                return _sheet(form, rows, at, whose, code is not None, places)
    return None


def _sheet(form: Form, rows: Rows, at: int, unit: int, by_id: bool, places: dict[str, int]) -> Sheet:
    width = max(map(len, rows[at:]))
    below = enumerate((_filled_up(row, width) for row in rows[at + 1 :]), at + 2)
    kept = [(number, row) for number, row in below if any(row) and not _FOOT.match(_first(row))]
    totals = tuple(each for each in kept if _first(each[1]) in _TOTALS)
    records = tuple(each for each in kept if _first(each[1]) not in _TOTALS + _PARTIAL)
    headings = _filled_up(rows[at], width)
    known = {unit, *places.values()}
    return Sheet(
        form, unit, by_id, places,
        units={name: (_BRACKETS.findall(headings[place]) or [""])[-1] for name, place in places.items()},
        rows=records, totals=totals,
        others={
            " ".join(cell.split()) or f"第{place + 1}列": place
            for place, cell in enumerate(headings)
            if place not in known and (cell or any(row[place] for _, row in records))
        },
    )  # fmt: skip


def _filled_up(row: Sequence[str], width: int) -> tuple[str, ...]:
    return tuple(folded(cell) for cell in (*row, *[""] * (width - len(row))))


def _key(heading: str) -> str:
    """A heading without spaces, signs, case and what it says in brackets: `其中: 耕地(亩)` is `其中耕地`."""
    return _SIGNS.sub("", _BRACKETS.sub("", name_key(heading))) or name_key(heading)


def _place(headings: dict[str, int], names: Sequence[str]) -> int | None:
    return next((headings[_key(each)] for each in names if _key(each) in headings), None)


def _first(row: Sequence[str]) -> str:
    """The first cell that is filled, without spaces."""
    return next(("".join(cell.split()) for cell in row if cell), "")


def wrong_totals(sheet: Sheet) -> list[tuple[int, str, str, str]]:
    """Where the last row of totals says something else than the rows above add up to: its number, the field, what it
    says, what they come to. Columns with anything but plain numbers are left alone.
    """
    found = []
    for number, row in sheet.totals[-1:]:
        for name, place in sheet.places.items():
            cells = [_digits(record[place]) for at, record in sheet.rows if at < number]
            said = _digits(row[place])
            if said and all(each == "" or _NUMBER.fullmatch(each) for each in cells) and _NUMBER.fullmatch(said):
                added = sum((Decimal(each) for each in cells if each), Decimal(0))
                if added != Decimal(said):
                    found.append((number, name, said, f"{added:f}"))
    return found


def _digits(cell: str) -> str:
    return cell.replace(",", "")
