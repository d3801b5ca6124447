"""Corrections: what an appeal proved is a new fact. The run it concerns stays as it was; a new one takes its place."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from kaoping.data.cells import Problem, cell_reader
from kaoping.data.grid import data_error
from kaoping.data.text import quoted
from kaoping.dataset import Dataset, InputColumn
from kaoping.engines.run import evaluate
from kaoping.plan.plan import Plan
from kaoping.registry.entries import canonical
from kaoping.registry.errors import Refused, RegistryError
from kaoping.registry.keys import Signer
from kaoping.registry.people import add, allowed, known
from kaoping.registry.runs import (
    Difference,
    Run,
    differences,
    record,
    rules_of,
    run_dataset,
    run_of,
    run_script,
    run_snapshot,
    stored_rows,
    subject_called,
)
from kaoping.registry.store import Store
from kaoping.registry.versions import register
from kaoping.results import Results
from kaoping.typed import SUBJECTS
from kaoping.types import Value, people_text


class Cell(Struct, frozen=True):
    """A cell that changes: the values as integers of their type, and as text."""

    column: str
    before: str
    after: str
    value: Value


class Corrected(Struct, frozen=True):
    """The run that takes the place of another, its checkpoint, and everything that moved."""

    run: Run
    checkpoint: str
    subject: str
    cells: list[Cell]
    results: Results
    moved: list[Difference]


def correct(
    store: Store,
    signer: Signer,
    run: Run,
    subject: str,
    cells: dict[str, str],
    evidence: bytes,
    reason: str,
    engine: str,
    given: Dataset | None = None,
) -> Corrected:
    """Correct cells of one subject and evaluate again. `RegistryError`, `Refused`, or `DataErrors` where not.

    `given` are the data of the run, where they were not kept.

    The evidence is kept as a hash, with a copy; what was changed of whom is kept beside the entry, which tells only
    its hash: an entry is never taken back, and may have to be shown to others.
    """
    with store.writing():
        allowed(known(store), signer, "correct")
        found = register(store, run.body["scheme"])
        if later := replaced_by(store, run):
            raise RegistryError("replaced", number=run.sequence, by=later)
        script = run_script(store, run)
        if script.plan is None:
            raise Refused(script.findings)
        snapshot, dataset = run_snapshot(store, run), data_of(store, run, script.plan, given)
        subject = subject_called(subject, dataset.ids, dataset.names)
        changed = read_cells(script.plan, dataset, subject, cells)
        new = changed_dataset(dataset, subject, changed, by=store.size() + 1)
        results = evaluate(script.plan, new, engine)
        details = {
            "cells": [{"after": each.after, "before": each.before, "column": each.column} for each in changed],
            "reason": reason,
            "salt": store.nonce(store.secret(), "correction", str(run.sequence), subject).hex(),
            "subject": subject,
        }
        body = {
            "scheme": run.body["scheme"],
            "run": run.sequence,
            "details": store.keep("correction", canonical(details)),
            "evidence": store.keep("evidence", evidence),
        }
        correction = add(store, "correct", body, signer)
        rules = rules_of(found, run, script.plan)
        made, checkpoint = record(
            store, signer, rules, new, results, snapshot.day, engine,
            keep=snapshot.kept, trial=run.body["trial"], replaces=run, correction=correction,
        )  # fmt: skip
        moved = differences(stored_rows(store, run.sequence), run, results)
    return Corrected(made, checkpoint, subject, changed, results, moved)


def replaced_by(store: Store, run: Run) -> int:
    """The run that took the place of a run; 0 where none did."""
    later = [
        each.sequence for each in store.entries({"run"}, run.body["scheme"]) if each.body["replaces"] == run.sequence
    ]
    return later[0] if later else 0


def overlooked(store: Store, run: Run, plan: Plan, dataset: Dataset) -> list[int]:
    """The runs of the same period that correct others and stand, where the data of a new run do not have what was
    corrected.
    """
    if run.body["trial"] or run.body["replaces"] is not None:
        return []
    others = [each for each in store.entries({"run"}, run.body["scheme"]) if each.sequence < run.sequence]
    same = [each for each in others if each.body["period"] == run.body["period"] and not each.body["trial"]]
    replaced = {each.body["replaces"] for each in same}
    standing = [each for each in same if each.body["replaces"] is not None and each.sequence not in replaced]
    return [each.sequence for each in standing if _lacks(store, run_of(store, each.sequence), plan, dataset)]


def _lacks(store: Store, run: Run, plan: Plan, dataset: Dataset) -> bool:
    """Whether data have another value where the corrections that led to a run have put one, the last one of each."""
    seen: set[tuple[str, str]] = set()
    while run.body["replaces"] is not None:
        told = _details(store, run)
        cells = {
            each["column"]: each["after"] for each in told["cells"] if (told["subject"], each["column"]) not in seen
        }
        seen |= {(told["subject"], column) for column in cells}
        if told["subject"] in dataset.ids:
            with suppress(RegistryError, Refused):  # nothing would change; or there is no such column any more
                read_cells(plan, dataset, told["subject"], cells)
                return True
        run = run_of(store, run.body["replaces"])
    return False


def latest(store: Store, run: Run) -> Run:
    """The run that took the place of a run in the end: itself where none did."""
    while later := replaced_by(store, run):
        run = run_of(store, later)
    return run


def data_of(store: Store, run: Run, plan: Plan, given: Dataset | None) -> Dataset:
    """The data of a run: as they were kept, or the files `given`, with every correction made that led to the run.
    `RegistryError` where they are others.
    """
    if given is not None:
        given = _corrected(store, run, plan, given)
    return run_dataset(store, run, plan, given)


def _corrected(store: Store, run: Run, plan: Plan, given: Dataset) -> Dataset:
    if run.body["replaces"] is None:
        return given
    before = _corrected(store, run_of(store, run.body["replaces"]), plan, given)
    told = _details(store, run)
    cells = read_cells(plan, before, told["subject"], {each["column"]: each["after"] for each in told["cells"]})
    return changed_dataset(before, told["subject"], cells, by=run.body["correction"])


def _details(store: Store, run: Run) -> dict[str, Any]:
    """What was corrected of whom on the way to a run. Raises `RegistryError` where that is not kept."""
    entry = store.entry(run.body["correction"])
    details = store.content(entry.body["details"]) if entry is not None else None
    if details is None:
        raise RegistryError("content_missing", what=f"#{run.body['correction']}", hash="")
    return dict(msgspec.json.decode(details))


def read_cells(plan: Plan, dataset: Dataset, subject: str, cells: dict[str, str]) -> list[Cell]:
    """What is to be written into which cells of a subject; `RegistryError` for what cannot be."""
    row = dataset.ids.index(subject)
    table = next(each for each in plan.inputs if each.name == SUBJECTS)
    columns = {each.name: each for each in table.columns}
    found = []
    for name, text in cells.items():
        column = columns.get(name)
        if column is None:
            raise RegistryError("no_cell", name=name, names=", ".join(columns))
        value = read_cell(column, text)
        before = people_text(dataset.tables[SUBJECTS].columns[name][row], column.type)
        found.append(Cell(name, before, people_text(value, column.type), value))
    if all(each.before == each.after for each in found):
        raise RegistryError("nothing_changed", name=subject)
    return found


def read_cell(column: InputColumn, text: str) -> Value:
    """The value of a cell as the reader of data files reads it; `RegistryError` where it is none."""
    read = cell_reader(column.type)(text)
    if isinstance(read, Problem):
        facts = {"column": column.name, "value": quoted(text), "cells": quoted(text), "count": 1, **read.facts}
        raise Refused([data_error(read.code, column.name, read.variant, **facts)])
    if read is None:
        if column.required == "always" and column.default is None:
            raise RegistryError("empty_cell", name=column.name)
        return column.default
    value: Value = read
    return value


def changed_dataset(dataset: Dataset, subject: str, cells: list[Cell], by: int) -> Dataset:
    """The data with some cells of a subject changed by the entry of a number."""
    row = dataset.ids.index(subject)
    table = dataset.tables[SUBJECTS]
    columns, corrections = dict(table.columns), dict(table.corrections)
    for each in cells:
        corrections[each.column] = {**corrections.get(each.column, {}), row: by}
        columns[each.column] = list(columns[each.column])
        columns[each.column][row] = each.value
    table = replace(table, columns=columns, corrections=corrections)
    return replace(dataset, tables={**dataset.tables, SUBJECTS: table})
