"""Sheets of statistics become records of units; a sheet with a single person in it is refused."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence

from kaoping.data.forms import Field, Form, Sheet, lacking, misspelt, opened, wrong_totals
from kaoping.data.text import folded
from kaoping.dataset import Ledger
from kaoping.diagnostic import Finding, error, warning
from kaoping.source import NOWHERE
from kaoping_jisheng.personal import about_a_person, has_identity_number

FORMS = (
    Form(
        "统计报表",
        (
            Field("截止日", ("报表期", "统计期", "期别", "截止日期", "月份", "季度"), mark=True),
            Field("出生人数", ("出生总数", "出生", "出生合计"), mark=True),
            Field("符合政策出生人数", ("其中符合政策", "符合政策", "政策内出生", "计划内出生")),
            Field("出生男婴", ("男婴", "男", "其中男", "男婴数")),
            Field("出生女婴", ("女婴", "女", "其中女", "女婴数")),
            Field("应服务流动人口", ("应服务流动人口数", "应服务人数", "流动人口数")),
            Field("已服务流动人口", ("已服务流动人口数", "已服务人数", "接受服务人数")),
        ),
    ),
    Form(
        "核查",
        (
            Field("核查日", ("核查日期", "抽查日期", "检查日期"), mark=True),
            Field("上报出生", ("上报出生数", "上报出生人数", "报表出生数"), mark=True),
            Field("核实出生", ("核实出生数", "核实出生人数", "实际出生数"), mark=True),
        ),
    ),
)
_SPAN = re.compile(r"(\d{4})年?(?:(上半年|下半年|全年)|第?([一二三四1-4])季度?|(\d{1,2})月(?:份)?)?")
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}


def read(rows: Sequence[Sequence[str]]) -> list[Ledger | Finding] | None:
    """The records in a sheet and what is wrong with it, None where it is none of the forms and about nobody."""
    refused = list(refusals(rows))
    sheet = opened(rows, FORMS)
    if refused or sheet is None:
        return [*(refused or lacking(rows, FORMS))] or None
    headings = ("编号" if sheet.by_id else "名称", *sheet.places)
    records = tuple((number, (row[sheet.unit], *_cells(sheet, row))) for number, row in sheet.rows)
    totals = [
        warning("JS22", NOWHERE, row=number, name=name, said=said, added=added)
        for number, name, said, added in wrong_totals(sheet)
        if name not in ("截止日", "核查日")
    ]
    return [Ledger(sheet.form.records, headings, records), *misspelt(sheet), *totals, *_counted_twice(sheet)]


def refusals(rows: Sequence[Sequence[str]]) -> Iterator[Finding]:
    """Headings and cells that are about a person, wherever they stand; what cells say is not repeated."""
    headings = {
        cell: None
        for row in rows
        for cell in map(folded, row)
        if 0 < len(cell) <= 12 and about_a_person(cell, is_number=True) in ("who", "born")
    }
    if headings:
        yield error("JS20", NOWHERE, names=list(headings)[:10])
    numbers = [at for at, row in enumerate(rows, 1) if any(map(has_identity_number, row))]
    if numbers:
        yield error("JS21", NOWHERE, rows=numbers[:10], count=len(numbers))


def _cells(sheet: Sheet, row: Sequence[str]) -> Iterator[str]:
    for name, place in sheet.places.items():
        yield last_day(row[place]) if name == "截止日" else row[place]


def _counted_twice(sheet: Sheet) -> Iterator[Finding]:
    """Rows of one unit whose times overlap, as of a year and of its halves: what happened would be added up twice."""
    place = sheet.places.get("截止日")
    times: dict[str, list[tuple[int, int, int]]] = {}
    for number, row in sheet.rows:
        if place is not None and (time := _months(row[place])) is not None:
            times.setdefault(row[sheet.unit], []).append((*time, number))
    for unit, rows in times.items():
        for first, last, number in sorted(rows, key=lambda each: each[2]):
            inside = [
                at for begins, ends, at in rows if first <= begins and ends <= last and (first, last) != (begins, ends)
            ]
            if inside:
                yield error("JS23", NOWHERE, unit=unit, row=number, rows=inside[:10])


def last_day(text: str) -> str:
    """The last day of a time as reports name it: `2009年上半年`, `2009年第二季度`, `2009年6月`; other text as it is."""
    months = _months(text)
    if months is None:
        return text
    year, month = divmod(months[1], 12)
    return f"{year}-{month + 1:02}-{calendar.monthrange(year, month + 1)[1]}"


def _months(text: str) -> tuple[int, int] | None:
    """The first and the last month of a time as reports name it, counted from the year 0; None of any other text."""
    found = _SPAN.fullmatch(text.replace(" ", ""))
    if not found or not 1 <= int(found[4] or 1) <= 12:
        return None
    year, half, quarter, month = 12 * int(found[1]), found[2], found[3], found[4]
    if month:
        return year + int(month) - 1, year + int(month) - 1
    if quarter:
        first = 3 * int(_QUARTERS.get(quarter, quarter)) - 3
        return year + first, year + first + 2
    return year + (6 if half == "下半年" else 0), year + (5 if half == "上半年" else 11)
