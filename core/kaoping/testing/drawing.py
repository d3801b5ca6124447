"""Situations drawn at random from the values that matter, and altered bit by bit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.columns import Column
from kaoping.dataset import InputColumn
from kaoping.engines.cases import Ground
from kaoping.engines.cells import inputs
from kaoping.engines.walk import column_needs
from kaoping.period import Period, add_months, period_before
from kaoping.plan.boundaries import boundaries
from kaoping.plan.plan import Plan
from kaoping.testing.situations import NAMES, Cell, Row, Situation, called
from kaoping.types import Kind, Type, Value

WRITTEN = 6
"""A number in a script has so many places at most."""
_COHORTS = (t.Cohort, t.Rank, t.Percentile, t.Chosen)
_FEW_ROWS, _FEW_SUBJECTS = 4, (1, 2, 3, 3, 4, 5, 7, 10)
_NEAR, _LARGE = 400, 1_000_000
"""Days around the period, and numbers, that an author would think of."""


class Field(Struct, frozen=True):
    """What can be stated for the sake of some columns: the values that matter, and how many subjects and rows it takes.

    `columns` are those of the plan, what can be stated without an expression; `near` are the values that the changed
    rules themselves ask for; `subjects` the numbers of subjects that matter, 1 alone where they are not compared.
    """

    plan: Plan
    columns: dict[t.Key, Column]
    values: dict[t.Key, list[Value]]
    near: dict[t.Key, list[Value]]
    own: list[Cell]
    params: list[t.Key]
    tables: dict[str, list[t.Key]]
    rows: dict[str, list[int]]
    subjects: list[int]


def field_of(
    ground: Ground, wanted: t.Key, open_: set[t.Key], changed: set[t.Key], sizes: set[int], *, deep: bool
) -> Field:
    """What an example can state so that a column is worked out: what it is made of at once, or `deep`, the data alone.

    The columns in `open_` are never stated: they are what is to be tried, those in `changed` among them. `sizes` are
    the numbers of rows and subjects that matter besides small ones.
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
    frames = _counted([columns[key] for key in seen if key in columns]) | ({t.EACH} if cohort else set())
    known = {key.frame for key in seen if key in columns and columns[key].value is None}
    asked += [key for key in (*sorted(seen), *_fillers(columns, frames - known)) if key in columns]
    matter, declared = boundaries(replace(plan, columns=columns), asked), inputs(plan)
    alone = {key: column if key in changed else replace(column, value=None) for key, column in columns.items()}
    narrow = boundaries(replace(plan, columns=alone), sorted(key for key in changed if key in alone)).cells
    cells = matter.cells
    own = [key for key in cells if key.frame.table == t.SUBJECTS and (not key.part or key.part == "given")]
    own = [key for key in own if not (key.part and key._replace(part="") in cells)]
    units = {key: len(plan.period.units(key.frame.unit)) if key.frame.unit else 1 for key in own}
    return Field(
        plan,
        columns,
        {key: _usual(plan, key, each, declared.get((key.frame.table, key.name))) for key, each in cells.items()},
        {key: _inner(plan.columns[key].type, _usual(plan, key, narrow[key], None)) for key in cells if key in narrow},
        [(key, unit) for key in own for unit in range(units[key])],
        [key for key in cells if key.frame.table == t.PARAMS],
        {table: [key for key in cells if key.frame.table == table and not key.part] for table in matter.rows},
        {table: _weighted(matter.rows[table], () if _results(table) else sizes, _FEW_ROWS) for table in matter.rows},
        _weighted(_FEW_SUBJECTS, sizes, max(_FEW_SUBJECTS)) if cohort else [1],
    )


def _counted(columns: Iterable[Column]) -> set[t.Frame]:
    """The rows that some columns go through, whatever they read of them."""
    frames = {view.frame for column in columns for view in column.views if isinstance(view, t.Fold)}
    groups = [view for column in columns for view in column.views if isinstance(view, t.Group)]
    frames |= {part.frame for group in groups for part in group.parts if part.frame is not None}
    return {t.Frame(frame.table) for frame in frames if frame.table != t.SUBJECTS}


def _fillers(columns: dict[t.Key, Column], frames: set[t.Frame]) -> Iterator[t.Key]:
    """For rows of which nothing is read something that can be said of them: an example says something of every row."""
    for frame in sorted(frames):
        loaded = (
            key for key, column in columns.items() if key.frame == frame and column.value is None and not key.part
        )
        yield from islice(loaded, 1)


def _results(table: str) -> bool:
    """Whether a table has results, earlier or of another scheme: of those there are few."""
    return table == t.HISTORY or table.startswith("link ")


def _weighted(usual: Sequence[int], asked: Iterable[int], few: int) -> list[int]:
    """Few, or as many as a rule asks for: one as often as the other."""
    small = [each for each in usual if each <= few] or [1]
    counts = sorted(asked)
    return [*small * max(1, len(counts) // len(small)), *counts]


def nameable(ground: Ground, key: t.Key) -> bool:
    """Whether an example can state a column's value: it has a name in the script."""
    if key.part or not key.name:
        return False
    if key.frame.unit:
        return key.frame.table == t.SUBJECTS
    return key.frame.table not in (t.SUBJECTS, t.PARAMS) or ground.key_of(key.name) == key


def drawn(space: Field, random: Random) -> Iterator[Situation]:
    """Situations without end."""
    while True:
        number = random.choice(space.subjects)
        many = number > max(_FEW_SUBJECTS)
        few = random.randint(1, 8 if many else 3)  # ties and equal classes come about where values are few
        yes = random.choice((0.15, 0.5, 0.85, 1.0))
        keys = [*dict.fromkeys(key for key, _ in space.own), *space.params]
        pools = {key: [one(space, key, random, yes) for _ in range(few)] for key in keys}
        stated = 1.0 if many else random.choice((0.5, 0.8, 1.0))
        alike = random.choice((0.5, 0.95)) if many else 0.5
        same = {key for key in keys if random.random() < alike}
        subjects = tuple(
            {
                cell: pools[cell[0]][0] if cell[0] in same else random.choice(pools[cell[0]])
                for cell in space.own
                if random.random() < stated or must(space, cell[0])
            }
            for _ in range(number)
        )
        rows = [
            row for owner in range(number) for table in space.tables for row in _rows(space, table, owner, random, yes)
        ]
        yield Situation(subjects, tuple(rows), {key: pools[key][0] for key in space.params if random.random() < 0.9})


def _rows(space: Field, table: str, owner: int, random: Random, yes: float) -> Iterator[Row]:
    keys, number = space.tables[table], random.choice(space.rows[table])
    if owner > 0 and number > _FEW_ROWS:
        number = 1  # one subject with many rows tells as much as ten
    periods = list(islice(_earlier(space.plan.period), number)) if table == t.HISTORY else [""] * number
    alike: dict[t.Key, Value] = {key: one(space, key, random, yes) for key in keys if random.random() < 0.6}
    if number > _FEW_ROWS and random.random() < 0.7:
        alike = {key: one(space, key, random, yes) for key in keys}
    keep = 0.7 if number <= _FEW_ROWS or len(alike) < len(keys) else 1
    texts = [key for key in keys if space.plan.columns[key].type.kind is Kind.TEXT and random.random() < 0.5]
    for at, period in enumerate(periods):
        cells = {
            key: alike[key] if key in alike and random.random() < keep else one(space, key, random, yes)
            for key in keys
            if random.random() < 0.9 or must(space, key)
        }
        if number > _FEW_ROWS:
            cells |= dict.fromkeys(texts, called(at))  # each its own
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


# ---------------------------------------------------------------- bit by bit


def altered(space: Field, situation: Situation, random: Random, aim: set[t.Key]) -> Situation:
    """The same with one to three things changed: a value, or a row more or less; rather of the columns in `aim`."""
    own = [cell for cell in space.own if cell[0] in aim]
    inside = any(key in aim for keys in space.tables.values() for key in keys)
    own = own or ([] if inside and situation.rows else space.own)
    for _ in range(random.choice((1, 1, 2, 3))):
        places = ["cell"] * len(own) + ["param"] * len(space.params) + ["more"] * len(space.tables)
        places += ["subject"] * (3 if max(space.subjects) > 1 else 0)
        places += ["row"] * sum(1 + len(row.cells) for row in situation.rows[:_FEW_ROWS])
        match random.choice(places or [""]):
            case "cell":
                situation = _cell(space, situation, random, random.choice(own))
            case "row":
                situation = _row(space, situation, random, aim)
            case "param":
                situation = _param(space, situation, random)
            case "subject":
                situation = _subject(space, situation, random)
            case "more":
                situation = _more(space, situation, random)
    return situation


def _cell(space: Field, situation: Situation, random: Random, cell: Cell) -> Situation:
    """A value of one subject, or of all of them, drawn anew or no longer stated."""
    number = len(situation.subjects)
    owners = range(number) if random.random() < 0.3 else [random.randrange(number)]
    subjects = [dict(cells) for cells in situation.subjects]
    value, kept = one(space, cell[0], random, 0.5), must(space, cell[0]) or random.random() < 0.85
    for owner in owners:
        if kept:
            subjects[owner][cell] = value
        else:
            subjects[owner].pop(cell, None)
    return replace(situation, subjects=tuple(subjects))


def _subject(space: Field, situation: Situation, random: Random) -> Situation:
    """A subject more, like one there is, or one less."""
    number = len(situation.subjects)
    at = random.randrange(number)
    if number > 1 and random.random() < 0.5:
        return situation.without(at)
    if number >= max(space.subjects):
        return situation
    rows = tuple(replace(row, owner=number) for row in situation.rows if row.owner == at)
    subjects = (*situation.subjects, situation.subjects[at])
    return replace(situation, subjects=subjects, rows=situation.rows + rows)


def _param(space: Field, situation: Situation, random: Random) -> Situation:
    key = random.choice(space.params)
    return replace(situation, params={**situation.params, key: one(space, key, random, 0.5)})


def _row(space: Field, situation: Situation, random: Random, aim: set[t.Key]) -> Situation:
    """A value of a row drawn anew or no longer stated, or a row less."""
    rows = list(situation.rows)
    if not rows:
        return situation
    at = random.randrange(len(rows))
    row, keys = rows[at], space.tables[rows[at].table]
    if not keys or random.random() < 0.1:
        del rows[at]
    else:
        key = random.choice([key for key in keys if key in aim] or keys)
        cells = {each: value for each, value in row.cells.items() if each != key}
        if must(space, key) or random.random() < 0.85:
            cells[key] = one(space, key, random, 0.5)
        rows[at] = replace(row, cells=cells)
    return replace(situation, rows=tuple(rows))


def _more(space: Field, situation: Situation, random: Random) -> Situation:
    """A row more: like one there is, or a new one; of earlier results the next earlier."""
    table, owner = random.choice(list(space.tables)), random.randrange(len(situation.subjects))
    there = [row for row in situation.rows if row.table == table and row.owner == owner]
    if len(there) >= max(space.rows[table]):
        return situation
    period = next(islice(_earlier(space.plan.period), len(there), None)) if table == t.HISTORY else ""
    cells = {key: one(space, key, random, 0.5) for key in space.tables[table]}
    if there and random.random() < 0.7:
        again = random.choice(space.tables[table])
        cells = random.choice(there).cells | ({again: cells[again]} if random.random() < 0.5 else {})
    return replace(situation, rows=(*situation.rows, Row(table, owner, cells, period)))


# ---------------------------------------------------------------- values


def must(space: Field, key: t.Key) -> bool:
    """Whether nothing stands for a value that is not stated."""
    kinds = Kind.CHOICE, Kind.TEXT, Kind.DATE
    stands = None in space.values[key]
    return (space.plan.columns[key].type.kind in kinds and not stands) or key.frame.table.startswith("link ")


def one(space: Field, key: t.Key, random: Random, yes: float) -> Value:
    """A value of a column, rather one that matters and that an author would write."""
    type_ = space.plan.columns[key].type
    if space.near.get(key) and random.random() < 0.25:
        return random.choice(space.near[key])
    match type_.kind:
        case Kind.BOOL if random.random() < 0.9 or not type_.optional:
            return random.random() < yes
        case Kind.TEXT:
            texts: list[Value] = [value for value in space.values[key] if value]
            texts += NAMES[: random.choice((2, 10))]
            return random.choice(texts)
        case Kind.DATE if random.random() < 0.5:
            return _day(space.plan, random, type_.low, type_.high)
        case Kind.NUMBER if random.random() < 0.25:
            whole = 10**type_.places
            some = random.choice(
                (random.randint(0, 12) * whole, random.randint(0, 100 * whole), random.randint(type_.low, type_.high))
            )
            return _writable(min(max(some, type_.low), type_.high), type_)
    return random.choice(space.values[key])


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


def _inner(type_: Type, values: list[Value]) -> list[Value]:
    """Values that matter, numbers without the ends of their range, which matter to every rule."""
    if type_.kind is not Kind.NUMBER:
        return values
    return [value for value in values if value is not None and type_.low + 1 < int(value) < type_.high - 1]


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
