"""Stored results read again: earlier periods, linked schemes, a subject's own shorter periods."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]

from kaoping.data.read import read_dataset
from kaoping.dataset import Dataset, InputColumn, InputTable
from kaoping.diagnostic import Finding
from kaoping.period import Period
from kaoping.typed import HISTORY, SUBJECTS
from kaoping.types import TEXT, Type, choice, number

POINTS = number(0, 100_000, 2)
GRADE = choice(("先进", "合格", "不合格"))
SUBJECT = InputTable(SUBJECTS, "单位", (InputColumn("得分", POINTS),))
PAST = InputTable(
    HISTORY, "history", (InputColumn("得分", POINTS.maybe, "never"), InputColumn("grade", GRADE, "never"))
)
TEAM = InputTable("link 班子", "班子", (InputColumn("grade", GRADE, "never"),), "班子考评", "所在班子")
MONTHS = InputTable("月度", "月度", (InputColumn("得分", POINTS, "never"),), "月考", None)

VILLAGES = InputTable("各村", "各村", (InputColumn("得分", POINTS, "never"),), "村考", of="归口部门")

FULL = "编号,名称,得分\n"


def read(
    folder: Path,
    files: Mapping[str, str],
    *tables: InputTable,
    period: str = "2009",
    history: Path | None = None,
    links: Mapping[str, Path] | None = None,
) -> tuple[Dataset | None, list[Finding]]:
    for name, content in files.items():
        (folder / name).write_text(content, "utf-8")
    return read_dataset(
        tables, folder, scheme="县市区考评", period=Period.parse(period), history=history, links=links or {}
    )


def sound(result: tuple[Dataset | None, list[Finding]]) -> Dataset:
    data, findings = result
    assert data is not None, findings
    return data


RESULTS = "scheme,period,id,name,得分,grade,findings\n"


def test_a_history_kept_by_hand_may_have_chinese_headings(tmp_path: Path) -> None:
    history = "方案,考核期,编号,名称,得分,等次\n县市区考评,2008,1,甲,90.00,先进\n"
    data = sound(read(tmp_path, {"单位.csv": FULL + "1,甲,5\n", "history.csv": history}, SUBJECT, PAST))
    assert data.tables[HISTORY].columns["grade"] == [0]
    assert data.tables[HISTORY].columns["得分"] == [9000]


def test_history_is_this_scheme_in_earlier_periods(tmp_path: Path) -> None:
    history = (
        RESULTS
        + "县市区考评,2008,1,甲,90.00,先进,\n县市区考评,2007,1,甲,80.00,合格,\n县市区考评,2007,9,癸,80.00,合格,\n"
        + "县市区考评,2006,9,癸,70.00,合格,\n县市区考评,2009,1,甲,1.00,不合格,\n另一方案,2008,1,甲,九,?,\n"
    )
    files = {"单位.csv": FULL + "2,乙,5\n1,甲,5\n", "history.csv": history}
    data, findings = read(tmp_path, files, SUBJECT, PAST)
    assert data is not None
    assert findings == []
    past = data.tables[HISTORY]
    assert past.columns == {"得分": [9000, 8000], "grade": [0, 1], "period": ["2008", "2007"]}
    assert past.owners == [1, 1]
    assert past.rows == [2, 3]
    assert data.earlier_periods == ["2006", "2007", "2008"]  # 2006 ran, if only for somebody else


def test_history_from_a_file_elsewhere(tmp_path: Path) -> None:
    elsewhere = tmp_path / "past"
    elsewhere.mkdir()
    (elsewhere / "2008.csv").write_text(RESULTS + "县市区考评,2008,1,甲,90.00,,\n", "utf-8-sig")
    (tmp_path / "data").mkdir()
    files = {"单位.csv": FULL + "1,甲,5\n"}
    data = sound(read(tmp_path / "data", files, SUBJECT, PAST, history=elsewhere / "2008.csv"))
    assert data.tables[HISTORY].columns["grade"] == [None]
    assert set(data.hashes) == {"单位.csv", "2008.csv"}


@pytest.mark.parametrize("type_", [TEXT, choice(("C", "B", "A"))])
def test_a_link_by_an_input_stands_for_each_subject_that_names_it(tmp_path: Path, type_: Type) -> None:
    staff = InputTable(SUBJECTS, "工作人员", (InputColumn("所在班子", type_.maybe, "never"),))
    files = {
        "工作人员.csv": "编号,所在班子\n1,A\n2,Ｂ\n3,A\n4,\n5,C\n",
        "班子.csv": RESULTS + "班子考评,2009,A,一处,1.00,先进,\n班子考评,2009,B,二处,1.00,合格,\n",
    }
    data, findings = read(tmp_path, files, staff, TEAM)
    assert data is not None
    assert data.tables["link 班子"].owners == [0, 1, 2]
    assert data.tables["link 班子"].columns["grade"] == [0, 1, 0]
    assert [(each.code, each.facts["ids"]) for each in findings] == [("KP667", "C")]


def test_a_link_takes_this_period_or_the_shortest_around_it(tmp_path: Path) -> None:
    own = InputTable("link 班子", "班子", (InputColumn("grade", GRADE, "never"),), "班子考评")
    rows = "班子考评,2008..2010,1,,,合格,\n班子考评,2009,1,,,先进,\n班子考评,2009Q2,1,,,不合格,\n"
    files = {"单位.csv": FULL + "1,甲,5\n", "班子.csv": RESULTS + rows}
    data = sound(read(tmp_path, files, SUBJECT, own, period="2009Q1"))
    assert data.tables["link 班子"].columns == {"grade": [0], "period": ["2009"]}


def test_own_shorter_periods_become_records(tmp_path: Path) -> None:
    rows = "月考,2009-01,1,,90.00,,\n月考,2009-02,1,,80.00,,\n月考,2008-12,1,,10.00,,\n月考,2009-01,2,,70.00,,\n"
    files = {"单位.csv": FULL + "1,甲,5\n2,乙,5\n", "月度.csv": RESULTS + rows}
    data = sound(read(tmp_path, files, SUBJECT, MONTHS))
    assert data.tables["月度"].columns == {"得分": [9000, 8000, 7000], "period": ["2009-01", "2009-02", "2009-01"]}
    assert data.tables["月度"].owners == [0, 0, 1]


@pytest.mark.parametrize(("team", "expected"), [("", []), ("A", ["KP666"])])
def test_linked_results_are_missed_only_where_somebody_names_one(
    tmp_path: Path, team: str, expected: list[str]
) -> None:
    staff = InputTable(SUBJECTS, "工作人员", (InputColumn("所在班子", TEXT.maybe, "never"),))
    _, findings = read(tmp_path, {"工作人员.csv": f"编号,所在班子\n1,\n2,{team}\n"}, staff, TEAM)
    assert [each.code for each in findings] == expected


OF_VILLAGES = "scheme,period,id,name,归口部门,得分\n"


def test_results_of_others_are_the_records_of_whom_they_name(tmp_path: Path) -> None:
    rows = "村考,2009,V1,,2,90.00\n村考,2009,V2,,1,80.00\n村考,2009Q1,V2,,2,60.00\n村考,2009,V3,,２,70.00\n"
    rows += "村考,2008,V1,,1,10.00\n"
    files = {"单位.csv": FULL + "1,甲,5\n2,乙,5\n", "各村.csv": OF_VILLAGES + rows}
    data = sound(read(tmp_path, files, SUBJECT, VILLAGES))
    assert data.tables["各村"].owners == [0, 1, 1, 1]
    assert data.tables["各村"].columns == {
        "得分": [8000, 9000, 6000, 7000],
        "period": ["2009", "2009", "2009Q1", "2009"],
    }


def test_results_that_name_nobody_here_are_told_and_those_of_nobody_are_not(tmp_path: Path) -> None:
    rows = "村考,2009,V1,,9,90.00\n村考,2009,V2,,,80.00\n村考,2009,V3,,1,70.00\n"
    files = {"单位.csv": FULL + "1,甲,5\n", "各村.csv": OF_VILLAGES + rows}
    data, findings = read(tmp_path, files, SUBJECT, VILLAGES)
    assert data is not None
    assert data.tables["各村"].columns["得分"] == [7000]
    assert [(each.code, each.variant, each.facts["ids"]) for each in findings] == [("KP667", "of", "9")]


def test_results_that_do_not_say_whose_they_are_keep_everything_from_running(tmp_path: Path) -> None:
    files = {"单位.csv": FULL + "1,甲,5\n", "各村.csv": RESULTS + "村考,2009,V1,,90.00,,\n"}
    data, findings = read(tmp_path, files, SUBJECT, VILLAGES)
    assert data is None
    assert [(each.code, each.variant, each.facts["by"]) for each in findings] == [("KP665", "by", "归口部门")]


def test_a_second_result_for_one_subject_and_period_is_told_whomever_it_names(tmp_path: Path) -> None:
    rows = "村考,2009,V1,,1,90.00\n村考,2009,V1,,2,80.00\n"
    files = {"单位.csv": FULL + "1,甲,5\n2,乙,5\n", "各村.csv": OF_VILLAGES + rows}
    data, findings = read(tmp_path, files, SUBJECT, VILLAGES)
    assert data is None
    assert [each.code for each in findings] == ["KP663"]


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("编号,得分\n1,5\n", ("KP660", "")),
        ("id,period,scheme,name\n1,2008,县市区考评,甲\n", ("KP660", "")),
        (RESULTS + "另一方案,2008,1,甲,90.00,,\n", ("KP661", "")),
        (RESULTS + "县市区考评,2009,1,甲,90.00,,\n", ("KP664", "")),
        (RESULTS + "县市区考评,Mar-08,1,甲,90.00,,\n", ("KP662", "")),
        (RESULTS + "县市区考评,2008,1,甲,90.00,,\n县市区考评,2008,1,甲,91.00,,\n", ("KP663", "")),
        ("scheme,period,id,name,得分\n县市区考评,2008,1,甲,90.00\n", ("KP665", "")),
        ("scheme,period,id,name,得分,得分 ,grade\n县市区考评,2008,1,甲,90.00,80.00,先进\n", ("KP616", "")),
        (RESULTS + "县市区考评,2008,1,甲,90.001,,\n", ("KP643", "")),
        (RESULTS + "县市区考评,2008,1,甲,90,优秀,\n", ("KP646", "")),
    ],
)
def test_findings_of_stored_results(tmp_path: Path, history: str, expected: tuple[str, str]) -> None:
    _, findings = read(tmp_path, {"单位.csv": FULL + "1,甲,5\n", "history.csv": history}, SUBJECT, PAST)
    assert expected in [(each.code, each.variant) for each in findings]


def test_files_named_for_nothing(tmp_path: Path) -> None:
    other = tmp_path / "x.csv"
    other.write_text(RESULTS, "utf-8")
    files = {"单位.csv": FULL + "1,甲,5\n"}
    (tmp_path / "data").mkdir()
    data, findings = read(tmp_path / "data", files, SUBJECT, TEAM, history=other, links={"班子表": other})
    assert data is None
    found = [(each.code, each.variant) for each in findings]
    assert found == [("KP668", "near"), ("KP668", "history"), ("KP666", "")]


def test_results_on_several_sheets_are_not_read_from_one_alone(tmp_path: Path) -> None:
    past = tmp_path.with_name("往年.xlsx")
    book = Workbook()
    book.active.append(["封面"])
    for year in ("2008", "2007"):
        page = book.create_sheet(f"{year}年")
        page.append(RESULTS.strip().split(","))
        page.append(["县市区考评", year, "1", "甲", 90, "先进", ""])
    book.save(past)
    files = {"单位.csv": FULL + "1,甲,5\n"}
    data, findings = read(tmp_path, files, SUBJECT, PAST, history=past)
    assert data is None
    assert [(each.code, each.variant, each.facts["names"]) for each in findings] == [
        ("KP611", "results", "2008年, 2007年")
    ]
    del book["2007年"]
    book.save(past)
    assert sound(read(tmp_path, files, SUBJECT, PAST, history=past)).tables[HISTORY].columns["grade"] == [0]


@pytest.mark.parametrize(
    ("periods", "told"),
    [
        (("2008", "2007"), []),
        (("2008",), []),
        (("2007", "2006"), [("KP669", "", "2008-01-01..2008-12-31")]),
        (("2008", "2006"), [("KP669", "", "2007-01-01..2007-12-31")]),
        (("2008H1", "2008H2"), [("KP664", "length", None)]),
        (("2008", "2006H1"), []),
    ],
)
def test_where_a_look_back_stops_is_told(
    tmp_path: Path, periods: tuple[str, ...], told: list[tuple[str, str, str | None]]
) -> None:
    rows = "".join(f"县市区考评,{period},1,甲,90.00,先进,\n" for period in periods)
    data, findings = read(tmp_path, {"单位.csv": FULL + "1,甲,5\n", "history.csv": RESULTS + rows}, SUBJECT, PAST)
    assert data is not None
    assert [(each.code, each.variant, each.facts.get("missing")) for each in findings] == told
