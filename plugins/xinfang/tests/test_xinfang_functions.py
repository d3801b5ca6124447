"""Deadlines: over their whole ranges, against the calendar and against their own SQL."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaoping.calendar import is_workday
from kaoping.functions import Function, allowed
from kaoping.types import Kind, Type, Value
from kaoping_xinfang.functions import FUNCTIONS, IN_FORCE, due, next_workday


def day(text: str) -> int:
    return datetime.date.fromisoformat(text).toordinal()


def shown(value: Value) -> str:
    return "" if value is None else datetime.date.fromordinal(int(value)).isoformat()


def values(type_: Type) -> st.SearchStrategy[Value]:
    return st.booleans() if type_.kind is Kind.BOOL else st.integers(type_.low, type_.high)


CALLS = st.sampled_from(FUNCTIONS).flatmap(
    lambda each: st.tuples(st.just(each), st.tuples(*(values(type_) for type_ in each.parameters)))
)


@given(CALLS)
def test_every_value_is_one_of_the_type_the_function_declares(call: tuple[Function, tuple[Value, ...]]) -> None:
    function, arguments = call
    value = function.body(*arguments)
    assert allowed(value, function.result, missing=True)
    point = [Type(each.kind, int(a), int(a)) for each, a in zip(function.parameters, arguments, strict=True)]  # type: ignore[arg-type]
    assert function.always is not None
    assert (value is not None) or not function.always(*point)


@pytest.mark.parametrize(
    ("accepted", "extended", "settled"),
    [
        ("2005-04-30", False, ""),
        ("2005-05-01", False, "2005-06-30"),
        ("2025-01-15", False, "2025-03-16"),
        ("2025-01-15", True, "2025-04-15"),
        ("2199-12-31", True, "2200-03-31"),
    ],
)
def test_sixty_days_and_thirty_more(accepted: str, extended: bool, settled: str) -> None:
    assert shown(due(day(accepted), extended)) == settled


@pytest.mark.parametrize(
    ("given_", "moved"),
    [
        ("2025-09-30", "2025-09-30"),
        ("2025-10-01", "2025-10-09"),  # National Day and Mid-Autumn together
        ("2025-09-28", "2025-09-28"),  # a Sunday worked for it
        ("2025-09-27", "2025-09-28"),
        ("2003-12-31", ""),  # before the calendar begins
    ],
)
def test_a_day_off_moves_to_the_next_working_day(given_: str, moved: str) -> None:
    assert shown(next_workday(day(given_))) == moved


@given(st.integers(day("2004-01-01"), day("2026-12-31")))
def test_no_working_day_is_passed_over(start: int) -> None:
    end = next_workday(start)
    assert end is not None
    assert is_workday(int(end))
    assert not any(is_workday(between) for between in range(start, int(end)))


def test_the_rule_begins_with_the_regulation() -> None:
    assert shown(IN_FORCE) == "2005-05-01"
