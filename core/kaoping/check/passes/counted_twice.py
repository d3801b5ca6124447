"""KP564: an item that a total adds up twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check.passes.common import own_items, settled, under
from kaoping.check.reach import DEEPEST, Reaches
from kaoping.diagnostic import Finding, warning

if TYPE_CHECKING:
    from kaoping.check.model import Model


def counted_twice(made: Model, reaches: Reaches) -> Iterator[Finding]:
    """`总分 综合 = 指标合计 + 学习`, or an item beside one that stands below it: its points count twice."""
    c = made.checker
    shown = {symbol.name: symbol.short for symbol in own_items(made)}
    for placed in c.declarations.of(s.Total):
        total = placed.statement
        assert isinstance(total, s.Total)
        if total.value is None or settled(total):
            continue
        sums = Sums(reaches, set(shown))
        column = reaches.columns.get(t.Key(t.EACH, total.name))
        if column is not None and column.value is not None:
            sums.added(column.value, 0)
        if sums.twice:
            # of an item and what stands below it the item is named
            name = next(each for each in shown if each in sums.twice)
            yield under(placed, warning("KP564", total.value.span, name=shown[name], total=total.name))


class Sums:
    """What sums add up: each column is looked into once."""

    def __init__(self, reaches: Reaches, names: set[str]) -> None:
        """The names are those of the items."""
        self.reaches = reaches
        self.names = names
        self.known: dict[t.Key, frozenset[str]] = {}
        self.twice: set[str] = set()

    def added(self, node: t.Typed, depth: int) -> frozenset[str]:
        """The items that stand in a sum with their whole value; of what is taken off, weighted or chosen nothing is
        said.
        """
        match node:
            case t.Read(key=key):
                return self._column(key, depth)
            case t.Scale(operand=operand) | t.Present(operand=operand) | t.Drop(operand=operand):
                return self.added(operand, depth)
            case t.Add(operands=operands):
                found: frozenset[str] = frozenset()
                if any(
                    isinstance(each, t.Const) and isinstance(each.value, int) and each.value < 0 for each in operands
                ):
                    return found  # what is beyond a number is not the whole
                for operand in operands:
                    more = self.added(operand, depth)
                    self.twice |= found & more
                    found |= more
                return found
            case t.Least(operands=operands) | t.Greatest(operands=operands):  # a sum and its limit
                return frozenset().union(*(self.added(operand, depth) for operand in operands))
            case _:
                return frozenset()

    def _column(self, key: t.Key, depth: int) -> frozenset[str]:
        if key not in self.known:
            column = self.reaches.columns.get(key)
            value = column.value if column is not None and depth < DEEPEST else None
            below: frozenset[str] = frozenset() if value is None else self.added(value, depth + 1)
            own = not key.part and key.frame == t.EACH and key.name in self.names
            self.known[key] = below | {key.name} if own else below
        return self.known[key]
