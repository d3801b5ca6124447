"""What a library declares and the scheme never looks at: nobody has to bring data for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from msgspec.structs import replace

from kaoping import typed as t
from kaoping.check.declare import Declarations
from kaoping.columns import Column
from kaoping.dataset import InputColumn, InputTable


def without_unread(
    inputs: Iterable[InputTable], read: Collection[Column], declarations: Declarations, dates: Mapping[str, str]
) -> tuple[InputTable, ...]:
    """The tables of data without those of libraries that no column in `read` goes through; the columns of libraries
    that none of them reads may be absent, the days of records apart.
    """
    keys = {column.key for column in read} | {t.Key(t.Frame(table), day) for table, day in dates.items()}
    tables = {table for column in read for table in _tables(column)}

    def as_read(table: InputTable, column: InputColumn) -> InputColumn:
        own = not from_library(declarations, column.name if table.name in (t.SUBJECTS, t.PARAMS) else table.name)
        return column if own or t.Key(t.Frame(table.name), column.name) in keys else replace(column, required="never")

    return tuple(
        replace(table, columns=tuple(as_read(table, column) for column in table.columns))
        for table in inputs
        if table.name in tables or not from_library(declarations, table.name)
    )


def from_library(declarations: Declarations, name: str) -> bool:
    """Whether a library declares a name of the scheme."""
    symbol = declarations.names.get(name)
    return symbol is not None and symbol.placed.context.library != ""


def _tables(column: Column) -> Iterator[str]:
    """The records that a column belongs to or goes through."""
    yield column.key.frame.table
    for each in column.views:
        match each:
            case t.Fold(frame=frame):
                yield frame.table
            case t.Group(parts=parts):
                yield from (part.frame.table for part in parts if part.frame is not None)
