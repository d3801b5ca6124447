"""Whether the change from one version of a scheme to another can move anybody: down, up, or at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from kaoping import expr as e
from kaoping.diagnostic import errors
from kaoping.plan.build import plan_scheme
from kaoping.plan.plan import Plan
from kaoping.prove.merged import DifferentData
from kaoping.prove.prove import Answer, prove
from kaoping.prove.question import WORDS, Question, Version, question, types_of
from kaoping.prove.shown import Counterexample, counterexample
from kaoping.types import Kind

Way = Literal["lower", "higher", "other"]
KEPT: dict[Way, str] = {"lower": ">=", "higher": "<="}


class Move(Struct, frozen=True):
    """Whether nobody moves one way: proved that nobody does, or refuted, and by whom."""

    way: Way
    answer: Answer
    shown: Counterexample | None = None


class Moves(Struct, frozen=True):
    """Whether anybody's grade can move, or without grades the total, or else any result (`of`). Where it cannot be
    asked there are no `moves` but a `reason`: errors, results (the two do not give the same), or as of `DifferentData`
    with the name of what differs. `shifted` is set where the old version was asked for the period of the new one.
    """

    of: Literal["grade", "total", "results"] = "grade"
    moves: tuple[Move, ...] = ()
    reason: str = ""
    name: str = ""
    shifted: bool = False


def moves(new: Version, old: Version, seconds: float, title: Callable[[str, Way], str]) -> Moves:
    """Ask whether a change can move anybody; each way gets so many seconds. `title` is for examples: of what, and the
    way.
    """
    plans = [plan_scheme(*each)[0] for each in (new, old)]
    if plans[0] is None or plans[1] is None:
        return Moves(reason="errors")
    of, asked = _asked(plans[0], plans[1])
    if not asked:
        return Moves(of, reason="results")
    found = []
    try:
        for way, expression in asked.items():
            made, findings = question(new, expression, old)
            if made is None or errors(findings):
                return Moves(of, reason="results")
            answer = prove(made, seconds)
            found.append(_move(way, made, answer, plans[0], title(of, way)))
            if answer.by == "alike":
                return Moves(of, tuple(Move(each, answer) for each in asked))
    except DifferentData as reason:
        return Moves(of, reason=reason.how, name=reason.name)
    return Moves(of, tuple(found))


def _move(way: Way, made: Question, answer: Answer, plan: Plan, title: str) -> Move:
    shown = counterexample(made, answer.subjects, plan, title) if answer.subjects else None
    return Move(way, answer, shown)


def _asked(new: Plan, old: Plan) -> tuple[Literal["grade", "total", "results"], dict[Way, e.Expr | None]]:
    """What is asked of two versions; nothing where they do not give the same kind of result."""
    types = types_of(new), types_of(old)
    for of in ("grade", "total"):
        one, other = (each.get(of) for each in types)
        if one is None and other is None:
            continue
        if one is None or other is None or (one.kind, one.labels) != (other.kind, other.labels):
            return of, {}
        if one.optional or other.optional or (one.kind is Kind.CHOICE and not one.ordered):
            return of, {"other": None}
        sides = e.Name((of,), (of,)), e.Name((WORDS[0], of), (WORDS[0], of))
        return of, {way: e.Compare(operator, *sides) for way, operator in KEPT.items()}
    return "results", {"other": None} if types[1] else {}
