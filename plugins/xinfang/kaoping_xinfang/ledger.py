"""Sheets of a petition system's export become records: a row for each responsible unit, nothing about people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest

from msgspec import Struct, field

from kaoping.data.text import folded, name_key
from kaoping.dataset import Ledger
from kaoping_xinfang.forms import FORMS, SHARE, UNIT, UNIT_CODE, UNITS, UNREADABLE, Field, Form, plain
from kaoping_xinfang.personal import column_of_people, personal_cell, personal_heading

_HEADINGS_WITHIN = 10
"""How many rows may stand above the headings."""
_BETWEEN = re.compile(r"[、,，;；/\n]+")
_STATED = re.compile(r"(.*?)[(（]?(\d+(?:\.\d+)?)[%％][)）]?")
_TOTALS = ("合计", "总计", "小计", "共计", "总数")
_FOOT = re.compile(r"\s*(?:填表|制表|填报|审核|复核|审批|经办|单位负责人|分管领导|备注|说明|注).{0,4}?[::]")

Rows = Sequence[Sequence[str]]


class Sheet(Struct):
    """A sheet with its headings found: where the unit and each field of the form stand, and what is left out."""

    form: Form
    heading_row: int
    unit: int
    code: bool
    places: dict[str, int]
    dropped: list[str] = field(default_factory=list)


def read(name: str, rows: Rows) -> list[Ledger] | None:
    """The records in a sheet, None where it is none of the forms."""
    sheet = _opened(name, rows)
    if sheet is None:
        return None
    below = [(number, row) for number, row in enumerate(rows[sheet.heading_row + 1 :], sheet.heading_row + 2)]
    kept = [(number, row) for number, row in below if _is_record(sheet, row)]
    sheet.dropped = _personal_columns(sheet, rows[sheet.heading_row], [row for _, row in kept])
    fields = [each for each in sheet.form.fields if each.name in sheet.places and each.name != SHARE]
    split = _units_are_split(sheet.form)
    headings = ("编号" if sheet.code else "名称", *(each.name for each in fields), *((UNITS, SHARE) if split else ()))
    made = [(number, cells) for number, row in kept for cells in _records(sheet, fields, number, row, split)]
    return [Ledger(sheet.form.records, headings, tuple(made), tuple(sheet.dropped))]


# ---------------------------------------------------------------- which form


def _opened(name: str, rows: Rows) -> Sheet | None:
    for at, row in enumerate(rows[:_HEADINGS_WITHIN]):
        keys = {name_key(cell): place for place, cell in reversed(list(enumerate(row))) if cell.strip()}
        code = _place(keys, UNIT_CODE)
        unit = code if code is not None else _place(keys, UNIT)
        if unit is not None:
            title = name + "".join(cell for above in rows[:at] for cell in above)
            form = _form(title, keys)
            return Sheet(form, at, unit, code is not None, _places(form, keys)) if form else None
    return None


def _form(title: str, keys: dict[str, int]) -> Form | None:
    """The form whose fields are there: the one the title names, else the only one."""
    possible = [
        form for form in FORMS if all(_place(keys, (each.name, *each.headings)) is not None for each in _marks(form))
    ]
    named = [form for form in possible if any(word in title for word in form.titles)]
    return next(iter(named), None) or (possible[0] if len(possible) == 1 and len(_marks(possible[0])) > 1 else None)


def _marks(form: Form) -> list[Field]:
    return [each for each in form.fields if each.mark]


def _place(keys: dict[str, int], headings: Sequence[str]) -> int | None:
    return next((keys[name_key(each)] for each in headings if name_key(each) in keys), None)


def _places(form: Form, keys: dict[str, int]) -> dict[str, int]:
    found = {each.name: _place(keys, (each.name, *each.headings)) for each in form.fields}
    return {name: place for name, place in found.items() if place is not None}


# ---------------------------------------------------------------- which rows and columns


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _is_record(sheet: Sheet, row: Sequence[str]) -> bool:
    """Whether a row is a record: not blank, no totals, no line for whoever has filled the sheet in."""
    filled = [folded(cell) for cell in row if cell.strip()]
    if not filled or any("".join(cell.split()).startswith(_TOTALS) or _FOOT.match(cell) for cell in filled):
        return False
    return any(_cell(row, place) for place in (sheet.unit, *sheet.places.values())) and len(filled) > 1


def _personal_columns(sheet: Sheet, headings: Sequence[str], rows: Rows) -> list[str]:
    """The headings of the columns left out as personal; of columns that are read, single cells by their row.

    A column that is read is left out whole where most of its cells are personal.
    """
    read_at = {sheet.unit: "unit", **{place: name for name, place in sheet.places.items()}}
    found = []
    for place in range(max([len(headings), *map(len, rows)])):
        heading = " ".join(_cell(headings, place).split())
        shown = heading if heading and not personal_cell(heading) else f"第{place + 1}列"
        cells = [_cell(row, place) for row in rows]
        personal = [personal_cell(cell) for cell in cells]
        if place not in read_at:
            if personal_heading(heading) or any(personal) or column_of_people(cells):
                found.append(shown)
        elif sum(personal) * 2 > sum(map(bool, cells)):
            found.append(shown)
            sheet.places.pop(read_at[place], None)
    return found


# ---------------------------------------------------------------- rows for units


def _units_are_split(form: Form) -> bool:
    return any(each.name == SHARE for each in form.fields)


def _records(
    sheet: Sheet, fields: Sequence[Field], number: int, row: Sequence[str], split: bool
) -> list[tuple[str, ...]]:
    """A row as one record for each responsible unit."""
    cells = []
    for each in fields:
        text = _cell(row, sheet.places[each.name])
        cells.append(_safe(sheet, text, each.name, number) if personal_cell(text) else plain(each.kind, text))
    text = _cell(row, sheet.unit)
    if personal_cell(text):
        text = _safe(sheet, text, "责任单位", number)
    named = units(text, _cell(row, sheet.places[SHARE]) if SHARE in sheet.places else "")
    return [(unit, *cells, *((str(len(named)), share) if split else ())) for unit, share in named]


def _safe(sheet: Sheet, text: str, heading: str, number: int) -> str:
    """Nothing of a personal cell, which is listed by its row."""
    sheet.dropped.append(f"{heading}[{number}]")
    return ""


def units(text: str, shares: str = "") -> list[tuple[str, str]]:
    """The responsible units in a cell, each with the share stated for it: `甲区60%、乙区40%`, or `甲区、乙区` beside
    `60%、40%`.

    Shares that are not stated for all, or do not add up to the whole, are none: what stands for them is unreadable.
    """
    found = [_STATED.fullmatch(folded(part)) or folded(part) for part in _BETWEEN.split(text) if part.strip()]
    names = [each if isinstance(each, str) else each[1] for each in found]
    stated = ["" if isinstance(each, str) else each[2] for each in found]
    beside = [_STATED.fullmatch(folded(each)) for each in _BETWEEN.split(shares) if each.strip()]
    if beside and not any(stated):
        stated = [each[2] if each else "" for each in beside]
    if any(stated) or beside:
        whole = all(stated) and len(stated) == len(names) and sum(map(Decimal, stated)) == 100
        return [
            (name, f"{share}%" if whole else UNREADABLE) for name, share in zip_longest(names, stated[: len(names)])
        ]
    # a unit named twice is responsible once
    return [(name, "") for name in dict.fromkeys(names)] or [("", "")]
