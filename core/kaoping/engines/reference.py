"""The reference evaluator: what a plan means, one cell at a time, slow and plain.

Every other engine is tested against it. It also evaluates single cells by demand, which is what required cells,
explanations and examples need.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from msgspec import Struct

from kaoping import typed as t
from kaoping.dataset import Dataset
from kaoping.diagnostic import Finding
from kaoping.engines import folds, scalar, windows
from kaoping.engines.cells import Cells
from kaoping.engines.history import Past, earlier_rows, past
from kaoping.engines.walk import Order, needs
from kaoping.plan.plan import Plan
from kaoping.types import Value


class Unknown(Struct, frozen=True):
    """In an example: a value that nothing gives. Whoever reads a cell that holds it raises `UnknownError`."""

    name: str


class Standing(Struct, frozen=True):
    """What a comparison gives the subjects of a data set that has not all of them, and what is said of the first."""

    values: list[Value]
    remark: str | None = None
    facts: tuple[tuple[str, str], ...] = ()


class UnknownError(Exception):
    """An expression needs a value that an example does not give."""

    def __init__(self, unknown: Unknown) -> None:
        """Name the unknown value."""
        super().__init__(unknown.name)
        self.unknown = unknown


class _Empty:
    """A cell that is not evaluated yet."""


_EMPTY = _Empty()
Cell = Value | Unknown | _Empty
Fixed = Mapping[t.Key, Mapping[int, Value | Unknown]]
_Window = t.Rank | t.Cohort | t.Percentile | t.Chosen
_EARLIER = t.Frame(t.HISTORY)


@dataclass(slots=True)
class Reference:
    """The cells of one run.

    `fixed` are cells that have their value from outside, whatever their column's expression says; `filled` are whole
    columns that another engine has evaluated, `standings` comparisons of a larger population. `absent`, where there are
    no data, tells what a cell holds that would have been loaded; it is asked for those cells alone that are read.
    `problems` are data errors that show only while evaluating.
    """

    plan: Plan
    data: Dataset
    fixed: Fixed = field(default_factory=dict)
    filled: Mapping[t.Key, list[Value]] = field(default_factory=dict)
    absent: Callable[[Reference, t.Key, int], Value | Unknown] | None = None
    order: Order | None = None
    standings: Mapping[t.Typed, Standing] = field(default_factory=dict)
    problems: list[Finding] = field(default_factory=list)
    cells: Cells = field(init=False)
    _columns: dict[t.Key, list[Cell]] = field(default_factory=dict)
    _windows: dict[int, list[Value | Unknown]] = field(default_factory=dict)
    _order: Order = field(init=False)
    _before: set[t.Key] = field(init=False)
    _past: Past | None = None

    def __post_init__(self) -> None:
        """Lay out the cells."""
        self.cells = Cells(self.plan, self.data, dated=self._days)
        self._order = self.order or Order(self.plan)
        self._before = self._order.closure([self.plan.appraised]) if self.plan.appraised else set()

    # ---------------------------------------------------------------- columns and cells

    def run(self, wanted: Iterable[t.Key]) -> None:
        """Evaluate the columns wanted and what they need, in the order of the plan; and every quota in them."""
        for key in self._order.evaluated(self._order.closure(wanted)):
            for row in range(self.cells.size(key.frame)):
                self.cell(key, row)
            for view in self.plan.columns[key].views:
                if isinstance(view, t.Chosen):
                    self._window_of(view)

    def column(self, key: t.Key) -> list[Value]:
        """A column, all of its cells evaluated; none of them unknown."""
        self.prepare(key, range(len(self.data.ids)))
        values = [self.cell(key, row) for row in range(self.cells.size(key.frame))]
        return [None if isinstance(value, Unknown) else value for value in values]

    def cell(self, key: t.Key, row: int) -> Value | Unknown:
        """The value of one cell, evaluated if it is not yet."""
        cells = self._columns.get(key)
        if cells is None:
            cells = self._columns[key] = self._start(key)
        value = cells[row]
        if isinstance(value, _Empty):
            value = cells[row] = self._evaluated(key, row)
        return value

    def _days(self, key: t.Key) -> list[Value]:
        """The days that date the rows of a records table."""
        days = [self.cell(key, row) for row in range(self.cells.size(key.frame))]
        unknown = next((day for day in days if isinstance(day, Unknown)), None)
        if unknown is not None:
            raise UnknownError(unknown)
        return [day for day in days if not isinstance(day, Unknown)]

    def _start(self, key: t.Key) -> list[Cell]:
        column = self.plan.columns.get(key)
        if column is None or (column.value is None and self.absent is None):
            start: list[Cell] = list(self.cells.column(key))
        elif key in self.filled:
            start = list(self.filled[key])
        else:
            start = [_EMPTY] * self.cells.size(key.frame)
        for row, value in self.fixed.get(key, {}).items():
            start[row] = value
        return start

    def _evaluated(self, key: t.Key, row: int) -> Value | Unknown:
        expression = self.plan.columns[key].value
        try:
            if expression is None:
                assert self.absent is not None
                return self.absent(self, key, row)
            return self.value(expression, key.frame, row) if self._counts(key, row) else None
        except UnknownError as reason:
            return reason.unknown

    def _counts(self, key: t.Key, row: int) -> bool:
        """Whether a row is evaluated: its subject is appraised (or this decides it), and with units it lies in one."""
        frame = key.frame
        if frame.unit and self.cells.unit(frame, row) is None:
            return False
        if frame.table == t.PARAMS or key in self._before:
            return True
        owner = self.cells.owner(frame, row)
        return owner >= 0 and self.appraised(owner)

    def appraised(self, subject: int) -> bool:
        """Whether a subject is appraised."""
        if self.plan.appraised is None:
            return True
        value = self.cell(self.plan.appraised, subject)
        if isinstance(value, Unknown):
            raise UnknownError(value)
        return value is True

    def members(self) -> list[int]:
        """The subjects appraised."""
        return [subject for subject in range(len(self.data.ids)) if self.appraised(subject)]

    def prepare(self, wanted: t.Key | t.Typed, subjects: Iterable[int]) -> int:
        """Evaluate, in the order of the plan, what some subjects' cells need: so evaluation by demand stays shallow.

        How many columns that are is returned.
        """
        direct = [wanted] if isinstance(wanted, t.Key) else needs(self.plan, wanted)
        needed = self._order.closure(direct) | self._before
        columns = self._order.evaluated(key for key in needed if key not in self.filled)
        for subject in subjects:
            for key in columns:
                rows = [0] if key.frame.table == t.PARAMS else self.cells.rows(key.frame, subject)
                for row in rows:
                    self.cell(key, row)
        return len(columns)

    # ---------------------------------------------------------------- expressions

    def value(self, node: t.Typed, frame: t.Frame, row: int) -> Value:
        """The value of an expression in a row of a frame."""
        match node:
            case t.Const(value=constant):
                return constant
            case t.Read(key=key):
                return self._read(key, frame, row)
            case t.And(operands=operands):
                return self._decided(operands, False, frame, row)
            case t.Or(operands=operands):
                return self._decided(operands, True, frame, row)
            case t.Choose():
                return self._chosen_arm(node, frame, row)
            case t.Has(operand=operand):
                return self.value(operand, frame, row) is not None
            case t.Coalesce(operand=operand, fallback=fallback):
                value = self.value(operand, frame, row)
                return self.value(fallback, frame, row) if value is None else value
            case t.Present(operand=operand):
                value = self.value(operand, frame, row)
                return scalar.lowest(operand) if value is None else value
            case t.UnitBound(end=end):
                return self._unit_bound(end, frame, row)
            case t.Fold():
                return self._fold(node, frame, row)
            case t.Group():
                return self._group(node, frame, row)
            case t.Ordinal(by=by, within=within):
                return self._rows_alike(by, within, frame, row).index(row) + 1
            case t.PreviousRow(value=operand, by=by, within=within):
                rows = self._rows_alike(by, within, frame, row)
                position = rows.index(row)
                return None if position == 0 else self.value(operand, frame, rows[position - 1])
            case t.Rank() | t.Cohort() | t.Percentile() | t.Chosen():
                return self._window(node, self.cells.owner(frame, row))
            case t.PreviousResult(value=operand):
                newest = self._stored().newest.get(self.cells.owner(frame, row))
                return None if newest is None else self.value(operand, _EARLIER, newest)
            case t.Streak():
                return self._streak(node, self.cells.owner(frame, row))
        values = [self.value(operand, frame, row) for operand in t.operands(node)]
        if any(value is None for value in values):
            return None
        result: Value = scalar.computed(node, values, self.plan.functions)
        return result

    def _read(self, key: t.Key, frame: t.Frame, row: int) -> Value:
        at = self.cells.climb(frame, row, key.frame)
        if at is None:
            return None
        value = self.cell(key, at)
        if isinstance(value, Unknown):
            raise UnknownError(value)
        return value

    def _decided(self, operands: tuple[t.Typed, ...], decisive: bool, frame: t.Frame, row: int) -> Value:
        """`and`, which a no decides, and `or`, which a yes decides.

        A missing operand makes the whole missing; an unknown one does not matter beside a decisive one, unless it might
        be missing.
        """
        unknown: UnknownError | None = None
        decided = missing = False
        for operand in operands:
            try:
                value = self.value(operand, frame, row)
            except UnknownError as reason:
                if operand.type.optional:
                    raise
                unknown = unknown or reason
                continue
            missing = missing or value is None
            decided = decided or value is decisive
        if missing:
            return None
        if unknown and not decided:
            raise unknown
        return decisive if decided else not decisive

    def _chosen_arm(self, node: t.Choose, frame: t.Frame, row: int) -> Value:
        for condition, value in node.arms:
            holds = self.value(condition, frame, row)
            if holds is None:
                return None
            if holds:
                return self.value(value, frame, row)
        return self.value(node.otherwise, frame, row)

    def _unit_bound(self, end: str, frame: t.Frame, row: int) -> Value:
        unit = self.cells.unit(frame, row) if frame.unit else None
        if frame.unit and unit is None:
            return None
        at = self.plan.period if unit is None else self.cells.units(frame.unit)[unit]
        return (at.first if end == "first" else at.last).toordinal()

    # ---------------------------------------------------------------- rows of records

    def fold_rows(self, node: t.Fold, frame: t.Frame, row: int) -> list[int]:
        """The rows that count in a fold, in order where it has one."""
        rows = [
            each
            for each in self.cells.rows_inside(node.frame, frame, row)
            if node.where is None or self.value(node.where, node.frame, each)
        ]
        if node.last is not None:
            rows = self._sorted(rows, node.last.by, node.frame)[-node.last.number :]
        return rows

    def _fold(self, node: t.Fold, frame: t.Frame, row: int) -> Value:
        rows = self.fold_rows(node, frame, row)
        values = [True if node.value is None else self.value(node.value, node.frame, each) for each in rows]
        result: Value = folds.folded(node.kind, values, trim=node.trim, digits=node.digits, mode=node.mode)
        return result

    def _group(self, node: t.Group, frame: t.Frame, row: int) -> Value:
        candidates: list[tuple[Value, Value]] = []
        for part in node.parts:
            inner = part.frame or frame
            rows = [row] if part.frame is None else self.cells.rows_inside(part.frame, frame, row)
            for each in rows:
                if part.where is None or self.value(part.where, inner, each):
                    key = None if part.key is None else self.value(part.key, inner, each)
                    candidates.append((key, self.value(part.amount, inner, each)))
        return folds.best(candidates)

    def _sorted(self, rows: list[int], by: tuple[t.Typed, ...], frame: t.Frame) -> list[int]:
        return sorted(rows, key=lambda row: folds.row_order([self.value(each, frame, row) for each in by]))

    def _rows_alike(self, by: tuple[t.Typed, ...], within: tuple[t.Typed, ...], frame: t.Frame, row: int) -> list[int]:
        """The rows of the same subject (and unit) that are alike in `within`, in order."""
        alike = [self.value(each, frame, row) for each in within]
        rows = self.cells.rows_inside(frame, frame, row)
        return self._sorted([each for each in rows if [self.value(w, frame, each) for w in within] == alike], by, frame)

    # ---------------------------------------------------------------- earlier periods

    def _stored(self) -> Past:
        if self._past is None:
            self._past = past(self.cells)
        return self._past

    def _streak(self, node: t.Streak, subject: int) -> Value:
        if not self.value(node.now, t.EACH, subject):
            return 0
        length = 1
        for row in earlier_rows(self._stored(), subject):
            if not self.value(node.then, _EARLIER, row):
                break
            length += 1
        return length

    # ---------------------------------------------------------------- among subjects

    def _window(self, node: _Window, subject: int) -> Value:
        window = self._window_of(node)[subject]
        if isinstance(window, Unknown):
            raise UnknownError(window)
        return window

    def _window_of(self, node: _Window) -> list[Value | Unknown]:
        if id(node) not in self._windows:
            self._windows[id(node)] = self._window_column(node)
        return self._windows[id(node)]

    def _window_column(self, node: _Window) -> list[Value | Unknown]:
        """What every subject gets, group by group; an unknown value makes its whole group unknown."""
        if node in self.standings:
            return list(self.standings[node].values)
        column: list[Value | Unknown] = [None] * len(self.data.ids)
        try:
            members = self.members()
            self.prepare(node, members)
            groups: dict[tuple[Value, ...], list[int]] = {}
            for member in members:
                groups.setdefault(tuple(self.value(each, t.EACH, member) for each in node.within), []).append(member)
        except UnknownError as reason:
            return [reason.unknown] * len(column)
        for group in groups.values():
            try:
                values: list[Value] = self._window_group(node, group)
            except UnknownError as reason:
                for member in group:
                    column[member] = reason.unknown
            else:
                for member, value in zip(group, values, strict=True):
                    column[member] = value
        return column

    def _window_group(self, node: _Window, group: list[int]) -> list[Value]:
        match node:
            case t.Rank(value=value, lowest_first=lowest_first):
                values = [self.value(value, t.EACH, member) for member in group]
                return list(windows.ranks(values, lowest_first=lowest_first))
            case t.Chosen():
                return self._quota(node, group)
        rows = [member for member in group if node.where is None or self.value(node.where, t.EACH, member)]
        values = [True if node.value is None else self.value(node.value, t.EACH, member) for member in rows]
        if isinstance(node, t.Percentile):
            one = folds.percentile(values, node.part, node.part_places, linear=node.linear, digits=node.digits)
        else:
            one = folds.folded(node.kind, values, trim=node.trim, digits=node.digits, mode=node.mode)
        return [one] * len(group)

    def _quota(self, node: t.Chosen, group: list[int]) -> list[Value]:
        shares = [self.value(node.share, t.EACH, member) for member in group]
        other = next((at for at, share in enumerate(shares) if share != shares[0]), None)
        if other is not None:
            ids, names = self.data.ids, self.data.names
            one, two = ((ids[group[at]], names[group[at]], shares[at]) for at in (0, other))
            self.problems.append(windows.uneven_share(node, one, two))
        counted = None
        if node.counted is not None:
            counted = sum(1 for member in group if self.value(node.counted, t.EACH, member))
        places = windows.places_of(shares[0], node.share.type.places, counted, node.rounded)
        standing = [
            tuple(self.value(key, t.EACH, each) for key in node.keys) if self.value(node.pool, t.EACH, each) else None
            for each in group
        ]
        pool = Counter(keys for keys in standing if keys is not None)
        taken = windows.chosen(places, pool, lowest=node.lowest, ties=node.ties)
        return [keys in taken for keys in standing]
