"""Promises that hold for every scheme that passes the check, tried on schemes and data made up at random.

`KAOPING_FUZZ=5000 pytest tests/test_properties.py` looks longer. A failure prints a line that reproduces it.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kaoping.diagnostic import Severity
from kaoping.engines.run import DataErrors, evaluate
from kaoping.plan.build import plan_scheme
from kaoping.plan.plan import Plan
from kaoping.results import ResultColumn, Results
from kaoping.scheme import Scheme
from kaoping.source import Source
from kaoping.surroundings import Surroundings
from kaoping.types import Kind, Value
from kaoping_dsl.parse import parse
from oracle import evaluate as oracle
from oracle.bridge import columns, dataset
from oracle.evaluate import Answer
from oracle.generate import schemes
from oracle.world import Option, World

ENGINES = ("reference", "python")
EXAMPLES = int(os.environ.get("KAOPING_FUZZ", "150"))
fuzz = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=False,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)

Made = tuple[str, World, dict[str, World]]


@fuzz
@given(schemes())
def test_every_engine_agrees_with_the_oracle(made: Made) -> None:
    scheme, plan, world = checked(made)
    expected = oracle.evaluate(scheme, world)
    for engine in ENGINES:
        results = evaluate(plan, dataset(plan, world), engine)
        assert results.ids == expected.subjects
        assert columns(results) == by_name(expected, results), engine
        assert findings(results) == {who: set(expected.findings[who]) for who in expected.subjects}, engine


@settings(fuzz, max_examples=EXAMPLES // 2)
@given(schemes(), st.randoms(use_true_random=False))
def test_the_order_of_subjects_and_records_changes_nothing(made: Made, chance: Any) -> None:
    _, plan, world = checked(made)
    before = evaluate(plan, dataset(plan, world), "python")
    subjects = list(world.subjects)
    chance.shuffle(subjects)
    for rows in world.records.values():
        chance.shuffle(rows)
    after = evaluate(plan, dataset(plan, world, subjects=subjects), "python")
    assert columns(after) == columns(before)
    assert findings(after) == findings(before)


@settings(fuzz, max_examples=EXAMPLES // 2)
@given(schemes())
def test_no_value_leaves_the_range_the_check_found_for_it(made: Made) -> None:
    _, plan, world = checked(made)
    results = evaluate(plan, dataset(plan, world), "reference")
    for column in results.columns:
        outside = [value for value in results.values[column.name] if not within(value, column)]
        assert not outside, column


@settings(fuzz, max_examples=EXAMPLES // 2)
@given(schemes(), st.data())
def test_an_empty_cell_is_named_or_makes_no_difference(made: Made, data: st.DataObject) -> None:
    scheme, plan, world = checked(made)
    cells = [(who, name) for who, row in world.subjects.items() for name in sorted(row)]
    who, name = data.draw(st.sampled_from(cells))
    full, world.subjects[who][name] = world.subjects[who][name], None
    named: set[str] = set()
    try:
        results = evaluate(plan, dataset(plan, world), "python")
    except DataErrors as wrong:
        named = {each.facts["id"] for each in wrong.findings}
    assert named <= {who}
    if named:
        return
    found = columns(results)
    try:
        same = found == by_name(oracle.evaluate(scheme, world), results)
    except TypeError:  # the oracle stumbles where it needs what is not there
        same = False
    # where constants decide a condition nobody asks for the rest of it; then whatever is in the cell gives the same
    for filled in () if same else (full, not full) if isinstance(full, bool) else (full,):
        world.subjects[who][name] = filled
        again = columns(evaluate(plan, dataset(plan, world), "python"))
        assert without_gaps(again, found) == without_gaps(found, found)


# ---------------------------------------------------------------- what the properties are told in


def without_gaps(values: dict[str, dict[str, Any]], found: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The values of those cells that have one in `found`."""
    return {
        name: {who: value for who, value in column.items() if found[name][who] is not None}
        for name, column in values.items()
    }


def checked(made: Made) -> tuple[Scheme, Plan, World]:
    """The scheme, its plan, and the data with stored results; what the check refuses is not tried."""
    text, world, earlier = made
    scheme, findings = parse(Source("made up", text))
    assert not [each for each in findings if each.severity is Severity.ERROR], text
    plan, _ = plan_scheme(scheme, Surroundings())
    assume(plan is not None)
    assert plan is not None
    for period, other in earlier.items():
        answer = oracle.evaluate(scheme, other)
        world.history[period] = {
            who: {name: label(column[who]) for name, column in answer.columns.items()} for who in answer.subjects
        }
    return scheme, plan, world


def label(value: Any) -> Any:
    return value.label if isinstance(value, Option) else value


def by_name(expected: Answer, results: Results) -> dict[str, dict[str, Any]]:
    """What the oracle found, for the columns of the results."""
    return {
        column.name: {who: label(value) for who, value in expected.columns[column.name].items()}
        for column in results.columns
    }


def findings(results: Results) -> dict[str, set[str]]:
    """The requirements each subject fails, whether said of it or of all."""
    return {who: {*said, *results.general_findings} for who, said in zip(results.ids, results.findings, strict=True)}


def within(value: Value, column: ResultColumn) -> bool:
    """Whether the type of a column allows a value."""
    if value is None:
        return column.type.optional
    return column.type.kind is Kind.TEXT or column.type.low <= int(value) <= column.type.high
