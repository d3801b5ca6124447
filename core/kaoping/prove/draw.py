"""Subjects drawn by chance from the values that matter, and any others."""

from __future__ import annotations

from random import Random

from kaoping import typed as t
from kaoping.plan.boundaries import Boundaries
from kaoping.prove.question import Question
from kaoping.prove.subjects import Slot, Subject
from kaoping.types import Kind, Value

MANY_ROWS = (3, 5)
"""Besides the numbers of rows that matter to a rule: enough for most caps."""
MOST_ROWS = 12


def slots(asked: Question, rows: dict[str, int]) -> list[Slot]:
    """The cells of a subject with so many rows."""
    found = []
    for key in asked.data:
        one = key.frame.table in (t.SUBJECTS, t.PARAMS)
        found += [Slot(key, row) for row in range(1 if one else rows.get(key.frame.table, 0))]
    return found


def drawn(asked: Question, known: Boundaries, draw: Random) -> Subject:
    """A subject; often its rows are alike, its numbers near one end, most of its conditions hold or most do not."""
    rows = {table: _count(known.rows.get(table, (0, 1)), table, draw) for table in asked.rows}
    edges, yes = draw.choice((1.0, 0.8, 0.4)), draw.choice((0.15, 0.5, 0.85))
    missing, end = draw.choice((0.0, 0.05, 0.3)), draw.choice((None, None, 0, -1))
    alike = draw.choice((0.0, 0.7, 0.95))

    def one(key: t.Key) -> Value:
        type_, values = asked.plan.columns[key].type, known.cells[key]
        present = values[:-1] if values[-1] is None else values
        if (values[-1] is None and draw.random() < missing) or not present:
            return None
        match type_.kind:
            case Kind.BOOL:
                return draw.random() < yes
            case Kind.NUMBER | Kind.DATE if end is not None and draw.random() < 0.8:
                return present[end]
            case Kind.NUMBER | Kind.DATE if draw.random() >= edges:
                return draw.randint(type_.low, type_.high)
        return draw.choice(present)

    shared = {key: one(key) for key in asked.data}
    cells = {}
    for slot in slots(asked, rows):
        own = slot.row == 0 or draw.random() >= alike
        cells[slot] = one(slot.key) if own and slot.row else shared[slot.key]
    return Subject(cells, rows)


def _count(counts: tuple[int, ...], table: str, draw: Random) -> int:
    one = table.startswith("link ")
    return (
        draw.choice([count for count in counts if count <= MOST_ROWS] + ([] if one else [*MANY_ROWS])) if counts else 0
    )
