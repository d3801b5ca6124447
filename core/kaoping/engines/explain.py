"""Why a value is what it is: the tree of values it was made of, back to the cells of the data."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.columns import Column, Origin
from kaoping.dataset import Dataset
from kaoping.derivation import Derivation
from kaoping.engines.history import earlier_rows, past
from kaoping.engines.item_lines import averaged, cleared, is_sum_of_units, summed
from kaoping.engines.python import compiled, run
from kaoping.engines.reference import Reference, Standing
from kaoping.engines.remarks import inside, remarked, taken
from kaoping.engines.shown import (
    formula_text,
    in_numbers,
    one_line,
    parts,
    read_cells,
    shown_cell,
    shown_value,
    with_numbers,
)
from kaoping.plan.plan import Plan
from kaoping.types import number

ROWS = 20
"""How many rows of a set are listed; of the others only how many there are is said."""
MANY = 500
"""Above so many subjects the columns are evaluated by the compiled engine first."""
Cell = tuple[t.Key, int]


def explain(
    plan: Plan, dataset: Dataset, subject_id: str, name: str | None = None,
    standings: Mapping[t.Typed, Standing] | None = None,
) -> Derivation:  # fmt: skip
    """The derivation of a named value of a subject, by default of its grade, else its total.

    `standings` are where the one subject of a data set stands among others that are not in it. KeyError where the
    subject or the name is not known.
    """
    subject = dataset.ids.index(subject_id) if subject_id in dataset.ids else None
    key = _named(plan, name)
    if subject is None or key is None:
        raise KeyError(name if subject is not None else subject_id)
    reference = Reference(plan, dataset, standings=standings) if standings else _reference(plan, dataset)
    explainer = _Explainer(reference)
    explainer.reference.prepare(key, [subject])
    found = explainer.tree((key, subject))
    if plan.appraised is not None and not explainer.reference.appraised(subject):
        condition = explainer.tree((plan.appraised, subject))
        return replace(found, remark="not_appraised", facts=(), children=(condition, *found.children))
    return found


def _reference(plan: Plan, dataset: Dataset) -> Reference:
    if len(dataset.ids) <= MANY:
        return Reference(plan, dataset)
    evaluated = (key for key, column in plan.columns.items() if column.value is not None)
    columns, _ = run(compiled(plan, (key for key in evaluated if key.frame.table != t.HISTORY)), dataset)
    return Reference(plan, dataset, filled=columns)


def _named(plan: Plan, name: str | None) -> t.Key | None:
    keys = {column.name: key for column, key in plan.results}
    if name is not None:
        return keys.get(name) or next((key for key in plan.columns if key == t.Key(t.EACH, name)), None)
    by_role = {column.role: key for column, key in reversed(plan.results)}
    wished = [by_role[role] for role in ("grade", "total", "vetoed") if role in by_role]
    return next(iter([*wished, *keys.values()]), None)


class _Rows(Struct, frozen=True):
    """Rows that an aggregate looks at, and what it tells them apart by."""

    node: t.Typed
    frame: t.Frame
    rows: list[int]
    key: t.Typed | None = None


class _Explainer(Struct):
    """The derivations made so far, each cell's once."""

    reference: Reference
    made: dict[Cell, Derivation] = field(default_factory=dict)
    assumes: dict[Cell, list[str]] = field(default_factory=dict)

    def tree(self, root: Cell) -> Derivation:
        """The derivation of a cell; those below are made first, so no chain of rules is too long."""
        self.tell_once(root)
        waiting = [root]
        while waiting:
            cell = waiting[-1]
            below = [each for each in self.below(cell) if each not in self.made] if cell not in self.made else []
            if below:
                waiting.extend(reversed(below))
                continue
            waiting.pop()
            if cell not in self.made:
                self.made[cell] = self.derivation(cell)
        return self.made[root]

    def tell_once(self, root: Cell) -> None:
        """Give every interpretation to the first value, from the top, that rests on it."""
        waiting, seen, told = [root], set[Cell](), set[str]()
        while waiting:
            cell = waiting.pop()
            if cell not in seen:
                seen.add(cell)
                self.assumes[cell] = [text for text in self.origin(cell).assumes if text not in told]
                told.update(self.assumes[cell])
                waiting.extend(reversed(self.below(cell)))

    def column(self, cell: Cell) -> Column:
        """The column of a cell."""
        return self.reference.plan.columns[cell[0]]

    def origin(self, cell: Cell) -> Origin:
        """Where a value comes from: of several lines that say it together, the one that took effect."""
        column = self.column(cell)
        several = column.origin.lines and column.origin.role != "part"
        ruling = taken(self.reference, column, cell[1]) if several else None
        if ruling is None:
            return column.origin
        return next((each for each in column.origin.lines if inside(ruling, each)), column.origin)

    def below(self, cell: Cell) -> list[Cell]:
        """The cells directly below a value, and those below the rows of its sets."""
        column = self.column(cell)
        if column.value is None:
            return []
        cells = list(parts(self.reference, column, cell[1]))
        for each in self.sets(cell):
            for row in each.rows[:ROWS]:
                cells += self.row_cells(each, row)
        for part in self.options(cell):
            cells += self.option_cells(cell, part)
        return list(dict.fromkeys(cells))

    def options(self, cell: Cell) -> list[t.Candidates]:
        """The lines of a `best` group, written without records, that count for a subject."""
        column = self.column(cell)
        groups = (node for node in column.nodes if isinstance(node, t.Group))
        lines = [part for group in groups for part in group.parts if part.frame is None]

        def counts(part: t.Candidates) -> bool:
            asked = (each for each in (part.where, part.amount) if each is not None)
            return all(self.reference.value(each, column.key.frame, cell[1]) for each in asked)

        return list(filter(counts, lines))

    def option_cells(self, cell: Cell, part: t.Candidates) -> list[Cell]:
        """The cells that a line of a group takes its value and its condition from."""
        asked = [each for each in (part.where, part.amount, part.key) if each is not None]
        return [one for each in asked for one in read_cells(self.reference, each, cell[0].frame, cell[1])]

    def sets(self, cell: Cell) -> list[_Rows]:
        """The aggregates over rows in a column's expression, each with the rows that count."""
        column = self.column(cell)
        found: list[_Rows] = []
        assert column.value is not None
        waiting = [column.value]
        while waiting:
            node = waiting.pop()
            match node:
                case t.Fold():
                    found.append(_Rows(node, node.frame, self.reference.fold_rows(node, column.key.frame, cell[1])))
                case t.Group(parts=candidates):
                    for part in candidates:
                        if part.frame is not None:
                            counted = t.Fold(
                                "sum", part.frame, part.amount, part.where, type=node.type, span=part.amount.span
                            )
                            rows = self.reference.fold_rows(counted, column.key.frame, cell[1])
                            found.append(_Rows(counted, part.frame, rows, part.key))
                case t.PreviousResult() | t.Streak():
                    found.append(_Rows(node, t.Frame(t.HISTORY), self.earlier(node, cell[1])))
                case t.Cohort() | t.Rank() | t.Percentile() | t.Chosen():
                    pass
                case _:
                    waiting.extend(t.operands(node))
        return found

    def earlier(self, node: t.Typed, subject: int) -> list[int]:
        """The stored results that a look back goes through."""
        stored = past(self.reference.cells)
        if isinstance(node, t.Streak):
            return earlier_rows(stored, subject)
        return [stored.newest[subject]] if subject in stored.newest else []

    def row_cells(self, rows: _Rows, row: int) -> list[Cell]:
        """The cells of a row that an aggregate takes its value from, and tells it apart by."""
        frame, found = rows.frame, read_cells(self.reference, _taken_from(rows.node), rows.frame, row)
        found += read_cells(self.reference, rows.key, frame, row) if rows.key is not None else []
        return [each for each in found if each[0].frame == frame or frame.table == each[0].frame.table != t.SUBJECTS]

    # ---------------------------------------------------------------- derivations

    def derivation(self, cell: Cell) -> Derivation:
        """The derivation of a cell whose cells below are made; a grade that is handed on is told once."""
        key, row = cell
        column, reference = self.column(cell), self.reference
        origin, same = self.origin(cell), column.value
        if isinstance(same, t.Read) and same.key.name == key.name and same.key.frame == key.frame:
            return replace(self.made[same.key, row], name=self.name(cell))
        shown = shown_cell(reference, key, row)
        written, numbers = None, None
        if origin.role != "part":
            written, numbers = formula_text(column), with_numbers(reference, column, row)
        if (terms := summed(reference, column, row) or averaged(reference, column, row)) is not None:
            written, numbers = terms
        (remark, facts), why = remarked(self.reference, *cell), origin.why
        if (clear := cleared(reference, column, row)) is not None:
            written, numbers, why = None, None, why or clear.why
            remark = "cleared_held" if remark == "held" else "cleared"
            facts = (*facts, ("rule", one_line(clear.span.text)))
        return Derivation(
            name=self.name(cell),
            value=shown,
            role=origin.role,
            formula=written,
            numbers=None if numbers == shown else numbers,
            clause=origin.clause,
            heading=origin.heading,
            why=why,
            place=self.place(cell) if column.value is None else None,
            remark=remark,
            facts=facts,
            assumes=tuple(self.assumes.get(cell, ())),
            children=self.children(cell),
        )

    def name(self, cell: Cell) -> str:
        """What a value is called: its script name, with the unit of time; a set or a quota by the author's words."""
        key, row = cell
        column = self.column(cell)
        if is_sum_of_units(column):
            return f"Σ {key.name}"
        if column.origin.role == "part" or key.name == "quota":
            return one_line(column.origin.span.text.split("\n")[0]) or key.name
        name = key.name
        if key.part and key.part != "given" and name != "grade":
            name = f"{name} {key.part.removeprefix('line ')}"
        unit = self.reference.cells.unit(key.frame, row) if key.frame.unit else None
        return name if unit is None else f"{name}.{self.reference.cells.units(key.frame.unit)[unit].text}"

    def place(self, cell: Cell) -> str | None:
        """The data cell of a loaded value."""
        key, row = cell
        if key.frame.table == t.PARAMS:
            return self.reference.cells.data.param_places.get(key.name)
        return self.reference.cells.table(key.frame.table).place(row, key.name).strip() or None

    def children(self, cell: Cell) -> tuple[Derivation, ...]:
        """The derivations below a value: cells, then the rows of its sets."""
        column = self.column(cell)
        if column.value is None:
            return ()
        found = [self.made[each] for each in parts(self.reference, column, cell[1])]
        for each in self.sets(cell):
            if each.frame.table == t.SUBJECTS:
                for row in each.rows:
                    found += [self.made[one] for one in self.row_cells(each, row)]
                continue
            found += [self.row(each, row) for row in each.rows[:ROWS]]
            if (more := len(each.rows) - ROWS) > 0:
                found.append(Derivation("…", str(more), "more", remark="more", facts=(("count", str(more)),)))
        for part in self.options(cell):
            shown = shown_value(self.reference, part.amount, cell[0].frame, cell[1])
            below = tuple(self.made[each] for each in dict.fromkeys(self.option_cells(cell, part)))
            found.append(Derivation(one_line(part.amount.span.text), shown, "row", children=below))
        return tuple(found)

    def row(self, rows: _Rows, row: int) -> Derivation:
        """One row of a set with what it contributes."""
        node, frame, cells = rows.node, rows.frame, self.row_cells(rows, row)
        table = self.reference.cells.table(frame.table)
        value, made_of = _taken_from(node), [self.made[each] for each in cells]
        name = frame.table.removeprefix("link ")
        if frame.table == t.HISTORY:
            name = str(table.columns.get("period", [""])[row])
        shown = shown_value(self.reference, value, frame, row)
        bare = [each.value for each in made_of] == [shown]
        told = value.span.text and not bare and not isinstance(value, t.Const)
        return Derivation(
            name,
            shown,
            "row",
            formula=one_line(value.span.text) if told else None,
            numbers=in_numbers(self.reference, value, value.span, frame, row) if told else None,
            place=made_of[0].place if bare and made_of[0].place else table.place(row, "").strip() or None,
            children=made_of[0].children if bare else tuple(made_of),
        )


def _taken_from(node: t.Typed) -> t.Typed:
    """What an aggregate takes from a row: its value, or one for each row where it only counts."""
    match node:
        case t.Fold(value=value) if value is not None:
            return value
        case t.PreviousResult(value=value) | t.Streak(then=value):
            return value
    return t.Const(1, type=number(1, 1))
