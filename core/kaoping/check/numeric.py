"""Arithmetic with known ranges: every constructor infers kind, unit, range and places, and refuses what 128 bits
cannot hold.

Operands are numbers (or poison, which silences everything). Constants are computed at once.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.check import units
from kaoping.diagnostic import Finding, error
from kaoping.numbers import divided, quotient
from kaoping.source import NOWHERE, Span
from kaoping.types import BOOL, POISON, Kind, Type, number

LIMIT = 10**38
"""What no integer on the way may reach (semantics.md 16)."""


class Fraction(Struct, frozen=True):
    """A chain that is not rounded yet: `bottom` is None where nothing is divided."""

    top: t.Typed
    bottom: t.Typed | None = None


class Rounding(Struct, frozen=True):
    """Places and mode of the rounding around a chain."""

    places: int
    mode: str = "half up"


Report = Callable[[Finding], None]


def poison(span: Span) -> t.Typed:
    """What stands for an expression that is already reported."""
    return t.Const(None, type=POISON, span=span)


def is_poison(*operands: t.Typed) -> bool:
    """Whether one of the operands is already reported."""
    return Kind.POISON in [operand.type.kind for operand in operands]


def constant(
    value: int, places: int = 0, unit: str | None = None, span: Span = NOWHERE, *, percent: bool = False
) -> t.Const:
    """A number that stands in the script."""
    return t.Const(value, type=number(value, value, places, unit, percent=percent), span=span)


def with_places(operand: t.Typed, places: int) -> t.Typed:
    """The same number with more places."""
    digits = places - operand.type.places
    if digits <= 0 or is_poison(operand):
        return operand
    factor = 10**digits
    type_ = replace(operand.type, low=operand.type.low * factor, high=operand.type.high * factor, places=places)
    if isinstance(operand, t.Const):
        return t.Const(None if operand.value is None else int(operand.value) * factor, type=type_, span=operand.span)
    return t.Scale(operand, digits, type=type_, span=operand.span)


def aligned(operands: list[t.Typed]) -> list[t.Typed]:
    """The operands with the places of the longest."""
    places = max(operand.type.places for operand in operands)
    return [with_places(operand, places) for operand in operands]


def checked(node: t.Typed, report: Report) -> t.Typed:
    """The node, unless its range leaves 128 bits: then an error that says which factor to bound."""
    if max(abs(node.type.low), abs(node.type.high)) < LIMIT:
        return node
    report(
        error(
            "KP310",
            node.span,
            text=node.span.text,
            size=_power(_farthest(node.type), node.type.places),
            places=node.type.places,
        )
    )
    return poison(node.span)


def _farthest(type_: Type) -> int:
    return max(abs(type_.low), abs(type_.high))


def _power(value: int, places: int) -> str:
    """How large a scaled number is, as a power of ten: `10^26`."""
    return f"10^{len(str(value)) - 1 - places}"


def add(operands: list[t.Typed], span: Span, report: Report) -> t.Typed:
    """a + b + …"""
    if is_poison(*operands):
        return poison(span)
    if len(operands) == 1:
        return operands[0]
    unit, _ = units.common_unit([operand.type.unit for operand in operands])
    operands = aligned(operands)
    type_ = Type(
        Kind.NUMBER,
        sum(operand.type.low for operand in operands),
        sum(operand.type.high for operand in operands),
        operands[0].type.places,
        unit,
        optional=any(operand.type.optional for operand in operands),
        percent=all(operand.type.percent or operand.type.unit is None for operand in operands)
        and any(o.type.percent for o in operands),
    )
    if all(isinstance(operand, t.Const) for operand in operands):
        return t.Const(
            sum(int(operand.value or 0) for operand in operands if isinstance(operand, t.Const)), type=type_, span=span
        )
    return checked(t.Add(tuple(operands), type=type_, span=span), report)


def negate(operand: t.Typed, span: Span) -> t.Typed:
    """−a."""
    if is_poison(operand):
        return poison(span)
    type_ = replace(operand.type, low=-operand.type.high, high=-operand.type.low)
    if isinstance(operand, t.Const) and operand.value is not None:
        return t.Const(-int(operand.value), type=type_, span=span)
    return t.Negate(operand, type=type_, span=span)


def subtract(left: t.Typed, right: t.Typed, span: Span, report: Report) -> t.Typed:
    """a − b."""
    return add([left, negate(right, right.span)], span, report)


def _factor_unit(factor: t.Typed, other: t.Typed) -> str | None:
    """The unit of a factor; a ratio of a count leaves a count: 80% of the votes are votes."""
    return None if factor.type.percent and (other.type.unit or "").startswith("#") else factor.type.unit


def multiply(left: t.Typed, right: t.Typed, span: Span, report: Report) -> t.Typed:
    """a · b, exact: the places add up."""
    if is_poison(left, right):
        return poison(span)
    for one, other in ((left, right), (right, left)):
        if isinstance(one, t.Const) and one.value == 1 and one.type.places == 0 and one.type.unit is None:
            return other
    unit, right_units = units.product_unit(_factor_unit(left, right), _factor_unit(right, left))
    if not right_units:
        report(error("KP221", span, **_two(left, right)))
        return poison(span)
    ends = [a * b for a, b in product((left.type.low, left.type.high), (right.type.low, right.type.high))]
    places = left.type.places + right.type.places
    type_ = number(min(ends), max(ends), places, unit, optional=left.type.optional or right.type.optional)
    if left.type.percent and right.type.percent:
        type_ = replace(type_, percent=True)
    if isinstance(left, t.Const) and isinstance(right, t.Const):
        return t.Const(int(left.value or 0) * int(right.value or 0), type=type_, span=span)
    return checked(t.Multiply(left, right, type=type_, span=span), report)


def divide(fraction: Fraction, rounding: Rounding, span: Span, report: Report) -> t.Typed:
    """A chain rounded once; missing where the divisor is 0, if it can be."""
    top, bottom = fraction.top, fraction.bottom
    if bottom is None:
        return top
    if is_poison(top, bottom):
        return poison(span)
    if bottom.type.low == bottom.type.high == 0:
        report(error("KP312", span, text=bottom.span.text))
        return poison(span)
    digits = rounding.places + bottom.type.places - top.type.places
    if digits < 0:
        bottom, digits = with_places(bottom, bottom.type.places - digits), 0
    low, high = quotient_range(top.type, bottom.type, digits, rounding.mode)
    zero = bottom.type.low <= 0 <= bottom.type.high
    unit = units.quotient_unit(top.type.unit, bottom.type.unit)
    type_ = number(low, high, rounding.places, unit, optional=top.type.optional or bottom.type.optional or zero)
    if isinstance(top, t.Const) and isinstance(bottom, t.Const):
        value = divided(int(top.value or 0) * 10**digits, int(bottom.value or 0), rounding.mode)
        return t.Const(value, type=replace(type_, low=value, high=value), span=span)
    widest = 2 * max(abs(top.type.low), abs(top.type.high)) * 10**digits
    if widest >= LIMIT or max(abs(bottom.type.low), abs(bottom.type.high)) >= LIMIT:
        report(
            error(
                "KP310",
                span,
                "quotient",
                text=span.text,
                size=_power(widest, top.type.places + digits),
                places=rounding.places,
            )
        )
        return poison(span)
    return t.Divide(top, bottom, digits, rounding.mode, type=type_, span=span)


def quotient_range(top: Type, bottom: Type, digits: int, mode: str) -> tuple[int, int]:
    """The smallest and the largest quotient, for every divisor but 0."""
    divisors = {d for d in (bottom.low, bottom.high) if d != 0}
    if bottom.low < 0 < bottom.high:
        divisors |= {-1, 1}
    elif bottom.low <= 0 < bottom.high:
        divisors.add(1)
    elif bottom.low < 0 <= bottom.high:
        divisors.add(-1)
    quotients = [divided(n * 10**digits, d, mode) for n in (top.low, top.high) for d in divisors]
    if top.low <= 0 <= top.high:
        quotients.append(0)
    return min(quotients), max(quotients)


def mean_type(type_: Type, precision: int) -> tuple[Type, int]:
    """The type of a mean of values of a type, kept with `precision` places, and the digits it gains or loses."""
    digits = precision - type_.places
    low, high = (quotient(end, 1, digits, "half up") for end in (type_.low, type_.high))
    return replace(type_, low=low, high=high, places=precision), digits


def drop_places(operand: t.Typed, rounding: Rounding, span: Span) -> t.Typed:
    """A number rounded to fewer places; with enough places already it stays as it is."""
    if is_poison(operand) or operand.type.places <= rounding.places:
        return operand
    digits = operand.type.places - rounding.places
    factor = 10**digits
    type_ = replace(
        operand.type,
        low=divided(operand.type.low, factor, rounding.mode),
        high=divided(operand.type.high, factor, rounding.mode),
        places=rounding.places,
    )
    if isinstance(operand, t.Const) and operand.value is not None:
        return t.Const(divided(int(operand.value), factor, rounding.mode), type=type_, span=span)
    return t.Drop(operand, digits, rounding.mode, type=type_, span=span)


def extreme(operands: list[t.Typed], span: Span, *, least: bool) -> t.Typed:
    """The smallest, or the largest, of the operands."""
    if is_poison(*operands):
        return poison(span)
    if len(operands) == 1:
        return operands[0]
    if operands[0].type.kind is Kind.NUMBER:
        operands = aligned(operands)
    pick = min if least else max
    unit, _ = units.common_unit([operand.type.unit for operand in operands])
    type_ = replace(
        operands[0].type,
        low=pick(operand.type.low for operand in operands),
        high=pick(operand.type.high for operand in operands),
        unit=unit,
        optional=any(operand.type.optional for operand in operands),
        percent=any(operand.type.percent for operand in operands),
    )
    values = [operand.value for operand in operands if isinstance(operand, t.Const) and operand.value is not None]
    if len(values) == len(operands):
        return t.Const(pick(int(value) for value in values), type=type_, span=span)
    return (t.Least if least else t.Greatest)(tuple(operands), type=type_, span=span)


def held(operand: t.Typed, low: t.Typed | None, high: t.Typed | None, span: Span) -> t.Typed:
    """A number held between two ends; an end its range cannot pass is left out."""
    if low is not None and not is_poison(operand, low):
        a, b = aligned([operand, low])
        if a.type.low < b.type.high:
            operand = extreme([operand, low], span, least=False)
    if high is not None and not is_poison(operand, high):
        a, b = aligned([operand, high])
        if a.type.high > b.type.low:
            operand = extreme([operand, high], span, least=True)
    return operand


OPERATORS: dict[str, Callable[[int, int], bool]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def compare(operator: str, left: t.Typed, right: t.Typed, span: Span) -> t.Typed:
    """A comparison of two numbers, of two dates, or of two choices of the same labels."""
    if is_poison(left, right):
        return poison(span)
    if left.type.kind is Kind.NUMBER:
        left, right = aligned([left, right])
    type_ = replace(BOOL, optional=left.type.optional or right.type.optional)
    if isinstance(left, t.Const) and isinstance(right, t.Const) and left.value is not None and right.value is not None:
        return t.Const(OPERATORS[operator](left.value, right.value), type=BOOL, span=span)  # type: ignore[arg-type]
    return t.Compare(operator, left, right, type=type_, span=span)


def compare_fractions(operator: str, left: Fraction, right: Fraction, span: Span, report: Report) -> t.Typed:
    """A comparison of two chains, unrounded: a/b ? c/d is a·d ? c·b with the signs of the divisors minded."""
    if left.bottom is None and right.bottom is None:
        return compare(operator, left.top, right.top, span)
    tops, bottoms, divisors = [], [], []
    for side in (left, right):
        top, bottom = side.top, side.bottom
        if bottom is not None:
            if is_poison(top, bottom):
                return poison(span)
            divisors.append(bottom)
            if bottom.type.low < 0:
                negative = compare("<", bottom, constant(0), span)
                top = choose([(negative, negate(top, top.span))], top, span)
                bottom = t.Absolute(
                    bottom,
                    type=replace(bottom.type, low=0, high=max(-bottom.type.low, bottom.type.high)),
                    span=bottom.span,
                )
        tops.append(top)
        bottoms.append(bottom)
    first = tops[0] if bottoms[1] is None else multiply(tops[0], bare(bottoms[1]), tops[0].span, report)
    second = tops[1] if bottoms[0] is None else multiply(tops[1], bare(bottoms[0]), tops[1].span, report)
    result = compare(operator, first, second, span)
    for divisor in divisors:
        if not is_poison(result) and divisor.type.low <= 0 <= divisor.type.high:
            zero = compare("=", divisor, constant(0), span)
            result = t.Choose(((zero, t.Const(None, type=BOOL.maybe, span=span)),), result, type=BOOL.maybe, span=span)
    return result


def bare(operand: t.Typed) -> t.Typed:
    """The same value without its unit, for arithmetic of our own."""
    return replace(operand, type=replace(operand.type, unit=None))


def choose(arms: list[tuple[t.Typed, t.Typed]], otherwise: t.Typed, span: Span) -> t.Typed:
    """The value of the first arm that holds; the values are of one type, and numbers get the same places."""
    arms = [arm for arm in arms if not (isinstance(arm[0], t.Const) and arm[0].value is False)]
    if arms and isinstance(arms[0][0], t.Const) and arms[0][0].value is True:
        return arms[0][1]
    if not arms:
        return otherwise
    if is_poison(otherwise, *(part for arm in arms for part in arm)):
        return poison(span)
    values = [*(value for _, value in arms), otherwise]
    present = [value for value in values if not (isinstance(value, t.Const) and value.value is None)]
    model = present[0] if present else values[0]
    if model.type.kind is Kind.NUMBER:
        places = max(value.type.places for value in present)
        values = [with_places(value, places) for value in values]
        present = [with_places(value, places) for value in present]
        model = present[0]
    type_ = replace(
        model.type,
        low=min(value.type.low for value in present),
        high=max(value.type.high for value in present),
        unit=units.common_unit([value.type.unit for value in present])[0],
        optional=any(value.type.optional for value in values)
        or len(present) < len(values)
        or any(c.type.optional for c, _ in arms),
        percent=any(value.type.percent for value in present),
    )
    return t.Choose(
        tuple((arm[0], value) for arm, value in zip(arms, values, strict=False)), values[-1], type=type_, span=span
    )


def _two(left: t.Typed, right: t.Typed) -> dict[str, Any]:
    """Two values with their units, as facts."""
    return {
        "one": left.span.text,
        "unit": units.unit_of(left.type),
        "other": right.span.text,
        "other_unit": units.unit_of(right.type),
    }


def strangers(values: list[t.Typed]) -> dict[str, Any]:
    """The first two of several values whose units do not go together, as facts."""
    for i, value in enumerate(values):
        for other in values[:i]:
            if not units.common_unit([other.type.unit, value.type.unit])[1]:
                return _two(other, value)
    return _two(values[0], values[-1])
