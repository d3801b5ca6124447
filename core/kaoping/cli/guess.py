"""What a column of a table is likely to hold, guessed from its cells: for rules typed without a script."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kaoping.data.cells import Problem, cell_reader
from kaoping.data.text import folded
from kaoping.expr import Expr, Negative, Number, Range
from kaoping.scheme import WrittenType
from kaoping.types import BOOL, DATE, Type

_NUMBER = re.compile(r"([-+]?)([0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]{1,6}))?(%?)\Z")
MOST_LABELS = 50
"""More different texts than these are names or remarks, not options."""


def guessed_type(cells: Sequence[str], *, asked: bool) -> WrittenType:
    """The type of a column; `asked` columns stand where a condition is, so that 0 and 1 there mean no and yes."""
    texts = list(dict.fromkeys(text for cell in cells if (text := folded(cell))))
    digits = bool(texts) and all(_NUMBER.match(text) for text in texts)
    if texts and (asked or not digits) and _all_read(BOOL, texts):
        return WrittenType("yes/no")
    if digits:
        return _number(texts)
    if texts and _all_read(DATE, texts):
        return WrittenType("date")
    if texts and len(texts) <= MOST_LABELS:
        return WrittenType("choice", labels=tuple(texts))
    return WrittenType("text")


def _all_read(type_: Type, texts: list[str]) -> bool:
    read = cell_reader(type_)
    return not any(isinstance(read(text), Problem) for text in texts)


def _number(texts: list[str]) -> WrittenType:
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
