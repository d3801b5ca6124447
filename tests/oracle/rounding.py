"""The rounding words, on fractions."""

from __future__ import annotations

import math
from fractions import Fraction


def rounded(value: Fraction, places: int, mode: str = "half up") -> Fraction:
    """A fraction with so many places: `half up`, `nearest`, `half even`, `down`, `up`, `floor`, `ceil`."""
    scaled = value * Fraction(10) ** places
    return _whole(scaled, mode) / Fraction(10) ** places


def _whole(value: Fraction, mode: str) -> Fraction:
    sign = -1 if value < 0 else 1
    size = abs(value)
    match mode:
        case "half up" | "nearest":  # halves away from zero
            return Fraction(sign * math.floor(size + Fraction(1, 2)))
        case "half even":
            below = math.floor(size)
            rest = size - below
            up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and below % 2 == 1)
            return Fraction(sign * (below + (1 if up else 0)))
        case "down":  # toward zero
            return Fraction(sign * math.floor(size))
        case "up":  # away from zero
            return Fraction(sign * math.ceil(size))
        case "floor":
            return Fraction(math.floor(value))
        case "ceil":
            return Fraction(math.ceil(value))
    raise AssertionError(mode)
