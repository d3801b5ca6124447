"""KP400: the points of an item are not what its children add up to."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from kaoping import scheme as s
from kaoping.check import items
from kaoping.check.declare import Symbol
from kaoping.check.passes.common import children_of, own_items, settled, shown, under, value_of
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, error

if TYPE_CHECKING:
    from kaoping.check.model import Model

Below = dict[int, list[Symbol]]


def sums(made: Model, _: Reaches) -> Iterator[Finding]:
    """An item whose children do not add up to its points, each counted once; points by class are added class by
    class.
    """
    below = children_of(made)
    for symbol in own_items(made):
        statement = _item(symbol)
        children = below.get(id(statement), [])
        if statement.points is None or statement.value is not None or settled(statement):
            continue
        if not any(points_of(child, None, below) is not None for child in children):
            continue
        extra = any(
            isinstance(line.statement, s.Line) and line.statement.kind == "add"
            for line in items.lines(made.checker, symbol)
        )
        for label, stated, parts in _disagreements(made, symbol, children, below):
            total = sum(parts, Fraction(0))
            if extra and total < stated:
                continue
            facts: dict[str, Any] = {
                "name": symbol.short,
                "points": shown(stated),
                "sum": shown(total),
                "parts": " + ".join(shown(part) for part in parts),
            }
            yield under(
                symbol.placed, error("KP400", statement.span, "class" if label else "", **facts, label=label or "")
            )


def _disagreements(
    made: Model, symbol: Symbol, children: list[Symbol], below: Below
) -> Iterator[tuple[str | None, Fraction, list[Fraction]]]:
    """The class (None for all), the stated points and the children's where they differ."""
    labels = labels_of(made, [symbol, *children])
    by_class = any(isinstance(_item(each).points, tuple) for each in (symbol, *children))
    if not by_class:
        stated, once = points_of(symbol, None, below), _each(children, None, below)
        assert stated is not None
        every = [_each([child for child in children if speaks_of(child, label)], label, below) for label in labels]
        if sum(once) != stated and not (every and all(sum(parts) == stated for parts in every)):
            yield None, stated, once
        return
    for label in labels:
        stated = points_of(symbol, label, below)
        assert stated is not None
        once = _each(children, label, below)
        own = _each([child for child in children if speaks_of(child, label)], label, below)
        if stated not in (sum(once), sum(own)):
            yield label, stated, own if isinstance(_item(symbol).points, tuple) else once


def _each(children: list[Symbol], label: str | None, below: Below) -> list[Fraction]:
    found = [points_of(child, label, below) for child in children]
    return [points for points in found if points]


def points_of(symbol: Symbol, label: str | None, below: Below) -> Fraction | None:
    """The points of an item, for a class; without points of its own those of its children."""
    points = _item(symbol).points
    if isinstance(points, tuple):
        return value_of(dict(points)[label]) if label in dict(points) else Fraction(0)
    if points is not None:
        return value_of(points)
    parts = [points_of(child, label, below) for child in below.get(id(symbol.placed.statement), [])]
    known = [part for part in parts if part is not None]
    return sum(known, Fraction(0)) if known else None


def labels_of(made: Model, symbols: list[Symbol]) -> tuple[str, ...]:
    """The labels of the class that the points or the `for` of some items speak of; none where that is not one class."""
    spoken: set[str] = set()
    for symbol in symbols:
        points = _item(symbol).points
        spoken |= {label for label, _ in points} if isinstance(points, tuple) else set(_item(symbol).classes)
    classes = [placed.statement for placed in made.checker.declarations.of(s.Class)]
    fitting = [each.type.labels for each in classes if isinstance(each, s.Class) and spoken <= set(each.type.labels)]
    return fitting[0] if spoken and len(fitting) == 1 else ()


def speaks_of(symbol: Symbol, label: str) -> bool:
    """Whether an item is for the subjects of a class."""
    return not _item(symbol).classes or label in _item(symbol).classes


def _item(symbol: Symbol) -> s.Item:
    assert isinstance(symbol.placed.statement, s.Item)
    return symbol.placed.statement
