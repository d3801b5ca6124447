"""What looks like personal data, by heading and by content, and what does not."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaoping_xinfang.forms import FORMS, UNIT, UNIT_CODE
from kaoping_xinfang.personal import column_of_people, personal_cell, personal_heading

HEADINGS = """姓名、信访人、信访人姓名、上访人员姓名、来访人、投诉人、当事人、联系人、代表人、经办人、
联系电话、手机号、联系方式、
身份证号、证件号码、家庭住址、户籍地址、出生年月、性别、工作单位、Name、phone、ID number、电子邮箱"""
PLAIN = "责任单位、承办单位、人数、来访人数、信访人次、上访级别、交办日期、期限、是否到场、责任认定、备注、序号、事项"
CELLS = """000000197003080017、00000019700308001X、000000700308001、13800000001、138-0000-0001、+86 13800000001、
010-00000000、(0755)0000000、0000000000000000、E00000000、4.40301E+17、甲乙@example.cn、１３８０００００００１"""
PEOPLE = ("周一鸣", "吴小满等8人", "郑春生", "王平", "李谷")


@pytest.mark.parametrize("heading", HEADINGS.replace("\n", "").split("、"))
def test_headings_about_people(heading: str) -> None:
    assert personal_heading(heading)


@pytest.mark.parametrize("heading", PLAIN.split("、"))
def test_headings_about_cases(heading: str) -> None:
    assert not personal_heading(heading)


def test_no_heading_that_the_reader_knows_goes_unread_for_its_content() -> None:
    known = {
        *UNIT,
        *UNIT_CODE,
        *(each for form in FORMS for field in form.fields for each in (field.name, *field.headings)),
    }
    assert {each for each in known if personal_cell(each)} == set()


@pytest.mark.parametrize("text", CELLS.replace("\n", "").split("、"))
def test_numbers_of_people(text: str) -> None:
    assert personal_cell(f"见{text}。")


@pytest.mark.parametrize(
    "text", ["某区长安路8号", "和平巷12号3单元", "幸福小区5栋201室", "青年路 19 号", "学府花园3幢", "东村二组8号"]
)
def test_addresses(text: str) -> None:
    assert personal_cell(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "东河区",
        "市规划与国土资源局",
        "2025-03-01",
        "2025年3月1日",
        "60%、40%",
        "国家级",
        "20250301001",
        "XF2025000123",
        "12",
        "第8号交办函",
        "深办〔2003〕36号",
    ],
)
def test_ordinary_cells(text: str) -> None:
    assert not personal_cell(text)


@given(
    st.dates(datetime.date(1900, 1, 1), datetime.date(2026, 1, 1)),
    st.integers(0, 999_999),
    st.integers(0, 999),
    st.sampled_from("0123456789X"),
)
def test_every_identity_card_is_seen(born: datetime.date, region: int, number: int, last: str) -> None:
    card = f"{region:06}{born:%Y%m%d}{number:03}{last}"
    assert personal_cell(card)
    assert personal_cell(f"证号:{card}(已核)")


@given(st.integers(13_000_000_000, 19_999_999_999), st.sampled_from(["", " ", "-"]))
def test_every_mobile_is_seen(number: int, gap: str) -> None:
    digits = str(number)
    assert personal_cell(f"{digits[:3]}{gap}{digits[3:7]}{gap}{digits[7:]}")


def test_a_column_of_names_is_seen_and_one_of_units_is_not() -> None:
    assert column_of_people([*PEOPLE, ""])
    assert column_of_people([*PEOPLE, "匿名"])
    assert not column_of_people(["东河区", "西山区", "教育局", "住建局"])
    assert not column_of_people(["是", "否", "是"])
    assert not column_of_people(PEOPLE[:2])
