"""KP409: an amount judged once stands where it would be judged for every unit of time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kaoping import expr as e
from kaoping import scheme as s
from kaoping.check.passes.common import under
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, Note, error

if TYPE_CHECKING:
    from kaoping.check.model import Model


def judged(made: Model, _: Reaches) -> Iterator[Finding]:
    """A judged amount under `averaged by` that is not counted per record: one entry cannot stand for several units."""
    declarations = made.checker.declarations
    for placed in declarations.of(s.Line):
        line = placed.statement
        assert isinstance(line, s.Line)
        averaged = next((p for p in placed.context.parents if isinstance(p, s.Item) and p.averaged_by), None)
        if averaged is None or not isinstance(line.amount.value, s.Judged):
            continue
        per = line.amount.per
        named = (
            declarations.find(per.of.parts, placed.context.library)
            if isinstance(per, s.Per) and isinstance(per.of, e.Name)
            else None
        )
        if named is None or not isinstance(named.placed.statement, s.Records):
            notes = (Note(averaged.span, "averaged"),)
            yield under(
                placed,
                error("KP409", line.amount.value.span, name=line.amount.value.name, item=averaged.name, notes=notes),
            )
