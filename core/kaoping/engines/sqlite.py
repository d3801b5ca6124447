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
from kaoping.engines.sql.loaded import Called, Columns, columns_of, queries, tables, uneven_shares, unhidden
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

        for table in made_tables:
            columns = ", ".join(f"{name} {SQLITE.type_of(kind)}" for name, (kind, _) in table.columns.items())
            connection.execute(f"CREATE TABLE {table.name} ({columns}) STRICT")
            marks = ", ".join("?" * len(table.columns))
            connection.executemany(f"INSERT INTO {table.name} VALUES ({marks})", table.rows())
        called = {name: Called(plan.functions[name]) for name in made.functions}
        for name, (sql_name, node) in made.functions.items():
            connection.create_function(sql_name, len(node.arguments), called[name], deterministic=True)
        with unhidden(list(called.values())):
            found = [(frame, alike, ask(last, shown)) for frame, alike, last, shown in queries(made, keys)]
        return columns_of(plan, dataset, keys, found), uneven_shares(made, dataset, ask)
