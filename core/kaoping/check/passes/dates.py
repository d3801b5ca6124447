"""KP220: a table dated by a field that is no date."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check.passes.common import under
from kaoping.check.reach import Reaches
from kaoping.check.units import kind_text
from kaoping.diagnostic import Finding, error
from kaoping.types import Kind

if TYPE_CHECKING:
    from kaoping.check.model import Model


def dates(made: Model, reaches: Reaches) -> Iterator[Finding]:
    """`on F` where F is a number or a text: no row could be given a day."""
    for placed in made.checker.declarations.of(s.On):
        records = placed.context.parents[-1]
        assert isinstance(placed.statement, s.On)
        assert isinstance(records, s.Records)
        name = f"{placed.context.library}.{records.name}" if placed.context.library else records.name
        column = reaches.columns.get(t.Key(t.Frame(name), placed.statement.field))
        if column is not None and column.type.kind not in (Kind.DATE, Kind.POISON):
            place = placed.statement.span.part(placed.statement.field)
            yield under(placed, error("KP220", place, "date", text=place.text, kind=kind_text(column.type)))
