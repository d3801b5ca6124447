"""The compiled engine gives exactly what the reference evaluator gives."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from generated_plans import MakerOfFunctions, data, made_data, made_plan, plans, plans_of_aggregates
from kaoping import typed as t
from kaoping.dataset import Dataset
from kaoping.engines.python import compiled, run
from kaoping.engines.reference import Reference
from kaoping.numbers import MODES
from kaoping.plan.plan import Plan
from kaoping.types import Value
from plans import column, const, dataset, loaded, num, plan, read
from sql_engines import assert_agrees

# without shrinking: a failing plan of a hundred nodes takes minutes to shrink
SEARCH = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)


def assert_engines_agree(made: Plan, rows: Dataset) -> None:
    """Every column the same in both, and the same data errors."""
    # stored results of other periods are never shown, so their columns need not agree
    keys = [key for key, column in made.columns.items() if key.frame.table != t.HISTORY and column.value is not None]
    reference = Reference(made, rows)
    reference.run(keys)
    columns, problems = run(compiled(made, keys), rows)
    # repr tells yes from 1
    assert {key.name: repr(columns[key]) for key in keys} == {key.name: repr(reference.column(key)) for key in keys}
    assert {problem.code for problem in problems} == {problem.code for problem in reference.problems}


@SEARCH
@given(plans(), data())
def test_every_column_of_any_plan_is_the_same(made: Plan, rows: Dataset) -> None:
    assert_engines_agree(made, rows)


@SEARCH
@given(plans_of_aggregates(), data())
def test_every_fold_window_and_quota_is_the_same(made: Plan, rows: Dataset) -> None:
    assert_engines_agree(made, rows)


@pytest.mark.parametrize("part", range(4))
def test_functions_that_may_have_no_value(part: int) -> None:
    """Also in SQL, where they are called apart from the query."""
    for seed in range(part, 400, 4):
        chance = random.Random(f"functions {seed}")
        made, rows = made_plan(chance.randint, MakerOfFunctions), made_data(chance.randint)
        assert_engines_agree(made, rows)
        if seed % 5 == 0:
            assert_agrees(made, rows)


@pytest.mark.parametrize("mode", MODES)
def test_every_rounding_is_the_same_on_both_sides_of_zero_and_at_every_half(mode: str) -> None:
    top, bottom = loaded("甲", num()), loaded("乙", num())
    columns = [column(f"降{digits}", t.Drop(read(top), digits, mode, type=num())) for digits in (0, 1, 2)]
    for divisor in (1, 2, 3, 10, -4):
        columns.append(column(f"除{divisor}", t.Divide(read(top), const(divisor), 1, mode, type=num())))
    columns.append(column("除", t.Divide(read(top), read(bottom), 0, mode, type=num())))
    pairs = [(a, b) for a in range(-160, 161) for b in (-4, 0, 2, 3)]
    rows: dict[str, list[Value]] = {"甲": [a for a, _ in pairs], "乙": [b for _, b in pairs]}
    assert_engines_agree(plan(top, bottom, *columns, required={"甲": "always", "乙": "always"}), dataset(rows))


def test_nothing_of_a_script_is_in_the_generated_code() -> None:
    hostile = loaded("__import__('os').abort()", num())
    text = t.Compare("=", const("'); raise SystemExit #"), const("乙"), type=const(True).type)
    made = plan(hostile, column("x\n    raise SystemExit", t.Choose(((text, read(hostile)),), const(1), type=num())))
    program = compiled(made, [key for _, key in made.results])
    source = "".join(turn.source for turn in program.turns if hasattr(turn, "source"))
    assert source.isascii()
    assert all(word not in source for word in ("import", "raise", "abort", "SystemExit"))
    assert_engines_agree(made, dataset({hostile.key.name: [1]}))


def test_a_choice_of_hundreds_of_arms_compiles() -> None:
    top = loaded("甲", num())
    arms = tuple((t.Compare("=", read(top), const(n), type=const(True).type), const(n * n)) for n in range(1000))
    made = plan(top, column("表", t.Choose(arms, const(-1), type=num())), required={"甲": "always"})
    assert_engines_agree(made, dataset({"甲": [0, 39, 40, 41, 999, 1000]}))
