"""What plugins are given for exports and reports: sheets of a known form, and a table of a library's indicators."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaoping.data.forms import Field, Form, Sheet, lacking, misspelt, opened, plain_digits, wrong_totals
from kaoping.data.read import read_dataset
from kaoping.data.tables import short_names
from kaoping.plan.build import plan_scheme
from kaoping.report.indicators import indicators
from kaoping.results import ResultColumn, Results
from kaoping.source import Source
from kaoping.surroundings import Surroundings
from kaoping.types import BOOL, Value, number
from kaoping_dsl.parse import parse

FORMS = (
    Form(
        "罚没", (Field("日期", ("处罚日期",), mark=True), Field("金额", ("罚款", "罚款金额"), mark=True), Field("备案"))
    ),
    Form("检查", (Field("日期", ("检查日期",), mark=True), Field("次数"))),
)


def sheet(*rows: list[str]) -> Sheet:
    found = opened(rows, FORMS)
    assert found is not None
    return found


def test_a_form_is_known_by_its_headings_below_titles() -> None:
    found = sheet(
        ["某县台账"],
        [""],
        ["序号", "单位名称", "处罚日期", "罚款金额(万元)", "经办人"],
        ["1", "东", "2026-01-02", "3", "某甲"],
    )
    assert found.form.records == "罚没"
    assert (found.unit, found.by_id) == (1, False)
    assert found.places == {"日期": 2, "金额": 3}
    assert found.units == {"日期": "", "金额": "万元"}
    assert found.others == {0: "序号", 4: "经办人"}
    assert found.column("金额") == ["3"]
    assert found.column("备案") == [""]


def test_of_several_forms_the_first_that_fits() -> None:
    assert sheet(["编号", "检查日期", "次数"], ["01", "2026-01-02", "3"]).form.records == "检查"
    assert sheet(["编号", "检查日期", "次数"], ["01", "2026-01-02", "3"]).by_id


def test_a_number_of_the_case_does_not_say_whose_it_is_where_the_unit_is_named() -> None:
    named = sheet(["编号", "单位", "检查日期", "次数"], ["1", "东", "2026-01-02", "3"])
    assert (named.by_id, named.unit) == (False, 1)
    coded = sheet(["单位代码", "单位", "检查日期", "次数"], ["1", "东", "2026-01-02", "3"])
    assert (coded.by_id, coded.unit) == (True, 0)


def test_filled_columns_without_a_heading_are_told_of() -> None:
    """Headings in two rows: the lower one is a row like others, and what it names is read by nobody."""
    found = sheet(
        ["单位", "处罚日期", "罚款", ""],
        ["", "", "合计", "备案"],
        ["东", "2026-01-02", "1", "是"],
    )
    assert [(each.code, each.variant, each.facts["names"]) for each in misspelt(found)] == [
        ("KP697", "unnamed", "第4列")
    ]
    assert misspelt(sheet(["单位", "处罚日期", "罚款", "", ""], ["东", "2026-01-02", "1", "", ""])) == []


def test_what_only_begins_like_a_total_or_a_note_is_a_record() -> None:
    found = sheet(
        ["案由", "单位", "处罚日期", "罚款"],
        ["累计欠薪两年", "东", "2026-01-02", "1"],
        ["说明会纠纷:拆迁", "东", "2026-01-02", "1"],
        ["备注栏:见附件", "东", "2026-01-02", "1"],
        ["负责人家属建房:三间", "东", "2026-01-02", "1"],
        ["合计", "4", "", "4"],
        ["合计数", "", "", "4"],
        ["填表人:", "张三", "", ""],
        ["审核人:", "李四", "填表日期:", "2026-01-05"],
        ["备注:", "以上为全年", "", ""],
    )
    assert [number for number, _ in found.rows] == [2, 3, 4, 5]


@pytest.mark.parametrize(("first", "second", "place"), [("罚款(累计)", "罚款", 3), ("罚款(元)", "罚款(万元)", 2)])
def test_of_two_columns_of_one_name_the_plain_one_is_read_and_the_other_told_of(
    first: str, second: str, place: int
) -> None:
    found = sheet(["单位", "处罚日期", first, second], ["东", "2026-01-02", "1", "2"])
    assert found.places["金额"] == place
    assert [(each.code, each.variant) for each in misspelt(found)] == [("KP697", "double")]


@pytest.mark.parametrize("cell", ["1,5", "12，5", "12,50", "1,2345"])
def test_a_comma_that_parts_no_thousands_is_kept(cell: str) -> None:
    assert plain_digits(cell) == cell


def test_commas_between_thousands_are_left_out() -> None:
    assert [plain_digits(each) for each in ("1,000", "12,345,678.9", "-1,000", "5")] == [
        "1000",
        "12345678.9",
        "-1000",
        "5",
    ]


@pytest.mark.parametrize("heading", ["其中:罚款", "罚 款", "罚款\n(元)", "罚款(万元)"])
def test_signs_spaces_and_brackets_do_not_matter(heading: str) -> None:
    form = (Form("罚没", (Field("金额", ("罚款", "其中罚款"), mark=True),)),)
    found = opened([["乡镇", heading], ["东", "1"]], form)
    assert found is not None
    assert found.places == {"金额": 1}


def test_totals_blank_rows_and_signatures_are_no_records() -> None:
    found = sheet(
        ["单位", "处罚日期", "罚款"],
        ["东", "2026-01-02", "1,000.5"],
        ["小计", "", "1000.5"],
        [],
        ["西", "2026-01-03", "2"],
        ["全县合 计:2 件", "", "1002.5"],
        ["填表人:某甲", "", "审核人:某乙"],
    )
    assert [number for number, _ in found.rows] == [2, 5]
    assert [number for number, _ in found.totals] == [6]
    assert wrong_totals(found) == []


def test_a_total_may_stand_where_others_name_their_unit_and_printed_numbers_are_no_records() -> None:
    found = sheet(
        ["序号", "单位", "处罚日期", "罚款", "情况"],
        ["1", "东", "2026-01-02", "3", "总数不符,说明:另报"],
        ["2", "", "", "", ""],
        ["3", "小计", "", "3", ""],
        ["", "总 计", "", "3", ""],
    )
    assert [number for number, _ in found.rows] == [2]
    assert [number for number, _ in found.totals] == [5]


VISITS = (
    Form("来访", (Field("日期", mark=True), Field("到场", mark=True)), titles=("来访", "接待"), unit=("责任单位",)),
    Form("催办", (Field("日期", mark=True),), titles=("催办",), unit=("责任单位",)),
)


@pytest.mark.parametrize(
    ("name", "rows", "records"),
    [
        ("接待登记", [["责任单位", "日期", "到场"]], "来访"),
        ("Sheet1", [["某县催办台账"], ["责任单位", "日期", "到场"]], "催办"),
        ("Sheet1", [["责任单位", "日期"]], None),  # one mark is not enough without a title
        ("Sheet1", [["责任单位", "日期", "到场"]], None),  # which of the two?
        ("催办", [["单位", "日期"]], None),  # not the unit of this form
    ],
)
def test_a_form_with_titles_is_known_by_them(name: str, rows: list[list[str]], records: str | None) -> None:
    found = opened(rows, VISITS, name)
    assert (found.form.records if found else None) == records
    assert opened([["责任单位", "日期", "到场"]], VISITS[:1]) is not None  # nothing else fits, and it has two marks


@pytest.mark.parametrize(
    ("name", "headings", "told"),
    [
        ("台账", ["单位", "处罚日期", "罚款", "备案"], []),
        ("台账", ["部门", "处罚日期", "罚款", "备案"], [("", "罚没", "单位")]),
        ("台账", ["单位", "处罚日期", "备案"], [("", "罚没", "金额")]),
        ("台账", ["单位", "罚金"], []),  # a unit alone is like anything
        ("来访登记", ["部门", "到场"], []),
    ],
)
def test_a_sheet_that_is_nearly_of_a_form_says_what_it_lacks(
    name: str, headings: list[str], told: list[tuple[str, str, str]]
) -> None:
    assert (opened([headings], FORMS[:1], name) is not None) or [
        (each.variant, each.facts["records"], each.facts["names"]) for each in lacking([headings], FORMS[:1], name)
    ] == told


def test_a_title_says_what_a_sheet_should_be() -> None:
    [finding] = lacking([["某县来访登记"], ["责任部门", "到场"]], VISITS)
    assert (finding.facts["records"], finding.facts["names"]) == ("来访", "责任单位\n日期")
    [finding] = lacking([["责任单位", "日期", "到场"]], VISITS, "Sheet1")
    assert (finding.variant, finding.facts["names"]) == ("title", "来访\n催办")


def test_a_heading_that_is_nearly_that_of_a_field_is_named() -> None:
    form = Form("案件", (Field("立案日", ("立案日期",), mark=True), Field("办结日", ("办结日期",)), Field("备注")))
    found = opened([["单位", "立案日期", "结办日期", "经办人"]], [form])
    assert found is not None
    assert [(each.facts["name"], each.facts["near"]) for each in misspelt(found)] == [("办结日", "结办日期")]


def test_a_wrong_total_is_named_with_what_the_rows_come_to() -> None:
    rows = [["单位", "处罚日期", "罚款"], ["东", "2026-01-02", "0.1"], ["西", "2026-01-03", "0.2"]]
    assert wrong_totals(sheet(*rows, ["合计", "", "0.3"])) == []
    assert wrong_totals(sheet(*rows, ["合计", "", "0.30000000000000004"])) == [
        (4, "金额", "0.30000000000000004", "0.3")
    ]
    assert wrong_totals(sheet(*rows, ["西", "2026-01-03", "约2"], ["合计", "", "9"])) == []  # not all are numbers


def test_what_has_no_form_is_not_known() -> None:
    assert opened([], FORMS) is None
    assert opened([["单位", "罚款"], ["东", "1"]], FORMS) is None  # no day
    assert opened([["处罚日期", "罚款"], ["2026-01-02", "1"]], FORMS) is None  # whose?
    assert (
        opened([[""]] * 11 + [["单位", "处罚日期", "罚款"], ["东", "2026-01-02", "1"]], FORMS) is None
    )  # too far down


# ---------------------------------------------------------------- short names


def test_a_name_of_a_library_is_known_without_it_where_nothing_else_is_called_so() -> None:
    assert short_names(["库.人口", "库.面积", "面积", "工作.质量"], ["库"]) == {"人口": "库.人口"}
    assert short_names(["甲.人口", "乙.人口"], ["甲", "乙"]) == {}


def test_data_may_use_the_short_names(tmp_path: Path) -> None:
    library = parse(Source("库.kp", "param 基准 : percent\ninput 人口 : count\nlet 够 = 人口 > 3 and 基准 > 3%\n"))[0]
    script = "scheme 甲\nperiod 2026\nuse 库\nitem 工作 100\nbonus 1 if 库.够\n"
    plan, found = plan_scheme(parse(Source("甲.kp", script))[0], Surroundings(libraries={"库": library}))
    assert plan is not None, found

    def read(subjects: str, params: str) -> list[str]:
        (tmp_path / "subjects.csv").write_text(subjects, "utf-8")
        (tmp_path / "params.csv").write_text(params, "utf-8")
        dataset, findings = read_dataset(plan.inputs, tmp_path, scheme="甲", period=plan.period, plugins=["库"])
        if dataset is not None:
            assert dataset.tables[""].columns["库.人口"] == [5]
            assert dataset.params["库.基准"] == 400
        return [each.code for each in findings]

    assert read("id,name,工作,人口\n1,东,9,5\n", "param,value\n基准,4%\n") == []
    assert read("id,name,工作,库.人口\n1,东,9,5\n", "param,value\n库.基准,4%\n") == []
    assert read("id,name,工作,人口,库.人口\n1,东,9,5,5\n", "param,value\n基准,4%\n") == ["KP616"]  # which of the two?
    assert read("id,name,工作,人口\n1,东,9,5\n", "param,value\n基准,4%\n库.基准,4%\n") == ["KP672"]


# ---------------------------------------------------------------- indicators

COLUMNS = (
    ResultColumn("库.办结率", number(0, 10**12, 12), "let"),
    ResultColumn("库.面积", number(0, 10**9, 6, "亩"), "let"),
    ResultColumn("库.件数", number(0, 10**9, 0, "#"), "let"),
    ResultColumn("库.合格", BOOL, "let"),
    ResultColumn("办结率", number(0, 100), "let"),
)


def results() -> Results:
    values: dict[str, list[Value]] = {
        "库.办结率": [666666666667, None],
        "库.面积": [2285000, 0],
        "库.件数": [3, 0],
        "库.合格": [True, False],
    }
    return Results("甲", "", "2026", COLUMNS, ["1", "2"], ["东", "西"], values | {"办结率": [1, 2]}, [[], []], [[], []])


def test_indicators_are_shown_to_two_places_rates_in_percent() -> None:
    (section,) = indicators(results(), "库", ["办结率", "面积", "件数", "合格", "没有的"], "指标", "zh")
    assert section.headings == ("名称", "办结率", "面积", "件数", "合格")
    assert section.rows == (("东", "66.67%", "2.29", "3", "是"), ("西", "-", "0.00", "0", "否"))


def test_without_indicators_there_is_no_section() -> None:
    assert indicators(results(), "库", ["没有的"], "指标", "en") == []


HEADINGS = ["单位", "处罚日期", "罚款"]
EAST, WEST, MONTH = ["东", "2026-01-02", "3"], ["西", "2026-02-03", "4"], ["本月合计", "", "7"]
YEAR = ["本年累计", "", "30"]


@pytest.mark.parametrize(
    "rows",
    [
        (["全县合计", "", "7"], EAST, WEST),
        (EAST, WEST, MONTH, YEAR),
        (EAST, WEST, YEAR, MONTH),
        (EAST, ["本月合计", "", "3"], ["本年累计", "", "3"], WEST, ["本月合计", "", "4"], ["本年累计", "", "7"]),
    ],
)
def test_totals_before_the_rows_of_a_month_and_of_the_year_so_far(rows: tuple[list[str], ...]) -> None:
    assert wrong_totals(sheet(HEADINGS, *rows)) == []
    last = max(at for at, row in enumerate(rows) if "计" in row[0] and "累" not in row[0])
    wrong = [[*row[:2], "8"] if at == last else row for at, row in enumerate(rows)]
    assert [(said, added) for _, _, said, added in wrong_totals(sheet(HEADINGS, *wrong))] == [("8", "7")]
