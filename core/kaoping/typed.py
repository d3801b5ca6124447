"""Typed expressions: what the checker makes of a written expression, and all that an engine has to be able to do.

Every node knows its type (kind, range, places, may it be missing) and the stretch of script it stands for. Numbers are
scaled integers; a node states exactly where digits are added or rounded away, so engines never choose. Unless a node
says otherwise, it is missing when any operand is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct

from kaoping.source import Spanned
from kaoping.types import Type, Value


class Frame(NamedTuple):
    """Rows a column has a value for: of a table, and, inside a unit of time, once for each unit.

    `table` is `SUBJECTS`, the name of a records table, `HISTORY`, or `link NAME`; `unit` is "" or year, half, quarter,
    month, week, day. A row of records belongs to the unit its date lies in.
    """

    table: str
    unit: str = ""


SUBJECTS = ""
HISTORY = "history"
PARAMS = "params"
EACH = Frame(SUBJECTS)


class Key(NamedTuple):
    """The identity of a column.

    `part` is "" for the thing itself under its script name. `given` is what an assessor enters for an item, loaded
    from the column named like the item; any other part is a step on the way to a value (a line, a group, a grade
    before a quota).
    """

    frame: Frame
    name: str
    part: str = ""


class Typed(Spanned, frozen=True, kw_only=True):
    """A typed expression."""

    type: Type


class Const(Typed, frozen=True):
    """A constant; None is "no value"."""

    value: Value


class Read(Typed, frozen=True):
    """The value of a column in the row at hand: of the row itself, or of the subject (and unit) the row belongs to."""

    key: Key


class UnitBound(Typed, frozen=True):
    """The first or the last day of the unit of time at hand (`first`, `last`)."""

    end: str


class Scale(Typed, frozen=True):
    """x · 10^digits, exact: more places for the same number."""

    operand: Typed
    digits: int


class Add(Typed, frozen=True):
    """The sum of operands of the same places."""

    operands: tuple[Typed, ...]


class Negate(Typed, frozen=True):
    """−x."""

    operand: Typed


class Multiply(Typed, frozen=True):
    """a · b; the places add up."""

    left: Typed
    right: Typed


class Divide(Typed, frozen=True):
    """a · 10^digits / b as an integer, rounded by `mode` (see `kaoping.numbers.divided`); missing where b is 0."""

    left: Typed
    right: Typed
    digits: int
    mode: str


class Drop(Typed, frozen=True):
    """x / 10^digits as an integer, rounded by `mode`: fewer places."""

    operand: Typed
    digits: int
    mode: str


class Least(Typed, frozen=True):
    """The smallest of the operands."""

    operands: tuple[Typed, ...]


class Greatest(Typed, frozen=True):
    """The largest of the operands."""

    operands: tuple[Typed, ...]


class Absolute(Typed, frozen=True):
    """|x|."""

    operand: Typed


class Compare(Typed, frozen=True):
    """`=`, `!=`, `<`, `<=`, `>`, `>=` of two values of the same places, or the same labels."""

    operator: str
    left: Typed
    right: Typed


class Among(Typed, frozen=True):
    """Whether x is one of the constants."""

    operand: Typed
    values: tuple[Value, ...]


class And(Typed, frozen=True):
    """All hold."""

    operands: tuple[Typed, ...]


class Or(Typed, frozen=True):
    """One holds."""

    operands: tuple[Typed, ...]


class Not(Typed, frozen=True):
    """Does not hold."""

    operand: Typed


class Choose(Typed, frozen=True):
    """The value of the first arm whose condition holds, else `otherwise`; missing where a condition asked is
    missing, or the value taken.

    `spares` says that cells read for a value not taken may be empty, as `applies if` does and a plain `if` does not.
    """

    arms: tuple[tuple[Typed, Typed], ...]
    otherwise: Typed
    spares: bool = False


class Has(Typed, frozen=True):
    """Whether x has a value; never missing."""

    operand: Typed


class Coalesce(Typed, frozen=True):
    """x, or where x is missing the fallback."""

    operand: Typed
    fallback: Typed


class Present(Typed, frozen=True):
    """x where it is proved present by the condition around it; where that does not hold, any value of its range
    (`low`): nobody looks at it.
    """

    operand: Typed


class Recode(Typed, frozen=True):
    """A choice in other labels: the index i becomes `codes[i]`."""

    operand: Typed
    codes: tuple[int, ...]


class AddMonths(Typed, frozen=True):
    """A date moved by whole months, held to the month's last day."""

    date: Typed
    months: Typed


class MonthsBetween(Typed, frozen=True):
    """Whole months passed from one date to another, negative where the second is earlier."""

    start: Typed
    end: Typed


class DatePart(Typed, frozen=True):
    """The `year` or the `month` of a date."""

    date: Typed
    part: str


class PluginCall(Typed, frozen=True):
    """A function that a plugin has registered: `function` is `PLUGIN.NAME`, of the platform's own just `NAME`."""

    function: str
    arguments: tuple[Typed, ...]


# ---------------------------------------------------------------- many rows into one value


class Last(Struct, frozen=True):
    """Only the last `number` rows in the order of `by` (semantics.md 6)."""

    number: int
    by: tuple[Typed, ...]


class Fold(Typed, frozen=True):
    """One value of the rows of `frame` that belong to the subject (and unit) at hand.

    kinds: sum, count, distinct, any, all, min, max, average (rounded half up to the type's places; `digits` are
    added), only (the value of the one row; missing where there is none). `value` and `where` are evaluated in each
    row; a row whose `value` is missing is left out of min, max, average. `trim` rows are dropped at each end where
    more than twice as many stand. `spares` says that cells of rows that do not count may be empty (`per R where`).
    """

    kind: str
    frame: Frame
    value: Typed | None = None
    where: Typed | None = None
    last: Last | None = None
    trim: int = 0
    digits: int = 0
    mode: str = "half up"
    spares: bool = False


class Cohort(Typed, frozen=True):
    """The same kinds over the subjects appraised, those with the same `within` as the subject at hand; `spares` as for
    a `Fold`.
    """

    kind: str
    value: Typed | None = None
    where: Typed | None = None
    within: tuple[Typed, ...] = ()
    trim: int = 0
    digits: int = 0
    mode: str = "half up"
    spares: bool = False


class Rank(Typed, frozen=True):
    """1, 2, 2, 4 among the subjects appraised with the same `within`; those without a value have none and do not
    count.
    """

    value: Typed
    within: tuple[Typed, ...] = ()
    lowest_first: bool = False


class Percentile(Typed, frozen=True):
    """The ⌈p·n⌉-th value from below, p = `part` / 10^`places`; with `linear` between neighbours at 1 + p·(n−1),
    rounded half up, `digits` added.
    """

    part: int
    part_places: int
    value: Typed
    where: Typed | None = None
    within: tuple[Typed, ...] = ()
    linear: bool = False
    digits: int = 0


class Ordinal(Typed, frozen=True):
    """In a record: its number among the subject's rows with the same `within`, in the order of `by`."""

    by: tuple[Typed, ...]
    within: tuple[Typed, ...] = ()


class PreviousRow(Typed, frozen=True):
    """In a record: the value in the row before, in the order of `by`, among rows with the same `within`."""

    value: Typed
    by: tuple[Typed, ...]
    within: tuple[Typed, ...] = ()


class PreviousResult(Typed, frozen=True):
    """The value (evaluated in `HISTORY`) of the subject's newest stored result among earlier periods of the same
    length.
    """

    value: Typed


class Streak(Typed, frozen=True):
    """Consecutive periods up to now in which a condition holds: `now` for this period, `then` (in `HISTORY`) for
    earlier ones (semantics.md 15).
    """

    now: Typed
    then: Typed


class Chosen(Typed, frozen=True):
    """Whether a quota takes the subject (semantics.md 13).

    `pool` may be taken; `counted` is what a percentage is taken of (None for a number of places); `share` is a number
    of places, or a part of one with `share_places` places, the same in the whole group. Keys are highest first, in
    order.
    """

    pool: Typed
    share: Typed
    keys: tuple[Typed, ...]
    counted: Typed | None = None
    within: tuple[Typed, ...] = ()
    lowest: bool = False
    ties: str = "excluded"
    rounded: str = "down"


class Candidates(Struct, frozen=True):
    """Amounts that compete: `amount` in each row of `frame` where `where` holds; without a frame the one amount of
    the row at hand.

    `key` is what `best by F` tells candidates apart by.
    """

    amount: Typed
    frame: Frame | None = None
    where: Typed | None = None
    key: Typed | None = None


class Group(Typed, frozen=True):
    """The largest candidate of each key, added up; without keys the one largest of all; 0 where there is no
    candidate.

    Amounts have the same places; one that is missing makes the whole missing.
    """

    parts: tuple[Candidates, ...]


VIEWS = (Fold, Group, Cohort, Rank, Percentile, Chosen, Ordinal, PreviousRow, PreviousResult, Streak)
"""What looks at other rows than the one at hand."""


class _Shape(NamedTuple):
    """The fields of a kind of expression that hold operands: one or none, a tuple of them, or arms and candidates."""

    single: tuple[str, ...]
    several: tuple[str, ...]
    nested: tuple[str, ...]


_SHAPES: dict[type[Typed], _Shape] = {}


def _shape(kind: type[Typed]) -> _Shape:
    if kind not in _SHAPES:
        hints = kind.__annotations__
        single = tuple(name for name in hints if hints[name] in ("Typed", "Typed | None"))
        several = tuple(name for name in hints if hints[name] == "tuple[Typed, ...]")
        nested = (name for name in hints if re.search("Typed|Last|Candidates", hints[name]))
        _SHAPES[kind] = _Shape(single, several, tuple(name for name in nested if name not in (*single, *several)))
    return _SHAPES[kind]


def operand_fields(node: Typed) -> tuple[str, ...]:
    """The fields of a typed expression that hold its operands."""
    shape = _shape(type(node))
    return (*shape.single, *shape.several, *shape.nested)


def operands(node: Typed) -> list[Typed]:
    """The operands of a typed expression, those of its arms and candidates included."""
    single, several, nested = _shape(type(node))
    found: list[Typed] = [value for name in single if (value := getattr(node, name)) is not None]
    for name in several:
        found += getattr(node, name)
    for name in nested:
        found += _typed_in(getattr(node, name))
    return found


def nodes(node: Typed) -> list[Typed]:
    """An expression and every part of it."""
    found, waiting = [], [node]
    while waiting:
        each = waiting.pop()
        found.append(each)
        if not isinstance(each, Read | Const):
            waiting += operands(each)
    return found


def reads(node: Typed) -> list[Key]:
    """The columns that an expression reads, each as often as it does."""
    return [each.key for each in nodes(node) if isinstance(each, Read)]


def _typed_in(value: object) -> Iterator[Typed]:
    match value:
        case Typed():
            yield value
        case tuple():
            for part in value:
                yield from _typed_in(part)
        case Last(by=by):
            yield from by
        case Candidates(amount=amount, where=where, key=key):
            yield from (part for part in (amount, where, key) if part is not None)
