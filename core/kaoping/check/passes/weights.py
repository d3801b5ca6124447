"""KP407: the weights in a total, or in an item, do not add up to 100%, or are those that the points have already."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from kaoping import expr as e
from kaoping import scheme as s
from kaoping.check.declare import Placed
from kaoping.check.passes.common import percent, settled, under, value_of
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, warning

if TYPE_CHECKING:
    from kaoping.check.model import Model

BESIDE = ("bonus", "penalty")


def weights(made: Model, _: Reaches) -> Iterator[Finding]:
    """A sum of things weighted by percentages, amounts beside it apart, whose percentages miss 100%."""
    amounts = {
        *BESIDE,
        *(
            placed.statement.name
            for placed in made.checker.declarations.of(s.Group)
            if isinstance(placed.statement, s.Group)
        ),
    }
    for placed in made.checker.declarations.of(s.Total, s.Item):
        statement = placed.statement
        assert isinstance(statement, s.Total | s.Item)
        terms = _weights(statement.value, amounts)
        if terms is None or len(terms) < 2 or settled(statement):
            continue
        found = [weight for weight, _ in terms]
        assert statement.value is not None
        if all(_points(made, placed, term) == 100 * weight for weight, term in terms):
            yield under(placed, warning("KP407", statement.value.span, "twice", name=statement.name))
        if sum(found) == 1:
            continue
        facts: dict[str, Any] = {
            "name": statement.name,
            "sum": percent(sum(found, Fraction(0))),
            "parts": " + ".join(percent(weight) for weight in found),
        }
        yield under(placed, warning("KP407", statement.value.span, **facts))


def _points(made: Model, placed: Placed, term: e.Expr) -> Fraction | None:
    """The points of an item that is named."""
    symbol = made.checker.declarations.find(term.parts, placed.context.library) if isinstance(term, e.Name) else None
    item = symbol.placed.statement if symbol is not None else None
    points = item.points if isinstance(item, s.Item) else None
    return value_of(points) if isinstance(points, e.Number) else None


def _weights(node: e.Expr | None, amounts: set[str]) -> list[tuple[Fraction, e.Expr]] | None:
    """The percentages of a weighted sum, and what they are of; None where something else is added, too."""
    if isinstance(node, e.Bracketed):
        return _weights(node.operand, amounts)
    if not isinstance(node, e.Sum):
        return None
    found = []
    for sign, term in node.terms:
        weight = _weight(term)
        if weight is not None and sign > 0:
            found.append(weight)
        elif not (isinstance(term, e.Name) and (term.canonical[0] in amounts or term.parts[-1] in amounts)):
            return None
    return found


def _weight(term: e.Expr) -> tuple[Fraction, e.Expr] | None:
    """The percentage of `60% of X` or `X * 60%`, and the X."""
    if (
        not isinstance(term, e.Product)
        or len(term.factors) != 2
        or any(operator != "*" for operator, _ in term.factors)
    ):
        return None
    percents = [factor for _, factor in term.factors if isinstance(factor, e.Number) and factor.percent]
    others = [
        factor for _, factor in term.factors if isinstance(factor, e.Name | e.Bracketed | e.Call | e.Case | e.Default)
    ]
    return (value_of(percents[0]), others[0]) if len(percents) == len(others) == 1 else None
