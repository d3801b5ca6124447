"""Missing examples: for every wrong rule that no example notices a situation that would, as few as do for all."""

from __future__ import annotations

from collections.abc import Callable

from kaoping import scheme as s
from kaoping.engines.cases import Ground
from kaoping.plan.plan import Plan
from kaoping.testing.mutants import Mutant
from kaoping.testing.score import Score, telling
from kaoping.testing.written import example

Title = Callable[[int, Mutant], str]


def missing(plan: Plan, score: Score, title: Title) -> list[s.Example]:
    """The examples that notice what those of a script do not; each expects what the script itself gives."""
    ground = Ground(plan)
    chosen = telling(ground, score.survivors)
    return [example(ground, each.witness, title(number, each.mutant)) for number, each in enumerate(chosen, 1)]
