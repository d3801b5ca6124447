"""Large data sets of several files: records, params, earlier results, and what must hold among them, as in small."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import duckdb
import pytest

from bulk_runs import assert_same, cells, folder, in_bulk, in_small, parquet, planned
from kaoping.bulk import belonging
from kaoping.bulk.files import NotInBulk
from kaoping.bulk.load import Loaded
from kaoping.cli.bulk import is_bulk, is_large
from kaoping.diagnostic import Severity

SCRIPT = """scheme 试
period 2009
class 类 : one of A, B
param 线 : number 0..100 places 1
input a : score 0..10
input c : count default 0
input 选 : text optional
subject 单位 if c < 50
records 表彰
  级别 : one of 国家, 省, 市
  日期 : date
  分 : number -5..5 places 2 optional
  on 日期
records 处分
  重 : yes/no default no
item 基 10 = a
  deduct 1 per 表彰 where 级别 = 市
let 计 = sum((分 default 0) over 表彰)
outcome 处 = count(处分)
outcome 超 = a > 线
bonus 1 per 表彰
grades 优 > 良
grade 优 if total >= 8
grade 良 otherwise
require (分 > 0) default yes for each 表彰 "分要大于零"
require a > 1 "a 太小" for A
require 线 > 50 "线太低"
require 线 > 45 for each 处分 "有处分而线太低"
require count(处分) < 2 "=处分太多"
"""
PLAN = planned(SCRIPT)
UNITS = "编号,名称,类,a,c,选\n01,甲,A,9,,x\n02,乙,B,1,3,\n03,丙,A,0.5,60,\n04,丁,A,0.5,,=1\n"
PARAMS = "参数,值\n线,51\n"
PRAISE = "编号,级别,日期,分\n01,市,2009-03-01,1\n02,省,2009-04-01,-1\n01,国家,2010-01-01,\n01,市,2008-12-31,-2\n"
REPROOF = "编号,重\n01,是\n01,\n01,否\n02,\n"
SOUND = {"单位": UNITS, "params": PARAMS, "表彰": PRAISE, "处分": REPROOF}

FOLDERS: dict[str, dict[str, str]] = {
    "sound": SOUND,
    "by other names": {"subjects": UNITS, "参数": PARAMS, "表彰": PRAISE, "处分": REPROOF},
    "a param below its requirement": SOUND | {"params": PARAMS.replace("51", "40")},
    "params missing": {"单位": UNITS, "表彰": PRAISE, "处分": REPROOF},
    "a param blank": SOUND | {"params": "参数,值\n线,\n"},
    "params wrong": SOUND | {"params": "参数,值\n线,九\n线,2\nx,3\n"},
    "records missing": {"单位": UNITS, "params": PARAMS},
    "records misspelt": {"单位": UNITS, "params": PARAMS, "表彰表": PRAISE, "处分": REPROOF},
    "a file too many": SOUND | {"别的": PRAISE},
    "subjects twice": SOUND | {"subjects": UNITS},
    "subjects missing": {"params": PARAMS, "表彰": PRAISE, "处分": REPROOF},
    "subjects that are no CSV": SOUND | {"单位": '编号,a\n1,"2\n'},
    "records that are no CSV": SOUND | {"表彰": '编号,级别,日期,分\n01,市,2009-03-01,1\n"'},
    "records of nobody": SOUND
    | {
        "表彰": PRAISE + "9,市,2009-03-01,1\n1,市,2009-03-01,1\n０１,市,2009-03-01,九\n,市,2009-03-01,1\n",
        "处分": "编号,重\n01,是\n3,\n",
    },
    "records wrong": SOUND
    | {"表彰": PRAISE.replace("市,2009", "县,2009").replace("-1", "-9"), "处分": REPROOF.replace("是", "有")},
    "records with blank cells": SOUND | {"表彰": PRAISE + "02,,,\n02,市,,\n"},
    "records with nothing but headings": SOUND | {"表彰": "编号,级别,日期,分\n"},
    "an empty file of records": SOUND | {"处分": ""},
    "columns of records missing": SOUND | {"表彰": PRAISE.replace("级别", "x"), "处分": REPROOF.replace("重", "z")},
    "all that may be left out": {
        "单位": "编号,a,类\n1,9,A\n2,8,B\n",
        "params": PARAMS,
        "表彰": "编号,级别,日期\n1,市,2009-03-01\n",
        "处分": "编号\n1\n1\n\n2\n",
    },
    "nothing but ids": {"单位": "编号\n1\n2\n", "params": PARAMS},
    "rows that add up others": SOUND
    | {
        "单位": UNITS
        + "05,合 计,A,9,,\n小计,己,A,9,,\n06,审计均,A,9,,\n平均分,平均,A,9,,\n07,　总　计,A,9,,\nTotal,庚,A,9,,\n"
    },
    "wrong everywhere": SOUND | {"单位": UNITS + "01,丁,A,九,,\n", "表彰": PRAISE + "05,市,2009-03-01,1\n"},
}


@pytest.mark.parametrize("name", FOLDERS)
def test_a_folder_is_read_as_a_small_one(tmp_path: Path, name: str) -> None:
    assert_same(PLAN, folder(tmp_path, **FOLDERS[name]))


def test_what_is_not_met_stands_in_one_cell(tmp_path: Path) -> None:
    rows = assert_same(PLAN, folder(tmp_path, **SOUND)).rows
    assert rows is not None
    assert [(row[2], row[-1]) for row in rows[1:]] == [
        ("01", "分要大于零; =处分太多"),
        ("02", "分要大于零"),
        ("04", "a 太小"),
    ]


def test_rows_that_add_up_others_are_no_subjects(tmp_path: Path) -> None:
    outcome = assert_same(PLAN, folder(tmp_path, **FOLDERS["rows that add up others"]))
    assert [(each.code, each.facts["cells"]) for each in outcome.findings if each.code == "KP634"] == [
        ("KP634", "B6 “合 计”, B10 “总 计”"),
        ("KP634", "A7 “小计”, A9 “平均分”, A11 “Total”"),
    ]


@pytest.mark.parametrize("space", ["", " ", "\t", "\x85", "\xa0", "\u2003", "\u2028", "\u3000"])
@pytest.mark.parametrize("named", [True, False])
def test_a_row_of_totals_whatever_stands_between_its_letters(tmp_path: Path, space: str, *, named: bool) -> None:
    total = f"合{space}计"
    rows = f"1,甲,5\n{f'2,{total}' if named else f'{total},乙'},5\n"
    script = "scheme s\nperiod 2009\ninput a : score 0..10\nitem 分 10 = a\n"
    found = assert_same(script, folder(tmp_path, subjects="编号,名称,a\n" + rows))
    assert [each.code for each in found.findings] == ["KP634"]


@pytest.mark.parametrize(
    "total",
    [
        *(
            "Total",
            "total",
            "SUBTOTAL",
            "Average",
            "TOTAL:",
            "平均值",
            "总计",
            "最高分",
            "最低",
            "全县合计",
            "合计：(分)",
        ),
        *("全县", "全市", "县合计", "各乡镇合计", "县平均", "均值", "总体", "乡镇平均分", "平均得分", "其中：山区镇"),
    ],
)
def test_a_row_of_totals_in_other_words(tmp_path: Path, total: str) -> None:
    script = "scheme s\nperiod 2009\ninput a : score 0..10\nitem 分 10 = a\n"
    found = assert_same(script, folder(tmp_path, subjects=f"编号,a\n1,5\nTeam,5\nsam,5\nalpha,5\n{total},5\n"))
    assert [(each.code, each.facts["cells"]) for each in found.findings] == [("KP634", f"A6 “{total}”")]


def test_the_unit_that_a_table_gives_for_all_of_it(tmp_path: Path) -> None:
    script = "scheme s\nperiod 2009\ninput 资金 : money\nitem 分 10 = 0\n  add 1 per full 100万元 of 资金\n"
    for unit, codes in (("万元", ["KP636"]), ("元", [])):
        found = assert_same(script, folder(tmp_path, subjects=f"情况表,单位：{unit}\n编号,资金\n1,1200\n"))
        assert [each.code for each in found.findings] == codes


@pytest.mark.parametrize(
    "note",
    [
        "注:满分为10分",
        " 备 注：略",
        "说明：",
        "填表人:张三　审核人:李四",
        "填报单位：某局",
        "制表:办公室",
        "负责人：李四",
        "单位负责人:",
        "Note: as of May",
        "remarks:",
        "注：" + "本表一式三份。" * 30,
    ],
)
@pytest.mark.parametrize("named", [True, False])
def test_a_note_below_the_table_is_no_subject(tmp_path: Path, note: str, *, named: bool) -> None:
    script = "scheme s\nperiod 2009\ninput a : score 0..10 default 1\nitem 分 10 = a\n"
    rows = f"编号,名称,a\n1,甲,5\n{f'2,{note}' if named else f'{note},'},\n"
    found = assert_same(script, folder(tmp_path, subjects=rows))
    assert [(each.code, each.variant) for each in found.findings] == [("KP634", "note")]


@pytest.mark.parametrize(
    "name", ["注", "说明书编写组", "审核科", "A:1", "表彰:甲", "Notes", "全州县", "全市办", "总体规划科", "合计镇"]
)
def test_a_subject_may_be_called_so(tmp_path: Path, name: str) -> None:
    script = "scheme s\nperiod 2009\ninput a : score 0..10 default 1\nitem 分 10 = a\n"
    assert assert_same(script, folder(tmp_path, subjects=f"编号,名称,a\n1,{name},5\n{name},乙,5\n")).findings == []


def test_of_two_ids_that_differ_in_their_zeros_the_first_is_offered(tmp_path: Path) -> None:
    script = "scheme s\nperiod 2009\nrecords 事\n  数 : count\nitem 分 10\nbonus 1 per 事\n"
    data = folder(tmp_path, subjects="编号,分\n001,5\n01,5\n", 事="编号,数\n1,2\n")
    found = assert_same(script, data)
    assert [each.facts["near"] for each in found.findings if each.code == "KP632"] == ["001"]


def test_ids_too_far_apart_for_a_bit_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB has no room for more than a billion bits: numbers that lie so far apart are compared as others are."""
    ids = [f"{100 + 60 * at}" for at in range(10)]
    rows = "".join(f"{each},5\n" for each in [*ids, ids[3]])
    script = "scheme s\nperiod 2009\ninput a : score 0..10\nitem 分 10 = a\n"
    data = folder(tmp_path, subjects="编号,a\n" + rows)
    for most, told in ((belonging.MOST_BITS, True), (500, False)):
        monkeypatch.setattr(belonging, "MOST_BITS", most)
        with duckdb.connect() as connection:
            connection.execute(f"CREATE TABLE t AS SELECT UNNEST([{', '.join(ids)}]) AS id")
            loaded = Loaded(None, "t", {})  # type: ignore[arg-type]
            assert (belonging._ends(connection, loaded) is not None) is told
        found = assert_same(script, data)
        assert [each.facts["cells"] for each in found.findings if each.code == "KP631"] == ["A12 “280”"]


@pytest.mark.parametrize(
    ("ids", "doubled"),
    [
        (["7", "07", "007", "8"], []),
        (["7", "8", "7"], ["A4 “7”"]),
        (["9223372036854775807", "9223372036854775808", "1"], []),
        (["1", "甲", "甲"], ["A4 “甲”"]),
        (["-3", "3", "1000000"], []),
    ],
)
def test_ids_that_look_like_numbers_are_compared_as_texts(tmp_path: Path, ids: list[str], doubled: list[str]) -> None:
    script = "scheme s\nperiod 2009\ninput a : score 0..10\nitem 分 10 = a\n"
    found = assert_same(script, folder(tmp_path, subjects="编号,a\n" + "".join(f"{each},5\n" for each in ids)))
    assert [each.facts["cells"] for each in found.findings if each.code == "KP631"] == doubled


MANY = range(110_000)
WRONGS = {
    "doubled and wrong": ("".join(f"k{at},九\nk{at},1\n" for at in MANY), "", ["KP631", "KP641"]),
    "blank": ("".join(f"k{at},\n" for at in MANY), "", ["KP640"]),
    "of nobody": ("k1,1\n", "".join(f"x{at},是\n" for at in MANY), ["KP632"]),
}


@pytest.mark.parametrize("name", WRONGS)
def test_more_wrong_cells_than_are_looked_up_are_counted(tmp_path: Path, name: str) -> None:
    """The first places and the number are those of small data, also above a hundred thousand."""
    script = "scheme s\nperiod 2009\ninput a : score 0..10\nrecords 处分\n  重 : yes/no\nitem 分 10 = a\n"
    units, records, codes = WRONGS[name]
    data = folder(tmp_path, subjects=f"编号,a\n{units}", 处分=f"编号,重\nk1,是\n{records}")
    found = assert_same(f"{script}outcome 处 = count(处分)\n", data).findings
    errors = [(each.code, each.facts["count"]) for each in found if each.severity.name == "ERROR"]
    assert errors == [(code, str(len(MANY))) for code in codes]


WHOSE = """编号,名称,级别,日期,分
01,甲,市,2009-03-01,1
01,乙,市,2009-03-02,1
02,,市,2009-03-03,1
02,乙 局,市,2009-03-04,1
02, 乙,市,2009-03-04,1
03,丙局,市,2009-03-05,1
03,丙局,市,2009-03-06,九
09,甲,市,2009-03-07,1
04,甲,市,2009-03-08,1
04,#N/A,市,2009-03-09,1
"""


@pytest.mark.parametrize("wrong", [True, False])
def test_records_whose_id_and_name_contradict_are_told(tmp_path: Path, wrong: bool) -> None:
    rows = WHOSE.splitlines(keepends=True)
    kept = rows if wrong else [each for each in rows if not re.match("01,乙|09|04,甲|.*九", each)]
    outcome = assert_same(PLAN, folder(tmp_path, **(SOUND | {"表彰": "".join(kept)})))
    told = [(each.variant, each.severity, each.facts["cells"]) for each in outcome.findings if each.code == "KP635"]
    assert told == [
        *([("other", Severity.ERROR, "B3 “乙”, B10 “甲”")] if wrong else []),
        ("", Severity.WARNING, "B5 “乙 局”, B7 “丙局”, B8 “丙局”" if wrong else "B4 “乙 局”, B6 “丙局”"),
    ]
    assert (outcome.rows is None) == wrong


NAMED = """scheme s
period 2009
subject 单位
input name : text
input 甲 : number 0..100
records 项目
  名称 : text
  数 : count
bonus 1 if name = "x"
bonus 1 per 项目 where 数 > 3 and 名称 != "x"
total 总 = 甲 + bonus
"""


def test_a_column_that_the_scheme_asks_for_is_nobodys_name(tmp_path: Path) -> None:
    files = {
        "单位": "编号,名称,name,甲\nA,东河镇,x,90\nB,西山乡,y,80\n",
        "项目": "编号,名称,数\nA,西山乡,5\nB,道路,1\n",
    }
    outcome = assert_same(planned(NAMED), folder(tmp_path, **files))
    assert outcome.findings == []
    assert outcome.rows is not None


def test_who_is_called_as_the_id_says_has_no_name_to_contradict(tmp_path: Path) -> None:
    files = SOUND | {
        "单位": UNITS.replace("02,乙", "02,02"),
        "表彰": "编号,名称,级别,日期,分,多\n01,02,市,2009-03-01,1,\n",
    }
    outcome = assert_same(PLAN, folder(tmp_path, **files))
    assert [(each.code, each.variant) for each in outcome.findings if each.code in ("KP635", "KP617")] == [
        ("KP617", ""),
        ("KP635", ""),
    ]


def test_the_name_beside_an_id_is_not_asked_for_where_subjects_have_none(tmp_path: Path) -> None:
    bare = re.sub(r"(?m)^([^,]*),[^,]*", r"\1", UNITS)
    rows = WHOSE.replace("九", "1").replace("\n09,", "\n02,")
    outcome = assert_same(PLAN, folder(tmp_path, **(SOUND | {"单位": bare, "表彰": rows})))
    assert [each for each in outcome.findings if each.code == "KP635"] == []


def test_what_is_asked_of_records_is_said_of_those_who_have_some(tmp_path: Path) -> None:
    rows = assert_same(PLAN, folder(tmp_path, **FOLDERS["a param below its requirement"])).rows
    assert rows is not None
    assert [(row[2], row[-1]) for row in rows[1:]] == [
        ("01", "分要大于零; 有处分而线太低; =处分太多; 线太低"),
        ("02", "分要大于零; 有处分而线太低; 线太低"),
        ("04", "a 太小; 线太低"),
    ]


def test_records_by_name_are_left_to_the_reader_of_small_files(tmp_path: Path) -> None:
    named = SOUND | {"处分": "名称,重\n甲,是\n"}
    with pytest.raises(NotInBulk) as reason:
        assert_same(PLAN, folder(tmp_path, **named))
    assert reason.value.reason == "names"


def test_a_file_with_the_signs_of_a_pattern_in_its_name_is_that_file(tmp_path: Path) -> None:
    for name, score in (
        ("off[12].csv", 1),
        ("off1.csv", 9),
        ("a*.csv", 1),
        ("ab.csv", 9),
        ("w?.csv", 1),
        ("wx.csv", 9),
    ):
        (tmp_path / name).write_text(f"编号,分\n1,{score}\n", "utf-8")
    for name in ("off[12].csv", "a*.csv", "w?.csv"):
        rows = assert_same("scheme s\ninput 分 : score 0..10\nitem 甲 10 = 分\n", tmp_path / name).rows
        assert rows is not None
        assert [row[4] for row in rows[1:]] == ["1.00"], name


def test_two_files_of_one_name_are_an_error(tmp_path: Path) -> None:
    place = folder(tmp_path, **SOUND)
    parquet(place / "单位.parquet", {"编号": "1", "a": "9"}, "(VALUES (1)) AS t(i)")
    done = in_bulk(PLAN, place, tmp_path / "out.csv")
    assert (done.rows, [code for code, _ in done.codes if code == "KP611"]) == (None, ["KP611"])


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are Unicode there")
def test_a_file_whose_name_cannot_be_read_is_not_passed_over(tmp_path: Path) -> None:
    """Taken for no records, its deductions would be lost."""
    place = folder(tmp_path, **SOUND)
    (place / "处分.csv").rename(os.fsdecode(os.fsencode(place) + b"/" + "处分.csv".encode("gbk")))
    outcome = assert_same(PLAN, place)
    assert outcome.rows is None
    assert ("KP613", "garbled") in outcome.codes


def test_what_a_scheme_does_not_read_does_not_decide_how_it_is_read(tmp_path: Path) -> None:
    place = folder(tmp_path, **SOUND)
    parquet(place / "别的.parquet", {"x": "1"}, "(VALUES (1)) AS t(i)")
    assert not is_bulk(PLAN, place, tmp_path / "out.csv", "auto", None)
    parquet(place / "history.parquet", {"x": "1"}, "(VALUES (1)) AS t(i)")
    assert not is_large(PLAN, place)


# ---------------------------------------------------------------- what only evaluating shows

NEEDED = """scheme s
class 类 : one of A, B
input a, b, c : score 0..10
input 人 : yes/no
item 基 10 = a
item 甲 10 = b for A
item 乙 10 = c for B
subject 单位 if 人
"""
LIMITS = """scheme s
class 类 : one of A, B
item 甲 [A: 10, B: 5]
item 乙 [A: 10, B: 5]
"""
QUOTA = """方案 s
分类 类 : 选项 A, B
数据 比 : 百分比 可缺
指标 甲 100
等次 优 > 良
评定 优 若 总分 >= 50
评定 良 其余
限额 优 否则 良
  前 (比 缺省 10%) 的 全部 按 总分 同 类
  取整 舍去
  并列 不入
释义 "舍去"
"""


def test_cells_that_only_some_need(tmp_path: Path) -> None:
    rows = "2,乙,B,是,1,,\n1,甲,A,是,1,,3\n,,,,,,\n3,丙,A,是,3,2,\n4,丁,A,否,1,,\n5,戊,B,是,2,,\n6, 己  庚,A,是,2,,\n"
    told = assert_same(NEEDED, folder(tmp_path, s="编号,名称,类,人,a,b,c\n" + rows))
    assert [each.place for each in told.findings] == ["s.csv:2 c", "s.csv:3 b", "s.csv:7 c", "s.csv:8 b"]
    assert told.findings[-1].facts["subject"] == "己 庚"


def test_points_beyond_those_of_a_class(tmp_path: Path) -> None:
    rows = "1,甲,A,10,10\n2,乙,B,6,5\n3,丙,B,5,5.01\n5,戊,B,6,7\n"
    told = assert_same(LIMITS, folder(tmp_path, s="编号,名称,类,甲,乙\n" + rows))
    assert [(each.code, each.place) for each in told.findings] == [
        ("KP691", "s.csv:3 甲"),
        ("KP691", "s.csv:4 乙"),
        ("KP691", "s.csv:5 甲"),
        ("KP691", "s.csv:5 乙"),
    ]


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        ({}, []),
        ({7: "40%"}, [("1", "7")]),
        ({7: ""}, [("1", "7")]),
        ({1: "40%", 7: "40%", 4: "50%"}, [("1", "3"), ("0", "4")]),
    ],
)
@pytest.mark.parametrize("named", [True, False])
def test_a_quota_with_two_shares(
    tmp_path: Path, shares: dict[int, str], told: list[tuple[str, str]], *, named: bool
) -> None:
    rows = [[str(at), f"n{at}", "AB"[at % 2], shares.get(at, "30%"), str(50 + at)] for at in range(10)]
    kept = [0, 1, 2, 3, 4] if named else [0, 2, 3, 4]
    table = "".join(",".join(row[at] for at in kept) + "\n" for row in [["编号", "名称", "类", "比", "甲"], *rows])
    found = assert_same(QUOTA, folder(tmp_path, s=table))
    assert sorted((each.facts["id_one"], each.facts["id_other"]) for each in found.findings) == sorted(told)


def test_a_quota_with_two_shares_leaves_the_old_results(tmp_path: Path) -> None:
    data, output = folder(tmp_path, s="编号,类,比,甲\n1,A,30%,50\n2,A,40%,50\n"), tmp_path / "out.csv"
    output.write_text("old")
    assert in_bulk(planned(QUOTA), data, output).codes == [("KP692", "")]
    assert output.read_text() == "old"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["data", "out.csv"]


# ---------------------------------------------------------------- earlier and linked results

PAST = """scheme 试
period 2009
input 单位 : text optional
input a : score 0..10
link 班子 : 班子考核 (得分 : score 0..100, 等次 : one of 差 < 好)
link 上级 : 单位考核 (得分 : score 0..100) by 单位
records 月度 from 月考核
item 基 10 = a
outcome 上期 = previous(total) default 0
outcome 连 = streak(total > 3)
outcome 班 = 班子.得分 default 0
outcome 班等 = (班子.等次 = 好) default no
outcome 级 = 上级.得分 default 0
outcome 月 = count(月度)
"""
PAST_PLAN = planned(PAST)
PEOPLE = "编号,名称,单位,a\n01,甲,X1,9\n02,乙,X2,1\n03,丙,,5\n04,丁,Q,6\n"
HISTORY = (
    "scheme,period,id,name,total,基\n试,2008,01,甲,5.00,5\n试,2007,01,甲,6,6\n试,2008,02,乙,,\n别,2008,03,丙,7,1\n"
    "试,2009,03,丙,7,1\n试,2006,01,x,3,1\n"
)
TEAM = (
    "scheme,period,id,name,得分,等次\n班子考核,2009,01,甲,55,好\n班子考核,2009,02,甲,50,差\n班子考核,2008,03,甲,1,差\n"
)
ABOVE = "scheme,period,id,name,得分\n单位考核,2009,X1,x,88.5\n单位考核,2009,X2,y,77\n"
MONTHS = "scheme,period,id,name,total\n月考核,2009-01,01,甲,55\n月考核,2009-02,01,甲,55\n月考核,2009-02,02,甲,55\n"
STORED = {"subjects": PEOPLE, "history": HISTORY, "班子考核": TEAM, "单位考核": ABOVE, "月度": MONTHS}

CHANGES: dict[str, dict[str, str]] = {
    "sound": {},
    "a gap": {"history": HISTORY.replace("2008", "2005")},
    "halves": {"history": HISTORY.replace("2008", "2008H1").replace("2007", "2008H2").replace("2006", "2007H1")},
    "another scheme": {"history": HISTORY.replace("试", "x")},
    "no periods": {"history": HISTORY.replace("2007", "去年").replace("2006", "")},
    "rows twice": {"history": HISTORY + "试,2008,01,甲,5.00,5\n试,２００８,0１,甲,5.00,5\n"},
    "zeros lost": {"history": HISTORY.replace(",01,", ",1,").replace(",02,", ",2,") + "试,2008,9,己,1,1\n"},
    "zeros lost of a link": {"班子考核": TEAM.replace(",01,", ",1,")},
    "zeros lost of records": {"月度": MONTHS.replace(",01,", ",1,")},
    "zeros lost by an input": {
        "subjects": PEOPLE.replace("X1", "007"),
        "单位考核": ABOVE.replace("X1", "7").replace("X2", "0X2"),
    },
    "a period written in two ways": {"history": HISTORY + "试,2008-01..2008-12,01,甲,5.00,5\n"},
    "a period written in two ways, by two": {"history": HISTORY.replace("2008,02", "2008-01..2008-12,02")},
    "no results": {"history": HISTORY.replace("period", "p")},
    "no ids": {"history": HISTORY.replace("id", "x")},
    "a column missing": {"history": HISTORY.replace("total", "t")},
    "cells wrong": {"history": HISTORY.replace("5.00", "五").replace("6,6", "6,600")},
    "cells of others wrong": {"history": HISTORY + "试,2008,05,戊,五,5\n试,2009,01,甲,五,5\n"},
    "ids missing": {"history": HISTORY + "试,2008,,甲,5.00,5\n试,2019,,甲,5,5\n\n,,,,,\n"},
    "written otherwise": {"history": HISTORY.replace("试,2008", " 试 ,２００８")},
    "nothing earlier": {"history": HISTORY.replace("2008", "2019").replace("2007", "2018").replace("2006", "2010")},
    "an empty file": {"history": ""},
    "only headings": {"history": HISTORY.split("\n")[0] + "\n"},
    "a link to nobody": {"单位考核": ABOVE.replace("X2", "X3")},
    "a link in another width": {
        "subjects": PEOPLE.replace("X1", " Ｘ1 "),
        "单位考核": ABOVE.replace("X2", "Ｘ２"),
    },
    "a link to two": {"单位考核": ABOVE + "单位考核,2009,X2,y,5\n"},
    "a link to a longer period": {
        "单位考核": ABOVE.replace("2009", "2008..2010") + "单位考核,2005..2015,X2,y,5\n",
    },
    "linked cells wrong": {"班子考核": TEAM.replace("55", "155").replace("差", "中")},
    "months wrong": {"月度": MONTHS.replace("55", "x").replace("-02", "-13")},
    "months of another year": {"月度": MONTHS.replace("2009", "2008")},
}


@pytest.mark.parametrize("name", CHANGES)
def test_stored_results_are_read_as_in_small(tmp_path: Path, name: str) -> None:
    assert_same(PAST_PLAN, folder(tmp_path, **(STORED | CHANGES[name])))


@pytest.mark.parametrize("name", [each for each in CHANGES if each.startswith("zeros lost")])
def test_results_that_count_for_nobody_because_zeros_are_lost_are_an_error(tmp_path: Path, name: str) -> None:
    """Excel takes zeros away from ids: without a word the subject would have no history."""
    found = in_small(PAST_PLAN, folder(tmp_path, **(STORED | CHANGES[name])))
    assert {(each.code, each.variant) for each in found.findings} >= {("KP632", "zeros")}


def test_stored_results_may_be_missing(tmp_path: Path) -> None:
    assert_same(PAST_PLAN, folder(tmp_path, subjects=PEOPLE))


@pytest.mark.parametrize(
    ("type_", "here", "there"),
    [("text", "=A", "'=A"), ("one of 一, 二", "二", "二"), ("count", "3", "3"), ("number 0..9 places 1", "3", "3.0")],
)
def test_a_link_by_any_kind_of_input(tmp_path: Path, type_: str, here: str, there: str) -> None:
    script = f"scheme s\nperiod 2009\ninput u : {type_}\nlink 上 : 考 (得分 : score 0..100) by u\nitem a 9\n"
    script += "outcome o = 上.得分 default 0\n"
    above = f"scheme,period,id,name,得分\n考,2009,{there},x,8\n"
    found = assert_same(script, folder(tmp_path, subjects=f"编号,u,a\n1,{here},5\n", 考=above))
    assert found.rows is not None
    assert "8.00" in found.rows[1]


def test_results_in_bulk_are_the_history_of_the_next_year(tmp_path: Path) -> None:
    """Names and labels that look like formulas come back as they were."""
    script = (
        "scheme 「=试」\nperiod 2009\nclass 类 : one of 「=A」, 「-B」\nitem a 9\noutcome 前 = previous(a) default 0\n"
    )
    units = "编号,名称,类,a\n=1,+甲,=A,5\n02,@乙,-B,6\n"
    assert in_bulk(planned(script), folder(tmp_path, subjects=units), tmp_path / "2009.csv").rows is not None
    history = (tmp_path / "2009.csv").read_text("utf-8-sig")
    rows = assert_same(script.replace("2009", "2010"), folder(tmp_path, subjects=units, history=history)).rows
    assert rows is not None
    before = rows[0].index("前")
    assert [row[before] for row in rows[1:]] == ["5.00", "6.00"]
    assert cells(history)[1][:5] == ["'=试", "2009", "'=1", "'+甲", "'=A"]
