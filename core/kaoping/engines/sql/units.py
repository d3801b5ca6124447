"""Units of time in SQL: the rows of all units, the unit a day lies in, and the days a unit begins and ends."""

from __future__ import annotations

import datetime

from msgspec.structs import replace

from kaoping.engines.sql.arithmetic import Sql
from kaoping.engines.sql.dialects import Dialect
from kaoping.engines.sql.relations import Expr, Relation
from kaoping.period import Period

MOST_ROWS = 300
"""How many rows are written out in one query; SQLite puts 500 together."""

COLUMNS = ("unit", "first_day", "last_day")


def unit_rows(period: Period, kind: str, name: str, dialect: Dialect) -> Relation:
    """The units of a kind in the period, a row each: its number, its first and its last day."""
    rows = [
        f"SELECT {number} AS {dialect.quoted('unit')}, {unit.first.toordinal()} AS {dialect.quoted('first_day')}, "
        f"{unit.last.toordinal()} AS {dialect.quoted('last_day')}"
        for number, unit in enumerate(period.units(kind))
    ]
    while len(rows) > MOST_ROWS:
        groups = [rows[at : at + MOST_ROWS] for at in range(0, len(rows), MOST_ROWS)]
        rows = [f"SELECT * FROM ({' UNION ALL '.join(group)}) AS part" for group in groups]
    columns = {each: Expr(f"written.{dialect.quoted(each)}") for each in COLUMNS}
    return Relation(name, None, columns, source=f"({' UNION ALL '.join(rows)}) AS written")


def unit_by_day(period: Period, kind: str, day: Sql, dialect: Dialect) -> Sql:
    """The number of the unit that a day lies in; NULL outside the period."""
    first, last = period.first, period.last
    inside = f"{day.text} BETWEEN {first.toordinal()} AND {last.toordinal()}"
    if kind == "day":
        text = f"({day.text} - {first.toordinal()})"
    elif kind == "week":
        monday = first - datetime.timedelta(first.weekday())
        text = dialect.divided(f"({day.text} - {monday.toordinal()})", "7", 32)
    else:
        units = period.units(kind)
        arms = "".join(f" WHEN {day.text} <= {unit.last.toordinal()} THEN {at}" for at, unit in enumerate(units))
        text = f"CASE{arms} END"
    return replace(day, text=f"CASE WHEN {inside} THEN {text} END", low=0, high=10**6, missing=True, depth=2, bits=32)


def bounds_by_case(period: Period, kind: str, unit: Sql, end: str) -> Sql:
    """The first or the last day of a unit, by its number."""
    units = period.units(kind)
    days = [(each.first if end == "first" else each.last).toordinal() for each in units]
    arms = "".join(f" WHEN {at} THEN {day}" for at, day in enumerate(days))
    made = f"CASE {unit.text}{arms} END"
    return replace(unit, text=made, low=days[0], high=days[-1], missing=False, depth=2, bits=32)
