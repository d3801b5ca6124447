"""Tables in bulk: files bound to DuckDB, every cell read and checked as the reader of small files would."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from kaoping.bulk.files import WHOLE, NotInBulk, TableFile, id_text
from kaoping.bulk.plain import read_plain
from kaoping.bulk.rewritten import gaps_of, is_odd, rewritten
from kaoping.bulk.texts import attempts, blank_text, doubtful_name, plain_id, plain_name, plain_value
from kaoping.bulk.wrong import MOST_WRONG, with_rest, wrong
from kaoping.data.cells import Problem, Reader, cell_reader, read_id
from kaoping.data.tables import must_be_there
from kaoping.data.text import unguarded
from kaoping.data.wrong import Wrong
from kaoping.dataset import InputColumn
from kaoping.engines.sql.coding import multiplied
from kaoping.engines.sql.dialects import DUCKDB, EPOCH, bits_of
from kaoping.engines.sql.program import Source
from kaoping.typed import SUBJECTS
from kaoping.types import Kind, Type, Value


class Loaded(Struct):
    """A table ready to be queried: `blanks` are the columns that have empty cells, `rows` is how many there are,
    `place` the number of a row in its file from 0, `written_id` the id as it stands there, `odd` the text of each
    column where it had to be read by us. A view is read from its file whenever it is asked. `periods` are those of
    stored results that count.
    """

    file: TableFile
    name: str
    columns: dict[str, str]
    has_names: bool = False
    blanks: set[str] = field(default_factory=set)
    rows: int = 0
    place: str = "rowid"
    written_id: str = "id"
    odd: dict[str, str] = field(default_factory=dict)
    is_view: bool = False
    periods: list[str] = []

    @property
    def source(self) -> Source:
        """The table as the program of a plan reads it."""
        return Source(self.name, "id", self.columns)

    @property
    def absent(self) -> set[str]:
        """The columns that the file does not have: empty in every row."""
        return {column.name for column in self.file.table.columns} - self.columns.keys()

    def row(self, rowid: int) -> int:
        """The row of the file, counted as people do."""
        if self.file.gaps is None:
            self.file.gaps = gaps_of(self.file)
        return self.file.first_row + rowid + bisect_right(self.file.gaps, rowid)


After = Callable[[Loaded], list[Wrong]]


def nobody(_: Loaded) -> list[Wrong]:
    """Nothing is wrong with anybody's id."""
    return []


class Cell(Struct, frozen=True):
    """A column as SQL: the text of a cell, its value where it is plain, and what is `tried` of a text on the way to it,
    each as a column that the value names.

    `trusted` is the value where every cell is known to be one, `ranged` a number or a date of its own type, whose range
    is checked for the whole column.
    """

    column: InputColumn
    at: int
    text: str
    tried: list[str]
    value: str
    trusted: str
    ranged: bool


def load(
    connection: Any,
    file: TableFile,
    name: str,
    id_kind: str,
    *,
    named: bool = False,
    after_ids: After = nobody,
    cut: After | None = None,
) -> tuple[Loaded, list[Wrong]]:
    """Bind a file as a table of coded values: `id`, `name` where there is one and it is asked for, and `c0`, `c1`, … ;
    what is wrong in it.

    `after_ids` says what is wrong with the ids together. `cut` takes away rows of stored results, which have `scheme`
    and `period` too, before anything is read in them.
    """
    cells = [_cell(file, column, at) for column, at in _columns(file)]
    loaded = Loaded(file, name, {column.name: f"c{at}" for column, at in _columns(file)})
    loaded.has_names = named and file.name is not None
    if cut is None and not file.is_text and id_kind != "VARCHAR" and _is_clean(connection, loaded, cells):
        shown = ", ".join(
            [f"CAST(h{file.id} AS {id_kind}) AS id", *(f"{each.trusted} AS c{each.at}" for each in cells)]
        )
        if loaded.has_names:
            shown += f", CAST(h{file.name} AS VARCHAR) AS name"
        loaded.place, loaded.is_view = "place", True
        connection.execute(f"CREATE VIEW {name} AS SELECT {shown}, place FROM {file.rows()}")
        return loaded, after_ids(loaded)
    if cut is None and read_plain(connection, file, name, _columns(file), named=loaded.has_names):
        wrongs = after_ids(loaded)
        _count(connection, loaded, cells)
        return loaded, wrongs
    return loaded, _stored(connection, loaded, cells, id_kind, after_ids, cut)


def _columns(file: TableFile) -> list[tuple[InputColumn, int]]:
    return [(column, file.places[column.name]) for column in file.table.columns if column.name in file.places]


def _id(file: TableFile, kind: str) -> tuple[str, str]:
    """The text of an id, and the id where that is plain."""
    text = id_text(file)
    if kind != "VARCHAR":
        return text, f"CAST(h{file.id} AS {kind})"
    plain = "TRUE" if file.types[file.id or 0] in WHOLE else plain_id(text)
    return text, f"CASE WHEN {plain} THEN {text} END"


def _cell(file: TableFile, column: InputColumn, at: int) -> Cell:
    kind, type_ = file.types[at], column.type
    text = f"h{at}" if kind == "VARCHAR" else f"CAST(h{at} AS VARCHAR)"
    trusted = _typed(kind, type_, f"h{at}")
    if trusted is not None:
        value = trusted if type_.kind is Kind.BOOL else _within(kind, type_, f"h{at}", trusted)
        return Cell(column, at, text, [], value, trusted, ranged=type_.kind is not Kind.BOOL)
    tried = attempts(type_, text)
    value = plain_value(type_, text, [f"t{at}_{number}" for number in range(len(tried))])
    trusted = plain_value(type_, text, tried, few=not file.is_text)
    return Cell(column, at, text, tried, value, trusted, ranged=False)


def _typed(kind: str, type_: Type, cell: str) -> str | None:
    """The value of a column that has a type of its own, where it is one that holds it exactly, whatever its range."""
    if type_.kind is Kind.BOOL and kind == "BOOLEAN":
        return cell
    if type_.kind is Kind.DATE and kind == "DATE":
        return f"CAST(DATE_DIFF('day', DATE '1970-01-01', {cell}) + {EPOCH} AS INTEGER)"
    if type_.kind is not Kind.NUMBER or type_.places < 0:
        return None
    digits, decimals = _digits(kind) if _is_decimal(kind) else (0, 0)
    if not (digits or kind in WHOLE) or decimals > type_.places:
        return None
    held = DUCKDB.integer(max(32, bits_of(type_.low, type_.high)))
    if not type_.places or kind in WHOLE:
        return f"CAST({cell} AS {held})" + (f" * {10**type_.places}" if type_.places else "")
    return f"CAST({multiplied(cell, digits, decimals, type_.places)} AS {held})"


def _is_decimal(kind: str) -> bool:
    return kind.startswith("DECIMAL(") and kind.endswith(")")  # and no list of them


def _digits(decimal: str) -> tuple[int, int]:
    """The digits and decimals of a type such as `DECIMAL(9,2)`."""
    digits, _, decimals = decimal.removeprefix("DECIMAL(").removesuffix(")").partition(",")
    return int(digits), int(decimals)


def _within(kind: str, type_: Type, cell: str, trusted: str) -> str:
    """The value of a cell of its own type where it lies in the range; whatever else it is breaks off nothing."""
    unit = 10 ** max(type_.places, 0)
    value = trusted
    if kind in WHOLE:
        value = f"CAST({cell} AS HUGEINT) * {unit}"
    inside = f"{value} BETWEEN {type_.low} AND {type_.high}"
    if _is_decimal(kind):  # a product may have more digits than there are
        low, high = type_.low // unit, -(-type_.high // unit)
        value = f"CAST({multiplied(cell, *_digits(kind), max(type_.places, 0))} AS HUGEINT)"
        inside = f"{cell} BETWEEN {low} AND {high} AND {value} BETWEEN {type_.low} AND {type_.high}"
    return f"CASE WHEN {inside} THEN {trusted} END"


def _is_clean(connection: Any, loaded: Loaded, cells: Sequence[Cell]) -> bool:
    """Whether a table of typed columns needs no second look: every cell plain or blank, every row with an id."""
    file = loaded.file
    if any(file.types[each.at] == "VARCHAR" and each.column.type.kind is Kind.TEXT for each in cells):
        return False
    # the file knows these of itself, as long as nothing but bare columns is asked
    there = ", ".join(["COUNT(*)", f"COUNT(h{file.id})", *(f"COUNT(h{each.at})" for each in cells)])
    loaded.rows, with_id, *counts = connection.execute(f"SELECT {there} FROM {file.rows()}").fetchone()
    loaded.blanks = {each.column.name for each, count in zip(cells, counts, strict=True) if count < loaded.rows}
    if with_id < loaded.rows or any(must_be_there(each.column) and each.column.name in loaded.blanks for each in cells):
        return False
    if loaded.has_names:
        doubtful = doubtful_name(f"CAST(h{file.name} AS VARCHAR)")
        if connection.execute(f"SELECT h{file.name} FROM {file.rows()} WHERE {doubtful} LIMIT 1").fetchall():
            return False
    ranged = [each for each in cells if each.ranged]
    if ranged:
        ends = ", ".join(f"MIN(h{each.at}), MAX(h{each.at})" for each in ranged)
        found = iter(connection.execute(f"SELECT {ends} FROM {file.rows()}").fetchone())
        if not all(_inside(each.column.type, next(found), next(found)) for each in ranged):
            return False
    others = [each for each in cells if not each.ranged and file.types[each.at] != "BOOLEAN"]
    others += [each for each in cells if file.types[each.at] == "BOOLEAN" and each.column.type.kind is not Kind.BOOL]
    return not any(_any_odd(connection, file, each) for each in others)


def _any_odd(connection: Any, file: TableFile, cell: Cell) -> bool:
    """Whether a column has a cell that is not plain; labels are compared, which needs no look at every row."""
    test = f"h{cell.at} IS NOT NULL AND {cell.trusted} IS NULL"
    if cell.column.type.kind is Kind.CHOICE:
        test = f"{cell.text} NOT IN ({', '.join(map(DUCKDB.literal, cell.column.type.labels))})"
    return bool(connection.execute(f"SELECT h{cell.at} FROM {file.rows()} WHERE {test} LIMIT 1").fetchall())


def _inside(type_: Type, low: Any, high: Any) -> bool:
    """Whether a column that goes from `low` to `high` lies in the range of a type."""
    if low is None:
        return True
    if isinstance(low, str) or isinstance(high, str):  # a day of a year that Python does not know
        return False
    if type_.kind is Kind.DATE:
        return bool(type_.low <= low.toordinal() and high.toordinal() <= type_.high)
    scale = 10**type_.places
    return bool(type_.low <= Fraction(low) * scale and Fraction(high) * scale <= type_.high)


def _count(connection: Any, loaded: Loaded, cells: Sequence[Cell]) -> None:
    counted = ", ".join(["COUNT(*)", *(f"COUNT(c{each.at})" for each in cells)])
    loaded.rows, *filled = connection.execute(f"SELECT {counted} FROM {loaded.name}").fetchone()
    loaded.blanks = {each.column.name for each, number in zip(cells, filled, strict=True) if number < loaded.rows}


# ---------------------------------------------------------------- cell by cell


def _stored(
    connection: Any, loaded: Loaded, cells: Sequence[Cell], id_kind: str, after_ids: After, cut: After | None
) -> list[Wrong]:
    """A table of its own, its odd cells read; what cannot be read."""
    file, name = loaded.file, loaded.name
    texts, values = {}, {}
    texts["id"], values["id"] = _id(file, id_kind)
    for each in cells:
        texts[f"c{each.at}"], values[f"c{each.at}"] = each.text, each.value
    if loaded.has_names:
        texts["name"] = f"CAST(h{file.name} AS VARCHAR)"
        values["name"] = f"CASE WHEN {plain_name(texts['name'])} THEN {texts['name']} END"
    loaded.odd = {column: f"odd[{number}]" for number, column in enumerate(texts, 1)}
    # texts that are neither plain nor blank, in a list: rows without any, which are the most, have no list
    is_odd = [f"{column} IS NULL AND {text} <> ''" for column, text in texts.items()]
    listed = ", ".join(f"CASE WHEN {test} THEN {text} END" for test, text in zip(is_odd, texts.values(), strict=True))
    shown = [*values, f"CASE WHEN ({') OR ('.join(is_odd)}) THEN [{listed}] END AS odd"]
    if file.placed:
        shown.append("place")
        loaded.place = "place"
    # whether a row counts as blank is asked only where it has no plain id
    row = "CONCAT(" + ", ".join(f"CAST(h{at} AS VARCHAR)" for at in range(len(file.headings))) + ")"
    shown.append(f"CASE WHEN id IS NULL THEN {blank_text(row)} END AS blank")
    if cut is not None:
        holder = f"h{file.holder}" if file.holder is not None else "NULL"
        shown += [
            "CAST(h0 AS VARCHAR) AS scheme",
            "CAST(h1 AS VARCHAR) AS period",
            f"CAST({holder} AS VARCHAR) AS holder",
        ]
    # one query over the other, so that what a later one names more than once is computed once
    valued = ", ".join(f"{value} AS {column}" for column, value in values.items())
    tried = "".join(f", {each} AS t{cell.at}_{at}" for cell in cells for at, each in enumerate(cell.tried))
    query = f"SELECT {', '.join(shown)} FROM (SELECT *, {valued} FROM (SELECT *{tried} FROM "
    wrongs = _create(connection, file, f"CREATE TABLE {name} AS {query}", "))")
    wrongs += cut(loaded) if cut is not None else []
    rows, with_id, odd_rows = connection.execute(f"SELECT COUNT(*), COUNT(id), COUNT(odd) FROM {name}").fetchone()
    odd_in = _odd_columns(connection, loaded) if odd_rows else set()
    loaded.written_id = f"COALESCE({loaded.odd['id']}, CAST(id AS VARCHAR))"
    if with_id < rows:
        connection.execute(f"DELETE FROM {name} WHERE blank")
        no_id = Problem("KP630")
        found = _read_odd(connection, loaded, "id", file.id or 0, read_id, no_id) if "id" in odd_in else []
        wrongs += _by_row(found, _empty(connection, loaded, "id", file.id or 0, no_id))
    wrongs += after_ids(loaded)
    if "name" in odd_in:
        found = _read_odd(connection, loaded, "name", file.name or 0, _read_name)
        wrongs += found if file.table.name == SUBJECTS else []  # of records the name is only compared
    problems = {each.at: list[Wrong]() for each in cells}
    for each in cells:
        if f"c{each.at}" in odd_in:
            read, missing = cell_reader(each.column.type), Problem("KP640") if must_be_there(each.column) else None
            problems[each.at] = _read_odd(connection, loaded, f"c{each.at}", each.at, read, missing)
    _count(connection, loaded, cells)
    for each in cells:
        if each.column.name in loaded.blanks and must_be_there(each.column):
            empty = _empty(connection, loaded, f"c{each.at}", each.at, Problem("KP640"))
            problems[each.at] = _by_row(problems[each.at], empty)
    return wrongs + [each for found in problems.values() for each in found]


def _odd_columns(connection: Any, loaded: Loaded) -> set[str]:
    counted = ", ".join(f"COUNT({odd})" for odd in loaded.odd.values())
    numbers = connection.execute(f"SELECT {counted} FROM {loaded.name} WHERE odd IS NOT NULL").fetchone()
    return {column for column, number in zip(loaded.odd, numbers, strict=True) if number}


def _by_row(*parts: list[Wrong]) -> list[Wrong]:
    return sorted((each for part in parts for each in part), key=lambda each: each.row)


def _read_name(text: str) -> str | Problem | None:
    name = cell_reader(Type(Kind.TEXT))(text)
    return name if name is None or isinstance(name, Problem) else " ".join(str(name).split())


def _create(connection: Any, file: TableFile, query: str, end: str) -> list[Wrong]:
    """Read a file inside a query, one that DuckDB reads otherwise than we do in a second, slower way; its rows that are
    too long.
    """
    import duckdb

    if not (file.is_text and (file.torn or is_odd(file.path))):
        try:
            connection.execute(query + file.rows() + end)
        except duckdb.InvalidInputException:
            if not file.is_text:
                raise
        else:
            return []
    folder = connection.execute("SELECT current_setting('temp_directory')").fetchone()[0]
    with rewritten(file, folder if folder and Path(folder).is_dir() else None) as (source, wrongs):
        try:
            connection.execute(query + file.rows(source) + end)
        except duckdb.InvalidInputException as reason:
            raise NotInBulk("form", file.path.name) from reason
        return wrongs


def _read_odd(
    connection: Any, loaded: Loaded, column: str, at: int, read: Reader, missing: Problem | None = None
) -> list[Wrong]:
    """Read every different text that is not plain, put the values in, and tell of those that have none, of blank ones
    that something is `missing`.
    """
    odd = loaded.odd[column]
    texts = [
        row[0]
        for row in connection.execute(f"SELECT DISTINCT {odd} FROM {loaded.name} WHERE {odd} IS NOT NULL").fetchall()
    ]
    values: list[tuple[str, Value]] = []
    problems: dict[str, Problem] = {}
    for text in texts:
        value = read(unguarded(text) if loaded.file.is_text else text)
        value = missing if value is None else value
        if isinstance(value, Problem):
            problems[text] = value
        elif value is not None:
            values.append((text, value))
    if values:
        connection.execute(
            "CREATE TEMP TABLE readings AS SELECT UNNEST(?) AS text, UNNEST(?) AS value",
            [list(each) for each in zip(*values, strict=True)],
        )
        connection.execute(
            f"UPDATE {loaded.name} SET {column} = readings.value FROM readings WHERE {odd} = readings.text"
        )
        connection.execute("DROP TABLE readings")
    if not problems:
        return []
    found = connection.execute(
        f"SELECT COUNT(*) OVER (), {loaded.place}, id, {odd} FROM {loaded.name} WHERE {odd} IN (SELECT UNNEST(?)) "
        f"ORDER BY 2 LIMIT {MOST_WRONG}",
        [list(problems)],
    ).fetchall()
    told = [
        wrong(loaded, row, at, text, problems[text], None if column == "id" else id_) for _, row, id_, text in found
    ]
    return with_rest(told, found)


def _empty(connection: Any, loaded: Loaded, column: str, at: int, problem: Problem) -> list[Wrong]:
    found = connection.execute(
        f"SELECT COUNT(*) OVER (), {loaded.place}, id FROM {loaded.name} "
        f"WHERE {column} IS NULL AND {loaded.odd[column]} IS NULL ORDER BY 2 LIMIT {MOST_WRONG}"
    ).fetchall()
    told = [wrong(loaded, row, at, "", problem, None if id_ is None else str(id_)) for _, row, id_ in found]
    return with_rest(told, found)
