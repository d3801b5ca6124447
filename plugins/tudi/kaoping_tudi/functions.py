"""The functions that schemes on land law enforcement may call."""

from __future__ import annotations

from itertools import pairwise

from kaoping.calendar import calendar, is_workday
from kaoping.functions import Function
from kaoping.types import BOOL, EARLIEST_DAY, LATEST_DAY, Kind, Type, Value, number

DAY = Type(Kind.DATE, EARLIEST_DAY, LATEST_DAY)
GAP = number(1, 366, 0, "天")
MISSED = number(0, LATEST_DAY - EARLIEST_DAY, 0, "#")


def missed(last: int, next_: int, gap: int, holidays: bool) -> Value:
    """How many patrols at least are missing between one and the next, when no more than `gap` days may lie from one to
    another and, with `holidays`, every day off between has one; missing where the calendar does not know the days.
    """
    if next_ <= last + 1:
        return 0
    if not holidays:
        return _missed(last, next_, gap)
    if not calendar().knows(last + 1, next_ - 1):
        return None
    off = [day for day in range(last + 1, next_) if not is_workday(day)]
    stops = [last, *off, next_]
    return len(off) + sum(_missed(one, other, gap) for one, other in pairwise(stops))


def _missed(last: int, next_: int, gap: int) -> int:
    return -((last - next_) // gap) - 1


def _always(last: Type, next_: Type, gap: Type, holidays: Type) -> bool:
    return calendar().knows(last.low + 1, next_.high - 1)


FUNCTIONS = (
    Function(
        ("漏巡次数", "missed_patrols"),
        (DAY, DAY, GAP, BOOL),
        MISSED,
        missed,
        "上次、这次巡查之间至少漏了几次:间隔不超过几天;最后一个是“是”的,休息日(双休日、节假日)每天都要巡查",
        _always,
    ),
)
