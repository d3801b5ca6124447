"""What assessors enter for a leaf: one column, or one per rater and per unit of time, and its evidence
(semantics.md 17).
"""

from __future__ import annotations

from msgspec.structs import replace

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import expressions as x
from kaoping.check import items
from kaoping.check import numeric as n
from kaoping.check.checker import Checker, Scope, const
from kaoping.check.declare import Symbol
from kaoping.check.numeric import is_poison, poison
from kaoping.dataset import EVIDENCE, InputColumn
from kaoping.types import BOOL, DATE, Type, number

PLACES = 2
MOST_UNITS = 1_000
"""For how many units of time an assessor may give marks: a column each."""


def assessed(c: Checker, symbol: Symbol, marks: t.Typed | None, scope: Scope) -> t.Typed:
    """The assessor's points for a leaf, from 0 to its points; raters weighted."""
    if marks is None:
        return c.error("KP403", symbol.span.part(symbol.short), name=symbol.short)
    if is_poison(marks):
        return marks
    raters = raters_of(c, symbol)
    if not raters:
        return _given(c, symbol, symbol.name, marks, scope)
    weighted = []
    for rater, weight in raters:
        value = _given(c, symbol, f"{symbol.name}.{rater}", marks, scope)
        weighted.append(n.multiply(x.literal(c, weight), value, symbol.span, c.report))
    return n.add(weighted, symbol.span, c.report)


def raters_of(c: Checker, symbol: Symbol | None) -> tuple[tuple[str, e.Number], ...]:
    """The raters of a leaf: its own, or those of the nearest item above that has some."""
    while symbol is not None:
        statement = symbol.placed.statement
        assert isinstance(statement, s.Item)
        if statement.raters:
            return statement.raters
        symbol = items.parent(c, symbol)
    return ()


def _given(c: Checker, symbol: Symbol, heading: str, marks: t.Typed, scope: Scope) -> t.Typed:
    """The cell of one assessor: in a unit of time the cell of that unit."""
    if not scope.frame.unit:
        return t.Read(_load(c, symbol, heading, marks), type=_type(marks), span=symbol.span)
    c.touch_unit()
    arms: list[tuple[t.Typed, t.Typed]] = []
    first = t.UnitBound(
        "first", type=replace(DATE, low=c.period.first.toordinal(), high=c.period.last.toordinal()), span=symbol.span
    )
    units = c.period.units(scope.frame.unit)
    if len(units) > MOST_UNITS:
        return c.error("KP100", symbol.placed.statement.span, "list", count=len(units), limit=MOST_UNITS)
    for unit in units:
        cell = t.Read(_load(c, symbol, f"{heading}.{unit.text}", marks), type=_type(marks), span=symbol.span)
        arms.append((n.compare("=", first, const(unit.first.toordinal(), first.type, symbol.span), symbol.span), cell))
    return n.choose(arms[:-1], arms[-1][1], symbol.span)


def _type(marks: t.Typed) -> Type:
    places = max(PLACES, marks.type.places)
    return number(0, marks.type.high * 10 ** (places - marks.type.places), places)


def _load(c: Checker, symbol: Symbol, heading: str, marks: t.Typed) -> t.Key:
    key = t.Key(t.EACH, heading, "given")
    if c.made(key) is None:
        c.load(
            t.SUBJECTS, InputColumn(heading, _type(marks)), c.origin(symbol.placed, "given", symbol.span), part="given"
        )
        if not isinstance(marks, t.Const):
            zero = n.with_places(n.constant(0), _type(marks).places)
            c.limits[key] = (zero, n.with_places(marks, _type(marks).places))
    return key


def with_evidence(c: Checker, symbol: Symbol, value: t.Typed) -> t.Typed:
    """The value of a leaf that needs evidence: 0 where there is none."""
    statement = symbol.placed.statement
    assert isinstance(statement, s.Item)
    if not (statement.evidence or (c.evidence and not items.children(c, symbol))):
        return value
    if is_poison(value):
        return poison(symbol.span)
    heading = f"{symbol.name}.{EVIDENCE}"
    key = t.Key(t.EACH, heading)
    if c.made(key) is None:
        c.load(t.SUBJECTS, InputColumn(heading, BOOL), c.origin(symbol.placed, "evidence", symbol.span))
    there = t.Read(key, type=BOOL, span=symbol.span)
    none = n.with_places(n.constant(0, unit=value.type.unit), value.type.places)
    return n.choose([(there, value)], none, symbol.span)
