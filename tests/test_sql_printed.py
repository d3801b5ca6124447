"""`kaoping sql`: what it prints runs on tables in natural types, and gives the results that are recorded."""

from __future__ import annotations

import csv
import io
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

import duckdb
import pytest
from msgspec.structs import replace

from kaoping.cli import run as command
from kaoping.data.read import read_dataset
from kaoping.data.text import unguarded
from kaoping.dataset import Dataset
from kaoping.engines.sql.dialects import DIALECTS
from kaoping.engines.sql.expressions import NotInSql
from kaoping.engines.sql.printed import printed
from kaoping.messages import Catalogue
from kaoping.plan.build import plan_scheme
from kaoping.plan.plan import Plan
from kaoping.source import Source
from kaoping.surroundings import Surroundings, shipped_scripts
from kaoping.typed import EACH, Add, Key
from kaoping.types import number
from kaoping_dsl.parse import parse
from natural_tables import plain_rows, sqlite_statements, table_statements

SCHEMES = sorted(shipped_scripts())
EN = Catalogue("en")


@cache
def planned(name: str) -> tuple[Plan, Dataset, Path]:
    path = shipped_scripts()[name]
    plan, _ = plan_scheme(parse(Source(path.name, path.read_text(encoding="utf-8")))[0], Surroundings(path.parent))
    assert plan is not None
    folder = path.parent / "data"
    dataset, problems = read_dataset(plan.inputs, folder, scheme=plan.scheme, period=plan.period)
    assert dataset is not None, problems
    return plan, dataset, folder


def recorded(name: str) -> dict[str, list[str]]:
    text = (shipped_scripts()[name].parent / "expected.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    return {row[2]: [unguarded(cell) for cell in row] for row in rows[1:]}


Runner = Callable[[Plan, Sequence[str], str], list[list[str]]]


def in_duckdb(plan: Plan, tables: Sequence[str], text: str) -> list[list[str]]:
    with duckdb.connect() as connection:
        for statement in tables:
            connection.execute(statement)
        return plain_rows(plan, connection.execute(text).fetchall())


def in_sqlite(plan: Plan, tables: Sequence[str], text: str) -> list[list[str]]:
    rows: list[tuple[object, ...]] = []
    with closing(sqlite3.connect(":memory:")) as connection:
        for statement in tables:
            connection.execute(statement)
        for statement in sqlite_statements(text):
            rows = connection.execute(statement).fetchall() or rows
    return plain_rows(plan, rows)


class Server:
    """A PostgreSQL of its own, in a folder, reached through a socket there; each query in a new database."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.number = folder, 0
        # the server will not run as root
        self.prefix = ["runuser", "-u", "nobody", "--"] if os.geteuid() == 0 else []
        if self.prefix:
            shutil.chown(folder, "nobody")
        self.call("initdb", "-D", folder / "data", "-A", "trust", "-U", "kaoping", "-E", "UTF8", "--no-locale", "-N")
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        self.call("pg_ctl", "-D", folder / "data", "-l", folder / "log", "-w", "-o", options, "start")

    def call(self, *words: object, text: str = "") -> str:
        command = [*self.prefix, str(tool(str(words[0]))), *map(str, words[1:])]
        done = subprocess.run(command, input=text, capture_output=True, text=True, cwd=self.folder, encoding="utf-8")
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def __call__(self, plan: Plan, tables: Sequence[str], text: str) -> list[list[str]]:
        self.number += 1
        schema = f"t{self.number}"
        before = [f"CREATE SCHEMA {schema};", f"SET search_path = {schema};", *(f"{each};" for each in tables)]
        told = ["-h", self.folder, "-U", "kaoping", "-d", "postgres", "-q", "-t", "--csv", "-v", "ON_ERROR_STOP=1"]
        shown = self.call("psql", "-X", *told, "-f", "-", text="\n".join([*before, text]))
        return plain_rows(plan, list(csv.reader(io.StringIO(shown))))

    def stop(self) -> None:
        self.call("pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop")


def tool(name: str) -> Path | None:
    """A program of PostgreSQL, which Debian keeps off the path."""
    found = [*map(Path, filter(None, [shutil.which(name)])), *Path("/usr/lib/postgresql").glob(f"*/bin/{name}")]
    return found[0] if found else None


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    missing = [name for name in ("initdb", "pg_ctl", "psql") if tool(name) is None]
    if missing:
        pytest.skip(f"PostgreSQL IS NOT TESTED: {', '.join(missing)} not found; install postgresql to test it")
    with tempfile.TemporaryDirectory(prefix="kaoping") as folder:  # a short path: sockets allow no long one
        made = Server(Path(folder))
        yield made
        made.stop()


RUNNERS: dict[str, Runner] = {"duckdb": in_duckdb, "sqlite": in_sqlite}


def check(name: str, dialect: str, run: Runner) -> None:
    plan, dataset, folder = planned(name)
    tables = list(table_statements(plan, dataset, folder, DIALECTS[dialect]))
    got = {row[2]: row for row in run(plan, tables, printed(plan, dialect, EN))}
    expected = recorded(name)
    wrong = [
        (id_, column, mine, wanted)
        for id_, row in expected.items()
        for column, (mine, wanted) in enumerate(zip(got[id_], row, strict=True))
        if not same(mine, wanted)
    ]
    assert (wrong, len(got)) == ([], len(expected))


def same(got: str, wanted: str) -> bool:
    """Numbers compare as numbers, everything else to the letter."""
    try:
        return Decimal(got) == Decimal(wanted)
    except InvalidOperation:
        return got == wanted


@pytest.mark.parametrize("dialect", ["duckdb", "sqlite"])
@pytest.mark.parametrize("name", SCHEMES)
def test_a_shipped_scheme_gives_the_results_that_are_recorded(name: str, dialect: str) -> None:
    check(name, dialect, RUNNERS[dialect])


@pytest.mark.parametrize("name", SCHEMES)
def test_a_shipped_scheme_gives_the_same_in_postgres(name: str, server: Server) -> None:
    check(name, "postgres", server)


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
@pytest.mark.parametrize("name", SCHEMES)
def test_every_column_of_the_results_says_where_it_comes_from(name: str, dialect: str) -> None:
    plan, _, _ = planned(name)
    text = printed(plan, dialect, EN)
    last = text[text.rindex("SELECT\n") :]
    lines = last.splitlines()[5 : 5 + len(plan.results)]  # after scheme, period, id and name
    silent = [column.role for (column, _), line in zip(plan.results, lines, strict=True) if "  -- " not in line]
    # what the platform adds by itself has no statement
    assert set(silent) <= {"bonus", "penalty", "rank", "vetoed", "total", "outcome"}


def small(body: str) -> Plan:
    scheme, syntax = parse(Source("t.kp", f"scheme 试验\nperiod 2026\n{body}"))
    plan, findings = plan_scheme(scheme, Surroundings())
    assert plan is not None, findings
    assert syntax == []
    return plan


def test_no_comment_ends_before_its_line_or_goes_on_to_the_next() -> None:
    plan = small('clause "一 */ -- ; ERASE IT"\n  item 甲 60\nitem 乙 40\ntotal 总分 = items\n')
    for dialect in DIALECTS:
        for line in printed(plan, dialect, EN).splitlines():
            before, mark, said = line.partition("  -- ")
            assert "ERASE" not in before, line
            assert not mark or len(said.splitlines()) == 1


def test_a_number_too_wide_for_a_dialect_is_refused_with_its_place() -> None:
    plan = small("input 甲, 乙 : number 0..1000000000000\nlet 积 = 甲 * 乙\ntotal 总分 = round(积, 0)\n")
    product = plan.columns[Key(EACH, "积")]
    assert product.value is not None
    wide = replace(product.value, type=number(0, 10**60))
    twice = replace(product, value=Add((wide, wide), type=wide.type))
    made = replace(plan, columns=plan.columns | {product.key: twice})
    with pytest.raises(NotInSql) as refused:
        printed(made, "duckdb", EN)
    finding = refused.value.finding
    assert (finding.code, finding.facts["dialect"]) == ("KP700", "duckdb")


RECORDED = Path(__file__).parent / "sql"
SMALL = """\
clause "二(一)" "日常工作"
  input 等级 : one of 甲, 乙, 丙
  input 到任 : date optional
  item 办结 60
  item 评议 40 = 40 * min(满意率, 100%)
  input 满意率 : percent 0..120%
  records 通报
    层级 : one of 省, 市
    日期 : date
clause "二(二)" "加分和否决"
  bonus 2 if 等级 = 甲; cap bonus 5
  veto if count(通报 where 层级 = 省) >= 2 "两次被省通报"
  require 日期 <= 12月31日 for each 通报 "通报的日期在年度以后"
grades 优秀 > 合格 > 不合格
grade case total [90..: 优秀, 60..<90: 合格, ..<60: 不合格]
"""


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_a_small_scheme_prints_as_recorded(dialect: str) -> None:
    file = RECORDED / f"{dialect}.sql"
    text = printed(small(SMALL), dialect, EN)
    if os.environ.get("KAOPING_RECORD"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert file.read_text(encoding="utf-8") == text


PLUGINS = Path(__file__).parents[1] / "plugins"


@pytest.mark.parametrize(
    ("plugin", "dialect", "function"),
    [
        ("xinfang", "postgres", "信访.办理期限"),
        ("xinfang", "sqlite", "信访.办理期限"),
        ("tudi", "duckdb", "土地执法.漏巡次数"),
    ],
)
def test_a_function_of_a_plugin_without_sql_is_refused_by_name(plugin: str, dialect: str, function: str) -> None:
    path = PLUGINS / plugin / "sample" / "scheme.kp"
    scheme, _ = parse(Source(path.name, path.read_text(encoding="utf-8")))
    plan, findings = plan_scheme(scheme, Surroundings(path.parent))
    assert plan is not None, findings
    with pytest.raises(NotInSql) as refused:
        printed(plan, dialect, EN)
    finding = refused.value.finding
    assert (finding.code, finding.facts) == ("KP701", {"function": function, "dialect": dialect})


LONG = "本年度规模以上工业企业增加值比上年同期增长幅度"
ALIKE = {
    "capitals in sqlite": ("input A : yes/no", "input a : yes/no", "sqlite", "columns"),
    "capitals in postgres": ("input A : yes/no", "input a : yes/no", "postgres", None),
    "long names in postgres": (f"input {LONG}甲 : yes/no", f"input {LONG}乙 : yes/no", "postgres", "columns"),
    "long names in duckdb": (f"input {LONG}甲 : yes/no", f"input {LONG}乙 : yes/no", "duckdb", None),
    "long tables in postgres": (
        f"records {LONG}甲\n  数 : count",
        f"records {LONG}乙\n  数 : count",
        "postgres",
        "tables",
    ),
    "a table of our own": ("records subjects\n  数 : count", "input 甲 : yes/no", "duckdb", "tables"),
    "a column of our own": ("records 处分\n  id : count", "input 甲 : yes/no", "postgres", "columns"),
    "results": (f"outcome {LONG}甲 = 1", f"outcome {LONG}乙 = 2", "postgres", "results"),
}


@pytest.mark.parametrize(("one", "other", "dialect", "where"), ALIKE.values(), ids=ALIKE)
def test_names_that_a_database_takes_for_one_are_refused(one: str, other: str, dialect: str, where: str | None) -> None:
    text = f"scheme 甲\nperiod 2026\n{one}\n{other}\nitem 工作 100\n"
    names = [line.split()[1] for line in (one, other) if not line.startswith("outcome")]
    reads = "".join(
        f"bonus 1 {'per' if line.startswith('records') else 'if'} {name}\n"
        for line, name in zip((one, other), names, strict=False)
    )
    reads += "bonus sum(id over 处分)\n" if "id" in one else ""
    scheme, _ = parse(Source("alike.kp", text + reads))
    plan, findings = plan_scheme(scheme, Surroundings())
    assert plan is not None, findings
    if where is None:
        assert printed(plan, dialect, EN)
        return
    with pytest.raises(NotInSql) as refused:
        printed(plan, dialect, EN)
    finding = refused.value.finding
    assert (finding.code, finding.variant, finding.facts["dialect"]) == ("KP705", where, dialect)


def test_sqlite_does_not_take_a_column_that_is_not_there_for_a_text() -> None:
    """A name in quotes is a text to SQLite where no column has it: every one is read with its table."""
    text = "scheme 甲\nperiod 2026\ninput 通报 : count 0..9\ninput 事故 : yes/no\nitem 工作 100\npenalty 1 per 通报\n"
    plan, _ = plan_scheme(parse(Source("a.kp", text + "veto if 事故\n"))[0], Surroundings())
    assert plan is not None
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute('CREATE TABLE subjects (id, name, 工作, "通报次数", "事故")')
        statement = next(iter(sqlite_statements(printed(plan, "sqlite", EN))))
        with pytest.raises(sqlite3.OperationalError, match=r"no such column: subjects\.通报"):
            connection.execute(statement)


def test_the_command_prints_writes_and_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(["--lang", "en", "sql", "loudi-2009", "--dialect", "postgres"]) == 0
    text = capsys.readouterr().out
    file = tmp_path / "loudi.sql"
    assert command(["--lang", "en", "sql", "loudi-2009", "--dialect", "postgres", "-o", str(file)]) == 0
    assert file.read_text(encoding="utf-8") == text
    capsys.readouterr()
    sample = PLUGINS / "xinfang" / "sample" / "scheme.kp"
    assert command(["--lang", "en", "sql", str(sample), "--dialect", "sqlite"]) == 1
    said = capsys.readouterr()
    assert (said.out, "KP701" in said.err, "信访.办理期限" in said.err) == ("", True, True)
