"""One number for a whole table of results, whatever the order of its rows: forms that agree give the same.

Each row is a polynomial of its values, taken to the second power, in a prime field; the numbers of the rows are added
up. The same in SQL, in numpy and in Python; it needs no memory to speak of, so that a peak stays the form's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

PRIME, BASE, SHIFT = 2**31 - 1, 1_000_003, 2**27
CHUNK = 200_000


def in_sql(columns: Sequence[str], source: str) -> str:
    """The query for the number, of whole-number expressions; the first is the id."""
    first, *others = (f"CAST({each} AS BIGINT)" for each in columns)
    text = first
    for each in others:
        text = f"(({text} * {BASE} + {each} + {SHIFT}) % {PRIME})"
    return f"SELECT CAST(SUM(x * x % {PRIME}) AS VARCHAR) FROM (SELECT {text} AS x FROM {source})"


def of_rows(rows: Iterable[Sequence[int]]) -> str:
    """The number of rows of whole numbers."""
    total = 0
    for first, *others in rows:
        value = first
        for each in others:
            value = (value * BASE + each + SHIFT) % PRIME
        total += value * value % PRIME
    return str(total)


def of_arrays(columns: Sequence[Any]) -> str:
    """The number of columns that numpy can read."""
    import numpy

    total = 0
    for start in range(0, len(columns[0]), CHUNK):
        first, *others = (numpy.asarray(each[start : start + CHUNK]).astype(numpy.int64) for each in columns)
        value = first
        for each in others:
            value = (value * BASE + each + SHIFT) % PRIME
        total += int((value * value % PRIME).sum())
    return str(total)
