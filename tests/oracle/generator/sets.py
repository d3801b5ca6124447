"""What is asked of sets: counts and folds of records, of all subjects, of units of time; rows in their order."""

from __future__ import annotations

from fractions import Fraction

from oracle.generator import conditions, numbers
from oracle.generator.writing import PRECISION, Frame, Number, Writer

MILLION = Fraction(10**6)


def count(w: Writer, frame: Frame, depth: int) -> Number:
    """A whole number of things."""
    found = frame.of_unit("count")
    records = frame.table is None and w.reach.records and (w.reach.dated() or not frame.unit)
    kinds = ["name"] * bool(found) * 2 + ["literal", "conditions"]
    kinds += ["rows"] * 2 * bool(records and depth) + ["ordinal"] * 2 * (frame.table is not None)
    match w.pick(kinds):
        case "name":
            return w.closed(w.pick(found))
        case "literal":
            text = w.pick("0123")
            return Number(text, Fraction(text), Fraction(text), unit="count")
        case "conditions":
            deep = max(depth - 1, 0)
            asked = [w.certain(conditions.condition(w, frame, deep)) for _ in w.upto(3, 2)]
            return Number(f"count({', '.join(asked)})", Fraction(0), Fraction(3), unit="count")
        case "ordinal":
            return Number(f"ordinal({_order(w, frame)})", Fraction(1), MILLION, unit="count")
        case _:
            table, inside = rows(w, frame)
            distinct = inside.choices and w.chance(30)
            inner = f"distinct({w.pick(inside.choices).text} over {table}" if distinct else f"count({table}"
            return Number(inner + where(w, inside) + ")", Fraction(0), MILLION, unit="count")


def rows(w: Writer, frame: Frame) -> tuple[str, Frame]:
    """Some records and what may be read of them here."""
    found = w.reach.dated() if frame.unit else list(w.reach.records.items())
    table, inside = w.pick([each for each in found if each[0] != frame.table])
    return table, inside.in_unit() if frame.unit else inside


def where(w: Writer, inside: Frame) -> str:
    """`where`, or nothing."""
    return f" where {w.certain(conditions.condition(w, inside, 1))}" if w.chance(50) else ""


def fold(w: Writer, frame: Frame, depth: int) -> Number:
    """One number of a subject's records."""
    table, inside = rows(w, frame)
    a = w.closed(numbers.number(w, inside, depth - 1))
    rest = where(w, inside)
    if inside.dated_by and w.chance(25):
        rest += f" last {w.pick([1, 2])} by {inside.dated_by}"
    match w.pick(["sum", "average", "trimmed", "min", "max"] + ["weighted"] * 2 * (not frame.unit)):
        case "weighted":
            text = f"sum(clamp({a.text}, 0, 10) * ordinal({_order(w, inside)}) over {table}{rest})"
            return Number(text, Fraction(0), Fraction(10**7), a.places)
        case "sum":
            text = f"sum(clamp({a.text}, 0, 10) over {table}{rest})"
            return Number(text, Fraction(0), Fraction(10**7), a.places)
        case "average":
            return Number(f"average({a.text} over {table}{rest})", a.low, a.high, PRECISION, optional=True)
        case "trimmed":
            text = f"average({a.text} over {table}{rest} trim {w.pick([1, 2])})"
            return Number(text, a.low, a.high, PRECISION, optional=True)
        case name:
            return Number(f"{name}({a.text} over {table}{rest})", a.low, a.high, a.places, optional=True)


def over_all(w: Writer, frame: Frame, depth: int) -> Number:
    """A rank, a percentile, or one number of all subjects."""
    inside = Frame(frame.numbers, frame.conditions, frame.choices, frame.dates, windows=False)
    a = numbers.number(w, inside, depth - 1)
    group = w.within()
    match w.pick(["rank", "percentile", "linear", "average", "sum"]):
        case "rank":
            text = f"rank({a.text}{group}{w.pick(['', ' lowest first'])}) * 1.5"
            return Number(text, Fraction(0), MILLION * 2, 1, optional=a.optional, form="chain", in_units=False)
        case "percentile" | "linear" as kind:
            share = w.pick(["0%", "25%", "50%", "80%", "100%"])
            a = w.closed(a)
            linear, places = (" linear", PRECISION) if kind == "linear" else ("", a.places)
            text = f"percentile({share}, {a.text} over all{group}{where(w, inside)}{linear})"
            return Number(text, a.low, a.high, places, optional=True, in_units=False)
        case name:
            text = f"{name}(clamp({w.closed(a).text}, 0, 50) over all{group}{where(w, inside)})"
            high = Fraction(50) if name == "average" else Fraction(5 * 10**7)
            return Number(text, Fraction(0), high, PRECISION, optional=name == "average", in_units=False)


def over_units(w: Writer, frame: Frame, depth: int) -> Number:
    """One number of the units of the period."""
    a = w.closed(numbers.number(w, frame.in_unit(), depth - 1))
    units = w.pick(["years", "halves", "quarters", "months", "各季"])
    match w.pick(["sum", "average", "max"]):
        case "sum":
            text = f"sum(clamp({a.text}, 0, 10) over {units})"
            return Number(text, Fraction(0), Fraction(240), a.places, in_units=False)
        case name:
            text = f"{name}({a.text} over {units})"
            return Number(text, a.low, a.high, PRECISION, optional=True, in_units=False)


def _order(w: Writer, frame: Frame) -> str:
    by = frame.dated_by or w.pick([each.text for each in frame.own()])
    return f"by {by}" + (f" within {w.pick(frame.choices).text}" if frame.choices and w.chance(50) else "")


def row_before(w: Writer, frame: Frame, depth: int) -> Number:
    """A field of the row before."""
    found = [each for each in frame.own() if each.unit != "money"]
    if not found:
        return numbers.literal(w)
    a = w.pick(found)
    text = f"previous({a.text} {_order(w, frame)})"
    if a.unit == "count":
        return Number(f"{text} * 0.5", a.low, a.high, 1, optional=True, form="chain")
    return Number(text, a.low, a.high, a.places, optional=True)
