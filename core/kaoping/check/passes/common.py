"""What several passes need: clauses, what an `assume` settles, questions asked of the checker again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import TYPE_CHECKING

from msgspec.structs import replace

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import expressions as x
from kaoping.check import grading, patterns
from kaoping.check.checker import Checker
from kaoping.check.declare import Placed, Symbol
from kaoping.check.known import Interval
from kaoping.diagnostic import Finding
from kaoping.types import Kind, decimal_text, trimmed

if TYPE_CHECKING:
    from kaoping.check.model import Model


def under(placed: Placed, finding: Finding) -> Finding:
    """The finding under the clause that a statement stands in."""
    return replace(finding, clause=placed.clause)


def settled(statement: s.Statement) -> bool:
    """Whether an `assume` is indented below a statement itself, not below an item in it."""
    return any(
        isinstance(child, s.Assume) or (isinstance(child, s.Clause) and settled(child)) for child in statement.body
    )


@contextmanager
def asking(made: Model) -> Iterator[Checker]:
    """The checker, to elaborate an expression again: what it reports and enters meanwhile is forgotten."""
    c = made.checker
    findings, columns, used = list(c.findings), dict(c.columns), set(c.declarations.used)
    loaded = {table: dict(known) for table, known in c.loaded.items()}
    try:
        yield c
    finally:
        c.findings[:] = findings
        for kept, now in ((columns, c.columns), (loaded, c.loaded)):
            now.clear()
            now.update(kept)  # type: ignore[arg-type]
        c.declarations.used.intersection_update(used)


def taken(c: Checker, placed: Placed, condition: e.Expr) -> tuple[t.Read, tuple[Interval, ...]] | None:
    """What a condition about one number or date takes of its values; None where it is about more, or about others."""
    with c.at(placed) as scope:
        typed = x.again(c, condition, scope)
    reads = grading.compared(typed)
    if len({read.key for read in reads}) != 1 or reads[0].type.kind not in (Kind.NUMBER, Kind.DATE):
        return None
    covering = patterns.covering(typed, reads[0].type, typed.span)
    return None if covering is None else (reads[0], covering.intervals)


def own_items(made: Model) -> list[Symbol]:
    """The items of the script and of its libraries, in the order of the text."""
    found = [symbol for symbols in made.checker.declarations.items.values() for symbol in symbols]
    return sorted(found, key=lambda symbol: (symbol.span.source.name, symbol.span.start))


def children_of(made: Model) -> dict[int, list[Symbol]]:
    """The items directly below each item, by the identity of its statement."""
    found: dict[int, list[Symbol]] = {}
    for symbol in own_items(made):
        above = next((p for p in reversed(symbol.placed.context.parents) if isinstance(p, s.Item)), None)
        if above is not None:
            found.setdefault(id(above), []).append(symbol)
    return found


def value_of(number: e.Number) -> Fraction:
    """A number as written, exactly."""
    return Fraction(number.digits, 10**number.places)


def shown(value: Fraction) -> str:
    """A number as people read it: plain digits, cut after six places where it has no end."""
    for places in range(7):
        if 10**places % value.denominator == 0 or places == 6:
            return trimmed(decimal_text(int(value * 10**places), places))
    raise AssertionError(value)


def percent(value: Fraction) -> str:
    """A ratio as a percentage."""
    return f"{shown(value * 100)}%"
