"""KP210, KP211: what a scheme, a table or a quota says once is said twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kaoping import scheme as s
from kaoping.check.passes.common import under
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, Note, error

if TYPE_CHECKING:
    from kaoping.check.model import Model

ONCE_IN_A_SCHEME = (s.Subject, s.RankBy)
ONCE_IN_A_BLOCK = (s.On, s.Ties, s.Rounded)


def repeated(made: Model, _: Reaches) -> Iterator[Finding]:
    """`subject` and `rank by` in a scheme, `on` in records, `ties`, `rounded` in a quota; a grade among the grades."""
    seen: dict[tuple[type[s.Statement], int], s.Statement] = {}
    for placed in made.checker.declarations.of(*ONCE_IN_A_SCHEME, *ONCE_IN_A_BLOCK):
        if placed.context.library:
            continue
        statement = placed.statement
        block = id(placed.context.parents[-1]) if isinstance(statement, ONCE_IN_A_BLOCK) else 0
        first = seen.setdefault((type(statement), block), statement)
        if first is not statement:
            notes = (Note(first.span, "first"),)
            words = statement.span.text.split()
            name = " ".join(words[: 2 if words[1:2] == ["by"] else 1])
            yield under(placed, error("KP210", statement.span, "setting", name=name, notes=notes))
    for placed in made.checker.declarations.of(s.Grades):
        assert isinstance(placed.statement, s.Grades)
        names = placed.statement.names
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            yield under(placed, error("KP211", placed.statement.span, labels=twice))
