"""Columns, which rows they have and what reads them; constants."""

from __future__ import annotations

from typing import NamedTuple

from kaoping.source import Spanned
from kaoping.types import Type, Value


class Frame(NamedTuple):
    """Rows a column has a value for: of a table, and, inside a unit of time, once for each unit.

    `table` is `SUBJECTS`, the name of a records table, `HISTORY`, or `link NAME`; `unit` is "" or year, half, quarter,
    month, week, day. A row of records belongs to the unit its date lies in.
    """

    table: str
    unit: str = ""


SUBJECTS = ""
HISTORY = "history"
PARAMS = "params"
EACH = Frame(SUBJECTS)


class Key(NamedTuple):
    """The identity of a column.

    `part` is "" for the thing itself under its script name. `given` is what an assessor enters for an item, loaded
    from the column named like the item; any other part is a step on the way to a value (a line, a group, a grade
    before a quota).
    """

    frame: Frame
    name: str
    part: str = ""


class Typed(Spanned, frozen=True, kw_only=True):
    """A typed expression."""

    type: Type


class Const(Typed, frozen=True):
    """A constant; None is "no value"."""

    value: Value


class Read(Typed, frozen=True):
    """The value of a column in the row at hand: of the row itself, or of the subject (and unit) the row belongs to."""

    key: Key


class UnitBound(Typed, frozen=True):
    """The first or the last day of the unit of time at hand (`first`, `last`)."""

    end: str
