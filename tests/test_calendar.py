"""Working days, against the package the table was made from, and against days anybody can look up."""

from __future__ import annotations

import datetime

import pytest
from chinese_calendar import is_workday as said_elsewhere  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from kaoping.calendar import DAYS as FILE
from kaoping.calendar import FUNCTIONS, add_workdays, calendar, is_workday, workdays
from kaoping.calendar.seed import exceptions
from kaoping.functions import Function, allowed
from kaoping.types import Kind, Type, Value

KNOWN = st.integers(calendar().first, calendar().last)


def day(text: str) -> int:
    return datetime.date.fromisoformat(text).toordinal()


def test_every_day_is_what_the_maintained_package_says() -> None:
    days = range(calendar().first, calendar().last + 1)
    assert [each for each in days if is_workday(each) != said_elsewhere(datetime.date.fromordinal(each))] == []


def test_the_table_is_what_the_seed_writes() -> None:
    written = [tuple(line.split(",")) for line in FILE.read_text("utf-8").splitlines()[1:]]
    assert written == list(exceptions())


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        ("2009-09-30", 1, "2009-10-09"),  # the eight days of National Day and Mid-autumn
        ("2009-09-30", 2, "2009-10-10"),  # a Saturday that was worked
        ("2009-10-10", -1, "2009-10-09"),
        ("2010-02-12", 1, "2010-02-20"),  # the Spring Festival; the Saturday after it was worked
        ("2009-10-04", 1, "2009-10-09"),  # from a day off
        ("2009-10-04", -1, "2009-09-30"),
        ("2009-10-04", 0, "2009-10-04"),
    ],
)
def test_a_date_moved_by_working_days(start: str, number: int, end: str) -> None:
    assert add_workdays(day(start), number) == day(end)


@given(KNOWN, st.integers(-300, 300).filter(bool))
def test_so_many_working_days_lie_between_a_date_and_the_date_moved(start: int, number: int) -> None:
    end = add_workdays(start, number)
    if end is None:
        return
    assert isinstance(end, int)
    assert is_workday(end)
    assert sum(bool(is_workday(each)) for each in range(min(start, end), max(start, end) + 1)) == abs(number) + (
        1 if is_workday(start) else 0
    )
    if number > 0:
        assert workdays(start, end) == number


def test_past_its_ends_the_calendar_says_nothing() -> None:
    last = calendar().last
    assert workdays(last, last + 1) is None
    assert is_workday(calendar().first - 1) is None
    assert add_workdays(last, 1) is None
    assert add_workdays(last - 40, 100) is None


def values(type_: Type) -> st.SearchStrategy[Value]:
    return st.integers(type_.low, type_.high) if type_.kind is not Kind.BOOL else st.booleans()


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
@given(data=st.data())
def test_functions_keep_to_their_ranges(function: Function, data: st.DataObject) -> None:
    arguments = [data.draw(values(type_)) for type_ in function.parameters]
    value = function.body(*arguments)
    assert allowed(value, function.result, missing=function.always is not None)
    pairs = zip(function.parameters, arguments, strict=True)
    exact = [Type(type_.kind, int(a or 0), int(a or 0)) for type_, a in pairs]
    assert function.always is not None
    if function.always(*exact):
        assert value is not None
