"""Situations: what an example could state of some subjects, their records and earlier results."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.engines.cases import SUBJECT_ALONE, Case
from kaoping.plan.plan import Plan
from kaoping.types import Kind, Type, Value

NAMES = "甲乙丙丁戊己庚辛壬癸"
_MANY = 8
"""Of more subjects or rows than these, half are left out at once."""
_PLAIN = (0, 1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000, 100_000)
"""Numbers that read easily, the plainest first."""

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
        if len(self.subjects) == 1:
            return [SUBJECT_ALONE]
        return [called(number) for number in range(len(self.subjects))]

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

    def without(self, first: int, number: int = 1) -> Situation:
        """The same without one of its subjects, or some that follow one another."""
        rows = tuple(
            replace(row, owner=row.owner - number * (row.owner >= first))
            for row in self.rows if not first <= row.owner < first + number
        )  # fmt: skip
        return replace(self, subjects=(*self.subjects[:first], *self.subjects[first + number :]), rows=rows)

    def smaller(self) -> Iterator[Situation]:
        """The same with one thing less: half of many, a value of all subjects, a subject, a row, a value."""
        for count, drop in ((len(self.subjects), self.without), (len(self.rows), self._without_rows)):
            for first in (0, count // 2) if count > _MANY else ():
                yield drop(first, count // 2)
        stated = dict.fromkeys(cell for cells in self.subjects for cell in cells)
        for cell in stated if len(self.subjects) > 1 else ():
            subjects = tuple({each: cells[each] for each in cells if each != cell} for cells in self.subjects)
            yield replace(self, subjects=subjects)
        for number in range(len(self.subjects)) if len(self.subjects) > 1 else ():
            yield self.without(number)
        for number, row in enumerate(self.rows):
            yield self._without_rows(number)
            for key in row.cells:
                less = replace(row, cells={each: value for each, value in row.cells.items() if each != key})
                yield replace(self, rows=(*self.rows[:number], less, *self.rows[number + 1 :]))
        for number, cells in enumerate(self.subjects):
            for cell in cells:
                less_cells = {each: value for each, value in cells.items() if each != cell}
                yield replace(self, subjects=(*self.subjects[:number], less_cells, *self.subjects[number + 1 :]))
        for key in self.params:
            yield replace(self, params={each: value for each, value in self.params.items() if each != key})

    def _without_rows(self, first: int, number: int = 1) -> Situation:
        return replace(self, rows=(*self.rows[:first], *self.rows[first + number :]))

    def plainer(self, plan: Plan) -> Iterator[Situation]:
        """The same with a number, wherever it stands in a column, replaced by a plainer one."""
        stated = [(key, value) for cells in self.subjects for (key, _), value in cells.items()]
        stated += [
            (key, value) for cells in (*(row.cells for row in self.rows), self.params) for key, value in cells.items()
        ]
        for key, value in dict.fromkeys(stated):
            for plain in _plainer(value, plan.columns[key].type):
                yield self._with(key, value, plain)

    def _with(self, key: t.Key, old: Value, new: Value) -> Situation:
        def renewed(at: t.Key, value: Value) -> Value:
            return new if at == key and value == old else value

        return Situation(
            tuple({cell: renewed(cell[0], value) for cell, value in cells.items()} for cells in self.subjects),
            tuple(replace(row, cells={at: renewed(at, value) for at, value in row.cells.items()}) for row in self.rows),
            {at: renewed(at, value) for at, value in self.params.items()},
        )


def called(number: int) -> str:
    """The name of one of many: 甲 to 癸, then 甲1 and so on."""
    again, sign = divmod(number, len(NAMES))
    return NAMES[sign] + (str(again) if again else "")


def _plainer(value: Value, type_: Type) -> Iterator[int]:
    """Numbers nearer to nought that an author would rather write: whole ones, or this one without its last digits."""
    if type_.kind is not Kind.NUMBER or value is None:
        return
    number, unit = int(value), 10**type_.places
    shorter = (number // step * step for step in (10**places for places in range(type_.places + 2, 0, -1)))
    for plain in (*(each * unit for each in _PLAIN), *shorter):
        if abs(plain) < abs(number) and type_.low <= plain <= type_.high:
            yield plain


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
