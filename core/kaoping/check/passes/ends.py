"""KP404: an item whose lower end lies above its upper one."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import expressions as x
from kaoping.check import items
from kaoping.check.passes.common import asking, own_items, shown, under
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, error
from kaoping.types import Kind

if TYPE_CHECKING:
    from kaoping.check.model import Model


def ends(made: Model, reaches: Reaches) -> Iterator[Finding]:
    """`down to` above `up to`, or above the points: then the item is held at its upper end, whatever its rules say."""
    with asking(made) as c:
        for symbol in own_items(made):
            item = symbol.placed.statement
            assert isinstance(item, s.Item)
            with c.at(symbol.placed) as scope:
                low = x.numeric(c, item.down_to, scope) if isinstance(item.down_to, e.Node) else None
                high = x.numeric(c, item.up_to, scope) if item.up_to is not None else items.points(c, symbol)
            if low is None or high is None or Kind.POISON in (low.type.kind, high.type.kind):
                continue
            least, most = _low(reaches, low), _high(reaches, high)
            if least > most:
                facts: dict[str, Any] = {"name": item.name, "low": shown(least), "high": shown(most)}
                yield under(symbol.placed, error("KP404", low.span, **facts))


def _low(reaches: Reaches, end: t.Typed) -> Fraction:
    return Fraction(reaches.reach(end).low, 10**end.type.places)


def _high(reaches: Reaches, end: t.Typed) -> Fraction:
    return Fraction(reaches.reach(end).high, 10**end.type.places)
