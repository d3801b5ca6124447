"""A plan as queries that Spark runs: where one machine ends."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from kaoping import typed as t
from kaoping.dataset import Dataset
from kaoping.diagnostic import Finding
from kaoping.engines.sql.build import script
from kaoping.engines.sql.dialects import SPARK
from kaoping.engines.sql.loaded import Columns, columns_of, queries, tables, uneven_shares
from kaoping.engines.sql.program import Script
from kaoping.engines.sql.relations import Outputs, statements
from kaoping.plan.plan import Plan
from kaoping.types import Kind, Type, Value

STEP = "kaoping_step_"
"""How the views of intermediate results begin; Spark takes no Chinese there."""
LOCAL = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.unionOutputPartitioning": "false",
    "spark.sql.shuffle.partitions": "2",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}


def local_session() -> Any:
    """A session on this machine: the one that is there, else a new one."""
    from pyspark.sql import SparkSession

    for name in ("PYSPARK_PYTHON", "PYSPARK_DRIVER_PYTHON"):
        os.environ.setdefault(name, sys.executable)
    builder = SparkSession.builder.master("local[*]").appName("kaoping")
    for name, value in LOCAL.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def evaluated(
    plan: Plan, dataset: Dataset, keys: Sequence[t.Key], session: Any = None
) -> tuple[Columns, list[Finding]]:
    """The columns asked for, and the data errors that show only in evaluating."""
    session = session or local_session()
    made_tables, sources = tables(plan, dataset, SPARK)
    made = script(plan, keys, SPARK, sources)
    for table in made_tables:
        shown = ", ".join(f"{name} {SPARK.type_of(kind)}" for name, (kind, _) in table.columns.items())
        session.createDataFrame(list(table.rows()), shown).createOrReplaceTempView(table.name.strip("`"))
    register(session, made)

    def ask(last: str, shown: Outputs, tail: str = "") -> list[tuple[Value, ...]]:
        return [tuple(row) for row in query(session, made, last, shown, tail).collect()]

    found = [(frame, alike, ask(last, shown)) for frame, alike, last, shown in queries(made, keys)]
    return columns_of(plan, dataset, keys, found), uneven_shares(made, dataset, ask)


def query(session: Any, made: Script, last: str, shown: Outputs, tail: str = "") -> Any:
    """The rows of a relation, as Spark will have them; what is read twice is computed once, before."""
    steps, text = statements(made.book.relations, last, shown, SPARK, tail, _step)
    # a view alone would be computed anew for every reader, and Spark's plan of it grow at every step
    reliable = session.sparkContext._jsc.sc().getCheckpointDir().isDefined()
    for name, step in steps:
        rows = session.sql(step)
        kept = rows.checkpoint(eager=False) if reliable else rows.localCheckpoint(eager=False)
        kept.createOrReplaceTempView(name)
    return session.sql(text)


def _step(query: str) -> str:
    return f"{STEP}{hashlib.sha256(query.encode()).hexdigest()[:16]}"


def register(session: Any, made: Script) -> None:
    """Make the functions of plugins known."""

    def type_of(type_: Type) -> str:
        return SPARK.type_of(type_) if type_.kind in (Kind.BOOL, Kind.TEXT) else SPARK.integer(64)

    for name, (sql_name, node) in made.functions.items():
        session.udf.register(sql_name, _body(made.program.plan.functions[name]), type_of(node.type))


def _body(body: Callable[..., Value]) -> Callable[..., Value]:
    def called(*values: Value) -> Value:
        return None if any(value is None for value in values) else body(*values)

    return called
