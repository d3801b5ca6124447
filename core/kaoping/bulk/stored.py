"""Stored results in bulk: of earlier periods, of linked schemes, and of shorter periods as records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.bulk.files import TableFile, head_of
from kaoping.bulk.load import Loaded, load
from kaoping.bulk.shown import shown
from kaoping.bulk.texts import plain_id
from kaoping.bulk.wrong import MOST_WRONG, with_rest, wrong
from kaoping.data.cells import Problem
from kaoping.data.files import table_title
from kaoping.data.grid import data_error, data_warning
from kaoping.data.stored import (
    PERIOD,
    begins,
    heading_of,
    looked_back,
    nothing,
    periods_counting,
    result_columns,
)
from kaoping.data.tables import ID as IDS
from kaoping.data.text import folded, listed, name_key, unguarded
from kaoping.data.wrong import Wrong
from kaoping.dataset import InputTable
from kaoping.diagnostic import Finding
from kaoping.engines.history import Days
from kaoping.engines.sql.arithmetic import Sql
from kaoping.engines.sql.dialects import DUCKDB
from kaoping.engines.sql.program import ENDS, PLACE, SAME_LENGTH
from kaoping.period import Period, period_before
from kaoping.plan.plan import Plan
from kaoping.types import Kind, plain_text


class _Told(Struct):
    """What is found on the way."""

    findings: list[Finding]
    wrongs: list[Wrong]
    periods: dict[str, Period]


def load_stored(
    connection: Any, plan: Plan, table: InputTable, path: Path, name: str, subjects: Loaded, *, some: bool = False
) -> tuple[Loaded | None, list[Finding], list[Wrong]]:
    """Bind a file of results: of the rows that count for this scheme and period, each with its subject.

    The whole file says which periods there are, also where only `some` of the subjects are asked for.
    """
    told = _Told([], [], {})
    file = _file(connection, table, path, told)
    if file is None:
        return None, told.findings, []
    ids = (
        f"(SELECT id, CAST(id AS VARCHAR) AS key, {subjects.place} AS place FROM {subjects.name} WHERE id IS NOT NULL)"
    )
    keys = ids if table.by is None else _keys(connection, subjects, table.by, f"{name}_keys")
    own = "CAST(r.id AS VARCHAR)" if table.of is None else "r.holder"

    def after_ids(made: Loaded) -> list[Wrong]:
        _leave(connection, made, "period", list(told.periods))
        wrongs = _doubled(connection, made, told.periods)
        if table.of is not None:
            _fold(connection, name, "holder", unguarded if made.file.is_text else str)
        if table.of is not None and not some:
            _lost(connection, made, f"(SELECT holder AS key, {made.place} AS place FROM {name})", keys, "key", told)
        if table.by is not None:
            _lost(connection, made, keys, name, "CAST(id AS VARCHAR)", told)
        wrongs += _without_zeros(connection, made, keys, own)
        # what stands in the results of others is nobody's concern
        connection.execute(f"DELETE FROM {name} AS r WHERE COALESCE({own} NOT IN (SELECT key FROM {keys}), TRUE)")
        return wrongs

    loaded, wrongs = load(
        connection, file, name, "VARCHAR", after_ids=after_ids, cut=lambda made: _cut(connection, plan, made, told),
    )  # fmt: skip
    told.wrongs += wrongs
    absent = [each.name for each in file.table.columns if each.name not in file.places]
    if absent and told.periods:
        facts = {"table": table_title(table), "names": listed(absent, 10)}
        told.findings.append(data_warning("KP665", path.name, **facts))
    if table.by is not None or table.of is not None:
        _linked(connection, loaded, keys, own)
    _periods(connection, plan, loaded, told.periods)
    loaded.periods = sorted({each.text for each in told.periods.values()})
    return loaded, told.findings, told.wrongs


def _file(connection: Any, table: InputTable, path: Path, told: _Told) -> TableFile | None:
    found, findings = head_of(connection, path, IDS)
    headings = found.headings if found else [] if not findings else [findings[0].facts.get("headings", "")]
    if found is None or not begins(headings):
        unreadable = [each for each in findings if each.code == "KP604"]
        facts = {"table": table_title(table), "headings": listed(headings, 6)}
        told.findings += unreadable or [data_error("KP660", path.name, **facts)]
        return None
    wanted = [column for column in table.columns if column.name != PERIOD]
    places, findings = result_columns(headings, wanted, path.name)
    told.findings += findings
    holder = None if table.of is None else heading_of(headings, table.of)
    if table.of is not None and holder is None:
        facts = {"table": table_title(table), "by": table.of, "scheme": table.scheme or ""}
        told.findings.append(data_error("KP665", path.name, "by", **facts))
        return None
    own = replace(table, columns=tuple(wanted))
    return replace(found, table=own, id=2, name=None, places=places, holder=holder)


def _cut(connection: Any, plan: Plan, loaded: Loaded, told: _Told) -> list[Wrong]:
    """Leave the rows of this scheme and of periods that count; what is wrong with the others."""
    table, file, name = loaded.file.table, loaded.file, loaded.name
    there = _texts(connection, loaded, "scheme")
    own = [each for each, text in there.items() if name_key(text) == name_key(table.scheme or "")]
    _leave(connection, loaded, "scheme", own)
    if not own:
        schemes = list(dict.fromkeys(folded(text) for text in there.values()))
        told.findings.append(nothing("KP661", file.path.name, table, schemes))
        return []
    texts = _texts(connection, loaded, "period")
    known = {each: Period.written(folded(text)) for each, text in texts.items()}
    unread = [each for each, period in known.items() if period is None]
    found = connection.execute(
        f"SELECT COUNT(*) OVER (), {loaded.place}, period FROM {name} WHERE COALESCE(period, '') IN (SELECT UNNEST(?)) "
        f"ORDER BY 2 LIMIT {MOST_WRONG}",
        [unread],
    ).fetchall()
    wrongs = with_rest([wrong(loaded, row, 1, text or "", Problem("KP662"), None) for _, row, text in found], found)
    counts = periods_counting(table, plan.period, {each for each in known.values() if each})
    first: dict[Period, str] = {}
    for each, period in known.items():
        if period is not None and period in counts and first.setdefault(period, each) != each:
            # written otherwise, it is the same period
            connection.execute(f"UPDATE {name} SET period = ? WHERE period = ?", [first[period], each])
    told.periods = {each: period for period, each in first.items()}
    if counts:
        told.findings += looked_back(table, plan.period, counts, file.path.name)
    else:
        _leave(connection, loaded, "period", [])
        periods = sorted({folded(text) for text in texts.values()})
        told.findings.append(nothing("KP664", file.path.name, table, periods, period=plan.period.text))
    return wrongs


def _texts(connection: Any, loaded: Loaded, column: str) -> dict[str, str]:
    """The different texts of a column in their order, and what each says without its guard."""
    rows = connection.execute(
        f"SELECT COALESCE({column}, ''), MIN({loaded.place}) FROM {loaded.name} GROUP BY 1 ORDER BY 2"
    ).fetchall()
    return {text: unguarded(text) if loaded.file.is_text else text for text, _ in rows}


def _leave(connection: Any, loaded: Loaded, column: str, texts: list[str]) -> None:
    connection.execute(f"DELETE FROM {loaded.name} WHERE COALESCE({column}, '') NOT IN (SELECT UNNEST(?))", [texts])


def _doubled(connection: Any, loaded: Loaded, periods: Mapping[str, Period]) -> list[Wrong]:
    days = _by_period({text: DUCKDB.literal("..".join(map(str, _days(each)))) for text, each in periods.items()})
    rows = connection.execute(
        f"SELECT COUNT(*) OVER (), here, text, first FROM (SELECT {loaded.place} AS here, {loaded.written_id} AS text, "
        f"MIN({loaded.place}) OVER (PARTITION BY id, {days}) AS first FROM {loaded.name} WHERE id IS NOT NULL) "
        f"WHERE here <> first ORDER BY 2 LIMIT {MOST_WRONG}"
    ).fetchall()
    found = [
        wrong(loaded, row, 2, str(text), Problem("KP663", "", {"first": str(loaded.row(first))}), None)
        for _, row, text, first in rows
    ]
    return with_rest(found, rows)


def _without_zeros(connection: Any, loaded: Loaded, keys: str, own: str) -> list[Wrong]:
    """Rows whose id is that of a subject but for zeros in front, which would count for nobody."""
    file, holder = loaded.file, loaded.file.table.of is not None
    at = (file.holder if holder else file.id) or 0
    text = "r.holder" if holder else loaded.written_id
    like = f"SELECT LTRIM(key, '0') AS bare, ARG_MIN(key, place) AS near FROM {keys} WHERE key <> '' GROUP BY 1"
    rows = connection.execute(
        f"SELECT COUNT(*) OVER (), {loaded.place}, {text}, near FROM {loaded.name} AS r "
        f"JOIN ({like}) ON LTRIM({own}, '0') = bare "
        f"WHERE {own} <> '' AND {own} NOT IN (SELECT key FROM {keys}) ORDER BY 2 LIMIT {MOST_WRONG}"
    ).fetchall()
    found = [
        wrong(loaded, row, at, str(cell), Problem("KP632", "zeros", {"near": near}), None)
        for _, row, cell, near in rows
    ]
    return with_rest(found, rows)


def _keys(connection: Any, subjects: Loaded, by: str, name: str) -> str:
    """A table of the subjects and the ids that they have in their input `by`, as ids are compared."""
    column = next(each for each in subjects.file.table.columns if each.name == by)
    text = "CAST(NULL AS VARCHAR)"
    if by in subjects.columns:
        text = f"CAST({shown(column.type, Sql(f's.{subjects.columns[by]}'), csv=False)} AS VARCHAR)"
    if column.default is not None:
        text = f"COALESCE({text}, {DUCKDB.literal(plain_text(column.default, column.type))})"
    connection.execute(
        f"CREATE TABLE {name} AS SELECT s.id AS id, {text} AS key, s.{subjects.place} AS place "
        f"FROM {subjects.name} AS s WHERE {text} IS NOT NULL"
    )
    _fold(connection, name, "key", str)
    return name


def _fold(connection: Any, name: str, column: str, plain: Callable[[str], str]) -> None:
    """Make ids that people have typed comparable."""
    odd = connection.execute(f"SELECT DISTINCT {column} FROM {name} WHERE NOT {plain_id(column)}").fetchall()
    if odd:
        connection.execute(
            "CREATE TEMP TABLE foldings AS SELECT UNNEST(?) AS text, UNNEST(?) AS value",
            [[each for (each,) in odd], [folded(plain(each)) for (each,) in odd]],
        )
        connection.execute(f"UPDATE {name} SET {column} = foldings.value FROM foldings WHERE {column} = foldings.text")
        connection.execute("DROP TABLE foldings")


def _lost(connection: Any, loaded: Loaded, named: str, there: str, key: str, told: _Told) -> None:
    """A warning of the ids that are named and not there."""
    table = loaded.file.table
    lost = connection.execute(
        f"SELECT key, MIN(place) FROM {named} WHERE key <> '' AND key NOT IN "
        f"(SELECT {key} FROM {there} WHERE id IS NOT NULL) GROUP BY 1 ORDER BY 2"
    ).fetchall()
    if lost and told.periods:
        ids = listed([row[0] for row in lost])
        facts = {"table": table_title(table), "by": table.by or table.of or "", "ids": ids}
        told.findings.append(data_warning("KP667", loaded.file.path.name, "of" if table.of else "", **facts))


def _linked(connection: Any, loaded: Loaded, keys: str, own: str) -> None:
    """The rows beside the subjects they belong to: those whose key is what a row names."""
    columns = ", ".join(f"r.{each}" for each in (*loaded.columns.values(), "period"))
    linked = f"{loaded.name}_linked"
    connection.execute(
        f"CREATE VIEW {linked} AS SELECT s.id AS id, {columns}, r.{loaded.place} AS linked_place FROM {keys} AS s "
        f"JOIN {loaded.name} AS r ON {own} = s.key"
    )
    loaded.name, loaded.place = linked, "linked_place"


def _periods(connection: Any, plan: Plan, loaded: Loaded, periods: Mapping[str, Period]) -> None:
    """What the period of each row says, as columns."""
    name, table = loaded.name, loaded.file.table
    before = f"{name}_dated"
    asked = next((each for each in plan.inputs if each.name == table.name), table)
    dated = any(column.name == PERIOD and column.type.kind is Kind.DATE for column in asked.columns)
    shown = {text: period.last.toordinal() if dated else period.text for text, period in periods.items()}
    back = _places_back(plan.period, periods.values())
    columns = {
        "period_value": _by_period({text: DUCKDB.literal(value) for text, value in shown.items()}),
        "same": _by_period({text: str(each.length == plan.period.length) for text, each in periods.items()}, "FALSE"),
        "ends": _by_period({text: str(each.last.toordinal()) for text, each in periods.items()}),
        "back": _by_period({text: back[days] for text, each in periods.items() if (days := _days(each)) in back}),
    }
    made = ", ".join(f"{text} AS {column}" for column, text in columns.items())
    connection.execute(f"CREATE VIEW {before} AS SELECT *, {loaded.place} AS row_place, {made} FROM {name}")
    loaded.name, loaded.place = before, "row_place"
    loaded.columns = {**loaded.columns, PERIOD: "period_value"}
    if table.name == t.HISTORY:
        loaded.columns |= {SAME_LENGTH: "same", PLACE: "back", ENDS: "ends"}


def _by_period(values: Mapping[str, str], otherwise: str = "NULL") -> str:
    arms = " ".join(f"WHEN {DUCKDB.literal(text)} THEN {value}" for text, value in values.items())
    return f"CASE period {arms} ELSE {otherwise} END" if arms else f"CAST({otherwise} AS INTEGER)"


def _places_back(period: Period, there: Iterable[Period]) -> dict[Days, str]:
    """How many periods of the same length lie between each and this one, along the unbroken run up to now."""
    held = {_days(each) for each in there if each.length == period.length}
    found: dict[Days, str] = {}
    days = period_before(period)
    while days in held:
        found[days] = str(len(found))
        days = period_before(Period("", *days))
    return found


def _days(period: Period) -> Days:
    """What makes two periods the same, however they are written."""
    return period.first, period.last
