"""Built-in functions, aggregates, windows and decision tables."""

from __future__ import annotations

import datetime
from fractions import Fraction

from kaoping import expr as x
from kaoping import scheme as s
from kaoping.period import months_between
from oracle import expressions, history, rows
from oracle.book import Oracle
from oracle.folds import fold, percentile, place_among
from oracle.rounding import rounded
from oracle.values import read
from oracle.world import Scope, Value


def call(o: Oracle, e: x.Call, scope: Scope) -> Value:
    """The value of a call."""
    if e.function in o.tables and not e.builtin:
        return _table(o, e, scope)
    match e.function:
        case "rank":
            return _rank(o, e, scope)
        case "percentile":
            return _percentile(o, e, scope)
        case "ordinal":
            return Fraction(_place(o, e, scope) + 1)
        case "previous" if e.by is not None:
            place = _place(o, e, scope)
            return expressions.value(o, e.arguments[0], _ordered(o, e, scope)[place - 1]) if place else None
        case "previous":
            return history.previous(o, e, scope)
        case "streak":
            return history.streak(o, e, scope)
    if e.over is not None or _counts_rows(o, e):
        return _aggregate(o, e, scope)
    return _function(o, e, scope)


def _counts_rows(o: Oracle, e: x.Call) -> bool:
    return e.function == "count" and isinstance(e.arguments[0], x.Name) and e.arguments[0].text in o.records


def _function(o: Oracle, e: x.Call, scope: Scope) -> Value:
    if e.function in ("round", "floor", "ceil"):
        number = expressions.direct(o, e.arguments[0], scope)
        places = int(expressions.value(o, e.arguments[1], scope)) if len(e.arguments) > 1 else 0
        mode = "half up" if e.function == "round" else e.function
        return None if number is None else rounded(number, places, mode)
    given = [expressions.value(o, argument, scope) for argument in e.arguments]
    if None in given:
        return None
    match e.function:
        case "count":
            return Fraction(sum(1 for holds in given if holds))
        case "min":
            return min(given)
        case "max":
            return max(given)
        case "abs":
            return abs(given[0])
        case "clamp":
            number, low, high = given
            return min(max(number, low), high)
        case "days":
            return Fraction((given[1] - given[0]).days)
        case "months":
            return Fraction(_months(given[0], given[1]))
        case "years":
            return Fraction(_years(given[0], given[1]))
        case "year":
            return Fraction(given[0].year)
        case "month":
            return Fraction(given[0].month)
    raise AssertionError(e.function)


def _months(start: datetime.date, end: datetime.date) -> int:
    return months_between(start, end)


def _years(start: datetime.date, end: datetime.date) -> int:
    months = months_between(start, end)
    return -(-months // 12) if months < 0 else months // 12


def _aggregate(o: Oracle, e: x.Call, scope: Scope) -> Value:
    over = e.over or e.arguments[0]
    assert isinstance(over, x.Name)
    here = scope.outside()
    found = rows.members(o, over, e.within, here)
    if e.where is not None:
        found = [member for member in found if expressions.value(o, e.where, member)]
    if e.last is not None:
        number, by = e.last
        found = rows.in_order(o, found, by)[-number:]
    if e.over is None:
        return Fraction(len(found))
    values = [expressions.value(o, e.arguments[0], member) for member in found]
    return fold(e.function, values, trim=e.trim or 0, precision=o.precision)


def _rank(o: Oracle, e: x.Call, scope: Scope) -> Value:
    mine = expressions.value(o, e.arguments[0], Scope(scope.subject))
    if mine is None:
        return None
    others = [expressions.value(o, e.arguments[0], member) for member in rows.cohort(o, e.within, scope.subject)]
    return place_among(mine, [each for each in others if each is not None], lowest_first=e.lowest_first)


def _percentile(o: Oracle, e: x.Call, scope: Scope) -> Value:
    share = expressions.value(o, e.arguments[0], scope)
    assert e.over is not None
    members = rows.members(o, e.over, e.within, scope.outside())
    if e.where is not None:
        members = [member for member in members if expressions.value(o, e.where, member)]
    found = sorted(expressions.value(o, e.arguments[1], member) for member in members)
    if not found:
        return None
    return percentile(found, share, linear=e.linear, precision=o.precision)


def _ordered(o: Oracle, e: x.Call, row: Scope) -> list[Scope]:
    assert e.by is not None
    return rows.in_order(o, rows.alike(o, e.within, row), e.by)


def _place(o: Oracle, e: x.Call, row: Scope) -> int:
    return _ordered(o, e, row).index(row)


def _table(o: Oracle, e: x.Call, scope: Scope) -> Value:
    table = o.tables[e.function]
    given = [expressions.value(o, argument, scope) for argument in e.arguments]
    if None in given:
        return None
    outputs = [each for each in table.body if isinstance(each, s.TableOutput)]
    column = next((n for n, each in enumerate(outputs) if each.name == e.output), 0)
    for row in table.body:
        if isinstance(row, s.TableRow) and _row_matches(o, row, given):
            cell = row.values[column]
            if isinstance(cell, x.Nothing):
                return None
            found = expressions.value(o, cell, scope.outside())
            return read(getattr(found, "label", found), outputs[column].type)
    return None


def _row_matches(o: Oracle, row: s.TableRow, given: list[Value]) -> bool:
    if isinstance(row.patterns[0], x.Otherwise):
        return True
    cells = zip(given, row.patterns, strict=True)
    return all(expressions.matches(o, found, pattern, Scope("")) for found, pattern in cells)
