"""Situations: what an example could state of some subjects, their records and earlier results, drawn from the values
that matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from random import Random

from msgspec import Struct, field
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.dataset import InputColumn
from kaoping.engines.cases import SUBJECT_ALONE, Case, Ground
from kaoping.engines.cells import inputs, period_before
from kaoping.engines.walk import column_needs
from kaoping.period import Period, add_months
from kaoping.plan.boundaries import Boundaries, boundaries
from kaoping.plan.plan import Plan
from kaoping.types import Kind, Type, Value

NAMES = "甲乙丙丁戊己庚辛壬癸"
_COHORTS = (t.Cohort, t.Rank, t.Percentile, t.Chosen)
_MOST_ROWS = 4
WRITTEN = 6
"""A number in a script has so many places at most."""
_NEAR, _LARGE = 400, 1_000_000
"""Days around the period, and numbers, that an author would think of."""

Cell = tuple[t.Key, int]
"""A column of the subjects, and the unit of time in the period where it has one value for each."""


class Row(Struct, frozen=True):
    """A record, an earlier or a linked result of a subject."""

    table: str
    owner: int
    cells: dict[t.Key, Value]
    period: str = ""


class Situation(Struct, frozen=True):
    """What is stated: of all, of each subject, of rows; the rest is as in an example that says nothing of it."""

    subjects: tuple[dict[Cell, Value], ...]
    rows: tuple[Row, ...] = ()
    params: dict[t.Key, Value] = field(default_factory=dict)

    @property
    def statable(self) -> bool:
        """Whether the language can state it: every row says something, and every subject where there are several."""
        said = {row.owner for row in self.rows if not stored(row)}
        several = len(self.subjects) > 1
        return all(row.cells for row in self.rows) and not (
            several and any(not cells and owner not in said for owner, cells in enumerate(self.subjects))
        )

    def names(self) -> list[str]:
        """What its subjects are called."""
        return list(NAMES[: len(self.subjects)]) if len(self.subjects) > 1 else [SUBJECT_ALONE]

    def case(self, plan: Plan) -> Case:
        """The same as an example states it."""
        case = Case(self.names())
        for owner, cells in enumerate(self.subjects):
            for (key, unit), value in cells.items():
                number = len(plan.period.units(key.frame.unit)) if key.frame.unit else 1
                _fix(plan, case, key, owner * number + unit, value)
        for key, value in self.params.items():
            _fix(plan, case, key, 0, value)
        for row in self.rows:
            owners = case.owners.setdefault(row.table, [])
            owners.append(row.owner)
            if row.table == t.HISTORY:
                case.periods.append(row.period)
            for key, value in row.cells.items():
                _fix(plan, case, key, len(owners) - 1, value)
        return case

    def smaller(self) -> Iterator[Situation]:
        """The same with one thing less: a subject, a row, a value."""
        for number in range(len(self.subjects)) if len(self.subjects) > 1 else ():
            rows = tuple(
                replace(row, owner=row.owner - (row.owner > number)) for row in self.rows if row.owner != number
            )
            yield replace(self, subjects=(*self.subjects[:number], *self.subjects[number + 1 :]), rows=rows)
        for number, row in enumerate(self.rows):
            yield replace(self, rows=(*self.rows[:number], *self.rows[number + 1 :]))
            for key in row.cells:
                less = replace(row, cells={each: value for each, value in row.cells.items() if each != key})
                yield replace(self, rows=(*self.rows[:number], less, *self.rows[number + 1 :]))
        for number, cells in enumerate(self.subjects):
            for cell in cells:
                less_cells = {each: value for each, value in cells.items() if each != cell}
                yield replace(self, subjects=(*self.subjects[:number], less_cells, *self.subjects[number + 1 :]))
        for key in self.params:
            yield replace(self, params={each: value for each, value in self.params.items() if each != key})


def stored(row: Row) -> bool:
    """Whether a row is a result, earlier or of another scheme."""
    return row.table == t.HISTORY or row.table.startswith("link ")


def _fix(plan: Plan, case: Case, key: t.Key, row: int, value: Value) -> None:
    if key not in plan.columns:
        return
    case.fixed.setdefault(key, {})[row] = value
    case.stated.add(key)
    if not key.part:
        _fix(plan, case, t.Key(key.frame, key.name, "given"), row, value)


class Field(Struct, frozen=True):
    """What can be stated for the sake of some columns: the values that matter, and how many subjects it takes."""

    plan: Plan
    values: Boundaries
    written: dict[t.Key, list[Value]]
    cohort: bool


def field_of(ground: Ground, wanted: t.Key, open_: set[t.Key], *, deep: bool) -> Field:
    """What an example can state so that a column is worked out: what it is made of at once, or `deep`, the data alone.

    The columns in `open_` are never stated: they are what is to be tried.
    """
    plan, columns = ground.plan, dict(ground.plan.columns)
    asked = [wanted] if plan.appraised is None else [wanted, plan.appraised]  # what is not appraised has no value
    waiting, seen, cohort = list(asked), set(asked), wanted == plan.appraised
    while waiting:
        key = waiting.pop()
        column = columns.get(key)
        if column is None:
            continue
        if key != wanted and not deep and key not in open_ and column.value is not None and nameable(ground, key):
            columns[key] = replace(column, value=None)
            continue
        cohort = cohort or any(isinstance(view, _COHORTS) for view in column.views)
        below = column_needs(plan, key) - seen
        seen |= below
        waiting += below
    cut = replace(plan, columns=columns)
    values, declared = boundaries(cut, asked), inputs(plan)
    written = {
        key: _usual(plan, key, each, declared.get((key.frame.table, key.name))) for key, each in values.cells.items()
    }
    return Field(plan, values, written, cohort)


def nameable(ground: Ground, key: t.Key) -> bool:
    """Whether an example can state a column's value."""
    if key.frame.unit:
        return not key.part and key.frame.table == t.SUBJECTS
    if key.frame.table not in (t.SUBJECTS, t.PARAMS):
        return not key.part
    return not key.part and (found := ground.key_of(key.name)) is not None and found == key


def drawn(space: Field, random: Random) -> Iterator[Situation]:
    """Situations without end."""
    plan, cells = space.plan, space.values.cells
    units = {key: len(plan.period.units(key.frame.unit)) if key.frame.unit else 1 for key in cells}
    own = [key for key in cells if key.frame.table == t.SUBJECTS and (not key.part or key.part == "given")]
    own = [key for key in own if not (key.part and key._replace(part="") in cells)]
    params = [key for key in cells if key.frame.table == t.PARAMS]
    tables: dict[str, list[t.Key]] = {table: [] for table in space.values.rows}
    for key in cells:
        if key.frame.table in tables and not key.part:
            tables[key.frame.table].append(key)
    while True:
        few = random.randint(1, 3)  # ties and equal classes come about where values are few
        yes = random.choice((0.15, 0.5, 0.85, 1.0))
        pools = {key: [_one(space, key, random, yes) for _ in range(few)] for key in cells}
        number = random.choice((1, 2, 3, 3, 4, 5, 7, 10)) if space.cohort else 1
        stated = random.choice((0.5, 0.8, 1.0))
        same = {key for key in own if random.random() < 0.5}
        subjects = tuple(
            {
                (key, unit): pools[key][0] if key in same else random.choice(pools[key])
                for key in own
                for unit in range(units[key])
                if random.random() < stated or _must(plan, key)
            }
            for _ in range(number)
        )
        rows = [
            row for owner in range(number) for table, keys in tables.items()
            for row in _rows(space, table, keys, owner, random, yes)
        ]  # fmt: skip
        yield Situation(subjects, tuple(rows), {key: pools[key][0] for key in params if random.random() < 0.9})


def _rows(space: Field, table: str, keys: list[t.Key], owner: int, random: Random, yes: float) -> Iterator[Row]:
    counts = [count for count in space.values.rows[table] if count <= _MOST_ROWS] or [1]
    number = random.choice(counts)
    periods = list(islice(_earlier(space.plan.period), number)) if table == t.HISTORY else [""] * number
    alike: dict[t.Key, Value] = {key: _one(space, key, random, yes) for key in keys if random.random() < 0.6}
    for period in periods:
        cells = {
            key: alike[key] if key in alike and random.random() < 0.7 else _one(space, key, random, yes)
            for key in keys
            if random.random() < 0.9 or _must(space.plan, key)
        }
        yield Row(table, owner, cells, period)


def _earlier(period: Period) -> Iterator[str]:
    """The periods of the same length before this one, newest first, as results write them."""
    at = period
    while True:
        first, last = period_before(at)
        at = Period("", first, last)
        yield _written(at)


def _written(period: Period) -> str:
    first = period.first
    for text in (f"{first.year}", f"{first.year}H{(first.month + 5) // 6}", f"{first.year}Q{(first.month + 2) // 3}",
                 f"{first.year}-{first.month:02}"):  # fmt: skip
        found = Period.parse(text)
        if (found.first, found.last) == (period.first, period.last):
            return text
    return f"{first.isoformat()}..{period.last.isoformat()}"


def _must(plan: Plan, key: t.Key) -> bool:
    """Whether nothing stands for a value that is not stated."""
    return plan.columns[key].type.kind in (Kind.CHOICE, Kind.TEXT, Kind.DATE) or key.frame.table.startswith("link ")


def _one(space: Field, key: t.Key, random: Random, yes: float) -> Value:
    """A value of a column, rather one that matters and that an author would write."""
    type_ = space.plan.columns[key].type
    match type_.kind:
        case Kind.BOOL:
            return random.random() < yes
        case Kind.TEXT:
            return random.choice([*(value for value in space.values.cells[key] if value), "乙"])
        case Kind.DATE if random.random() < 0.5:
            return _day(space.plan, random, type_.low, type_.high)
        case Kind.NUMBER if random.random() < 0.25:
            some = random.choice((random.randint(0, 12) * 10**type_.places, random.randint(type_.low, type_.high)))
            return _writable(min(max(some, type_.low), type_.high), type_)
    return random.choice(space.written[key])


def _usual(space: Plan, key: t.Key, values: tuple[Value, ...], declared: InputColumn | None) -> list[Value]:
    """The values that matter, without those that no author writes where there are others."""
    type_ = space.columns[key].type
    present: list[Value] = [value for value in values if value is not None]
    if type_.kind in (Kind.DATE, Kind.NUMBER):
        numbers = [int(value) for value in present if isinstance(value, int)]
        low, high = -_LARGE * 10**type_.places, _LARGE * 10**type_.places
        if type_.kind is Kind.DATE:
            low, high = space.period.first.toordinal() - _NEAR, space.period.last.toordinal() + _NEAR
        usual = [value for value in numbers if low <= value <= high] or numbers
        present = list(dict.fromkeys(_writable(value, type_) for value in usual))
    optional = type_.optional and (declared is None or declared.required == "never")
    return [*present, None] if optional else present


def _writable(value: int, type_: Type) -> int:
    """The nearest number below it, or the lowest of the type, that a script can write in so many places."""
    step = int(10 ** max(0, type_.places - WRITTEN))
    down = value // step * step
    return down if down >= type_.low else down + step


def _day(plan: Plan, random: Random, low: int, high: int) -> int:
    """A day in the period, or not far from it."""
    first, last = plan.period.first.toordinal(), plan.period.last.toordinal()
    near = add_months(plan.period.first, random.randint(-2, 14)).toordinal()
    some = random.choice((random.randint(first, last), first, last, near))
    return min(max(some, low), high)
