"""What a column of a table is likely to hold, guessed from its cells: for rules typed without a script."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from kaoping.data.cells import Problem, cell_reader
from kaoping.data.text import folded
from kaoping.expr import Expr, Negative, Number, Range
from kaoping.scheme import WrittenType
from kaoping.types import BOOL, DATE

_NUMBER = re.compile(r"([-+]?)([0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]{1,6}))?(%?)\Z")
MOST_LABELS = 50
"""More different texts than these are names or remarks, not options."""


def guessed_type(cells: Sequence[str], *, asked: bool) -> WrittenType:
    """The type most cells of a column fit; a cell that does not is then reported, instead of changing the column.

    `asked` columns stand where a condition is: they are yes or no, 1 or 0.
    """
    texts = [text for cell in cells if (text := folded(cell))]
    if asked:
        return WrittenType("yes/no")
    if _mostly(texts, lambda text: bool(_NUMBER.match(text))):
        return _number(texts)
    for kind, type_ in (("yes/no", BOOL), ("date", DATE)):
        read = cell_reader(type_)
        if _mostly(texts, lambda text, read=read: not isinstance(read(text), Problem)):  # type: ignore[misc]
            return WrittenType(kind)
    labels = tuple(dict.fromkeys(texts))
    return WrittenType("choice", labels=labels) if 0 < len(labels) <= MOST_LABELS else WrittenType("text")


def _mostly(texts: Sequence[str], fits: Callable[[str], bool]) -> bool:
    return 2 * sum(map(fits, texts)) > len(texts)


def _number(texts: Sequence[str]) -> WrittenType:
    """Points from the smallest to the largest that occur, 0 among them, with the places that occur."""
    found = [match for text in texts if (match := _NUMBER.match(text))]
    percent = any(match[4] for match in found)
    places = max(len(match[3] or "") + (2 if percent else 0) for match in found)
    values = [_scaled(match[1], match[2].replace(",", ""), match[3] or "", match[4], places) for match in found]
    low, high = min([0, *values]), max([10**places if percent else 1, *values])
    return WrittenType("percent" if percent else "score", Range(_literal(low, places), _literal(high, places)), places)


def _scaled(sign: str, whole: str, decimals: str, percent: str, places: int) -> int:
    missing = places - len(decimals) - (2 if percent else 0)
    value = int(whole + decimals + "0" * missing)
    return -value if sign == "-" else value


def _literal(value: int, places: int) -> Expr:
    return Number(value, places) if value >= 0 else Negative(Number(-value, places))
