"""Stored results in bulk: of earlier periods, of linked schemes, and of shorter periods as records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.bulk.files import TableFile, head_of, of_subjects
from kaoping.bulk.load import MOST_WRONG, Loaded, load, wrong
from kaoping.data.cells import Problem
from kaoping.data.files import table_title
from kaoping.data.grid import data_error, data_warning
from kaoping.data.stored import (
    FIXED,
    PERIOD,
    begins,
    called,
    heading_of,
    nothing,
    parsed_period,
    periods_counting,
)
from kaoping.data.tables import ID as IDS
from kaoping.data.text import folded, listed, name_key
from kaoping.data.wrong import Wrong
from kaoping.dataset import InputTable
from kaoping.diagnostic import Finding
from kaoping.engines.cells import period_before
from kaoping.engines.sql.dialects import DUCKDB
from kaoping.engines.sql.program import ENDS, PLACE, SAME_LENGTH
from kaoping.period import Period
from kaoping.plan.plan import Plan
from kaoping.types import Kind


class _Told(Struct):
    """What is found on the way."""

    findings: list[Finding]
    wrongs: list[Wrong]
    periods: dict[str, Period]


def load_stored(
    connection: Any, plan: Plan, table: InputTable, path: Path, name: str, subjects: Loaded, *, whole: bool,
    only: Sequence[str] | None = None,
) -> tuple[Loaded | None, list[Finding], list[Wrong]]:  # fmt: skip
    """Bind a file of results: of the rows that count for this scheme and period, each with its subject."""
    told = _Told([], [], {})
    file = _file(connection, table, path, told)
    if file is None:
        return None, told.findings, []
    if only is not None and table.by is None and table.of is None:
        file = of_subjects(file, only)
    loaded, wrongs = load(connection, file, name, whole_ids=whole, cut=lambda made: _cut(connection, plan, made, told))
    told.wrongs += wrongs
    if table.of is not None:
        _held(connection, loaded, subjects, table.of, told)
    elif table.by is not None:
        _linked(connection, loaded, subjects, table.by, told)
    else:
        _doubled(connection, loaded, told)
    _periods(connection, plan, loaded, told.periods)
    return loaded, told.findings, told.wrongs


def _file(connection: Any, table: InputTable, path: Path, told: _Told) -> TableFile | None:
    found, findings = head_of(connection, path, IDS)
    headings = [] if found is None else found.headings
    if found is None or not begins(headings):
        facts = {"table": table_title(table), "headings": listed(headings, 6)}
        told.findings += findings or [data_error("KP660", path.name, **facts)]
        return None
    positions = {name_key(heading): at for at, heading in enumerate(headings) if at >= len(FIXED)}
    wanted = [column for column in table.columns if column.name != PERIOD]
    places = {each.name: positions[at] for each in wanted if (at := called(each.name, positions)) in positions}
    if absent := [each.name for each in wanted if each.name not in places]:
        facts = {"table": table_title(table), "names": listed(absent, 10)}
        told.findings.append(data_warning("KP665", path.name, **facts))
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
    there = [row[0] or "" for row in connection.execute(f"SELECT DISTINCT scheme FROM {name}").fetchall()]
    own = [each for each in there if name_key(each) == name_key(table.scheme or "")]
    connection.execute(f"DELETE FROM {name} WHERE COALESCE(scheme, '') NOT IN (SELECT UNNEST(?))", [own])
    if not own:
        told.findings.append(nothing("KP661", file.path.name, table, list(map(folded, there))))
        return []
    texts = [row[0] or "" for row in connection.execute(f"SELECT DISTINCT period FROM {name}").fetchall()]
    known = {text: parsed_period(text) for text in texts}
    unread = [text for text, period in known.items() if period is None]
    found = connection.execute(
        f"SELECT {loaded.place}, period FROM {name} WHERE COALESCE(period, '') IN (SELECT UNNEST(?)) "
        f"ORDER BY 1 LIMIT {MOST_WRONG}",
        [unread],
    ).fetchall()
    wrongs = [wrong(loaded, row, 1, text or "", Problem("KP662"), None) for row, text in found]
    counts = periods_counting(table, plan.period, {each for each in known.values() if each})
    told.periods = {text: period for text, period in known.items() if period in counts and period is not None}
    connection.execute(f"DELETE FROM {name} WHERE COALESCE(period, '') NOT IN (SELECT UNNEST(?))", [list(told.periods)])
    if not counts:
        there = sorted(map(folded, texts))
        told.findings.append(nothing("KP664", file.path.name, table, there, period=plan.period.text))
    return wrongs


def _doubled(connection: Any, loaded: Loaded, told: _Told) -> None:
    rows = connection.execute(
        f"SELECT here, id, first FROM (SELECT {loaded.place} AS here, id, MIN({loaded.place}) OVER "
        f"(PARTITION BY id, period) AS first FROM {loaded.name} WHERE id IS NOT NULL) "
        f"WHERE here <> first ORDER BY 1 LIMIT {MOST_WRONG}"
    ).fetchall()
    for row, id_, first in rows:
        problem = Problem("KP663", "", {"first": str(loaded.row(first))})
        told.wrongs.append(wrong(loaded, row, 2, str(id_), problem, None))


def _held(connection: Any, loaded: Loaded, subjects: Loaded, of: str, told: _Told) -> None:
    """Give every row to the subject whose id stands in its result `of`; where that is empty, to nobody."""
    _doubled(connection, loaded, told)
    lost = connection.execute(
        f"SELECT DISTINCT TRIM(holder) FROM {loaded.name} WHERE TRIM(holder) <> '' "
        f"AND TRIM(holder) NOT IN (SELECT CAST(id AS VARCHAR) FROM {subjects.name} WHERE id IS NOT NULL) ORDER BY 1"
    ).fetchall()
    if lost:
        facts = {"table": table_title(loaded.file.table), "by": of, "ids": listed([row[0] for row in lost])}
        told.findings.append(data_warning("KP667", loaded.file.path.name, "of", **facts))
    _given_to(connection, loaded, subjects, "CAST(s.id AS VARCHAR)", "TRIM(r.holder)")


def _given_to(connection: Any, loaded: Loaded, subjects: Loaded, key: str, named: str) -> None:
    """The rows beside the subjects they belong to: `key` of a subject is what a row has `named`."""
    own = ", ".join(f"r.{each}" for each in (*loaded.columns.values(), "period"))
    linked = f"{loaded.name}_linked"
    connection.execute(
        f"CREATE VIEW {linked} AS SELECT s.id AS id, {own}, r.{loaded.place} AS linked_place FROM {subjects.name} AS s "
        f"JOIN {loaded.name} AS r ON {named} = {key}"
    )
    loaded.name, loaded.place = linked, "linked_place"


def _linked(connection: Any, loaded: Loaded, subjects: Loaded, by: str, told: _Told) -> None:
    """Give every row to the subjects that name it in their input `by`."""
    _doubled(connection, loaded, told)
    column = subjects.columns[by]
    type_ = next(each.type for each in subjects.file.table.columns if each.name == by)
    key = f"s.{column}"
    if type_.kind is Kind.CHOICE:
        arms = " ".join(f"WHEN {code} THEN {DUCKDB.literal(label)}" for code, label in enumerate(type_.labels))
        key = f"CASE {key} {arms} END"
    key = f"CAST({key} AS VARCHAR)"
    lost = connection.execute(
        f"SELECT DISTINCT {key} FROM {subjects.name} AS s WHERE {key} IS NOT NULL "
        f"AND {key} NOT IN (SELECT CAST(id AS VARCHAR) FROM {loaded.name} WHERE id IS NOT NULL) ORDER BY 1"
    ).fetchall()
    if lost and told.periods:
        facts = {"table": table_title(loaded.file.table), "by": by, "ids": listed([row[0] for row in lost])}
        told.findings.append(data_warning("KP667", loaded.file.path.name, **facts))
    _given_to(connection, loaded, subjects, key, "CAST(r.id AS VARCHAR)")


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
        "back": _by_period({text: back[each] for text, each in periods.items() if each in back}),
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


def _places_back(period: Period, there: object) -> dict[Period, str]:
    """How many periods of the same length lie between each and this one, along the unbroken run up to now."""
    held = {(each.first, each.last): each for each in there if each.length == period.length}  # type: ignore[attr-defined]
    found: dict[Period, str] = {}
    days = period_before(period)
    while days in held:
        found[held[days]] = str(len(found))
        days = period_before(Period("", *days))
    return found
