"""What is measured of DuckDB: this engine and the SQL by hand, from memory to memory and from Parquet to Parquet."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct

from bench.bulk import by_hand
from bench.bulk.agree import in_sql
from bench.bulk.by_hand import same_columns as same
from bench.bulk.made import ID, events_folder, folder, script_file, units_file

OURS, OURS_NINE = "kaoping", "kaoping, nine columns"
FIRST = "windows, nine columns, as first written"


class Form(Struct, frozen=True):
    """Something that is run: what it is run on is loaded once; the number is of all its results. `clear` gives up the
    results of the run before that a database keeps, as those in Python's memory are given up before the clock starts.
    """

    load: Callable[[], Any]
    run: Callable[[Any], Any]
    number: Callable[[Any, Any], str]
    clear: Callable[[Any], Any] | None = None


def memory(size: int) -> dict[str, Form]:
    """The units, as a table of whole numbers to a table of whole numbers."""
    scheme = partial(by_hand.of_scheme, "made", labels=False)
    nine = [each if each != "名次" else "COALESCE(名次, 0)" for each in by_hand.NINE]
    return {
        OURS: _in_memory(size, generated, scheme()),
        OURS_NINE: _in_memory(size, partial(generated, by_hand.NINE[1:]), scheme()),
        "by hand, same columns": _in_memory(size, partial(same, "coded", windows=False, labels=False), scheme()),
        "windows, same columns": _in_memory(size, partial(same, "coded", windows=True, labels=False), scheme()),
        "by hand, nine columns": _in_memory(size, lambda: by_hand.nine_columns("coded", windows=False), nine),
        "windows, nine columns": _in_memory(size, lambda: by_hand.nine_columns("coded", windows=True), nine),
        FIRST: _in_memory(size, lambda: by_hand.as_first_written("coded"), [*nine[:-1], _grade()], classes=False),
    }


def parquet(size: int) -> dict[str, Form]:
    """The units, from a Parquet file to a Parquet file."""
    file, columns = units_file(size, ".parquet"), by_hand.of_scheme("made", labels=True)
    nine = [each if each != "名次" else "COALESCE(名次, 0)" for each in by_hand.NINE]
    source = f"({by_hand.coded(str(file))})"
    return {
        OURS: ours("units", file, columns),
        "by hand, same columns": _copied(same(source, windows=False, labels=True), columns),
        "windows, same columns": _copied(same(source, windows=True, labels=True), columns),
        "by hand, nine columns, coded": _copied(by_hand.nine_columns(source, windows=False), nine),
        "windows, nine columns, coded": _copied(by_hand.nine_columns(source, windows=True), nine),
    }


def events(records: int, subjects: int) -> dict[str, Form]:
    """The case records, from Parquet files to a Parquet file."""
    made = events_folder(records, subjects)
    cases, own = f"read_parquet('{made / '案件.parquet'}')", f"read_parquet('{made / 'subjects.parquet'}')"
    columns = ["id", "扣分", "得分"]
    return {
        OURS: ours("events", made, columns),
        "by hand": _copied(by_hand.events(cases, own), columns),
        "by hand, only who has records": _copied(by_hand.events(cases, None), columns),
    }


# ---------------------------------------------------------------- how they are run


def _grade() -> str:
    arms = " ".join(f"WHEN '{label}' THEN {code}" for code, label in enumerate(by_hand.LABELS))
    return f"CASE grade {arms} END"


def _in_memory(size: int, query: Callable[[], str], columns: list[str], *, classes: bool = True) -> Form:
    def load() -> tuple[Any, str]:
        import duckdb

        from kaoping.bulk.run import by_place

        connection = duckdb.connect()
        by_place(connection)
        file = str(units_file(size, ".parquet"))
        connection.execute(f"CREATE TABLE coded AS {by_hand.coded(file, classes=classes)}")
        return connection, query()

    def run(state: tuple[Any, str]) -> None:
        state[0].execute(f"CREATE TEMP TABLE made AS {state[1]}")

    def clear(state: tuple[Any, str]) -> None:
        state[0].execute("DROP TABLE IF EXISTS made")

    def number(state: tuple[Any, str], _: object) -> str:
        return str(state[0].execute(in_sql(columns, "made")).fetchone()[0])

    return Form(load, run, number, clear)


def _number_of(file: Path, columns: list[str]) -> str:
    import duckdb

    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '512MB'")
        return str(connection.execute(in_sql(columns, f"read_parquet('{file}')")).fetchone()[0])


def _target() -> Path:
    return folder() / f"results-{os.getpid()}.parquet"


def _copied(query: str, columns: list[str]) -> Form:
    def run(_: object) -> Path:
        import duckdb

        from kaoping.bulk.run import by_place
        from kaoping.bulk.write import COMPACT

        file = _target()
        with duckdb.connect() as connection:
            by_place(connection)
            connection.execute(f"COPY ({query}) TO '{file}' (FORMAT parquet, {COMPACT})")
        return file

    return Form(lambda: None, run, lambda _, file: _number_of(file, columns))


def ours(script: str, data: Path, columns: list[str]) -> Form:
    """A script run by this engine on a file or a folder."""

    def run(plan: Any) -> Path:
        from kaoping.bulk.run import Settings, run_bulk

        file = _target()
        done = run_bulk(plan, data, file, Settings())
        assert done.written == done.subjects, done.findings
        return file

    return Form(lambda: plan_of(script), run, lambda _, file: _number_of(file, columns))


def plan_of(script: str) -> Any:
    """The plan of the units or of the case records."""
    from kaoping.cli.script import found

    plan = found(str(script_file(script))).checked().plan
    assert plan is not None
    return plan


def generated(only: Sequence[str] = ()) -> str:
    """The SQL of this engine for the units over the table `coded`: the columns of the results, as whole numbers."""
    from kaoping import typed as t
    from kaoping.engines.sql.build import outputs, script
    from kaoping.engines.sql.dialects import DUCKDB
    from kaoping.engines.sql.program import Source
    from kaoping.engines.sql.relations import Expr, statement

    plan = plan_of("units")
    (table,) = plan.inputs
    own = {column.name: DUCKDB.quoted(column.name) for column in table.columns}
    asked = {column.name: key for column, key in plan.results if not only or column.name in only}
    made = script(plan, asked.values(), DUCKDB, {t.SUBJECTS: Source("coded", ID, own)})
    last, shown = outputs(made, t.EACH, asked.values())
    names: Mapping[str, str] = {f"c{at}": name for at, name in enumerate(asked)}
    named = [(names.get(name, name), Expr(each.text, each.refs)) for name, each in shown]
    return statement(made.book.relations, last, named, DUCKDB)


def compiled(size: int) -> dict[str, Form]:
    """This project's compiled Python, from columns in memory to columns in memory."""
    from bench.bulk.agree import of_rows
    from bench.bulk.peers_by_unit import PLACES, rows_of
    from bench.made import INPUTS
    from kaoping.dataset import Dataset, TableData
    from kaoping.engines.python import compiled, run
    from kaoping.typed import SUBJECTS

    def load() -> tuple[Any, Dataset]:
        plan = plan_of("units")
        shown = {column.name: key for column, key in plan.results}
        keys = [shown[name] for name in by_hand.NINE[1:]]
        columns = {name: list(each) for name, each in zip(INPUTS, zip(*rows_of(size), strict=True), strict=True)}
        ids = [str(at) for at in range(size)]
        return (compiled(plan, keys), keys), Dataset(ids, ids, {SUBJECTS: TableData(columns)})

    def number(state: tuple[Any, Dataset], columns: Mapping[Any, list[Any]]) -> str:
        (_, keys), _ = state
        plan = plan_of("units")
        scales = [(PLACES.get(key.name, 1), 10 ** plan.columns[key].type.places) for key in keys]
        rows = enumerate(zip(*(columns[key] for key in keys), strict=True))
        return of_rows(
            [at, *((each or 0) * by // of for each, (by, of) in zip(row, scales, strict=True))] for at, row in rows
        )

    return {"kaoping, compiled Python": Form(load, lambda state: run(state[0][0], state[1])[0], number)}
