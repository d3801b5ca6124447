"""Types of values: an exact number is an integer with known places, and every type knows its range."""

from __future__ import annotations

import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

Value = int | bool | str | None
"""A number as an integer of its type's places, a date as its ordinal, a choice as the index of its label; None is
missing.
"""

FIRST_DAY = datetime.date(1900, 1, 1).toordinal()
LAST_DAY = datetime.date(2199, 12, 31).toordinal()
"""The days that a date in a script or in data may be."""

EARLIEST_DAY = datetime.date(1800, 1, 1).toordinal()
LATEST_DAY = datetime.date(2299, 12, 31).toordinal()
"""The days that a date moved by a duration may be: a deadline a few years after any date needs no bound."""


class Kind(StrEnum):
    """What a value is; `POISON` is the type of what is already reported as wrong, and silences further findings."""

    NUMBER = "number"
    BOOL = "yes/no"
    DATE = "date"
    TEXT = "text"
    CHOICE = "choice"
    POISON = "poison"


class Type(Struct, frozen=True):
    """A kind with everything the checker knows of its values.

    `low` and `high` are integers in units of the last place (dates: ordinals; choices: indexes of labels). `unit` is
    None for a bare number that takes the unit it meets, "" for points, percents and numbers, "元" for money, "天" for
    days, "#" for a count, "#起" for a count of 起, any other text for a number of that unit. `ordered` labels run from
    the lowest to the highest. `percent` is how a number is shown, nothing more.
    """

    kind: Kind
    low: int = 0
    high: int = 0
    places: int = 0
    unit: str | None = None
    labels: tuple[str, ...] = ()
    ordered: bool = False
    optional: bool = False
    percent: bool = False

    @property
    def present(self) -> Type:
        """The same type without "may be missing"."""
        return replace(self, optional=False) if self.optional else self

    @property
    def maybe(self) -> Type:
        """The same type with "may be missing"."""
        return self if self.optional else replace(self, optional=True)


BOOL = Type(Kind.BOOL, 0, 1)
TEXT = Type(Kind.TEXT)
POISON = Type(Kind.POISON)
DATE = Type(Kind.DATE, FIRST_DAY, LAST_DAY)


def number(
    low: int, high: int, places: int = 0, unit: str | None = "", *, optional: bool = False, percent: bool = False
) -> Type:
    """The type of a number between `low` and `high`, both in units of the last place."""
    return Type(Kind.NUMBER, low, high, places, unit, optional=optional, percent=percent)


def choice(labels: tuple[str, ...], *, ordered: bool = False) -> Type:
    """The type of one of the labels."""
    return Type(Kind.CHOICE, 0, len(labels) - 1, labels=labels, ordered=ordered)


def decimal_text(value: int, places: int) -> str:
    """A scaled integer as plain decimal digits with all its places: (91500, 2) is `915.00`."""
    if places <= 0:
        return str(value * 10**-places)
    digits = str(abs(value)).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def plain_text(value: Value, type_: Type) -> str:
    """A value as machine output shows it: plain digits with their places, yes/no, ISO dates, labels; missing is
    empty.
    """
    if value is None:
        return ""
    match type_.kind:
        case Kind.NUMBER:
            return decimal_text(int(value), type_.places)
        case Kind.BOOL:
            return "yes" if value else "no"
        case Kind.DATE:
            return datetime.date.fromordinal(int(value)).isoformat()
        case Kind.CHOICE:
            return type_.labels[int(value)]
        case _:
            return str(value)


def shown_text(value: Value, type_: Type) -> str:
    """A value as people read it: percents with their sign, no needless zeros, — for missing."""
    if value is None:
        return "—"
    if type_.kind is Kind.NUMBER and type_.percent:
        return (
            trimmed(
                plain_text(value, number(0, 0, type_.places - 2))
                if type_.places > 2
                else str(int(value) * 10 ** (2 - type_.places))
            )
            + "%"
        )
    text = plain_text(value, type_)
    return trimmed(text) if type_.kind is Kind.NUMBER else text


def people_text(value: Value, type_: Type) -> str:
    """A value as a table shows it: percents with their sign, all places of other numbers; missing is empty."""
    if value is None:
        return ""
    plain = type_.kind is Kind.NUMBER and not type_.percent
    return plain_text(value, type_) if plain else shown_text(value, type_)


def trimmed(digits: str) -> str:
    """Decimal digits without zeros that say nothing."""
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
