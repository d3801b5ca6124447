"""Conditions: comparisons, ranges, labels, dates, and what joins them."""

from __future__ import annotations

from oracle.generator import numbers, sets
from oracle.generator.writing import Condition, Frame, Writer, written


def condition(w: Writer, frame: Frame, depth: int) -> Condition:
    """Something that holds or not."""
    makers = [_compared, _compared]
    if any(each.in_units or not frame.unit for each in frame.conditions):
        makers += [_named]
    if frame.choices:
        makers += [_labelled]
    if frame.dates:
        makers += [_dated]
    if any(each.optional and (each.in_units or not frame.unit) for each in frame.numbers):
        makers += [_has]
    if depth:
        makers += [_joined, _joined, _in_range]
        if frame.table is None and w.reach.records and (w.reach.dated() or not frame.unit):
            makers += [_any_row]
        if frame.table is None and frame.windows and w.reach.dated():
            makers += [_over_units]
    return w.pick(makers)(w, frame, depth)


def part(w: Writer, frame: Frame, depth: int) -> str:
    """A certain condition that may stand beside `and`."""
    found = condition(w, frame, depth)
    return w.certain(found) if found.form == "operand" else f"({w.certain(found)})"


def _named(w: Writer, frame: Frame, depth: int) -> Condition:
    return w.pick([each for each in frame.conditions if each.in_units or not frame.unit])


def _compared(w: Writer, frame: Frame, depth: int) -> Condition:
    unit = w.pick(["points", "points", "count", "money"])
    a, b = numbers.number(w, frame, depth, unit), numbers.number(w, frame, 0, unit)
    if unit == "points" and w.chance(50):
        b = numbers.literal(w)
    elif unit == "points" and depth and w.chance(30):
        b = numbers.number(w, frame, depth)
    text = f"{written(a, 'sum')} {w.pick(['>=', '<', '=', '!=', '≤', '>'])} {written(b, 'sum')}"
    return Condition(text, a.optional or b.optional, "comparison")


def _labelled(w: Writer, frame: Frame, depth: int) -> Condition:
    choice = w.pick(frame.choices)
    label = w.pick(choice.labels)
    if choice.ordered:
        return Condition(f"{choice.text} {w.pick(['>=', '<', '='])} {label}", choice.optional, "comparison")
    text = w.pick([f"{choice.text} = {label}", f"{choice.text} in [{', '.join(choice.labels[1:])}]"])
    return Condition(text, choice.optional, "comparison")


def _dated(w: Writer, frame: Frame, depth: int) -> Condition:
    day = w.pick(frame.dates)
    ways = [
        f"{day} >= 2009-06-30",
        f"{day} <= 6月10日",
        f"{day} + 1 months > period.end",
        f"{day} + 1 years >= period.start + 13 months",
        f"days(period.start, {day}) >= 30",
        f"month({day}) in 3..6",
        f"months({day}, period.end) < 6",
        f"years(2007-06-30, {day}) = 1",
        f"{day} - 5 days < 2009-03-01",
        f"year({day}) = period.year",
    ]
    return Condition(w.pick(ways), form="comparison")


def _has(w: Writer, frame: Frame, depth: int) -> Condition:
    found = [each for each in frame.numbers if each.optional and (each.in_units or not frame.unit)]
    name = w.pick(found).text
    if w.chance(30):
        return Condition(f"has {name} and {name} >= {w.pick([0, 1, 60])}", form="joined")
    return Condition(f"has {name}")


def _joined(w: Writer, frame: Frame, depth: int) -> Condition:
    a, b = condition(w, frame, depth - 1), condition(w, frame, 0)
    if w.chance(20):
        return Condition(f"not ({a.text})", a.optional, "comparison")
    word = w.pick(["and", "or", "且", "或"])
    parts = [each.text if each.form != "joined" else f"({each.text})" for each in (a, b)]
    return Condition(f" {word} ".join(parts), a.optional or b.optional, "joined")


def _in_range(w: Writer, frame: Frame, depth: int) -> Condition:
    a = numbers.number(w, frame, depth - 1)
    bounds = w.pick(["60..<90", "0..10", "..<60", "0.5<..2", "90.."])
    return Condition(f"{written(a, 'sum')} in {bounds}", a.optional, "comparison")


def _any_row(w: Writer, frame: Frame, depth: int) -> Condition:
    table, inside = sets.rows(w, frame)
    if w.chance(30):
        return Condition(f"has {table}")
    asked = w.certain(condition(w, inside, depth - 1))
    return Condition(f"{w.pick(['any', 'all'])}({asked} over {table}{sets.where(w, inside)})")


def _over_units(w: Writer, frame: Frame, depth: int) -> Condition:
    asked = w.certain(condition(w, frame.in_unit(), depth - 1))
    units = w.pick(["years", "halves", "quarters", "months"])
    return Condition(f"{w.pick(['any', 'all'])}({asked} over {units})", in_units=False)
