"""What data must hold before anything is evaluated: no needed cell is empty, none exceeds what the subject may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from kaoping.columns import Column, Origin
from kaoping.dataset import Dataset
from kaoping.diagnostic import Finding
from kaoping.engines.cells import Cells
from kaoping.engines.python import Columns, compiled, run
from kaoping.engines.walk import closure
from kaoping.plan.plan import Plan, Stratum
from kaoping.source import NOWHERE
from kaoping.typed import PARAMS, Const, Frame, Key, Typed
from kaoping.types import BOOL, Value, shown_text

_ALWAYS = Const(True, type=BOOL)
_Found = tuple[tuple[int, int, int], Finding]


def data_problems(plan: Plan, dataset: Dataset) -> list[Finding]:
    """Every empty cell that is needed, and every cell beyond its limits, in the order of tables, rows and columns.

    Whether somebody is appraised is decided first, by cells that are needed of everybody; the others are needed only of
    those who are.
    """
    cells = Cells(plan, dataset)
    needed = {key: condition for key, condition in needed_cells(plan).items() if None in cells.column(key)}
    deciding = closure(plan, [plan.appraised]) if plan.appraised else set()
    early = {key: condition for key, condition in needed.items() if key in deciding}
    late = {key: condition for key, condition in needed.items() if key not in deciding}
    found = [
        *_empty_cells(cells, early, _evaluated(replace(plan, appraised=None), dataset, early, "needed")),
        *_empty_cells(cells, late, _evaluated(plan, dataset, late, "needed")),
        *_beyond_limits(cells),
    ]
    return [finding for _, finding in sorted(found, key=lambda each: each[0])]


def needed_cells(plan: Plan) -> dict[Key, Typed]:
    """The condition under which a cell may not be empty, for every column where one is needed at all."""
    named = {(key.frame.table, key.name) for key in plan.needed}
    always = {
        Key(Frame(table.name), column.name): _ALWAYS
        for table in plan.inputs
        for column in table.columns
        if column.required == "always" and (table.name, column.name) not in named
    }
    params = {Key(Frame(PARAMS), name): _ALWAYS for name in plan.params}
    return always | params | plan.needed


def _evaluated(plan: Plan, dataset: Dataset, asked: Mapping[Key, Typed], what: str) -> Columns:
    """What each expression comes to in every row of its column; nothing in the rows of those who are not appraised."""
    if not asked:
        return {}
    made, columns = extended(plan, asked, what)
    values, _ = run(compiled(made, list(columns.values()), careful=True), dataset)
    return {key: values[column] for key, column in columns.items()}


def extended(plan: Plan, asked: Mapping[Key, Typed], what: str) -> tuple[Plan, dict[Key, Key]]:
    """A plan with one more column for each expression asked, in the rows of the column it is asked of."""
    columns = {
        key: Column(Key(key.frame, key.name, f"{key.part} {what}"), node.type, node, Origin("check"))
        for key, node in asked.items()
    }
    made = replace(
        plan,
        columns=plan.columns | {column.key: column for column in columns.values()},
        strata=(*plan.strata, Stratum("map", tuple(columns.values()))),
    )
    return made, {key: column.key for key, column in columns.items()}


def _empty_cells(cells: Cells, needed: Mapping[Key, Typed], holds: Columns) -> Iterator[_Found]:
    for column, key in enumerate(needed):
        for row, (value, condition) in enumerate(zip(cells.column(key), holds[key], strict=True)):
            if value is None and condition is True:
                yield _found(cells, key, row, column, "KP690", {})


def _beyond_limits(cells: Cells) -> Iterator[_Found]:
    plan = cells.plan
    limits = {key: ends for key, ends in plan.limits.items() if key in plan.columns}
    lows = _evaluated(plan, cells.data, {key: low for key, (low, _) in limits.items()}, "lowest")
    highs = _evaluated(plan, cells.data, {key: high for key, (_, high) in limits.items()}, "highest")
    for column, key in enumerate(limits):
        type_ = plan.columns[key].type
        for row, (value, low, high) in enumerate(zip(cells.column(key), lows[key], highs[key], strict=True)):
            if _outside(value, low, high):
                told = {"value": value, "low": low, "high": high}
                shown = {name: shown_text(each, type_) for name, each in told.items()}
                yield _found(cells, key, row, column, "KP691", shown)


def _outside(value: Value, low: Value, high: Value) -> bool:
    if value is None:
        return False
    return (low is not None and int(value) < int(low)) or (high is not None and int(value) > int(high))


def _found(cells: Cells, key: Key, row: int, column: int, code: str, facts: dict[str, str]) -> _Found:
    """A finding with the cell's place, and what it is sorted by."""
    if key.frame.table != PARAMS:
        subject = cells.owner(key.frame, row)
        facts = facts | {"id": cells.data.ids[subject], "subject": cells.data.names[subject]}
    place = key.name if key.frame.table == PARAMS else cells.table(key.frame.table).place(row, key.name)
    order = next((number for number, each in enumerate(cells.plan.inputs) if each.name == key.frame.table), -1)
    return (order, _file_row(cells, key, row), column), cell_finding(cells.plan, key, code, place, facts)


def _file_row(cells: Cells, key: Key, row: int) -> int:
    """The row of the file, where the rows of a table come from one; stored results are in the order of the subjects."""
    if key.frame.table == PARAMS:
        return row
    table = cells.table(key.frame.table)
    return table.rows[row] if not table.files and row < len(table.rows) else row


def cell_finding(plan: Plan, key: Key, code: str, place: str, facts: dict[str, str]) -> Finding:
    """A finding about a cell of a column: the statement that declares it, and the place of the cell."""
    origin = plan.columns[key].origin if key in plan.columns else None
    return Finding(
        code,
        origin.span if origin else NOWHERE,
        {"column": key.name, **facts},
        variant="param" if key.frame.table == PARAMS else "",
        clause=origin.clause if origin else None,
        place=place,
    )
