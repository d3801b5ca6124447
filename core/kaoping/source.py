"""Where a text comes from, and places in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter

from msgspec import Struct


@dataclass(frozen=True, slots=True)
class Source:
    """A script's text and the name it is known by: a path, a shipped scheme, a library."""

    name: str
    text: str = field(repr=False)
    _line_starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Note where the lines begin."""
        starts = [0, *(i + 1 for i, char in enumerate(self.text) if char == "\n")]
        object.__setattr__(self, "_line_starts", tuple(starts))

    def position(self, offset: int) -> tuple[int, int]:
        """The line and the column of an offset, both counted from 1, columns in characters."""
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line, counted from 1, without its line end."""
        start = self._line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else len(self.text)].rstrip("\r")


class Span(Struct, frozen=True):
    """A stretch of a source: offsets in characters, `end` not included."""

    source: Source
    start: int
    end: int

    @property
    def text(self) -> str:
        """The characters themselves, as the author wrote them."""
        return self.source.text[self.start : self.end]

    @property
    def position(self) -> tuple[int, int]:
        """The line and the column where it begins, counted from 1."""
        return self.source.position(self.start)

    def part(self, text: str) -> Span:
        """The first place in it where a text stands as a word of its own; all of it where there is none."""
        if _WORD.fullmatch(text):
            at = _words(self).get(text, -1)
        else:
            found = re.search(rf"(?<!\w){re.escape(text)}(?!\w)", self.text)
            at = found.start() if found else -1
        return self if at < 0 else Span(self.source, self.start + at, self.start + at + len(text))

    def to(self, other: Span) -> Span:
        """The stretch from the beginning of this one to the end of the other."""
        return Span(self.source, self.start, other.end)


_WORD = re.compile(r"\w+")


@lru_cache(maxsize=1)
def _words(span: Span) -> dict[str, int]:
    """Where each word of a stretch first stands in it: one statement may declare thousands."""
    found: dict[str, int] = {}
    for word in _WORD.finditer(span.text):
        found.setdefault(word.group(), word.start())
    return found


NOWHERE = Span(Source("", ""), 0, 0)
"""The place of what no author wrote."""


class Spanned(Struct, frozen=True, kw_only=True, eq=False):
    """Anything that has a place in a script; the place does not count when two are compared."""

    span: Span = NOWHERE

    def __eq__(self, other: object) -> bool:
        """Whether both are of one kind and the same but for their places."""
        return self is other or (type(self) is type(other) and _compared(self) == _compared(other))

    def __ne__(self, other: object) -> bool:
        """Not equal; the one that would be inherited takes the place into account."""
        return not self == other

    def __hash__(self) -> int:
        """As for equality."""
        return hash((type(self), _compared(self)))

    def __repr__(self) -> str:
        """The fields without the place."""
        fields = (f"{name}={getattr(self, name)!r}" for name in self.__struct_fields__ if name != "span")
        return f"{type(self).__name__}({', '.join(fields)})"


_COMPARED: dict[type[Spanned], Callable[[Spanned], object]] = {}


def _compared(node: Spanned) -> object:
    kind = type(node)
    if kind not in _COMPARED:
        names = [name for name in kind.__struct_fields__ if name != "span"]
        _COMPARED[kind] = attrgetter(*names) if names else lambda _: ()
    return _COMPARED[kind](node)
