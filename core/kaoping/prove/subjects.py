"""Subjects that do not exist: their cells and rows, as data that an engine reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from kaoping import typed as t
from kaoping.dataset import Dataset, TableData
from kaoping.engines.python import Compiled, compiled, run
from kaoping.engines.reference import Reference
from kaoping.engines.required import data_problems
from kaoping.period import period_before
from kaoping.plan.plan import Plan
from kaoping.prove.question import HOLDS, SOUND, Question
from kaoping.types import Value

NAMES = "甲乙丙丁戊己庚辛壬癸"


class Slot(Struct, frozen=True):
    """A cell of a subject: of its own where the table is `SUBJECTS`, else in one of its rows; or a param."""

    key: t.Key
    row: int = 0


class Subject(Struct, frozen=True):
    """The cells of one subject, and how many rows it has in each table."""

    cells: Mapping[Slot, Value]
    rows: Mapping[str, int]


def data_of(plan: Plan, subjects: Sequence[Subject], keys: Iterable[t.Key]) -> Dataset:
    """A data set of these subjects; params are those of the first."""
    tables, params = {t.SUBJECTS: TableData({})}, {}
    keys = list(keys)
    named = [table for subject in subjects for table in subject.rows]  # of some only the rows are counted
    for name in dict.fromkeys([*(key.frame.table for key in keys), *named]):
        if name in (t.SUBJECTS, t.PARAMS):
            continue
        owners = [owner for owner, subject in enumerate(subjects) for _ in range(subject.rows.get(name, 0))]
        tables[name] = TableData({}, owners=owners)
        if name == t.HISTORY:
            each = [row for subject in subjects for row in range(subject.rows.get(name, 0))]
            tables[name].columns["period"] = [_earlier(plan, row) for row in each]
    for key in keys:
        name = key.frame.table
        if name == t.PARAMS:
            params[key.name] = subjects[0].cells.get(Slot(key))
        elif name == t.SUBJECTS:
            tables[name].columns[key.name] = [subject.cells.get(Slot(key)) for subject in subjects]
        else:
            cells = [s.cells.get(Slot(key, row)) for s in subjects for row in range(s.rows.get(name, 0))]
            tables[name].columns[key.name] = cells
    names = [_name(number) for number in range(len(subjects))]
    return Dataset(names, list(names), tables, params=params)


def _name(number: int) -> str:
    return NAMES[number] if number < len(NAMES) else str(number + 1)


def _earlier(plan: Plan, back: int) -> str:
    """The period so many before that of the plan."""
    period = plan.period
    first, last = period_before(period)
    for _ in range(back):
        period = type(period)("", first, last)
        first, last = period_before(period)
    return f"{first.isoformat()}..{last.isoformat()}"


class Asker:
    """Puts a question to subjects, many at once where none depends on another."""

    def __init__(self, asked: Question) -> None:
        """Compile the question once."""
        self.asked = asked
        wanted = [HOLDS, SOUND, *([asked.plan.appraised] if asked.plan.appraised else [])]
        self._program: Compiled = compiled(asked.plan, wanted)

    def refuting(self, subjects: Sequence[Subject]) -> int | None:
        """The first subject of which the question does not hold; one whose data are not sound proves nothing."""
        plan = self.asked.plan
        columns, problems = run(self._program, data_of(plan, subjects, self.asked.data))
        if problems or (self.asked.among and not all(columns[SOUND][i] for i in self._appraised(columns, subjects))):
            return None
        for number in self._appraised(columns, subjects):
            if columns[HOLDS][number] is False and columns[SOUND][number] is True:
                return number
        return None

    def _appraised(self, columns: Mapping[t.Key, Sequence[Value]], subjects: Sequence[Subject]) -> list[int]:
        key = self.asked.plan.appraised
        return [number for number in range(len(subjects)) if key is None or columns[key][number] is True]

    def confirmed(self, subjects: Sequence[Subject]) -> int | None:
        """The same by the evaluator that defines what a scheme means, on data that are checked like any other."""
        plan = self.asked.plan
        data = data_of(plan, subjects, self.asked.data)
        if data_problems(_asking_of(plan, self.asked.data), data):
            return None
        reference = Reference(plan, data)
        for number in range(len(subjects)):
            if reference.appraised(number):
                reference.prepare(HOLDS, [number])
                if reference.cell(HOLDS, number) is False and not reference.problems:
                    return number
        return None


def _asking_of(plan: Plan, keys: Iterable[t.Key]) -> Plan:
    """The plan that asks data only for the cells that can matter."""
    from msgspec.structs import replace

    wanted = {(key.frame.table, key.name) for key in keys}
    inputs = tuple(
        replace(table, columns=tuple(each for each in table.columns if (table.name, each.name) in wanted))
        for table in plan.inputs
    )
    kept = set(keys)
    return replace(
        plan,
        inputs=inputs,
        params=tuple(name for name in plan.params if (t.PARAMS, name) in wanted),
        needed={key: condition for key, condition in plan.needed.items() if key in kept},
        limits={key: ends for key, ends in plan.limits.items() if key in kept},
    )
