"""Classes of subjects: `for A, B`, and points by class."""

from __future__ import annotations

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import conditions as cond
from kaoping.check import define, names
from kaoping.check import expressions as x
from kaoping.check import numeric as n
from kaoping.check.checker import Checker, Scope, const
from kaoping.check.declare import Placed, Symbol
from kaoping.check.numeric import is_poison, poison
from kaoping.diagnostic import Fix, Note
from kaoping.source import Span
from kaoping.types import BOOL


def class_of(c: Checker, labels: tuple[str, ...], span: Span) -> Symbol | None:
    """The class that has all of the labels; reported where there is none, or more than one."""
    declared = [symbol for symbol in c.declarations.names.values() if isinstance(symbol.placed.statement, s.Class)]
    found = [symbol for symbol in declared if set(labels) <= set(_labels(symbol))]
    if len(found) == 1:
        return c.use(found[0])
    known = [label for symbol in declared for label in _labels(symbol)]
    unknown = [label for label in labels if label not in known]
    if len(found) > 1:
        c.error("KP212", span, "several", labels=labels, names=[symbol.short for symbol in found])
    elif not declared:
        c.error("KP212", span.part(labels[0]), "none", labels=labels)
    elif unknown:
        near = names.nearest(unknown[0], known)
        notes = tuple(Note(symbol.span, "class") for symbol in declared[:1])
        place = span.part(unknown[0])
        fix = Fix(place, near) if near else None
        c.error("KP203", place, "near" if near else "", name=unknown[0], near=near, labels=known, notes=notes, fix=fix)
    else:
        c.error("KP212", span, labels=labels, names=[symbol.short for symbol in declared])
    return None


def _labels(symbol: Symbol) -> tuple[str, ...]:
    assert isinstance(symbol.placed.statement, s.Class)
    return symbol.placed.statement.type.labels


def _read(c: Checker, symbol: Symbol, span: Span) -> t.Typed:
    return names.read(define.column(c, symbol, "", span), Scope(), span)


def among(c: Checker, labels: tuple[str, ...], span: Span) -> t.Typed:
    """`for A, B`: whether the subject is of one of the classes."""
    symbol = class_of(c, labels, span)
    if symbol is None:
        return poison(span)
    value = _read(c, symbol, span)
    if is_poison(value):
        return value
    return t.Among(
        value, tuple(value.type.labels.index(label) for label in dict.fromkeys(labels)), type=BOOL, span=span
    )


def by_class(c: Checker, points: tuple[tuple[str, e.Number], ...], span: Span) -> t.Typed:
    """Points by class; a class that is not named has 0."""
    labels = tuple(label for label, _ in points)
    symbol = class_of(c, labels, span)
    if symbol is None:
        return poison(span)
    value = _read(c, symbol, span)
    if is_poison(value):
        return value
    marks = [x.literal(c, number) for _, number in points]
    aligned = n.aligned([*marks, n.constant(0)])
    tests = [n.compare("=", value, const(value.type.labels.index(label), value.type, span), span) for label in labels]
    missing = [label for label in value.type.labels if label not in labels]
    *first, last = list(zip(tests, aligned, strict=False))
    if missing:
        return n.choose([*first, last], aligned[-1], span)
    return n.choose(list(first), last[1], span)


def guard(c: Checker, placed: Placed) -> t.Typed:
    """The `for` of a statement and of the blocks around it, items apart: whether it speaks of the subject at all."""
    own = [placed.statement.classes] if placed.statement.classes else []
    tests = [among(c, labels, placed.statement.span) for labels in (*placed.context.classes, *own)]
    return cond.both(tests, placed.statement.span) if tests else t.Const(True, type=BOOL, span=placed.statement.span)
