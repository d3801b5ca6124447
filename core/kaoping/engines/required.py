"""What data must hold before anything is evaluated: no needed cell is empty, none exceeds what the subject may have."""

from __future__ import annotations

from collections.abc import Iterator

from kaoping.dataset import Dataset
from kaoping.diagnostic import Finding
from kaoping.engines.reference import Reference
from kaoping.engines.walk import closure
from kaoping.plan.plan import Plan
from kaoping.source import NOWHERE
from kaoping.typed import PARAMS, SUBJECTS, Const, Frame, Key, Typed
from kaoping.types import BOOL, Value, shown_text

_ALWAYS = Const(True, type=BOOL)


def data_problems(plan: Plan, dataset: Dataset) -> list[Finding]:
    """Every empty cell that is needed, and every cell beyond its limits, in the order of tables, rows and columns."""
    reference = Reference(plan, dataset)
    deciding = closure(plan, [plan.appraised]) if plan.appraised else set()
    found = [*_empty_cells(reference, deciding), *_beyond_limits(reference)]
    return [finding for _, finding in sorted(found, key=lambda each: each[0])]


_Found = tuple[tuple[int, int, int], Finding]


def _empty_cells(reference: Reference, deciding: set[Key]) -> Iterator[_Found]:
    for column, (key, condition) in enumerate(_needed(reference.plan).items()):
        cells = reference.cells.column(key)
        for row, value in enumerate(cells) if None in cells else ():
            if value is not None:
                continue
            subject = 0 if key.frame.table == PARAMS else reference.cells.owner(key.frame, row)
            if key.frame.table != PARAMS:
                reference.prepare(condition, [subject])
                if key not in deciding and not reference.appraised(subject):
                    continue
            if reference.value(condition, key.frame, row) is True:
                yield _found(reference, key, row, column, "KP690", {})


def _needed(plan: Plan) -> dict[Key, Typed]:
    always = {
        Key(Frame(table.name), column.name): _ALWAYS
        for table in plan.inputs
        for column in table.columns
        if column.required == "always"
    }
    named = {(key.frame.table, key.name) for key in plan.needed}
    return {**{key: value for key, value in always.items() if (key.frame.table, key.name) not in named}, **plan.needed}


def _beyond_limits(reference: Reference) -> Iterator[_Found]:
    for column, (key, (low, high)) in enumerate(reference.plan.limits.items()):
        if key not in reference.plan.columns:
            continue
        type_ = reference.plan.columns[key].type
        for row, value in enumerate(reference.cells.column(key)):
            if value is None:
                continue
            ends = [reference.value(end, key.frame, row) for end in (low, high)]
            if _outside(value, ends):
                low_text, high_text = (shown_text(end, type_) for end in ends)
                facts = {"value": shown_text(value, type_), "low": low_text, "high": high_text}
                yield _found(reference, key, row, column, "KP691", facts)


def _outside(value: Value, ends: list[Value]) -> bool:
    low, high = (None if end is None else int(end) for end in ends)
    return (low is not None and int(value or 0) < low) or (high is not None and int(value or 0) > high)


def _found(reference: Reference, key: Key, row: int, column: int, code: str, facts: dict[str, str]) -> _Found:
    """A finding with the cell's place, and what it is sorted by."""
    cells, plan = reference.cells, reference.plan
    origin = plan.columns[key].origin if key in plan.columns else None
    table = cells.table(key.frame.table)
    at, name = row, key.name
    if key.frame.table == SUBJECTS and key.frame.unit:
        units = cells.units(key.frame.unit)
        at, name = row // len(units), f"{key.name}.{units[row % len(units)].text}"
    if key.frame.table != PARAMS:
        subject = cells.owner(key.frame, row)
        facts = facts | {"id": cells.data.ids[subject], "subject": cells.data.names[subject]}
    finding = Finding(
        code,
        origin.span if origin else NOWHERE,
        {"column": name, **facts},
        variant="param" if key.frame.table == PARAMS else "",
        clause=origin.clause if origin else None,
        place=name if key.frame.table == PARAMS else table.place(at, name),
    )
    order = next((number for number, each in enumerate(plan.inputs) if each.name == key.frame.table), -1)
    return (order, at, column), finding
