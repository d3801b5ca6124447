"""Expressions: what is rounded where (paragraph 4 of the fine print), and what is missing when (paragraph 2)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from kaoping import expr as x
from kaoping import scheme as s
from oracle import calls, names
from oracle.book import Oracle, names_in
from oracle.rounding import rounded
from oracle.values import below, compared, equal, literal
from oracle.world import Scope, Value


def value(o: Oracle, e: x.Expr, scope: Scope) -> Value:
    """The value of an expression, a chain with a quotient rounded to the precision."""
    match e:
        case x.Number():
            return literal(e)
        case x.Date(value=day):
            return day
        case x.MonthDay(month=month, day=day_of_month):
            return datetime.date((scope.unit or o.period).last.year, month, day_of_month)
        case x.Text(value=text) | x.YesNo(value=text):
            return text
        case x.Name():
            return names.look_up(o, e, scope)
        case x.Product() | x.Negative() | x.Bracketed():
            fraction = exact(o, e, scope)
            if fraction is None or not _has_quotient(o, e):
                return fraction
            return rounded(fraction, o.precision)
        case x.Sum():
            return _sum(o, e, scope)
        case x.All(parts=parts):
            return _all(o, parts, scope)
        case x.Any(parts=parts):
            held = [value(o, part, scope) for part in parts]
            return None if None in held else any(held)
        case x.Not(operand=operand):
            holds = value(o, operand, scope)
            return None if holds is None else not holds
        case x.Compare(operator=operator, left=left, right=right):
            return compared(operator, exact(o, left, scope), exact(o, right, scope))
        case x.In(operand=operand, choices=choices):
            return _contained(o, value(o, operand, scope), choices, scope)
        case x.If() | x.Case():
            branch = taken(o, e, scope)
            return None if branch is None else value(o, branch, scope)
        case x.Interpolate():
            return _interpolated(o, e, scope)
        case x.Has(operand=operand):
            return names.has(o, operand, scope)
        case x.Default(operand=operand, fallback=fallback):
            found = value(o, operand, scope)
            return value(o, fallback, scope) if found is None else found
        case x.Call():
            if e.function in o.functions and not e.builtin:
                return value(o, written_out(o, e), scope)
            return calls.call(o, e, scope)
        case x.Duration(amount=amount):
            return value(o, amount, scope)
    raise AssertionError(e)


def _all(o: Oracle, parts: tuple[x.Expr, ...], scope: Scope) -> Value:
    """Missing absorbs; but after a `has X` that does not hold, what lacks nothing else is excused. An `and` in brackets
    is no other than one without them.
    """
    held = []
    lacking: set[str] = set()
    for part in _without_brackets(parts):
        found = value(o, part, scope)
        if isinstance(part, x.Has) and not found:
            lacking.add(part.operand.text)
        read = list(names_in(part)) if found is None else []
        others = [name for name in read if name.text not in lacking]
        if len(others) < len(read) and all(names.look_up(o, name, scope) is not None for name in others):
            continue
        held.append(found)
    return None if None in held else all(held)


def _without_brackets(parts: Iterable[x.Expr]) -> Iterator[x.Expr]:
    for part in parts:
        inner = part
        while isinstance(inner, x.Bracketed):
            inner = inner.operand
        if isinstance(inner, x.All):
            yield from _without_brackets(inner.parts)
        else:
            yield part


def exact(o: Oracle, e: x.Expr, scope: Scope) -> Value:
    """A chain as the one fraction it is, unrounded; anything else is one factor with its value."""
    match e:
        case x.Product(factors=factors):
            found = [(sign, exact(o, factor, scope)) for sign, factor in factors]
            if any(number is None or (sign == "/" and number == 0) for sign, number in found):
                return None
            product = Fraction(1)
            for sign, number in found:
                product = product / number if sign == "/" else product * number
            return product
        case x.Negative(operand=operand):
            number = exact(o, operand, scope)
            return None if number is None else -number
        case x.Bracketed(operand=operand):
            return exact(o, operand, scope)
        case x.Call(function=function, builtin=False) if function in o.functions:
            return exact(o, written_out(o, e), scope)
        case _:
            return value(o, e, scope)


def direct(o: Oracle, e: x.Expr, scope: Scope) -> Value:
    """An expression standing directly in `round`, `floor`, `ceil` or a total: its chains are not rounded before."""
    match e:
        case x.Bracketed(operand=operand):
            return direct(o, operand, scope)
        case x.Default(operand=operand, fallback=fallback):
            found = direct(o, operand, scope)
            return direct(o, fallback, scope) if found is None else found
        case x.If() | x.Case():
            branch = taken(o, e, scope)
            return None if branch is None else direct(o, branch, scope)
        case x.Call(function=function, builtin=False) if function in o.functions:
            return direct(o, written_out(o, e), scope)
        case _:
            return exact(o, e, scope)


def _has_quotient(o: Oracle, e: x.Expr) -> bool:
    match e:
        case x.Product(factors=factors):
            return any(sign == "/" or _has_quotient(o, factor) for sign, factor in factors)
        case x.Negative(operand=operand) | x.Bracketed(operand=operand):
            return _has_quotient(o, operand)
        case x.Call(function=function, builtin=False) if function in o.functions:
            return _has_quotient(o, o.functions[function].value)
        case _:
            return False


def _sum(o: Oracle, e: x.Sum, scope: Scope) -> Value:
    total: Value = None
    for place, (sign, term) in enumerate(e.terms):
        found = value(o, term, scope)
        if found is None:
            return None
        if place == 0:
            total = found if sign > 0 else -found
        elif isinstance(term, x.Duration) and isinstance(total, datetime.date):
            total = _moved(total, sign * int(found), term.unit)
        elif isinstance(total, datetime.date):
            total += datetime.timedelta(sign * int(found))
        else:
            total += sign * found
    return total


def _moved(day: datetime.date, amount: int, unit: str) -> datetime.date:
    """A date some days, months or years away, held to the month's last day."""
    if unit == "days":
        return day + datetime.timedelta(amount)
    months = day.year * 12 + day.month - 1 + amount * (12 if unit == "years" else 1)
    year, month = months // 12, months % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return datetime.date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError(day)


def taken(o: Oracle, e: x.If | x.Case, scope: Scope) -> x.Expr | None:
    """The branch that is taken, None where the condition is missing."""
    match e:
        case x.If(condition=condition, then=then, otherwise=otherwise):
            holds = value(o, condition, scope)
            return None if holds is None else then if holds else otherwise
        case x.Case(subject=subject, arms=arms):
            found = value(o, subject, scope)
            if found is None:
                return None
            return next((arm.value for arm in arms if matches(o, found, arm.pattern, scope)), None)


def matches(o: Oracle, found: Value, pattern: x.Pattern, scope: Scope) -> bool:
    """Whether a value, not missing, is what a pattern says."""
    match pattern:
        case x.OneOf(choices=choices):
            return any(matches(o, found, each, scope) for each in choices)
        case x.Otherwise() | x.Anything():
            return True
        case x.Range():
            return _in_range(o, found, pattern, scope)
        case x.Relation(operator=operator, bound=bound):
            return compared(operator, found, value(o, bound, scope)) is True
        case _:
            return equal(found, value(o, pattern, scope))


def _in_range(o: Oracle, found: Value, bounds: x.Range, scope: Scope) -> bool:
    low = None if bounds.low is None else value(o, bounds.low, scope)
    high = None if bounds.high is None else value(o, bounds.high, scope)
    if low is not None and (below(found, low) or (bounds.low_open and equal(found, low))):
        return False
    return not (high is not None and (below(high, found) or (bounds.high_open and equal(found, high))))


def _contained(o: Oracle, found: Value, choices: tuple[x.Expr, ...] | x.Range, scope: Scope) -> Value:
    if found is None:
        return None
    if isinstance(choices, x.Range):
        return _in_range(o, found, choices, scope)
    return any(equal(found, value(o, choice, scope)) for choice in choices)


def _interpolated(o: Oracle, e: x.Interpolate, scope: Scope) -> Value:
    """Straight between the points, flat outside, rounded to the precision."""
    at = value(o, e.subject, scope)
    points = [(value(o, where, scope), value(o, height, scope)) for where, height in e.points]
    if at is None or any(height is None for _, height in points):
        return None
    if at <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in pairwise(points):
        if at <= x1:
            return rounded(y0 + (at - x0) * (y1 - y0) / (x1 - x0), o.precision)
    return points[-1][1]


def written_out(o: Oracle, e: x.Call) -> x.Expr:
    """A `let` with arguments is written out in brackets where it is called."""
    let: s.Let = o.functions[e.function]
    given: dict[str, x.Expr] = {}
    for name, argument in zip(let.parameters, e.arguments, strict=True):
        given[name] = x.Bracketed(argument)
    return x.Bracketed(_replaced(let.value, given))


def _replaced(node: Any, given: dict[str, x.Expr]) -> Any:
    if isinstance(node, x.Name) and len(node.parts) == 1 and node.parts[0] in given:
        return given[node.parts[0]]
    if isinstance(node, tuple):
        return tuple(_replaced(each, given) for each in node)
    if isinstance(node, Struct):
        inside = {name: _replaced(getattr(node, name), given) for name in node.__struct_fields__ if name != "span"}
        return replace(node, **inside)
    return node
