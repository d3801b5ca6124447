"""KP544: an outcome line that nobody comes to, because the lines before it take everybody it is for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import classes, force
from kaoping.check import expressions as x
from kaoping.check.known import NOTHING_KNOWN, Known
from kaoping.check.passes.common import asking, under
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, Note, warning
from kaoping.source import Span

if TYPE_CHECKING:
    from kaoping.check.model import Model


class _Left(Struct):
    """What is known of those whom the lines of one outcome have given nothing so far (None: there is nobody), and the
    last of these lines.
    """

    known: Known | None
    span: Span


def outcomes(made: Model, reaches: Reaches) -> Iterator[Finding]:
    """`结果运用 奖金 = 500元 若 总分 >= 60` before `若 总分 >= 90`: the first line that holds counts."""
    left: dict[str, _Left] = {}
    with asking(made) as c:
        for placed in c.declarations.of(s.Outcome):
            statement = placed.statement
            assert isinstance(statement, s.Outcome)
            if statement.value is None or force.force(c, placed) != "always":
                continue
            with c.at(placed) as scope:
                guard = classes.guard(c, placed)
                asked = x.again(c, statement.condition, scope) if statement.condition is not None else None
            before = left.setdefault(statement.name, _Left(NOTHING_KNOWN, statement.span))
            if _anybody(reaches, (guard, asked), NOTHING_KNOWN) and not _anybody(reaches, (guard, asked), before.known):
                notes = (Note(before.span, "before"),)
                yield under(placed, warning("KP544", statement.span, "outcome", name=statement.name, notes=notes))
            if before.known is not None and not statement.classes and not placed.context.classes:
                known = None if asked is None else reaches.narrowed(asked, before.known, holds=False)
                left[statement.name] = _Left(known, statement.span)


def _anybody(reaches: Reaches, conditions: tuple[t.Typed | None, ...], known: Known | None) -> bool:
    """Whether conditions can hold for somebody of whom something is known."""
    for each in conditions:
        if known is not None and each is not None:
            known = None if reaches.reach(each, known).high == 0 else reaches.narrowed(each, known)
    return known is not None and not known.impossible
