"""The page about large data: its commands run, and give what small runs give."""

from __future__ import annotations

import csv
import re
import shlex
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import openpyxl  # type: ignore[import-untyped]
import pytest

from kaoping.cli import run

PAGE = Path(__file__).parents[1] / "docs" / "large-data.md"
SCRIPT = """\
scheme 评估
period 2009
subject 单位
input 得分 : score 0..100
total 总分 = 得分
grades 先进 > 合格
grade 合格 otherwise
select 先进 from 合格
  top 50% of all by 总分
  ties excluded
  rounded down
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "评估.kp").write_text(SCRIPT, "utf-8")
    (tmp_path / "单位.csv").write_text("编号,名称,得分\n01,甲县,90.5\n02,乙县,80\n03,丙县,70\n04,丁县,60\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def parquet() -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        return connection.execute("SELECT * FROM '结果.parquet' ORDER BY id").fetchall()


def commands() -> list[list[str]]:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return [shlex.split(line)[1:] for block in blocks for line in block.splitlines()]


def test_every_command_of_the_page_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in commands():
        assert run(command) == 0, (command, capsys.readouterr())
    told = capsys.readouterr().out
    assert "乙县" in told
    assert "丙县" not in told


def test_the_files_hold_what_a_small_run_shows(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in commands()[:3]:
        assert run(command) == 0
    capsys.readouterr()
    assert run(["run", "评估.kp", "单位.csv", "--format", "csv"]) == 0
    small = list(csv.reader(capsys.readouterr().out.splitlines()))
    assert list(csv.reader((folder / "结果.csv").read_text("utf-8-sig").splitlines())) == small
    with sqlite3.connect(folder / "结果.sqlite") as file:
        stored = file.execute("SELECT id, 总分, grade FROM results").fetchall()
    place = small[0].index("grade")
    assert [(row[0], row[1], row[2]) for row in stored] == [(row[2], row[4], row[place]) for row in small[1:]]


def test_what_has_changed_is_not_compared_with_what_was_stored(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["run", "评估.kp", "单位.csv", "-o", "结果.parquet", "--cohorts", "比较"]) == 0
    data = (folder / "单位.csv").read_text("utf-8")
    (folder / "单位.csv").write_text(data.replace("03,丙县,70", "03,丙县,99"), "utf-8")
    capsys.readouterr()
    one = ["单位.csv", "--only", "02", "--cohorts", "比较", "--lang", "zh"]
    assert run(["run", "评估.kp", *one, "--format", "csv"]) == 0
    told = capsys.readouterr()
    assert "02,乙县,80.00,0,0,2,no,先进," in told.out
    assert "单位.csv 改过" in told.err  # its own data are as they were, those of others may not be
    assert run(["run", "评估.kp", "单位.csv", "--only", "03", *one[3:], "--format", "csv"]) == 0
    told = capsys.readouterr()
    assert "03,丙县,99.00,0,0,,no,," in told.out  # neither a rank nor a grade from what was compared before
    assert "名次、等次 要与全部对象重新比过才知道" in told.err
    assert run(["explain", "评估.kp", "单位.csv", "02", *one[3:]]) == 0
    assert "单位.csv 改过" in capsys.readouterr().err
    assert run(["explain", "评估.kp", "单位.csv", "03", *one[3:]]) == 1
    assert "再运行一次" in capsys.readouterr().err
    (folder / "单位.csv").write_text(data, "utf-8")  # the same again, at another time
    assert run(["run", "评估.kp", *one]) == 0
    assert capsys.readouterr().err == ""


def test_a_new_subject_has_no_rank_among_those_stored(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", "评估.kp", "单位.csv", "-o", "结果.parquet", "--cohorts", "比较"]) == 0
    with (folder / "单位.csv").open("a", encoding="utf-8") as file:
        file.write("05,戊县,99\n")
    capsys.readouterr()
    assert run(["run", "评估.kp", "单位.csv", "--only", "05", "--cohorts", "比较", "--format", "csv"]) == 0
    assert "05,戊县,99.00,0,0,,no,," in capsys.readouterr().out


@pytest.mark.parametrize("ending", ["parquet", "sqlite"])
def test_small_runs_write_what_large_ones_do(folder: Path, ending: str) -> None:
    """Runs that are not from files to a file, and those of workbooks."""

    def rows(*words: str) -> list[tuple[object, ...]]:
        output = folder / f"结果.{ending}"
        assert run(["run", "评估.kp", *words, "-o", output.name]) == 0
        if ending == "parquet":
            with duckdb.connect() as connection:
                table = connection.execute(f"SELECT * FROM '{output}' ORDER BY id")
                return [tuple((each[0], str(each[1])) for each in table.description), *table.fetchall()]
        with closing(sqlite3.connect(output)) as file:
            found = file.execute("SELECT * FROM results ORDER BY id")
            return [tuple(each[0] for each in found.description), *found.fetchall()]

    large = rows("单位.csv")
    assert rows("单位.csv", "--skip-invalid") == large
    assert rows("单位.csv", "--only", "02") == [large[0], large[2]]
    assert [each[0] for each in rows("单位.csv", "--trial")[1:]] == [f"{each[0]} (试算 trial)" for each in large[1:]]
    workbook = openpyxl.Workbook()
    for line in csv.reader((folder / "单位.csv").read_text("utf-8").splitlines()):
        workbook.active.append(line)
    workbook.save(folder / "单位.xlsx")
    assert rows("单位.xlsx") == large


@pytest.mark.parametrize("ending", ["parquet", "sqlite"])
def test_small_results_that_cannot_be_written_are_told(
    folder: Path, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    assert run(["run", "评估.kp", "单位.csv", "--trial", "-o", f"没有/结果.{ending}", "--lang", "zh"]) == 74
    assert f"没有/结果.{ending}" in capsys.readouterr().err


def test_cohorts_that_cannot_be_read_or_written_are_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "文件").write_text("", "utf-8")
    assert run(["run", "评估.kp", "单位.csv", "-o", "结果.csv", "--cohorts", "文件"]) == 74
    assert "文件" in capsys.readouterr().err
    assert run(["run", "评估.kp", "单位.csv", "-o", "结果.parquet", "--cohorts", "比较"]) == 0
    for file in (folder / "比较").glob("*.parquet"):
        file.write_bytes(b"x")
    for command in (["run", "评估.kp", "单位.csv", "--only", "02"], ["explain", "评估.kp", "单位.csv", "02"]):
        assert run([*command, "--cohorts", "比较", "--lang", "zh"]) == 2
        assert "读不出来" in capsys.readouterr().err
    for more in (["--skip-invalid"], ["--format", "csv"], ["--history", "h.csv"]):
        assert run(["run", "评估.kp", "单位.csv", "-o", "x.csv", "--cohorts", "比较", *more]) == 2, more


def test_other_encodings_are_converted_where_no_cohorts_are_asked_for(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["run", "评估.kp", "单位.csv", "-o", "结果.parquet", "--cohorts", "比较"]) == 0
    stored = parquet()
    (folder / "单位.csv").write_text((folder / "单位.csv").read_text("utf-8"), "gb18030")
    assert run(["run", "评估.kp", "单位.csv", "-o", "结果.parquet"]) == 0
    assert parquet() == stored
    capsys.readouterr()
    for words in (["run", "-o", "结果.csv"], ["run", "--only", "02"], ["explain", "02"]):
        command, *more = words
        assert run([command, "评估.kp", "单位.csv", *more, "--cohorts", "比较", "--lang", "en"]) == 1
        assert "`单位.csv` is not UTF-8" in capsys.readouterr().err


def test_cohorts_of_other_params_are_not_used(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A param moves everybody, also those whose own data are as they were."""
    (folder / "评估.kp").write_text(
        "scheme 评估\nperiod 2009\nsubject 单位\nclass 类 : one of 甲, 乙\nparam 乙加 : score 0..100\n"
        "input 得分 : score 0..100\ntotal 总分 = 得分 + (if 类 = 乙 then 乙加 else 0)\n",
        "utf-8",
    )
    (folder / "data").mkdir()
    (folder / "data" / "单位.csv").write_text("编号,类,得分\n1,甲,5\n2,乙,4\n", "utf-8")
    (folder / "data" / "params.csv").write_text("参数,值\n乙加,0\n", "utf-8")
    assert run(["run", "评估.kp", "data", "-o", "结果.csv", "--cohorts", "比较"]) == 0
    again = ["run", "评估.kp", "data", "--only", "1", "--cohorts", "比较", "--format", "csv", "--lang", "zh"]
    capsys.readouterr()
    assert run(again) == 0
    assert "1,1,甲,5.00,0,0,1,no" in capsys.readouterr().out
    (folder / "data" / "params.csv").write_text("参数,值\n乙加,5\n", "utf-8")
    assert run(again) == 2
    assert "另外的参数" in capsys.readouterr().err


def test_cohorts_of_another_script_are_not_used(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", "评估.kp", "单位.csv", "-o", "结果.parquet", "--cohorts", "比较"]) == 0
    (folder / "评估.kp").write_text(SCRIPT.replace("top 50%", "top 25%"), "utf-8")
    assert run(["explain", "评估.kp", "单位.csv", "02", "--cohorts", "比较", "--lang", "zh"]) == 2
    assert "另一个方案" in capsys.readouterr().err
    assert run(["explain", "评估.kp", "单位.csv", "02", "--cohorts", "没有", "--lang", "zh"]) == 2
    assert "没有保存" in capsys.readouterr().err


def test_cohorts_from_before_a_linked_scheme_was_changed_are_not_used(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A linked scheme has a say in the types of columns: stored hundredths are not to be read as millionths."""
    linked = (
        "scheme 上级考核\nperiod 2009\nprecision 2\ninput 分 : score 0..100\nitem 分2 100 = 分 / 3\nlet x = 分 / 3\n"
    )
    (folder / "上级.kp").write_text(linked, "utf-8")
    (folder / "下级.kp").write_text(
        "scheme 下级考核\nperiod 2009\nlink 上级 : 上级考核\nlet g = 上级.x default 0\n"
        "let 高 = max(g over all)\nitem 工作 100 = 50\noutcome 最高 = 高\n", "utf-8",
    )  # fmt: skip
    (folder / "d").mkdir()
    (folder / "d" / "subjects.csv").write_text("id,name\n1,甲\n2,乙\n", "utf-8")
    (folder / "d" / "上级.csv").write_text(
        "scheme,period,id,name,x\n上级考核,2009,1,甲,30.00\n上级考核,2009,2,乙,0\n", "utf-8"
    )
    assert run(["run", "下级.kp", "d", "-o", "结果.csv", "--cohorts", "比较"]) == 0
    (folder / "上级.kp").write_text(linked.replace("precision 2", "precision 6"), "utf-8")
    capsys.readouterr()
    assert run(["run", "下级.kp", "d", "--only", "2", "--cohorts", "比较", "--format", "csv", "--lang", "zh"]) == 2
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("damage", ["[]", "{", '{"format": "kaoping cohorts 1"}', "[" * 100_000])
def test_a_damaged_list_of_cohorts_is_that_of_no_scheme(
    folder: Path, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["run", "评估.kp", "单位.csv", "-o", "结果.parquet", "--cohorts", "比较"]) == 0
    (folder / "比较" / "cohorts.json").write_text(damage, "utf-8")
    assert run(["run", "评估.kp", "单位.csv", "--only", "02", "--cohorts", "比较", "--lang", "zh"]) == 2
    assert "另一个方案" in capsys.readouterr().err


def test_options_that_stored_cohorts_leave_no_room_for_are_refused(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["run", "评估.kp", "单位.csv", "-o", "结果.parquet", "--cohorts", "比较"]) == 0
    again = ["run", "评估.kp", "单位.csv", "--only", "02", "--cohorts", "比较", "--lang", "en"]
    for more in (["--history", "h.csv"], ["--link", "x=y.csv"], ["--skip-invalid"], ["--engine", "sqlite"]):
        capsys.readouterr()
        assert run([*again, *more]) == 2, more
        assert "leave those out" in capsys.readouterr().err
    for more in (["--memory", "viel"], ["--threads", "-4"]):
        assert run(["run", "评估.kp", "单位.csv", *more]) == 2, more


def test_a_number_that_sqlite_cannot_hold_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = "scheme 大\nperiod 2009\nsubject 单位\ninput 得分 : number 0..999999999999\nlet 积 = 得分 * 得分\n"
    (folder / "大.kp").write_text(script, "utf-8")
    (folder / "单位.csv").write_text("编号,得分\n01,999999999999\n", "utf-8")
    assert run(["run", "大.kp", "单位.csv", "--engine", "sqlite", "--lang", "zh"]) == 1
    assert "KP704" in capsys.readouterr().err
    assert run(["run", "大.kp", "单位.csv", "--engine", "duckdb", "--format", "csv"]) == 0
    assert "999999999998000000000001" in capsys.readouterr().out


def test_the_check_expects_populations_of_millions(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = SCRIPT + "outcome 多 if count(得分 > 5 over all) > 5000000\noutcome 后 if rank > 5000000\n"
    (folder / "大.kp").write_text(script, "utf-8")
    assert run(["check", "大.kp", "--lang", "en"]) == 0
    assert "nothing found" in capsys.readouterr().out
