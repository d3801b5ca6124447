"""What a run in bulk leaves behind: whole results in their place or the old ones, and nothing reached but its files."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]

from bulk_runs import cells, folder, in_bulk, in_small, planned, written
from disks import mounted
from kaoping.bulk.run import Settings, run_bulk
from kaoping.cli import run

SCRIPT = """scheme s
period 2009
input 注 : text optional
input 日 : date
item a 100
class 类 : one of 甲, 乙
outcome 「=o」 = 注
outcome 好 if a >= 50
outcome 日子 = 日
require a > 10 "太少"
"""
UNITS = (
    "id,name,a,注,日,类\n1,甲,55.5,y,2009-03-01,甲\n02,,7,=1,2009-12-31,乙\n"
    '3,丙,100,,1900-01-01,甲\n4,\'=丁,5,"a\nb",20090101,乙\n'
)
HOSTILE = """方案 「'; DROP TABLE "x"; --」
考核期 2009
分类 「类'"」 : 选项 「A'--」, 「B"x」, 「=C」
数据 「数'); SELECT 1; --」 : 次数
数据 文 : 文本
指标 「得"分'」 10
结果运用 「出'"」 = 文
应当 「数'); SELECT 1; --」 < 3 "不行'); DROP TABLE input_0; --"
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a script and its data."""
    (tmp_path / "s.kp").write_text(SCRIPT, "utf-8")
    (tmp_path / "s.csv").write_text(UNITS, "utf-8")
    return tmp_path


def started(place: Path, *words: str) -> int:
    """The exit code of `kaoping run s.kp …` there."""
    old = Path.cwd()
    os.chdir(place)
    try:
        return run(["run", "s.kp", *words, "--lang", "en"])
    finally:
        os.chdir(old)


def left(place: Path) -> list[str]:
    """The files in a folder."""
    return sorted(each.name for each in place.iterdir())


# ---------------------------------------------------------------- forms


def test_csv_is_what_small_results_are(place: Path) -> None:
    assert started(place, "s.csv", "-o", "small.csv") == 0
    assert started(place, "s.csv", "-o", "large.csv", "--engine", "duckdb") == 0
    small, large = ((place / f"{name}.csv").read_bytes() for name in ("small", "large"))
    assert large.startswith(b"\xef\xbb\xbfscheme,")
    assert cells(large.decode("utf-8-sig")) == cells(small.decode("utf-8-sig"))


def test_parquet_has_types(place: Path) -> None:
    assert started(place, "s.csv", "-o", "o.parquet") == 0
    with duckdb.connect() as connection:
        found = connection.execute("SELECT * FROM read_parquet(?) ORDER BY id", [str(place / "o.parquet")])
        types = {name: str(kind) for name, kind, *_ in found.description or ()}
        rows = [dict(zip(types, row, strict=True)) for row in found.fetchall()]
    assert (types["total"], types["日子"]) == ("DECIMAL(6,2)", "DATE")
    assert (types["好"], types["id"], types["类"]) == ("BOOLEAN", "VARCHAR", "VARCHAR")
    assert rows[1] | {"a": 0} == rows[1] | {"a": 0, "id": "1", "name": "甲", "total": Decimal("55.50"), "好": True}
    assert (rows[0]["=o"], rows[0]["name"], rows[0]["findings"], rows[0]["类"]) == ("=1", "02", "太少", "乙")


@pytest.mark.parametrize("name", ["o.sqlite", "o.db"])
def test_sqlite_has_a_table_of_results(place: Path, name: str) -> None:
    (place / name).write_text("something old")
    assert started(place, "s.csv", "-o", name) == 0
    with sqlite3.connect(place / name) as file:
        found = file.execute('SELECT id, name, total, 好, 日子, 类, "=o", rank FROM results ORDER BY rank').fetchall()
    assert found[0] == ("3", "丙", "100.00", 1, "1900-01-01", "甲", None, 1)
    assert [row[0] for row in found] == ["3", "1", "02", "4"]


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
def test_sqlite_has_every_digit_of_a_decimal(place: Path, engine: str) -> None:
    (place / "s.kp").write_text(
        "scheme s\nperiod 2009\ninput a : number 0..10 places 6\noutcome 积 = a * a\noutcome 商 = a\n", "utf-8"
    )
    (place / "s.csv").write_text("id,a\n1,0\n2,0.0001\n3,0.000001\n4,10\n", "utf-8")
    assert started(place, "s.csv", "-o", "o.sqlite", "--engine", engine) == 0
    with sqlite3.connect(place / "o.sqlite") as file:
        found = file.execute("SELECT 积, 商 FROM results ORDER BY id").fetchall()
    assert found == [
        ("0.000000000000", "0.000000"), ("0.000000010000", "0.000100"), ("0.000000000001", "0.000001"),
        ("100.000000000000", "10.000000"),
    ]  # fmt: skip


def test_rows_are_in_the_order_of_the_file(tmp_path: Path) -> None:
    """However many threads work on them, and however often they meet others on the way: row groups are of 122,880."""
    plan = planned("scheme s\nperiod 2009\nclass 类 : one of 甲, 乙\nitem a 100\noutcome 名次 = rank(a within 类)\n")
    ids = random.Random(4).sample(range(10**6), 400_000)
    lines = "".join(f"{each},{each % 101},{'甲乙'[each % 2]}\n" for each in ids)
    (tmp_path / "s.csv").write_text("id,a,类\n" + lines, "utf-8")
    for name in ("o.csv", "o.sqlite"):
        assert run_bulk(plan, tmp_path / "s.csv", tmp_path / name, Settings(threads=4)).written == len(ids)
    with (tmp_path / "o.csv").open(encoding="utf-8-sig") as text:
        assert [line.split(",")[2] for line in text][1:] == [str(each) for each in ids]
    with sqlite3.connect(tmp_path / "o.sqlite") as file:
        assert [int(row[0]) for row in file.execute("SELECT id FROM results ORDER BY rowid")] == ids


@pytest.mark.parametrize("engine", ["duckdb", "sqlite"])
def test_workbooks_go_the_small_way(place: Path, engine: str) -> None:
    book = Workbook()
    units = UNITS.replace("'=丁", "丁").replace("=1", "x")
    for row in cells(units):
        book.active.append(row)
    book.save(place / "s.xlsx")
    (place / "s2.csv").write_text(units, "utf-8")
    assert started(place, "s.xlsx", "-o", "one.csv", "--engine", engine) == 0
    assert started(place, "s2.csv", "-o", "two.csv", "--engine", "reference") == 0
    assert (place / "one.csv").read_bytes() == (place / "two.csv").read_bytes()


# ---------------------------------------------------------------- places


def test_a_link_is_followed(place: Path) -> None:
    (place / "there").mkdir()
    (place / "o.csv").symlink_to(place / "there" / "real.csv")
    assert started(place, "s.csv", "-o", "o.csv", "--engine", "duckdb") == 0
    assert (place / "o.csv").is_symlink()
    assert left(place / "there") == ["real.csv"]


@pytest.mark.parametrize(("target", "said"), [("d.csv", "is a folder"), ("no/o.csv", "no"), ("s.kp/o.db", "s.kp/o.db")])
def test_places_where_nothing_can_be_written(
    place: Path, target: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "d.csv").mkdir()
    assert started(place, "s.csv", "-o", target, "--engine", "duckdb") == 74
    told = capsys.readouterr().err
    assert said in told
    assert ".tmp" not in told
    assert left(place) == ["d.csv", "s.csv", "s.kp"]


def test_what_a_killed_run_left_goes_after_a_day(place: Path) -> None:
    for name in (".o.csv.0123abcd.tmp", ".o.csv.0123abce.tmp", ".other.csv.0123abcd.tmp"):
        (place / name).write_text("half")
    for name in (".o.csv.0123abcd.tmp", ".other.csv.0123abcd.tmp"):
        os.utime(place / name, (0, 0))
    assert started(place, "s.csv", "-o", "o.csv", "--engine", "duckdb") == 0
    assert left(place) == [".o.csv.0123abce.tmp", ".other.csv.0123abcd.tmp", "o.csv", "s.csv", "s.kp"]


@pytest.mark.parametrize(
    "words", [("--memory", "much"), ("--memory", "1GB'; SELECT 1"), ("--threads", "0"), ("--threads", "x")]
)
def test_limits_that_are_none(place: Path, words: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert started(place, "s.csv", "-o", "o.csv", "--engine", "duckdb", *words) == 2
    assert words[1] in capsys.readouterr().err


# ---------------------------------------------------------------- hostile names


@pytest.mark.parametrize("name", ["o'\".csv", "o';--.parquet", "o\"'.sqlite"])
def test_names_are_names(tmp_path: Path, name: str) -> None:
    place = tmp_path / 'it\'s "a" folder;--'
    place.mkdir()
    rows = [
        ["编号", "名称", "类'\"", "数'); SELECT 1; --", "文", "得\"分'"],
        ["1'; DROP TABLE input_0; --", "n'\"", "A'--", "1", "'); COPY (SELECT 1) TO 'x' --", "5"],
        ["2", "=x", 'B"x', "5", "\\'", "6"],
        ["3", "甲", "=C", "5", "%s", "6"],
    ]
    data = folder(place, **{"sub'\"; --": written(rows)})
    plan = planned(HOSTILE)
    done = run_bulk(plan, data, place / name, Settings(temp=place))
    assert (done.findings, done.written) == ([], 3)
    assert left(place) == sorted(["data", name])
    if name.endswith(".csv"):
        assert cells((place / name).read_text("utf-8-sig")) == in_small(plan, data).rows
    elif name.endswith(".sqlite"):
        with sqlite3.connect(place / name) as file:
            assert file.execute("SELECT id FROM results").fetchone() == ("1'; DROP TABLE input_0; --",)


def test_nothing_else_can_be_reached_once_the_data_are_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection itself is asked, at the moment when the results are about to be written."""
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    (tmp_path / "s.csv").write_text(UNITS, "utf-8")
    tried: list[str] = []

    def spying(connection: duckdb.DuckDBPyConnection, *_: object) -> int:
        for query in (
            f"SELECT * FROM read_csv('{secret}')",
            f"SELECT * FROM read_text('{secret}')",
            f"COPY (SELECT 1) TO '{tmp_path / 'stolen.csv'}'",
            f"ATTACH '{tmp_path / 'stolen.db'}'",
            "INSTALL httpfs",
            "LOAD httpfs",
            "SET enable_external_access = true",
            f"SET allowed_directories = ['{tmp_path}']",
            "SET lock_configuration = false",
        ):
            with pytest.raises(duckdb.Error):
                connection.execute(query)
            tried.append(query)
        raise duckdb.OutOfMemoryException

    monkeypatch.setattr("kaoping.bulk.run._written", spying)
    with pytest.raises(duckdb.OutOfMemoryException):
        in_bulk(planned(SCRIPT), tmp_path / "s.csv", tmp_path / "o.csv")
    assert len(tried) == 9
    assert left(tmp_path) == ["s.csv", "secret.csv"]


# ---------------------------------------------------------------- no room, no time

ROWS = int(os.environ.get("KAOPING_BULK_ROWS", "20000"))
KILLS = int(os.environ.get("KAOPING_BULK_KILLS", "2"))
"""300,000 rows and 20 kills where somebody has the time."""


@pytest.fixture
def many(place: Path) -> Path:
    """The same folder with many subjects."""
    rows = (f"{at},单位{at},{at % 100},x{at},2009-03-01,甲\n" for at in range(ROWS))
    (place / "s.csv").write_text("id,name,a,注,日,类\n" + "".join(rows), "utf-8")
    return place


@pytest.mark.parametrize("name", ["o.csv", "o.parquet", "o.db"])
def test_too_little_memory(many: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (many / name).write_text("old")
    assert started(many, "s.csv", "-o", name, "--engine", "duckdb", "--memory", "5MB", "--threads", "1") == 74
    assert "memory does not suffice" in capsys.readouterr().err
    assert (many / name).read_text() == "old"
    assert left(many) == sorted([name, "s.csv", "s.kp"])


@pytest.mark.parametrize("name", ["o.csv", "o.parquet", "o.db"])
def test_a_full_disk(many: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with mounted(many / "full", "24k") as full:
        (full / name).write_text("old")
        assert started(many, "s.csv", "-o", f"full/{name}", "--engine", "duckdb") == 74
        assert f"full/{name}" in capsys.readouterr().err
        assert (full / name).read_text() == "old"
        assert left(full) == [name]


@pytest.mark.parametrize("name", ["o.csv", "o.parquet", "o.db", "o.xlsx", "o.json"])
def test_a_full_disk_for_small_results(many: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with mounted(many / "full", "24k") as full:
        assert started(many, "s.csv", "-o", f"full/{name}", "--engine", "reference") == 74
        assert capsys.readouterr().err == f"kaoping: the disk is full, `full/{name}` was not written to its end\n"
        assert left(full) == []


@pytest.mark.parametrize("name", ["o.csv", "o.db"])
def test_killed_at_any_moment(many: Path, name: str) -> None:
    """Under the final name stands the old file or the whole new one, never a part of it."""
    main = "import sys; from kaoping.cli import run; sys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-c", main, "run", "s.kp", "s.csv", "-o", name, "--engine", "duckdb"]
    start = time.perf_counter()
    subprocess.run(command, cwd=many, check=True, capture_output=True)
    needed = time.perf_counter() - start
    whole, chance = (many / name).read_bytes(), random.Random(7)
    for _ in range(KILLS):
        (many / name).write_text("old")
        running = subprocess.Popen(command, cwd=many, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(needed / 3, needed * 1.05))
        running.send_signal(signal.SIGKILL)
        running.wait()
        content = (many / name).read_bytes()
        assert content in (b"old", whole)
        others = [each for each in left(many) if each not in (name, "s.csv", "s.kp")]
        assert all(each.startswith(f".{name}.") and each.endswith(".tmp") for each in others), others
        for each in others:
            (many / each).unlink()
