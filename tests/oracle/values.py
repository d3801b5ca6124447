"""Comparing values, and reading cells as what their written type says."""

from __future__ import annotations

from fractions import Fraction

from kaoping import expr as x
from kaoping import scheme as s
from oracle.world import Option, Value


def equal(a: Value, b: Value) -> bool:
    """Whether two values are the same; a label is the same label whatever it is an option of."""
    return bool(a == b)


def below(a: Value, b: Value) -> bool:
    """Whether a stands before b: numbers, dates, ordered options."""
    if isinstance(a, Option) and isinstance(b, Option):
        order = a.order or b.order
        return order.index(a.label) < order.index(b.label)
    return bool(a < b)


def compared(operator: str, a: Value, b: Value) -> Value:
    """`a operator b`, missing where either is."""
    if a is None or b is None:
        return None
    match operator:
        case "=":
            return equal(a, b)
        case "!=":
            return not equal(a, b)
        case "<":
            return below(a, b)
        case "<=":
            return below(a, b) or equal(a, b)
        case ">":
            return below(b, a)
        case ">=":
            return below(b, a) or equal(a, b)
    raise AssertionError(operator)


def literal(number: x.Number) -> Fraction:
    """60% is 0.6."""
    return Fraction(number.digits, 10**number.places)


def read(cell: Value, type_: s.WrittenType) -> Value:
    """A cell as a value of its type: labels become options."""
    if type_.kind == "choice" and isinstance(cell, str):
        return Option(cell, type_.labels)
    return cell


def sort_key(cell: Value, labels: tuple[str, ...] = ()) -> tuple[int, Value]:
    """For putting cells in order: missing first, text by code point, options as declared."""
    if cell is None:
        return (0, 0)
    if isinstance(cell, Option):
        return (1, labels.index(cell.label))
    return (1, cell)
