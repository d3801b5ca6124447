"""What is known at a place of an expression: ranges of values, and what conditions say of the columns they compare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from msgspec import Struct, field

from kaoping import typed as t
from kaoping.check.linear import Linear, linear
from kaoping.types import Kind, Type

Interval = tuple[int, int]


class Reach(Struct, frozen=True):
    """The least and the largest value in units of the last place (no 0, yes 1), and whether it may be missing."""

    low: int
    high: int
    missing: bool = False

    @property
    def constant(self) -> int | None:
        """The one value it can have."""
        return self.low if self.low == self.high and not self.missing else None

    @property
    def nothing(self) -> bool:
        """Whether there is no value at all."""
        return self.low > self.high


NOTHING = Reach(1, 0, missing=True)
YES, NO, EITHER = Reach(1, 1), Reach(0, 0), Reach(0, 1)


class Known(Struct, frozen=True):
    """What a condition says: the values some columns can have, and sums that are not below zero."""

    values: Mapping[t.Key, tuple[Interval, ...]] = field(default_factory=dict)
    sums: tuple[Linear, ...] = ()

    @property
    def impossible(self) -> bool:
        """Whether no value is left for a column: nothing comes to this place."""
        return any(not intervals for intervals in self.values.values())

    def only(self, keys: frozenset[t.Key]) -> Known:
        """What it says of some columns."""
        values = {key: intervals for key, intervals in self.values.items() if key in keys}
        sums = tuple(each for each in self.sums if keys & keys_of(each))
        return Known(values, sums) if values or sums else NOTHING_KNOWN

    def outside(self, table: str) -> Known:
        """The same without what is said of one row of a table, where its rows are gone through anew."""
        if table == t.SUBJECTS:
            return self
        values = {key: intervals for key, intervals in self.values.items() if key.frame.table != table}
        elsewhere = (each for each in self.sums if all(key.frame.table != table for key in keys_of(each)))
        return Known(values, tuple(elsewhere))

    def tightened(self, node: t.Typed, low: int, high: int) -> tuple[int, int]:
        """The range of a sum where one of the same factors is known not to be below zero."""
        if not self.sums:
            return low, high
        form = linear(node)
        for each in self.sums:
            ratios = {form.factors.get(atom, Fraction(0)) / factor for atom, factor in each.factors.items()}
            if len(ratios) != 1 or len(form.factors) != len(each.factors):
                continue
            times = ratios.pop()
            rest = (form.constant - times * each.constant) * 10**node.type.places
            if times > 0:
                low = max(low, -(-rest.numerator // rest.denominator))
            elif times < 0:
                high = min(high, rest.numerator // rest.denominator)
        return low, high


NOTHING_KNOWN = Known()


def keys_of(form: Linear) -> frozenset[t.Key]:
    """The columns that a sum reads."""
    return frozenset(key for atom in form.factors for key in t.reads(atom))


def read_of(node: t.Typed) -> tuple[t.Read | None, int]:
    """The column that an expression is, and how many digits are added to it."""
    digits = 0
    while isinstance(node, t.Scale | t.Present):
        digits += node.digits if isinstance(node, t.Scale) else 0
        node = node.operand
    return (node, digits) if isinstance(node, t.Read) else (None, 0)


def where(operator: str, bounds: Reach, whole: Reach) -> tuple[Interval, ...]:
    """The values v of `whole` with `v operator b` for some b of `bounds`."""
    match operator:
        case ">=":
            return ((bounds.low, whole.high),)
        case ">":
            return ((bounds.low + 1, whole.high),)
        case "<=":
            return ((whole.low, bounds.high),)
        case "<":
            return ((whole.low, bounds.high - 1),)
        case "=":
            return ((bounds.low, bounds.high),)
        case _:
            return without([bounds.low], whole) if bounds.low == bounds.high else ((whole.low, whole.high),)


def without(values: list[int], whole: Reach) -> tuple[Interval, ...]:
    """A range without some of its values."""
    found, start = [], whole.low
    for value in sorted(values):
        if whole.low <= value <= whole.high:
            found.append((start, value - 1))
            start = value + 1
    return tuple((low, high) for low, high in (*found, (start, whole.high)) if low <= high)


def cut(whole: Iterable[Interval], by: Iterable[Interval]) -> tuple[Interval, ...]:
    """What two sets of values have in common."""
    by = tuple(by)
    return tuple((max(a, p), min(b, q)) for a, b in whole for p, q in by if max(a, p) <= min(b, q))


def of_type(type_: Type) -> Reach:
    """The values a type allows."""
    if type_.kind in (Kind.TEXT, Kind.POISON):
        return Reach(0, 1, type_.optional)
    return Reach(type_.low, type_.high, type_.optional)


def hull(intervals: tuple[Interval, ...]) -> Reach:
    """The range from the least to the largest value of some intervals."""
    return Reach(min(low for low, _ in intervals), max(high for _, high in intervals)) if intervals else NOTHING


def common(one: Reach, other: Reach) -> Reach:
    """The values both allow."""
    if one.nothing or other.nothing:
        return NOTHING
    return Reach(max(one.low, other.low), min(one.high, other.high), one.missing and other.missing)


def held(found: Reach, type_: Type) -> Reach:
    """The values of a reach that a type allows; mostly all."""
    if type_.low <= found.low <= found.high <= type_.high and type_.optional >= found.missing:
        return found
    return common(found, of_type(type_))


def union(parts: Iterable[Reach]) -> Reach:
    """The values one of them allows."""
    found = list(parts)
    present = [part for part in found if not part.nothing]
    if not present:
        return NOTHING
    missing = any(part.missing for part in found)
    return Reach(min(part.low for part in present), max(part.high for part in present), missing)
