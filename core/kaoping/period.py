"""Periods of appraisal and the units of time inside them."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterator

from msgspec import Struct

_FORMS = re.compile(r"(?P<year>\d{4})(?:(?P<half>H[12])|(?P<quarter>Q[1-4])|-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?\Z")
_MONTHS = {"year": 12, "half": 6, "quarter": 3, "month": 1}
UNITS = ("year", "half", "quarter", "month", "week", "day")


class Period(Struct, frozen=True):
    """From the first day to the last, both included; `text` is how scripts and results write it."""

    text: str
    first: datetime.date
    last: datetime.date

    @staticmethod
    def parse(first: str, last: str | None = None) -> Period:
        """`2009`, `2009H1`, `2009Q1`, `2009-03`, `2009-03-01`, or two of them as ends; ValueError for anything else
        or ends in the wrong order.
        """
        begin, end = _part(first)
        if last is not None:
            end = _part(last)[1]
        if end < begin:
            raise ValueError(f"{first}..{last}")
        return Period(first if last is None else f"{first}..{last}", begin, end)

    @staticmethod
    def written(text: str) -> Period | None:
        """The period of a text as results write it, `2009` or `2009-03-01..2009-05-31`; None where it is none."""
        first, _, last = text.partition("..")
        try:
            return Period.parse(first, last or None)
        except ValueError:
            return None

    @property
    def length(self) -> tuple[str, int]:
        """What makes two periods of the same length: whole months where it is made of them, else days."""
        if self.first.day == 1 and (self.last + datetime.timedelta(1)).day == 1:
            return "months", (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        following = add_months(self.first, months_between(self.first, self.last + datetime.timedelta(1)))
        if following == self.last + datetime.timedelta(1):
            return "months", months_between(self.first, following)
        return "days", (self.last - self.first).days + 1

    def units(self, kind: str) -> list[Period]:
        """The calendar units of a kind (weeks from Monday) that lie in the period, cut by it, earliest first."""
        return list(self._units(kind))

    def _units(self, kind: str) -> Iterator[Period]:
        start = self.first
        while start <= self.last:
            end = min(_unit_end(kind, start), self.last)
            yield Period(_unit_text(kind, start, end), start, end)
            start = end + datetime.timedelta(1)


def _part(text: str) -> tuple[datetime.date, datetime.date]:
    found = _FORMS.match(text)
    if not found:
        raise ValueError(text)
    year = int(found["year"])
    if found["day"]:
        day = datetime.date(year, int(found["month"]), int(found["day"]))
        return day, day
    if found["half"]:
        first, months = 6 * int(found["half"][1]) - 5, 6
    elif found["quarter"]:
        first, months = 3 * int(found["quarter"][1]) - 2, 3
    elif found["month"]:
        first, months = int(found["month"]), 1
    else:
        first, months = 1, 12
    begin = datetime.date(year, first, 1)
    return begin, add_months(begin, months) - datetime.timedelta(1)


def _unit_end(kind: str, day: datetime.date) -> datetime.date:
    match kind:
        case "day":
            return day
        case "week":
            return day + datetime.timedelta(6 - day.weekday())
    months = _MONTHS[kind]
    last_month = (day.month - 1) // months * months + months
    return datetime.date(day.year, last_month, calendar.monthrange(day.year, last_month)[1])


def _unit_text(kind: str, first: datetime.date, last: datetime.date) -> str:
    match kind:
        case "year":
            return f"{first.year}"
        case "half":
            return f"{first.year}H{(first.month + 5) // 6}"
        case "quarter":
            return f"{first.year}Q{(first.month + 2) // 3}"
        case "month":
            return f"{first.year}-{first.month:02}"
        case "day":
            return first.isoformat()
        case _:
            return f"{first.isoformat()}..{last.isoformat()}"


def add_months(day: datetime.date, months: int) -> datetime.date:
    """A date moved by whole months, held to the last day of the month it lands in."""
    years, month = divmod(day.month - 1 + months, 12)
    return datetime.date(day.year + years, month + 1, min(day.day, calendar.monthrange(day.year + years, month + 1)[1]))


def months_between(start: datetime.date, end: datetime.date) -> int:
    """Whole months passed: the largest n with start + n months ≤ end; with the roles changed and a minus where end
    is earlier.
    """
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months if add_months(start, months) <= end else months - 1


def period_before(period: Period) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of the period of the same length that ends the day before."""
    unit, number = period.length
    first = add_months(period.first, -number) if unit == "months" else period.first - datetime.timedelta(number)
    return first, period.first - datetime.timedelta(1)
