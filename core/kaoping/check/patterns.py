"""Ranges and patterns: what falls under them, and whether every value falls under one and no more."""

from __future__ import annotations

from itertools import pairwise

from msgspec import Struct

from kaoping import expr as e
from kaoping import typed as t
from kaoping.check import conditions
from kaoping.check import expressions as x
from kaoping.check import numeric as n
from kaoping.check.checker import Checker, Scope
from kaoping.diagnostic import Note, warning
from kaoping.source import Span
from kaoping.types import BOOL, Kind, Type, shown_text

Interval = tuple[int, int]
_MOST_OVERLAPS = 20


class Covering(Struct, frozen=True):
    """The values of a type that a pattern takes, as whole numbers of its last place, both ends included."""

    intervals: tuple[Interval, ...]
    span: Span


def within(c: Checker, operand: t.Typed, written: e.Range, scope: Scope) -> t.Typed:
    """`x in a..b`."""
    tests = []
    for bound, operator in (
        (written.low, ">" if written.low_open else ">="),
        (written.high, "<" if written.high_open else "<="),
    ):
        if bound is not None:
            typed = x.expression(c, bound, scope, operand.type)
            tests.append(conditions.compare(c, operator, operand, typed, written.span))
    return conditions.both(tests, written.span)


def matches(c: Checker, subject: t.Typed, pattern: e.Pattern, scope: Scope) -> t.Typed:
    """Whether a value falls under a pattern."""
    match pattern:
        case e.Range():
            return within(c, subject, pattern, scope)
        case e.Relation(operator=operator, bound=bound):
            return conditions.compare(c, operator, subject, x.expression(c, bound, scope, subject.type), pattern.span)
        case e.OneOf(choices=choices):
            return conditions.either([matches(c, subject, each, scope) for each in choices], pattern.span)
        case e.Otherwise() | e.Anything():
            return t.Const(True, type=BOOL, span=pattern.span)
        case _:
            return conditions.compare(c, "=", subject, x.expression(c, pattern, scope, subject.type), pattern.span)


def chosen(subject: t.Typed, arms: list[tuple[t.Typed, t.Typed]], span: Span) -> t.Typed:
    """The value of the arm that takes the subject; a missing subject has none, whatever the last arm says."""
    *first, last = arms
    result = n.choose(first, last[1], span)
    if subject.type.optional and not result.type.optional:
        has = t.Has(subject, type=BOOL, span=subject.span)
        missing = t.Const(None, type=result.type.maybe, span=span)
        return t.Choose(((has, result),), missing, type=result.type.maybe, span=span)
    return result


def covered(
    c: Checker, subject: t.Typed, patterns: list[e.Pattern], tests: list[t.Typed], rest: t.Typed, span: Span
) -> bool:
    """Whether the patterns take every value of the subject, and none twice; says which value is in none, or in two, and
    which ones get the value of the `rest` though nobody may have meant it.
    """
    otherwise = [i for i, pattern in enumerate(patterns) if isinstance(pattern, e.Otherwise)]
    if any(i != len(patterns) - 1 for i in otherwise):
        c.error("KP422", patterns[otherwise[0]].span)
        return False
    plain = patterns[: -1 if otherwise else None]
    coverings = [covering(test, subject.type, pattern.span) for test, pattern in zip(tests, plain, strict=False)]
    known = [covering for covering in coverings if covering is not None]
    good = True
    for other, one in overlapping(known)[:_MOST_OVERLAPS]:
        both = overlap(one, other)
        assert both is not None
        value = shown_text(round_value(*both, subject.type), subject.type)
        c.error(
            "KP420",
            one.span,
            "overlap",
            value=value,
            one=other.span.text,
            other=one.span.text,
            notes=(Note(other.span, "other"),),
        )
        good = False
    if otherwise:
        if good and len(known) == len(coverings) and subject.type.kind is Kind.NUMBER:
            _tell_of_rest(c, subject.type, known, rest)
        return good
    if subject.type.kind is Kind.TEXT:
        c.error("KP420", span, "text", text=subject.span.text)
        return False
    if len(known) < len(coverings):
        c.error("KP420", span, "unknown", text=subject.span.text)
        return False
    gaps = uncovered(known, (subject.type.low, subject.type.high))
    if gaps:
        c.error("KP420", span, "gap", values=witnesses(gaps, subject.type), text=subject.span.text)
        return False
    return good


def _tell_of_rest(c: Checker, type_: Type, coverings: list[Covering], rest: t.Typed) -> None:
    """The decimals between 80..89 and 90..100, and the 0 before 1, fall under `otherwise` with all that is beyond."""
    unit = 10 ** max(type_.places - 2 * type_.percent, 0)
    ordered = sorted((*interval, covering.span) for covering in coverings for interval in covering.intervals)
    for (_, end, one), (start, _, other) in pairwise(ordered):
        if unit > 1 and end % unit == 0 and end + unit == start:
            value, limit = shown_text(end + unit // 2, type_), shown_text(start, type_)
            notes = (Note(one, "other"),)
            c.report(
                warning("KP550", other, "rest", one=one.text, other=other.text, value=value, limit=limit, notes=notes)
            )
    gaps = uncovered(coverings, (type_.low, type_.high))
    counts = isinstance(rest, t.Const) and rest.type.kind is Kind.NUMBER and rest.value
    if counts and len(gaps) > 1 and gaps[0] == (0, unit - 1):
        value, first = shown_text(int(counts), rest.type), ordered[0][2].text
        c.report(warning("KP551", rest.span, value=value, first=first))


def overlapping(coverings: list[Covering]) -> list[tuple[Covering, Covering]]:
    """Patterns that take a value which one before them takes, each once, with that one: seen where all stretches stand
    in order.
    """
    ordered = sorted((*interval, i) for i, covering in enumerate(coverings) for interval in covering.intervals)
    found: dict[int, int] = {}
    reaching: tuple[int, int] | None = None  # the end of the stretch that goes furthest so far, and whose it is
    for low, high, i in ordered:
        if reaching is not None and low <= reaching[0] and i != reaching[1]:
            first, second = sorted((i, reaching[1]))
            found[second] = min(first, found.get(second, first))
        if reaching is None or high > reaching[0]:
            reaching = (high, i)
    return [(coverings[found[second]], coverings[second]) for second in sorted(found)]


def witnesses(gaps: list[Interval], type_: Type, most: int = 4) -> list[str]:
    """A plain value from each gap, for people: `79.5`, `89.5`."""
    return [shown_text(round_value(low, high, type_), type_) for low, high in gaps[:most]]


def covering(test: t.Typed, type_: Type, span: Span) -> Covering | None:
    """The values for which a test of ours holds; None where its bounds are not constant."""
    intervals = _intervals(test, type_)
    return None if intervals is None else Covering(tuple(intervals), span)


def _intervals(test: t.Typed, type_: Type) -> list[Interval] | None:
    whole = (type_.low, type_.high)
    match test:
        case t.Const(value=value):
            return [whole] if value else []
        case t.And(operands=operands):
            found: list[Interval] = [whole]
            for operand in operands:
                inner = _intervals(operand, type_)
                if inner is None:
                    return None
                found = [(max(a, p), min(b, q)) for a, b in found for p, q in inner if max(a, p) <= min(b, q)]
            return found
        case t.Or(operands=operands):
            inside = [_intervals(operand, type_) for operand in operands]
            return None if None in inside else [each for one in inside if one is not None for each in one]
        case t.Compare(operator=operator, left=left, right=t.Const(value=bound)) if (
            bound is not None and not isinstance(bound, str)
        ):
            factor = 10 ** (left.type.places - type_.places) if type_.kind is Kind.NUMBER else 1
            return _ordered(operator, int(bound), factor, whole)
        case t.Not(operand=t.Read(type=Type(kind=Kind.BOOL))):
            return [(0, 0)]
        case t.Read(type=Type(kind=Kind.BOOL)):
            return [(1, 1)]
        case _:
            return None


def _ordered(operator: str, bound: int, factor: int, whole: Interval) -> list[Interval]:
    """The whole numbers v with v·factor ⋛ bound, inside the range."""
    low, high = whole
    up, down = -(-bound // factor), bound // factor
    match operator:
        case ">=":
            found = [(max(low, up), high)]
        case ">":
            found = [(max(low, down + 1), high)]
        case "<=":
            found = [(low, min(high, down))]
        case "<":
            found = [(low, min(high, up - 1))]
        case "=":
            found = [(max(low, up), min(high, down))]
        case _:
            found = [(low, min(high, up - 1)), (max(low, down + 1), high)]
    return [(a, b) for a, b in found if a <= b]


def overlap(one: Covering, other: Covering) -> Interval | None:
    """The first stretch that two patterns both take."""
    both = [(max(a, p), min(b, q)) for a, b in one.intervals for p, q in other.intervals if max(a, p) <= min(b, q)]
    return min(both) if both else None


def meet(one: tuple[Interval, ...], other: tuple[Interval, ...]) -> bool:
    """Whether two patterns take any value both."""
    if len(one) == len(other) == 1:
        return one[0][0] <= other[0][1] and other[0][0] <= one[0][1]
    return any(a <= q and p <= b for a, b in one for p, q in other)


def uncovered(coverings: list[Covering], whole: Interval) -> list[Interval]:
    """The stretches of a range that no pattern takes, from below."""
    gaps, start = [], whole[0]
    for low, high in sorted(interval for covering in coverings for interval in covering.intervals):
        if low > start:
            gaps.append((start, low - 1))
        start = max(start, high + 1)
    if start <= whole[1]:
        gaps.append((start, whole[1]))
    return gaps


def round_value(low: int, high: int, type_: Type) -> int:
    """The plainest value of a stretch: the fewest decimals, then the nearest to the middle."""
    if type_.kind is not Kind.NUMBER:
        return low
    middle = (low + high) // 2
    for zeros in range(type_.places + 18, -1, -1):
        step: int = 10**zeros
        near = middle // step * step
        fitting = [value for value in (near, near + step) if low <= value <= high]
        if fitting:
            return min(fitting, key=lambda value: abs(value - middle))
    return middle
