"""Working days in China: weekends, public holidays and the days swapped for them, as the State Council announces them.

`days.csv` lists the exceptions, year by year: weekdays that are off, weekend days that are worked. `python -m
kaoping.calendar.seed` makes it anew. Before its first and past its last day nothing is known, and nothing is guessed.
"""

from __future__ import annotations

import csv
import datetime
from bisect import bisect_left, bisect_right
from functools import cache
from pathlib import Path

from msgspec import Struct

from kaoping.functions import Function
from kaoping.types import BOOL, DATE, Type, Value, number

DAYS = Path(__file__).with_name("days.csv")
MOST = 100_000
"""How many working days a date may be moved by."""


class Calendar(Struct, frozen=True):
    """The ordinals of the first and the last day known, and of all working days between."""

    first: int
    last: int
    working: list[int]

    def knows(self, *days: int) -> bool:
        """Whether all the days lie within."""
        return all(self.first <= day <= self.last for day in days)


@cache
def calendar() -> Calendar:
    """The calendar that comes with the platform."""
    with DAYS.open(encoding="utf-8", newline="") as file:
        kinds = {datetime.date.fromisoformat(row["date"]): row["kind"] for row in csv.DictReader(file)}
    first = datetime.date(min(kinds).year, 1, 1).toordinal()
    last = datetime.date(max(kinds).year, 12, 31).toordinal()
    worked = {day.toordinal() for day, kind in kinds.items() if kind == "work"}
    off = {day.toordinal() for day, kind in kinds.items() if kind == "off"}
    # an ordinal of 1 is a Monday
    weekdays = (day for day in range(first, last + 1) if (day - 1) % 7 < 5)
    return Calendar(first, last, sorted({*weekdays} - off | worked))


def workdays(start: int, end: int) -> Value:
    """How many working days lie after `start` up to and including `end`, negative where `end` is earlier; missing
    where the calendar does not know both.
    """
    known = calendar()
    if not known.knows(start, end):
        return None
    return bisect_right(known.working, end) - bisect_right(known.working, start)


def add_workdays(day: int, number_: int) -> Value:
    """The day so many working days after another one, before it where the number is negative; missing where the
    calendar ends before that.
    """
    known = calendar()
    if not known.knows(day):
        return None
    if number_ == 0:
        return day
    before = bisect_right(known.working, day) if number_ > 0 else bisect_left(known.working, day) + 1
    at = before + number_ - 1
    return known.working[at] if 0 <= at < len(known.working) else None


def is_workday(day: int) -> Value:
    """Whether a day is a working day; missing where the calendar does not know it."""
    known = calendar()
    return _is_in(known.working, day) if known.knows(day) else None


def _is_in(ordered: list[int], day: int) -> bool:
    at = bisect_left(ordered, day)
    return at < len(ordered) and ordered[at] == day


def _always(*types: Type) -> bool:
    known = calendar()
    return all(known.knows(each.low, each.high) for each in types)


def _always_moved(day: Type, by: Type) -> bool:
    if not _always(day):
        return False
    return add_workdays(day.low, by.low) is not None and add_workdays(day.high, by.high) is not None


ADD_WORKDAYS = Function(
    ("add_workdays", "工作日后"),
    (DATE, number(-MOST, MOST, 0, "天")),
    DATE,
    add_workdays,
    "The date so many working days after another one, as `date + 5 workdays` writes it.",
    _always_moved,
)
FUNCTIONS = (
    Function(
        ("workdays", "工作日数"),
        (DATE, DATE),
        number(-MOST, MOST, 0, "天"),
        workdays,
        "How many working days lie after the first date up to and including the second.",
        _always,
    ),
    ADD_WORKDAYS,
    Function(
        ("is_workday", "是工作日"),
        (DATE,),
        BOOL,
        is_workday,
        "Whether a date is a working day, swapped weekends counted.",
        _always,
    ),
)
