"""Exports of the sectors' own systems: sheets that the plugins of a scheme know how to read."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from kaoping.data.cells import read_id
from kaoping.data.csv_file import MAX_BYTES, read_csv
from kaoping.data.grid import Grid, data_error, data_warning, letter
from kaoping.data.tables import ID, NAME, Sheet
from kaoping.data.text import listed, name_key, nearest, quoted
from kaoping.dataset import InputTable, Ledger, TableData
from kaoping.diagnostic import Finding, Severity
from kaoping.plugins import read_ledger
from kaoping.typed import HISTORY, PARAMS, SUBJECTS

SHOWN = 10
_LOST = {("KP697", ""), ("KP694", "hidden")}
"""What is said of a ledger that is not read."""


class Ledgers(Struct):
    """The tables that ledgers bring, each as the grids that follow one another in it, and what was found on the way."""

    grids: dict[str, list[Grid]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)


def read_ledgers(files: Sequence[Path], tables: Sequence[InputTable], plugins: Sequence[str]) -> Ledgers:
    """Every sheet of some files, read by the plugins that a scheme uses.

    A file of which no sheet is known is an error; so is a ledger that comes twice. A column that a plugin leaves out as
    personal is a warning, and so is a file that the scheme has no use for; what a plugin finds wrong stands beside
    them, with the place of the sheet. Raises `kaoping.plugins.PluginError`.
    """
    read = Ledgers()
    names = Counter(file.name for file in files)
    for file in files:
        name = file.name if names[file.name] == 1 else str(file)
        grids, findings, read.hashes[name] = sheets(file, name)
        read.findings += findings
        if grids:
            _read_sheets(read, name, grids, tables, plugins)
    for table, grids in read.grids.items():
        read.findings += _repeated(table, grids)
    # nobody would have any of these records, though somebody has sent some
    unread = {each.label.rpartition(".")[2] for each in tables if each.name not in read.grids}
    read.findings = [
        replace(each, severity=Severity.ERROR)
        if (each.code, each.variant) in _LOST and each.facts.get("records") in unread
        else each
        for each in read.findings
    ]
    return read


def sheets(file: Path, name: str) -> tuple[list[Grid], list[Finding], str]:
    """The sheets of a CSV file or workbook, what is wrong with it, and its SHA-256. Raises OSError."""
    with file.open("rb") as opened:
        content = opened.read(MAX_BYTES + 1)
    digest = hashlib.sha256(content).hexdigest()
    if file.suffix.lower() == ".csv":
        grid, _, findings = read_csv(content, name, file.stem)
        return [grid] if grid else [], findings, digest
    from kaoping.data.workbook import read_workbook

    grids, findings = read_workbook(content, name, lambda names: names)
    return grids, findings, digest


def _read_sheets(
    read: Ledgers, name: str, grids: Sequence[Grid], tables: Sequence[InputTable], plugins: Sequence[str]
) -> None:
    """What the plugins make of the sheets of a file; one that nobody knows is named, so that nothing is lost unseen."""
    seen = [grid for grid in grids if not grid.hidden] or grids
    answers = [(grid, read_ledger(plugins, grid.name, grid.rows)) for grid in seen]
    for grid in grids:
        for _, each in () if grid in seen else read_ledger(plugins, grid.name, grid.rows):
            if isinstance(each, Ledger):
                read.findings.append(data_warning("KP694", grid.place, "hidden", records=each.table))
    told = [(grid, plugin, each) for grid, answer in answers for plugin, each in answer]
    known = [each for _, _, each in told if isinstance(each, Ledger) or each.severity is Severity.ERROR]
    taken = [_take(read, tables, *each) for each in told]
    if not known:
        read.findings.append(data_error("KP694", name, "" if plugins else "none", names=listed(list(plugins))))
        return
    if not any(taken):
        unused = [f"{plugin}.{each.table}" for _, plugin, each in told if isinstance(each, Ledger)]
        read.findings.append(data_warning("KP613", name, names=listed(unused, SHOWN)))
    for grid, answer in answers:
        if not answer and sum(any(cell.strip() for cell in row) for row in grid.rows) > 1:
            read.findings.append(data_warning("KP694", grid.place, "sheet", names=listed(list(plugins))))


def _take(read: Ledgers, tables: Sequence[InputTable], grid: Grid, plugin: str, answer: Finding | Ledger) -> bool:
    """Take in what a plugin says of a sheet; whether the scheme has anything of it."""
    if isinstance(answer, Finding):
        read.findings.append(replace(answer, place=answer.place or grid.place))
        return True
    if answer.dropped:
        read.findings.append(data_warning("KP693", grid.place, names=listed(list(answer.dropped), SHOWN)))
    table = _table(tables, plugin, answer.table)
    if table is None:
        return False
    numbers = {number for number, _ in answer.rows}
    read.findings += _merged(grid, numbers)
    if unseen := sorted(grid.hidden_rows & numbers):
        read.findings.append(data_warning("KP618", grid.place, "hidden", cells=listed(list(map(str, unseen)), SHOWN)))
    rows = [list(answer.headings), *(list(cells) for _, cells in answer.rows)]
    # a row may have become several, and no column stands where the ledger has it: cells go by row and heading
    places = [0, *(number for number, _ in answer.rows)]
    read.grids.setdefault(table, []).append(Grid(grid.place, "", table, rows, numbers=places))
    return True


def _merged(grid: Grid, numbers: set[int]) -> list[Finding]:
    """A warning of cells merged from one record to the next: only the first of them has what they say."""
    over_rows = [
        area for area in grid.merged if area[0] < area[2] and not numbers.isdisjoint(range(area[0], area[2] + 1))
    ]
    cells = [f"{letter(left)}{top}:{letter(right)}{bottom}" for top, left, bottom, right in over_rows]
    return [data_warning("KP618", grid.place, "ledger", cells=listed(cells))] if cells else []


def _table(tables: Sequence[InputTable], plugin: str, name: str) -> str | None:
    """The records of the scheme that a ledger of a plugin fills, None where the scheme does not read them."""
    records = [each.name for each in tables if each.scheme is None and each.name not in (SUBJECTS, PARAMS, HISTORY)]
    return next((each for each in records if each in (f"{plugin}.{name}", name)), None)


# ---------------------------------------------------------------- several ledgers of one table


def _repeated(table: str, grids: Sequence[Grid]) -> Iterator[Finding]:
    """Rows that stand in two ledgers: exports that overlap, or one that was given twice."""
    if len(grids) < 2:
        return
    filled = [(grid, [_filled(grid, cells) for cells in grid.rows[1:]]) for grid in grids]
    for (grid, rows), (other, others) in combinations(filled, 2):
        if rows and rows == others:
            yield data_error("KP695", other.place, "same", table=table, other=grid.place, count=len(rows))
            continue
        known = dict(zip(reversed(rows), reversed(grid.numbers[1:]), strict=True))  # the first of equal rows
        both = [(number, known[each]) for each, number in zip(others, other.numbers[1:], strict=True) if each in known]
        if both:
            pairs = listed([f"{second} = {first}" for second, first in both])
            yield data_warning("KP695", other.place, table=table, other=grid.place, rows=pairs, count=len(both))


def _filled(grid: Grid, cells: Sequence[str]) -> frozenset[tuple[str, str]]:
    return frozenset((heading, name_key(cell)) for heading, cell in zip(grid.rows[0], cells, strict=True) if cell)


def joined(parts: Sequence[TableData]) -> TableData:
    """The rows of several ledgers, one after the other; each keeps its file."""
    first, *others = parts
    if not others:
        return first
    return TableData(
        {name: [value for part in parts for value in part.columns[name]] for name in first.columns},
        owners=[owner for part in parts for owner in part.owners],
        rows=[row for part in parts for row in part.rows],
        headings={name: heading for part in reversed(parts) for name, heading in part.headings.items()},
        files=[part.file for part in parts for _ in part.rows],
    )


# ---------------------------------------------------------------- units that are not appraised


def of_the_appraised(sheet: Sheet, ids: Sequence[str], names: Sequence[str]) -> tuple[Sheet, list[Finding]]:
    """A ledger without the rows of units that the scheme does not appraise: it usually covers more of them.

    How many rows of which units were left out is said, and apart from them those whose name looks like one that is
    appraised. An id that only lacks its zeros stays, and is an error as in other tables.
    """
    by_id = sheet.find(ID)
    at = by_id if by_id is not None else sheet.find(NAME)
    if at is None or not any(ids):
        return sheet, []
    known = {name_key(each) for each in (names if by_id is None else (*ids, *(each.lstrip("0") for each in ids)))}
    outside = {text for text in set(sheet.columns[at]) if not _known(text, known, by_id=by_id is not None)}
    if not outside:
        return sheet, []
    kept = [row for row, text in enumerate(sheet.columns[at]) if text not in outside]
    return sheet.cut(kept), list(_left_out(sheet, at, outside, names if by_id is None else (), none=not kept))


def _known(text: str, known: set[str], *, by_id: bool) -> bool:
    """Whether a unit is appraised; a cell that names none is somebody else's to report."""
    if not by_id:
        return not name_key(text) or name_key(text) in known
    id_ = read_id(text)
    return not isinstance(id_, str) or name_key(id_) in known or name_key(id_).lstrip("0") in known


def _left_out(sheet: Sheet, at: int, outside: set[str], names: Sequence[str], *, none: bool) -> Iterator[Finding]:
    place, column = sheet.grid.place, sheet.headings[at]
    rows = Counter(text for text in sheet.columns[at] if text in outside)
    near = {text: found for text in rows if (found := nearest(text, names))}
    shown = [f"{quoted(text)} → {quoted(name)} ({rows[text]})" for text, name in near.items()]
    if shown:
        count = sum(rows[text] for text in near)
        yield data_warning("KP696", place, "near", column=column, names=listed(shown, SHOWN), count=count)
    others = [f"{quoted(text)} ({number})" for text, number in rows.items() if text not in near]
    if others:
        count = sum(number for text, number in rows.items() if text not in near)
        yield data_warning("KP696", place, column=column, names=listed(others, SHOWN), count=count)
    if none:
        yield data_warning("KP696", place, "none", column=column, table=sheet.grid.name)
