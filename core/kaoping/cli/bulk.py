"""The part of `kaoping run` for files too large for memory: whether a run is one, and how it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from kaoping.bulk import READ, WRITTEN
from kaoping.cli.output import CommandError, patience, warn
from kaoping.data.csv_file import MAX_BYTES
from kaoping.dataset import Dataset
from kaoping.derivation import Derivation
from kaoping.diagnostic import Finding, Severity
from kaoping.messages import Catalogue
from kaoping.plan.plan import Plan
from kaoping.results import Results

if TYPE_CHECKING:
    from kaoping.bulk.files import NotInBulk
    from kaoping.bulk.run import Done, Settings

Limits = tuple[str | None, str | None, Path | None]
"""Memory, threads, and a folder for what does not fit into memory."""
LARGE = 1_100_000
"""Bytes of CSV from which DuckDB is faster, some 10,000 subjects: docs/performance.md has the crossover."""
NO_ROOM, MOST_THREADS = 74, 256
_MEMORY = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})? ?[KMGT]i?B", re.IGNORECASE)


def is_bulk(plan: Plan, data: Path, output: Path | None, engine: str, cohorts: Path | None) -> bool:
    """Whether a run goes from files to a file: large ones, Parquet, a database, or because DuckDB is asked for."""
    if engine not in ("auto", "duckdb") or output is None or output.suffix.lower() not in WRITTEN:
        return False
    files = files_read(plan, data)
    if not files:
        return False
    return output.suffix.lower() != ".csv" or engine == "duckdb" or cohorts is not None or is_large(plan, data)


def is_large(plan: Plan, data: Path) -> bool:
    """Whether data are read by DuckDB where nothing else decides: many of them, or Parquet."""
    files = files_read(plan, data)
    return (
        any(each.suffix.lower() == ".parquet" for each in files) or sum(each.stat().st_size for each in files) > LARGE
    )


def readable_in_small(plan: Plan, data: Path) -> bool:
    """Whether the reader of small files can read these, too."""
    return all(each.suffix.lower() == ".csv" and each.stat().st_size <= MAX_BYTES for each in files_read(plan, data))


def files_read(plan: Plan, data: Path) -> list[Path]:
    """The files of a folder that the scheme reads; or the one there is."""
    from kaoping.bulk.files import files_in, tables_of

    inside = files_in(data, tables_of(plan))[0].values() if data.is_dir() else [data]
    return [each for each in inside if each.suffix.lower() in READ and each.is_file()]


def run_large(
    plan: Plan, data: Path, output: Path | None, engine: str, limits: Limits, cohorts: Path | None, words: Catalogue
) -> int | None:
    """The exit code of a run from files to a file; None where it is none, or the files have to be read in small."""
    if not is_bulk(plan, data, output, engine, cohorts):
        if cohorts is not None:
            raise CommandError("cohorts_need_file", path=cohorts)
        if any(each.suffix.lower() == ".parquet" for each in files_read(plan, data)):
            raise CommandError("bulk_needs_file")
        return None
    assert output is not None
    done = _run(plan, data, output, limits, cohorts, words)
    if done is None:
        return None
    _refused(done.findings, words)
    warn(words("command.run.written", path=output, count=done.written))
    if done.written < done.subjects:
        warn(words("command.run.not_appraised", count=done.subjects - done.written))
    return 0


def unread(reason: NotInBulk, data: Path) -> CommandError:
    """What is said of files that are too large for the reader that could read them."""
    return CommandError(f"bulk_{reason.reason}", 1, path=reason.place or data)


def settings_of(limits: Limits) -> Settings:
    """What a run may use, as it was typed."""
    from kaoping.bulk.run import Settings

    memory, threads, temp = limits
    if memory is not None and not _MEMORY.fullmatch(memory):
        raise CommandError("memory_form", memory=memory)
    if threads is not None and not (threads.isdecimal() and threads.isascii() and 1 <= int(threads) <= MOST_THREADS):
        raise CommandError("threads_form", threads=threads, most=MOST_THREADS)
    return Settings(memory, int(threads) if threads else None, temp)


def _run(plan: Plan, data: Path, output: Path, limits: Limits, cohorts: Path | None, words: Catalogue) -> Done | None:
    import duckdb

    from kaoping.bulk.files import NotInBulk
    from kaoping.bulk.run import run_bulk

    try:
        with patience(words("command.run.evaluating")):
            return run_bulk(plan, data, output, settings_of(limits), cohorts)
    except NotInBulk as reason:
        if readable_in_small(plan, data) and cohorts is None:
            return None
        raise unread(reason, data) from reason
    except duckdb.OutOfMemoryException as reason:
        raise CommandError("bulk_memory", NO_ROOM) from reason
    except duckdb.IOException as reason:
        raise CommandError("bulk_disk", NO_ROOM, path=output) from reason


# ---------------------------------------------------------------- some of the subjects


def run_again(plan: Plan, data: Path, ids: Sequence[str], limits: Limits, cohorts: Path, words: Catalogue) -> Results:
    """The results of some subjects, with the cohorts stored of all; what would change for others is told."""
    from kaoping.bulk.some import evaluate_again

    with _cohorts(cohorts, data):
        again = evaluate_again(plan, data, ids, cohorts, settings_of(limits))
    _refused(again.findings, words)
    if again.unknown:
        raise CommandError("only_unknown", ids=list(again.unknown))
    assert again.results is not None
    if again.withheld:
        titles = [words(f"report.{each.role}") if each.name == each.role else each.name for each in again.withheld]
        warn(words("command.run.cohorts_change", names=words("report.comma").join(titles)))
    _tell_of_files(again.files, words)
    return again.results


def _tell_of_files(files: Sequence[str], words: Catalogue) -> None:
    if files:
        warn(words("command.run.cohorts_files", names=words("report.comma").join(files)))


@contextmanager
def _cohorts(folder: Path, data: Path) -> Iterator[None]:
    """Stored cohorts that are missing, damaged or of something else are told, and data that are not read then."""
    import duckdb

    from kaoping.bulk.cohorts import NoCohorts
    from kaoping.bulk.files import NotInBulk

    try:
        yield
    except NoCohorts as reason:
        raise CommandError(f"cohorts_{reason.reason}", path=folder) from reason
    except NotInBulk as reason:
        raise unread(reason, data) from reason
    except duckdb.OutOfMemoryException as reason:
        raise CommandError("bulk_memory", NO_ROOM) from reason
    except (duckdb.IOException, duckdb.InvalidInputException) as reason:
        raise CommandError("cohorts_damaged", path=folder) from reason


def explained_one(
    plan: Plan, data: Path, subject: str, name: str | None, cohorts: Path, words: Catalogue
) -> tuple[Derivation, Dataset]:
    """The derivation of a value of one subject of many, and its data."""
    from kaoping.bulk.some import explain_one

    with _cohorts(cohorts, data):
        one = explain_one(plan, data, subject, name, cohorts)
    _refused(one.findings, words)
    if one.withheld:
        raise CommandError("cohorts_outdated", 1, path=cohorts)
    if one.derivation is None or one.dataset is None:
        raise CommandError("only_unknown", ids=subject)
    _tell_of_files(one.files, words)
    return one.derivation, one.dataset


def _refused(findings: list[Finding], words: Catalogue) -> None:
    from kaoping.cli.run import complain, not_run

    complain(findings, words)
    if any(each.severity is Severity.ERROR for each in findings):
        not_run(False, findings, words)
