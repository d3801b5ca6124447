"""What tests of the bulk path share: the same files read in small and in bulk, and what comes of each."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb
from msgspec import Struct

from kaoping.bulk.run import Settings, run_bulk
from kaoping.data.read import read_dataset
from kaoping.data.write import results_text
from kaoping.diagnostic import Finding
from kaoping.engines.run import DataErrors, evaluate
from kaoping.plan.build import plan_scheme
from kaoping.plan.plan import Plan
from kaoping.source import Source
from kaoping.surroundings import Surroundings
from kaoping_dsl.parse import parse

Rows = list[list[str]]


class Outcome(Struct, frozen=True):
    """What came of a run: its CSV, or None where it ended before; and what it found."""

    text: str | None
    findings: list[Finding]

    @property
    def rows(self) -> Rows | None:
        """The rows of the CSV, headings first."""
        return None if self.text is None else cells(self.text)

    @property
    def told(self) -> list[object]:
        """Everything the findings say, in their order."""
        return [
            (str(each.severity), each.code, each.variant, each.place, sorted(each.facts.items()), each.clause)
            for each in self.findings
        ]

    @property
    def codes(self) -> list[tuple[str, str]]:
        """The findings by code and variant."""
        return [(each.code, each.variant) for each in self.findings]


def planned(script: str) -> Plan:
    """The plan of a script without errors."""
    scheme, mistakes = parse(Source("a.kp", script))
    plan, findings = plan_scheme(scheme, Surroundings())
    assert not mistakes, mistakes
    assert plan is not None, findings
    return plan


def in_small(plan: Plan, data: Path) -> Outcome:
    """A run through the reader of small files."""
    dataset, findings = read_dataset(
        plan.inputs, data, scheme=plan.scheme, period=plan.period, plugins=[each.name for each in plan.plugins]
    )
    if dataset is None:
        return Outcome(None, findings)
    try:
        results = evaluate(plan, dataset)
    except DataErrors as problems:
        return Outcome(None, [*findings, *problems.findings])
    return Outcome(results_text(results, "csv"), findings)


def in_bulk(plan: Plan, data: Path, output: Path, settings: Settings | None = None) -> Outcome:
    """A run through DuckDB into a CSV file."""
    done = run_bulk(plan, data, output, settings or Settings())
    return Outcome(output.read_bytes().decode("utf-8-sig") if output.exists() else None, done.findings)


def cells(text: str) -> Rows:
    """The cells of a CSV text."""
    return list(csv.reader(io.StringIO(text, newline="")))


def assert_same(script: str | Plan, data: Path) -> Outcome:
    """Both paths give the same file, to the byte, and say the same; what that is."""
    plan = planned(script) if isinstance(script, str) else script
    output = data.parent / "out.csv"
    output.unlink(missing_ok=True)
    wanted, found = in_small(plan, data), in_bulk(plan, data, output)
    assert found.told == wanted.told
    assert found.rows == wanted.rows
    assert found.text == wanted.text
    assert not list(data.parent.glob(".*.tmp"))
    return wanted


def folder(path: Path, **files: str | bytes) -> Path:
    """A folder `data` with these CSV files."""
    place = path / "data"
    place.mkdir(exist_ok=True)
    for name, content in files.items():
        (place / f"{name}.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    return place


def written(rows: Iterable[Sequence[str]], delimiter: str = ",") -> str:
    """Rows as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


def parquet(path: Path, columns: Mapping[str, str], rows: str) -> None:
    """A Parquet file: the SQL of each column by its heading, over the rows of a FROM clause."""
    shown = ", ".join(f'{sql} AS "{name.replace(chr(34), 2 * chr(34))}"' for name, sql in columns.items())
    literal = str(path).replace("'", "''")
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT {shown} FROM {rows}) TO '{literal}' (FORMAT parquet)")
