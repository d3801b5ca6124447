"""Cells made up of few different values, so that ties are common; ends of ranges, zeros, halves to be rounded."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from oracle.world import Value, World

HOSTILE = ["0", "1", "60", "59.99", "90", "0.5", "0.005", "0.125", "2.5", "33.33", "66.67", "0.3333", "80", "62.5", "7"]
DAYS = [(1, 1), (1, 31), (3, 1), (3, 31), (6, 30), (7, 1), (9, 30), (12, 31), (2, 28), (5, 31)]


@dataclass(frozen=True, slots=True)
class Column:
    """A column that the data has to bring: a number, yes/no, choice or date; `optional` where a cell may be empty."""

    name: str
    kind: str
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(0)
    places: int = 0
    labels: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Records and their columns."""

    name: str
    columns: tuple[Column, ...]


def values(column: Column) -> SearchStrategy[Value]:
    """A cell: mostly one of the hostile values that the column can hold."""
    match column.kind:
        case "yes/no":
            found: SearchStrategy[Value] = st.booleans()
        case "choice":
            found = st.sampled_from(column.labels)
        case "date":
            found = st.sampled_from([datetime.date(2009, month, day) for month, day in DAYS])
        case _:
            scale = 10**column.places
            hostile = [column.low, column.high, *(Fraction(each) for each in HOSTILE)]
            fit = [each for each in hostile if column.low <= each <= column.high and (each * scale).denominator == 1]
            anything = st.integers(int(column.low * scale), int(column.high * scale)).map(lambda n: Fraction(n, scale))
            found = st.sampled_from(fit) | st.sampled_from(fit) | anything
    return found | st.none() if column.optional else found


@st.composite
def worlds(draw: DrawFn, subject: list[Column], tables: list[Table], params: list[Column]) -> World:
    """A small data set: each column draws from a pool of few values, some subjects have no rows."""
    ids = [str(number + 1) for number in range(draw(st.integers(6, 12) | st.integers(1, 12)))]
    pools = {c.name: st.sampled_from(draw(st.lists(values(c), min_size=1, max_size=4))) for c in subject}
    world = World({each: {name: draw(pool) for name, pool in pools.items()} for each in ids})
    for table in tables:
        pools = {c.name: st.sampled_from(draw(st.lists(values(c), min_size=1, max_size=3))) for c in table.columns}
        # few subjects have many rows, most none
        some = draw(st.lists(st.sampled_from(ids), min_size=1, max_size=3))
        owners = draw(st.lists(st.sampled_from(some), max_size=12))
        world.records[table.name] = [(owner, {name: draw(pool) for name, pool in pools.items()}) for owner in owners]
    world.params = {c.name: draw(values(c)) for c in params}
    return world
