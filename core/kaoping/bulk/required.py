"""What data must hold before anything is evaluated, in bulk: no needed cell is empty, none is beyond its limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from kaoping import typed as t
from kaoping.bulk.load import Loaded
from kaoping.columns import Column, Origin
from kaoping.diagnostic import Finding
from kaoping.engines.duckdb import plugins_named
from kaoping.engines.required import cell_finding, needed_cells
from kaoping.engines.sql.build import outputs, script
from kaoping.engines.sql.dialects import DUCKDB
from kaoping.engines.sql.program import Source
from kaoping.engines.sql.relations import Expr, statement
from kaoping.engines.walk import closure
from kaoping.plan.plan import Plan, Stratum
from kaoping.types import shown_text

MOST = 100_000
"""How many such cells are told of."""
_Found = tuple[tuple[int, int, int], Finding]


def problems(connection: Any, plan: Plan, tables: Mapping[str, Loaded], sources: Mapping[str, Source]) -> list[Finding]:
    """Every empty cell that is needed, and every cell beyond its limits, up to a number nobody reads to the end."""
    blank = {name: loaded.blanks | loaded.absent for name, loaded in tables.items()}
    needed = {
        key: condition
        for key, condition in needed_cells(plan).items()
        if key.frame.table != t.PARAMS and key.name in blank.get(key.frame.table, ())
    }
    deciding = closure(plan, [plan.appraised]) if plan.appraised else set()
    early = {key: condition for key, condition in needed.items() if key in deciding}
    late = {key: condition for key, condition in needed.items() if key not in deciding}
    found = _empty(connection, replace(plan, appraised=None), tables, sources, early)
    found += _empty(connection, plan, tables, sources, late)
    found += _beyond(connection, plan, tables, sources)
    return [finding for _, finding in sorted(found, key=lambda each: each[0])]


def _empty(
    connection: Any,
    plan: Plan,
    tables: Mapping[str, Loaded],
    sources: Mapping[str, Source],
    asked: Mapping[t.Key, t.Typed],
) -> list[_Found]:
    found = []
    for column, (key, condition) in enumerate(asked.items()):
        for row, id_, name, _, _, _ in _rows(
            connection, plan, tables, sources, key, (condition,), "{cell} IS NULL AND {0}"
        ):
            found.append((_order(plan, key, row, column), _finding(plan, tables, key, row, id_, name, "KP690", {})))
    return found


def _beyond(connection: Any, plan: Plan, tables: Mapping[str, Loaded], sources: Mapping[str, Source]) -> list[_Found]:
    found = []
    limits = {key: ends for key, ends in plan.limits.items() if key in plan.columns and key.frame.table in tables}
    for column, (key, ends) in enumerate(limits.items()):
        type_ = plan.columns[key].type
        for row, id_, name, value, low, high in _rows(
            connection, plan, tables, sources, key, ends, "{cell} < {0} OR {cell} > {1}"
        ):
            told = {"value": value, "low": low, "high": high}
            shown = {what: shown_text(each, type_) for what, each in told.items()}
            found.append((_order(plan, key, row, column), _finding(plan, tables, key, row, id_, name, "KP691", shown)))
    return found


def _order(plan: Plan, key: t.Key, row: int, column: int) -> tuple[int, int, int]:
    """By table, row and column, as in small."""
    tables = [each.name for each in plan.inputs]
    return (tables.index(key.frame.table) if key.frame.table in tables else -1, row, column)


def _rows(
    connection: Any, plan: Plan, tables: Mapping[str, Loaded], sources: Mapping[str, Source], key: t.Key,
    asked: tuple[t.Typed, ...], test: str,
) -> list[Any]:  # fmt: skip
    """The rows whose cell fails a test of what is asked: row, id, name, the cell and what it is held to."""
    columns = {
        at: Column(t.Key(key.frame, key.name, f"{key.part} asked {at}"), node.type, node, Origin("check"))
        for at, node in enumerate(asked)
    }
    extended = replace(
        plan,
        columns=plan.columns | {column.key: column for column in columns.values()},
        strata=(*plan.strata, Stratum("map", tuple(columns.values()))),
    )
    loaded = tables[key.frame.table]
    own = dict(sources) | {key.frame.table: replace(sources[key.frame.table], rows=loaded.place)}
    made = script(extended, [key, *(column.key for column in columns.values())], DUCKDB, own, careful=True)
    last, shown = outputs(made, key.frame, [key, *(column.key for column in columns.values())])
    texts = {name: expression.text for name, expression in shown}
    where = test.format(*(texts[f"c{at + 1}"] for at in range(len(asked))), cell=texts["c0"])
    subject = tables[t.SUBJECTS]
    named = "name" if subject.has_names else "id"
    id_ = texts["id"]
    name = f"(SELECT ANY_VALUE(CAST(s.{named} AS VARCHAR)) FROM {subject.name} AS s WHERE s.id = {id_})"
    picked = [
        ("row", Expr(texts["row"], dict(shown)["row"].refs)),
        ("id", dict(shown)["id"]),
        ("name", Expr(name, dict(shown)["id"].refs)),
    ]
    picked += [(f"v{at}", dict(shown)[f"c{at}"]) if at <= len(asked) else (f"v{at}", Expr("NULL")) for at in range(3)]
    query = statement(made.book.relations, last, picked, DUCKDB, f" WHERE {where} ORDER BY 1 LIMIT {MOST}")
    with plugins_named():
        return list(connection.execute(query).fetchall())


def _finding(
    plan: Plan,
    tables: Mapping[str, Loaded],
    key: t.Key,
    row: int,
    id_: Any,
    name: Any,
    code: str,
    facts: dict[str, str],
) -> Finding:
    loaded = tables[key.frame.table]
    heading = next(
        (" ".join(loaded.file.headings[at].split()) for n, at in loaded.file.places.items() if n == key.name), key.name
    )
    place = f"{loaded.file.path.name}:{loaded.row(row)} {heading}"
    return cell_finding(plan, key, code, place, facts | {"id": str(id_), "subject": str(name or id_)})
