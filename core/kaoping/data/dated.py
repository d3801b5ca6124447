"""Records dated outside the period: where no rule mentions their date they count, with a warning (semantics.md 7)."""

from __future__ import annotations

from kaoping.data.grid import data_warning
from kaoping.dataset import InputTable, TableData
from kaoping.diagnostic import Finding
from kaoping.period import Period

SHOWN = 5


def rows_outside(table: InputTable, data: TableData, period: Period) -> list[Finding]:
    """A warning that names the first rows of a table that are dated before or after the period."""
    if table.dated is None or not period.text:
        return []
    first, last = period.first.toordinal(), period.last.toordinal()
    days = data.columns.get(table.dated, [])
    rows = [row for row, day in enumerate(days) if day is not None and not first <= int(day) <= last]
    if not rows:
        return []
    shown = [row for row in rows[:SHOWN] if row < len(data.rows)]
    numbers = [f"{data.files[row]}:{data.rows[row]}" if data.files else str(data.rows[row]) for row in shown]
    return [outside(table, period, data.place(rows[0], table.dated), numbers, len(rows))]


def outside(table: InputTable, period: Period, place: str, numbers: list[str], count: int) -> Finding:
    """The warning: the place of the first such cell, the first rows, and how many there are."""
    more = max(count - SHOWN, 0)
    facts = {"table": table.label, "period": period.text, "count": count, "rows": ", ".join(numbers)}
    return data_warning("KP682", place, "more" if more else "", **facts, more=more)
