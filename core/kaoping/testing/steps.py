"""What has to come about for a change of the rules to show in a result.

All the way from the change to the result every expression must come out differently, and whatever stands beside it must
leave the decision to it: of `A and B and C`, where C is changed, A and B hold. Each is a step; the more of them a
situation has taken, the nearer it is to telling the two plans apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from msgspec import Struct

from kaoping import typed as t
from kaoping.columns import Column
from kaoping.engines.reference import Reference, UnknownError
from kaoping.plan.plan import Plan
from kaoping.types import BOOL, Kind, Type, Value

_BESIDE = 1000
Columns = Mapping[t.Key, Column]
MOST_STEPS = 100
"""So many of them are looked at."""


class Step(Struct, frozen=True):
    """In some row of a frame an expression comes out other than `other` does in the second plan; where there is none,
    it `holds`, or does not.
    """

    frame: t.Frame
    one: t.Typed
    other: t.Typed | None = None
    holds: bool = True


def steps(columns: Columns, appraised: t.Key | None, other: Plan, wanted: t.Key, below: set[t.Key]) -> list[Step]:
    """The steps from the changes to a column: `below` are the changed columns and those that come to read them,
    `columns` those of the first plan, what is stated without an expression.
    """
    way = _Way(columns, below)
    found = (
        list(way.wish(t.EACH, t.Read(appraised, type=BOOL))) if appraised is not None and appraised not in below else []
    )
    for key in _reached(columns, wanted):
        if key in below and key in other.columns:
            a, b = columns[key].value, other.columns[key].value
            if a is not None and b is not None:
                found += way.down(a, b, key.frame)
    return found[:MOST_STEPS]


def wishes(columns: Columns, wanted: t.Key, *, holds: bool) -> list[Step]:
    """The steps to a column that holds, or does not."""
    return list(_Way(columns, set()).wish(wanted.frame, t.Read(wanted, type=BOOL), holds=holds))


def resting(columns: Columns, step: Step) -> set[t.Key]:
    """The columns that a step rests on."""
    return {key for read in t.reads(step.one) for key in _reached(columns, read)}


def _reached(columns: Columns, wanted: t.Key) -> dict[t.Key, None]:
    waiting, found = [wanted], dict[t.Key, None]()
    while waiting:
        key = waiting.pop()
        if key in columns and key not in found:
            found[key] = None
            waiting += columns[key].reads
    return found


class _Way(Struct, frozen=True):
    """From an expression down to what is changed in it."""

    columns: Columns
    below: set[t.Key]

    def leads(self, a: t.Typed, b: t.Typed) -> bool:
        """Whether a pair differs, or reads what does."""
        return a != b or not self.below.isdisjoint(t.reads(a))

    def wish(self, frame: t.Frame, node: t.Typed, *, holds: bool = True, deep: int = 3) -> Iterator[Step]:
        """A condition holds, or does not: with it all its parts where that takes all of them."""
        yield Step(frame, node, None, holds)
        match node:
            case t.And(operands=parts) if holds:
                each_part = parts
            case t.Or(operands=parts) if not holds:
                each_part = parts
            case t.Not(operand=operand):
                each_part, holds = (operand,), not holds
            case t.Read(key=key) if deep and (column := self.columns.get(key)) is not None and column.value is not None:
                frame, each_part, deep = key.frame, (column.value,), deep - 1
            case _:
                return
        for part in each_part:
            yield from self.wish(frame, part, holds=holds, deep=deep)

    def down(self, a: t.Typed, b: t.Typed, frame: t.Frame) -> Iterator[Step]:
        """The steps in an expression and in its parts."""
        if not self.leads(a, b):
            return
        yield Step(frame, a, b)
        match a:
            case t.And() | t.Or():
                yield from self._chain(a, b, frame)
            case t.Choose() if isinstance(b, t.Choose):
                yield from self._arms(a, b, frame)
            case t.Fold(frame=inner, where=where):
                if isinstance(b, t.Fold) and b.frame == inner:
                    yield from self._parts(a, b, inner, where)
            case t.Cohort(where=where) | t.Percentile(where=where):
                yield from self._parts(a, b, t.EACH, where)
            case t.Chosen(pool=pool):
                yield from self._parts(a, b, t.EACH, pool)
            case t.Rank():
                yield from self._parts(a, b, t.EACH, None)
            case t.Group(parts=parts) if isinstance(b, t.Group):
                for part, theirs in zip(parts, b.parts, strict=False):
                    inner = part.frame or frame
                    if part.frame != theirs.frame:
                        continue
                    if part.where is not None and theirs.where is not None:
                        yield from self._condition(part.where, theirs.where, inner)
                    yield from self.down(part.amount, theirs.amount, inner)
            case t.Streak() | t.PreviousResult():
                return
            case _:
                yield from self._parts(a, b, frame, None)

    def _parts(self, a: t.Typed, b: t.Typed, frame: t.Frame, where: t.Typed | None) -> Iterator[Step]:
        one, other = t.operands(a), t.operands(b)
        if type(a) is type(b) and len(one) == len(other):
            for mine, theirs in zip(one, other, strict=True):
                yield from self._condition(mine, theirs, frame) if mine is where else self.down(mine, theirs, frame)

    def _condition(self, a: t.Typed, b: t.Typed, frame: t.Frame, *, holds: bool = True) -> Iterator[Step]:
        """What is no part of the change leaves the decision to it: as a rule it holds."""
        yield from self.down(a, b, frame) if self.leads(a, b) else self.wish(frame, a, holds=holds)

    def _chain(self, a: t.And | t.Or, b: t.Typed, frame: t.Frame) -> Iterator[Step]:
        """`and`, `or`: the parts that are not changed leave the decision to the others; one that is dropped decides."""
        leaving = isinstance(a, t.And)
        theirs = b.operands if isinstance(b, t.And | t.Or) and type(b) is type(a) else (b,)
        if len(theirs) == len(a.operands):
            for mine, other in zip(a.operands, theirs, strict=True):
                yield from self._condition(mine, other, frame, holds=leaving)
        elif type(b) is type(a) or b in a.operands:
            for mine in a.operands:
                yield from self.wish(frame, mine, holds=leaving is (mine in theirs))

    def _arms(self, a: t.Choose, b: t.Choose, frame: t.Frame) -> Iterator[Step]:
        """A choice: no arm before the changed one is taken."""
        for number, (condition, value) in enumerate(a.arms):
            other, theirs = b.arms[number] if number < len(b.arms) else (b.otherwise, b.otherwise)
            if self.leads(condition, other) or self.leads(value, theirs):
                if len(a.arms) == len(b.arms):
                    yield from self._condition(condition, other, frame)
                    yield from self.down(value, theirs, frame)
                else:
                    yield from self.wish(frame, condition)
                return
            yield from self.wish(frame, condition, holds=False)
        yield from self.down(a.otherwise, b.otherwise, frame)


class Standing(Struct, frozen=True):
    """How many steps a situation has taken, in the subject and in the rows that have taken most (how far the other rows
    have come decides between equals); and those not taken there.
    """

    number: float
    missing: tuple[Step, ...]


def standing(found: list[Step], one: Reference, other: Reference) -> Standing:
    """Where a situation stands."""
    frames: dict[t.Frame, list[Step]] = {}
    for step in found:
        frames.setdefault(step.frame, []).append(step)
    best = Standing(-1, ())
    for subject in range(len(one.data.ids)):
        inside = [_inside(frame, own, one, other, subject) for frame, own in frames.items()]
        number = sum(each.number for each in inside)
        if number > best.number:
            best = Standing(number, tuple(step for each in inside for step in each.missing))
    return best


def _inside(frame: t.Frame, found: list[Step], one: Reference, other: Reference, subject: int) -> Standing:
    try:
        rows = [0] if frame.table == t.PARAMS else one.cells.rows(frame, subject)
    except UnknownError:  # the days of its rows are not all stated
        rows = []
    if not rows:
        return Standing(0, tuple(found))
    each = [[_taken(step, one, other, row) for step in found] for row in rows]
    numbers = [sum(row) for row in each]
    best = each[numbers.index(max(numbers))]
    missing = tuple(step for step, is_taken in zip(found, best, strict=True) if not is_taken)
    return Standing(max(numbers) + sum(numbers) / (_BESIDE * len(rows)), missing)


def _taken(step: Step, one: Reference, other: Reference, row: int) -> bool:
    try:
        value = one.value(step.one, step.frame, row)
        if step.other is None:
            return value is step.holds
        theirs = other.value(step.other, step.frame, row)
        return comparable(value, step.one.type) != comparable(theirs, step.other.type)
    except UnknownError:
        return False


def comparable(value: Value, type_: Type) -> object:
    """A value in a form in which those of two plans can be compared."""
    match type_.kind:
        case Kind.NUMBER if value is not None:
            return Fraction(int(value), 10**type_.places)
        case Kind.CHOICE if value is not None:
            return type_.labels[int(value)]
    return value
