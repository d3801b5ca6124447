"""Written types, and whether a value fits one."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from msgspec.structs import replace

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import expressions as x
from kaoping.check.checker import Checker, Scope
from kaoping.check.numeric import is_poison, poison, with_places
from kaoping.check.units import common_unit, kind_text, unit_text
from kaoping.diagnostic import Fix, warning
from kaoping.source import Span
from kaoping.types import BOOL, DATE, POISON, TEXT, Kind, Type, choice, number, shown_text

_DEFAULTS: dict[str, tuple[int, int, int, str]] = {
    # kind: low, high (whole), places, unit
    "score": (0, 0, 2, ""),
    "number": (-(10**12), 10**12, 4, ""),
    "percent": (0, 1, 4, ""),
    "count": (0, 10**6, 0, "#"),
    "money": (0, 10**13, 2, "元"),
}
MOST_PLACES = 6

MANY_TIMES = 20
"""From how many times the whole on a percentage without its sign is most likely one that was forgotten."""
_DIGITS = re.compile(r"[0-9]+(\.[0-9]+)?")


def of(c: Checker, written: s.WrittenType) -> Type:
    """The type as written, with the ranges and places it has unless stated."""
    match written.kind:
        case "yes/no":
            return BOOL
        case "text":
            return TEXT
        case "date":
            return _date(c, written)
        case "choice":
            twice = {label for label, times in Counter(written.labels).items() if times > 1}
            if twice:
                c.error("KP211", written.span, labels=sorted(twice))
            return choice(tuple(dict.fromkeys(written.labels)), ordered=written.ordered)
        case kind:
            return _number(c, written, *_DEFAULTS[kind])


def _number(c: Checker, written: s.WrittenType, low: int, high: int, places: int, unit: str) -> Type:
    if written.places is not None:
        places = written.places
        if not 0 <= places <= MOST_PLACES:
            c.error("KP314", written.span, most=MOST_PLACES)
            places = MOST_PLACES
    if written.unit is not None:
        unit = unit_code(written.kind, written.unit)
    percent = written.kind == "percent"
    if written.kind == "score" and written.range is None:
        c.error("KP315", written.span, text=written.span.text)
        return POISON
    factor = 10**places
    ends = [low * factor, high * factor]
    if written.range is not None:
        for i, bound in enumerate((written.range.low, written.range.high)):
            if bound is not None:
                ends[i] = _bound(c, bound, places, ends[i])
    if ends[0] > ends[1]:
        c.error(
            "KP316",
            written.range.span if written.range else written.span,
            text=(written.range.span if written.range else written.span).text,
        )
        return POISON
    if percent and written.range is not None and ends[1] >= MANY_TIMES * factor:
        place = written.range.span
        if "%" not in place.text and "％" not in place.text:  # 0..100 goes up to ten thousand per cent
            meant = _DIGITS.sub(r"\g<0>%", place.text)
            facts: dict[str, Any] = {"text": place.text, "meant": meant, "percent": f"{ends[1] // factor * 100}%"}
            c.report(warning("KP316", place, "percent", **facts, fix=Fix(place, meant)))
    return number(ends[0], ends[1], places, unit, percent=percent)


def unit_code(kind: str, unit: str) -> str:
    """How a type keeps its unit: counts of 起 and numbers of 亩 are different things; 分 is no unit of its own."""
    fixed = {"分": "", "元": "元", "天": "天", "日": "天"}.get(unit)
    return fixed if fixed is not None else f"#{unit}" if kind == "count" else unit


def _bound(c: Checker, bound: e.Expr, places: int, otherwise: int) -> int:
    typed = x.expression(c, bound, Scope())
    if is_poison(typed):
        return otherwise
    if not isinstance(typed, t.Const) or typed.type.kind is not Kind.NUMBER or typed.type.places > places:
        c.error("KP317", bound.span, text=bound.span.text, places=places)
        return otherwise
    factor: int = 10 ** (places - typed.type.places)
    return int(typed.value or 0) * factor


def _date(c: Checker, written: s.WrittenType) -> Type:
    if written.range is None:
        return DATE
    low, high = (
        x.expression(c, bound, Scope()) if bound else None for bound in (written.range.low, written.range.high)
    )
    return replace(
        DATE,
        low=int(low.value) if isinstance(low, t.Const) and low.type.kind is Kind.DATE and low.value else DATE.low,
        high=int(high.value) if isinstance(high, t.Const) and high.type.kind is Kind.DATE and high.value else DATE.high,
    )


def fitting(c: Checker, value: t.Typed, type_: Type, span: Span) -> t.Typed:
    """The value as one of a type: the same kind, unit and labels, inside the range, with no more places."""
    if is_poison(value) or type_.kind is Kind.POISON:
        return poison(span)
    if value.type.kind is not type_.kind:
        return c.error("KP220", span, "fit", text=span.text, kind=kind_text(value.type), wanted=kind_text(type_))
    match type_.kind:
        case Kind.NUMBER:
            return _fitting_number(c, value, type_, span)
        case Kind.CHOICE:
            foreign = [label for label in value.type.labels if label not in type_.labels]
            if foreign:
                return c.error("KP203", span, name=foreign[0], labels=type_.labels, near="")
            return x.relabelled(value, type_)
        case _:
            return value


def _fitting_number(c: Checker, value: t.Typed, type_: Type, span: Span) -> t.Typed:
    if not common_unit([value.type.unit, type_.unit])[1]:
        return c.error(
            "KP221", span, "fit", text=span.text, unit=unit_text(value.type.unit), wanted=unit_text(type_.unit)
        )
    if value.type.places > type_.places:
        return c.error("KP318", span, text=span.text, places=value.type.places, wanted=type_.places)
    value = with_places(value, type_.places)
    if value.type.low < type_.low or value.type.high > type_.high:
        low, high = shown_text(value.type.low, type_), shown_text(value.type.high, type_)
        return c.error(
            "KP319",
            span,
            "value" if low == high else "",
            text=span.text,
            low=low,
            high=high,
            wanted_low=shown_text(type_.low, type_),
            wanted_high=shown_text(type_.high, type_),
        )
    return replace(value, type=replace(value.type, unit=type_.unit, percent=type_.percent))


def of_type(c: Checker, written: e.Expr, stated: s.WrittenType | None, scope: Scope) -> t.Typed:
    """The value of an expression, which has to be one of the type stated for it."""
    if stated is None:
        return x.expression(c, written, scope)
    type_ = of(c, stated)
    return fitting(c, x.expression(c, written, scope, type_), type_, written.span)


def default_value(c: Checker, written: e.Expr | None, type_: Type) -> t.Const | None:
    """The `default` of a declaration as a constant of its type."""
    if written is None:
        return None
    value = fitting(c, x.expression(c, written, Scope(), type_), type_, written.span)
    return value if isinstance(value, t.Const) and not is_poison(value) else None
