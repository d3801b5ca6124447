"""z3 asked for a subject that refutes a question, and its answer read back as one."""

from __future__ import annotations

from typing import Any

import z3
from msgspec import Struct

from kaoping import typed as t
from kaoping.prove.encode import Encoder
from kaoping.prove.question import Question
from kaoping.prove.subjects import Slot, Subject
from kaoping.types import Kind, Type, Value


class Solved(Struct, frozen=True):
    """`none` there is no such subject, `some` there may be this one, `late` z3 found nothing in time."""

    answer: str
    left_out: dict[str, str]
    subject: Subject | None = None


def solve(asked: Question, seconds: float, rows: int | None = None) -> Solved:
    """Ask z3, for so many seconds; `rows` as for `Encoder`."""
    encoder = Encoder(asked, rows)
    solver = z3.Solver()
    solver.set("timeout", max(1, int(seconds * 1000)))
    solver.set("random_seed", 1)
    solver.add(*(each for each in encoder.refuted() if each is not True))
    found = solver.check()
    if found == z3.unsat:
        return Solved("none", encoder.left_out)
    if found == z3.unknown:
        return Solved("late", encoder.left_out)
    return Solved("some", encoder.left_out, _subject(asked, encoder, solver.model()))


def _subject(asked: Question, encoder: Encoder, model: Any) -> Subject:
    """The subject of a model; of cells that the formulas did not read, any value."""
    rows = {table: _number(model, count) for table, count in encoder.counts.items()}
    cells: dict[Slot, Value] = {}
    texts = {code: text for text, code in encoder.texts.items()}
    for key in asked.data:
        own = key.frame.table in (t.SUBJECTS, t.PARAMS)
        for row in range(1 if own else rows.get(key.frame.table, 0)):
            type_ = asked.plan.columns[key].type
            cell = encoder.loaded.get((key, row))
            if cell is None:
                value: Value = None if type_.optional else _any(type_)
            elif cell.there is not True and not z3.is_true(model.eval(cell.there, model_completion=True)):
                value = None
            elif type_.kind is Kind.BOOL:
                value = z3.is_true(model.eval(cell.value, model_completion=True))
            else:
                number = _number(model, cell.value)
                value = texts.get(number, f"文{number}") if type_.kind is Kind.TEXT else number
            cells[Slot(key, row)] = value
    return Subject(cells, rows)


def _any(type_: Type) -> Value:
    return False if type_.kind is Kind.BOOL else "" if type_.kind is Kind.TEXT else type_.low


def _number(model: Any, value: Any) -> int:
    return int(model.eval(value, model_completion=True).as_long())
