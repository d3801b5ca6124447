"""From a sheet of an export to records: which form it is, a row for each unit, nothing about people."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaoping.dataset import Ledger
from kaoping.diagnostic import Finding
from kaoping_xinfang.forms import UNREADABLE
from kaoping_xinfang.ledger import read, units

VISITS = "序号|来访日期|上访级别|责任单位|是否到场|责任认定"


def sheet(text: str) -> list[list[str]]:
    return [line.split("|") for line in text.strip("\n").splitlines()]


def one(name: str, text: str) -> Ledger:
    found = read(name, sheet(text))
    assert found is not None
    [ledger] = [each for each in found if isinstance(each, Ledger)]
    return ledger


def cells(ledger: Ledger, heading: str) -> list[str]:
    return [row[ledger.headings.index(heading)] for _, row in ledger.rows]


def test_a_row_with_several_units_becomes_one_for_each() -> None:
    ledger = one(
        "集体上访",
        f"某市台账\n{VISITS}\n1|2025-02-11|国家级|东河区、教育局|是|工作不力\n2|2025-03-01|到市|西山区|未到场|无责任",
    )
    assert ledger.table == "集体上访"
    assert ledger.headings == ("名称", "日期", "级别", "负责人到场", "工作不力", "责任单位数", "责任份额")
    assert ledger.rows == (
        (3, ("东河区", "2025-02-11", "国家", "是", "是", "2", "")),
        (3, ("教育局", "2025-02-11", "国家", "是", "是", "2", "")),
        (4, ("西山区", "2025-03-01", "市", "否", "否", "1", "")),
    )


@pytest.mark.parametrize(
    ("text", "shares", "wanted"),
    [
        ("甲区", "", [("甲区", "")]),
        ("甲区，乙区；丙局", "", [("甲区", ""), ("乙区", ""), ("丙局", "")]),
        ("甲区、乙区、甲区", "", [("甲区", ""), ("乙区", "")]),
        ("甲区60%、乙区40%", "", [("甲区", "60%"), ("乙区", "40%")]),
        ("甲区(33.4%)/乙区(66.6%)", "", [("甲区", "33.4%"), ("乙区", "66.6%")]),
        ("甲区、乙区", "70%、30%", [("甲区", "70%"), ("乙区", "30%")]),
        ("甲区60%、乙区", "", [("甲区", UNREADABLE), ("乙区", UNREADABLE)]),
        ("甲区、乙区", "70%", [("甲区", UNREADABLE), ("乙区", UNREADABLE)]),
        ("甲区、乙区", "70%、20%", [("甲区", UNREADABLE), ("乙区", UNREADABLE)]),
        ("规划与国土资源局", "", [("规划与国土资源局", "")]),
        ("", "", [("", "")]),
    ],
)
def test_units_and_their_shares(text: str, shares: str, wanted: list[tuple[str, str]]) -> None:
    assert units(text, shares) == wanted


@pytest.mark.parametrize(
    ("name", "headings", "table"),
    [
        ("集体访登记", "来访日期|到访级别|责任单位|是否到场", "集体上访"),
        ("个访", "来访日期|责任单位|是否到场", "疑难个访"),
        ("Sheet1", "交办日期|办理期限|办结日期|承办单位|是否答复", "立案件"),
        ("催办记录", "催办日期|承办单位", "催办"),
        ("来信来访登记簿", "登记日期|受理日期|办结日期|责任单位", "信访件"),
        ("恶性事件", "发生日期|责任单位", "重大恶性事件"),
        ("会议", "发生日期|责任单位", None),
        ("集体上访", "来访日期|到访级别|负责人到场", None),
        ("Sheet1", "日期|单位", None),
    ],
)
def test_which_form_a_sheet_is(name: str, headings: str, table: str | None) -> None:
    found = read(name, sheet(f"{headings}\n" + "|".join("1" for _ in headings.split("|")))) or []
    assert [each.table for each in found if isinstance(each, Ledger)] == ([table] if table else [])


@pytest.mark.parametrize(
    ("name", "headings", "variant", "names"),
    [
        ("集体上访", "来访日期|到访级别|责任部门|是否到场", "", "责任单位"),
        ("Sheet1", "交办日期|办理期限|结案|承办单位|是否答复", "", "办结日"),
        ("会议", "发生日期|责任单位", "title", "催办\n重大恶性事件"),
        ("集体上访", "来访日期|到访级别|责任单位|是否到场|责任认订", "near", None),
        ("会议", "主持人|地点", None, None),
    ],
)
def test_what_keeps_a_sheet_from_being_read_is_said(
    name: str, headings: str, variant: str | None, names: str | None
) -> None:
    found = read(name, sheet(f"{headings}\n" + "|".join("1" for _ in headings.split("|")))) or []
    told = [(each.variant, each.facts.get("names")) for each in found if isinstance(each, Finding)]
    assert told == ([(variant, names)] if variant is not None else [])


def test_totals_footers_and_blank_rows_are_no_records() -> None:
    rows = "1|2025-02-11|国家|东河区|是|失职\n|||||\n合计|||1||\n填表人:何青|||审核人:许诺||\n备注:以上为全年||||| "
    assert [number for number, _ in one("集体上访", f"{VISITS}\n{rows}").rows] == [2]


def test_a_row_without_a_unit_stays_so_that_it_is_reported() -> None:
    assert cells(one("集体上访", f"{VISITS}\n1|2025-02-11|国家||是|失职"), "名称") == [""]


def test_codes_of_units_go_before_their_names() -> None:
    ledger = one("催办", "催办日期|承办单位|单位编号\n2025-02-11|东河区、教育局|01、03")
    assert (ledger.headings, cells(ledger, "编号")) == (("编号", "日期"), ["01", "03"])


def test_columns_about_people_are_dropped_by_heading_and_by_content() -> None:
    text = f"""
{VISITS}|信访人|身份证号|反映|谁|说明|
1|2025-02-11|国家|东河区|是|失职|周一鸣|000000197003080017|欠薪|周一鸣|住长安路8号|13800000001
2|2025-02-12|省|东河区|是|失职|吴小满|不详|征地|吴小满|无|
3|2025-02-13|省|东河区|是|失职|郑春生|不详|征地|郑春生|无|
"""
    ledger = one("集体上访", text)
    assert ledger.dropped == ("信访人", "身份证号", "谁", "说明", "第12列")
    assert len(ledger.rows) == 3


def test_a_heading_that_says_in_brackets_whose_date_it_is_is_not_read() -> None:
    ledger = one("催办", "日期(信访人出生)|承办单位\n1970-03-08|东河区")
    assert (ledger.headings, ledger.dropped) == (("名称",), ("日期(信访人出生)",))


def test_what_a_case_is_about_makes_no_total_of_it() -> None:
    ledger = one("催办", "催办日期|承办单位|内容\n2025-02-11|东河区|总计三件,说明:另报\n|合计|1\n3||")
    assert [number for number, _ in ledger.rows] == [2]


def test_a_heading_that_is_itself_personal_is_not_repeated() -> None:
    ledger = one("催办", "催办日期|承办单位|周一鸣13800000001\n2025-02-11|东河区|")
    assert ledger.dropped == ()
    assert "13800000001" not in str(ledger)


def test_a_personal_cell_in_a_column_that_is_read_is_left_blank_and_named_by_its_row() -> None:
    ledger = one(
        "催办", "催办日期|承办单位\n2025-02-11|东河区\n13800000001|东河区\n2025-02-12|西山区 000000197003080017"
    )
    assert cells(ledger, "日期") == ["2025-02-11", "", "2025-02-12"]
    assert cells(ledger, "名称") == ["东河区", "东河区", ""]
    assert ledger.dropped == ("日期[3]", "责任单位[4]")


def test_a_column_that_is_read_but_full_of_personal_data_is_left_out_whole() -> None:
    ledger = one(
        "集体上访", f"{VISITS}\n1|2025-02-11|国家|东河区|是|13800000001\n2|2025-02-12|省|东河区|是|13800000002"
    )
    assert "工作不力" not in ledger.headings
    assert ledger.dropped == ("责任认定",)


@pytest.mark.parametrize(
    ("typed", "read_"),
    [
        ("2025-02-11 09:30:00", "2025-02-11"),
        ("2025/2/11 9:30", "2025/2/11"),
        ("2025年2月11日9时", "2025年2月11日"),
        ("20250211", "20250211"),
        ("2025年春", UNREADABLE),
    ],
)
def test_the_hour_of_a_visit_is_dropped(typed: str, read_: str) -> None:
    assert cells(one("催办", f"催办日期|承办单位\n{typed}|东河区"), "日期") == [read_]


def test_text_of_another_form_is_not_handed_on() -> None:
    ledger = one("集体上访", f"{VISITS}\n1|周一鸣来访|县|东河区|不清楚|失职")
    assert (cells(ledger, "日期"), cells(ledger, "级别"), cells(ledger, "负责人到场")) == ([UNREADABLE],) * 3


SECRET = st.text("周吴郑王一二0123456789路号栋", min_size=6, max_size=12).map(lambda text: f"密{text}密")


@given(st.lists(SECRET, min_size=11, max_size=11), st.integers(0, 5))
def test_nothing_of_what_is_not_asked_for_gets_through(secrets: list[str], place: int) -> None:
    """Whatever stands in columns nobody asked for, or in a cell of the wrong form, is nowhere in the ledger."""
    row = ["1", "2025-02-11", "国家", "东河区", "是", "失职"]
    if place != 3:  # the unit is what the ledger is about
        row[place] = secrets[0]
    rows = [[*VISITS.split("|"), "信访人", "电话", "诉求", "住址", "其他"], row + secrets[1:6], row + secrets[6:]]
    found = read("集体上访", rows)
    assert found is not None
    assert not any(secret in str(found) for secret in secrets)
