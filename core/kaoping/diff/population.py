"""A population to evaluate several schemes on: read once, each scheme's columns as a table beside the others.

Both kinds keep their tables in DuckDB, so that what is compared is compared in one way. A small population is read and
evaluated in memory, a large one never leaves the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct, field

from kaoping import typed as t
from kaoping.bulk.required import problems
from kaoping.bulk.run import Bound, prepared
from kaoping.bulk.uneven import uneven_shares
from kaoping.dataset import Dataset
from kaoping.diagnostic import Finding, Severity
from kaoping.engines.duckdb import asking, create, plugins_named
from kaoping.engines.required import data_problems
from kaoping.engines.run import evaluated
from kaoping.engines.sql.build import outputs, script
from kaoping.engines.sql.dialects import DUCKDB
from kaoping.engines.sql.loaded import Table, call
from kaoping.engines.sql.relations import Expr, statement
from kaoping.plan.plan import Plan
from kaoping.types import TEXT, Type, Value, number

UNITS = "units"
"""The table of all subjects: `id`, `name` and `place`, their order."""
Read = Callable[[Plan], tuple[Dataset | None, list[Finding]]]


class UnfitError(Exception):
    """Data that a scheme cannot be evaluated on, and why."""

    def __init__(self, plan: Plan, findings: Iterable[Finding]) -> None:
        """Keep the scheme and the findings."""
        super().__init__(plan.scheme)
        self.plan, self.findings = plan, list(findings)


class Population(Protocol):
    """What subjects are like whom schemes are tried on."""

    @property
    def connection(self) -> Any:
        """The database."""

    def read(self, plan: Plan) -> list[Finding]:
        """Read what a scheme asks for; what is doubtful in it. Raises `UnfitError`."""

    def table(self, plan: Plan, keys: Sequence[t.Key], name: str) -> None:
        """Make a table of those appraised: `id`, and the columns `c0`, `c1`, … . Raises `UnfitError`."""


def _asked(plan: Plan) -> tuple[Any, ...]:
    """What schemes have in common that read the same data alike."""
    return (plan.inputs, plan.period, plan.scheme, plan.dates, [each.name for each in plan.plugins])


def _fit(plan: Plan, findings: list[Finding]) -> list[Finding]:
    if any(each.severity is Severity.ERROR for each in findings):
        raise UnfitError(plan, findings)
    return findings


class Small(Struct):
    """Subjects read into memory and evaluated there."""

    connection: Any
    reader: Read
    known: list[tuple[Any, Dataset, list[Finding]]] = field(default_factory=list)

    def read(self, plan: Plan) -> list[Finding]:
        """Read what a scheme asks for; what is doubtful in it. Raises `UnfitError`."""
        dataset, findings = self._data(plan)
        _fit(plan, data_problems(plan, dataset))
        return findings

    def table(self, plan: Plan, keys: Sequence[t.Key], name: str) -> None:
        """Make a table of those appraised. Raises `UnfitError`."""
        dataset, _ = self._data(plan)
        _fit(plan, data_problems(plan, dataset))
        asked = list(dict.fromkeys([*keys, *([plan.appraised] if plan.appraised else [])]))
        columns, found = evaluated(plan, dataset, asked, "auto")
        _fit(plan, found)
        holds = columns[plan.appraised] if plan.appraised is not None else None
        members = [at for at in range(len(dataset.ids)) if holds is None or holds[at] is True]
        made: dict[str, tuple[Type, Sequence[Value]]] = {"id": (TEXT, [dataset.ids[at] for at in members])}
        for at, key in enumerate(keys):
            made[f"c{at}"] = (plan.columns[key].type, [columns[key][member] for member in members])
        create(self.connection, Table(name, made))

    def _data(self, plan: Plan) -> tuple[Dataset, list[Finding]]:
        asked = _asked(plan)
        for known, dataset, findings in self.known:
            if known == asked:
                return dataset, findings
        read, findings = self.reader(plan)
        if read is None:
            raise UnfitError(plan, findings)
        if not self.known:
            columns: dict[str, tuple[Type, Sequence[Value]]] = {"id": (TEXT, read.ids), "name": (TEXT, read.names)}
            columns["place"] = (number(0, 2**31 - 2), range(len(read.ids)))
            create(self.connection, Table(UNITS, columns))
        self.known.append((asked, read, findings))
        return read, findings


class Large(Struct):
    """Subjects in files that DuckDB reads; nothing of any of them passes through Python."""

    connection: Any
    path: Path
    known: list[tuple[Any, str, Bound, list[Finding]]] = field(default_factory=list)

    def read(self, plan: Plan) -> list[Finding]:
        """Read what a scheme asks for; what is doubtful in it. Raises `UnfitError`, `NotInBulk`."""
        return self._bound(plan)[2]

    def table(self, plan: Plan, keys: Sequence[t.Key], name: str) -> None:
        """Make a table of those appraised. Raises `UnfitError`, `NotInBulk`."""
        schema, bound, _ = self._bound(plan)
        subjects = bound.tables[t.SUBJECTS]
        self.connection.execute(f"USE {schema}")
        asked = [*keys, *([plan.appraised] if plan.appraised else [])]
        made = script(plan, asked, DUCKDB, bound.sources)
        ask = asking(self.connection, made)
        call(made, ask, partial(create, self.connection))
        _fit(plan, uneven_shares(self.connection, made, subjects, ask))
        last, shown = outputs(made, t.EACH, asked)
        columns = dict(shown)
        tail = ""
        if plan.appraised is not None:
            tail = f" WHERE {columns.pop(f'c{len(keys)}').text}"
        listed = [("id", Expr(f"CAST({columns['id'].text} AS VARCHAR)", columns["id"].refs))]
        listed += [(f"c{at}", columns[f"c{at}"]) for at in range(len(keys))]
        if plan.appraised is not None:  # the column has to be there to be asked
            first, expression = listed[0]
            listed[0] = (first, Expr(expression.text, expression.refs | dict(shown)[f"c{len(keys)}"].refs))
        query = statement(made.book.relations, last, listed, DUCKDB, tail)
        with plugins_named():
            self.connection.execute(f"CREATE TABLE main.{name} AS {query}")
        self.connection.execute("USE main")

    def _bound(self, plan: Plan) -> tuple[str, Bound, list[Finding]]:
        asked = _asked(plan)
        for known, schema, bound, findings in self.known:
            if known == asked:
                self.connection.execute(f"USE {schema}")
                _fit(plan, problems(self.connection, plan, bound.tables, bound.sources))
                return schema, bound, findings
        schema = f"read_{len(self.known)}"
        self.connection.execute(f"CREATE SCHEMA {schema}")
        self.connection.execute(f"USE {schema}")
        made, findings = prepared(self.connection, plan, self.path)
        _fit(plan, findings)
        assert made is not None
        if not self.known:
            subjects = made.tables[t.SUBJECTS]
            name = "COALESCE(name, CAST(id AS VARCHAR))" if subjects.has_names else "CAST(id AS VARCHAR)"
            self.connection.execute(
                f"CREATE TABLE main.{UNITS} AS SELECT CAST(id AS VARCHAR) AS id, {name} AS name, "
                f"{subjects.place} AS place FROM {subjects.name}"
            )
        self.known.append((asked, schema, made, findings))
        return schema, made, findings
