"""土地执法 as its users meet it: the sample export, missed patrols, the objections of the check, the command."""

from __future__ import annotations

import csv
import datetime
import io
import itertools
import re
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaoping.calendar import calendar, is_workday
from kaoping.cli import run
from kaoping.data.cells import Problem, cell_reader
from kaoping.dataset import Ledger
from kaoping.diagnostic import Finding
from kaoping.types import number
from kaoping_tudi.functions import FUNCTIONS, missed
from kaoping_tudi.ledger import FORMS, in_mu, read

SAMPLE = Path(__file__).parent.parent / "sample"
SCRIPT, DATA, EXPORT = SAMPLE / "scheme.kp", SAMPLE / "data", SAMPLE / "台账.xlsx"


def day(text: str) -> int:
    return datetime.date.fromisoformat(text).toordinal()


# ---------------------------------------------------------------- the sample


def test_the_sample_export_is_scored(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test", str(SCRIPT), "--lang", "zh"]) == 0
    assert run(["check", str(SCRIPT), "--lang", "zh"]) == 0
    assert "没有发现问题" in capsys.readouterr().out
    assert run(["run", str(SCRIPT), str(DATA), "--ledger", str(EXPORT), "--format", "csv", "--lang", "zh"]) == 0
    said = capsys.readouterr()
    east, mountain = csv.DictReader(io.StringIO(said.out.lstrip("\ufeff")))
    # 河东镇: 320 and 1200 square metres of farmland are 2.28 mu of 60; one case reported by people, one not settled
    assert east["土地执法.达到问责线"] == "no"
    assert (east["违法用地"], east["卫片执法"], east["grade"]) == ("35", "10", "好")
    # 山口乡: 4000 and 2600 square metres are 9.9 mu of 55, 18 percent
    assert mountain["土地执法.达到问责线"] == "yes"
    assert (mountain["vetoed"], mountain["grade"]) == ("yes", "差")
    assert "某甲" not in said.out + said.err
    assert "当事人, 联系电话" in said.err


def test_the_report_shows_the_indicators(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["run", str(SCRIPT), str(DATA), "--ledger", str(EXPORT), "--sections", "--lang"]
    assert run([*arguments, "zh"]) == 0
    section = capsys.readouterr().out.partition("土地执法指标")[2]
    assert ["河东镇", "否", "13", "60.00%", "0"] in [line.split() for line in section.splitlines()]
    assert run([*arguments, "en"]) == 0
    assert "Indicators of land law enforcement" in capsys.readouterr().out


def test_the_report_lists_what_is_not_dealt_with(capsys: pytest.CaptureFixture[str]) -> None:
    """Of the illegal uses the export has two without a day of settlement, of the idle plots one."""
    assert run(["run", str(SCRIPT), str(DATA), "--ledger", str(EXPORT), "--sections", "--lang", "zh"]) == 0
    _, uses, plots = re.split("没有查处到位的违法用地|没有处置的闲置土地", capsys.readouterr().out)
    assert [line.split()[0] for line in uses.splitlines()[3:] if line] == ["河东镇", "山口乡"]
    assert "2014-10-08  媒体      4.35  3.90      -" in uses
    assert [line.split()[-1] for line in plots.splitlines()[3:]] == ["台账.xlsx[闲置土地清单]:6"]


def test_the_command_lists_the_gaps(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["土地执法", "漏巡", str(EXPORT), "--lang", "zh"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["河东镇", "开发区大道", "2014-05-01", "2014-05-03", "1"] in lines
    assert not any("后山片" in line for line in lines)  # of the second class
    assert run(["土地执法", "漏巡", str(DATA / "乡镇.csv"), "--lang", "zh"]) == 1
    assert capsys.readouterr().out == "乡镇.csv:没有动态巡查台账\n"


# ---------------------------------------------------------------- missed patrols


@pytest.mark.parametrize(
    ("last", "next_", "gap", "holidays", "number"),
    [
        ("2014-03-03", "2014-03-05", 2, False, 0),  # Monday, Wednesday
        ("2014-03-03", "2014-03-06", 2, False, 1),
        ("2014-03-03", "2014-03-07", 2, False, 1),
        ("2014-03-03", "2014-03-08", 2, False, 2),
        ("2014-03-07", "2014-03-10", 2, False, 1),  # Friday, Monday
        ("2014-03-07", "2014-03-10", 2, True, 2),
        ("2014-05-03", "2014-05-05", 2, True, 0),  # the 4th of May was a Sunday to work
        ("2014-09-30", "2014-10-08", 2, True, 7),  # the week of the National Day
        ("2014-03-05", "2014-03-05", 1, True, 0),
        ("2014-03-05", "2014-03-04", 1, True, 0),
    ],
)
def test_patrols_that_are_missing(last: str, next_: str, gap: int, holidays: bool, number: int) -> None:
    assert missed(day(last), day(next_), gap, holidays) == number


def fewest(last: int, next_: int, gap: int, holidays: bool) -> int:
    """The fewest patrols between two days that keep the rule, found by going on as late as the rule allows."""
    at, number = last, 0
    while next_ - at > gap or (holidays and any(not is_workday(each) for each in range(at + 1, next_))):
        off = [each for each in range(at + 1, min(at + gap, next_ - 1) + 1) if holidays and not is_workday(each)]
        at = off[0] if off else at + gap
        number += 1
    return number


KNOWN = st.integers(calendar().first, calendar().last)


@settings(max_examples=200)
@given(KNOWN, st.integers(-30, 400), st.integers(1, 366), st.booleans())
def test_no_fewer_patrols_keep_the_rule(last: int, days: int, gap: int, holidays: bool) -> None:
    next_ = min(last + days, calendar().last)
    assert missed(last, next_, gap, holidays) == fewest(last, next_, gap, holidays)


@settings(max_examples=200, deadline=None)  # the first call reads the calendar
@given(st.data())
def test_over_all_its_range_the_function_gives_what_it_promises(data: st.DataObject) -> None:
    (function,) = FUNCTIONS
    low, high = zip(*((each.low, each.high) for each in function.parameters), strict=True)
    last, next_, gap, holidays = (data.draw(st.integers(*ends)) for ends in zip(low, high, strict=True))
    value = missed(last, next_, gap, bool(holidays))
    if value is None:
        assert holidays
        assert not calendar().knows(last + 1, next_ - 1)
    else:
        assert isinstance(value, int)
        assert function.result.low <= value <= function.result.high


def test_what_the_calendar_does_not_know_has_no_value() -> None:
    end = calendar().last
    assert missed(end - 1, end + 1, 2, True) is not None  # only the days between have to be known
    assert missed(end, end + 3, 2, True) is None
    assert missed(end, end + 3, 2, False) == 1


PATROLS = """
方案 巡查
考核期 2014
引用 土地执法
指标 巡查 100
  扣 1 每 土地执法.一级区漏巡次数
指标 分季 10 分期平均 季
  扣 0.01 每 土地执法.一级区漏巡次数
示例 "从期初算到期末,几个区各算各的"
  已知 土地执法.一级区漏巡次数 = 7
  应得 巡查 = 93
"""


def test_gaps_run_from_the_first_to_the_last_day_of_the_period(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = tmp_path / "a.kp"
    script.write_text(PATROLS, "utf-8")
    assert run(["test", str(script), "--lang", "zh"]) == 0
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "subjects.csv").write_text("编号,名称,一级巡查区个数\n1,东,3\n", "utf-8")
    patrols = {"甲": ["2014-02-01", "2014-02-02", "2014-12-30"], "乙": ["2014-06-30", "2014-07-01"]}
    lines = [f"1,{on},{area},一级" for area, days in patrols.items() for on in days]
    (tmp_path / "data" / "巡查.csv").write_text("\n".join(["编号,巡查日,巡查区,级别", *lines]), "utf-8")
    capsys.readouterr()
    arguments = ["run", str(script), str(tmp_path / "data"), "--format", "csv", "--lang", "zh"]
    assert run(arguments) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out.lstrip("\ufeff")))
    before, after = day("2013-12-31"), day("2015-01-01")
    stops = [[before, *map(day, days), after] for days in patrols.values()] + [
        [before, after]
    ]  # nobody went to the third
    wanted = sum(fewest(one, other, 2, True) for each in stops for one, other in itertools.pairwise(each))
    assert row["土地执法.一级区漏巡次数"] == str(wanted)
    # quarter by quarter: a quarter in which nobody went anywhere counts whole, three times
    ends = [day(each) for each in ("2014-01-01", "2014-04-01", "2014-07-01", "2014-10-01", "2015-01-01")]
    points = []
    for first, following in itertools.pairwise(ends):
        inside = [[each for each in map(day, days) if first <= each < following] for days in patrols.values()]
        quarter = [[first - 1, *days, following] for days in [*inside, []]]
        number = sum(fewest(one, other, 2, True) for each in quarter for one, other in itertools.pairwise(each))
        points.append(10 - Fraction(number, 100))
    assert Fraction(row["分季"]) == sum(points) / 4


def test_the_days_of_patrols_are_those_of_the_calendar() -> None:
    library = (Path(__file__).parent.parent / "kaoping_tudi" / "library.kp").read_text("utf-8")
    first, last = (datetime.date.fromordinal(each) for each in (calendar().first, calendar().last))
    assert f"巡查日 : 日期 {first}..{last}" in library


# ---------------------------------------------------------------- checks

HEAD = "方案 甲\n考核期 2014\n引用 土地执法\n指标 工作 100\n"


def found(script: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str = "zh") -> str:
    file = tmp_path / "a.kp"
    file.write_text(script if script.startswith("方案") else HEAD + script, "utf-8")
    assert run(["check", str(file), "--lang", language]) == 0
    return capsys.readouterr().out


OBJECTED = {
    "TD01": [
        "一票否决 若 (土地执法.违法占用耕地比例 缺省 100%) > 15%\n",
        "减分 5 若 有 土地执法.违法占用耕地比例 且 15% < 土地执法.违法占用耕地比例\n",
        "加分 5 若 (土地执法.违法占用耕地比例 缺省 100%) <= 15%\n",
    ],
    "TD02": ["减分 5 若 (土地执法.违法占用耕地比例 缺省 0) >= 10%\n"],
    "TD03": [HEAD.replace("2014", "2007") + "一票否决 若 土地执法.达到问责线\n"],
    "TD04": [
        "减分 1 每 土地执法.违法用地\n",
        "减分 1 每 土地执法.违法用地 其中 面积 > 10亩\n",
        "减分 1 若 个数(土地执法.违法用地) > 5\n",
        "令 宗数 = 个数(土地执法.违法用地)\n减分 1 每 宗数\n",
    ],
    "TD05": [HEAD.replace("土地执法", "土地执法 以 一级区间隔 = 3") + "减分 1 每 土地执法.一级区漏巡次数\n"],
}
ACCEPTED = {
    "TD01": [
        "一票否决 若 (土地执法.违法占用耕地比例 缺省 100%) >= 15%\n",
        "减分 1 若 (土地执法.违法占用耕地比例 缺省 100%) > 5%\n",
    ],
    "TD02": ["减分 5 若 (土地执法.违法占用耕地比例 缺省 100%) >= 10%\n"],
    "TD03": ["一票否决 若 土地执法.达到问责线\n", HEAD.replace("2014", "2008") + "一票否决 若 土地执法.达到问责线\n"],
    "TD04": [
        "减分 1 每 土地执法.违法用地 其中 非 及时制止\n",
        "减分 视 发现渠道 [巡查: 0, 其余: 1] 每 土地执法.违法用地\n",
        "减分 20 若 (土地执法.查处到位率 缺省 100%) < 80%\n",
        "令 宗数 = 个数(土地执法.违法用地)\n",  # to be shown, not to be scored
    ],
    "TD05": [HEAD.replace("土地执法", "土地执法 以 一级区间隔 = 1") + "减分 1 每 土地执法.一级区漏巡次数\n"],
}


@pytest.mark.parametrize(("code", "script"), [(code, each) for code, texts in OBJECTED.items() for each in texts])
def test_what_is_objected_to(code: str, script: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"[{code}]" in found(script, tmp_path, capsys)
    assert f"[{code}]" in found(script, tmp_path, capsys, "en")


@pytest.mark.parametrize(("code", "script"), [(code, each) for code, texts in ACCEPTED.items() for each in texts])
def test_what_is_not(code: str, script: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert f"[{code}]" not in found(script, tmp_path, capsys)


def test_every_finding_has_words_in_both_languages() -> None:
    import tomllib

    folder = Path(__file__).parent.parent / "kaoping_tudi" / "messages"
    zh, en = (tomllib.loads((folder / each / "findings.toml").read_text("utf-8")) for each in ("zh", "en"))
    assert zh.keys() == en.keys() == {*OBJECTED, "TD20", "TD21"}


# ---------------------------------------------------------------- exports


def read_one(rows: list[list[str]]) -> tuple[list[Ledger], list[Finding]]:
    answer = read(rows)
    assert answer is not None
    return [each for each in answer if isinstance(each, Ledger)], [each for each in answer if isinstance(each, Finding)]


@pytest.mark.parametrize(
    ("text", "unit", "mu"),
    [
        ("2", "亩", "2"),
        ("1.2", "公顷", "18"),
        ("0.0001", "公顷", "0.0015"),
        ("320", "平方米", "0.48"),
        ("1,200", "㎡", "1.8"),
        ("10000", "m2", "15"),
        ("约3", "亩", "约3"),
        ("", "公顷", ""),
    ],
)
def test_areas_become_mu_without_rounding(text: str, unit: str, mu: str) -> None:
    assert in_mu(text, unit) == mu


@pytest.mark.parametrize("text", ["+5", "5.", "5亩", "约5"])
def test_an_area_that_cannot_be_converted_is_not_taken_for_one_in_mu(text: str) -> None:
    assert in_mu(text, "亩") == text
    assert isinstance(cell_reader(number(0, 10**9, 4))(in_mu(text, "公顷")), Problem)


@given(st.integers(0, 10**12), st.integers(0, 2), st.sampled_from(["平方米", "公顷"]))
def test_nothing_is_lost_on_the_way_to_mu(digits: int, places: int, unit: str) -> None:
    area = Fraction(digits, 10**places)
    text = f"{digits // 10**places}.{digits % 10**places:0{places}}" if places else str(digits)
    assert Fraction(in_mu(text, unit)) == area * (Fraction(15, 10_000) if unit == "平方米" else 15)


def test_a_sheet_without_units_is_refused() -> None:
    ledgers, findings = read_one([["乡镇", "发现日期", "面积", "耕地(亩)"], ["东", "2014-01-02", "3", "1"]])
    assert ledgers == []
    assert [(each.code, each.facts["names"]) for each in findings] == [("TD20", "面积")]


def test_offices_words_become_those_of_the_library() -> None:
    rows = [
        ["2014年度违法用地"],
        ["乡镇", "发现日期", "线索来源", "占地面积(亩)", "当事人"],
        ["东", "2014-01-02", "动态巡查", "3", "某甲"],
        ["东", "2014-01-03", "天上掉下", "4", "某乙"],
        ["合计", "", "", "8", ""],
    ]
    (ledger,), (total,) = read_one(rows)
    assert ledger.headings == ("名称", "发现日", "发现渠道", "面积")
    assert [cells for _, cells in ledger.rows] == [
        ("东", "2014-01-02", "巡查", "3"), ("东", "2014-01-03", "天上掉下", "4"),
    ]  # fmt: skip
    assert ledger.dropped == ("当事人",)
    assert (total.code, total.facts["said"], total.facts["added"]) == ("TD21", "8", "7")


def test_other_sheets_are_not_known() -> None:
    assert read([["项目", "金额"], ["修路", "3"]]) is None
    assert {form.records for form in FORMS} == {"违法用地", "卫片图斑", "闲置土地", "巡查"}
