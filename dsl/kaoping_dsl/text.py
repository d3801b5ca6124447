"""What a text must not be, whatever it says: too long, or holding characters that nobody can see."""

from __future__ import annotations

import re

from kaoping.diagnostic import Finding, Fix, error
from kaoping.source import Source, Span

MAX_LENGTH = 1_000_000
MAX_LINE = 200_000
MAX_DEPTH = 64

# Control characters, zero-width ones, those that turn the direction of writing; a byte order mark may open the text.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufff9-\ufffb]|(?<!^)\ufeff"
)
_BRACKET = re.compile("([(\\[（【])|[)\\]）】]")


def refusal(source: Source) -> Finding | None:
    """Why a text is not read at all, if so."""
    text = source.text
    if len(text) > MAX_LENGTH:
        return error("KP100", Span(source, 0, 0), length=len(text), limit=MAX_LENGTH)
    if found := _INVISIBLE.search(text):
        place = Span(source, found.start(), found.end())
        count = len(_INVISIBLE.findall(text))
        return error("KP101", place, point=f"U+{ord(found.group()):04X}", count=count, fix=Fix(place, ""))
    if (long := _long_line(text)) is not None:
        return error("KP100", Span(source, long, long), "line", limit=MAX_LINE)
    if (deep := _deep(text)) is not None:
        return error("KP106", Span(source, deep, deep + 1), limit=MAX_DEPTH)
    return None


def _long_line(text: str) -> int | None:
    """Where a line begins that is too long."""
    start = 0
    for line in text.split("\n"):
        if len(line) > MAX_LINE:
            return start
        start += len(line) + 1
    return None


def _deep(text: str) -> int | None:
    """Where more brackets have been opened one after another, and none of them closed, than may be nested."""
    opened = 0
    for found in _BRACKET.finditer(text):
        opened = opened + 1 if found[1] else 0
        if opened > MAX_DEPTH:
            return found.start()
    return None
