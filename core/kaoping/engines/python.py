"""The compiled engine: a plan as Python functions on whole numbers, one for each pass over the rows of a frame.

What it gives is what the reference evaluator gives; tests compare the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.dataset import Dataset, TableData
from kaoping.diagnostic import Finding
from kaoping.engines.cells import Cells
from kaoping.engines.emit import NOTHING, Emitter
from kaoping.engines.lower import Program, Step, Tally, Task, lowered
from kaoping.engines.passes import emit_pass, pass_source
from kaoping.engines.vectors import stepped
from kaoping.engines.walk import closure
from kaoping.numbers import quotient
from kaoping.plan.plan import Plan
from kaoping.types import Value

Columns = dict[t.Key, list[Value]]


class Pass(Struct, frozen=True):
    """One compiled pass: `function` goes through the rows of a frame."""

    frame: t.Frame
    function: Callable[..., None]
    source: str
    constants: tuple[Any, ...]
    tallies: tuple[Tally, ...]


class Compiled(Struct, frozen=True):
    """A plan ready to run: passes and steps in turn. `first` decides who is appraised, where not everybody is."""

    plan: Plan
    wanted: tuple[t.Key, ...]
    program: Program
    turns: tuple[Pass | Step, ...]
    first: Compiled | None = None


def compiled(plan: Plan, wanted: Iterable[t.Key], *, careful: bool = False) -> Compiled:
    """Compile what the columns wanted need; done once, it runs on any data of the plan.

    `careful` is for data that are not checked yet: any cell may be empty.
    """
    wanted = tuple(wanted)
    before = () if plan.appraised is None else tuple(closure(plan, [plan.appraised]))
    program = lowered(plan, wanted, careful=careful)
    first = None
    if plan.appraised is not None:
        early = tuple(dict.fromkeys([plan.appraised, *(key for key in wanted if key in before)]))
        first = _turned(plan, early, lowered(plan, early, careful=careful))
    return replace(_turned(plan, wanted, program), first=first)


def _turned(plan: Plan, wanted: tuple[t.Key, ...], program: Program) -> Compiled:
    emitters: dict[tuple[int, t.Frame], Emitter] = {}
    for at, entries in program.passes.items():
        emitters[at] = Emitter(program, at[1])
        emit_pass(emitters[at], entries)
    outputs = {program.read(key).number for key in wanted}
    outputs |= {number for emitter in emitters.values() for number in (*emitter.read, *emitter.climbed)}
    for step in (step for steps in program.steps.values() for step in steps):
        outputs |= {slot.number for slots in step.needs.values() for slot in slots if slot is not None}
    days = (t.Key(t.Frame(table), name) for table, name in plan.dates.items())
    outputs |= {program.columns[day].number for day in days if day in program.columns}
    turns: list[Pass | Step] = []
    levels = {level for level, _ in program.passes} | set(program.steps)
    for level in sorted(levels):
        for at, entries in program.passes.items():
            if at[0] == level:
                turns.append(_pass(emitters[at], entries, outputs))
        turns += program.steps.get(level, [])
    return Compiled(plan, wanted, program, tuple(turns))


def _pass(emitter: Emitter, entries: Sequence[Task | Tally], outputs: set[int]) -> Pass:
    source = pass_source(emitter, entries, outputs)
    namespace: dict[str, Any] = {}
    exec(compile(source, "<plan>", "exec"), namespace)
    tallies = tuple(entry for entry in entries if isinstance(entry, Tally))
    return Pass(emitter.frame, namespace["run"], source, tuple(emitter.constants), tallies)


# ---------------------------------------------------------------- running


def run(program: Compiled, dataset: Dataset) -> tuple[Columns, list[Finding]]:
    """The columns wanted, on a data set; and the data errors that show only in evaluating."""
    if program.first is None:
        return _run(program, dataset)
    early, problems = _run(program.first, dataset)
    appraised = program.plan.appraised
    assert appraised is not None
    members = [subject for subject, holds in enumerate(early[appraised]) if holds is True]
    if len(members) == len(dataset.ids):
        return _run(program, dataset)
    part, kept = _only(dataset, members)
    columns, more = _run(program, part)
    cells = Cells(program.plan, dataset)
    loaded = {key: cells.column(key) for key in columns if program.plan.columns[key].value is None}
    spread = {key: _spread(cells, key, values, kept) for key, values in columns.items()}
    return spread | loaded | early, [*problems, *more]


def _run(program: Compiled, dataset: Dataset) -> tuple[Columns, list[Finding]]:
    cells = Cells(program.plan, dataset)
    slots: dict[int, Any] = {number: cells.column(key) for number, key in program.program.loaded.items()}
    for slot, constant in program.program.constants.items():
        slots[slot.number] = [constant.value] * cells.size(slot.frame)
    problems: list[Finding] = []
    cells.dated = lambda key: slots[program.program.columns[key].number]
    for turn in program.turns:
        if isinstance(turn, Step):
            needs = {
                role: [None if slot is None else slots[slot.number] for slot in group]
                for role, group in turn.needs.items()
            }
            slots[turn.slot.number] = stepped(turn, needs, cells, problems)
        else:
            _go_through(turn, slots, cells)
    return {key: slots[program.program.read(key).number] for key in program.wanted}, problems


def _go_through(turn: Pass, slots: dict[int, Any], cells: Cells) -> None:
    counts: dict[int, list[int]] = {}
    for tally in turn.tallies:
        number, size = tally.slot.number, cells.size(tally.frame)
        slots[number] = _empty(tally.node.kind, size)
        if tally.node.kind == "average":
            counts[number] = [0] * size
    units = cells.units(turn.frame.unit) if turn.frame.unit else []
    bounds = {"first": [unit.first.toordinal() for unit in units], "last": [unit.last.toordinal() for unit in units]}
    rows = _rows(turn.frame, cells)
    turn.function(slots, counts, turn.constants, bounds, rows, cells.size(turn.frame), len(units), NOTHING)
    for tally in turn.tallies:
        number, node = tally.slot.number, tally.node
        if node.kind == "distinct":
            slots[number] = [len(values) for values in slots[number]]
        elif node.kind == "average":
            pairs = zip(slots[number], counts[number], strict=True)
            slots[number] = [quotient(total, n, node.digits, node.mode) if n else None for total, n in pairs]


def _empty(kind: str, size: int) -> list[Any]:
    """The value of a fold of no rows, for every row of the wider frame."""
    match kind:
        case "distinct":
            return [set[Any]() for _ in range(size)]
        case "any" | "all":
            return [kind == "all"] * size
        case "min" | "max":
            return [None] * size
    return [0] * size


def _rows(frame: t.Frame, cells: Cells) -> dict[str, Sequence[Any]]:
    """Of each row its subject `o`, its unit of time `u`, its number `h`, and whether it is of an earlier period `e`."""
    if frame.table == t.PARAMS:
        return {}
    if frame.table == t.SUBJECTS:
        subjects = range(len(cells.data.ids))
        if not frame.unit:
            return {"o": subjects}
        units = range(len(cells.units(frame.unit)))
        owners = [subject for subject in subjects for _ in units]
        return {"o": owners, "u": list(units) * len(subjects), "h": range(len(owners))}
    rows: dict[str, Sequence[Any]] = {"o": cells.table(frame.table).owners}
    if frame.unit:
        rows["u"] = cells.units_of_rows(frame)
    if frame.table == t.HISTORY:
        earlier = [False] * cells.size(frame)
        for group in cells.rows_by_owner(t.HISTORY):
            for row in group:
                earlier[row] = True
        rows["e"] = earlier
    return rows


# ---------------------------------------------------------------- some of the subjects


def _only(dataset: Dataset, members: list[int]) -> tuple[Dataset, dict[str, list[int]]]:
    """The data of some subjects, and of every table the rows that are theirs; results of others stay, as nobody's."""
    place = {member: number for number, member in enumerate(members)}
    kept: dict[str, list[int]] = {t.SUBJECTS: members}
    tables: dict[str, TableData] = {}
    for name, table in dataset.tables.items():
        if name != t.SUBJECTS:
            kept[name] = [row for row, owner in enumerate(table.owners) if owner in place or name == t.HISTORY]
        rows = kept[name]
        columns = {heading: [values[row] for row in rows] for heading, values in table.columns.items()}
        owners = [place.get(table.owners[row], -1) for row in rows] if name != t.SUBJECTS else []
        tables[name] = replace(table, columns=columns, owners=owners, rows=[])
    ids, names = [dataset.ids[member] for member in members], [dataset.names[member] for member in members]
    return replace(dataset, ids=ids, names=names, tables=tables), kept


def _spread(cells: Cells, key: t.Key, values: list[Value], kept: dict[str, list[int]]) -> list[Value]:
    """A column of some of the subjects as one of all: what is not theirs has no value."""
    frame = key.frame
    if frame.table == t.PARAMS:
        return values
    rows: Iterable[int] = kept.get(frame.table, [])
    if frame.table == t.SUBJECTS and frame.unit:
        number = len(cells.units(frame.unit))
        rows = [row * number + unit for row in rows for unit in range(number)]
    result: list[Value] = [None] * cells.size(frame)
    for row, value in zip(rows, values, strict=True):
        result[row] = value
    return result
