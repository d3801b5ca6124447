"""The functions that schemes on petition work may call."""

from __future__ import annotations

import datetime

from kaoping.calendar import calendar, is_workday
from kaoping.functions import Function
from kaoping.types import BOOL, DATE, FIRST_DAY, LAST_DAY, LATEST_DAY, Kind, Type, Value

IN_FORCE = datetime.date(2005, 5, 1).toordinal()
"""Since then a petition that has been accepted is to be settled in 60 days: 《信访条例》 of 2005, article 33; the
《信访工作条例》 of 2022, article 34, says the same.
"""
SETTLED_IN, EXTENDED_BY = 60, 30

DUE = Type(Kind.DATE, FIRST_DAY, LATEST_DAY)


def due(accepted: int, extended: bool) -> Value:
    """The last day on which a petition accepted on a day may be settled; missing before the rule was in force."""
    if accepted < IN_FORCE:
        return None
    return accepted + SETTLED_IN + (EXTENDED_BY if extended else 0)


def next_workday(day: int) -> Value:
    """The day itself where it is a working day, else the next one that is; missing where the calendar ends first."""
    while calendar().knows(day):
        if is_workday(day):
            return day
        day += 1
    return None


def _due_always(accepted: Type, extended: Type) -> bool:
    return accepted.low >= IN_FORCE


def _next_always(day: Type) -> bool:
    return calendar().knows(day.low, day.high) and next_workday(day.high) is not None


FUNCTIONS = (
    Function(
        ("办理期限", "petition_due"),
        (DATE, BOOL),
        DUE,
        due,
        "受理日起60日,批准延长的再加30日 / the day a petition accepted on a date has to be settled by",
        _due_always,
        f"CASE WHEN {{0}} >= {IN_FORCE} THEN {{0}} + {SETTLED_IN} + CASE WHEN {{1}} THEN {EXTENDED_BY} ELSE 0 END END",
    ),
    Function(
        ("顺延", "next_workday"),
        (DUE,),
        Type(Kind.DATE, FIRST_DAY, LAST_DAY),
        next_workday,
        "这一天是休息日的,顺延到下一个工作日 / the date, or the first working day after it",
        _next_always,
    ),
)
