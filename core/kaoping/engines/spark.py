"""A plan as queries that Spark runs: where one machine ends."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kaoping import typed as t
from kaoping.dataset import Dataset
from kaoping.diagnostic import Finding
from kaoping.engines import windows
from kaoping.engines.run import DataErrors, wanted
from kaoping.engines.sql.build import script
from kaoping.engines.sql.coding import natural_type
from kaoping.engines.sql.dialects import SPARK
from kaoping.engines.sql.loaded import Columns, columns_of, queries, tables, uneven_shares
from kaoping.engines.sql.natural import answer, asked_tables, natural_sources
from kaoping.engines.sql.problems import plan_problems, table_problems
from kaoping.engines.sql.program import ID, NAME, Script
from kaoping.engines.sql.relations import Expr, Outputs, Relation, statements
from kaoping.engines.sql.scopes import refs_of
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
    steps, text = statements(made.book.relations, last, shown, SPARK, tail, step=_step)
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
    """Make the functions of plugins known, and call each once for all rows with the same arguments."""

    def type_of(type_: Type) -> str:
        return SPARK.type_of(type_) if type_.kind in (Kind.BOOL, Kind.TEXT) else SPARK.integer(64)

    book, functions = made.book, made.program.plan.functions
    for number, each in enumerate([*(made.first.calls if made.first is not None else ()), *made.calls]):
        name = f"kaoping_function_{number}"
        session.udf.register(name, _body(functions[each.node.function]), type_of(each.node.type))
        arguments = [book.of(each.arguments, column) for column in each.columns]
        value = Expr(f"{name}({', '.join(one.text for one in arguments)})", refs_of(arguments))
        book.relations[each.relation] = Relation(each.relation, each.arguments, {each.value: value})


def _body(body: Callable[..., Value]) -> Callable[..., Value]:
    def called(*values: Value) -> Value:
        return None if any(value is None for value in values) else body(*values)

    return called


# ---------------------------------------------------------------- in bulk: tables in natural types


def run(plan: Plan, session: Any, tables_: Mapping[str, Any], output: str | None = None) -> Any:
    """The results of a scheme on tables of a session, in natural types, as the CSV of `kaoping run` has them.

    `tables_` gives each table by the name the script has for it: a data frame, the name of a table of the session, or
    a path of Parquet files; a table of records that is not given has no rows. With `output` the results are written to
    Parquet files there, which must not exist. Raises `DataErrors` where the data are not sound, and `NotInSql` where
    64 bits do not hold the scheme's numbers.
    """
    if str(session.conf.get("spark.sql.ansi.enabled")).lower() != "true":
        raise DataErrors([Finding("KP702")])
    frames, places = _given(plan, session, tables_)
    for place, frame in frames.items():
        frame.createOrReplaceTempView(place)

    def query_(text: str) -> list[Sequence[Any]]:
        return [tuple(row) for row in session.sql(text).collect()]

    def ask(made: Script, last: str, shown: Outputs) -> list[Sequence[Any]]:
        register(session, made)
        return [tuple(row) for row in query(session, made, last, shown).collect()]

    problems = table_problems(plan, SPARK, places, query_) or plan_problems(plan, SPARK, places, query_, ask)
    if problems:
        raise DataErrors(problems)
    made = script(plan, wanted(plan), SPARK, natural_sources(plan, SPARK, places), taken=places)
    register(session, made)
    last, shown, _ = answer(made, plan)
    if uneven := _uneven(session, made):
        raise DataErrors(uneven)
    rows = query(session, made, last, shown)
    if output is not None:
        rows.write.parquet(output)
    return rows


def _given(plan: Plan, session: Any, tables_: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """A frame for each table with just the columns asked for, under a plain name; and where each table lies."""
    frames, places = {}, {}
    problems: list[Finding] = []
    for number, asked in enumerate(asked_tables(plan)):
        frame = tables_.get(asked.name)
        if isinstance(frame, str):
            frame = session.read.parquet(frame) if "/" in frame or "\\" in frame else session.table(frame)
        if frame is None and asked.table.name in (t.SUBJECTS, t.PARAMS):
            facts = {"table": asked.name, "names": ", ".join(tables_)}
            variant = "params" if asked.table.name == t.PARAMS else ""
            problems.append(Finding("KP610", facts=facts, variant=variant, place=asked.name))
            continue
        shown = []
        for name, type_, column in asked.columns:
            declared = natural_type(type_, SPARK)
            if frame is not None and name in frame.columns:
                got = frame.schema[name].dataType.simpleString()
                if not _fits(got, type_):
                    facts = {"column": name, "got": got.upper(), "wanted": declared}
                    problems.append(Finding("KP703", facts=facts, place=f"{asked.name} {name}"))
                shown.append(SPARK.quoted(name))
            elif frame is None or (column is not None and (column.required == "never" or column.default is not None)):
                shown.append(f"CAST(NULL AS {declared}) AS {SPARK.quoted(name)}")
            else:
                facts = {"column": name, "headings": ", ".join(frame.columns)}
                problems.append(Finding("KP615", facts=facts, place=asked.name))
        place = f"kaoping_input_{number}"
        places[asked.name] = f"`{place}`"
        frames[place] = session.range(0).selectExpr(*shown) if frame is None else frame.selectExpr(*(shown or ["1"]))
    if problems:
        raise DataErrors(problems)
    return frames, places


def _fits(got: str, type_: Type) -> bool:
    """Whether values of a type of Spark can be read exactly."""
    match type_.kind:
        case Kind.NUMBER:
            return got.startswith("decimal") or got in ("tinyint", "smallint", "int", "bigint")
        case Kind.BOOL:
            return got == "boolean"
        case Kind.DATE:
            return got == "date"
        case _:
            return got == "string" or got.startswith(("varchar", "char"))


def _uneven(session: Any, made: Script) -> list[Finding]:
    """Quotas whose share differs inside a group."""
    book, found = made.book, []
    for each in made.shares:
        share = book.of(each.relation, each.share)
        groups = [book.of(each.relation, name) for name in each.groups]
        by = f" GROUP BY {', '.join(group.text for group in groups)}" if groups else ""
        refs = share.refs.union({(each.relation, ID), (each.relation, NAME)}, *(group.refs for group in groups))
        row = f"STRUCT({share.text} AS share, {book.column(each.relation, ID)} AS id, "
        row += f"{book.column(each.relation, NAME)} AS name)"
        shown: Outputs = [("one", Expr(f"MIN({row})", refs)), ("other", Expr(f"MAX({row})", refs))]
        mixed = f"COUNT({share.text}) NOT IN (0, COUNT(*))"
        tail = f"{by} HAVING MIN({share.text}) <> MAX({share.text}) OR {mixed} LIMIT 1"
        for one, other in query(session, made, each.relation, shown, tail).collect():
            both = [(str(row["id"]), str(row["name"]), row["share"]) for row in (one, other)]
            found.append(windows.uneven_share(each.node, both[0], both[1]))
    return found
