"""Two evaluations of one population beside each other, and what is counted of them: all in SQL, nothing row by row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct, field

from kaoping import typed as t
from kaoping.columns import Column
from kaoping.diff.counterparts import HAS, Counterparts, Pair, Standing
from kaoping.diff.population import UNITS, Population
from kaoping.diff.record import ABSENT, NO, NONE, YES, People, Person
from kaoping.engines.sql.dialects import DUCKDB, bits_of
from kaoping.plan.plan import Plan
from kaoping.types import Kind, Type

BOTH = "beside"
"""The table of all subjects with what either scheme makes of them."""
OTHER = -1
"""The code of a state that neither scheme knows."""


class Beside(Struct):
    """The table of both evaluations. `most` is how many subjects a list has at most, None for all."""

    connection: Any
    both: Counterparts
    plans: tuple[Plan, Plan]
    most: int | None

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return list(self.connection.execute(query).fetchall())

    def count(self, where: str) -> int:
        """How many subjects a condition holds for."""
        return int(self.rows(f"SELECT COUNT(*) FROM {BOTH} WHERE {where}")[0][0])

    def people(self, where: str) -> People:
        """The subjects that a condition holds for."""
        found = self.listed("id, name", where)
        count = len(found) if self.most is None or len(found) < self.most else self.count(where)
        return People(count, tuple(Person(id_, name) for id_, name in found))

    def listed(self, columns: str, where: str, order: str = "place") -> list[tuple[Any, ...]]:
        """Columns of the first subjects that a condition holds for."""
        limit = "" if self.most is None else f" LIMIT {self.most}"
        return self.rows(f"SELECT {columns} FROM {BOTH} WHERE {where} ORDER BY {order}{limit}")


def put(
    population: Population, plans: tuple[Plan, Plan], both: Counterparts, most: int | None, near: Sequence[t.Key] = ()
) -> Beside:
    """Evaluate both schemes and put what they make of everybody beside each other.

    `near` are columns of the new scheme that are taken along as `n0`, `n1`, … . Columns of the table: `old` and `new`
    say who is appraised, `a0` and `b0` are states, `x0` and `y0` numbers of the same places, `d0` their difference,
    `k0` and `l0` ranks, `p0` and `q0` selections, `v0` and `w0` vetoes and bars, `g0` classes.
    """
    old, new = Side("o", plans[0]), Side("n", plans[1])
    shown = [f"{side.table}.id IS NOT NULL AS {name}" for side, name in ((old, "old"), (new, "new"))]
    for at, standing in enumerate(both.standings):
        shown += [f"{state_of(standing, side)} AS {name}{at}" for side, name in ((old, "a"), (new, "b"))]
    for at, pair in enumerate(both.numbers):
        places = number_places(pair, plans)
        ends = [side.scaled(key, places) for side, key in ((old, pair.before), (new, pair.after))]
        shown += [f"{ends[0]} AS x{at}", f"{ends[1]} AS y{at}", f"{ends[1]} - {ends[0]} AS d{at}"]
    for at, pair in enumerate(both.ranks):
        shown += [f"{old.value(pair.before)} AS k{at}", f"{new.value(pair.after)} AS l{at}"]
    for listed, one, other in ((both.quotas, "p", "q"), ([each for each, _ in both.reasons], "v", "w")):
        for at, pair in enumerate(listed):
            shown += [f"{old.holds(pair.before)} AS {one}{at}", f"{new.holds(pair.after)} AS {other}{at}"]
    for at, pair in enumerate(both.classes):
        labels = labels_of(pair, plans)
        texts = [side.label(key, labels) for side, key in ((new, pair.after), (old, pair.before))]
        shown.append(f"COALESCE({', '.join(texts)}) AS g{at}")
    shown += [f"{new.value(key)} AS n{at}" for at, key in enumerate(near)]
    for side, name in ((old, "evaluated_old"), (new, "evaluated_new")):
        population.table(side.plan, side.keys, name)
    population.connection.execute(
        f"CREATE TABLE {BOTH} AS SELECT u.place, u.id, u.name, {', '.join(shown)} FROM {UNITS} AS u "
        "LEFT JOIN evaluated_old AS o ON o.id = u.id LEFT JOIN evaluated_new AS n ON n.id = u.id"
    )
    return Beside(population.connection, both, plans, most)


class Side(Struct):
    """The columns of one scheme in a table, in the order in which they are asked for."""

    table: str
    plan: Plan
    keys: list[t.Key] = field(default_factory=list)

    def column(self, key: t.Key | None) -> Column | None:
        """A column of the scheme, if it has it."""
        return None if key is None else self.plan.columns.get(key)

    def value(self, key: t.Key | None) -> str:
        """A value as SQL."""
        if self.column(key) is None:
            return "NULL"
        assert key is not None
        if key not in self.keys:
            self.keys.append(key)
        return f"{self.table}.c{self.keys.index(key)}"

    def holds(self, key: t.Key | None) -> str:
        """A condition as SQL; no where it is missing."""
        return f"COALESCE({self.value(key)}, FALSE)"

    def scaled(self, key: t.Key | None, places: int) -> str:
        """A number with so many places."""
        assert key is not None
        type_ = self.plan.columns[key].type
        factor = 10 ** (places - type_.places)
        wide = bits_of(4 * factor * type_.low, 4 * factor * type_.high)  # room for the difference
        return f"CAST({self.value(key)} AS {DUCKDB.integer(max(wide or 128, 64))}) * {factor}"

    def label(self, key: t.Key | None, labels: Sequence[str]) -> str:
        """The place of a class's label among labels."""
        column = self.column(key)
        if column is None:
            return "NULL"
        return recoded(self.value(key), [labels.index(each) for each in column.type.labels])


def number_places(pair: Pair, plans: tuple[Plan, Plan]) -> int:
    """The places that hold a number of either scheme."""
    keys = [(plan, key) for plan, key in zip(plans, (pair.before, pair.after), strict=True) if key is not None]
    return max(0, *(plan.columns[key].type.places for plan, key in keys))


def labels_of(pair: Pair, plans: tuple[Plan, Plan]) -> tuple[str, ...]:
    """The labels of a class in either scheme, each once."""
    keys = [(plans[1], pair.after), (plans[0], pair.before)]
    return tuple(dict.fromkeys(label for plan, key in keys if key for label in plan.columns[key].type.labels))


def state_of(standing: Standing, side: Side) -> str:
    """The code of a subject's state: its place among all states of the standing."""
    column = standing.column(side.plan)
    absent = f"WHEN {side.table}.id IS NULL THEN {code(standing, ABSENT)}"
    if column is None:
        return f"CASE {absent} ELSE {_missing(standing)} END"
    value = side.value(column.key)
    missing = f"WHEN {value} IS NULL THEN {_missing(standing)}"
    return f"CASE {absent} {missing} ELSE {_state(standing, column.type, value)} END"


def code(standing: Standing, state: str) -> int:
    """The code of a state."""
    return standing.states.index(state) if state in standing.states else OTHER


def _missing(standing: Standing) -> int:
    """A yes/no that has no value is no yes."""
    return code(standing, NO if NO in standing.states else NONE)


def _state(standing: Standing, type_: Type, value: str) -> str:
    match type_.kind:
        case Kind.CHOICE:
            return recoded(value, [code(standing, standing.renamed.get(each, each)) for each in type_.labels])
        case Kind.BOOL:
            return f"CASE WHEN {value} THEN {code(standing, YES)} ELSE {code(standing, NO)} END"
        case Kind.TEXT:
            texts = [each for each in standing.states if each not in (HAS, NONE, ABSENT)]
            arms = "".join(f" WHEN {DUCKDB.literal(each)} THEN {code(standing, each)}" for each in texts)
            has = str(code(standing, HAS))
            return f"CASE {value}{arms} ELSE {has} END" if arms else has
        case _:
            return str(code(standing, HAS))


def recoded(value: str, codes: Iterable[int]) -> str:
    """A whole number in other words."""
    arms = "".join(f" WHEN {at} THEN {each}" for at, each in enumerate(codes))
    return f"CASE {value}{arms} END"
