"""Rounding, in integers: the one place where digits are lost."""

from __future__ import annotations

import datetime

from kaoping.period import add_months, months_between

MODES = ("half up", "half even", "down", "up", "floor", "ceil")
OF_PLACES = {"down": "down", "up": "up", "nearest": "half up"}
"""How the places of a quota are rounded, by the word of the language."""


def divided(numerator: int, denominator: int, mode: str) -> int:
    """numerator / denominator as a whole number.

    `half up` rounds halves away from zero, `half even` to the even neighbour, `down` is toward zero, `up` away from
    zero, `floor` and `ceil` go to minus and plus infinity. The denominator is not 0.
    """
    if mode == "floor":
        return numerator // denominator
    if mode == "ceil":
        return -(-numerator // denominator)
    negative = (numerator < 0) != (denominator < 0)
    numerator, denominator = abs(numerator), abs(denominator)
    whole, rest = divmod(numerator, denominator)
    match mode:
        case "half up":
            whole += 2 * rest >= denominator
        case "half even":
            whole += 2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1)
        case "up":
            whole += rest > 0
    return -whole if negative else whole


def quotient(numerator: int, denominator: int, digits: int, mode: str) -> int:
    """numerator · 10^digits / denominator as a whole number; `digits` may be below zero."""
    if digits < 0:
        return divided(numerator, denominator * 10**-digits, mode)
    return divided(numerator * 10**digits, denominator, mode)


def moved_by_months(day: int, months: int) -> int:
    """A day (ordinal) moved by whole months, held to the month's last day."""
    return add_months(datetime.date.fromordinal(day), months).toordinal()


def months_passed(start: int, end: int) -> int:
    """Whole months from one day (ordinal) to another, negative where the second is earlier."""
    return months_between(datetime.date.fromordinal(start), datetime.date.fromordinal(end))
