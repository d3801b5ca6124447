"""A scheme as the text of a query that a department's own database runs."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from kaoping.calendar import FUNCTIONS
from kaoping.engines.run import wanted
from kaoping.engines.sql.build import script
from kaoping.engines.sql.coding import natural_meaning, natural_type
from kaoping.engines.sql.dialects import DIALECTS, Dialect
from kaoping.engines.sql.expressions import NotInSql
from kaoping.engines.sql.natural import RESULTS, Asked, answer, asked_tables, comment, natural_sources
from kaoping.engines.sql.program import Script
from kaoping.engines.sql.relations import Outputs, statement, statements
from kaoping.engines.sql.stored import BACK
from kaoping.plan.plan import Plan
from kaoping.source import NOWHERE
from kaoping.types import Kind, plain_text

Words = Callable[..., str]
STEPPED = ("spark", "sqlite")
"""Dialects in which what is read twice has to be made first: they would compute it anew for every reader."""


def printed(plan: Plan, dialect_name: str, words: Words) -> str:
    """The whole text: what it expects, and the queries; raises `NotInSql` where the dialect cannot say a scheme."""
    dialect = DIALECTS[dialect_name]
    _refuse_alike(plan, dialect)
    made = natural_script(plan, dialect)
    for each in [*(made.first.calls if made.first is not None else ()), *made.calls]:
        name = each.node.function
        variant = "built_in" if any(name in one.names for one in FUNCTIONS) else ""
        raise NotInSql(each.node.span, "KP701", variant, function=name, dialect=dialect.name)
    comment(made, plan)
    last, shown, comments = answer(made, plan)
    lines = [f"-- {line}".rstrip() for text in _header(plan, dialect, words) for line in text.splitlines() or [""]]
    if dialect.name == "postgres":
        lines += ["", f"SET jit = off;  -- {words('command.sql.jit')}"]
    return "\n".join([*lines, "", *_queries(made, last, shown, comments)]) + "\n"


def _refuse_alike(plan: Plan, dialect: Dialect) -> None:
    """Names that a script tells apart and a database does not: of tables, of columns beside one another."""
    asked = asked_tables(plan)
    groups = [("tables", "", [each.name for each in asked])]
    groups += [("columns", each.name, [name for name, _, _ in each.columns]) for each in asked]
    groups.append(("results", "", [*RESULTS, *(column.name for column, _ in plan.results)]))
    for where, table, names in groups:
        known: dict[str, str] = {}
        for name in names:
            if (other := known.get(dialect.known_as(name))) is not None:
                facts = {"one": other, "other": name, "table": table, "dialect": dialect.name}
                raise NotInSql(NOWHERE, "KP705", where, **facts)
            known[dialect.known_as(name)] = name


def natural_script(plan: Plan, dialect: Dialect) -> Script:
    """The queries of a plan over tables in natural types."""
    taken = [each.name for each in asked_tables(plan)]
    return script(plan, wanted(plan), dialect, natural_sources(plan, dialect), taken=taken)


def _queries(made: Script, last: str, shown: Outputs, comments: dict[str, str]) -> list[str]:
    relations, dialect = made.book.relations, made.dialect
    if dialect.name not in STEPPED:
        return [statement(relations, last, shown, dialect, comments=comments) + ";"]
    number = count(1)
    name = (lambda _: f"kaoping_step_{next(number)}") if dialect.name == "spark" else None
    steps, text = statements(relations, last, shown, dialect, step=name, comments=comments)
    make = "CREATE TABLE {} USING PARQUET AS" if dialect.name == "spark" else "CREATE TEMP TABLE {} AS"
    texts = [f"{make.format(dialect.quoted(each))}\n{query};\n" for each, query in steps]
    drop = "" if dialect.name == "spark" else "temp."
    dropped = [f"DROP TABLE {drop}{dialect.quoted(each)};" for each, _ in steps]
    return [*texts, f"{text};", *(["", *dropped] if dropped else [])]


# ---------------------------------------------------------------- what stands before the query


def _header(plan: Plan, dialect: Dialect, words: Words) -> list[str]:
    title = f"{plan.title or plan.scheme} {plan.period.text}"
    lines = [title, words("command.sql.made", dialect=dialect.name), "", words("command.sql.reads")]
    for asked in asked_tables(plan):
        lines += ["", words(f"command.sql.table.{_kind(asked)}", table=dialect.quoted(asked.name))]
        lines += _columns(asked, dialect, words)
        if asked.table.scheme is not None:
            lines.append(words("command.sql.stored", scheme=asked.table.scheme, back=BACK))
    lines += ["", words("command.sql.trusts")]
    return lines


def _kind(asked: Asked) -> str:
    if asked.table.name == "":
        return "subjects"
    if asked.table.scheme is not None:
        return "stored"
    return "params" if asked.name == "params" else "records"


def _columns(asked: Asked, dialect: Dialect, words: Words) -> list[str]:
    lines = []
    for name, type_, column in asked.columns:
        parts = [f"  {dialect.quoted(name)} {natural_type(type_, dialect)}"]
        if meaning := natural_meaning(type_):
            parts.append(meaning)
        if type_.kind is Kind.NUMBER and type_.percent:
            parts.append(words("command.sql.percent"))
        if dialect.name == "sqlite" and type_.kind in (Kind.BOOL, Kind.DATE):
            parts.append(words(f"command.sql.{'yes_no' if type_.kind is Kind.BOOL else 'day'}"))
        if column is None:
            parts.append(words("command.sql.empty.always"))
        elif column.default is not None:
            parts.append(words("command.sql.empty.default", value=plain_text(column.default, type_)))
        else:
            parts.append(words(f"command.sql.empty.{column.required}"))
        lines.append("; ".join(parts))
    return lines
