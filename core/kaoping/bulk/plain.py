"""CSV files in which every cell is plain: told by one look at each line, then read by DuckDB as numbers and dates.

A line is compared as a whole with what the columns take; where all are alike, no cell has to be looked at again. One
line that is not, and the file is read cell by cell (`load`), so that what is found wrong never depends on this.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from kaoping.bulk.files import TableFile, csv_source
from kaoping.bulk.rewritten import ends_alike
from kaoping.bulk.texts import WORDS, attempts, percent_sign, plain_value, scaled, tried_as
from kaoping.data.tables import must_be_there
from kaoping.dataset import InputColumn
from kaoping.engines.sql.dialects import DUCKDB, EPOCH
from kaoping.types import Kind, Type

LONGEST = 200
"""Bytes of an id, a name or a text that is plain."""
_WIDEST = 500
"""Columns of a file whose lines are compared as a whole."""
_HAN = r"\x{4e00}-\x{9fff}"
_DATE = "[12][0-9]{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"


class Plain(Struct, frozen=True):
    """A column of plain cells: what a cell looks like, as which type DuckDB reads it, and its value."""

    pattern: str
    kind: str
    value: str


def read_plain(
    connection: Any, file: TableFile, name: str, columns: Sequence[tuple[InputColumn, int]], *, named: bool
) -> bool:
    """Make the table of a CSV file whose cells are all plain; False, and no table, where they are not."""
    import duckdb

    width = len(file.headings)
    if not file.is_text or file.torn or file.only or not 1 < width <= _WIDEST or not ends_alike(file.path):
        return False
    found = {at: plain for column, at in columns if (plain := _column(column, at, file.delimiter)) is not None}
    if len(found) < len(columns):
        return False
    patterns = {at: each.pattern for at, each in found.items()}
    patterns[file.id or 0] = _id()
    if named and file.name is not None:
        patterns[file.name] = f"(?:{_text(file.delimiter, '')})?"
    anything = rf'[^{re.escape(file.delimiter)}"\x00]*'
    line = re.escape(file.delimiter).join(patterns.get(at, anything) for at in range(width))
    lines = csv_source(file.path, ["VARCHAR"], "\x01", file.first_row - 1, quote="")
    kinds = [found[at].kind if at in found else "VARCHAR" for at in range(width)]
    typed = csv_source(file.path, kinds, file.delimiter, file.first_row - 1)
    shown = [f"h{file.id} AS id", *(f"{each.value} AS c{at}" for at, each in found.items())]
    if named:
        shown.append(f"NULLIF(h{file.name}, '') AS name")
    try:
        test = f"NOT regexp_full_match(h0, {DUCKDB.literal(line)})"
        if connection.execute(f"SELECT 1 FROM {lines} WHERE {test} LIMIT 1").fetchall():
            return False
        connection.execute(f"CREATE TABLE {name} AS SELECT {', '.join(shown)} FROM {typed}")
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        return False
    if _in_range(connection, name, columns, named=named):
        return True
    connection.execute(f"DROP TABLE {name}")
    return False


def _in_range(connection: Any, name: str, columns: Sequence[tuple[InputColumn, int]], *, named: bool) -> bool:
    """Whether every row has an id, every number and date lies in its range, and no text is too long."""
    long = ["id", *(["name"] if named else [])]
    long += [f"c{at}" for column, at in columns if column.type.kind is Kind.TEXT]
    ranged = [(column.type, f"c{at}") for column, at in columns if column.type.kind in (Kind.NUMBER, Kind.DATE)]
    tests = [f"COUNT(id) = COUNT(*) AND COALESCE(MAX(STRLEN({each})) <= {LONGEST}, TRUE)" for each in long]
    tests += [f"COALESCE(MIN({each}) >= {type_.low} AND MAX({each}) <= {type_.high}, TRUE)" for type_, each in ranged]
    return bool(connection.execute(f"SELECT {' AND '.join(tests)} FROM {name}").fetchone()[0])


# ---------------------------------------------------------------- what is plain


def _column(column: InputColumn, at: int, delimiter: str) -> Plain | None:
    plain = _cell(column.type, f"h{at}", delimiter)
    if plain is None or must_be_there(column):
        return plain
    return Plain(f"(?:{plain.pattern})?", plain.kind, plain.value)


def _cell(type_: Type, cell: str, delimiter: str) -> Plain | None:
    match type_.kind:
        case Kind.NUMBER:
            return _number(type_, cell)
        case Kind.DATE:
            number = f"CAST(DATE_DIFF('day', DATE '1970-01-01', {cell}) + {EPOCH} AS INTEGER)"
            return Plain(_DATE, "DATE", number)
        case Kind.CHOICE:
            return Plain(_one_of(type_.labels, delimiter), "VARCHAR", plain_value(type_, cell, []))
        case Kind.BOOL:
            return Plain(_one_of(WORDS, delimiter), "VARCHAR", plain_value(type_, cell, []))
        case _:
            return Plain(_text(delimiter, " "), "VARCHAR", f"NULLIF({cell}, '')")


def _number(type_: Type, cell: str) -> Plain | None:
    """A number of so many digits that none of them can be lost; a percentage with its sign or without."""
    tried = attempts(type_, cell)
    if not tried:
        return None
    places, kind = type_.places, tried_as(type_, type_.places)
    digits = 9 if kind in ("INTEGER", f"DECIMAL(9,{places})") else 18
    whole = f"{'-?' if type_.low < 0 else ''}[0-9]{{1,{digits - places}}}"
    if len(tried) == 1:
        return Plain(whole + _decimals(places), kind, scaled(type_, cell, places))
    pattern = f"{whole}(?:{_decimals(places)}|{_decimals(places - 2)}%)"
    number, percent = scaled(type_, tried[0], places), scaled(type_, tried[1], places - 2)
    return Plain(pattern, "VARCHAR", f"CASE WHEN {percent_sign(cell)} THEN {percent} ELSE {number} END")


def _decimals(places: int) -> str:
    return rf"(?:\.[0-9]{{1,{places}}})?" if places else ""


def _one_of(labels: Sequence[str], delimiter: str) -> str:
    """One of some texts, as far as they can stand in a line as they are."""
    bare = [re.escape(each) for each in labels if not set(each) & {delimiter, '"', "\r", "\n"}]
    return f"(?:{'|'.join(bare)})"


def _id() -> str:
    return rf"[{_HAN}A-Za-z0-9_.\-]+"


def _text(delimiter: str, space: str) -> str:
    """A text, with spaces inside or without."""
    signs = r"_,，、；;：:()（）\-".replace(delimiter, "") + space
    return rf"[{_HAN}A-Za-z0-9](?:[{_HAN}A-Za-z0-9.{signs}]*[{_HAN}A-Za-z0-9.）)])?"
