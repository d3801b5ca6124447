"""The bulk engine: a plan as one query that DuckDB runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kaoping import typed as t
from kaoping.dataset import Dataset
from kaoping.diagnostic import Finding
from kaoping.engines.sql.build import script
from kaoping.engines.sql.dialects import DUCKDB
from kaoping.engines.sql.loaded import Called, Columns, columns_of, queries, tables, uneven_shares, unhidden
from kaoping.engines.sql.program import Script
from kaoping.engines.sql.relations import Outputs, statement
from kaoping.plan.plan import Plan
from kaoping.types import Kind, Type, Value


def evaluated(plan: Plan, dataset: Dataset, keys: Sequence[t.Key]) -> tuple[Columns, list[Finding]]:
    """The columns asked for, and the data errors that show only in evaluating."""
    import duckdb

    made_tables, sources = tables(plan, dataset, DUCKDB)
    made = script(plan, keys, DUCKDB, sources)
    with duckdb.connect() as connection:

        def ask(last: str, shown: Outputs, tail: str = "") -> list[tuple[Value, ...]]:
            return list(connection.execute(statement(made.book.relations, last, shown, DUCKDB, tail)).fetchall())

        for table in made_tables:
            shown = ", ".join(
                f"UNNEST(?::{DUCKDB.type_of(kind)}[]) AS {name}" for name, (kind, _) in table.columns.items()
            )
            values = [list(column) for _, column in table.columns.values()]
            connection.execute(f"CREATE TABLE {table.name} AS SELECT {shown}", values)
        with unhidden(register(connection, made)):
            found = [(frame, alike, ask(last, shown)) for frame, alike, last, shown in queries(made, keys)]
        return columns_of(plan, dataset, keys, found), uneven_shares(made, dataset, ask)


def register(connection: Any, made: Script) -> list[Called]:
    """Make the functions of plugins known, all whole numbers as wide as they may be."""
    called = []

    def type_of(type_: Type) -> str:
        return DUCKDB.type_of(type_) if type_.kind in (Kind.BOOL, Kind.TEXT) else DUCKDB.integer(64)

    for name, (sql_name, node) in made.functions.items():
        body = Called(made.program.plan.functions[name])
        called.append(body)
        arguments = [type_of(each.type) for each in node.arguments]
        connection.create_function(sql_name, body.__call__, arguments, type_of(node.type), null_handling="special")
    return called
