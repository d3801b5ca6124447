"""Typed expressions: what the checker makes of a written expression, and all that an engine has to be able to do.

Every node knows its type (kind, range, places, may it be missing) and the stretch of script it stands for. Numbers are
scaled integers; a node states exactly where digits are added or rounded away, so engines never choose. Unless a node
says otherwise, it is missing when any operand is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import NamedTuple

from kaoping.source import NOWHERE, Span
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A typed expression."""

    type: Type
    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Const(Typed):
    """A constant; None is "no value"."""

    value: Value


@dataclass(frozen=True, slots=True)
class Read(Typed):
    """The value of a column in the row at hand: of the row itself, or of the subject (and unit) the row belongs to."""

    key: Key


@dataclass(frozen=True, slots=True)
class UnitBound(Typed):
    """The first or the last day of the unit of time at hand (`first`, `last`)."""

    end: str


@dataclass(frozen=True, slots=True)
class Scale(Typed):
    """x · 10^digits, exact: more places for the same number."""

    operand: Typed
    digits: int


@dataclass(frozen=True, slots=True)
class Add(Typed):
    """The sum of operands of the same places."""

    operands: tuple[Typed, ...]


@dataclass(frozen=True, slots=True)
class Negate(Typed):
    """−x."""

    operand: Typed


@dataclass(frozen=True, slots=True)
class Multiply(Typed):
    """a · b; the places add up."""

    left: Typed
    right: Typed


@dataclass(frozen=True, slots=True)
class Divide(Typed):
    """a · 10^digits / b as an integer, rounded by `mode` (see `kaoping.numbers.divided`); missing where b is 0."""

    left: Typed
    right: Typed
    digits: int
    mode: str


@dataclass(frozen=True, slots=True)
class Drop(Typed):
    """x / 10^digits as an integer, rounded by `mode`: fewer places."""

    operand: Typed
    digits: int
    mode: str


@dataclass(frozen=True, slots=True)
class Least(Typed):
    """The smallest of the operands."""

    operands: tuple[Typed, ...]


@dataclass(frozen=True, slots=True)
class Greatest(Typed):
    """The largest of the operands."""

    operands: tuple[Typed, ...]


@dataclass(frozen=True, slots=True)
class Absolute(Typed):
    """|x|."""

    operand: Typed


@dataclass(frozen=True, slots=True)
class Compare(Typed):
    """`=`, `!=`, `<`, `<=`, `>`, `>=` of two values of the same places, or the same labels."""

    operator: str
    left: Typed
    right: Typed


@dataclass(frozen=True, slots=True)
class Among(Typed):
    """Whether x is one of the constants."""

    operand: Typed
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class And(Typed):
    """All hold."""

    operands: tuple[Typed, ...]


@dataclass(frozen=True, slots=True)
class Or(Typed):
    """One holds."""

    operands: tuple[Typed, ...]


@dataclass(frozen=True, slots=True)
class Not(Typed):
    """Does not hold."""

    operand: Typed


@dataclass(frozen=True, slots=True)
class Choose(Typed):
    """The value of the first arm whose condition holds, else `otherwise`; missing where a condition asked is
    missing, or the value taken.

    `spares` says that cells read for a value not taken may be empty, as `applies if` does and a plain `if` does not.
    """

    arms: tuple[tuple[Typed, Typed], ...]
    otherwise: Typed
    spares: bool = False


@dataclass(frozen=True, slots=True)
class Has(Typed):
    """Whether x has a value; never missing."""

    operand: Typed


@dataclass(frozen=True, slots=True)
class Coalesce(Typed):
    """x, or where x is missing the fallback."""

    operand: Typed
    fallback: Typed


@dataclass(frozen=True, slots=True)
class Present(Typed):
    """x where it is proved present by the condition around it; where that does not hold, any value of its range
    (`low`): nobody looks at it.
    """

    operand: Typed


@dataclass(frozen=True, slots=True)
class Recode(Typed):
    """A choice in other labels: the index i becomes `codes[i]`."""

    operand: Typed
    codes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class AddMonths(Typed):
    """A date moved by whole months, held to the month's last day."""

    date: Typed
    months: Typed


@dataclass(frozen=True, slots=True)
class MonthsBetween(Typed):
    """Whole months passed from one date to another, negative where the second is earlier."""

    start: Typed
    end: Typed


@dataclass(frozen=True, slots=True)
class DatePart(Typed):
    """The `year` or the `month` of a date."""

    date: Typed
    part: str


@dataclass(frozen=True, slots=True)
class PluginCall(Typed):
    """A function that a plugin has registered."""

    function: str
    arguments: tuple[Typed, ...]


# ---------------------------------------------------------------- many rows into one value


@dataclass(frozen=True, slots=True)
class Last:
    """Only the last `number` rows in the order of `by` (semantics.md 6)."""

    number: int
    by: tuple[Typed, ...]


@dataclass(frozen=True, slots=True)
class Fold(Typed):
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


@dataclass(frozen=True, slots=True)
class Cohort(Typed):
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


@dataclass(frozen=True, slots=True)
class Rank(Typed):
    """1, 2, 2, 4 among the subjects appraised with the same `within`; those without a value have none and do not
    count.
    """

    value: Typed
    within: tuple[Typed, ...] = ()
    lowest_first: bool = False


@dataclass(frozen=True, slots=True)
class Percentile(Typed):
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


@dataclass(frozen=True, slots=True)
class Ordinal(Typed):
    """In a record: its number among the subject's rows with the same `within`, in the order of `by`."""

    by: tuple[Typed, ...]
    within: tuple[Typed, ...] = ()


@dataclass(frozen=True, slots=True)
class PreviousRow(Typed):
    """In a record: the value in the row before, in the order of `by`, among rows with the same `within`."""

    value: Typed
    by: tuple[Typed, ...]
    within: tuple[Typed, ...] = ()


@dataclass(frozen=True, slots=True)
class PreviousResult(Typed):
    """The value (evaluated in `HISTORY`) of the subject's newest stored result among earlier periods of the same
    length.
    """

    value: Typed


@dataclass(frozen=True, slots=True)
class Streak(Typed):
    """Consecutive periods up to now in which a condition holds: `now` for this period, `then` (in `HISTORY`) for
    earlier ones (semantics.md 15).
    """

    now: Typed
    then: Typed


@dataclass(frozen=True, slots=True)
class Chosen(Typed):
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


@dataclass(frozen=True, slots=True)
class Candidates:
    """Amounts that compete: `amount` in each row of `frame` where `where` holds; without a frame the one amount of
    the row at hand.

    `key` is what `best by F` tells candidates apart by.
    """

    amount: Typed
    frame: Frame | None = None
    where: Typed | None = None
    key: Typed | None = None


@dataclass(frozen=True, slots=True)
class Group(Typed):
    """The largest candidate of each key, added up; without keys the one largest of all; 0 where there is no
    candidate.

    Amounts have the same places; one that is missing makes the whole missing.
    """

    parts: tuple[Candidates, ...]


_FIELDS: dict[type, tuple[str, ...]] = {}


def operands(node: Typed) -> list[Typed]:
    """The operands of a typed expression, those of its arms and candidates included."""
    kind = type(node)
    if kind not in _FIELDS:
        _FIELDS[kind] = tuple(each.name for each in fields(kind) if re.search("Typed|Last|Candidates", str(each.type)))
    found: list[Typed] = []
    for name in _FIELDS[kind]:
        value = getattr(node, name)
        if isinstance(value, Typed):
            found.append(value)
        elif value is not None:
            found.extend(_typed_in(value))
    return found


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
