"""KP546: steps of one ladder that are written so that they add up."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from msgspec import Struct

from kaoping import expr as e
from kaoping import scheme as s
from kaoping.check import force
from kaoping.check.checker import Checker
from kaoping.check.declare import Placed
from kaoping.check.known import Interval, cut
from kaoping.check.passes.common import asking, settled, taken, under
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, Note, warning

if TYPE_CHECKING:
    from kaoping.check.model import Model

MOST = 100
"""More lines about one column than these are not compared two by two: nobody writes them by hand."""


class _Step(Struct, frozen=True):
    """A line with a stated amount, and what its condition takes of one column."""

    placed: Placed
    condition: e.Expr
    intervals: tuple[Interval, ...]


def ladders(made: Model, _: Reaches) -> Iterator[Finding]:
    """Lines of one item, or bonuses, or penalties, of one group and for the same classes, of which one counts wherever
    the other does: 完成 80% 得 5 分 and 完成 90% 得 8 分 come to 13.
    """
    together: dict[object, list[_Step]] = {}
    with asking(made) as c:
        for placed in c.declarations.of(s.Line, s.Adjustment):
            statement = placed.statement
            assert isinstance(statement, s.Line | s.Adjustment)
            amount = statement.amount
            if (
                force.force(c, placed) == "never"
                or amount.condition is None
                or amount.per is not None
                or not isinstance(amount.value, e.Number)
            ):
                continue
            if settled(statement) or (isinstance(statement, s.Adjustment) and _is_best(c, placed, statement)):
                continue
            if (covered := taken(c, placed, amount.condition)) is not None:
                read, intervals = covered
                home = (_item(placed), statement.kind, getattr(statement, "group", None), statement.classes, read.key)
                together.setdefault(home, []).append(_Step(placed, amount.condition, intervals))
    for steps in together.values():
        if len(steps) <= MOST:
            yield from _inside_one_another(steps)


def _inside_one_another(steps: list[_Step]) -> Iterator[Finding]:
    """The first pair of which one takes all that the other does."""
    for one, other in combinations(steps, 2):
        both = tuple(cut(one.intervals, other.intervals))
        if both in (one.intervals, other.intervals) and one.intervals != other.intervals:
            facts = {"one": one.condition.span.text, "other": other.condition.span.text}
            narrow, wide = ("one", "other") if both == one.intervals else ("other", "one")
            notes = (Note(one.condition.span, "other"),)
            finding = warning("KP546", other.condition.span, narrow=facts[narrow], wide=facts[wide], notes=notes)
            yield under(other.placed, finding)
            return


def _item(placed: Placed) -> int:
    """The item that a line stands under, by its identity; 0 where it stands under none."""
    return next((id(each) for each in reversed(placed.context.parents) if isinstance(each, s.Item)), 0)


def _is_best(c: Checker, placed: Placed, statement: s.Adjustment) -> bool:
    """Whether only the best of the lines beside this one counts."""
    group = c.declarations.find((statement.group,), placed.context.library) if statement.group else None
    return group is not None and isinstance(group.placed.statement, s.Group) and group.placed.statement.best
