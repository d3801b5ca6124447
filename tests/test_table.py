"""The ranked table: who stands where, and what a reader has to know besides."""

from __future__ import annotations

import pytest

from kaoping.dataset import Dataset, TableData
from kaoping.engines.run import evaluate
from kaoping.messages import words
from kaoping.plan.build import plan_scheme
from kaoping.report.table import results_table
from kaoping.report.width import width
from kaoping.results import Reason, ResultColumn, Results
from kaoping.source import Source
from kaoping.surroundings import Surroundings
from kaoping.types import BOOL, Type, Value, choice, number
from kaoping_dsl.parse import parse

GRADES = choice(("不合格", "合格", "先进"), ordered=True)
POINTS = number(0, 100000, 2)
SHARE = number(0, 10000, 4, percent=True)


def results(*columns: tuple[str, Type, str, list[Value]], **more: object) -> Results:
    made = Results(
        scheme="考评", title="某市考评", period="2009",
        columns=tuple(ResultColumn(name, type_, role) for name, type_, role, _ in columns),
        ids=["L1", "L2", "L3"], names=["甲县", "经济开发区管委会", "乙区"],
        values={name: values for name, _, _, values in columns},
        findings=[[], [], []], reasons=[[], [], []],
    )  # fmt: skip
    for name, value in more.items():
        setattr(made, name, value)
    return made


BASE: list[tuple[str, Type, str, list[Value]]] = [
    ("综合得分", POINTS, "total", [59990, None, 91500]),
    ("bonus", POINTS, "bonus", [0, 0, 1000]),
    ("penalty", POINTS, "penalty", [0, 0, 0]),
    ("rank", number(1, 3), "rank", [2, None, 1]),
    ("vetoed", BOOL, "vetoed", [0, 1, 0]),
    ("grade", GRADES, "grade", [1, 0, 2]),
]


def test_the_best_rank_stands_first_and_numbers_stand_below_each_other() -> None:
    table = results(*BASE, reasons=[[], [Reason("vetoed", "出现重大责任事故", "四(三)3")], []])
    assert (
        results_table(table, words("zh"))
        == """\
某市考评
考核期 2009

名次  编号  名称              综合得分   加分  等次    原因
----  ----  ----------------  --------  -----  ------  ------------
   1  L3    乙区                915.00  10.00  先进
   2  L1    甲县                599.90   0.00  合格
   -  L2    经济开发区管委会         -   0.00  不合格  否决 四(三)3
"""
    )


def test_built_in_columns_are_named_in_the_language_of_the_reader() -> None:
    assert results_table(results(*BASE), words("en")).splitlines()[3].split() == [
        "rank", "id", "name", "综合得分", "bonus", "grade",
    ]  # fmt: skip


def test_what_follows_for_whom_stands_together() -> None:
    outcomes: list[tuple[str, Type, str, list[Value]]] = [
        ("通报表彰", BOOL, "outcome", [0, 0, 1]),
        ("一次性奖励", BOOL, "outcome", [0, 0, 1]),
        ("优秀比例", SHARE, "outcome", [1000, None, 2500]),
        ("诫勉谈话", BOOL, "outcome", [0, 0, 0]),
    ]
    assert (
        results_table(results(*BASE, *outcomes), words("zh")).partition("结果运用:\n")[2]
        == """\
  通报表彰、一次性奖励、优秀比例 25% (1): 乙区
  优秀比例 10% (1): 甲县
"""
    )


UNSCORED: list[tuple[str, Type, str, list[Value]]] = [
    ("类别", choice(("一类", "二类")), "class", [0, 1, 0]),
    ("来信件数", number(0, 99), "let", [12, 3, None]),
    ("回信件数", number(0, 99), "let", [9, 3, 0]),
    ("bonus", POINTS, "bonus", [0, 0, 0]),
    ("vetoed", BOOL, "vetoed", [0, 0, 0]),
    ("补助", number(0, 9999), "outcome", [100, None, 250]),
    ("通报", BOOL, "outcome", [0, 1, 0]),
]


def test_where_nobody_is_scored_the_table_shows_what_is_computed_and_what_follows() -> None:
    assert results_table(results(*UNSCORED), words("zh")).split("\n\n", 1)[1] == (
        """\
编号  名称              类别  来信件数  回信件数  补助  通报
----  ----------------  ----  --------  --------  ----  ----
L1    甲县              一类        12         9   100  否
L2    经济开发区管委会  二类         3         3     -  是
L3    乙区              一类         -         0   250  否
"""
    )


def test_columns_that_a_terminal_has_no_room_for_are_named_and_outcomes_told_below() -> None:
    said = results_table(results(*UNSCORED), words("zh"), 40).split("\n\n", 1)[1]
    assert said == (
        """\
编号  名称              类别  来信件数
----  ----------------  ----  --------
L1    甲县              一类        12
L2    经济开发区管委会  二类         3
L3    乙区              一类         -

屏幕放不下的列: 回信件数;写进文件(-o 结果.xlsx)可看全部

结果运用:
  补助 100 (1): 甲县
  补助 250 (1): 乙区
  通报 (1): 经济开发区管委会
"""
    )


def test_findings_and_those_who_are_missing_are_listed_below() -> None:
    table = results(
        *BASE,
        findings=[["权重之和应为100%"], [], ["逾期申报"]],
        general_findings=["B类满分应为95"],
        not_appraised=[("L4", "丙办")],
        left_out=[("L5", "丁局")],
        interpretations=[("三", "含本数"), (None, "向下取整")],
    )
    below = results_table(table, words("zh")).split("\n\n", 2)[2]
    assert (
        below
        == """\
核查发现 3 条:
  B类满分应为95
  L3 乙区: 逾期申报
  L1 甲县: 权重之和应为100%

不在考核范围的 1 个:
  L4 丙办

数据有误、未参加计算的 1 个:
  L5 丁局

结果依据方案中的 2 条释义(文件未写明之处的理解);用 kaoping explain 或 --format json 可看全文。
"""
    )


def test_what_is_found_of_several_is_said_once_with_all_of_them() -> None:
    found = [["本组优秀过多", "逾期申报"], ["本组优秀过多"], []]
    table = results(*BASE, findings=found, finding_places=[{"逾期申报": ["案.csv:2"]}, {}, {}])
    assert (
        results_table(table, words("zh")).split("\n\n")[2]
        == """\
核查发现 3 条:
  本组优秀过多 (2): L1 甲县、L2 经济开发区管委会
  L1 甲县: 逾期申报 (案.csv:2)
"""
    )


@pytest.mark.parametrize("columns", [60, 80])
def test_on_a_narrow_terminal_the_last_column_gives_way(columns: int) -> None:
    reasons = [[], [Reason("vetoed", "", f"四(三){number}") for number in range(20)], []]
    table = results_table(results(*BASE, reasons=reasons), words("zh"), columns)
    assert max(width(line) for line in table.splitlines()) <= columns
    assert "..." in table


def test_control_characters_in_names_do_nothing_to_the_terminal() -> None:
    table = results(*BASE, names=["甲\x1b[2J", "乙\n丙", "\u202e丁"])
    shown = results_table(table, words("zh"))
    assert not set("\x1b\u202e") & set(shown)
    assert len(shown.splitlines()) == 8


def test_a_requirement_of_each_record_names_the_rows_that_fail_it() -> None:
    rules = 'records 案\n  额 : number 0..10\nrequire 额 <= 3 for each 案 "金额过大"\nitem 工作 10 = 5\n'
    script = f"scheme 甲\nperiod 2009\n{rules}"
    plan, findings = plan_scheme(parse(Source("a.kp", script))[0], Surroundings())
    assert plan is not None, findings
    rows = TableData({"额": [40000, 20000, 50000, 10000]}, [0, 0, 0, 1], "案.csv", "", [2, 3, 4, 5])
    subjects = TableData({}, rows=[2, 3], file="subjects.csv")
    data = Dataset(["1", "2"], ["东", "西"], {"": subjects, "案": rows})
    for engine in ("reference", "python"):
        results = evaluate(plan, data, engine)
        assert results.findings == [["金额过大"], []]
        assert results.finding_places == [{"金额过大": ["案.csv:2", "案.csv:4"]}, {}]
        assert "1 东: 金额过大 (案.csv:2, 案.csv:4)" in results_table(results, words("en"))
