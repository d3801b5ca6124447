"""The arithmetic of one row: what a node makes of its operands when none of them is missing."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kaoping.numbers import divided, months_passed, moved_by_months
from kaoping.typed import (
    Absolute,
    Add,
    AddMonths,
    Among,
    Compare,
    DatePart,
    Divide,
    Drop,
    Greatest,
    Least,
    MonthsBetween,
    Multiply,
    Negate,
    Not,
    PluginCall,
    Recode,
    Scale,
    Typed,
)
from kaoping.types import Value

Functions = Mapping[str, Callable[..., Value]]


def computed(node: Typed, values: Sequence[Any], functions: Functions) -> Any:
    """The value of a node from the values of its operands, in their order; missing only where a divisor is 0."""
    match node:
        case Scale(digits=digits):
            return values[0] * 10**digits
        case Add():
            return sum(values)
        case Negate():
            return -values[0]
        case Multiply():
            return values[0] * values[1]
        case Divide(digits=digits, mode=mode):
            return None if values[1] == 0 else divided(values[0] * 10**digits, values[1], mode)
        case Drop(digits=digits, mode=mode):
            return divided(values[0], 10**digits, mode)
        case Least():
            return min(values)
        case Greatest():
            return max(values)
        case Absolute():
            return abs(values[0])
        case Compare(operator=operator):
            return compared(operator, values[0], values[1])
        case Among(values=constants):
            return values[0] in constants
        case Not():
            return not values[0]
        case Recode(codes=codes):
            return codes[values[0]]
        case AddMonths():
            return moved_by_months(values[0], values[1])
        case MonthsBetween():
            return months_passed(values[0], values[1])
        case DatePart(part=part):
            day = datetime.date.fromordinal(values[0])
            return day.year if part == "year" else day.month
        case PluginCall(function=function):
            return functions[function](*values)
    raise TypeError(type(node).__name__)


def compared(operator: str, left: Any, right: Any) -> bool:
    """Whether a comparison holds."""
    match operator:
        case "=":
            return bool(left == right)
        case "!=":
            return bool(left != right)
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
        case ">":
            return bool(left > right)
        case ">=":
            return bool(left >= right)
    raise ValueError(operator)
