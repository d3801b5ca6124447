"""Functions that may have no value, though all they are given has one; and who is not there to be compared."""

from __future__ import annotations

import datetime

import pytest

from bulk_runs import planned
from kaoping.dataset import Dataset, TableData
from kaoping.engines.run import evaluate
from kaoping.types import Value

ENGINES = ["reference", "python", "duckdb", "sqlite"]
DAYS = """scheme w
period 2026
input a, b : date
item w 100 = 100
let after = add_workdays(a, 3) default 1900-01-01
let between = workdays(a, b) default -1
let working = is_workday(a) default no
let plus = (a + 5 workdays) default 1900-01-01
penalty 10 if (workdays(a, b) default 99) > 30
"""
"""Before 2004 nothing is known of working days."""


def day(text: str) -> int:
    return datetime.date.fromisoformat(text).toordinal()


def results(script: str, engine: str, **columns: list[Value]) -> dict[str, list[Value]]:
    ids = [str(at) for at in range(len(next(iter(columns.values()))))]
    made = evaluate(planned(script), Dataset(ids, ids, {"": TableData(columns)}), engine)
    return {name: list(values) for name, values in made.values.items()}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_default_stands_in_for_a_function_without_a_value(engine: str) -> None:
    found = results(DAYS, engine, a=[day("2003-12-31"), day("2026-01-05")], b=[day("2004-01-05"), day("2026-01-09")])
    assert found["between"] == [-1, 4]
    assert found["working"] == [False, True]
    assert found["after"][0] == found["plus"][0] == day("1900-01-01")
    assert found["penalty"] == [10, 0]


PARENT = """scheme p
period 2026
input river : yes/no
item water 30 applies if river else average
  item one 10
  item two 20
item air 70
let most = full
total score = items * 100 / full
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_an_item_that_nobody_has_is_out_of_the_full_mark_with_all_below_it(engine: str) -> None:
    points: dict[str, list[Value]] = {"one": [300], "two": [400], "air": [6300]}
    found = results(PARENT, engine, river=[False], **points)
    assert (found["most"], found["score"]) == ([70], [9000])
    there = results(PARENT, engine, river=[True], **points)
    assert (there["most"], there["score"]) == ([100], [7000])


UNGRADED = """scheme u
period 2026
input a : score 0..100
input trial : yes/no
item w 100 = a
grades good > bad
grade - if trial
grade good if total >= 60
grade bad otherwise
select flag from all
  top 1 by total
  ties excluded
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_who_has_no_grade_takes_no_place(engine: str) -> None:
    assert results(UNGRADED, engine, a=[9500, 8000], trial=[True, False])["flag"] == [False, True]
