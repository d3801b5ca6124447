"""The part of `kaoping run` for files too large for memory: whether a run is one, and how it ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kaoping.cli.output import CommandError, patience, warn
from kaoping.data.csv_file import MAX_BYTES
from kaoping.diagnostic import Severity
from kaoping.messages import Catalogue
from kaoping.plan.plan import Plan

if TYPE_CHECKING:
    from kaoping.bulk.run import Done

KINDS, FORMATS = (".csv", ".parquet"), (".csv", ".parquet", ".sqlite", ".db")
"""What a large population comes in, and what its results are written as."""
Limits = tuple[str | None, int | None, Path | None]
"""Memory, threads, and a folder for what does not fit into memory."""
LARGE = 3_000_000
"""Bytes of CSV from which DuckDB is faster, some 30,000 subjects: docs/performance.md has the crossover."""
NO_ROOM = 74


def is_bulk(data: Path, output: Path | None, engine: str) -> bool:
    """Whether a run goes from files to a file: large ones, Parquet, a database, or because DuckDB is asked for."""
    if engine not in ("auto", "duckdb") or output is None or output.suffix.lower() not in FORMATS:
        return False
    files = _files(data)
    if not files:
        return False
    special = output.suffix.lower() != ".csv" or any(each.suffix.lower() != ".csv" for each in files)
    return special or engine == "duckdb" or sum(each.stat().st_size for each in files) > LARGE


def _files(data: Path) -> list[Path]:
    inside = list(data.iterdir()) if data.is_dir() else [data]
    return [each for each in inside if each.suffix.lower() in KINDS and each.is_file()]


def run_large(plan: Plan, data: Path, output: Path | None, engine: str, limits: Limits, words: Catalogue) -> int | None:
    """The exit code of a run from files to a file; None where it is none, or the files have to be read in small."""
    if not is_bulk(data, output, engine):
        return None
    assert output is not None
    from kaoping.cli.run import complain, not_run

    done = _run(plan, data, output, limits, words)
    if done is None:
        return None
    complain(done.findings, words)
    if any(each.severity is Severity.ERROR for each in done.findings):
        not_run(False, words)
    warn(words("command.run.written", path=output, count=done.written))
    if done.written < done.subjects:
        warn(words("command.run.not_appraised", count=done.subjects - done.written))
    return 0


def _run(plan: Plan, data: Path, output: Path, limits: Limits, words: Catalogue) -> Done | None:
    import duckdb

    from kaoping.bulk.files import NotInBulk
    from kaoping.bulk.run import Settings, run_bulk

    try:
        with patience(words("command.run.evaluating")):
            return run_bulk(plan, data, output, Settings(*limits))
    except NotInBulk as reason:
        small = all(each.suffix.lower() == ".csv" and each.stat().st_size <= MAX_BYTES for each in _files(data))
        if small and output.suffix.lower() == ".csv":
            return None
        raise CommandError(f"bulk_{reason.reason}", path=reason.place or data) from reason
    except duckdb.OutOfMemoryException as reason:
        raise CommandError("bulk_memory", NO_ROOM) from reason
    except duckdb.IOException as reason:
        if "No space left" in str(reason) or "could not" in str(reason).lower():
            raise CommandError("bulk_disk", NO_ROOM, path=output) from reason
        raise
