"""Periods and the units of time inside them, against the calendar."""

from __future__ import annotations

import datetime
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaoping.period import UNITS, Period

DATES = st.dates(datetime.date(1990, 1, 1), datetime.date(2060, 12, 31))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2009", "2009-01-01", "2009-12-31"),
        ("2009H2", "2009-07-01", "2009-12-31"),
        ("2012Q1", "2012-01-01", "2012-03-31"),
        ("2012-02", "2012-02-01", "2012-02-29"),
        ("2009-03-05", "2009-03-05", "2009-03-05"),
    ],
)
def test_a_period_is_written_as_a_year_half_quarter_month_or_day(text: str, first: str, last: str) -> None:
    period = Period.parse(text)
    assert (period.text, period.first.isoformat(), period.last.isoformat()) == (text, first, last)


def test_a_period_can_be_given_by_two_ends() -> None:
    period = Period.parse("2011-06-01", "2012-05-31")
    assert (period.text, period.length) == ("2011-06-01..2012-05-31", ("months", 12))
    assert [unit.text for unit in period.units("year")] == ["2011", "2012"]


@pytest.mark.parametrize("text", ["", "20091", "2009Q5", "2009-13", "2009-02-30", "2009H3", "二〇〇九"])
def test_anything_else_is_no_period(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Period.parse(text)


def test_the_ends_must_be_in_order() -> None:
    with pytest.raises(ValueError, match=r"2009\.\.2008"):
        Period.parse("2009", "2008")


@given(DATES, st.integers(0, 900), st.sampled_from(UNITS))
def test_units_cover_every_day_of_the_period_once(first: datetime.date, days: int, kind: str) -> None:
    last = first + datetime.timedelta(days)
    units = Period.parse(first.isoformat(), last.isoformat()).units(kind)
    covered = [unit.first + datetime.timedelta(n) for unit in units for n in range((unit.last - unit.first).days + 1)]
    assert covered == [first + datetime.timedelta(n) for n in range(days + 1)]


@given(DATES, st.integers(0, 900), st.sampled_from(UNITS))
def test_no_unit_goes_over_the_end_of_a_calendar_unit(first: datetime.date, days: int, kind: str) -> None:
    def calendar_unit(day: datetime.date) -> tuple[int, ...]:
        match kind:
            case "week":
                return tuple(day.isocalendar()[:2])
            case "day":
                return (day.toordinal(),)
        return day.year, (day.month - 1) // {"year": 12, "half": 6, "quarter": 3, "month": 1}[kind]

    units = Period.parse(first.isoformat(), (first + datetime.timedelta(days)).isoformat()).units(kind)
    assert all(calendar_unit(unit.first) == calendar_unit(unit.last) for unit in units)
    assert all(calendar_unit(a.last) != calendar_unit(b.first) for a, b in itertools.pairwise(units))


@pytest.mark.parametrize(
    ("one", "other"),
    [("2009-02", "2009-03"), ("2008", "2009"), ("2009Q1", "2009Q4"), ("2009-06-01..2010-05-31", "2011")],
)
def test_calendar_periods_of_as_many_months_are_of_the_same_length(one: str, other: str) -> None:
    lengths = {Period.parse(*text.split("..")).length for text in (one, other)}
    assert len(lengths) == 1


def test_seven_days_are_seven_days() -> None:
    assert Period.parse("2009-03-05", "2009-03-11").length == ("days", 7)
