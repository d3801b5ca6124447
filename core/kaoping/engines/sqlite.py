"""A plan as queries that SQLite runs: what a small office's own database can do."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing

from kaoping import typed as t
from kaoping.dataset import Dataset
from kaoping.diagnostic import Finding
from kaoping.engines.sql.build import script
from kaoping.engines.sql.dialects import SQLITE
from kaoping.engines.sql.loaded import Columns, Table, call, columns_of, queries, tables, uneven_shares
from kaoping.engines.sql.relations import Outputs, statements
from kaoping.plan.plan import Plan
from kaoping.types import Value


def evaluated(plan: Plan, dataset: Dataset, keys: Sequence[t.Key]) -> tuple[Columns, list[Finding]]:
    """The columns asked for, and the data errors that show only in evaluating."""
    made_tables, sources = tables(plan, dataset, SQLITE)
    made = script(plan, keys, SQLITE, sources)
    with closing(sqlite3.connect(":memory:")) as connection:

        def ask(last: str, shown: Outputs, tail: str = "") -> list[tuple[Value, ...]]:
            steps, text = statements(made.book.relations, last, shown, SQLITE, tail)
            for name, query in steps:
                connection.execute(f"CREATE TEMP TABLE {SQLITE.quoted(name)} AS {query}")
            rows = connection.execute(text).fetchall()
            for name, _ in steps:
                connection.execute(f"DROP TABLE temp.{SQLITE.quoted(name)}")
            return rows

        def create(table: Table) -> None:
            kinds = {SQLITE.quoted(name): SQLITE.type_of(kind) for name, (kind, _) in table.columns.items()}
            columns = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
            connection.execute(f"CREATE TABLE {SQLITE.quoted(table.name)} ({columns}) STRICT")
            marks = ", ".join("?" * len(table.columns))
            connection.executemany(f"INSERT INTO {SQLITE.quoted(table.name)} VALUES ({marks})", table.rows())

        for table in made_tables:
            create(table)
        call(made, ask, create)
        found = [(frame, alike, ask(last, shown)) for frame, alike, last, shown in queries(made, keys)]
        return columns_of(plan, dataset, keys, found), uneven_shares(made, dataset, ask)
