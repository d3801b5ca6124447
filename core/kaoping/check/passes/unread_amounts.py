"""KP560: bonuses, penalties or items that no total counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check.passes.common import own_items, under
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, Note, warning

if TYPE_CHECKING:
    from kaoping.check.model import Model


def unread_amounts(made: Model, reaches: Reaches) -> Iterator[Finding]:
    """Amounts are written down, but no total reads them: neither all together nor by their group; nor an item that
    nothing else reads.
    """
    c = made.checker
    totals = [placed for placed in c.declarations.of(s.Total) if isinstance(placed.statement, s.Total)]
    if not totals:
        return  # the total of its own accord is items + bonus - penalty
    counted: set[str] = set()
    for placed in totals:
        assert isinstance(placed.statement, s.Total)
        counted |= {key.name for key in reaches.below(t.Key(t.EACH, placed.statement.name))}
    for kind in ("bonus", "penalty"):
        if isinstance(reaches.columns[t.Key(t.EACH, kind)].value, t.Const):
            continue  # a constant stands in for its name wherever it is read
        lines = [placed for placed in c.declarations.of(s.Adjustment) if placed.statement.kind == kind]  # type: ignore[attr-defined]
        unread = [placed for placed in lines if not counted & {kind, placed.statement.group}]  # type: ignore[attr-defined]
        if unread:
            notes = (Note(totals[-1].statement.span, "total"),)
            total = totals[-1].statement
            assert isinstance(total, s.Total)
            yield under(
                unread[0],
                warning("KP560", unread[0].statement.span, kind, count=len(unread), total=total.name, notes=notes),
            )
    for symbol in own_items(made):
        if symbol.placed.context.library or any(isinstance(each, s.Item) for each in symbol.placed.context.parents):
            continue  # what stands below an item is counted with it
        if symbol.name not in counted and symbol.name not in c.declarations.used:
            last = totals[-1].statement
            assert isinstance(last, s.Total)
            notes = (Note(last.span, "total"),)
            place = symbol.span.part(symbol.short)
            yield under(symbol.placed, warning("KP560", place, "item", name=symbol.short, total=last.name, notes=notes))
