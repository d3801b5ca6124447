"""Sheets of a petition system's export become records: a row for each responsible unit, nothing about people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest

from kaoping.data.forms import Sheet, lacking, misspelt, opened
from kaoping.data.text import folded
from kaoping.dataset import Ledger
from kaoping.diagnostic import Finding
from kaoping_xinfang.forms import FORMS, SHARE, UNITS, UNREADABLE, plain
from kaoping_xinfang.personal import column_of_people, personal_cell, personal_heading

_BETWEEN = re.compile(r"[、,，;；/\n]+")
_STATED = re.compile(r"(.*?)[(（]?(\d+(?:\.\d+)?)[%％][)）]?")


def read(name: str, rows: Sequence[Sequence[str]]) -> list[Ledger | Finding] | None:
    """The records in a sheet and what is wrong with its headings, None where it is none of the forms."""
    sheet = opened(rows, FORMS, name)
    if sheet is None:
        return [*lacking(rows, FORMS, name)] or None
    known = {row[sheet.unit] for _, row in sheet.rows if sum(map(bool, row)) > 1}
    # a remark stands alone; a unit that does is a record of which something is missing
    kept = [(number, row) for number, row in sheet.rows if sum(map(bool, row)) > 1 or row[sheet.unit] in known - {""}]
    dropped, left_out = _personal_columns(sheet, [row for _, row in kept])
    places = {name: place for name, place in sheet.places.items() if name not in left_out}
    fields = [each.name for each in sheet.form.fields if each.name in places and each.name != SHARE]
    split = any(each.name == SHARE for each in sheet.form.fields)
    made: list[tuple[int, tuple[str, ...]]] = []
    for number, row in kept:
        unit = _safe(row[sheet.unit], "责任单位", number, dropped)
        cells = [plain(each, _safe(row[places[each]], each, number, dropped)) for each in fields]
        named = units(unit, row[places[SHARE]] if SHARE in places else "")
        made += [(number, (each, *cells, *((str(len(named)), share) if split else ()))) for each, share in named]
    headings = ("编号" if sheet.by_id else "名称", *fields, *((UNITS, SHARE) if split else ()))
    return [Ledger(sheet.form.records, headings, tuple(made), tuple(dropped)), *misspelt(sheet)]


# ---------------------------------------------------------------- nothing about people


def _personal_columns(sheet: Sheet, rows: Sequence[Sequence[str]]) -> tuple[list[str], set[str]]:
    """The headings of the columns left out as personal, and the fields among them.

    A column that is read is left out whole where most of its cells are personal, or its heading says so in brackets.
    """
    left_out = {}
    for name, place in (("责任单位", sheet.unit), *sheet.places.items()):
        cells = [row[place] for row in rows]
        if sum(map(personal_cell, cells)) * 2 > sum(map(bool, cells)) or personal_heading(sheet.units.get(name, "")):
            left_out[place] = name
    found = {place: sheet.headings[place] for place in left_out}
    for place, heading in sheet.others.items():
        cells = [row[place] for row in rows]
        if personal_heading(heading) or any(map(personal_cell, cells)) or column_of_people(cells):
            found[place] = heading
    # a heading that is itself personal is not repeated
    shown = [f"第{place + 1}列" if personal_cell(found[place]) else found[place] for place in sorted(found)]
    return shown, set(left_out.values())


def _safe(text: str, heading: str, number: int, dropped: list[str]) -> str:
    """The text of a cell; nothing of a personal one, which is listed by its row."""
    if not personal_cell(text):
        return text
    dropped.append(f"{heading}[{number}]")
    return ""


# ---------------------------------------------------------------- rows for units


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
