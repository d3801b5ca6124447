"""KP454: words that change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kaoping import expr as e
from kaoping import scheme as s
from kaoping.check.passes.common import under
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, warning

if TYPE_CHECKING:
    from kaoping.check.model import Model


def no_effect(made: Model, _: Reaches) -> Iterator[Finding]:
    """What a number of places is a share of, or how it is rounded; a grade selected from itself; a downgrade by 0."""
    for placed in made.checker.declarations.of(s.Select, s.Limit, s.Downgrade):
        statement = placed.statement
        if isinstance(statement, s.Downgrade):
            if statement.steps == 0:
                yield under(placed, warning("KP454", statement.span, "downgrade"))
            continue
        if isinstance(statement, s.Select) and statement.mark == statement.pool:
            yield under(placed, warning("KP454", statement.span, "same", grade=statement.mark))
        for top in statement.body:
            if isinstance(top, s.Top) and _is_number_of_places(top.share):
                idle = [line for line in statement.body if isinstance(line, s.Rounded)]
                if top.of is not None:
                    yield under(placed, warning("KP454", top.span, "of", share=top.share.span.text))
                for line in idle:
                    yield under(placed, warning("KP454", line.span, "rounded", share=top.share.span.text))


def _is_number_of_places(share: e.Expr) -> bool:
    return isinstance(share, e.Number) and share.places == 0 and not share.percent
