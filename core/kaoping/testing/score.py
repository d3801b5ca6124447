"""The mutation score: of the wrong rules that an example could notice, how many the examples of a script do notice.

A mutant is `killed` where an example fails; `survived` where none does, although a situation is known in which
something that an example can ask for comes out otherwise; `same` where no such situation is found; `refused` where the
check finds an error in it. The score is killed / (killed + survived). What the check refuses never comes to run, and
what nobody can tell apart is no fault of the examples: neither counts.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from kaoping import scheme as s
from kaoping.engines.cases import Ground
from kaoping.engines.examples import examples_one_by_one
from kaoping.plan.build import plan_scheme
from kaoping.plan.plan import Plan
from kaoping.surroundings import Surroundings
from kaoping.testing.mutants import Mutant, mutants
from kaoping.testing.telling import Witness, differing, told, witness

Fate = Literal["killed", "survived", "same", "refused"]


class Judged(Struct, frozen=True):
    """What became of a mutant."""

    mutant: Mutant
    fate: Fate


class Survivor(Judged, frozen=True):
    """A mutant that no example notices: its plan, and a situation that tells it from the script."""

    plan: Plan
    witness: Witness


class Score(Struct, frozen=True):
    """The mutants of a script, in the order of the text."""

    judged: tuple[Judged, ...]

    def count(self, fate: Fate) -> int:
        """How many mutants came to this."""
        return sum(1 for each in self.judged if each.fate == fate)

    @property
    def survivors(self) -> list[Survivor]:
        """The mutants that no example notices."""
        return [each for each in self.judged if isinstance(each, Survivor)]

    @property
    def percent(self) -> int:
        """Killed of those that could be, in whole percent rounded down; 100 where there is none."""
        killed, survived = self.count("killed"), self.count("survived")
        return 100 * killed // (killed + survived) if killed + survived else 100


def score(scheme: s.Scheme, plan: Plan, surroundings: Surroundings) -> Score:
    """Every mutant of a script whose examples pass, judged by them."""
    ground = Ground(plan)
    return Score(tuple(_judged(each, scheme, ground, surroundings) for each in mutants(scheme, plan)))


def _judged(mutant: Mutant, scheme: s.Scheme, ground: Ground, surroundings: Surroundings) -> Judged:
    plan, _ = plan_scheme(mutant.scheme(scheme), surroundings)
    if plan is None:
        return Judged(mutant, "refused")
    if not all(result.passed for result in examples_one_by_one(plan)):
        return Judged(mutant, "killed")
    found = differing(ground.plan, plan)
    known = witness(ground, Ground(plan), found) if found else None
    return Survivor(mutant, "survived", plan, known) if known is not None else Judged(mutant, "same")


def telling(ground: Ground, survivors: list[Survivor]) -> list[Survivor]:
    """Survivors whose situations together tell all of them from the script: the rest differ in one of these too."""
    chosen: list[Survivor] = []
    for each in survivors:
        other = Ground(each.plan)
        if not any(told(ground, other, kept.witness.asked, kept.witness.situation) for kept in chosen):
            chosen.append(each)
    return chosen
