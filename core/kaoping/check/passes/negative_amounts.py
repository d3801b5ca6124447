"""KP520: an amount that can go below zero, so that what adds takes away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import amounts, force, sets
from kaoping.check import expressions as x
from kaoping.check.checker import Checker, Scope
from kaoping.check.declare import Placed
from kaoping.check.passes.common import asking, under
from kaoping.check.passes.dead_rules import guarded
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, warning
from kaoping.types import Kind, shown_text

if TYPE_CHECKING:
    from kaoping.check.model import Model


def negative_amounts(made: Model, reaches: Reaches) -> Iterator[Finding]:
    """An `add`, `deduct`, `bonus` or `penalty` whose amount is below zero for some data that meets its conditions."""
    with asking(made) as c:
        for placed in c.declarations.of(s.Line, s.Adjustment):
            statement = placed.statement
            assert isinstance(statement, s.Line | s.Adjustment)
            if isinstance(statement.amount.value, s.Judged) or force.force(c, placed) == "never":
                continue
            with c.at(placed) as scope:
                yield from _below_zero(c, reaches, placed, statement, scope)


def _below_zero(
    c: Checker, reaches: Reaches, placed: Placed, statement: s.Line | s.Adjustment, scope: Scope
) -> Iterator[Finding]:
    amount = statement.amount
    assert not isinstance(amount.value, s.Judged)
    records = amounts.counted_records(c, amount, scope)
    rows = scope if records is None else scope.inside(sets.records_frame(c, records, scope), records.name)
    value = x.again(c, amount.value, rows)
    if value.type.kind is not Kind.NUMBER or value.type.low >= 0:
        return
    conditions = [x.again(c, amount.condition, scope)] if amount.condition is not None else []
    if records is not None:
        _, _, asked = amounts.row_scope(c, placed, amount, records, scope)
        conditions += [asked] if asked is not None else []
    if any(each.type.kind is Kind.POISON for each in conditions):
        return
    known = guarded(c, reaches, placed)
    for condition in conditions:
        known = reaches.narrowed(condition, known)
    reach = reaches.reach(value, known)
    if reach.nothing or reach.low >= 0 or any(_unclear(reaches, condition, value) for condition in conditions):
        return
    variant = "always" if reach.high < 0 else statement.kind
    low = shown_text(reach.low, value.type)
    yield under(placed, warning("KP520", amount.value.span, variant, text=amount.value.span.text, low=low))


def _unclear(reaches: Reaches, condition: t.Typed, value: t.Typed) -> bool:
    """Whether a condition says something of the amount's own data that ranges and differences do not show."""
    if isinstance(condition, t.And):
        return any(_unclear(reaches, part, value) for part in condition.operands)
    if isinstance(condition, t.Compare | t.Among):
        return False
    ours = frozenset().union(*(reaches.below(key) for key in t.reads(value)))
    return any(reaches.below(key) & ours for key in t.reads(condition))
