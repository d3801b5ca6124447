"""One value of many, as plain functions of lists."""

from __future__ import annotations

import math
from fractions import Fraction

from oracle.rounding import rounded
from oracle.values import below
from oracle.world import Value


def fold(function: str, found: list[Value], *, trim: int = 0, precision: int = 12) -> Value:
    """One value of many: of none, sum, count and distinct are 0, any no, all yes, the others missing."""
    if trim and len(found) > 2 * trim:
        found = sorted(found)[trim:-trim]
    match function:
        case "sum":
            return sum(found, Fraction(0))
        case "count":
            return Fraction(sum(1 for each in found if each))
        case "distinct":
            return Fraction(len(set(found)))
        case "any":
            return any(found)
        case "all":
            return all(found)
        case "average":
            return rounded(sum(found, Fraction(0)) / len(found), precision) if found else None
        case "min":
            return min(found) if found else None
        case "max":
            return max(found) if found else None
    raise AssertionError(function)


def place_among(mine: Value, others: list[Value], *, lowest_first: bool = False) -> Fraction:
    """1, 2, 2, 4: one more than there are better ones."""
    return Fraction(1 + sum(1 for other in others if (below(other, mine) if lowest_first else below(mine, other))))


def percentile(found: list[Fraction], share: Fraction, *, linear: bool, precision: int = 12) -> Fraction:
    """The ⌈p·n⌉-th from below, the first for 0%; `linear` at 1 + p·(n − 1)."""
    if not linear:
        return found[max(1, math.ceil(share * len(found))) - 1]
    at = share * (len(found) - 1)
    low = math.floor(at)
    high = min(low + 1, len(found) - 1)
    return rounded(found[low] + (at - low) * (found[high] - found[low]), precision)
