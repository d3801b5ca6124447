"""KP562: an item that can never reach its points; KP563: one that is worked out from the full mark of them all."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check.passes.common import own_items, settled, shown, under, value_of
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, warning
from kaoping.types import Kind

if TYPE_CHECKING:
    from kaoping.check.model import Model


def full_marks(made: Model, reaches: Reaches) -> Iterator[Finding]:
    """An item with `=` or only `add` lines whose largest value lies below its points, for every class of subjects; an
    item whose `=` reads the full mark of the whole scheme.
    """
    parents = {id(parent) for symbol in own_items(made) for parent in symbol.placed.context.parents}
    for symbol in own_items(made):
        item = symbol.placed.statement
        column = reaches.columns.get(t.Key(t.EACH, symbol.name))
        assert isinstance(item, s.Item)
        for name in e.nodes_in(item.value) if item.points is not None and not settled(item) else ():
            if isinstance(name, e.Name) and name.canonical == ("full",):
                short = len(made.checker.declarations.items.get(symbol.short, ())) < 2
                called = symbol.short if short else symbol.name
                yield under(symbol.placed, warning("KP563", name.span, text=name.text, name=called))
        if item.points is None or id(item) in parents or settled(item) or item.up_to is not None or item.raters:
            continue
        if column is None or column.type.kind is Kind.POISON:
            continue
        points = (
            [value_of(number) for _, number in item.points]
            if isinstance(item.points, tuple)
            else [value_of(item.points)]
        )
        reach = reaches.column_reach(column.key)
        most = Fraction(reach.high, 10**column.type.places)
        if not reach.nothing and most < min(points):
            facts: dict[str, Any] = {"name": symbol.short, "points": shown(min(points)), "high": shown(most)}
            yield under(symbol.placed, warning("KP562", item.span, **facts))
