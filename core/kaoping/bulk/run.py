"""A run in bulk: files in, results out, nothing of a subject in Python on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.bulk import WRITTEN
from kaoping.bulk.belonging import contradictions, orphans, outside, unfit
from kaoping.bulk.cohorts import store
from kaoping.bulk.files import NotInBulk, TableFile, damaged, files_in, is_damage, of_subjects, opened, tables_of
from kaoping.bulk.load import Loaded, load
from kaoping.bulk.required import problems
from kaoping.bulk.rewritten import UnreadableError
from kaoping.bulk.shown import results
from kaoping.bulk.stored import load_stored
from kaoping.bulk.uneven import uneven_shares
from kaoping.bulk.write import written
from kaoping.data.grid import as_warning, data_error
from kaoping.data.read import read_params
from kaoping.data.wrong import Wrong, grouped
from kaoping.dataset import Dataset, InputTable
from kaoping.diagnostic import Finding, Severity
from kaoping.engines.duckdb import asking, create, plugins_named
from kaoping.engines.run import DataErrors
from kaoping.engines.run import wanted as shown_keys
from kaoping.engines.sql.build import script
from kaoping.engines.sql.dialects import DUCKDB
from kaoping.engines.sql.loaded import call
from kaoping.engines.sql.program import ENDS, PLACE, SAME_LENGTH, Source
from kaoping.engines.sql.relations import statement
from kaoping.plan.plan import Plan
from kaoping.types import Value
from kaoping.whole import check_writable, whole

SMALL_IDS, LARGE_IDS = ("TINYINT", "SMALLINT", "INTEGER"), ("BIGINT",)


class Settings(Struct, frozen=True):
    """What a run may use: memory as DuckDB writes it (`2GB`), threads, and a folder for what does not fit."""

    memory: str | None = None
    threads: int | None = None
    temp: Path | None = None


class Done(Struct, frozen=True):
    """What came of a run: the findings about the data, and how many subjects have results and how many are there."""

    findings: list[Finding]
    written: int = 0
    subjects: int = 0


def run_bulk(plan: Plan, data: Path, output: Path, settings: Settings, cohorts: Path | None = None) -> Done:
    """Evaluate a scheme on files and write the results to a file, which is there whole or not at all; and what is the
    same for many subjects (ranks, lines of quotas, averages) into the folder `cohorts`, where one is named.

    Nothing is written where there is an error among the findings. Raises `NotInBulk` where the files have to be read
    in small, `duckdb.OutOfMemoryException` and `OSError` where there is no room.
    """
    import duckdb

    check_writable(output)
    if cohorts is not None:
        cohorts.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        configure(connection, settings)
        bound, findings = prepared(connection, plan, data)
        if bound is None:
            return Done(findings)
        tables, sources = bound.tables, bound.sources
        subjects, form = tables[t.SUBJECTS], WRITTEN[output.suffix.lower()]
        try:
            with whole(output) as beside:
                lock(connection, [*(each.file.path for each in tables.values()), beside], cohorts)
                kept = None
                if cohorts is not None:
                    kept = partial(store, folder=cohorts, data=bound.files, params=bound.params.params)
                number = _written(connection, plan, sources, subjects, beside, form, kept)
        except DataErrors as problems:
            return Done([*findings, *problems.findings])
        except duckdb.Error as reason:
            read_now = [each.file.path for each in tables.values() if each.is_view]
            if not read_now or not is_damage(reason):
                raise
            return Done([*findings, *map(damaged, read_now)])
        return Done(findings, number, subjects.rows)


class Bound(Struct):
    """The tables of a run, where the program of its plan finds their columns, and a data set with the params alone."""

    tables: dict[str, Loaded]
    sources: dict[str, Source]
    params: Dataset

    @property
    def files(self) -> list[Path]:
        """The files that tables are bound to."""
        return [each.file.path for each in self.tables.values() if each.file.headings]


def prepared(
    connection: Any, plan: Plan, data: Path, only: Sequence[str] | None = None
) -> tuple[Bound | None, list[Finding]]:
    """The tables of a scheme bound and checked, of all or `only` of some subjects; None where there are errors."""
    tables, with_params, findings = _bound(connection, plan, data, only)
    params, more = _params(plan, data if with_params else None)
    findings += more
    sources = {name: loaded.source for name, loaded in tables.items()}
    _params_table(connection, plan, params.params, sources)
    findings = _sorted(findings)
    if not _failed(findings):
        findings += problems(connection, plan, tables, sources)
    return (None if _failed(findings) else Bound(tables, sources, params)), findings


def configure(connection: Any, settings: Settings) -> None:
    """Hold a database to what a run may use, and keep it from printing."""
    connection.execute("SET enable_progress_bar = false")
    if settings.memory:
        connection.execute(f"SET memory_limit = {DUCKDB.literal(settings.memory)}")
    if settings.threads:
        connection.execute(f"SET threads = {int(settings.threads)}")
    if settings.temp:
        connection.execute(f"SET temp_directory = {DUCKDB.literal(str(settings.temp))}")
    by_place(connection)


def by_place(connection: Any) -> None:
    """Let DuckDB group by small whole numbers without hashing: every thread keeps a row for each number there could be,
    up to a million where memory is plenty, and they may take an eighth of it (a kilobyte a row is a scheme of many
    aggregates).
    """
    asked = "SELECT parse_formatted_bytes(current_setting('memory_limit')), current_setting('threads')"
    memory, threads = connection.execute(asked).fetchone()
    rows = max(1, int(memory) // (8 * 1024 * int(threads)))
    connection.execute(f"SET perfect_ht_threshold = {min(max(rows.bit_length() - 1, 12), 20)}")


def lock(connection: Any, paths: Sequence[Path], folder: Path | None) -> None:
    """Nothing but the files of this run can be reached from here on, whatever the query says."""
    allowed = ", ".join(DUCKDB.literal(str(path)) for path in paths)
    connection.execute(f"SET allowed_paths = [{allowed}]")
    if folder is not None:
        connection.execute(f"SET allowed_directories = [{DUCKDB.literal(str(folder))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")


def _failed(findings: Sequence[Finding]) -> bool:
    return any(each.severity is Severity.ERROR for each in findings)


def _sorted(findings: list[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda each: each.severity is Severity.WARNING)


# ---------------------------------------------------------------- reading


def _bound(
    connection: Any, plan: Plan, data: Path, only: Sequence[str] | None
) -> tuple[dict[str, Loaded], bool, list[Finding]]:
    """Every table of the scheme bound to its file, and whether params are there."""
    import duckdb

    paths, findings = files_in(data, tables_of(plan))
    asked = [table for table in tables_of(plan) if table.name != t.PARAMS]
    libraries = [each.name for each in plan.plugins]
    files: dict[str, TableFile] = {}
    heads: dict[str, list[Finding]] = {}
    later: list[Finding] = []
    tables: dict[str, Loaded] = {}
    wrongs: list[Wrong] = []
    for table in asked:
        if table.name in paths and not table.scheme:
            file, heads[table.name] = opened(connection, paths[table.name], table, libraries)
            if file is not None and file.id is None:
                raise NotInBulk("names", paths[table.name].name)
            if file is not None:
                files[table.name] = file if only is None else of_subjects(file, only)
    id_kind = "VARCHAR" if any(table.scheme for table in asked) else _kind_of_ids(files.values())
    for number, table in enumerate(asked):
        name = f"input_{number}"
        made, told, more_wrongs = None, heads.get(table.name, []), list[Wrong]()

        def after_ids(loaded: Loaded) -> list[Wrong]:
            subjects = tables.get(t.SUBJECTS)
            if only is not None and not loaded.is_view:  # the ids that had to be read are known now
                listed = ", ".join(map(DUCKDB.literal, only))
                connection.execute(
                    f"DELETE FROM {loaded.name} WHERE COALESCE(CAST(id AS VARCHAR) NOT IN ({listed}), TRUE)"
                )
            return unfit(connection, loaded) if subjects is None else orphans(connection, loaded, subjects)

        try:
            if table.name in files:
                named = table.name == t.SUBJECTS or (
                    tables[t.SUBJECTS].has_names and files[table.name].name not in files[table.name].places.values()
                )
                made, more_wrongs = load(connection, files[table.name], name, id_kind, named=named, after_ids=after_ids)
                if table.name != t.SUBJECTS:
                    others, doubtful = contradictions(connection, made, tables[t.SUBJECTS])
                    more_wrongs += others
                    told = [*told, *map(as_warning, grouped(doubtful))]
            elif table.name in paths and table.scheme:
                made, told, more_wrongs = load_stored(
                    connection, plan, table, paths[table.name], name, tables[t.SUBJECTS], some=only is not None
                )
        except UnreadableError as reason:
            findings.append(reason.finding)
            told = []
        except duckdb.Error as reason:
            if paths[table.name].suffix.lower() == ".csv" or not is_damage(reason):
                raise
            findings.append(damaged(paths[table.name]))
            told = []
        later += told
        tables[table.name] = made or _without_rows(connection, table, name, id_kind)
        wrongs += more_wrongs
        if made is not None and table.name == t.SUBJECTS and not made.rows and only is None:
            later.append(data_error("KP620", made.file.path.name))
        if made is not None and table.name in files and table.name != t.SUBJECTS:
            later += outside(connection, made, plan.period)
    return tables, t.PARAMS in paths, findings + later + grouped(wrongs)


def _kind_of_ids(files: Iterable[TableFile]) -> str:
    """The type of SQL that holds the ids of all tables as they are."""
    kinds = {file.types[file.id or 0] for file in files}
    if not kinds <= {*SMALL_IDS, *LARGE_IDS}:
        return "VARCHAR"
    return "INTEGER" if kinds <= {*SMALL_IDS} else "BIGINT"


def _without_rows(connection: Any, table: InputTable, name: str, id_kind: str) -> Loaded:
    """A table that nobody has sent: there are no such records."""
    columns = {column.name: f"c{at}" for at, column in enumerate(table.columns)}
    kinds = [f"c{at} {DUCKDB.type_of(column.type)}" for at, column in enumerate(table.columns)]
    if table.name == t.HISTORY:
        columns |= {SAME_LENGTH: "same", PLACE: "back", ENDS: "ends"}
        kinds += ["same BOOLEAN", "back INTEGER", "ends INTEGER"]
    connection.execute(f"CREATE OR REPLACE TABLE {name} ({', '.join([f'id {id_kind}', *kinds])})")
    file = TableFile(table, Path(table.label), name, 0, None, {}, [], 1, ["VARCHAR"])
    return Loaded(file, name, columns)


def _params(plan: Plan, data: Path | None) -> tuple[Dataset, list[Finding]]:
    asked = next((table for table in plan.inputs if table.name == t.PARAMS), None)
    if asked is None or data is None:
        defaults = {} if asked is None else {column.name: column.default for column in asked.columns}
        return Dataset([], [], {}, defaults), []
    return read_params(asked, data, [each.name for each in plan.plugins])


def _params_table(connection: Any, plan: Plan, params: dict[str, Value], sources: dict[str, Source]) -> None:
    asked = next((table for table in plan.inputs if table.name == t.PARAMS), None)
    if asked is None:
        return
    texts = {column.name: f"c{at}" for at, column in enumerate(asked.columns)}
    shown = ", ".join(
        f"CAST({DUCKDB.literal(params.get(column.name))} AS {DUCKDB.type_of(column.type)}) AS c{at}"
        for at, column in enumerate(asked.columns)
    )
    connection.execute(f"CREATE TABLE params_given AS SELECT {shown}")
    sources[t.PARAMS] = Source("params_given", "", texts)


# ---------------------------------------------------------------- writing


def _written(
    connection: Any,
    plan: Plan,
    sources: dict[str, Source],
    subjects: Loaded,
    path: Path,
    form: str,
    kept: Callable[..., str] | None,
) -> int:
    """The results of those who are appraised in a file; how many they are. Raises `DataErrors` of uneven quotas."""
    ordered = form != "parquet"
    own = sources | {t.SUBJECTS: replace(sources[t.SUBJECTS], rows=subjects.place if ordered else None)}
    made = script(plan, wanted(plan), DUCKDB, own)

    ask = asking(connection, made)
    call(made, ask, partial(create, connection))
    if uneven := uneven_shares(connection, made, subjects, ask):
        raise DataErrors(uneven)
    last, shown = results(made, subjects, csv=form == "csv", ordered=ordered)
    with plugins_named():
        query = kept(connection, made, last, shown) if kept else statement(made.book.relations, last, shown, DUCKDB)
        return written(connection, query, [name for name, _ in shown], path, form)


def wanted(plan: Plan) -> list[t.Key]:
    """The columns that results are made of, and every comparison among subjects, so that it can be stored."""
    compared = (
        key for key, column in plan.columns.items()
        if key.frame == t.EACH and isinstance(column.value, t.Rank | t.Cohort | t.Percentile | t.Chosen)
    )  # fmt: skip
    return list(dict.fromkeys([*shown_keys(plan), *compared]))
