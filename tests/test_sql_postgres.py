"""The SQL printed for PostgreSQL, run by a server of our own: it gives what the reference evaluator gives.

Where no PostgreSQL is installed, or none starts, this is skipped, and says so.
"""

from __future__ import annotations

import csv
import datetime
import io
import os
import pwd
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import sql_engines as sql
from generated_ranges import made_ranges
from kaoping import typed as t
from kaoping.dataset import Dataset
from kaoping.diagnostic import Finding
from kaoping.engines.sql.build import script
from kaoping.engines.sql.dialects import POSTGRES
from kaoping.engines.sql.expressions import NotInSql
from kaoping.engines.sql.loaded import Table, columns_of, queries, tables, uneven_shares
from kaoping.engines.sql.relations import Outputs, statement
from kaoping.plan.plan import Plan
from kaoping.types import DATE, TEXT, Kind, Type, Value
from plans import column, dataset, loaded, num, plan, read
from test_sql_arithmetic import dates_plan

CASES = int(os.environ.get("KAOPING_FUZZ", "60"))
PLACES = ["/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/17/bin", "/usr/local/bin"]


def program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(PLACES))


def nobody() -> int | None:
    """PostgreSQL refuses to run for root: then it runs for nobody."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


@pytest.fixture(scope="module")
def server() -> Iterator[list[str]]:
    """The words with which psql reaches a server that is there for these tests alone."""
    programs = {name: program(name) for name in ("initdb", "postgres", "psql")}
    missing = [name for name, path in programs.items() if path is None]
    if missing:
        pytest.skip(f"the SQL for PostgreSQL IS NOT TESTED: {', '.join(missing)} not installed")
    who = nobody()
    with tempfile.TemporaryDirectory(prefix="kp", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        if who is not None:
            os.chown(folder, who, -1)
        data = folder / "data"
        made = subprocess.run(
            [str(programs["initdb"]), "-D", data, "-U", "kp", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"],
            user=who, cwd=folder, capture_output=True, text=True,
        )  # fmt: skip
        if made.returncode:
            pytest.skip(f"the SQL for PostgreSQL IS NOT TESTED: initdb failed: {made.stderr[-300:]}")
        settings = ["listen_addresses=", f"unix_socket_directories={folder}", "fsync=off", "jit=off"]
        words = [str(programs["postgres"]), "-D", str(data), *(part for each in settings for part in ("-c", each))]
        with (folder / "log").open("w") as log:
            running = subprocess.Popen(words, user=who, cwd=folder, stdout=log, stderr=log)
        psql = [
            str(programs["psql"]),
            "-h",
            str(folder),
            "-U",
            "kp",
            "-d",
            "postgres",
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
        ]
        try:
            for _ in range(200):
                if subprocess.run([*psql, "-c", "SELECT 1"], capture_output=True).returncode == 0:
                    break
                if running.poll() is not None:
                    break
                subprocess.run(["sleep", "0.1"], check=True)
            else:
                pytest.skip("the SQL for PostgreSQL IS NOT TESTED: the server does not answer")
            if running.poll() is not None:
                pytest.skip(f"the SQL for PostgreSQL IS NOT TESTED: {(folder / 'log').read_text()[-300:]}")
            yield psql
        finally:
            running.terminate()
            running.wait(timeout=30)


class Runner:
    """Runs the queries of a plan in one session for each of its questions."""

    def __init__(self, psql: list[str]) -> None:
        self.psql = psql

    def run(self, text: str) -> str:
        """What a script of SQL prints, as CSV."""
        done = subprocess.run(
            [*self.psql, "--csv", "-t", "-P", "null=\x01", "-f", "-"],
            input=text, capture_output=True, text=True, encoding="utf-8",
            env={**os.environ, "PGCLIENTENCODING": "UTF8", "PGOPTIONS": "--client-min-messages=warning"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def evaluated(self, plan: Plan, rows: Dataset, keys: list[t.Key]) -> tuple[sql.Columns, list[Finding]]:
        """The columns asked for, and the data errors that show only in evaluating."""
        made_tables, sources = tables(plan, rows, POSTGRES)
        made = script(plan, keys, POSTGRES, sources)
        inputs = "".join(created(each) for each in made_tables)

        def ask(last: str, shown: Outputs, tail: str = "") -> list[tuple[Value, ...]]:
            query = statement(made.book.relations, last, shown, POSTGRES, tail)
            return values(self.run(f"{inputs}{query};"))

        found = [
            (frame, alike, typed(plan, ask(last, shown), alike)) for frame, alike, last, shown in queries(made, keys)
        ]
        return columns_of(plan, rows, keys, found), uneven_shares(made, rows, ask)


def created(table: Table) -> str:
    """A temporary table with its rows."""
    names = ", ".join(f"{POSTGRES.quoted(name)} {POSTGRES.type_of(kind)}" for name, (kind, _) in table.columns.items())
    text = f"CREATE TEMP TABLE {POSTGRES.quoted(table.name)} ({names});\n"
    rows = list(table.rows())
    for at in range(0, len(rows), 1000):
        listed = ",\n".join(f"({', '.join(map(POSTGRES.literal, row))})" for row in rows[at : at + 1000])
        text += f"INSERT INTO {POSTGRES.quoted(table.name)} VALUES {listed};\n"
    return text


def values(printed: str) -> list[tuple[Value, ...]]:
    """Rows of text, None for NULL."""
    rows = csv.reader(io.StringIO(printed, newline=""))
    return [tuple(None if cell == "\x01" else cell for cell in row) for row in rows]


def typed(plan: Plan, rows: list[tuple[Value, ...]], keys: Sequence[t.Key]) -> list[tuple[Value, ...]]:
    """Rows of text in the types of the columns."""
    kinds: list[Type] = [plan.columns[key].type for key in keys]

    def one(cell: Value, kind: Kind) -> Value:
        if cell is None or kind is Kind.TEXT:
            return cell
        return cell == "t" if kind is Kind.BOOL else int(cell)

    before = (len(rows[0]) if rows else 0) - len(kinds)
    all_kinds = [Kind.NUMBER] * before + [each.kind for each in kinds]
    return [tuple(one(cell, kind) for cell, kind in zip(row, all_kinds, strict=True)) for row in rows]


def keys_of_different_kinds(made: Plan) -> bool:
    """Whether candidates are told apart by a text here and a number there, which PostgreSQL does not compare."""
    groups = [node for each in made.columns.values() if each.value is not None for node in t.nodes(each.value)]
    kinds = [{part.key.type.kind for part in each.parts if part.key} for each in groups if isinstance(each, t.Group)]
    return any(len(each) > 1 for each in kinds)


def assert_agrees(server: list[str], plan: Plan, rows: Dataset) -> None:
    wanted, found = sql.expected(plan, rows), sql.found(plan, rows, Runner(server).evaluated)
    assert sql.differences(wanted, found) == []


@pytest.mark.parametrize("part", range(2))
def test_plans_made_up_at_random(server: list[str], part: int) -> None:
    tried = 0
    for seed in range(part, 10 * CASES, 2):
        made = sql.made(seed)
        if sql.KINDS[seed % len(sql.KINDS)] == "ranges" or keys_of_different_kinds(made[0]):
            continue
        assert_agrees(server, *made)
        tried += 1
        if tried == CASES // 2:
            break
    assert tried == CASES // 2


def test_numbers_of_every_width_are_exact_or_refused_before_anything_runs(server: list[str]) -> None:
    refused = 0
    for case in range(CASES // 2):
        made = made_ranges(random.Random(f"postgres {case}"))
        try:
            assert_agrees(server, *made)
        except NotInSql:
            refused += 1
    assert refused <= CASES // 20


def test_dates_near_the_ends_of_months(server: list[str]) -> None:
    first = datetime.date(2023, 12, 1).toordinal()
    days = list(range(first, first + 200))
    pairs = [(day, other) for day in days[::2] for other in (days[0], days[-1], day + 31, day - 29)]
    months: list[Value] = [at % 29 - 14 for at in range(len(pairs))]
    rows: dict[str, list[Value]] = {"甲": [a for a, _ in pairs], "乙": [b for _, b in pairs], "月数": months}
    assert_agrees(server, dates_plan(), dataset(rows))


def test_texts_are_in_order_by_their_code_points(server: list[str]) -> None:
    text, number, day = loaded("文", TEXT, "信访"), loaded("号", num(0, 0, 99), "信访"), loaded("日期", DATE, "信访")
    by, inside = (read(text), read(number)), t.Frame("信访")
    columns = [
        column("末", t.Fold("sum", inside, read(number), last=t.Last(3, by), type=num())),
        column("第几", t.Ordinal(by, type=num()), inside),
        column("前", t.PreviousRow(read(number), by, type=num().maybe), inside),
    ]
    texts = ["a", "B", "b", "A", "é", "_", "甲", "乙", "-", "aa", "a b"]
    made = plan(text, number, day, *columns, required=dict.fromkeys(("文", "号", "日期"), "always"))
    cells: dict[str, list[Value]] = {"文": list(texts), "号": list(range(11)), "日期": [733000] * 11}
    assert_agrees(server, made, dataset(1, 信访=([0] * 11, cells)))
