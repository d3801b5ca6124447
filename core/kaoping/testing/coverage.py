"""What examples come to: of every comparison, condition, cap and quota of a script, whether some example reaches each
side of it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from msgspec import Struct

from kaoping import scheme as s
from kaoping import typed as t
from kaoping.engines.examples import observed
from kaoping.engines.walk import closure
from kaoping.plan.plan import Plan
from kaoping.source import Span
from kaoping.testing.sides import Ranges, hint, sides
from kaoping.testing.tree import places
from kaoping.testing.visits import Visits


class Point(Struct, frozen=True):
    """One side of a rule: `below`, `at`, `above` of a threshold, `yes`, `no` of a condition, `held`, `free` of a cap,
    `taken`, `left`, `tie` of a quota. `hint` says what would reach it, where that is known.
    """

    span: Span
    side: str
    clause: str | None
    hint: str
    reached: bool


class Coverage(Struct, frozen=True):
    """All sides of the rules of a script, in the order of the text."""

    points: tuple[Point, ...]

    @property
    def missing(self) -> list[Point]:
        """The sides that no example reaches."""
        return [each for each in self.points if not each.reached]

    @property
    def percent(self) -> int:
        """The part that is reached, in whole percent rounded down; 100 where there is nothing to reach."""
        return 100 * (len(self.points) - len(self.missing)) // len(self.points) if self.points else 100


def coverage(scheme: s.Scheme, plan: Plan) -> Coverage:
    """The sides of the rules that stand in a script, and which of them its examples reach."""
    visits = Visits()
    for example in observed(plan):
        visits.of(example.reference, example.counting)
    clauses, ranges = _Clauses(scheme), Ranges(plan)
    points: dict[tuple[int, int, str], Point] = {}
    for node in _ruling(plan):
        for side in sides(node, ranges.of) if node.span.source.name == plan.source.name else ():
            at = node.span.start, node.span.end, side
            reached = at in visits.reached
            points.setdefault(at, Point(node.span, side, clauses.of(node.span), hint(node, side), reached))
    return Coverage(tuple(points[at] for at in sorted(points, key=lambda at: (at[0], -at[1]))))


def _ruling(plan: Plan) -> Iterator[t.Typed]:
    """The expressions that results, reasons and requirements rest on."""
    ends = [
        *(key for _, key in plan.results),
        *(reason.key for reason in plan.reasons),
        *(each.key for each in plan.requirements),
    ]
    reached = closure(plan, ends)
    for key, column in plan.columns.items():
        if key in reached:
            yield from column.nodes


class _Clauses:
    """The clause that each statement of a script stands in."""

    def __init__(self, scheme: s.Scheme) -> None:
        known = {place.statement.span.start: place.clause for place in places(scheme) if place.node is place.statement}
        self._starts = sorted(known)
        self._clauses = [known[start] for start in self._starts]

    def of(self, span: Span) -> str | None:
        """The innermost clause of a place."""
        at = bisect_right(self._starts, span.start)
        return self._clauses[at - 1] if at else None
