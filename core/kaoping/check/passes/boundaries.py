"""KP550: 以上 and 以下 both take the boundary, or neither does."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import force
from kaoping.check.declare import Placed
from kaoping.check.known import Interval, cut
from kaoping.check.passes.common import asking, taken, under
from kaoping.check.reach import Reaches
from kaoping.diagnostic import Finding, Note, warning
from kaoping.types import Type, shown_text

if TYPE_CHECKING:
    from kaoping.check.model import Model

MOST = 100
"""More conditions on one column than these are not compared two by two: nobody writes them by hand."""


class _Band(Struct, frozen=True):
    """What a condition takes of the values of one column."""

    placed: Placed
    condition: e.Expr
    read: t.Read
    intervals: tuple[Interval, ...]
    says: str


def boundaries(made: Model, _: Reaches) -> Iterator[Finding]:
    """Two grade lines, or two outcomes, whose conditions meet at one value that both take, or that neither takes."""
    columns: dict[t.Key, list[_Band]] = {}
    for band in _bands(made):
        columns.setdefault(band.read.key, []).append(band)
    for bands in columns.values():
        if len(bands) <= MOST:
            yield from _meetings(bands)


def _meetings(bands: list[_Band]) -> Iterator[Finding]:
    """Where two of the bands of one column meet."""
    for one, other in combinations(bands, 2):
        alike = isinstance(one.placed.statement, type(other.placed.statement))
        if not alike or one.says == other.says:
            continue
        type_ = one.read.type
        facts: dict[str, Any] = {"one": one.condition.span.text, "other": other.condition.span.text}
        notes = (Note(one.condition.span, "other"),)
        both = cut(one.intervals, other.intervals)
        if len(both) == 1 and both[0][0] == both[0][1] and _edge(both[0][0], one, other, type_):
            value = shown_text(both[0][0], type_)
            yield under(other.placed, warning("KP550", other.condition.span, "both", value=value, **facts, notes=notes))
        gap = None if both else _between(one, other, type_)
        if gap is not None and not any(cut(band.intervals, [gap]) for band in bands):
            value, limit = shown_text(sum(gap) // 2, type_), shown_text(gap[1] + 1, type_)
            variant = "neither" if gap[0] == gap[1] else "decimals"
            finding = warning("KP550", other.condition.span, variant, value=value, limit=limit, **facts, notes=notes)
            yield under(other.placed, finding)


def _edge(value: int, one: _Band, other: _Band, type_: Type) -> bool:
    """Whether one band ends and the other begins there, and neither is the value alone."""
    whole = type_.low < value < type_.high
    return whole and all(
        any(low < high and value in (low, high) for low, high in band.intervals) for band in (one, other)
    )


def _between(one: _Band, other: _Band, type_: Type) -> Interval | None:
    """What lies between two bands: one value, or the decimals between two whole numbers (..89 and 90..)."""
    unit = 10 ** max(type_.places - 2 * type_.percent, 0)
    for low, high in ((one, other), (other, one)):
        if not low.intervals or not high.intervals:
            continue
        (before, end), (start, after) = max(low.intervals), min(high.intervals)
        whole = unit > 1 and end % unit == 0 and end + unit == start
        if end + 2 == start or (whole and before < end and start < after):
            return end + 1, start - 1
    return None


def _bands(made: Model) -> Iterator[_Band]:
    with asking(made) as c:
        for placed in c.declarations.of(s.Grade, s.Outcome):
            statement = placed.statement
            assert isinstance(statement, s.Grade | s.Outcome)
            if statement.condition is None or statement.classes or force.force(c, placed) == "never":
                continue
            covered = taken(c, placed, statement.condition)
            if covered is not None:
                says = (
                    statement.grade or "-" if isinstance(statement, s.Grade) else statement.name + str(statement.value)
                )
                yield _Band(placed, statement.condition, *covered, says)
