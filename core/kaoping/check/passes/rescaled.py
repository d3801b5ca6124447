"""KP565: a total that is rescaled from another full mark than that of the items."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from kaoping import expr as e
from kaoping import scheme as s
from kaoping.check.declare import Symbol
from kaoping.check.passes.common import children_of, own_items, settled, shown, under, value_of
from kaoping.check.passes.sums import labels_of, points_of, speaks_of
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, warning

if TYPE_CHECKING:
    from kaoping.check.model import Model

_NEAR = Fraction(1, 2)
"""How much smaller one of the two may be: what is further away is divided for another reason."""


def rescaled(made: Model, _: Reaches) -> Iterator[Finding]:
    """`指标合计 * 100 / 80`, where the items add up to 82; the divisor may be one for each class."""
    items = own_items(made)
    top = [each for each in items if not any(isinstance(p, s.Item) for p in each.placed.context.parents)]
    below, labels = children_of(made), labels_of(made, top)
    # whose points are not there, or are a matter of another class: what they add up to is not known here
    if any(each.placed.context.library or points_of(each, None, below) is None for each in top):
        return
    if any(_by_class(each) for each in items if not labels or each not in top):
        return
    full: dict[str | None, Fraction] = {}
    for label in labels or (None,):
        own = [each for each in top if label is None or speaks_of(each, label)]
        full[label] = sum((points_of(each, label, below) or Fraction(0) for each in own), Fraction(0))
    for placed in made.checker.declarations.of(s.Total):
        statement = placed.statement
        assert isinstance(statement, s.Total)
        for product in e.nodes_in(statement.value) if not settled(statement) else ():
            divisor = _divisor(product) if isinstance(product, e.Product) else None
            for label, stated in _stated(divisor, full) if divisor is not None else ():
                if stated == full[label] or not _NEAR <= stated / full[label] <= 1 / _NEAR:
                    continue
                facts: dict[str, Any] = {"stated": shown(stated), "full": shown(full[label]), "label": label or ""}
                most = shown(_rounded(full[label] * 100 / stated))
                yield under(placed, warning("KP565", product.span, "class" if label else "", **facts, most=most))


def _by_class(symbol: Symbol) -> bool:
    item = symbol.placed.statement
    assert isinstance(item, s.Item)
    return bool(item.classes) or isinstance(item.points, tuple)


def _rounded(number: Fraction) -> Fraction:
    return Fraction(round(number * 100), 100)


def _divisor(product: e.Product) -> e.Expr | None:
    """What the sum of the items is divided by, where it is divided by one thing."""
    sums = [
        each
        for sign, each in product.factors
        if sign == "*" and isinstance(each, e.Name) and each.canonical == ("items",)
    ]
    divisors = [each for sign, each in product.factors if sign == "/"]
    return divisors[0] if len(sums) == 1 and len(divisors) == 1 else None


def _stated(divisor: e.Expr, full: dict[str | None, Fraction]) -> Iterator[tuple[str | None, Fraction]]:
    """The number that stands for the full mark, for every class that has one of its own."""
    while isinstance(divisor, e.Bracketed):
        divisor = divisor.operand
    if isinstance(divisor, e.Number):
        yield from ((label, value_of(divisor)) for label, points in full.items() if points)
    elif isinstance(divisor, e.Case):
        arms = [(each.pattern, each.value) for each in divisor.arms]
        named = {pattern.text: value for pattern, value in arms if isinstance(pattern, e.Name)}
        for label, points in full.items():
            value = named.get(label or "")
            if isinstance(value, e.Number) and points:
                yield label, value_of(value)
