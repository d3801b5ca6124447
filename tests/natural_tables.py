"""The sample data of a scheme as tables in a database's own types, and what a query gives, as text."""

from __future__ import annotations

import csv
import datetime
import sqlite3
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from kaoping import typed as t
from kaoping.dataset import Dataset
from kaoping.engines.sql.coding import natural_type
from kaoping.engines.sql.dialects import Dialect
from kaoping.engines.sql.natural import Asked, asked_tables
from kaoping.plan.plan import Plan
from kaoping.types import Kind, Type, Value, plain_text

Row = Sequence[object]


def rows_of(asked: Asked, dataset: Dataset, folder: Path) -> list[list[str | None]]:
    """The rows of a table, every cell as plain text: of stored results those of the file, whatever their period."""
    if asked.table.scheme is not None:
        file = folder / f"{asked.name}.csv"
        if not file.exists():
            return []
        with file.open(encoding="utf-8-sig") as opened:
            return [[row.get(name) or None for name, _, _ in asked.columns] for row in csv.DictReader(opened)]
    if asked.table.name == t.PARAMS:
        return [[_plain(dataset.params.get(name), type_) for name, type_, _ in asked.columns]]
    data = dataset.tables.get(asked.table.name)
    owners = range(len(dataset.ids)) if asked.table.name == t.SUBJECTS else data.owners if data else []
    columns: list[Sequence[str | None]] = []
    for name, type_, column in asked.columns:
        if column is None:
            columns.append([(dataset.ids if name == "id" else dataset.names)[owner] for owner in owners])
        else:
            held = data.columns.get(name) if data else None
            columns.append([_plain(value, type_) for value in held] if held else [None] * len(owners))
    return [list(row) for row in zip(*columns, strict=True)]


def _plain(value: Value, type_: Type) -> str | None:
    return None if value is None else plain_text(value, type_)


def table_statements(plan: Plan, dataset: Dataset, folder: Path, dialect: Dialect) -> Iterator[str]:
    """SQL that makes the tables."""
    for asked in asked_tables(plan):
        types = [(name, type_) for name, type_, _ in asked.columns]
        declared = ", ".join(f"{dialect.quoted(name)} {natural_type(type_, dialect)}" for name, type_ in types)
        yield f"CREATE TABLE {dialect.quoted(asked.name)} ({declared})"
        rows = rows_of(asked, dataset, folder)
        for start in range(0, len(rows), 100):
            shown = [
                f"({', '.join(literal(cell, type_, dialect) for cell, (_, type_) in zip(row, types, strict=True))})"
                for row in rows[start : start + 100]
            ]
            yield f"INSERT INTO {dialect.quoted(asked.name)} VALUES {', '.join(shown)}"


def literal(cell: str | None, type_: Type, dialect: Dialect) -> str:
    if type_.kind is Kind.BOOL and cell is not None:
        return "TRUE" if cell == "yes" else "FALSE"
    if cell is not None and type_.kind is Kind.NUMBER and dialect.name == "spark":
        return f"CAST('{cell}' AS {natural_type(type_, dialect)})"
    if cell is not None and type_.kind is Kind.DATE and dialect.name == "spark":
        return f"DATE '{cell}'"
    return dialect.literal(cell)


def plain_rows(plan: Plan, rows: Sequence[Row]) -> list[list[str]]:
    """The rows of a result as the CSV of `run` has them."""
    types: list[Type | None] = [None] * 4 + [column.type for column, _ in plan.results] + [None]
    return [[shown(cell, type_) for cell, type_ in zip(row, types, strict=True)] for row in rows]


def shown(cell: object, type_: Type | None) -> str:
    if cell is None or cell == "":
        return ""
    if type_ is not None and type_.kind is Kind.BOOL:
        return "yes" if cell in (True, 1, "t", "true") else "no"
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return str(cell)


def sqlite_statements(text: str) -> Iterator[str]:
    """A script cut into its statements."""
    kept = ""
    for line in text.splitlines(keepends=True):
        kept += line
        if sqlite3.complete_statement(kept):
            yield kept
            kept = ""
