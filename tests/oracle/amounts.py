"""Amounts: what a line adds or deducts (paragraphs 10, 11 and 17), and steps (paragraph 4)."""

from __future__ import annotations

import math
from fractions import Fraction

from kaoping import expr as x
from kaoping import scheme as s
from oracle import expressions, names, points, rows
from oracle.book import Oracle, Placed
from oracle.rounding import rounded
from oracle.world import Scope


def line(o: Oracle, here: Placed, amount: s.Amount, scope: Scope) -> Fraction:
    """The sum of a line's amounts, held by its `up to`."""
    found = sum((number for _, number in candidates(o, here, amount, scope)), Fraction(0))
    return found if amount.up_to is None else min(found, expressions.value(o, amount.up_to, scope))


def candidates(o: Oracle, here: Placed, amount: s.Amount, scope: Scope) -> list[tuple[Scope, Fraction]]:
    """Each record's amount of a `per R` line, else the line's one amount; none where its condition does not hold."""
    if not points.in_classes(o, here, scope.subject):
        return []
    if amount.condition is not None and expressions.value(o, amount.condition, scope) is not True:
        return []
    if isinstance(amount.per, s.Per) and isinstance(amount.per.of, x.Name) and amount.per.of.text in o.records:
        where = amount.per.where
        found = [row for row in rows.of(o, amount.per.of.text, scope) if _dated_in(o, here, row)]
        return [(row, _amount(o, amount, row)) for row in found if where is None or expressions.value(o, where, row)]
    if not points.in_force(o, here):
        return []
    return [(scope, _amount(o, amount, scope) * _times(o, amount.per, scope))]


def _dated_in(o: Oracle, here: Placed, row: Scope) -> bool:
    """All rows under a clause in force, none under one that is not; in force for a part, those dated in it."""
    assert row.table is not None
    dated_by = o.dated_by(row.table)
    never = (here.since and here.since > o.period.last) or (here.until and here.until < o.period.first)
    if dated_by is None or never or points.in_force(o, here):
        return points.in_force(o, here)
    day = names.field(o, dated_by, row)
    return not ((here.since and day < here.since) or (here.until and day > here.until))


def _amount(o: Oracle, amount: s.Amount, scope: Scope) -> Fraction:
    found: Fraction
    if isinstance(amount.value, s.Judged):
        name = amount.value.name
        if scope.table is not None and scope.row is not None:
            found = o.world.records[scope.table][scope.row][1][name]
        else:
            found = o.world.subjects[scope.subject][name]
        return found
    found = expressions.value(o, amount.value, scope)
    return found


def _times(o: Oracle, per: s.Per | s.PerStep | None, scope: Scope) -> Fraction:
    """How often the amount counts; never below zero."""
    if per is None:
        return Fraction(1)
    if isinstance(per, s.Per):
        times: Fraction = expressions.value(o, per.of, scope)
        return max(times, Fraction(0))
    steps = _unrounded(o, per.of, scope) / expressions.exact(o, per.step, scope)
    match per.mode:
        case "full":
            steps = Fraction(math.floor(steps))
        case "started":
            steps = Fraction(math.ceil(steps))
        case "part":
            steps = rounded(steps, o.precision)
    return max(steps, Fraction(0))


def _unrounded(o: Oracle, e: x.Expr, scope: Scope) -> Fraction:
    """A chain, or the sum or difference of a chain and a literal, as a fraction; anything else as its value."""
    found: Fraction
    match e:
        case x.Bracketed(operand=operand):
            return _unrounded(o, operand, scope)
        case x.Sum(terms=((1, left), (sign, right))) if isinstance(left, x.Number) or isinstance(right, x.Number):
            found = expressions.exact(o, left, scope) + sign * expressions.exact(o, right, scope)
        case _:
            found = expressions.exact(o, e, scope)
    return found
