"""Rounding and dates, against fractions and the calendar."""

from __future__ import annotations

import datetime
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaoping.numbers import MODES, divided, months_passed, moved_by_months
from kaoping.types import FIRST_DAY, LAST_DAY

WHOLE = st.integers(-(10**40), 10**40)
DAYS = st.integers(FIRST_DAY, LAST_DAY)


def rounded(value: Fraction, mode: str) -> int:
    """The definition of each mode, in fractions."""
    below, above = math.floor(value), math.ceil(value)
    toward, away = (below, above) if value >= 0 else (above, below)
    match mode:
        case "floor":
            return below
        case "ceil":
            return above
        case "down":
            return toward
        case "up":
            return away
    if abs(value - toward) != Fraction(1, 2):
        return toward if abs(value - toward) < Fraction(1, 2) else away
    return away if mode == "half up" or toward % 2 else toward


@pytest.mark.parametrize("mode", MODES)
@given(numerator=WHOLE, denominator=WHOLE.filter(bool))
def test_a_quotient_is_rounded_as_its_mode_says(mode: str, numerator: int, denominator: int) -> None:
    assert divided(numerator, denominator, mode) == rounded(Fraction(numerator, denominator), mode)


@pytest.mark.parametrize("mode", MODES)
@given(halves=st.integers(-50, 50))
def test_halves_go_where_the_mode_says(mode: str, halves: int) -> None:
    assert divided(halves, 2, mode) == rounded(Fraction(halves, 2), mode)


@given(day=DAYS, months=st.integers(-600, 600))
def test_a_date_moved_by_months_keeps_its_day_or_is_the_last_of_its_month(day: int, months: int) -> None:
    start = datetime.date.fromordinal(day)
    moved = datetime.date.fromordinal(moved_by_months(day, months))
    assert (moved.year * 12 + moved.month) - (start.year * 12 + start.month) == months
    following = moved + datetime.timedelta(1)
    assert moved.day == start.day or (moved.day < start.day and following.day == 1)


@given(start=DAYS, end=DAYS)
def test_months_passed_is_the_most_that_fit(start: int, end: int) -> None:
    early, late = min(start, end), max(start, end)
    months = abs(months_passed(start, end))
    assert moved_by_months(early, months) <= late < moved_by_months(early, months + 1)
    assert months_passed(start, end) == (months if start <= end else -months)
