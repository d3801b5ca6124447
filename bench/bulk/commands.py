"""What is measured of whole commands, and of making SQL."""

from __future__ import annotations

import sys
from functools import partial
from itertools import pairwise
from pathlib import Path
from statistics import median

from bench.bulk import by_hand
from bench.bulk.agree import in_sql
from bench.bulk.made import folder, script_file, units_file
from bench.made import long_script
from bench.measure import Functions, Table, calls, kaoping, processes

SIZES = (1_000, 10_000, 30_000, 100_000)


def cold(size: int = 1_000_000) -> None:
    """A fresh process, from CSV to CSV, beside the SQL by hand in a fresh process."""
    data = units_file(size, ".csv")
    results = {name: folder() / f"cold-{name}.csv" for name in ("kaoping", "by hand")}
    query = by_hand.same_columns(f"({by_hand.coded_text(str(data))})", windows=False, labels=True)
    program = folder() / "cold.py"
    command = f"COPY ({query} ORDER BY id) TO '{results['by hand']}' (FORMAT csv, HEADER true)"
    program.write_text(f"import duckdb\n\nduckdb.connect().execute({command!r})\n", encoding="utf-8")
    lines = {
        "kaoping": kaoping("run", script_file("units"), data, "-o", results["kaoping"]),
        "by hand": [sys.executable, str(program)],
    }
    samples = processes(lines, 5)
    _must_agree(list(results.values()))
    table = Table(f"cold: {size:,} units, CSV to CSV, {data.stat().st_size / 1e6:,.0f} MB")
    table.time("`kaoping run`", samples["kaoping"], target=1500 if size == 1_000_000 else None)
    table.time("by hand: a Python that runs one query", samples["by hand"])
    table.ratio("kaoping to by hand", samples["kaoping"], samples["by hand"])


def _must_agree(files: list[Path]) -> None:
    import duckdb

    columns = by_hand.of_scheme("made", labels=True)
    kinds = "types = {'总分': 'DECIMAL(9,2)', 'bonus': 'DECIMAL(9,1)', 'penalty': 'DECIMAL(9,1)', "
    kinds += ", ".join(f"'{name}': 'DECIMAL(9,4)'" for name in by_hand.NINE[1:4]) + "}"
    with duckdb.connect() as connection:
        made = [f"read_csv('{file}', header = true, {kinds})" for file in files]
        numbers = [connection.execute(in_sql(columns, each)).fetchone() for each in made]
    assert len(set(numbers)) == 1, f"the results differ: {numbers}"


def crossover() -> None:
    """From how many subjects on DuckDB is faster than compiled Python: fresh processes, CSV to CSV."""
    table = Table("crossover: `kaoping run`, fresh processes, CSV to CSV, 32 columns")
    script, faster = script_file("units"), []
    for size in SIZES:
        data = units_file(size, ".csv")
        lines = {
            engine: kaoping("run", script, data, "-o", folder() / f"crossover-{engine}.csv", "--engine", engine)
            for engine in ("python", "duckdb")
        }
        samples = processes(lines, 5)
        for engine, each in samples.items():
            table.time(f"--engine {engine}, {size:,} subjects, {data.stat().st_size / 1e6:.2f} MB", each)
        table.ratio(f"python to duckdb, {size:,}", samples["python"], samples["duckdb"])
        walls = [median(sample.wall for sample in samples[engine]) for engine in ("python", "duckdb")]
        faster.append((walls[0] - walls[1], data.stat().st_size, size))
    for (less, small, few), (more, large, many) in pairwise(faster):
        if less < 0 <= more:
            part = -less / (more - less)
            at = f"{few + part * (many - few):,.0f} subjects, {(small + part * (large - small)) / 1e6:.1f} MB of CSV"
            table.note(f"by wall time they are equal at about {at} (straight between {few:,} and {many:,})")


def sql500() -> None:
    """A script of 500 lines turned into SQL, apart from parsing and checking."""
    from kaoping.plan.build import plan_scheme
    from kaoping.source import Source
    from kaoping.surroundings import Surroundings
    from kaoping_dsl.parse import parse

    text = long_script(500)
    scheme, findings = parse(Source("long.kp", text))
    assert not findings, findings
    plan, _ = plan_scheme(scheme, Surroundings())
    assert plan is not None
    sql = _sql(plan)
    functions: Functions = {
        "parse": partial(parse, Source("long.kp", text)),
        "check and plan": partial(plan_scheme, scheme, Surroundings()),
        "SQL": partial(_sql, plan),
    }
    samples = calls(functions, 9)
    table = Table(f"sql500: {text.count(chr(10))} lines into {len(sql) / 1e3:,.0f} kB of SQL for DuckDB")
    for part, each in samples.items():
        table.time(part, each, target=150 if part == "SQL" else None)
    _planned(plan, sql)


def _sources(plan: object) -> dict[str, object]:
    from kaoping.engines.sql.program import Source

    return {
        table.name: Source(f"input_{number}", "id", {each.name: f"c{at}" for at, each in enumerate(table.columns)})
        for number, table in enumerate(plan.inputs)  # type: ignore[attr-defined]
    }


def _sql(plan: object) -> str:
    from kaoping.bulk.files import TableFile
    from kaoping.bulk.load import Loaded
    from kaoping.bulk.run import wanted
    from kaoping.bulk.shown import results
    from kaoping.dataset import InputTable
    from kaoping.engines.sql.build import script
    from kaoping.engines.sql.dialects import DUCKDB
    from kaoping.engines.sql.relations import statement

    subjects = InputTable("", "", ())
    file = TableFile(subjects, Path(), "", None, None, {}, [], 1, [])
    made = script(plan, wanted(plan), DUCKDB, _sources(plan))  # type: ignore[arg-type]
    last, shown = results(made, Loaded(file, "input_0", {}), csv=False, ordered=False)
    return statement(made.book.relations, last, shown, DUCKDB)


def _planned(plan: object, sql: str) -> None:
    """What DuckDB itself takes to plan it, over tables of no rows."""
    import duckdb

    from kaoping.engines.sql.dialects import DUCKDB

    with duckdb.connect() as connection:
        for number, table in enumerate(plan.inputs):  # type: ignore[attr-defined]
            kinds = [f"c{at} {DUCKDB.type_of(each.type)}" for at, each in enumerate(table.columns)]
            connection.execute(f"CREATE TABLE input_{number} (id BIGINT, {', '.join(kinds)})")
        name = "DuckDB runs it, over tables of no rows"
        table = Table("sql500: the query")
        table.time(name, calls({name: partial(connection.execute, sql)}, 5)[name])
