"""The cells of a plan on a data set: which rows there are, whom and when they belong to, and what the columns hold."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kaoping import typed as t
from kaoping.dataset import Dataset, InputColumn, TableData
from kaoping.period import Period
from kaoping.plan.plan import Plan
from kaoping.types import Value


@dataclass(slots=True)
class Cells:
    """Rows and columns.

    Subjects are numbered as in the data. Row i · n + u of the frame (subjects, unit) is the u-th of the n units of
    subject i. A frame (records, unit) has the rows of the records, each in the unit in which it is dated.
    """

    plan: Plan
    data: Dataset
    columns: dict[t.Key, list[Value]] = field(default_factory=dict)
    dated: Callable[[t.Key], Sequence[object]] | None = None  # the days of records, where they are not simply loaded
    _inputs: dict[tuple[str, str], InputColumn] | None = None
    _units: dict[str, list[Period]] = field(default_factory=dict)
    _rows: dict[str, list[list[int]]] = field(default_factory=dict)
    _unit_of: dict[t.Frame, list[int | None]] = field(default_factory=dict)
    _periods: list[Period | None] | None = None

    # ---------------------------------------------------------------- rows

    def units(self, kind: str) -> list[Period]:
        """The units of a kind in the period."""
        if kind not in self._units:
            self._units[kind] = self.plan.period.units(kind)
        return self._units[kind]

    def table(self, name: str) -> TableData:
        """The data of a table, without rows where the data set has none."""
        return self.data.tables.get(name) or TableData({})

    def size(self, frame: t.Frame) -> int:
        """How many rows a frame has."""
        if frame.table == t.PARAMS:
            return 1
        if frame.table != t.SUBJECTS:
            return len(self.table(frame.table).owners)
        return len(self.data.ids) * (len(self.units(frame.unit)) if frame.unit else 1)

    def owner(self, frame: t.Frame, row: int) -> int:
        """The subject a row belongs to."""
        if frame.table != t.SUBJECTS:
            return self.table(frame.table).owners[row]
        return row // len(self.units(frame.unit)) if frame.unit else row

    def unit(self, frame: t.Frame, row: int) -> int | None:
        """The unit of time a row of a frame with units belongs to; None for a record dated outside the period."""
        if frame.table == t.SUBJECTS:
            return row % len(self.units(frame.unit))
        return self.units_of_rows(frame)[row]

    def units_of_rows(self, frame: t.Frame) -> list[int | None]:
        """The unit of time of every record; None for those dated outside the period."""
        if frame not in self._unit_of:
            starts = [unit.first.toordinal() for unit in self.units(frame.unit)]
            last = self.plan.period.last.toordinal()
            self._unit_of[frame] = [
                bisect_right(starts, day) - 1 if isinstance(day, int) and starts[0] <= day <= last else None
                for day in (self.dated or self.column)(t.Key(t.Frame(frame.table), self.plan.dates[frame.table]))
            ]
        return self._unit_of[frame]

    def climb(self, frame: t.Frame, row: int, wider: t.Frame) -> int | None:
        """The row of a wider frame that a row belongs to: the same record, its subject, its subject in its unit."""
        if wider.table == t.PARAMS:
            return 0
        if wider == frame or wider.table == frame.table != t.SUBJECTS:
            return row
        if wider == t.EACH:
            return self.owner(frame, row)
        unit = self.unit(t.Frame(frame.table, wider.unit), row)
        return None if unit is None else self.owner(frame, row) * len(self.units(wider.unit)) + unit

    def rows(self, frame: t.Frame, owner: int, unit: int | None = None) -> list[int]:
        """The rows of a frame that belong to a subject, and where `unit` is given to that unit of time.

        Of stored results, those of earlier periods. A frame with units has no record dated outside the period.
        """
        if frame.table == t.SUBJECTS:
            if not frame.unit:
                return [owner]
            number = len(self.units(frame.unit))
            return list(range(owner * number, (owner + 1) * number)) if unit is None else [owner * number + unit]
        rows = self.rows_by_owner(frame.table)[owner]
        if not frame.unit:
            return rows
        units = self.units_of_rows(frame)
        return [row for row in rows if units[row] is not None and unit in (None, units[row])]

    def rows_inside(self, inner: t.Frame, frame: t.Frame, row: int) -> list[int]:
        """The rows of another frame that belong to the subject, and where both have it the unit, of a row."""
        unit = self.unit(frame, row) if inner.unit and frame.unit == inner.unit else None
        return self.rows(inner, self.owner(frame, row), unit)

    def rows_by_owner(self, table: str) -> list[list[int]]:
        """The rows of a table, subject by subject; rows of somebody else (owner −1) belong to none."""
        if table not in self._rows:
            rows: list[list[int]] = [[] for _ in self.data.ids]
            earlier = self._earlier() if table == t.HISTORY else None
            for row, owner in enumerate(self.table(table).owners):
                if owner >= 0 and (earlier is None or earlier[row]):
                    rows[owner].append(row)
            self._rows[table] = rows
        return self._rows[table]

    # ---------------------------------------------------------------- columns

    def column(self, key: t.Key) -> list[Value]:
        """What a column holds: as evaluated, or as loaded with its default in empty cells."""
        if key not in self.columns:
            self.columns[key] = self.loaded(key)
        return self.columns[key]

    def loaded(self, key: t.Key) -> list[Value]:
        """A column as the data have it, its default in empty cells."""
        table, name = key.frame.table, key.name
        if table == t.PARAMS:
            return [self.data.params.get(name)]
        values = self.table(table).columns.get(name)
        if self._inputs is None:
            self._inputs = inputs(self.plan)
        column = self._inputs.get((table, name))
        default = column.default if column else None
        if values is None:
            return [default] * self.size(key.frame)
        return [default if value is None else value for value in values] if default is not None else values

    # ---------------------------------------------------------------- earlier periods

    def periods(self) -> list[Period | None]:
        """The period of every stored result; None where it cannot be read."""
        if self._periods is None:
            texts = self.table(t.HISTORY).columns.get("period", [])
            known = {text: Period.written(str(text)) for text in set(texts)}
            self._periods = [known[text] for text in texts]
        return self._periods

    def _earlier(self) -> list[bool]:
        first = self.plan.period.first
        return [period is not None and period.last < first for period in self.periods()]


def inputs(plan: Plan) -> dict[tuple[str, str], InputColumn]:
    """The declaration of every input column, by table and name."""
    return {(table.name, column.name): column for table in plan.inputs for column in table.columns}
