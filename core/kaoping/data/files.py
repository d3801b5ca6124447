"""Which file or sheet is which table: a folder of CSV files, one workbook, or one CSV file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from kaoping.data.csv_file import MAX_BYTES, read_csv
from kaoping.data.grid import Grid, data_error, data_warning
from kaoping.data.text import listed, name_key, nearest
from kaoping.dataset import InputTable
from kaoping.diagnostic import Finding
from kaoping.typed import HISTORY, PARAMS, SUBJECTS

CSV, WORKBOOK, PARQUET = (".csv",), (".xlsx", ".xlsm"), ".parquet"
DATABASE = (".sqlite", ".db")
UNREAD = (*WORKBOOK, ".xls", ".xlsb", ".et", ".ods", PARQUET)
"""What holds tables, too, and is not read beside CSV files."""
_PART = re.compile(
    r"[-_.·]*[(（]?(?:[0-9]{1,2}|(?:副本|copy|续|补充?|新增?)[0-9]*|[上下]半年|第?[一二三四1-4]季度|[0-9]{1,2}月份?)[)）]?"
)
"""What a name has behind that of a table where its rows are most likely meant for that table, too."""
_OWN_NAMES = {SUBJECTS: ("subjects",), PARAMS: ("params", "参数"), HISTORY: ("history", "历史")}


class Found(Struct):
    """What was found on disk: the grid of each table by its name, and what every file was; `elsewhere` are tables that
    come from ledgers.
    """

    elsewhere: Sequence[InputTable] = ()
    grids: dict[str, Grid] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)
    encodings: dict[str, str] = field(default_factory=dict)


def find_tables(
    tables: Sequence[InputTable], path: Path, given: Mapping[str, Path], elsewhere: Sequence[InputTable] = ()
) -> Found:
    """The grid of every table that has one: from `path`, except tables `given` a file of their own (by their name), and
    those that have their rows from `elsewhere`, for which there may be no file besides.
    """
    found = Found(elsewhere)
    sought = [table for table in tables if table.name not in given]
    if path.is_dir():
        _from_folder(found, sought, path)
    elif path.is_file():
        _from_file(found, sought, path)
    else:
        there = [each.name for each in path.parent.iterdir()] if path.parent.is_dir() and not path.exists() else []
        near = nearest(path.name, there)
        variant = "near" if near else "no_file" if path.exists() else ""
        found.findings.append(data_error("KP601", str(path), variant, path=path, near=near or ""))
    for name, file in given.items():
        _own_file(found, name, file)
    return found


def table_title(table: InputTable) -> str:
    """What messages call a table: the file or sheet an author would make for it."""
    return _OWN_NAMES[table.name][0] if table.name in (PARAMS, HISTORY) else table.label.removeprefix("link ")


# ---------------------------------------------------------------- from where


def _from_folder(found: Found, tables: Sequence[InputTable], folder: Path) -> None:
    files = [each for each in sorted(folder.iterdir()) if each.is_file() and not each.name.startswith((".", "~$"))]
    texts = [each for each in files if each.suffix.lower() in CSV]
    if not texts:
        inside = unread_in(files)
        variant = "unread_inside" if inside else "folder"
        if inside and all(each.lower().endswith(WORKBOOK) for each in inside):
            variant = "workbook_inside"
        found.findings.append(data_error("KP601", str(folder), variant, path=folder, near=listed(inside)))
        return
    found.findings += unreadable_names(folder, texts)
    names: dict[str, Path] = {}
    for each in texts:
        if each.stem in names:  # 单位.csv and 单位.CSV
            found.findings.append(twice(folder, names[each.stem], each))
        names[each.stem] = each
    also = [each for each in files if each.suffix.lower() == PARQUET and each.stem in names]
    assigned = assign(found, tables, list(names), folder.name, unread_in(each for each in files if each not in also))
    found.findings += [twice(folder, names[each.stem], each) for each in also if each.stem in assigned.values()]
    for table, name in assigned.items():
        if grid := _csv_grid(found, names[name]):
            found.grids[table] = grid


def unread_in(files: Iterable[Path]) -> list[str]:
    """The workbooks and other tables beside CSV files: none of them is read, and one may be what is missed."""
    return [each.name for each in files if each.suffix.lower() in UNREAD]


def unreadable_names(folder: Path, files: Iterable[Path]) -> list[Finding]:
    """Files whose names are not UTF-8, as those of a zip file from Windows are: which table they are nobody can say."""
    garbled = [each.name for each in files if any("\ud800" <= char <= "\udfff" for char in each.name)]
    shown = [name.encode("utf-8", "backslashreplace").decode() for name in garbled]
    return [data_error("KP613", folder.name, "garbled", names=listed(shown))] if shown else []


def twice(folder: Path, one: Path, other: Path) -> Finding:
    """Two files of one name in a folder, of which nobody can say which is the table."""
    return data_error("KP611", folder.name, table=one.stem, names=f"{one.name}, {other.name}")


def _from_file(found: Found, tables: Sequence[InputTable], file: Path) -> None:
    if file.suffix.lower() in CSV:
        named = assign(found, tables, [file.stem], file.name)
        if named and (grid := _csv_grid(found, file)):
            found.grids.update(dict.fromkeys(named, grid))
        return
    assigned: dict[str, str] = {}

    def choose(sheets: list[str]) -> Collection[str]:
        assigned.update(assign(found, tables, sheets, file.name))
        return set(assigned.values())

    by_name = {grid.name: grid for grid in _sheets(found, file, choose)}
    found.grids.update({table: by_name[name] for table, name in assigned.items() if name in by_name})


def _own_file(found: Found, table: str, file: Path) -> None:
    if not file.is_file():
        found.findings.append(data_error("KP601", str(file), path=file))
    elif file.suffix.lower() in (PARQUET, *DATABASE):
        found.findings.append(data_error("KP601", str(file), "results", path=file))
    elif file.suffix.lower() in WORKBOOK:
        from kaoping.data.stored import FIXED, begins

        def of_results(grid: Grid) -> bool:
            return begins(next((row for row in grid.rows if any(row)), [])[: len(FIXED)])

        grids = _sheets(found, file, lambda sheets: sheets)
        results = [grid for grid in grids if of_results(grid)]
        if len(results) > 1:
            names = listed([grid.sheet for grid in results], 10)
            found.findings.append(data_error("KP611", file.name, "results", names=names))
        if grids:
            found.grids[table] = next(iter(results), grids[0])
    elif grid := _csv_grid(found, file):
        found.grids[table] = grid


def _csv_grid(found: Found, file: Path) -> Grid | None:
    grid, encoding, findings = read_csv(_content(found, file), file.name, file.stem)
    found.findings += findings
    if encoding:
        found.encodings[file.name] = encoding
    return grid


def _sheets(found: Found, file: Path, choose: Callable[[list[str]], Collection[str]]) -> list[Grid]:
    from kaoping.data.workbook import read_workbook  # most data sets are CSV files

    grids, findings = read_workbook(_content(found, file), file.name, choose)
    found.findings += findings
    return grids


def _content(found: Found, file: Path) -> bytes:
    """The bytes of a file, read once, so that the hash is that of what is read; of one too large, enough to tell."""
    with file.open("rb") as opened:
        content = opened.read(MAX_BYTES + 1)
    found.hashes[file.name if file.name not in found.hashes else str(file)] = hashlib.sha256(content).hexdigest()
    return content


# ---------------------------------------------------------------- which is which


def assign(
    found: Found, tables: Sequence[InputTable], names: list[str], where: str, beside: Sequence[str] = ()
) -> dict[str, str]:
    """The name of the file or sheet of each table; what is missing, doubled or left over is reported, also what stands
    `beside` them and is no table of theirs.
    """
    own = {table.name: _accepted(table, tables) for table in tables}
    # results may be called by their scheme, where no table has that name itself
    keys = {table.name: own[table.name] | _by_scheme(table) - set().union(*own.values()) for table in tables}
    matches = {table.name: [name for name in names if name_key(name) in keys[table.name]] for table in tables}
    used = {name for each in matches.values() for name in each}
    if not used and len(names) == 1 and SUBJECTS in matches:
        # one table, whatever it is called, can only be that of the subjects
        matches[SUBJECTS] = names
        used = set(names)
    spare = [*(name for name in names if name not in used), *beside]
    spare = _unread(found, tables, {name: own[name] for name, mine in matches.items() if mine}, spare, where)
    for table in tables:
        match matches[table.name]:
            case []:
                _report_absent(found, table, spare, names, where, beside)
            case [_]:
                pass
            case several:
                found.findings.append(data_error("KP611", where, table=table_title(table), names=listed(several)))
    if spare:
        found.findings.append(data_warning("KP613", where, names=listed(spare, 10)))
    return {table: several[0] for table, several in matches.items() if several}


def _unread(
    found: Found, tables: Sequence[InputTable], read: Mapping[str, set[str]], spare: list[str], where: str
) -> list[str]:
    """Report what belongs to a table whose rows are read from somewhere else and would be lost: a second source beside
    a ledger, a copy or a part beside the table itself. What is left is of no table.
    """
    for table in found.elsewhere:
        own = _accepted(table, [*tables, *found.elsewhere])
        if names := [name for name in spare if name_key(name) in own]:
            found.findings.append(data_error("KP611", where, "ledger", table=table_title(table), names=listed(names)))
            spare = [name for name in spare if name not in names]
    for table in tables:
        parts = [
            name
            for name in spare
            for key in read.get(table.name, ())
            if name_key(name).startswith(key) and _PART.fullmatch(name_key(name).removeprefix(key))
        ]
        if parts:
            found.findings.append(data_error("KP613", where, "part", table=table_title(table), names=listed(parts)))
            spare = [name for name in spare if name not in parts]
    return spare


def _accepted(table: InputTable, tables: Sequence[InputTable]) -> set[str]:
    """The keys of the names a table goes by; a library's table also by its last part, where no other table ends so."""
    names = {*_OWN_NAMES.get(table.name, ()), table.label, table.name.removeprefix("link ")} - {""}
    short = table.label.rpartition(".")[2]
    if sum(short in (each.label, each.label.rpartition(".")[2]) for each in tables) == 1:
        names.add(short)
    return {name_key(name) for name in names}


def _by_scheme(table: InputTable) -> set[str]:
    return {name_key(table.scheme)} if table.scheme and table.name != HISTORY else set()


def _report_absent(
    found: Found, table: InputTable, spare: list[str], names: list[str], where: str, beside: Sequence[str]
) -> None:
    """A table without a file: an error for the subjects or beside a file of a similar name; else a warning: no rows.

    No rows is what most offices mean by not sending a list of reprimands, but they have to see it said.
    """
    title = table_title(table)
    near = nearest(title, spare)
    facts = {"table": title, "near": near or "", "names": listed(names, 10)}
    if near:
        spare.remove(near)
    if near in beside:
        variant = "parquet" if near and near.lower().endswith(PARQUET) else "workbook"
        found.findings.append(data_error("KP612", where, variant, **facts))
    elif table.name == SUBJECTS:
        variant = "near" if near else "unnamed" if title == "subjects" else ""
        found.findings.append(data_error("KP610", where, variant, **facts))
    elif table.name == PARAMS:
        if near or any(column.required == "always" and column.default is None for column in table.columns):
            found.findings.append(data_error("KP610", where, "params", **facts))
    elif near:
        found.findings.append(data_error("KP612", where, "near", **facts))
    elif table.name == HISTORY or table.scheme:
        found.findings.append(data_warning("KP666", where, "history" if table.name == HISTORY else "", **facts))
    else:
        found.findings.append(data_warning("KP612", where, **facts))
