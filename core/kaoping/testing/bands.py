"""Lines between bands: `90..100: A, 60..<90: B` has one at 90, `80..89: B, 90..100: A` one between 89 and 90."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from msgspec import Struct

from kaoping import expr as e
from kaoping import scheme as s
from kaoping.testing.grid import FINEST, Grid
from kaoping.testing.tree import Way

Bound = e.Number | e.Date | e.MonthDay


class Band(Struct):
    """A line between bands: the ends that stand on it, with the way to each, and the places of what is compared."""

    ends: list[tuple[Way, Bound]]
    places: int | None


def bands(node: e.Case | s.Table, grid: Grid) -> list[Band]:
    """The lines between the bands of a `case`, or of each column of a decision table."""
    found: dict[tuple[int, Fraction], Band] = {}
    for column, way, pattern, subject in _patterns(node):
        places = grid.places(*((pattern, subject) if subject is not None else (pattern,)))
        for end, number, above in _ends(pattern):
            if isinstance(number, Bound):
                at = _value(number) + (_step(number, places) if above else 0)
                found.setdefault((column, at), Band([], places)).ends.append(((*way, *end), number))
    return list(found.values())


def _patterns(node: e.Case | s.Table) -> Iterator[tuple[int, Way, e.Range | e.Relation, e.Expr | None]]:
    if isinstance(node, e.Case):
        for number, arm in enumerate(node.arms):
            if isinstance(arm.pattern, e.Range | e.Relation):
                yield 0, ("arms", number, "pattern"), arm.pattern, node.subject
        return
    for number, row in enumerate(node.body):
        for column, pattern in enumerate(row.patterns if isinstance(row, s.TableRow) else ()):
            if isinstance(pattern, e.Range | e.Relation):
                yield column, ("body", number, "patterns", column), pattern, None


def _ends(pattern: e.Range | e.Relation) -> Iterator[tuple[Way, e.Expr | None, bool]]:
    """The ends of a band, each with whether the next band begins a step above it."""
    match pattern:
        case e.Range(low=low, high=high, low_open=low_open, high_open=high_open):
            yield ("low",), low, low_open
            yield ("high",), high, not high_open
        case e.Relation(operator=operator, bound=bound):
            yield ("bound",), bound, operator in (">", "<=")


def _value(number: Bound) -> Fraction:
    match number:
        case e.Number(digits=digits, places=places):
            return Fraction(digits, 10**places)
        case e.Date(value=day):
            return Fraction(day.toordinal())
        case e.MonthDay(month=month, day=day):
            return Fraction(month * 100 + day)


def _step(number: Bound, places: int | None) -> Fraction:
    if not isinstance(number, e.Number):
        return Fraction(1)
    return Fraction(1, 10 ** (min(places, FINEST) if places is not None else number.places))
