"""The compiled engine gives exactly what the reference evaluator gives."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, given, settings

from generated_plans import data, plans
from kaoping import typed as t
from kaoping.dataset import Dataset
from kaoping.engines.python import compiled, run
from kaoping.engines.reference import Reference
from kaoping.plan.plan import Plan


# without shrinking: a failing plan of a hundred nodes takes minutes to shrink
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(plans(), data())
def test_every_column_of_any_plan_is_the_same(plan: Plan, dataset: Dataset) -> None:
    # stored results of other periods are never shown, so their columns need not agree
    keys = [key for key, column in plan.columns.items() if key.frame.table != t.HISTORY and column.value is not None]
    reference = Reference(plan, dataset)
    reference.run(keys)
    columns, problems = run(compiled(plan, keys), dataset)
    # repr tells yes from 1
    assert {key.name: repr(columns[key]) for key in keys} == {key.name: repr(reference.column(key)) for key in keys}
    assert {problem.code for problem in problems} == {problem.code for problem in reference.problems}
