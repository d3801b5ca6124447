"""KP406, KP408: the weights of raters, and what `rated by` and evidence stand over."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from kaoping import scheme as s
from kaoping.check.declare import Symbol
from kaoping.check.passes.common import children_of, own_items, percent, settled, under, value_of
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, Note, error

if TYPE_CHECKING:
    from kaoping.check.model import Model


def raters(made: Model, _: Reaches) -> Iterator[Finding]:
    """Raters whose weights do not add up to 100%, and raters over what no assessor scores."""
    below = children_of(made)
    scored = _with_lines(made)
    for symbol in own_items(made):
        item = symbol.placed.statement
        assert isinstance(item, s.Item)
        if not item.raters:
            continue
        total = sum((value_of(weight) for _, weight in item.raters), Fraction(0))
        if total != 1 and not settled(item):
            yield under(symbol.placed, error("KP406", item.span, name=item.name, sum=percent(total)))
        names = [rater for rater, _ in item.raters]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            yield under(symbol.placed, error("KP406", item.span, "twice", name=item.name, rater=twice))
        for leaf in _leaves(symbol, below):
            computed = leaf.placed.statement
            if (isinstance(computed, s.Item) and computed.value is not None) or id(computed) in scored:
                notes = (Note(item.span, "raters"),) if leaf is not symbol else ()
                yield under(leaf.placed, error("KP408", leaf.span, name=leaf.short, notes=notes))


def _leaves(symbol: Symbol, below: dict[int, list[Symbol]]) -> Iterator[Symbol]:
    """The leaves below an item that its raters are passed down to; an item with `=` is not looked into."""
    item = symbol.placed.statement
    assert isinstance(item, s.Item)
    children = below.get(id(item), [])
    if not children or item.value is not None:
        yield symbol
    for child in children if item.value is None else ():
        assert isinstance(child.placed.statement, s.Item)
        if not child.placed.statement.raters:
            yield from _leaves(child, below)


def _with_lines(made: Model) -> set[int]:
    """The items that have `add` or `deduct` lines of their own, by the identity of their statements."""
    found = set()
    for placed in made.checker.declarations.of(s.Line, s.Clear):
        above = next((p for p in reversed(placed.context.parents) if isinstance(p, s.Item)), None)
        found.add(id(above))
    return found
