"""Nothing is written over what a command reads, nor over a registry."""

from __future__ import annotations

import shlex
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from kaoping.cli import run
from registry_office import RECORDED, Office, opened

SCRIPT = "scheme m\nperiod 2026\nsubject 科室\nitem a 10\n"
LINES = [
    "run m.kp own.csv -o own.csv",
    "run m.kp own.csv -o ./data/../own.csv --engine duckdb",
    "run m.kp own.csv -o link.csv",
    "run -e 'cap bonus 5' own.csv -o own.csv",
    "run m.kp data -o data/科室.csv",
    "explain m.kp data 1 -o data/科室.csv",
    "diff m.kp other.kp --data data -o data/科室.csv",
    "run m.kp own.csv -o m.kp --format csv",
    "run m.kp own.csv --history past.csv -o past.csv",
    "run m.kp own.csv --ledger past.csv -o past.csv",
    "run m.kp own.csv --link 班子=past.csv -o past.csv",
    "explain m.kp own.csv 1 -o own.csv",
    "explain m.kp own.csv 1 -o m.kp",
    "sql m.kp --dialect sqlite -o m.kp",
    "diff m.kp other.kp -o other.kp",
    "diff m.kp other.kp --data own.csv -o own.csv",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "data").mkdir()
    for name in ("m.kp", "other.kp"):
        (tmp_path / name).write_text(SCRIPT, "utf-8")
    for name in ("own.csv", "data/科室.csv", "past.csv"):
        (tmp_path / name).write_text("编号,a\n1,5\n", "utf-8")
    (tmp_path / "link.csv").symlink_to("own.csv")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def content(folder: Path) -> dict[str, bytes]:
    """Every file there is."""
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


@pytest.mark.parametrize("line", LINES)
def test_what_is_read_is_not_written_over(folder: Path, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = content(folder)
    assert run([*shlex.split(line), "--lang", "en"]) == 2
    assert "is read by this command" in capsys.readouterr().err
    assert content(folder) == before


@pytest.mark.parametrize(
    "line",
    [
        "run m.kp own.csv -o past.csv",
        "run m.kp data -o own.csv",
        "run m.kp data -o data/new.csv",
        "run m.kp data -o data/n.xlsx",
    ],
)
def test_other_files_are(folder: Path, line: str) -> None:
    """Again and again, also among the data: what is no table of the scheme is not read."""
    assert run(shlex.split(line)) == 0
    assert run(shlex.split(line)) == 0


@pytest.mark.parametrize("engine", ["", "--engine duckdb"])
def test_a_database_of_somebody_is_not_written_over(
    folder: Path, engine: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(folder / "局.sqlite")) as database:
        database.executescript("CREATE TABLE 台账 (编号); INSERT INTO 台账 VALUES (1); CREATE TABLE results (a)")
    before = content(folder)
    assert run([*shlex.split(f"run m.kp own.csv -o 局.sqlite {engine}"), "--lang", "en"]) == 2
    assert "a database with other tables (台账)" in capsys.readouterr().err
    assert content(folder) == before


def test_results_are_written_over_older_ones(folder: Path) -> None:
    for _ in range(2):
        assert run(shlex.split("run m.kp own.csv -o 结果.sqlite")) == 0
    with closing(sqlite3.connect(folder / "结果.sqlite")) as database:
        assert database.execute("SELECT id FROM results").fetchall() == [("1",)]


@pytest.mark.parametrize(
    "line", [f"{RECORDED} -o kaoping-registry.db", "sql 方案.kp --dialect duckdb -o kaoping-registry.db"]
)
def test_a_registry_is_not_written_over(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    office: Office = opened("approved", tmp_path, monkeypatch, capsys)
    size, said = len(office.entries()), office(line)
    assert (said.code, "是登记册" in said.err) == (2, True)
    assert len(office.entries()) == size
    office.done("verify")
