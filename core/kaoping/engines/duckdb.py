"""A plan as one query that DuckDB runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

from kaoping import typed as t
from kaoping.dataset import Dataset
from kaoping.diagnostic import Finding
from kaoping.engines.sql.build import script
from kaoping.engines.sql.dialects import DUCKDB
from kaoping.engines.sql.loaded import Ask, Columns, Table, call, columns_of, queries, tables, uneven_shares
from kaoping.engines.sql.program import BROKEN, Script
from kaoping.engines.sql.relations import Outputs, statement
from kaoping.plan.plan import Plan
from kaoping.types import Value


def evaluated(plan: Plan, dataset: Dataset, keys: Sequence[t.Key]) -> tuple[Columns, list[Finding]]:
    """The columns asked for, and the data errors that show only in evaluating."""
    made_tables, sources = tables(plan, dataset, DUCKDB)
    made = script(plan, keys, DUCKDB, sources)
    with _database().cursor() as connection:  # its temporary tables are seen by nobody else, and end with it
        ask = asking(connection, made)
        for table in made_tables:
            create(connection, table)
        call(made, ask, partial(create, connection))
        found = [(frame, alike, ask(last, shown, "")) for frame, alike, last, shown in queries(made, keys)]
        return columns_of(plan, dataset, keys, found), uneven_shares(made, dataset, ask)


@cache
def _database() -> Any:
    """A database in memory: to make one takes longer than most queries of ours."""
    import duckdb

    return duckdb.connect()


def asking(connection: Any, made: Script) -> Ask:
    """What asks a connection for columns of a script's relations."""

    def ask(last: str, shown: Outputs, tail: str) -> list[tuple[Value, ...]]:
        query = statement(made.book.relations, last, shown, DUCKDB, tail)
        with plugins_named():
            return list(connection.execute(query).fetchall())

    return ask


@contextmanager
def plugins_named() -> Iterator[None]:
    """What the SQL of a plugin's function gives and must not is told as a fault of the plugin."""
    import duckdb

    try:
        yield
    except duckdb.InvalidInputException as reason:
        plugin, _, what = str(reason).partition(BROKEN)[2].partition(": ")
        if not what:
            raise
        from kaoping.plugins import PluginError

        raise PluginError(plugin) from ValueError(what)


def create(connection: Any, table: Table) -> None:
    """Make a table of values that are in Python."""
    kinds = {DUCKDB.quoted(name): DUCKDB.type_of(kind) for name, (kind, _) in table.columns.items()}
    shown = ", ".join(f"UNNEST(?::{kind}[]) AS {name}" for name, kind in kinds.items())
    values = [list(column) for _, column in table.columns.values()]
    connection.execute(f"CREATE TEMP TABLE {DUCKDB.quoted(table.name)} AS SELECT {shown}", values)
