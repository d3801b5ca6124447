"""Places in a scheme: every part of it with the way there, and the scheme with one part changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from kaoping import expr as e
from kaoping import scheme as s

Way = tuple[str | int, ...]
"""Fields and positions from the scheme down to one of its parts."""

UNTOUCHED = (s.Example, s.Assume, s.WrittenType, s.Judged, s.SchemeName, s.Title, s.DocumentSource, s.PeriodSetting)
"""What is no rule: what examples expect, what data may be, what a document is called."""


class Place(Struct, frozen=True):
    """A part of a scheme: the way to it, the part above it, the statement and the clause it stands in."""

    way: Way
    node: e.Node
    parent: e.Node | None
    statement: s.Statement
    clause: str | None

    @property
    def field(self) -> str:
        """The field of the part above that holds it."""
        return next((step for step in reversed(self.way) if isinstance(step, str)), "")


def places(scheme: s.Scheme) -> Iterator[Place]:
    """Every part of the rules of a scheme, in the order of the text."""
    for number, statement in enumerate(scheme.statements):
        yield from _below(("statements", number), statement, None, statement, None)


def _below(way: Way, value: Any, parent: e.Node | None, statement: s.Statement, clause: str | None) -> Iterator[Place]:
    if isinstance(value, tuple):
        for number, part in enumerate(value):
            yield from _below((*way, number), part, parent, statement, clause)
    if not isinstance(value, e.Node) or isinstance(value, UNTOUCHED):
        return
    statement = value if isinstance(value, s.Statement) else statement
    yield Place(way, value, parent, statement, clause)
    clause = value.number if isinstance(value, s.Clause) else clause
    for name in value.__struct_fields__:
        if name not in ("span", "type"):
            yield from _below((*way, name), getattr(value, name), value, statement, clause)


def changed(value: Any, way: Way, new: Any) -> Any:
    """A scheme, or a part of it, with what stands at the end of a way changed; None takes it out of a list."""
    if not way:
        return new
    step, rest = way[0], way[1:]
    if isinstance(step, str):
        return replace(value, **{step: changed(getattr(value, step), rest, new)})
    inner = changed(value[step], rest, new)
    kept = (inner,) if rest or new is not None else ()
    return (*value[:step], *kept, *value[step + 1 :])
