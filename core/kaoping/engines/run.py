"""A run: data problems first, then every column, then the results."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from kaoping.dataset import Dataset
from kaoping.diagnostic import Finding
from kaoping.engines.python import compiled, run
from kaoping.engines.reference import Reference
from kaoping.engines.required import data_problems
from kaoping.plan.plan import Plan, Requirement
from kaoping.results import Reason, Results
from kaoping.source import NOWHERE
from kaoping.typed import SUBJECTS, Key
from kaoping.types import Value

Columns = dict[Key, list[Value]]


class DataErrors(Exception):  # noqa: N818 - it carries many
    """Data that cannot be evaluated: every problem found, with its place."""

    def __init__(self, findings: list[Finding]) -> None:
        """Keep the findings."""
        super().__init__(f"{len(findings)} data errors")
        self.findings = findings


def evaluate(plan: Plan, dataset: Dataset, engine: str = "auto") -> Results:
    """The results of a scheme on a data set.

    `engine` is `reference`, `python` (compiled), `duckdb`, `sqlite`, `spark` or `auto`; all give the same. Raises
    `DataErrors` with every problem where the data leave a needed cell empty, exceed a limit, or give a quota two
    shares, and where the engine cannot carry the scheme exactly.
    """
    problems = data_problems(plan, dataset)
    if problems:
        raise DataErrors(problems)
    columns, problems = _carried(plan, dataset, engine)
    if problems:
        raise DataErrors(problems)
    return results(plan, dataset, columns)


def _carried(plan: Plan, dataset: Dataset, engine: str) -> tuple[Columns, list[Finding]]:
    if engine in ("auto", "python", "reference"):
        return evaluated(plan, dataset, wanted(plan), engine)
    import sqlite3

    from kaoping.engines.sql.expressions import NotInSql

    try:
        return evaluated(plan, dataset, wanted(plan), engine)
    except NotInSql as reason:
        return {}, [reason.finding]
    except (OverflowError, sqlite3.OperationalError) as reason:
        if "overflow" not in str(reason) and not isinstance(reason, OverflowError):
            raise
        return {}, [Finding("KP704", NOWHERE, {"dialect": engine})]


def evaluated(plan: Plan, dataset: Dataset, keys: list[Key], engine: str) -> tuple[Columns, list[Finding]]:
    """The columns asked for, and the data errors that show only in evaluating."""
    match engine:
        case "reference":
            reference = Reference(plan, dataset)
            reference.run(keys)
            return {key: reference.column(key) for key in keys}, reference.problems
        case "duckdb":
            from kaoping.engines import duckdb

            return duckdb.evaluated(plan, dataset, keys)
        case "sqlite":
            from kaoping.engines import sqlite

            return sqlite.evaluated(plan, dataset, keys)
        case "spark":
            from kaoping.engines import spark

            return spark.evaluated(plan, dataset, keys)
        case _:
            return run(compiled(plan, keys), dataset)


def wanted(plan: Plan) -> list[Key]:
    """The columns that results are made of."""
    return list(
        dict.fromkeys(
            [
                *(key for _, key in plan.results),
                *(requirement.key for requirement in plan.requirements),
                *(reason.key for reason in plan.reasons),
                *([plan.appraised] if plan.appraised else []),
            ]
        )
    )


def results(plan: Plan, dataset: Dataset, columns: Columns) -> Results:
    """The results of the subjects appraised, from the evaluated columns."""
    subjects = range(len(dataset.ids))
    appraised = [holds is True for holds in columns[plan.appraised]] if plan.appraised else [True] * len(subjects)
    members = [subject for subject in subjects if appraised[subject]]
    everyone = len(members) == len(subjects)
    found: list[list[str]] = [[] for _ in subjects]
    places: list[dict[str, list[str]]] = [{} for _ in subjects]
    general: list[str] = []
    for requirement in plan.requirements:
        text = requirement.message
        for subject, place in _failures(requirement, dataset, columns[requirement.key]):
            texts = general if requirement.constant else found[subject]
            if text not in texts:
                texts.append(text)
            if place:
                places[subject].setdefault(text, []).append(place)
    reasons: list[list[Reason]] = [[] for _ in subjects]
    for reason in plan.reasons:
        told = Reason(reason.word, reason.text, reason.clause)
        for subject, holds in enumerate(columns[reason.key]):
            if holds:
                reasons[subject].append(told)
    not_appraised = [(dataset.ids[each], dataset.names[each]) for each in subjects if not appraised[each]]
    return Results(
        scheme=plan.scheme,
        title=plan.title,
        period=plan.period.text,
        columns=tuple(column for column, _ in plan.results),
        ids=[dataset.ids[member] for member in members],
        names=[dataset.names[member] for member in members],
        values={
            column.name: columns[key] if everyone else [columns[key][member] for member in members]
            for column, key in plan.results
        },
        findings=[found[member] for member in members],
        finding_places=[places[member] for member in members],
        reasons=[reasons[member] for member in members],
        general_findings=general,
        not_appraised=not_appraised,
        left_out=list(dataset.left_out),
        interpretations=list(plan.interpretations),
        script_hash=hashlib.sha256(plan.source.text.encode()).hexdigest(),
        data_hashes=dict(dataset.hashes),
        plugins=plan.plugins,
    )


def _failures(requirement: Requirement, dataset: Dataset, holds: list[Value]) -> Iterator[tuple[int, str]]:
    """Who fails a requirement; where it is asked of records, the place of the row, else ""."""
    table = requirement.key.frame.table
    data = dataset.tables.get(table)
    for row, value in enumerate(holds):
        if value is False:
            asked_of_rows = table != SUBJECTS and data is not None
            yield (data.owners[row], data.place(row, "").strip()) if asked_of_rows and data else (row, "")
