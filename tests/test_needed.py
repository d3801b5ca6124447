"""Which cells may be empty (semantics.md 1): where nothing that reads a cell has anything to say of the subject."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from kaoping.dataset import Dataset, TableData
from kaoping.engines.run import DataErrors, evaluate
from kaoping.plan.build import plan_scheme
from kaoping.plan.plan import Plan
from kaoping.source import Source
from kaoping.surroundings import Surroundings
from kaoping.types import Value
from kaoping_dsl.parse import parse

HEAD = """scheme 试
period 2009
class 类 : one of A, B
input a, b : score 0..10
input 旗 : yes/no
item 基 10 = a
"""
GRADED = f"{HEAD}grades 优 > 良\n"


def planned(script: str) -> Plan:
    plan, findings = plan_scheme(parse(Source("a.kp", script))[0], Surroundings())
    assert plan is not None, findings
    return plan


def required(script: str, table: str, name: str) -> str:
    columns = next(each for each in planned(script).inputs if each.name == table).columns
    return next(column.required for column in columns if column.name == name)


@pytest.mark.parametrize(
    "line",
    [
        "item 甲 10 = b for A",
        "item 甲 10 = b applies if 旗",
        "item 甲 10 = b applies if b > 1 for A",
        "item 甲 10 = a applies if 旗 else b",
        "item 甲 10 = a\n  deduct b for A",
        "item 甲 10 = a\n  deduct all if b > 1 for A",
        "item 甲 10\n  deduct 1 up to b for A",
        "let 甲 = b for A",
        "let 甲 = b * 2\nitem 乙 20 = 甲 for A",
        "total 总 = b for A",
        "bonus b for A",
        "group g best\nbonus in g b for A",
        "bonus 1\ncap bonus b for A",
        "veto if b > 2 for A",
        "require b > 2 for A",
        "require a > 1 if b > 1 for A",
        "outcome 奖 = b for A",
        "let 算(X) = X * b",
    ],
)
def test_a_cell_may_be_empty_where_its_only_reader_is_shut_off(line: str) -> None:
    assert required(f"{HEAD}{line}\n", "", "b") == "sometimes"


@pytest.mark.parametrize(
    "lines",
    [
        "grade 优 if b > 2 for A\ngrade 良 otherwise",
        "grade 良 otherwise\nbar 优 if b > 1 for A",
        "grade 优 otherwise\ndowngrade 1 if b > 1 for A",
    ],
)
def test_grades_too_speak_only_of_their_classes(lines: str) -> None:
    assert required(f"{GRADED}{lines}\n", "", "b") == "sometimes"


@pytest.mark.parametrize(
    "line",
    [
        "bonus b if 旗",
        "let 甲 = if 旗 then b else a",
        "let 甲 = case 类 [A: b, B: a]",
        "item 甲 10 = b for A\nlet 乙 = b",
        "require 旗 or b > 1",
        "let 甲 = sum(b over all where 类 = A)",
    ],
)
def test_a_plain_condition_excuses_nothing(line: str) -> None:
    assert required(f"{HEAD}{line}\n", "", "b") == "always"


def test_the_cells_of_a_record_are_needed_where_it_counts() -> None:
    script = f"{HEAD}records 台\n  x : score 0..5\n  y : yes/no\nbonus x per 台 where y\n"
    assert required(script, "台", "x") == "sometimes"
    assert required(script, "台", "y") == "always"
    assert required(script.replace(" where y", ""), "台", "x") == "always"
    assert required(script.replace(" where y", " for A"), "台", "x") == "sometimes"


def test_a_judged_amount_is_asked_for_where_its_condition_holds() -> None:
    script = f"{HEAD}bonus 1..9 as 裁量 if 旗\n"
    assert required(script, "", "裁量") == "sometimes"
    assert required(script, "", "旗") == "always"


@dataclass(frozen=True)
class Cells:
    """One subject's cells of class, a, b and 旗, in units of the last place."""

    values: tuple[Value, Value, Value, Value]

    def data(self) -> Dataset:
        names = ("类", "a", "b", "旗")
        columns: dict[str, list[Value]] = {name: [value] for name, value in zip(names, self.values, strict=True)}
        return Dataset(["1"], ["甲"], {"": TableData(columns, rows=[2], file="subjects.csv")})


@pytest.mark.parametrize("engine", ["reference", "python"])
def test_an_empty_cell_is_told_only_where_it_is_needed(engine: str) -> None:
    plan = planned(f"{HEAD}item 甲 10 = a applies if 旗 else b\n")
    results = evaluate(plan, Cells((0, 100, None, True)).data(), engine)
    assert results.values["甲"] == [100]
    with pytest.raises(DataErrors) as wrong:
        evaluate(plan, Cells((0, 100, None, False)).data(), engine)
    assert [(finding.code, finding.place) for finding in wrong.value.findings] == [("KP690", "subjects.csv:2 b")]


@pytest.mark.parametrize("engine", ["reference", "python"])
def test_a_let_that_nobody_needs_is_missing_only_where_what_it_comes_to_read_is(engine: str) -> None:
    plan = planned(f"{HEAD}let 甲 = if 旗 then a else b\nveto if 甲 > 3 for A\n")
    assert evaluate(plan, Cells((1, 100, None, True)).data(), engine).values["甲"] == [100]
    assert evaluate(plan, Cells((1, 100, None, False)).data(), engine).values["甲"] == [None]


@pytest.mark.parametrize("engine", ["reference", "python", "duckdb"])
def test_what_may_be_missing_by_itself_says_what_is_then(engine: str) -> None:
    """A deduction of a let of one class, with a default for the others, whom only some totals read."""
    plan = planned(
        f"{HEAD}let 甲 = b + 1 for A\ngroup g best\npenalty in g 2 per (甲 default 0)\ntotal 总 applies if 旗\n"
    )
    for cells, penalty in (((0, 500, 100, True), 400), ((1, 500, None, True), 0), ((1, 500, None, False), 0)):
        assert evaluate(plan, Cells(cells).data(), engine).values["penalty"] == [penalty]


@pytest.mark.parametrize("engine", ["reference", "python"])
def test_a_let_that_nobody_needs_has_no_value_where_a_cell_is_empty(engine: str) -> None:
    plan = planned(f"{HEAD}let 甲 = b * 2\nitem 乙 20 = 甲 for A\n")
    results = evaluate(plan, Cells((1, 100, None, False)).data(), engine)
    assert (results.values["甲"], results.values["乙"]) == ([None], [None])


@pytest.mark.parametrize("line", ["for B", "applies if 旗"])
def test_the_cells_of_an_averaged_item_may_be_empty_where_it_does_not_apply(line: str) -> None:
    script = f"{HEAD}item 季评 10 averaged by quarter {line}\n"
    assert required(script, "", "季评.2009Q2") == "sometimes"
    assert required(f"{HEAD}item 季评 10 averaged by quarter\n", "", "季评.2009Q2") == "always"
