"""Exports of the sectors' own systems: sheets that the plugins of a scheme know how to read."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from kaoping.data.csv_file import MAX_BYTES, read_csv
from kaoping.data.grid import Grid, data_error, data_warning
from kaoping.data.text import listed
from kaoping.dataset import InputTable, Ledger
from kaoping.diagnostic import Finding
from kaoping.plugins import read_ledger


class Ledgers(Struct):
    """The tables that ledgers bring, as grids under the names of the tables, and what was found on the way."""

    grids: dict[str, Grid] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)


def read_ledgers(files: Sequence[Path], tables: Sequence[InputTable], plugins: Sequence[str]) -> Ledgers:
    """Every sheet of some files, read by the plugins that a scheme uses.

    A file of which no sheet is known is an error, a column that a plugin leaves out as personal a warning, a table
    that comes from two places an error; what a plugin finds wrong stands beside them, with the place of the sheet.
    Raises `kaoping.plugins.PluginError`.
    """
    read = Ledgers()
    for file in files:
        known = False
        for grid in _sheets(read, file):
            for plugin, each in read_ledger(plugins, grid.name, grid.rows):
                known = True
                if isinstance(each, Finding):
                    read.findings.append(replace(each, place=each.place or grid.place))
                else:
                    _take(read, grid, each, _table(tables, plugin, each.table))
        if not known:
            read.findings.append(data_error("KP694", file.name, names=listed(list(plugins))))
    return read


def _sheets(read: Ledgers, file: Path) -> list[Grid]:
    with file.open("rb") as opened:
        content = opened.read(MAX_BYTES + 1)
    read.hashes[file.name] = hashlib.sha256(content).hexdigest()
    if file.suffix.lower() == ".csv":
        grid, _, findings = read_csv(content, file.name, file.stem)
        grids = [grid] if grid else []
    else:
        from kaoping.data.workbook import read_workbook

        grids, findings = read_workbook(content, file.name, lambda sheets: sheets)
    read.findings += findings
    return grids


def _table(tables: Sequence[InputTable], plugin: str, name: str) -> str | None:
    """The table of the scheme that a ledger of a plugin fills, None where the scheme does not read it."""
    return next((each.name for each in tables if each.name in (f"{plugin}.{name}", name)), None)


def _take(read: Ledgers, grid: Grid, ledger: Ledger, table: str | None) -> None:
    if ledger.dropped:
        read.findings.append(data_warning("KP693", grid.place, names=listed(list(ledger.dropped), 10)))
    if table is None:
        return
    if table in read.grids:
        files = f"{read.grids[table].file}, {grid.place}"
        read.findings.append(data_error("KP611", grid.place, table=table, names=files))
        return
    rows = [list(ledger.headings), *(list(cells) for _, cells in ledger.rows)]
    # a row may have become several, and no column stands where the ledger has it: cells go by row and heading
    read.grids[table] = Grid(grid.place, "", table, rows, numbers=[0, *(number for number, _ in ledger.rows)])
