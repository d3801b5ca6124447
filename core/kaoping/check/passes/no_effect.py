"""KP454: words that change nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from kaoping import expr as e
from kaoping import scheme as s
from kaoping.check.passes.common import under
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, warning

if TYPE_CHECKING:
    from kaoping.check.model import Model


_COUNTS = re.compile("四舍五入|保留.*(?:小数|整数|位)|折算|取整")
"""What a total's name says only where somebody took it for a rule."""


def no_effect(made: Model, _: Reaches) -> Iterator[Finding]:
    """What a number of places is a share of, or how it is rounded; a grade selected from itself; a downgrade by 0; a
    clause with nothing in it; the name of a total that says how to round it.
    """
    followed = _followed(made.scheme.statements)
    for placed in made.checker.declarations.of(s.Select, s.Limit, s.Downgrade, s.Clause, s.Total):
        statement = placed.statement
        if isinstance(statement, s.Clause) and not statement.body and id(statement) in followed:
            yield under(placed, warning("KP454", statement.span, "clause"))
        if isinstance(statement, s.Total) and statement.value is None and _COUNTS.search(statement.name):
            yield under(placed, warning("KP454", statement.span.part(statement.name), "name", name=statement.name))
        if isinstance(statement, s.Downgrade):
            if statement.steps == 0:
                yield under(placed, warning("KP454", statement.span, "downgrade"))
            continue
        lower = made.checker.grades.labels[:-1] if made.checker.grades is not None else ()
        if isinstance(statement, s.Select) and statement.pool is None and statement.mark in lower:
            yield under(placed, warning("KP454", statement.span, "all", grade=statement.mark))
        if isinstance(statement, s.Select) and statement.mark == statement.pool:
            yield under(placed, warning("KP454", statement.span, "same", grade=statement.mark))
        for top in statement.body:
            if isinstance(top, s.Top) and _is_number_of_places(top.share):
                idle = [line for line in statement.body if isinstance(line, s.Rounded)]
                if top.of is not None:
                    yield under(placed, warning("KP454", top.span, "of", share=top.share.span.text))
                for line in idle:
                    yield under(placed, warning("KP454", line.span, "rounded", share=top.share.span.text))


def _followed(statements: Sequence[s.Statement]) -> set[int]:
    """The clauses right above a statement that is none, by identity: what stands there was meant to be indented."""
    waiting, found = [statements], set[int]()
    while waiting:
        beside = waiting.pop()
        found |= {id(one) for one, after in pairwise(beside) if not isinstance(after, s.Clause)}
        waiting += [each.body for each in beside]
    return found


def _is_number_of_places(share: e.Expr) -> bool:
    return isinstance(share, e.Number) and share.places == 0 and not share.percent
