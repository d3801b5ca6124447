"""Numbers: arithmetic, branches, functions, as an author would write them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from oracle.generator import conditions, sets
from oracle.generator.writing import PRECISION, Frame, Number, Writer, primary, written


def number(w: Writer, frame: Frame, depth: int, unit: str = "points") -> Number:
    """A number of a unit, at most so deep."""
    if unit == "count":
        return sets.count(w, frame, depth)
    found = frame.of_unit(unit)
    if unit == "money":
        return w.closed(w.pick(found)) if found else Number("10元", Fraction(10), Fraction(10), 0, "money")
    if depth == 0:
        return w.pick(found) if found and w.chance(75) else literal(w)
    makers = [_sum, _product, _quotient, _share, _branch, _function, _rounded, _case_of_ranges, _interpolate]
    if frame.choices:
        makers += [_case_of_labels]
    if frame.table is None and w.reach.records and (w.reach.dated() or not frame.unit):
        makers += [sets.fold, sets.fold]
    if frame.table is None and frame.windows:
        makers += [sets.over_all]
        if w.reach.dated():
            makers += [sets.over_units]
    if frame.table is not None and not frame.unit and set(w.reach.records) - {frame.table}:
        makers += [sets.fold]  # of other records: the subject's one value
    if frame.table is not None and not frame.unit:
        makers += [sets.row_before]
    if w.reach.functions:
        makers += [_let_function]
    if w.reach.tables:
        makers += [_decision]
    return w.tamed(w.pick(makers)(w, frame, depth))


def literal(w: Writer, *, positive: bool = False) -> Number:
    """A plain number or a percentage."""
    plain = ["1", "2", "3", "7", "0.5", "10", "60", "0.01", "25%", "1%", "0.125", "5‰"]
    text = w.pick(plain if positive else [*plain, "0", "100"])
    value = Fraction(text.rstrip("%‰")) / (100 if "%" in text else 1000 if "‰" in text else 1)
    places = len(text.rstrip("%‰").partition(".")[2]) + (2 if "%" in text else 3 if "‰" in text else 0)
    return Number(text, value, value, places)


def _two(w: Writer, frame: Frame, depth: int) -> tuple[Number, Number]:
    return number(w, frame, depth - 1), number(w, frame, len(w.upto(depth - 1)))


def _sum(w: Writer, frame: Frame, depth: int) -> Number:
    a, b = _two(w, frame, depth)
    places, optional = max(a.places, b.places), a.optional or b.optional
    if w.chance(50):
        text = f"{written(a, 'sum')} + {written(b, 'chain')}"
        return Number(text, a.low + b.low, a.high + b.high, places, optional=optional, form="sum")
    text = f"{written(a, 'sum')} - {written(b, 'chain')}"
    return Number(text, a.low - b.high, a.high - b.low, places, optional=optional, form="sum")


def _product(w: Writer, frame: Frame, depth: int) -> Number:
    a, b = _two(w, frame, depth)
    if w.chance(20):
        b = sets.count(w, frame, depth - 1)
    if a.digits + b.digits > 22:
        return a
    ends = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    text = f"{written(a, 'chain')} {w.pick(['*', '×'])} {written(b)}"
    return Number(text, min(ends), max(ends), a.places + b.places, optional=a.optional or b.optional, form="chain")


def _quotient(w: Writer, frame: Frame, depth: int) -> Number:
    unit = w.pick(["points", "points", "count", "money"])
    a, b = number(w, frame, depth - 1, unit), number(w, frame, 0, unit)
    if (unit == "points" and w.chance(40)) or b.low == b.high == 0:
        b = literal(w, positive=True) if unit == "points" else Number("3", Fraction(3), Fraction(3), unit=unit)
    may_be_zero = b.low <= 0 <= b.high
    smallest = Fraction(1, 10**b.places) if may_be_zero else min(abs(b.low), abs(b.high))
    size = max(abs(a.low), abs(a.high)) / smallest
    text = f"{written(a, 'chain')} {w.pick(['/', '÷'])} {written(b)}"
    if w.chance(30):
        text += " * 100"
        size *= 100
    # a count by a bare number is still a count: the bare number goes with anything
    if unit == "count" and b.text.isdigit():
        text, size = f"({text}) * 1.5", size * 2
    return Number(text, -size, size, PRECISION, optional=a.optional or b.optional or may_be_zero, form="chain")


def _share(w: Writer, frame: Frame, depth: int) -> Number:
    a = number(w, frame, depth - 1)
    share = w.pick(["60", "30", "10", "12.5", "0"])
    factor = Fraction(share) / 100
    text = f"{share}%{w.pick([' of ', ' '])}{primary(a)}"
    return replace(a, text=text, low=a.low * factor, high=a.high * factor, places=a.places + 3, form="chain")


def _branch(w: Writer, frame: Frame, depth: int) -> Number:
    a, b = _two(w, frame, depth)
    asked = w.certain(conditions.condition(w, frame, depth - 1))
    text = f"if {asked} then {written(a, 'sum')} else {written(b, 'sum')}"
    places, optional = max(a.places, b.places), a.optional or b.optional
    return Number(text, min(a.low, b.low), max(a.high, b.high), places, optional=optional, form="loose")


def _case_of_labels(w: Writer, frame: Frame, depth: int) -> Number:
    choice = w.pick(frame.choices)
    values = [number(w, frame, 0) for _ in choice.labels]
    arms = [f"{label}: {value.text}" for label, value in zip(choice.labels, values, strict=True)]
    if w.chance(30):
        arms[-1] = f"otherwise: {values[-1].text}"
    return _one_of(f"case {choice.text} [{', '.join(arms)}]", values, optional=choice.optional)


def _case_of_ranges(w: Writer, frame: Frame, depth: int) -> Number:
    subject = number(w, frame, depth - 1)
    values = [number(w, frame, 0) for _ in range(3)]
    low, high = w.pick([("0", "10"), ("60", "90"), ("0.5", "1.25")])
    patterns = w.pick(
        [
            (f"< {low}", f"{low}..<{high}", f">= {high}"),
            (f"..{low}", f"{low}<..{high}", "otherwise"),
            (f"..<{low}", f"{low}..{high}", f"{high}<.."),
        ]
    )
    arms = [f"{pattern}: {value.text}" for pattern, value in zip(patterns, values, strict=True)]
    return _one_of(f"case {written(subject, 'sum')} [{', '.join(arms)}]", values, optional=subject.optional)


def _one_of(text: str, values: list[Number], *, optional: bool) -> Number:
    low, high = min(each.low for each in values), max(each.high for each in values)
    places = max(each.places for each in values)
    return Number(text, low, high, places, optional=optional or any(each.optional for each in values))


def _interpolate(w: Writer, frame: Frame, depth: int) -> Number:
    at = number(w, frame, depth - 1)
    points = w.pick(["60: 0, 90: 10", "0: 5, 3: 0, 10: 7", "0%: 0, 70%: 60, 100%: 100"])
    text = f"interpolate {primary(at)} [{points}]"
    return Number(text, Fraction(0), Fraction(100), PRECISION, optional=at.optional)


def _function(w: Writer, frame: Frame, depth: int) -> Number:
    a, b = _two(w, frame, depth)
    low, high = min(a.low, b.low), max(a.high, b.high)
    places, optional = max(a.places, b.places), a.optional or b.optional
    match w.pick(["min", "max", "abs", "clamp", "negative"]):
        case "abs":
            size = max(abs(a.low), abs(a.high))
            return Number(f"abs({a.text})", Fraction(0), size, a.places, optional=a.optional)
        case "clamp":
            text = f"clamp({a.text}, 0, 60.5)"
            return Number(text, Fraction(0), Fraction(121, 2), max(a.places, 1), optional=a.optional)
        case "negative":
            return replace(a, text=f"-{written(a)}", low=-a.high, high=-a.low, form="chain")
        case name:
            return Number(f"{name}({a.text}, {b.text})", low, high, places, optional=optional)


def _rounded(w: Writer, frame: Frame, depth: int) -> Number:
    a = number(w, frame, depth - 1)
    places = w.pick([0, 1, 2])
    text = f"{w.pick(['round', 'floor', 'ceil', '四舍五入'])}({a.text}, {places})"
    return Number(text, a.low - 1, a.high + 1, places, optional=a.optional)


def _let_function(w: Writer, frame: Frame, depth: int) -> Number:
    name, arity = w.pick(w.reach.functions)
    given = [w.closed(number(w, frame, 0)).text for _ in range(arity)]
    wide = Fraction(10**4)
    return Number(f"{name}({', '.join(given)})", -wide, wide, PRECISION, optional=True)


def _decision(w: Writer, frame: Frame, depth: int) -> Number:
    name, choice, second = w.pick(w.reach.tables)
    at = w.closed(number(w, frame, depth - 1))
    text = f"{name}({choice.text}, {at.text})" + (".副值" if second else ".正值")
    return Number(text, Fraction(0), Fraction(10), 2, optional=choice.optional or second)
