"""Text as people and their programs leave it in files, made comparable."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

SHOWN_CELLS = 5
"""How many places of one problem are listed; the others are counted."""

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), 0x2060, 0xFEFF])
_FOLD = _FULL_WIDTH | _INVISIBLE | {0x3000: " ", 0xA0: " ", 0x2212: "-", 0xFE63: "-"}

FORMULA = r"'*[=+\-@\t\r＝＋－＠]"
"""How a text begins that a spreadsheet takes for a formula, or that is guarded against that."""
_GUARDED = re.compile(FORMULA)
_HOSTILE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
SCALING = re.compile("[百千万亿%‰亩顷米里吨斤克年季月周日天时]")
"""Units that come in several sizes: 12.5万元 is not 12.5元, while 5分, 5起 and 5元 are 5 of what is asked for."""
UNCALCULATED = "#\0"
"""What stands for a formula of a workbook that has never been calculated: no cell can hold it."""


def folded(text: str) -> str:
    """Text with full-width letters, digits and signs made half-width, invisible characters dropped, trimmed."""
    return (text if text.isascii() else unicodedata.normalize("NFC", text.translate(_FOLD))).strip()


def name_key(name: str) -> str:
    """What two spellings of one heading or table name have in common: no spaces, no line ends, one width, one case."""
    return "".join(folded(name).split()).casefold()


def without_zeros(ids: Iterable[str]) -> dict[str, str]:
    """Ids by what is left of them without the zeros in front, which Excel takes away: of several alike the first."""
    found: dict[str, str] = {}
    for each in ids:
        found.setdefault(each.lstrip("0"), each)
    return found


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before `= + - @`, tab and their full-width forms."""
    return f"'{text}" if _GUARDED.match(text) else text


def unguarded(text: str) -> str:
    """Text without the apostrophe that `guarded` has put before it."""
    return text[1:] if text.startswith("'") and _GUARDED.match(text) else text


def hostile(text: str) -> bool:
    """Whether text has characters that steer a terminal or turn the reading direction round."""
    return _HOSTILE.search(text) is not None


def quoted(text: str) -> str:
    """A cell's text for a message: in quotation marks, short, on one line, without steering characters."""
    line = _HOSTILE.sub("�", " ".join(text.split()))
    return f"“{line[:29]}…”" if len(line) > 30 else f"“{line}”"


def listed(parts: Sequence[str], shown: int = SHOWN_CELLS, total: int | None = None) -> str:
    """The first parts, and how many more there are of `total` (where not all parts are given): `5, 6, 9 … (+12)`."""
    more = (len(parts) if total is None else total) - shown
    return ", ".join(parts[:shown]) + (f" … (+{more})" if more > 0 else "")


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that looks most like a name, None where none is close."""
    import difflib  # only where something is missing

    keys = {name_key(each): each for each in candidates}
    key = name_key(name)
    if key in keys:
        return keys[key]
    if found := difflib.get_close_matches(key, keys, n=1, cutoff=0.6):
        return keys[found[0]]
    # 通报批评表 for 通报批评: one name in the other is close however long the rest
    inside = (each for other, each in keys.items() if min(len(key), len(other)) > 1 and (key in other or other in key))
    return next(inside, None)
