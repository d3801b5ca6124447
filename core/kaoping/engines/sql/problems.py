"""What tables in natural types must hold before a plan runs on them, asked in SQL, and told as findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from kaoping import typed as t
from kaoping.diagnostic import Finding
from kaoping.engines.required import extended, needed_cells
from kaoping.engines.sql.build import script
from kaoping.engines.sql.dialects import Dialect
from kaoping.engines.sql.natural import PERIOD, SCHEME, Asked, asked_tables, natural_sources
from kaoping.engines.sql.program import ID, Rows, Script
from kaoping.engines.sql.relations import Expr, Outputs
from kaoping.plan.plan import Plan
from kaoping.source import NOWHERE
from kaoping.types import Kind, Type, plain_text, shown_text

Query = Callable[[str], list[Sequence[Any]]]
"""Runs a query over the tables, by their places, and gives its rows."""
Ask = Callable[[Script, str, Outputs], list[Sequence[Any]]]
"""Runs a query over the relations of a script."""


class Check(Struct, frozen=True):
    """A condition that no row may meet, and the finding where one does."""

    code: str
    column: str
    test: str
    variant: str = ""
    facts: dict[str, str] = field(default_factory=dict)


def table_problems(plan: Plan, dialect: Dialect, places: Mapping[str, str], query: Query) -> list[Finding]:
    """Cells out of their range or not of their options, required cells that are empty, ids doubled or unknown."""
    found: list[Finding] = []
    asked = asked_tables(plan)
    for each in asked:
        found += _cells(each, dialect, places[each.name], query)
        found += _rows(each, dialect, places[each.name], places[asked[0].name], query)
    return found


def _cells(asked: Asked, dialect: Dialect, place: str, query: Query) -> Iterator[Finding]:
    checks = [check for name, type_, column in asked.columns for check in _checks(name, type_, column, dialect)]
    id_ = "''" if asked.table.name == t.PARAMS else f"CAST({dialect.quoted(ID)} AS {dialect.text})"
    mine = ""
    if asked.table.scheme is not None:
        mine = f" WHERE {dialect.quoted(SCHEME)} = {dialect.literal(asked.table.scheme)}"
    shown = [f"COUNT(CASE WHEN {each.test} THEN 1 END), MIN(CASE WHEN {each.test} THEN {id_} END)" for each in checks]
    if not shown:
        return
    (row,) = query(f"SELECT {', '.join(shown)} FROM {place}{mine}")
    for at, check in enumerate(checks):
        count, first = row[2 * at], row[2 * at + 1]
        if count:
            yield _finding(asked, check, int(count), first)


def _finding(asked: Asked, check: Check, count: int, first: str | None) -> Finding:
    cells = str(first or "NULL") if count == 1 else f"{first or 'NULL'} … ({count})"
    facts = {"column": check.column, "cells": cells, "count": str(count), "first": str(first), **check.facts}
    return Finding(check.code, NOWHERE, facts, check.variant, place=f"{asked.name} {check.column}")


def _checks(name: str, type_: Type, column: object, dialect: Dialect) -> Iterator[Check]:
    text = dialect.quoted(name)
    if name == ID and column is None:
        yield Check("KP630", name, f"{text} IS NULL OR TRIM({text}) = ''")
        return
    if column is None:
        return
    if getattr(column, "required", "") == "always" and getattr(column, "default", None) is None:
        yield Check("KP640", name, f"{text} IS NULL")
    range_ = {"low": shown_text(type_.low, type_), "high": shown_text(type_.high, type_)}
    low, high = plain_text(type_.low, type_), plain_text(type_.high, type_)
    match type_.kind:
        case Kind.NUMBER:
            yield Check("KP642", name, f"{text} < {low} OR {text} > {high}", "percent" if type_.percent else "", range_)
            yield Check("KP643", name, f"ROUND({text}, {type_.places}) <> {text}", "", {"places": str(type_.places)})
        case Kind.DATE:
            yield Check("KP642", name, f"{text} < DATE '{low}' OR {text} > DATE '{high}'", "date", range_)
        case Kind.CHOICE:
            labels = ", ".join(dialect.literal(each) for each in type_.labels)
            shown = {"labels": "\n".join(type_.labels)}
            yield Check("KP646", name, f"TRIM({text}) NOT IN ({labels})", "", shown)


def _rows(asked: Asked, dialect: Dialect, place: str, subjects: str, query: Query) -> Iterator[Finding]:
    """Whether there is a row at all where there has to be one, ids that are doubled, and ids of nobody."""
    id_ = dialect.quoted(ID)
    if asked.table.name == t.PARAMS:
        if query(f"SELECT COUNT(*) FROM {place}")[0][0] != 1:
            yield Finding("KP610", NOWHERE, {"names": asked.name}, "params", place=asked.name)
        return
    if asked.table.scheme is not None:
        key = f"{dialect.quoted(PERIOD)}, {id_}"
        mine = f" WHERE {dialect.quoted(SCHEME)} = {dialect.literal(asked.table.scheme)}"
        yield from _doubled(asked, "KP663", f"SELECT {id_} AS id FROM {place}{mine} GROUP BY {key}", query)
        return
    if asked.table.name == t.SUBJECTS:
        if query(f"SELECT COUNT(*) FROM {place}")[0][0] == 0:
            yield Finding("KP620", NOWHERE, {}, place=asked.name)
        yield from _doubled(asked, "KP631", f"SELECT {id_} AS id FROM {place} GROUP BY {id_}", query)
        return
    lost = f"SELECT r.{id_} AS id FROM {place} AS r LEFT JOIN {subjects} AS s ON s.{id_} = r.{id_}"
    count, first = query(
        f"SELECT COUNT(*), MIN(id) FROM ({lost} WHERE s.{id_} IS NULL AND r.{id_} IS NOT NULL) AS lost"
    )[0]
    if count:
        yield _finding(asked, Check("KP632", ID, ""), int(count), first)


def _doubled(asked: Asked, code: str, grouped: str, query: Query) -> Iterator[Finding]:
    count, first = query(f"SELECT COUNT(*), MIN(id) FROM ({grouped} HAVING COUNT(*) > 1) AS doubled")[0]
    if count:
        yield _finding(asked, Check(code, ID, ""), int(count), first)


# ---------------------------------------------------------------- what only the plan can say


def plan_problems(plan: Plan, dialect: Dialect, places: Mapping[str, str], query: Query, ask: Ask) -> list[Finding]:
    """Empty cells that the scheme needs of this subject, and cells beyond what this subject may have."""
    sometimes = {
        t.Key(t.Frame(table.name), column.name)
        for table in plan.inputs
        for column in table.columns
        if column.required == "always" and column.default is None
    }
    given = {each.table.name for each in asked_tables(plan)}  # not every table of a library is asked for
    cells = needed_cells(plan)
    needed = {key: node for key, node in cells.items() if key not in sometimes and key.frame.table in given}
    limits = {k: ends for k, ends in plan.limits.items() if k in plan.columns and k.frame.table in given}
    lows = {key: low for key, (low, _) in limits.items()}
    highs = {key: high for key, (_, high) in limits.items()}
    made = plan
    asked: dict[str, dict[t.Key, t.Key]] = {}
    for what, nodes in (("needed", needed), ("lowest", lows), ("highest", highs)):
        made, asked[what] = extended(made, nodes, what)
    wanted = [key for keys in asked.values() for pair in keys.items() for key in pair]
    if not wanted:
        return []
    sources = natural_sources(plan, dialect, places)
    built = script(made, dict.fromkeys(wanted), dialect, sources, careful=True, taken=places)
    tests = [(key, "KP690", "{0} IS NULL AND {1}", mark) for key, mark in asked["needed"].items()]
    tests += [(key, "KP691", "{0} < {1}", mark) for key, mark in asked["lowest"].items()]
    tests += [(key, "KP691", "{0} > {1}", mark) for key, mark in asked["highest"].items()]
    found: list[Finding] = []
    for key, code, form, mark in tests:
        found += _asked_of(built, plan, key, code, form, mark, query, ask, places)
    return found


def _asked_of(
    made: Script, plan: Plan, key: t.Key, code: str, form: str, mark: t.Key, query: Query, ask: Ask,
    places: Mapping[str, str],
) -> Iterator[Finding]:  # fmt: skip
    rows = Rows(made, key.frame)
    value, other = (rows.slot(made.program.read(each)) for each in (key, mark))
    rows.close()
    dialect, over = made.dialect, rows.chain.last
    refs = frozenset((over, name) for _, name in value.refs | other.refs)
    test = form.format(value.text, other.text)
    shown: Outputs = [("number", Expr(f"COUNT(CASE WHEN {test} THEN 1 END)", refs))]
    param = key.frame.table == t.PARAMS
    if not param:
        refs |= {(over, ID)}
        shown.append(("first", Expr(f"MIN(CASE WHEN {test} THEN {dialect.quoted(ID)} END)", refs)))
    ((count, *first),) = ask(made, over, shown)
    if not count:
        return
    facts = {"column": key.name, "value": "…", "low": "…", "high": "…"}
    name = next(each.name for each in asked_tables(plan) if each.table.name == key.frame.table)
    if not param:
        place, q = places[asked_tables(plan)[0].name], dialect.quoted
        named = query(f"SELECT {q('name')} FROM {place} WHERE {q(ID)} = {dialect.literal(str(first[0]))}")
        facts |= {"id": str(first[0]), "subject": str(named[0][0]) if named else str(first[0])}
    origin = plan.columns[key].origin if key in plan.columns else None
    yield Finding(
        code, origin.span if origin else NOWHERE, facts, "param" if param else "",
        clause=origin.clause if origin else None, place=f"{name} {key.name}",
    )  # fmt: skip
