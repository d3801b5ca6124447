"""What a change does to whom, on schemes and data made up at random: every total is counted again from two runs."""

from __future__ import annotations

import os
import re
from typing import cast

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from impact_runs import Reader, Two, check_account, parsed, planned, runs
from kaoping.dataset import Dataset
from kaoping.engines.run import DataErrors, evaluate
from kaoping.plan.plan import Plan
from kaoping.source import Source
from kaoping_dsl.parse import parse
from oracle.bridge import dataset
from oracle.generate import schemes
from oracle.world import World

RULES = ("veto", "bar ", "downgrade", "bonus", "penalty", "cap", "limit", "outcome", "deduct", "add")
THRESHOLD = re.compile(r"(?<=[<>=] )[0-9]+")
fuzz = settings(
    max_examples=int(os.environ.get("KAOPING_FUZZ", "40")), deadline=None, suppress_health_check=list(HealthCheck)
)


def changed(draw: DrawFn, script: str, number: int) -> str:
    """A script with some rules left out, or with another threshold."""
    lines = script.splitlines()
    for _ in range(number):
        places = [at for at, line in enumerate(lines) if line.startswith(RULES) or THRESHOLD.search(line)]
        assume(places)
        at = draw(st.sampled_from(places))
        if THRESHOLD.search(lines[at]) and draw(st.integers(1, 4)) > 1:
            more = draw(st.integers(1, 30))
            lines[at] = THRESHOLD.sub(lambda found, more=more: str(int(found[0]) + more), lines[at], count=1)  # type: ignore[misc]
        else:
            del lines[at]
            while at < len(lines) and lines[at].startswith(" "):  # what stands below it
                del lines[at]
    return "\n".join(lines) + "\n"


def made(draw: DrawFn, number: int) -> tuple[Two, Reader]:
    script, world, _ = draw(schemes())
    before = parsed(script)
    after, mistakes = parse(Source("a.kp", changed(draw, script, number)))
    assume(not mistakes and planned(before) is not None and planned(after) is not None)
    change = Two(before, after)

    def read(plan: Plan) -> Dataset:
        return dataset(plan, world)

    try:
        for plan in change.plans:
            evaluate(plan, read(plan))
    except DataErrors:
        assume(False)
    assume(change.changes)
    return change, read


@fuzz
@given(st.data())
def test_every_total_is_what_two_runs_give(data: st.DataObject) -> None:
    change, read = made(cast(DrawFn, data.draw), data.draw(st.integers(1, 3)))
    found = change.impact(read)
    check_account(found, *runs(change, read))


@fuzz
@given(st.data())
def test_of_a_single_change_every_flip_is_its_doing(data: st.DataObject) -> None:
    change, read = made(cast(DrawFn, data.draw), 1)
    assume(len(change.changes) == 1)
    found = change.impact(read)
    for matrix in found.matrices:
        assert all((each.how, each.enough, each.needed) == ("alone", (0,), (0,)) for each in matrix.causes)
        assert not matrix.offset
        if matrix.flipped:
            assert found.attribution.parts == ((change.changes[0].number,),)
            (effect,) = matrix.effects
            assert (effect.first, effect.last, effect.alone) == (matrix.flipped,) * 3


@fuzz
@given(schemes())
def test_nothing_changes_where_nothing_is_changed(made: tuple[str, World, dict[str, World]]) -> None:
    script, world, _ = made
    scheme = parsed(script)
    plan = planned(scheme)
    assume(plan is not None)
    assert plan is not None
    try:
        evaluate(plan, dataset(plan, world))
    except DataErrors:
        assume(False)
    found = Two(scheme, scheme).impact(lambda asked: dataset(asked, world))
    assert not any(each.flipped for each in found.matrices)
    assert not any(each.entrants.count or each.leavers.count for each in found.quotas)
    assert not any(each.up or each.down for each in found.moves)
    assert not any(each.up or each.down for each in found.shifts)
