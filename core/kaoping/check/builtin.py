"""Built-in values: sums of items, full marks, the total and its rank."""

from __future__ import annotations

from collections.abc import Callable

from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import (
    adjustments,
    declare,
    define,
    grading,
    items,
    names,
    sets,
)
from kaoping.check import expressions as x
from kaoping.check import numeric as n
from kaoping.check.checker import Checker, Scope
from kaoping.check.numeric import is_poison
from kaoping.columns import Column, Origin
from kaoping.diagnostic import Note
from kaoping.source import Span
from kaoping.types import POISON, number


def items_sum(c: Checker, span: Span) -> Column:
    """`items`: the sum of the top-level items as rounded."""
    return c.make(t.Key(t.EACH, "items"), span, lambda: _items_column(c, span))


def _items_column(c: Checker, span: Span) -> Column:
    top = items.children(c, None)
    value = items.sum_of(c, [names.read(items.item(c, symbol, span), Scope(), span) for symbol in top], span)
    keys = tuple(t.Key(t.EACH, symbol.name) for symbol in top)
    return c.enter(Column(t.Key(t.EACH, "items"), value.type, value, Origin("items", span), keys))


def full_mark(c: Checker, span: Span) -> Column:
    """`full`: the sum over the leaves that apply to the subject."""
    return c.make(t.Key(t.EACH, "full"), span, lambda: _full_column(c, span))


def _full_column(c: Checker, span: Span) -> Column:
    columns = [items.full(c, symbol, span) for symbol in items.children(c, None)]
    value = (
        n.add([names.read(column, Scope(), span) for column in columns], span, c.report)
        if columns
        else n.constant(0, unit="")
    )
    return c.enter(
        Column(t.Key(t.EACH, "full"), value.type, value, Origin("full", span), tuple(column.key for column in columns))
    )


def total(c: Checker, span: Span) -> Column:
    """`total`: the only total, else the one that no other total reads."""
    last = last_totals(c)
    if not last:
        return c.make(t.Key(t.EACH, "total"), span, lambda: _default_total(c, span))
    if len(last) > 1:
        notes = tuple(Note(symbol.span, "total") for symbol in last[1:])
        c.error("KP405", last[0].span, names=[symbol.short for symbol in last], notes=notes)
        return Column(t.Key(t.EACH, "total"), POISON, None, Origin("poison", span))
    return define.column(c, c.use(last[0]), "", span)


def last_totals(c: Checker) -> list[declare.Symbol]:
    """The totals that no other total reads; all of them where they go round in a circle."""
    symbols = [symbol for symbol in c.declarations.names.values() if isinstance(symbol.placed.statement, s.Total)]
    read = {parts[0] for symbol in symbols for parts, _ in c.declarations.mentions(symbol.placed.statement)}
    return [symbol for symbol in symbols if symbol.short not in read] or symbols


def _default_total(c: Checker, span: Span) -> Column:
    value = define.rounded(define.default_total(c, span), c.round_total, span)
    return c.enter(Column(t.Key(t.EACH, "total"), value.type, value, Origin("total", span)))


def has_points(c: Checker) -> bool:
    """Whether the scheme counts points at all, so that there is a total."""
    return next(c.declarations.of(s.Total, s.Item, s.Adjustment), None) is not None


def rank(c: Checker, span: Span) -> Column:
    """`rank`: over all by the total, or as `rank by` says; who has no total has no rank."""
    return c.make(t.Key(t.EACH, "rank"), span, lambda: _rank_column(c, span))


def _rank_column(c: Checker, span: Span) -> Column:
    stated = next(c.declarations.of(s.RankBy), None)
    within: tuple[t.Typed, ...] = ()
    if stated is None:
        value = names.read(total(c, span), Scope(), span)
    else:
        statement = stated.statement
        assert isinstance(statement, s.RankBy)
        span = statement.span
        with c.at(stated) as scope:
            value = x.numeric(c, statement.name, scope)
            within = sets.groups(c, statement.within, scope)
        for symbol in last_totals(c)[:1]:  # several are an error already
            value = define.of_those_with_a_total(c, symbol, value, span)
    typed = n.poison(span)
    if not is_poison(value, *within):
        typed = t.Rank(
            value, within, type=number(1, sets.MOST_SUBJECTS, 0, "#", optional=value.type.optional), span=span
        )
    return c.enter(Column(t.Key(t.EACH, "rank"), typed.type, typed, Origin("rank", span)))


MAKERS: dict[str, Callable[[Checker, Span], Column]] = {
    "bonus": lambda c, span: adjustments.adjustments(c, "bonus", span),
    "penalty": lambda c, span: adjustments.adjustments(c, "penalty", span),
    "items": items_sum,
    "full": full_mark,
    "vetoed": grading.vetoed,
    "grade": grading.final,
    "total": total,
    "rank": rank,
}
"""The built-in values by their word, each with what makes its column."""
