"""Columns: what a check makes of every name of a scheme, and what a plan puts in order."""

from __future__ import annotations

from functools import cached_property

from msgspec import Struct

from kaoping.scheme import Statement
from kaoping.source import NOWHERE, Span
from kaoping.typed import VIEWS, Key, Read, Typed, nodes
from kaoping.types import Type


class Origin(Struct, frozen=True):
    """Where a column comes from in the script and in the document; `lines` are the statements that say it together,
    each under a clause of its own, `caps` those that hold it to a limit.
    """

    role: str
    span: Span = NOWHERE
    clause: str | None = None
    heading: str | None = None
    why: str | None = None
    assumes: tuple[str, ...] = ()
    statement: Statement | None = None
    lines: tuple[Origin, ...] = ()
    caps: tuple[Origin, ...] = ()


class Column(Struct, frozen=True, dict=True):
    """A column: loaded from data where `value` is None, else evaluated.

    `parts` are the columns a reader of an explanation wants to see below it, in order, where the expression alone does
    not say.
    """

    key: Key
    type: Type
    value: Typed | None
    origin: Origin
    parts: tuple[Key, ...] = ()

    @cached_property
    def nodes(self) -> tuple[Typed, ...]:
        """Every part of its expression."""
        return () if self.value is None else tuple(nodes(self.value))

    @cached_property
    def reads(self) -> tuple[Key, ...]:
        """The columns that its expression reads, each once."""
        return tuple(dict.fromkeys([each.key for each in self.nodes if isinstance(each, Read)]))

    @cached_property
    def views(self) -> tuple[Typed, ...]:
        """The parts of its expression that look at other rows."""
        return tuple(each for each in self.nodes if isinstance(each, VIEWS))
