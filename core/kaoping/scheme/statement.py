"""What every statement has: a place, the block below it, the classes it is for."""

from __future__ import annotations

from msgspec import Struct

from kaoping.expr import Node
from kaoping.source import Source


class Statement(Node, frozen=True, kw_only=True):
    """One statement with the block below it."""

    body: tuple[Statement, ...] = ()
    classes: tuple[str, ...] = ()


class Scheme(Struct, frozen=True):
    """A whole script."""

    source: Source
    statements: tuple[Statement, ...]


class Broken(Statement, frozen=True):
    """A statement that could not be read; the names it seems to declare are spared a second complaint."""

    names: tuple[str, ...] = ()
