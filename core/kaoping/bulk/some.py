"""Some subjects of a large population, evaluated again or explained with the stored cohorts of a run over all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct

from kaoping import typed as t
from kaoping.bulk.cohorts import Stored, attach, changed
from kaoping.bulk.load import Loaded
from kaoping.bulk.run import Bound, Settings, configure, lock, prepared, wanted
from kaoping.data.text import folded
from kaoping.dataset import Dataset, TableData
from kaoping.derivation import Derivation
from kaoping.diagnostic import Finding
from kaoping.engines.duckdb import asking, create
from kaoping.engines.explain import explain
from kaoping.engines.reference import Standing
from kaoping.engines.run import results as results_of
from kaoping.engines.run import wanted as shown_keys
from kaoping.engines.sql.build import script
from kaoping.engines.sql.dialects import DUCKDB
from kaoping.engines.sql.loaded import Ask, Columns, call, columns_of, queries, tables
from kaoping.engines.sql.program import ENDS, PLACE, SAME_LENGTH, Compared, Script
from kaoping.engines.walk import closure
from kaoping.plan.plan import Plan
from kaoping.results import ResultColumn, Results
from kaoping.types import Kind, Value

NO_LIMITS = Settings()
"""As much memory and as many threads as there are."""


class Again(Struct, frozen=True):
    """Some subjects evaluated again: what is wrong with their data, else their results.

    Where they now contribute something else to a comparison, the columns that depend on it are `withheld`, without a
    value: only a run over all knows them. `files` of data have changed since the comparisons were stored, so that
    others may contribute something else, too.
    """

    findings: list[Finding]
    results: Results | None = None
    withheld: list[ResultColumn] = []
    files: list[str] = []
    unknown: list[str] = []


class _Subjects(Struct):
    """A few subjects in a database of their own, with the cohorts of all beside them."""

    connection: Any
    plan: Plan
    dataset: Dataset
    made: Script
    stored: dict[str, Stored]
    folder: Path
    files: list[str] = []

    @property
    def ask(self) -> Ask:
        """What asks for columns of the few subjects."""
        return asking(self.connection, self.made)

    def columns(self, keys: Sequence[t.Key]) -> Columns:
        """Columns of the few subjects."""
        found = [(frame, alike, self.ask(last, shown, "")) for frame, alike, last, shown in queries(self.made, keys)]
        return columns_of(self.plan, self.dataset, keys, found)


def evaluate_again(plan: Plan, data: Path, ids: Sequence[str], cohorts: Path, settings: Settings = NO_LIMITS) -> Again:
    """The results of some subjects, compared with the cohorts stored. Raises `NoCohorts`, `NotInBulk`."""
    import duckdb

    with duckdb.connect() as connection:
        configure(connection, settings)
        few, findings = _few(connection, plan, data, ids, cohorts)
        if few is None:
            return Again(findings)
        columns = few.columns(shown_keys(plan))
        unknown = [id_ for id_ in ids if folded(id_) not in few.dataset.ids]
        spoilt = _spoilt(few)
        for key in spoilt:
            columns[key] = [None] * len(few.dataset.ids)
        withheld = [column for column, key in plan.results if key in spoilt]
        return Again(findings, results_of(plan, few.dataset, columns), withheld, few.files, unknown)


def _spoilt(few: _Subjects) -> set[t.Key]:
    """What is shown of a subject and depends on comparisons to which it contributes something else than it did."""
    plan = few.plan
    compared = {each.node for each in changed(few.connection, few.made, few.stored, few.folder, few.dataset.ids)}
    touched = {key for key, column in plan.columns.items() if any(each in compared for each in column.views)}
    return {key for key in shown_keys(plan) if key != plan.appraised and closure(plan, [key]) & touched}


class OneExplained(Struct, frozen=True):
    """A value of one subject of many: its derivation and its data, None where there is no such subject or its data are
    wrong; whether it is `withheld`, and the `files` that have changed, as in `Again`.
    """

    findings: list[Finding]
    derivation: Derivation | None = None
    dataset: Dataset | None = None
    withheld: bool = False
    files: list[str] = []


def explain_one(plan: Plan, data: Path, subject: str, name: str | None, cohorts: Path) -> OneExplained:
    """The derivation of a value of one subject."""
    import duckdb

    with duckdb.connect() as connection:
        few, findings = _few(connection, plan, data, [subject], cohorts)
        if few is None or not few.dataset.ids:
            return OneExplained(findings)
        if _spoilt(few):
            return OneExplained(findings, withheld=True)
        standings = {each.node: _standing(few, each) for each in few.made.compared}
        derivation = explain(plan, few.dataset, few.dataset.ids[0], name, standings)
        return OneExplained(findings, derivation, few.dataset, files=few.files)


def _few(
    connection: Any, plan: Plan, data: Path, ids: Sequence[str], cohorts: Path
) -> tuple[_Subjects | None, list[Finding]]:
    bound, findings = prepared(connection, plan, data, [folded(id_) for id_ in ids])
    if bound is None:
        return None, findings
    lock(connection, bound.files, cohorts)
    dataset = _dataset(connection, bound)
    made_tables, sources = tables(plan, dataset, DUCKDB, "few_")
    for table in made_tables:
        create(connection, table)
    few = _Subjects(connection, plan, dataset, script(plan, wanted(plan), DUCKDB, sources), {}, cohorts)
    few.stored, few.files = attach(few.made, cohorts, bound.files, bound.params.params)
    call(few.made, few.ask, partial(create, connection))
    return few, findings


# ---------------------------------------------------------------- the data of a few


def _dataset(connection: Any, bound: Bound) -> Dataset:
    """The few subjects as a data set, read from the tables they are bound in."""
    subjects = bound.tables[t.SUBJECTS]
    named = "CAST(name AS VARCHAR)" if subjects.has_names else "NULL"
    rows = connection.execute(f"SELECT CAST(id AS VARCHAR), {named} FROM {subjects.name} ORDER BY {subjects.place}")
    pairs = [(id_, name or id_) for id_, name in rows.fetchall()]
    ids, names = [id_ for id_, _ in pairs], [name for _, name in pairs]
    dataset = Dataset(ids, names, {}, params=bound.params.params, param_places=bound.params.param_places)
    places = {id_: at for at, id_ in enumerate(ids)}
    dataset.tables = {name: _table(connection, loaded, places) for name, loaded in bound.tables.items()}
    if t.HISTORY in bound.tables:
        dataset.earlier_periods = bound.tables[t.HISTORY].periods
    return dataset


def _table(connection: Any, loaded: Loaded, places: Mapping[str, int]) -> TableData:
    names = [name for name in loaded.columns if name not in (SAME_LENGTH, PLACE, ENDS)]
    shown = ", ".join(loaded.columns[name] for name in names)
    place = loaded.place if loaded.rows or loaded.file.headings else "0"
    found = connection.execute(
        f"SELECT CAST(id AS VARCHAR), {place}{', ' + shown if shown else ''} FROM {loaded.name} ORDER BY 2"
    ).fetchall()
    rows = [row for row in found if row[0] in places]
    kinds = {column.name: column.type.kind for column in loaded.file.table.columns}
    columns = {name: [_value(row[at + 2], kinds.get(name, Kind.TEXT)) for row in rows] for at, name in enumerate(names)}
    headings = {name: " ".join(loaded.file.headings[at].split()) for name, at in loaded.file.places.items()}
    owners = [] if loaded.file.table.name == t.SUBJECTS else [places[row[0]] for row in rows]
    numbers = [loaded.row(row[1]) for row in rows]
    return TableData(columns, owners, loaded.file.path.name, "", numbers, headings)


def _value(value: Any, kind: Kind) -> Value:
    if value is None or kind is Kind.TEXT:
        found: Value = value
        return found
    return bool(value) if kind is Kind.BOOL else int(value)


# ---------------------------------------------------------------- where a subject stands


def _standing(few: _Subjects, compared: Compared) -> Standing:
    """What a comparison gives the one subject, and what an explanation says of it."""
    made, node = few.made, compared.node
    chain = made.chain(t.EACH)
    ((_, column),) = chain.slots[compared.slot.number].refs
    rows = few.ask(chain.last, [("value", made.book.of(chain.last, column))], "")
    if not rows:  # not appraised
        return Standing([None])
    value = _value(rows[0][0], node.type.kind)
    if isinstance(node, t.Rank):
        if value is None:
            return Standing([None], "not_ranked")
        alike, number = _counts(few, compared)
        facts = (("rank", str(value)), ("number", str(number)), ("alike", str(alike)))
        return Standing([value], "rank_shared" if alike > 1 else "rank", facts)
    if isinstance(node, t.Chosen):
        return _quota(few, compared, bool(value))
    return Standing([value])


def _own(few: _Subjects, compared: Compared, names: Sequence[str]) -> list[Value]:
    over = compared.over
    return list(few.ask(over, [(name, few.made.book.of(over, name)) for name in names], "")[0]) if names else []


def _where(names: Sequence[str], values: Sequence[Value]) -> str:
    tests = [
        f"{DUCKDB.quoted(name)} IS NOT DISTINCT FROM {DUCKDB.literal(value)}"
        for name, value in zip(names, values, strict=True)
    ]
    return f" WHERE {' AND '.join(tests)}" if tests else ""


def _counts(few: _Subjects, compared: Compared) -> tuple[int, int]:
    """How many subjects stand where this one does, and how many in its whole group."""
    file = few.stored[compared.relation].rows(few.folder)
    number = DUCKDB.quoted(compared.names["number"])
    group = _own(few, compared, compared.groups)
    own = _own(few, compared, compared.keys)
    both = _where([*compared.groups, *compared.keys], [*group, *own])
    ask = f"SELECT COALESCE(CAST(SUM({number}) AS BIGINT), 0) FROM {file}"
    (alike,), (total,) = (
        few.connection.execute(ask + where).fetchone() for where in (both, _where(compared.groups, group))
    )
    return alike, total


def _quota(few: _Subjects, compared: Compared, chosen: bool) -> Standing:
    assert compared.places is not None
    group = _own(few, compared, compared.groups)
    file = few.stored[compared.places].rows(few.folder)
    asked = f"SELECT {DUCKDB.quoted(compared.names['places'])} FROM {file}{_where(compared.groups, group)}"
    (places,) = few.connection.execute(asked).fetchone() or (0,)
    alike, pool = _counts(few, compared)
    facts = [("places", str(places or 0)), ("pool", str(pool))]
    if not _own(few, compared, [compared.names["pool"]])[0]:
        return Standing([chosen], "quota_not_in_pool", tuple(facts))
    keys = _own(few, compared, compared.keys)
    rows = few.stored[compared.relation].rows(few.folder)
    upto = f"SELECT {DUCKDB.quoted(compared.names['upto'])} FROM {rows}"
    where = _where([*compared.groups, *compared.keys], [*group, *keys])
    (reached,) = few.connection.execute(upto + where).fetchone() or (alike,)
    before = reached - alike
    facts += [("position", str(before + 1)), ("alike", str(alike))]
    if chosen:
        return Standing([True], "quota_tie_included" if before + alike > places else "quota_chosen", tuple(facts))
    return Standing([False], "quota_tie_excluded" if before < places else "quota_beyond", tuple(facts))
