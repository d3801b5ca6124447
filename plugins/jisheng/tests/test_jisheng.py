"""计划生育 as its users meet it: the indicators, the sample export, the function over its range, the command."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaoping.cli import run
from kaoping.dataset import Ledger
from kaoping.diagnostic import Finding
from kaoping_jisheng.functions import FUNCTIONS, MOST, ratio_high
from kaoping_jisheng.ledger import FORMS, last_day, read

SAMPLE = Path(__file__).parent.parent / "sample"
SCRIPT, DATA, EXPORT = SAMPLE / "scheme.kp", SAMPLE / "data", SAMPLE / "报表.xlsx"

SHARES = """
方案 对照
考核期 2009
引用 计划生育
指标 计生 100
示例 "达到全省"
  已知 计划生育.符合政策生育率 = 95%, 计划生育.全省符合政策生育率 = 95%, 计划生育.上年符合政策生育率 = 99%
  应得 计划生育.符合政策生育率得分比例 = 100%
示例 "没有达到,与上年相同"
  已知 计划生育.符合政策生育率 = 90%, 计划生育.全省符合政策生育率 = 95%, 计划生育.上年符合政策生育率 = 90%
  应得 计划生育.符合政策生育率得分比例 = 80%
示例 "都没有达到"
  已知 计划生育.符合政策生育率 = 89.99%, 计划生育.全省符合政策生育率 = 95%, 计划生育.上年符合政策生育率 = 90%
  应得 计划生育.符合政策生育率得分比例 = 50%
示例 "上年没有值,按没有改善算"
  已知 计划生育.符合政策生育率 = 90%, 计划生育.全省符合政策生育率 = 95%
  应得 计划生育.符合政策生育率得分比例 = 50%
示例 "上年的考评结果"
  已知 计划生育.符合政策生育率 = 90%, 计划生育.全省符合政策生育率 = 95%
  往年 2008: 计划生育.符合政策生育率 = 88%
  应得 计划生育.符合政策生育率得分比例 = 80%
示例 "性别比低于全省的为好"
  已知 计划生育.出生人口性别比 = 118, 计划生育.全省出生人口性别比 = 115, 计划生育.上年出生人口性别比 = 120
  应得 计划生育.性别比对照得分比例 = 80%
示例 "分段:正常"
  已知 计划生育.出生人口性别比 = 107
  应得 计划生育.性别比得分比例 = 100%
示例 "分段:刚过界"
  已知 计划生育.出生人口性别比 = 107.000001
  应得 计划生育.性别比得分比例 = 60%
示例 "分段:最高一段"
  已知 计划生育.出生人口性别比 = 117.000001
  应得 计划生育.性别比得分比例 = 0%
示例 "多报、漏报不相抵;允许1%,超出的零头按一个百分点"
  已知 计划生育.核查 = [上报出生: 98, 核实出生: 100] [上报出生: 101, 核实出生: 100]
  应得 计划生育.统计误差率 = 1.5%, 计划生育.漏报率 = 1%, 计划生育.统计误差得分比例 = 80%
"""


def scored(arguments: Sequence[str], capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, str]]:
    """The rows of a run by the names of the units."""
    code = run(["run", *map(str, arguments), "--format", "csv"])
    said = capsys.readouterr()
    assert code == 0, said.err
    return {row["name"]: row for row in csv.DictReader(io.StringIO(said.out.lstrip("\ufeff")))}


def test_shares_of_points(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.kp"
    file.write_text(SHARES, "utf-8")
    assert run(["test", str(file), "--lang", "zh"]) == 0, capsys.readouterr().out


def test_the_sample_export_is_scored(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(SCRIPT), "--lang", "zh"]) == 0
    assert run(["test", str(SCRIPT), "--lang", "zh"]) == 0
    assert "没有发现问题" in capsys.readouterr().out
    rows = scored([str(SCRIPT), str(DATA), "--ledger", str(EXPORT)], capsys)
    # 白沙乡: 485 of 549 births within the policy, below the province and last year; 305 boys to 244 girls
    assert [rows["白沙乡"][name] for name in ("政策生育", "性别比", "统计质量")] == ["20.00", "0.00", "0.00"]
    assert rows["白沙乡"]["计划生育.出生人口性别比"] == "125.000000000000"
    # 东岭乡: 63 boys to 46 girls is a higher ratio, but of so few births it may be chance
    assert rows["东岭乡"]["性别比"] == "25.00"
    assert {name: row["grade"] for name, row in rows.items()} == {
        "青石镇": "达标", "白沙乡": "不达标", "东岭乡": "达标",
    }  # fmt: skip


def test_the_report_shows_the_indicators_in_percent(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", str(SCRIPT), str(DATA), "--ledger", str(EXPORT), "--sections", "--lang", "zh"]) == 0
    section = capsys.readouterr().out.partition("人口和计划生育指标")[2]
    assert ["白沙乡", "88.34%", "125.00", "是", "7.69%", "84.82%"] in [line.split() for line in section.splitlines()]
    assert run(["run", str(SCRIPT), str(DATA), "--ledger", str(EXPORT), "--sections", "--lang", "en"]) == 0
    assert "Indicators of population work" in capsys.readouterr().out


def test_the_results_of_this_year_are_the_history_of_the_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history = tmp_path / "history.csv"
    assert run(["run", str(SCRIPT), str(DATA), "--ledger", str(EXPORT), "-o", str(history)]) == 0
    data = tmp_path / "data"
    shutil.copytree(DATA, data)
    (data / "乡镇.csv").write_text("编号,名称\n01,青石镇\n02,白沙乡\n03,东岭乡\n", "utf-8")
    (data / "统计报表.csv").write_text(
        "编号,截止日,出生人数,符合政策出生人数,出生男婴,出生女婴\n02,2010-12-31,1000,890,510,490\n", "utf-8"
    )
    script = tmp_path / "scheme.kp"
    script.write_text(SCRIPT.read_text("utf-8").replace("2009", "2010"), "utf-8")
    rows = scored([str(script), str(data), "--history", str(history)], capsys)
    assert rows["白沙乡"]["政策生育"] == "32.00"  # 89% is below the province, above last year's 88.34%


# ---------------------------------------------------------------- the function


@given(st.integers(0, MOST), st.integers(0, MOST))
def test_high_is_further_above_the_natural_ratio_than_chance_goes(boys: int, girls: int) -> None:
    births = boys + girls
    expected = Fraction(107, 207) * births
    variance = expected * Fraction(100, 207)
    wanted = boys > expected and (boys - expected) ** 2 > Fraction(1645, 1000) ** 2 * variance
    assert ratio_high(boys, girls) == wanted


@given(st.integers(0, 3000), st.integers(0, 3000))
def test_another_boy_never_makes_a_high_ratio_usual(boys: int, girls: int) -> None:
    assert ratio_high(boys, girls) <= ratio_high(boys + 1, girls)


@pytest.mark.parametrize(
    ("boys", "girls", "high"),
    [
        (0, 0, False),
        (1, 0, False),
        (59, 41, False),
        (60, 40, True),
        (107_000, 100_000, False),
        (109_000, 100_000, True),
    ],
)
def test_few_births_prove_little(boys: int, girls: int, high: bool) -> None:
    assert ratio_high(boys, girls) is high


def test_the_function_has_names_in_both_languages() -> None:
    assert [each.names for each in FUNCTIONS] == [("性别比偏高", "sex_ratio_high")]


# ---------------------------------------------------------------- exports

HEADINGS = ["乡镇", "报表期", "出生人数", "其中:符合政策", "男", "女"]


def the_ledger(found: Sequence[Ledger | Finding] | None) -> Ledger:
    assert found is not None
    (ledger,) = (each for each in found if isinstance(each, Ledger))
    return ledger


def codes(found: Sequence[Ledger | Finding] | None) -> list[str]:
    return [each.code for each in found or () if isinstance(each, Finding)]


def test_titles_totals_and_signatures_are_no_records() -> None:
    rows = [
        ["某县出生情况"],
        [],
        HEADINGS,
        ["青石镇", "2009年上半年", "10", "9", "5", "5"],
        ["", "", "", "", "", ""],
        ["合计", "", "10", "9", "5", "5"],
        ["填表人:何青", "", "", "审核人:许诺"],
    ]
    ledger = the_ledger(read(rows))
    assert ledger.headings == ("名称", "截止日", "出生人数", "符合政策出生人数", "出生男婴", "出生女婴")
    assert ledger.rows == ((4, ("青石镇", "2009-06-30", "10", "9", "5", "5")),)


def test_a_total_that_does_not_add_up_is_named() -> None:
    rows = [HEADINGS, ["青石镇", "2009年", "10", "9", "5", "5"], ["合计", "", "11", "9", "5", "5"]]
    (finding,) = [each for each in read(rows) or () if isinstance(each, Finding)]
    assert (finding.code, finding.facts) == (
        "JS22", {"row": "3", "name": "出生人数", "said": "11", "added": "10"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("times", "rows"),
    [
        (["2009年上半年", "2009年下半年"], []),
        (["2009年1月", "2009年2月", "2010年全年"], []),
        (["2009年上半年", "2009年下半年", "2009年全年"], [("4", "2\n3")]),
        (["2009", "2009年第二季度"], [("2", "3")]),
        (["2009年上半年", "2009年1季度", "2009年6月"], [("2", "3\n4")]),
        (["2009年上半年", "2009年上半年"], []),  # two parts of a unit
        (["2009-06-30", "2009-12-31"], []),
    ],
)
def test_times_of_one_unit_that_overlap_are_named(times: list[str], rows: list[tuple[str, str]]) -> None:
    sheet = [
        HEADINGS,
        *(["青石镇", time, "10", "9", "5", "5"] for time in times),
        ["白水乡", "2009", "1", "1", "1", "0"],
    ]
    found = [each for each in read(sheet) or () if isinstance(each, Finding)]
    assert [(each.code, each.facts["row"], each.facts["rows"]) for each in found] == [("JS23", *each) for each in rows]


def test_a_sheet_of_something_else_is_not_known() -> None:
    assert read([["项目", "金额"], ["修路", "3"]]) is None
    assert read([]) is None
    assert {form.records for form in FORMS} == {"统计报表", "核查"}


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2009年上半年", "2009-06-30"), ("2009年下半年", "2009-12-31"), ("2009年全年", "2009-12-31"),
        ("2009", "2009-12-31"),
        ("2009年第二季度", "2009-06-30"), ("2009年1季度", "2009-03-31"), ("2008年2月", "2008-02-29"),
        ("2009年 12月份", "2009-12-31"),
        ("2009-06-30", "2009-06-30"), ("2009年13月", "2009年13月"), ("第二季度", "第二季度"),
    ],
)  # fmt: skip
def test_the_time_of_a_report_is_its_last_day(text: str, day: str) -> None:
    assert last_day(text) == day
