"""The arithmetic of one row: what a node makes of its operands when none of them is missing."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kaoping import typed as t
from kaoping.numbers import divided, months_passed, moved_by_months
from kaoping.types import Kind, Value

Functions = Mapping[str, Callable[..., Value]]


def computed(node: t.Typed, values: Sequence[Any], functions: Functions) -> Any:
    """The value of a node from the values of its operands, in their order; missing only where a divisor is 0."""
    match node:
        case t.Scale(digits=digits):
            return values[0] * 10**digits
        case t.Add():
            return sum(values)
        case t.Negate():
            return -values[0]
        case t.Multiply():
            return values[0] * values[1]
        case t.Divide(digits=digits, mode=mode):
            return None if values[1] == 0 else divided(values[0] * 10**digits, values[1], mode)
        case t.Drop(digits=digits, mode=mode):
            return divided(values[0], 10**digits, mode)
        case t.Least():
            return min(values)
        case t.Greatest():
            return max(values)
        case t.Absolute():
            return abs(values[0])
        case t.Compare(operator=operator):
            return compared(operator, values[0], values[1])
        case t.Among(values=constants):
            return values[0] in constants
        case t.Not():
            return not values[0]
        case t.Recode(codes=codes):
            return codes[values[0]]
        case t.AddMonths():
            return moved_by_months(values[0], values[1])
        case t.MonthsBetween():
            return months_passed(values[0], values[1])
        case t.DatePart(part=part):
            day = datetime.date.fromordinal(values[0])
            return day.year if part == "year" else day.month
        case t.PluginCall(function=function):
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


def lowest(node: t.Typed) -> Value:
    """What stands for a missing value where nobody looks at it."""
    match node.type.kind:
        case Kind.TEXT:
            return ""
        case Kind.BOOL:
            return False
        case _:
            return node.type.low
