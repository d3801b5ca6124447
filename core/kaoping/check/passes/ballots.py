"""KP561: a weighted share that cannot come near the end of its scale, however the votes fall."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check.linear import Linear, linear
from kaoping.check.passes.common import percent, settled, shown, under
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, warning
from kaoping.types import Kind

if TYPE_CHECKING:
    from kaoping.check.model import Model

ROLES = ("let", "field", "item", "total")


def ballots(made: Model, reaches: Reaches) -> Iterator[Finding]:
    """A quotient such as (满意·100% + 不满意·50%) / (满意 + 不满意): a mean of its weights, never below the smallest
    of them.

    With votes x ≥ 0, weights w and divisors d > 0 the quotient Σ w·x / Σ d·x lies between the smallest and the largest
    w/d, and reaches both where all votes are of one kind. A smallest weight above 0 is what authors overlook: nobody
    satisfied
    still gives that much.
    """
    equal = _equalities(made, reaches)
    places = {id(placed.statement): placed for placed in made.checker.declarations.statements}
    for column in reaches.columns.values():
        placed = places.get(id(column.origin.statement))
        if column.value is None or column.origin.role not in ROLES or column.type.kind is Kind.POISON or placed is None:
            continue
        if settled(placed.statement) or placed.context.library:
            continue
        for quotient in column.nodes:
            if not isinstance(quotient, t.Divide):
                continue
            found = _extremes(reaches, quotient, equal)
            if found is None:
                continue
            (low, worst), (high, _) = found
            show = percent if high <= 1 and quotient.type.unit == "" else shown
            facts: dict[str, Any] = {
                "name": column.key.name,
                "low": show(low),
                "high": show(high),
                "worst": worst.span.text,
            }
            yield under(placed, warning("KP561", quotient.span, **facts))


Extreme = tuple[Fraction, t.Typed]


def _extremes(reaches: Reaches, quotient: t.Divide, equal: list[Linear]) -> tuple[Extreme, Extreme] | None:
    """The smallest and the largest weight, each with what it weighs; None where it is no mean, or reaches 0."""
    top, bottom = _opened(reaches, quotient.left), _opened(reaches, quotient.right)
    ways = [bottom, *(_replaced(bottom, known) for known in equal)]
    for way in ways:
        if top.constant or way.constant or len(way.factors) < 2 or not set(top.factors) <= set(way.factors):
            continue
        if any(factor <= 0 or not _is_count(reaches, atom) for atom, factor in way.factors.items()):
            continue
        ratios = [(top.factors.get(atom, Fraction(0)) / factor, atom) for atom, factor in way.factors.items()]
        least, most = min(ratios, key=lambda pair: pair[0]), max(ratios, key=lambda pair: pair[0])
        if 0 < least[0] < most[0]:
            return least, most
    return None


def _opened(reaches: Reaches, node: t.Typed) -> Linear:
    """A sum with computed columns looked into."""

    def behind(key: t.Key) -> t.Typed | None:
        column = reaches.columns.get(key)
        return column.value if column is not None and column.origin.role == "let" else None

    return linear(node, behind)


def _is_count(reaches: Reaches, atom: t.Typed) -> bool:
    """Whether it is loaded data that begins at 0, or a sum of such data over records."""
    if isinstance(atom, t.Fold):
        return atom.kind in ("sum", "count") and atom.type.low == 0 < atom.type.high
    column = reaches.columns.get(atom.key) if isinstance(atom, t.Read) else None
    return column is not None and column.value is None and column.type.low == 0 < column.type.high


def _equalities(made: Model, reaches: Reaches) -> list[Linear]:
    """What requirements say is equal: left side minus right side is 0."""
    found = []
    for required in made.requirements:
        statement, value = required.placed.statement, reaches.columns[required.key].value
        if not isinstance(statement, s.Require) or statement.when is not None or not isinstance(value, t.Compare):
            continue
        if value.operator == "=" and value.left.type.kind is Kind.NUMBER:
            found.append(_opened(reaches, value.left).plus(_opened(reaches, value.right), Fraction(-1)))
    return found


def _replaced(bottom: Linear, equal: Linear) -> Linear:
    """A divisor that is one column, put as what a requirement says it is the sum of."""
    if len(bottom.factors) != 1:
        return bottom
    atom, factor = next(iter(bottom.factors.items()))
    other = equal.factors.get(atom)
    return bottom.plus(equal, -factor / other) if other else bottom
