"""Which file is which table, and what stands at its head, for files too large to be read whole."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.bulk import READ
from kaoping.bulk.texts import plain_id
from kaoping.data.csv_file import decoded, delimiter_of, is_workbook, lines_of, quotes_error, rows_of
from kaoping.data.files import Found, assign, twice, unread_in, unreadable_names
from kaoping.data.grid import Grid, data_error
from kaoping.data.tables import ID, NAME, Sheet, match_columns, open_sheet
from kaoping.data.text import name_key, unguarded
from kaoping.dataset import InputTable
from kaoping.diagnostic import Finding
from kaoping.engines.sql.dialects import DUCKDB
from kaoping.plan.plan import Plan

HEAD_BYTES = 200_000
WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
"""Types of whole numbers that a column of Parquet has."""


class TableFile(Struct):
    """A file with a table: how DuckDB reads it (columns `h0`, `h1`, …), and which of its columns is the id, the name,
    and each column that the scheme asks for.

    `first_row` is the number of the first row below the headings, as people count. `gaps` are the rows left out because
    they are blank, each as the number of rows kept before it; None where nobody has asked yet. Of a `torn` file a cell
    of the head goes over several lines. `only` is the condition on the rows that are wanted.
    """

    table: InputTable
    path: Path
    source: str
    id: int | None
    name: int | None
    places: dict[str, int]
    headings: list[str]
    first_row: int
    types: list[str]
    placed: bool = False  # whether the rows have a column `place`, counted from 0
    holder: int | None = None  # of stored results, the column with the id of the subject they are records of
    delimiter: str = ""
    gaps: list[int] | None = None
    torn: bool = False
    only: str = ""
    unit: str = ""  # that the lines above the headings give for the whole table

    def rows(self, source: str = "") -> str:
        """The rows that are wanted, from the file or from a `source` that has the same."""
        source = source or self.source
        if self.only and self.is_text:
            source = f"(SELECT *, ROW_NUMBER() OVER () - 1 AS place FROM {source})"
        return f"(SELECT * FROM {source} WHERE {self.only})" if self.only else source

    @property
    def is_text(self) -> bool:
        """Whether every cell is text."""
        return self.path.suffix.lower() == ".csv"


def tables_of(plan: Plan) -> list[InputTable]:
    """The tables that a scheme reads from files, the subjects first and the params last."""
    tables = list(plan.inputs)
    if all(each.name != t.SUBJECTS for each in tables):
        tables.append(InputTable(t.SUBJECTS, "subjects", ()))
    return sorted(tables, key=lambda each: (each.name != t.SUBJECTS, each.name == t.PARAMS))


def files_in(path: Path, tables: Sequence[InputTable]) -> tuple[dict[str, Path], list[Finding]]:
    """The file of each table: in a folder by its name, a single file for the only table."""
    found = Found()
    if path.is_dir():
        files = [each for each in sorted(path.iterdir()) if each.is_file() and not each.name.startswith((".", "~$"))]
        inside = [each for each in files if each.suffix.lower() in READ]
    else:
        files = inside = [path]
    names: dict[str, Path] = {}
    for each in inside:
        names.setdefault(each.stem, each)
    found.findings += unreadable_names(path, inside)
    assigned = assign(found, tables, list(names), path.name, unread_in(each for each in files if each not in inside))
    both = [each for each in inside if each not in names.values() and each.stem in assigned.values()]
    found.findings += [twice(path, names[each.stem], each) for each in both]
    return {table: names[name] for table, name in assigned.items()}, found.findings


def opened(
    connection: Any, path: Path, table: InputTable, libraries: Sequence[str]
) -> tuple[TableFile | None, list[Finding]]:
    """The head of a file, its columns matched; None where it has no headings."""
    found, findings = head_of(connection, path, ID, NAME if table.name else frozenset())
    if found is None:
        return None, findings
    cells: list[Sequence[str]] = [_unnamed(connection, found, at) for at in range(len(found.headings))]
    grid = Grid(path.name, "", path.stem, [])
    sheet = Sheet(grid, found.first_row - 1, found.headings, [], cells, unit=found.unit)
    places, more = match_columns(sheet, table.columns, ID | NAME, libraries)
    return replace(found, table=table, id=sheet.find(ID), name=sheet.find(NAME), places=places), [*findings, *more]


def id_text(file: TableFile) -> str:
    """SQL for the text of an id."""
    kind = file.types[file.id or 0]
    text = f"h{file.id}" if kind == "VARCHAR" else f"CAST(h{file.id} AS VARCHAR)"
    if kind in ("DOUBLE", "FLOAT"):  # 3.0 is the id 3, as in a workbook
        return f"REGEXP_REPLACE({text}, '\\.0$', '')"
    return text


def of_subjects(file: TableFile, ids: Sequence[str]) -> TableFile:
    """The same table with the rows of some subjects alone, and rows whose id has to be read by us."""
    if file.types[file.id or 0] in WHOLE:
        listed = ", ".join(id_ for id_ in ids if _is_whole(id_))
        return replace(file, only=f"h{file.id} IN ({listed or 'NULL'})", placed=True)
    text, listed = id_text(file), ", ".join(map(DUCKDB.literal, ids))
    return replace(file, only=f"({text} IN ({listed}) OR ({text} <> '' AND NOT {plain_id(text)}))", placed=True)


def _is_whole(id_: str) -> bool:
    return id_.isascii() and id_.isdecimal() and len(id_) < 19


def _unnamed(connection: Any, file: TableFile, at: int) -> tuple[str, ...]:
    """A cell that shows that a column without a heading is not empty."""
    if name_key(file.headings[at]) or not file.is_text:
        return ()
    import duckdb

    try:
        rows = connection.execute(f"SELECT h{at} FROM {file.source} WHERE TRIM(h{at}) <> '' LIMIT 1").fetchall()
    except duckdb.InvalidInputException:  # rows of unequal length, of which `load` makes a file that can be read
        return _cells_by_hand(file, at)
    return tuple(row[0] for row in rows)


def _cells_by_hand(file: TableFile, at: int) -> tuple[str, ...]:
    with suppress(csv.Error, UnicodeDecodeError), file.path.open(encoding="utf-8-sig", newline="") as text:
        rows = islice(lines_of(text, file.delimiter), file.first_row - 1, None)
        return next(((row[at],) for row in rows if len(row) > at and row[at].strip()), ())
    return ()  # what is wrong is told where the file is read


def head_of(
    connection: Any, path: Path, keys: frozenset[str], instead: frozenset[str] = frozenset()
) -> tuple[TableFile | None, list[Finding]]:
    """The headings of a file and how its rows are read, its columns not matched yet."""
    return _csv(path, keys, instead) if path.suffix.lower() == ".csv" else _parquet(connection, path, keys, instead)


def _csv(path: Path, keys: frozenset[str], instead: frozenset[str]) -> tuple[TableFile | None, list[Finding]]:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if is_workbook(head):
        return None, [data_error("KP604", path.name, "workbook")]
    if len(head) == HEAD_BYTES:  # cut after a line, so that no character is torn
        head = head[: max(head.rfind(b"\n"), head.rfind(b"\r")) + 1] or head
    text, encoding = decoded(head)
    if text is None or not encoding.startswith("utf-8"):
        raise NotInBulk("encoding", path.name)
    if "\0" in text:
        return None, [data_error("KP604", path.name, "nul")]
    delimiter = delimiter_of(text)
    found_rows, wrong = rows_of(text, delimiter)
    rows = [[unguarded(cell) for cell in row] for row in found_rows]
    sheet, findings = open_sheet(Grid(path.name, "", path.stem, rows), keys, instead)
    if sheet is None:
        return None, findings if wrong is None else [quotes_error(path.name, len(rows) + 1, wrong)]
    width, first = len(sheet.headings), sheet.heading_row + 1
    source = csv_source(path, ["VARCHAR"] * width, delimiter, sheet.heading_row)
    found = _head(path, source, sheet.headings, first, ["VARCHAR"] * width)
    torn = any(end in cell for row in rows[: sheet.heading_row] for cell in row for end in "\r\n")
    return replace(found, delimiter=delimiter, torn=torn, unit=sheet.unit), findings


def one_file(path: Path) -> str:
    """A file for DuckDB, which would take `2009[1].csv` for a pattern that other files fit."""
    return DUCKDB.literal(re.sub(r"[*?\[]", r"[\g<0>]", str(path)))


def csv_source(path: Path, kinds: Sequence[str], delimiter: str, skip: int, options: str = "", quote: str = '"') -> str:
    """A CSV file as DuckDB reads it, each column as a type."""
    columns = ", ".join(f"'h{at}': '{kind}'" for at, kind in enumerate(kinds))
    return (
        f"read_csv({one_file(path)}, header = false, auto_detect = false, skip = {skip}, "
        f"delim = {DUCKDB.literal(delimiter)}, quote = '{quote}', escape = '{quote}', columns = {{{columns}}}{options})"
    )


def _parquet(
    connection: Any, path: Path, keys: frozenset[str], instead: frozenset[str]
) -> tuple[TableFile | None, list[Finding]]:
    import duckdb

    path.open("rb").close()  # whether it may be read at all is told by an OSError
    place = one_file(path)
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({place})").fetchall()
    except duckdb.Error as reason:
        if isinstance(reason, duckdb.OutOfMemoryException):
            raise
        return None, [damaged(path)]
    headings, types = [str(row[0]) for row in described], [str(row[1]) for row in described]
    sheet, findings = open_sheet(Grid(path.name, "", path.stem, [headings]), keys, instead)
    if sheet is None:
        return None, findings
    shown = ", ".join(f"{DUCKDB.quoted(name)} AS h{at}" for at, name in enumerate(headings))
    if any(name.lower() == "file_row_number" for name in headings):
        source = f"(SELECT {shown}, ROW_NUMBER() OVER () - 1 AS place FROM read_parquet({place}))"
    else:
        source = f"(SELECT {shown}, file_row_number AS place FROM read_parquet({place}, file_row_number = true))"
    return replace(_head(path, source, headings, 1, types), placed=True, gaps=[]), findings


def is_damage(reason: Exception) -> bool:
    """Whether DuckDB has stopped at something in a Parquet file that is not as it should be."""
    import duckdb

    return type(reason) is duckdb.Error or isinstance(reason, duckdb.InvalidInputException)


def damaged(path: Path) -> Finding:
    """The finding that a Parquet file cannot be read."""
    return data_error("KP604", path.name, "parquet")


def _head(path: Path, source: str, headings: list[str], first_row: int, types: list[str]) -> TableFile:
    return TableFile(InputTable("", "", ()), path, source, None, None, {}, headings, first_row, types)


class NotInBulk(Exception):  # noqa: N818 - a reason, not a mistake
    """Files that only the reader of small files can read, because of `encoding`, `form` or `names`."""

    def __init__(self, reason: str, place: str = "") -> None:
        """Keep the reason, and the place where it shows."""
        super().__init__(reason)
        self.reason, self.place = reason, place
