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
_LONG_LINE = re.compile(rf"[^\n]{{{MAX_LINE + 1}}}")
_DEEP = re.compile(rf"[(\[（【](?:[^()\[\]（）【】]*[(\[（【]){{{MAX_DEPTH}}}")


def refusal(source: Source) -> Finding | None:
    """Why a text is not read at all, if so."""
    text = source.text
    if len(text) > MAX_LENGTH:
        return error("KP100", Span(source, 0, 0), length=len(text), limit=MAX_LENGTH)
    if found := _INVISIBLE.search(text):
        place = Span(source, found.start(), found.end())
        count = len(_INVISIBLE.findall(text))
        return error("KP101", place, point=f"U+{ord(found.group()):04X}", count=count, fix=Fix(place, ""))
    if found := _LONG_LINE.search(text):
        return error("KP100", Span(source, found.start(), found.start()), "line", limit=MAX_LINE)
    if found := _DEEP.search(text):
        return error("KP106", Span(source, found.end() - 1, found.end()), limit=MAX_DEPTH)
    return None
