"""Values as an example writes them: read as values of a column's type, and written."""

from __future__ import annotations

import datetime

from kaoping import expr as e
from kaoping.period import Period
from kaoping.types import Kind, Type, Value


class LiteralError(ValueError):
    """A written value that is none of the column's type."""


def literal(given: e.Expr | e.Nothing, type_: Type, period: Period) -> Value:
    """The value of a literal, None for `-`; LiteralError where it does not fit the type, or has more places."""
    match type_.kind, given:
        case _, e.Nothing():
            if type_.optional:
                return None
            raise LiteralError
        case Kind.NUMBER, e.Negative(operand=operand):
            value = literal(operand, type_, period)
            return -int(value or 0)
        case _, e.Bracketed(operand=operand):
            return literal(operand, type_, period)
        case Kind.NUMBER, e.Number(digits=digits, places=places):
            whole: int
            whole, rest = divmod(digits * 10 ** max(0, type_.places - places), 10 ** max(0, places - type_.places))
            if rest == 0:
                return whole
        case Kind.BOOL, e.YesNo(value=holds):
            return holds
        case Kind.DATE, e.Date(value=day):
            return day.toordinal()
        case Kind.DATE, e.MonthDay(month=month, day=number):
            try:
                return datetime.date(period.last.year, month, number).toordinal()
            except ValueError:
                raise LiteralError from None
        case Kind.TEXT, e.Text(value=text):
            return text
        case Kind.CHOICE, _:
            text = label(given)
            if text in type_.labels:
                return type_.labels.index(text)
    raise LiteralError


def label(given: e.Expr | e.Nothing) -> str:
    """The label of a choice as written: a name, a text, or a word that elsewhere means yes or no."""
    match given:
        case e.Name():
            return given.text
        case e.Text(value=text):
            return text
    return given.span.text


def in_range(value: Value, type_: Type) -> bool:
    """Whether a value lies in the range of a type."""
    return type_.kind not in (Kind.NUMBER, Kind.DATE) or value is None or type_.low <= int(value) <= type_.high


def name_of(text: str) -> e.Name:
    """A name with the dots in it."""
    parts = tuple(text.split("."))
    return e.Name(parts, parts)


def written(value: Value, type_: Type) -> e.Expr | e.Nothing:
    """A value as an author writes it, `-` for none."""
    if value is None:
        return e.Nothing()
    match type_.kind:
        case Kind.NUMBER:
            number = _number(abs(int(value)), type_)
            return e.Negative(number) if int(value) < 0 else number
        case Kind.BOOL:
            return e.YesNo(bool(value))
        case Kind.DATE:
            return e.Date(datetime.date.fromordinal(int(value)))
        case Kind.CHOICE:
            text = type_.labels[int(value)]
            return e.Name((text,), (text,))
    return e.Text(str(value))


def _number(value: int, type_: Type) -> e.Number:
    digits, places = value, type_.places
    while places > (2 if type_.percent else 0) and digits % 10 == 0:
        digits, places = digits // 10, places - 1
    if type_.percent and places < 2:
        digits, places = digits * 10 ** (2 - places), 2
    return e.Number(digits, places, percent=type_.percent)
