"""Written expressions become typed ones: the entry point, names, literals, choices and missing values."""

from __future__ import annotations

import datetime
import re

from msgspec.structs import replace

from kaoping import expr as e
from kaoping import typed as t
from kaoping.check import arithmetic, calls, conditions, names, units
from kaoping.check import numeric as n
from kaoping.check.checker import Checker, Scope, const
from kaoping.check.numeric import Rounding, is_poison, poison, with_places
from kaoping.check.units import common_unit
from kaoping.diagnostic import Fix
from kaoping.source import Span
from kaoping.types import BOOL, DATE, TEXT, Kind, Type, choice, number, people_text

_NO_UNITS = {
    "date": re.compile("月(?:[0-9]{1,2}[日号]?)?(?:[以之]?[前后]|底|末|初)?"),
    "work_days": re.compile("个?工作日"),
    "span": re.compile("个?[年月周]|个?季度|个?半年"),
    "place": re.compile("[名位个家]"),
}
"""What stands behind a number in documents and is no unit of data."""


def expression(
    c: Checker, node: e.Expr, scope: Scope, expected: Type | None = None, rounding: Rounding | None = None
) -> t.Typed:
    """The typed form of an expression.

    `expected` is the type of the other side, by which a label is read; `rounding` is the rounding directly around a
    chain. What is wrong is reported and becomes poison.
    """
    if scope.arguments:
        return _typed(c, node, scope, expected, rounding) if within_budget(c, node.span) else poison(node.span)
    typed = _typed(c, node, scope, expected, rounding)
    c.typed[id(node), scope.frame] = node, typed
    return typed


def again(c: Checker, node: e.Expr, scope: Scope) -> t.Typed:
    """An expression as it was typed when its statement was checked, else typed now."""
    known = c.typed.get((id(node), scope.frame))
    return expression(c, node, scope) if known is None else known[1]


def _typed(c: Checker, node: e.Expr, scope: Scope, expected: Type | None, rounding: Rounding | None) -> t.Typed:
    match node:
        case e.Bracketed(operand=operand):
            return replace(expression(c, operand, scope, expected, rounding), span=node.span)
        case e.Name():
            return names.name(c, node, scope, expected, rounding)
        case e.Number():
            return literal(c, node, expected)
        case e.Date(value=value):
            return const(value.toordinal(), DATE, node.span)
        case e.MonthDay():
            return _month_day(c, node, scope)
        case e.Text(value=value):
            return _text(c, value, expected, node.span)
        case e.YesNo(value=value):
            return t.Const(value, type=BOOL, span=node.span)
        case e.Sum() | e.Product() | e.Negative() | e.Interpolate():
            return arithmetic.arithmetic(c, node, scope, rounding)
        case e.All() | e.Any() | e.Not() | e.Compare() | e.In() | e.Has():
            return conditions.condition(c, node, scope)
        case e.If():
            return conditions.if_(c, node, scope, expected, rounding)
        case e.Case():
            return conditions.case(c, node, scope, expected, rounding)
        case e.Default(operand=operand, fallback=fallback):
            return _default(c, operand, fallback, scope, expected, rounding, node.span)
        case e.Call():
            return calls.call(c, node, scope, expected, rounding)
        case e.Duration(amount=e.Number(), unit="days"):
            right = "".join(node.span.text.split())
            return c.error("KP223", node.span, "literal", text=node.span.text, right=right, fix=Fix(node.span, right))
        case e.Duration():
            return c.error("KP223", node.span, text=node.span.text)


def truth(c: Checker, node: e.Expr, scope: Scope) -> t.Typed:
    """A condition: yes or no, never missing."""
    typed = expression(c, node, scope, BOOL)
    if is_poison(typed):
        return typed
    if typed.type.kind is not Kind.BOOL:
        return c.error("KP220", node.span, "condition", text=node.span.text, kind=units.kind_text(typed.type))
    return c.needed(typed, node.span)


def numeric(
    c: Checker, node: e.Expr, scope: Scope, rounding: Rounding | None = None, expected: Type | None = None
) -> t.Typed:
    """A number, which may be missing."""
    typed = expression(c, node, scope, expected, rounding)
    if is_poison(typed) or typed.type.kind is Kind.NUMBER:
        return typed
    return c.error("KP220", node.span, "number", text=node.span.text, kind=units.kind_text(typed.type))


def literal(c: Checker, node: e.Number, expected: Type | None = None) -> t.Typed:
    """A number as written, with its unit."""
    unit = None
    if node.unit is not None:
        unit = c.units.get(node.unit)
        if unit is None and not c.declarations.lost:  # a library that is not there may have brought it
            variant = next((each for each, words in _NO_UNITS.items() if words.fullmatch(node.unit)), "")
            right = people_text(node.digits, number(0, 0, node.places, None))
            known = sorted(word for word in c.units if word)
            wrong = c.error("KP222", node.span, variant, unit=node.unit, text=node.span.text, right=right, known=known)
            if variant:  # it was no number to begin with
                return wrong
    elif node.percent:
        unit = ""
    del expected
    return t.Const(
        node.digits, type=number(node.digits, node.digits, node.places, unit, percent=node.percent), span=node.span
    )


def proofs(node: e.Expr, c: Checker, scope: Scope) -> frozenset[t.Key]:
    """The columns that a condition proves to be present where it holds."""
    match node:
        case e.Bracketed(operand=operand):
            return proofs(operand, c, scope)
        case e.Has(operand=operand):
            key = names.key_of(c, operand, scope)
            return frozenset({key}) if key else frozenset()
        case e.All(parts=parts):
            return frozenset().union(*(proofs(part, c, scope) for part in parts))
        case _:
            return frozenset()


def unify(c: Checker, values: list[t.Typed], span: Span) -> list[t.Typed]:
    """Values that may stand for one another get one type: the same kind, unit and labels."""
    if is_poison(*values):
        return values
    present = [value for value in values if not (isinstance(value, t.Const) and value.value is None)]
    kinds = {value.type.kind for value in present}
    if len(kinds) > 1:
        other = next(value for value in present if value.type.kind is not present[0].type.kind)
        c.error(
            "KP220",
            other.span,
            "branches",
            one=present[0].span.text,
            kind=units.kind_text(present[0].type),
            other=other.span.text,
            other_kind=units.kind_text(other.type),
        )
        return [poison(span)] * len(values)
    match next(iter(kinds), None):
        case Kind.NUMBER:
            if not common_unit([value.type.unit for value in present])[1]:
                c.error("KP221", span, "together", **n.strangers(present))
                return [poison(span)] * len(values)
            places = max(value.type.places for value in present)
            return [with_places(value, places) for value in values]
        case Kind.CHOICE:
            labels = present[0].type.labels
            for value in present:
                if value.type.labels is not labels and value.type.labels != labels:
                    labels = tuple(dict.fromkeys(labels + value.type.labels))
            return [relabelled(value, choice(labels, ordered=present[0].type.ordered)) for value in values]
        case _:
            return values


def relabelled(value: t.Typed, type_: Type) -> t.Typed:
    """A choice in the labels of another type, which has them all."""
    if value.type.kind is not Kind.CHOICE or value.type.labels == type_.labels:
        return value
    codes = tuple(type_.labels.index(label) for label in value.type.labels)
    new = replace(type_, optional=value.type.optional)
    if isinstance(value, t.Const):
        return t.Const(None if value.value is None else codes[int(value.value)], type=new, span=value.span)
    return t.Recode(value, codes, type=new, span=value.span)


def _default(
    c: Checker,
    operand: e.Expr,
    fallback: e.Expr,
    scope: Scope,
    expected: Type | None,
    rounding: Rounding | None,
    span: Span,
) -> t.Typed:
    value = expression(c, operand, scope, expected, rounding)
    other = expression(c, fallback, scope, value.type, rounding)
    if is_poison(value, other):
        return poison(span)
    if not value.type.optional:
        return replace(value, span=span)  # a default that is never needed is a precaution, no mistake
    value, other = unify(c, [value, other], span)
    if is_poison(value, other):
        return poison(span)
    type_ = replace(
        value.type,
        low=min(value.type.low, other.type.low),
        high=max(value.type.high, other.type.high),
        unit=common_unit([value.type.unit, other.type.unit])[0],
        optional=other.type.optional,
    )
    return t.Coalesce(value, other, type=type_, span=span)


def _text(c: Checker, value: str, expected: Type | None, span: Span) -> t.Typed:
    if expected is not None and expected.kind is Kind.CHOICE:
        if value in expected.labels:
            return const(expected.labels.index(value), expected.present, span)
        return c.error("KP203", span, name=value, labels=expected.labels)
    return t.Const(value, type=TEXT, span=span)


def _month_day(c: Checker, node: e.MonthDay, scope: Scope) -> t.Typed:
    """That day in the last year of the period; in a unit of time, of that unit."""
    last = c.period.last.year
    years = range(c.period.first.year if scope.frame.unit else last, last + 1)
    try:
        *earlier, (_, held) = (
            (year, const(datetime.date(year, node.month, node.day).toordinal(), DATE, node.span)) for year in years
        )
    except ValueError:
        return c.error("KP224", node.span, text=node.span.text)
    if not earlier:
        return held
    end = names.of_period(c, "end", scope, node.span)
    arms: list[tuple[t.Typed, t.Typed]] = [
        (n.compare("<=", end, const(datetime.date(year, 12, 31).toordinal(), DATE, node.span), node.span), day)
        for year, day in earlier
    ]
    return n.choose(arms, held, node.span)


def within_budget(c: Checker, span: Span) -> bool:
    """Whether the calls of `let` functions may be written out further; reports once where they may not."""
    from kaoping.check.checker import BUDGET

    c.written_out += 1
    if c.written_out == BUDGET:
        c.error("KP311", c.whole(span), limit=BUDGET)
    return c.written_out < BUDGET
