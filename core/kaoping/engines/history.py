"""Earlier periods: which of a subject's stored results come next, going back in time."""

from __future__ import annotations

import datetime

from msgspec import Struct

from kaoping.engines.cells import Cells
from kaoping.period import Period, period_before
from kaoping.typed import HISTORY

Days = tuple[datetime.date, datetime.date]


class Past(Struct, frozen=True):
    """The stored results of earlier periods of the same length.

    `run` are the periods directly before one another, newest first, up to the first without any result; `stopped`
    is that one's first and last day where older results lie beyond it. `newest` gives every subject's newest row,
    `rows` the row of a subject in a period.
    """

    run: tuple[Days, ...]
    stopped: Days | None
    newest: dict[int, int]
    rows: dict[tuple[int, Days], int]


def past(cells: Cells) -> Past:
    """What the stored results say about the periods before this one."""
    length = cells.plan.period.length
    first = cells.plan.period.first
    owners = cells.table(HISTORY).owners
    told = (Period.written(text) for text in cells.data.earlier_periods)
    held = {(one.first, one.last) for one in told if one and one.last < first and one.length == length}
    rows: dict[tuple[int, Days], int] = {}
    newest: dict[int, tuple[datetime.date, int]] = {}
    for row, period in enumerate(cells.periods()):
        if period is None or period.last >= first or period.length != length:
            continue
        days, owner = (period.first, period.last), owners[row]
        held.add(days)
        rows.setdefault((owner, days), row)
        if owner not in newest or newest[owner][0] < period.last:
            newest[owner] = (period.last, row)
    run = []
    before = period_before(cells.plan.period)
    while before in held:
        run.append(before)
        before = period_before(Period("", *before))
    stopped = before if any(days[1] < before[0] for days in held) else None
    return Past(tuple(run), stopped, {owner: row for owner, (_, row) in newest.items()}, rows)


def earlier_rows(past: Past, owner: int) -> list[int]:
    """The subject's stored results, newest first, up to the first period without any; those without it are skipped."""
    return [past.rows[owner, days] for days in past.run if (owner, days) in past.rows]
