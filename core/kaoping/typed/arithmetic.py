"""What is worked out in one row: numbers, conditions, choices, dates, functions of plugins."""

from __future__ import annotations

from kaoping.typed.columns import Typed
from kaoping.types import Value


class Scale(Typed, frozen=True):
    """x · 10^digits, exact: more places for the same number."""

    operand: Typed
    digits: int


class Add(Typed, frozen=True):
    """The sum of operands of the same places."""

    operands: tuple[Typed, ...]


class Negate(Typed, frozen=True):
    """−x."""

    operand: Typed


class Multiply(Typed, frozen=True):
    """a · b; the places add up."""

    left: Typed
    right: Typed


class Divide(Typed, frozen=True):
    """a · 10^digits / b as an integer, rounded by `mode` (see `kaoping.numbers.divided`); missing where b is 0."""

    left: Typed
    right: Typed
    digits: int
    mode: str


class Drop(Typed, frozen=True):
    """x / 10^digits as an integer, rounded by `mode`: fewer places."""

    operand: Typed
    digits: int
    mode: str


class Least(Typed, frozen=True):
    """The smallest of the operands."""

    operands: tuple[Typed, ...]


class Greatest(Typed, frozen=True):
    """The largest of the operands."""

    operands: tuple[Typed, ...]


class Absolute(Typed, frozen=True):
    """|x|."""

    operand: Typed


class Compare(Typed, frozen=True):
    """`=`, `!=`, `<`, `<=`, `>`, `>=` of two values of the same places, or the same labels."""

    operator: str
    left: Typed
    right: Typed


class Among(Typed, frozen=True):
    """Whether x is one of the constants."""

    operand: Typed
    values: tuple[Value, ...]


class And(Typed, frozen=True):
    """All hold."""

    operands: tuple[Typed, ...]


class Or(Typed, frozen=True):
    """One holds."""

    operands: tuple[Typed, ...]


class Not(Typed, frozen=True):
    """Does not hold."""

    operand: Typed


class Choose(Typed, frozen=True):
    """The value of the first arm whose condition holds, else `otherwise`; missing where a condition asked is
    missing, or the value taken.

    `spares` says that cells read for a value not taken may be empty, as `applies if` does and a plain `if` does not.
    """

    arms: tuple[tuple[Typed, Typed], ...]
    otherwise: Typed
    spares: bool = False


class Has(Typed, frozen=True):
    """Whether x has a value; never missing."""

    operand: Typed


class Coalesce(Typed, frozen=True):
    """x, or where x is missing the fallback."""

    operand: Typed
    fallback: Typed


class Present(Typed, frozen=True):
    """x where it is proved present by the condition around it; where that does not hold, any value of its range
    (`low`): nobody looks at it.
    """

    operand: Typed


class Recode(Typed, frozen=True):
    """A choice in other labels: the index i becomes `codes[i]`."""

    operand: Typed
    codes: tuple[int, ...]


class AddMonths(Typed, frozen=True):
    """A date moved by whole months, held to the month's last day."""

    date: Typed
    months: Typed


class MonthsBetween(Typed, frozen=True):
    """Whole months passed from one date to another, negative where the second is earlier."""

    start: Typed
    end: Typed


class DatePart(Typed, frozen=True):
    """The `year` or the `month` of a date."""

    date: Typed
    part: str


class PluginCall(Typed, frozen=True):
    """A function that a plugin has registered: `function` is `PLUGIN.NAME`, of the platform's own just `NAME`."""

    function: str
    arguments: tuple[Typed, ...]
