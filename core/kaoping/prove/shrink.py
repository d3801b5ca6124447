"""A subject that refutes a question, cut down to the cells that matter."""

from __future__ import annotations

from collections.abc import Sequence

from kaoping import typed as t
from kaoping.engines.cells import inputs
from kaoping.prove.question import Question
from kaoping.prove.subjects import Asker, Slot, Subject
from kaoping.types import Kind, Type, Value


def shrunk(asked: Question, subjects: Sequence[Subject]) -> list[Subject]:
    """The subjects with fewer rows, and every cell that does not matter as an example takes it where it is not given;
    the others of a population left out where the first alone shows the same.
    """
    asker = Asker(asked)
    kept = list(subjects)
    for width in (5, 3, 2, 1):  # of a share some cannot be left out one by one
        for number in range(len(kept) - width, -1, -1):
            fewer = [*kept[:number], *kept[number + width :]]
            if fewer and asker.confirmed(fewer) is not None:
                kept = fewer
    for number in range(len(kept)):
        for table in kept[number].rows:
            kept = _fewer_rows(asker, kept, number, table)
        for slot in list(kept[number].cells):
            value = usual(asked, slot.key)
            if slot.key.frame.table == t.PARAMS or kept[number].cells.get(slot) == value:
                continue
            if slot in kept[number].cells and asker.confirmed(tried := _with(kept, number, slot, value)) is not None:
                kept = tried
            elif asked.plan.columns[slot.key].type.kind is Kind.NUMBER:
                kept = _nearer(asker, kept, number, slot, value)
    return kept


def _with(kept: list[Subject], number: int, slot: Slot, value: Value) -> list[Subject]:
    changed = Subject({**kept[number].cells, slot: value}, kept[number].rows)
    return [*kept[:number], changed, *kept[number + 1 :]]


def _nearer(asker: Asker, kept: list[Subject], number: int, slot: Slot, plain: Value) -> list[Subject]:
    """The same with a number as near as can be to what it would be."""
    near, far = plain, kept[number].cells.get(slot)
    if not isinstance(near, int) or not isinstance(far, int):
        return kept
    start = far
    while abs(far - near) > 1:
        middle = (near + far) // 2
        if asker.refuting(_with(kept, number, slot, middle)) is None:
            near = middle
        else:
            far = middle
    tried = _with(kept, number, slot, far)
    return tried if far != start and asker.confirmed(tried) is not None else kept


def _fewer_rows(asker: Asker, kept: list[Subject], number: int, table: str) -> list[Subject]:
    at = 0
    while at < kept[number].rows.get(table, 0):
        tried = [*kept[:number], _without(kept[number], table, at), *kept[number + 1 :]]
        if asker.confirmed(tried) is not None:
            kept = tried
        else:
            at += 1
    return kept


def _without(subject: Subject, table: str, row: int) -> Subject:
    cells = {}
    for slot, value in subject.cells.items():
        if slot.key.frame.table != table or slot.row < row:
            cells[slot] = value
        elif slot.row > row:
            cells[Slot(slot.key, slot.row - 1)] = value
    return Subject(cells, {**subject.rows, table: subject.rows[table] - 1})


def usual(asked: Question, key: t.Key) -> Value:
    """What an example takes where a cell is not given (semantics.md 18); of choices, texts and dates the first."""
    declared = inputs(asked.plan).get((key.frame.table, key.name))
    type_ = asked.plan.columns[key].type
    if declared is not None and declared.default is not None:
        return declared.default
    if type_.optional and declared is not None and declared.required == "never":
        return None
    return _plain(type_, given=key.part == "given", evidence=asked.plan.columns[key].origin.role == "evidence")


def _plain(type_: Type, *, given: bool, evidence: bool) -> Value:
    match type_.kind:
        case Kind.NUMBER:
            return type_.high if given else min(max(0, type_.low), type_.high)
        case Kind.BOOL:
            return evidence
        case Kind.TEXT:
            return ""
    return type_.low
