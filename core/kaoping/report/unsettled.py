"""Cases that are not settled yet, as a section of a report, for plugins."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from kaoping.dataset import Dataset, TableData
from kaoping.messages import words
from kaoping.plan.plan import Plan
from kaoping.report.indicators import indicator_text
from kaoping.results import ResultColumn, Results, Section

SHOWN = 50


class Cases(Struct, frozen=True):
    """Some records, the days that say a case is settled, the fields to show of one that is not, and the titles of the
    section by language.
    """

    records: str
    done: tuple[str, ...]
    fields: tuple[str, ...]
    titles: Mapping[str, str]


def unsettled(plan: Plan, results: Results, dataset: Dataset, cases: Cases, language: str) -> list[Section]:
    """The cases without any of the days that would settle them: whose, what they are, where they stand in the data.

    Nothing where the scheme reads none of these days, or every case is settled.
    """
    read = {column.name: column for table in plan.inputs if table.name == cases.records for column in table.columns}
    done = [name for name in cases.done if name in read]
    rows = dataset.tables.get(cases.records)
    waiting = _waiting(results, dataset, rows, done) if rows and done else []
    if rows is None or not waiting:
        return []
    said = words(language)
    shown = [ResultColumn(name, read[name].type, "input") for name in cases.fields if name in read]
    cells = [
        (
            name,
            *(indicator_text(each, rows.columns[each.name][row], said) for each in shown),
            rows.place(row, "").strip(),
        )
        for name, row in waiting[:SHOWN]
    ]
    headings = (said("report.name"), *(each.name for each in shown), said("report.row"))
    note = said("report.first_of", shown=SHOWN, count=len(waiting)) if len(waiting) > SHOWN else ""
    return [Section(cases.titles[language], headings, tuple(cells), note)]


def _waiting(results: Results, dataset: Dataset, rows: TableData, done: list[str]) -> list[tuple[str, int]]:
    """The rows without any of some days, each with whose it is, in the order of the results."""
    columns = [rows.columns[name] for name in done]
    of: dict[str, list[int]] = {}
    for row, owner in enumerate(rows.owners):
        if all(column[row] is None for column in columns):
            of.setdefault(dataset.ids[owner], []).append(row)
    return [(name, row) for id_, name in zip(results.ids, results.names, strict=True) for row in of.get(id_, ())]
