"""Sums, chains of products and quotients, dates moved by durations, interpolation."""

from __future__ import annotations

from itertools import pairwise

from msgspec.structs import replace

from kaoping import expr as e
from kaoping import typed as t
from kaoping.calendar import ADD_WORKDAYS
from kaoping.check import chains, plugin_functions, units
from kaoping.check import expressions as x
from kaoping.check import numeric as n
from kaoping.check.checker import Checker, Scope
from kaoping.check.numeric import Fraction, Rounding, is_poison, poison
from kaoping.source import Span
from kaoping.types import DATE, EARLIEST_DAY, LATEST_DAY, Kind, number

PER_UNIT = {"months": 1, "years": 12}


def arithmetic(
    c: Checker, node: e.Sum | e.Product | e.Negative | e.Interpolate, scope: Scope, rounding: Rounding | None
) -> t.Typed:
    """The typed form of an arithmetic expression; `rounding` is the one directly around a chain."""
    match node:
        case e.Sum(terms=terms):
            return _sum(c, terms, scope, node.span)
        case e.Interpolate():
            return _interpolate(c, node, scope)
        case _:
            chain = chains.fraction(c, node, scope)
            return n.divide(chain, rounding or Rounding(c.precision), node.span, c.report)


def _sum(c: Checker, terms: tuple[tuple[int, e.Expr], ...], scope: Scope, span: Span) -> t.Typed:
    first = x.expression(c, terms[0][1], scope)
    if first.type.kind is Kind.DATE and terms[0][0] > 0:
        return _moved_date(c, first, terms[1:], scope, span)
    operands = []
    for i, (sign, term) in enumerate(terms):
        typed = chains.number(c, first if i == 0 else x.expression(c, term, scope), term.span)
        operands.append(typed if sign > 0 else n.negate(typed, term.span))
    return together(c, operands, span)


def together(c: Checker, operands: list[t.Typed], span: Span) -> t.Typed:
    """A sum of numbers whose units go together."""
    if is_poison(*operands):
        return poison(span)
    if not units.common_unit([operand.type.unit for operand in operands])[1]:
        return c.error("KP221", span, "together", **n.strangers(operands))
    return n.add(operands, span, c.report)


def _moved_date(c: Checker, date: t.Typed, terms: tuple[tuple[int, e.Expr], ...], scope: Scope, span: Span) -> t.Typed:
    for sign, term in terms:
        if isinstance(term, e.Number) and term.duration and term.unit not in c.units:
            term = e.Duration(replace(term, unit=None), term.duration, span=term.span)
        if isinstance(term, e.Duration):
            amount = x.numeric(c, term.amount, scope)
            unit = term.unit
        else:
            amount, unit = x.expression(c, term, scope), "days"
            if amount.type.kind is Kind.DATE:
                return c.error("KP223", span, "dates", one=date.span.text, other=term.span.text)
            if amount.type.kind is not Kind.POISON and amount.type.unit != "天":
                return c.error("KP223", term.span, "unit", text=term.span.text)
        if is_poison(date, amount):
            return poison(span)
        if amount.type.places:
            return c.error("KP223", term.span, "whole", text=term.span.text)
        amount = amount if sign > 0 else n.negate(amount, term.span)
        date = _moved(c, date, amount, unit, span)
        if is_poison(date):
            return date
    return date


def _moved(c: Checker, date: t.Typed, amount: t.Typed, unit: str, span: Span) -> t.Typed:
    optional = date.type.optional or amount.type.optional
    if unit == "workdays":
        return plugin_functions.call(c, span.text, ADD_WORKDAYS, None, [date, n.bare(amount)], span)
    if unit == "days":
        low, high = date.type.low + amount.type.low, date.type.high + amount.type.high
    else:
        amount = (
            n.multiply(n.bare(amount), n.constant(PER_UNIT[unit]), span, c.report)
            if unit == "years"
            else n.bare(amount)
        )
        low, high = date.type.low + 31 * min(amount.type.low, 0), date.type.high + 31 * max(amount.type.high, 0)
        low, high = low + 27 * max(amount.type.low, 0), high + 27 * min(amount.type.high, 0)
    if low < EARLIEST_DAY or high > LATEST_DAY:
        return c.error("KP313", span, text=span.text)
    type_ = replace(DATE, low=low, high=high, optional=optional)
    if unit == "days":
        return t.Add((date, amount), type=type_, span=span)
    return t.AddMonths(date, amount, type=type_, span=span)


def _interpolate(c: Checker, node: e.Interpolate, scope: Scope) -> t.Typed:
    subject = x.numeric(c, node.subject, scope)
    points = [(x.numeric(c, at, scope), x.numeric(c, value, scope)) for at, value in node.points]
    if is_poison(subject, *(part for point in points for part in point)):
        return poison(node.span)
    constants = [(at, value) for at, value in points if isinstance(at, t.Const) and isinstance(value, t.Const)]
    if len(constants) < len(points):
        return c.error("KP331", node.span, "constant")
    ats = n.aligned([subject, *(at for at, _ in points)])
    subject, places = ats[0], ats[1:]
    values = n.aligned([value for _, value in points])
    if any(a.type.low >= b.type.low for a, b in pairwise(places)):
        return c.error("KP331", node.span, "order")
    arms = [(n.compare("<=", subject, places[0], node.span), values[0])]
    for (a, b), (p, q) in zip(pairwise(places), pairwise(values), strict=False):
        arms.append((n.compare("<=", subject, b, node.span), _between(c, subject, a, b, p, q, node.span)))
    if is_poison(*(value for _, value in arms)):
        return poison(node.span)
    return n.choose(arms, values[-1], node.span)


def _between(c: Checker, subject: t.Typed, a: t.Typed, b: t.Typed, p: t.Typed, q: t.Typed, span: Span) -> t.Typed:
    """The value on the straight line from (a, p) to (b, q), as one fraction rounded once, to the precision: only what
    is written as a chain is left to the rounding around it.
    """
    run = n.bare(n.subtract(b, a, span, c.report))
    rise = n.subtract(q, p, span, c.report)
    part = n.held(n.bare(n.subtract(subject, a, span, c.report)), n.constant(0), run, span)
    top = n.add([n.multiply(p, run, span, c.report), n.multiply(part, rise, span, c.report)], span, c.report)
    line = n.divide(Fraction(top, run), Rounding(c.precision), span, c.report)
    if is_poison(line):
        return line
    factor = 10 ** (line.type.places - p.type.places)
    low, high = sorted((p.type.low * factor, q.type.low * factor))
    return replace(line, type=number(low, high, line.type.places, line.type.unit, optional=subject.type.optional))
