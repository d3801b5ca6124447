"""Many values into one: sums, averages, extremes, percentiles, and the order of rows."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from kaoping.numbers import quotient
from kaoping.types import Value


def folded(kind: str, values: Sequence[Any], *, trim: int = 0, digits: int = 0, mode: str = "half up") -> Any:
    """The value of a set of rows, one element of `values` for each.

    Of values that are yes or no, `count` counts those that hold; of others, the rows. min, max and average leave out
    what is missing and have no value where nothing is left; anything else is missing where one of its values is.
    `only` is the value of the first row.
    """
    match kind:
        case "only":
            return values[0] if values else None
        case "min" | "max" | "average":
            present = trimmed([value for value in values if value is not None], trim)
            if not present:
                return None
            if kind == "average":
                return quotient(sum(present), len(present), digits, mode)
            return min(present) if kind == "min" else max(present)
    if any(value is None for value in values):
        return None
    match kind:
        case "sum":
            return sum(trimmed(values, trim))
        case "count":
            return sum(1 for value in values if value is not False)
        case "distinct":
            return len(set(values))
        case "any":
            return any(values)
        case "all":
            return all(values)
    raise ValueError(kind)


def trimmed(values: Sequence[Any], trim: int) -> list[Any]:
    """The values without the `trim` lowest and the `trim` highest, where more than twice as many stand."""
    if trim == 0 or len(values) <= 2 * trim:
        return list(values)
    return sorted(values)[trim:-trim]


def percentile(values: Sequence[Any], part: int, part_places: int, *, linear: bool = False, digits: int = 0) -> Any:
    """The value below which a part p (`part` / 10^`part_places`) of the values lies; what is missing is left out.

    It is the ⌈p·n⌉-th from below, the first for 0; with `linear` the point at 1 + p·(n − 1) between two neighbours,
    rounded half up with `digits` more places.
    """
    present = sorted(value for value in values if value is not None)
    if not present:
        return None
    whole = 10**part_places
    if not linear:
        position = max(1, -(-part * len(present) // whole))
        return present[min(position, len(present)) - 1] * 10**digits
    steps, rest = divmod(part * (len(present) - 1), whole)
    low, high = present[steps], present[min(steps + 1, len(present) - 1)]
    return quotient(low * whole + (high - low) * rest, whole, digits, "half up")


def row_order(values: Sequence[Value]) -> tuple[Hashable, ...]:
    """What rows are sorted by: value by value, missing first, text by code point."""
    return tuple((value is not None, value if value is not None else 0) for value in values)


def best(candidates: Sequence[tuple[Value, Any]]) -> Value:
    """The largest amount of each key, added up, from pairs of key and amount; missing where an amount is."""
    if any(amount is None for _, amount in candidates):
        return None
    largest: dict[Value, int] = {}
    for key, amount in candidates:
        largest[key] = max(largest.get(key, amount), amount)
    return sum(largest.values())
