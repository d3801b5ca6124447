"""Which dated records count whatever their day: their rows outside the period deserve a warning when data is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kaoping import typed as t
from kaoping.columns import Column


def counted_whole(columns: Mapping[t.Key, Column], dates: Mapping[str, str]) -> frozenset[str]:
    """The dated tables that are read outside units of time by something whose condition never mentions the date.

    `dates` gives the field that dates each table. Inside a unit (`averaged by`, `over months`) only its rows count.
    """
    found: set[str] = set()
    for column in columns.values():
        for table, conditions in _folds(column):
            if table in dates and table not in found:
                day = t.Key(t.Frame(table), dates[table])
                if not any(_mentions(columns, condition, day) for condition in conditions):
                    found.add(table)
    return frozenset(found)


def _folds(column: Column) -> Iterator[tuple[str, list[t.Typed]]]:
    """The tables a column goes through outside units of time, each with what is asked or worked out of a row."""
    for each in column.views:
        match each:
            case t.Fold(frame=t.Frame(table=table, unit="")):
                yield table, [part for part in (each.where, each.value) if part is not None]
            case t.Group(parts=parts):
                for part in parts:
                    if part.frame is not None and not part.frame.unit:
                        yield part.frame.table, [asked for asked in (part.where, part.amount) if asked is not None]


def _mentions(columns: Mapping[t.Key, Column], node: t.Typed, day: t.Key) -> bool:
    """Whether an expression reads the date, itself or through a computed field."""
    waiting, seen = list(t.reads(node)), set()
    while waiting:
        key = waiting.pop()
        if key == day:
            return True
        column = columns.get(key)
        if key not in seen and column is not None and column.value is not None and key.frame.table == day.frame.table:
            seen.add(key)
            waiting.extend(column.reads)
    return False
