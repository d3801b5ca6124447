"""Cells: every way offices write a number, a yes, a date, and what is said of those that mean nothing."""

from __future__ import annotations

import datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaoping.data.cells import Problem, cell_reader, plain_numbers, read_id
from kaoping.data.workbook import cell_text
from kaoping.types import BOOL, DATE, TEXT, Type, Value, choice, number

POINTS = number(0, 100_000, 2)  # 0..1000, two places
SIGNED = number(-10_000, 10_000, 1)
PERCENT = number(0, 10_000, 4, percent=True)  # 0%..100%, 12.34%
COUNT = number(0, 1_000_000, 0, "#起")
MONEY = number(0, 10**15, 2, "元")
LEVEL = choice(("国家", "省级或部委", "市级(含县)"))


def day(text: str) -> int:
    return datetime.date.fromisoformat(text).toordinal()


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        (POINTS, "95", 9500),
        (POINTS, " 95.5 ", 9550),
        (POINTS, "95.50", 9550),
        (POINTS, "95.500", 9550),  # zeros that say nothing are no further places
        (POINTS, "＋９５．５", 9550),
        (POINTS, "９５．２５", 9525),
        (POINTS, "1,000", 100_000),
        (POINTS, "1，000.00", 100_000),
        (POINTS, "007", 700),
        (POINTS, "\u200b95\u00a0", 9500),  # what copying from a web page leaves behind
        (SIGNED, "-3.5", -35),
        (SIGNED, "−3.5", -35),
        (SIGNED, "－3.5", -35),
        (SIGNED, "-0", 0),
        (PERCENT, "95%", 9500),
        (PERCENT, "95％", 9500),
        (PERCENT, "12.34 %", 1234),
        (PERCENT, "0.95", 9500),
        (PERCENT, "1", 10_000),
        (PERCENT, "5‰", 50),
        (COUNT, "3起", 3),
        (COUNT, "3 起", 3),
        (COUNT, "3.0", 3),
        (MONEY, "12,345,678.90元", 1_234_567_890),
        (BOOL, "是", True),
        (BOOL, "√", True),
        (BOOL, "✓", True),
        (BOOL, "1", True),
        (BOOL, "TRUE", True),
        (BOOL, "Ｙ", True),
        (BOOL, "否", False),
        (BOOL, "×", False),
        (BOOL, "0", False),
        (BOOL, "No", False),
        (DATE, "2009-03-01", day("2009-03-01")),
        (DATE, "2009/3/1", day("2009-03-01")),
        (DATE, "2009.3.1", day("2009-03-01")),
        (DATE, "２００９年３月１日", day("2009-03-01")),
        (DATE, "20090301", day("2009-03-01")),
        (DATE, "2009-03-01 00:00:00", day("2009-03-01")),
        (DATE, "2199-12-31", day("2199-12-31")),
        (LEVEL, " 省级或部委 ", 1),
        (LEVEL, "市级（含县）", 2),
        (TEXT, "  人均GDP（元） ", "人均GDP（元）"),
        (TEXT, "e\u0301", "é"),  # one way to write é
        (TEXT, "'quoted'", "'quoted'"),
    ],
)
def test_means(type_: Type, text: str, value: Value) -> None:
    assert cell_reader(type_)(text) == value


@pytest.mark.parametrize("type_", [POINTS, PERCENT, BOOL, DATE, LEVEL, TEXT])
@pytest.mark.parametrize("blank", ["", "  ", "\u3000", "\u00a0\u200b"])
def test_blank_is_missing(type_: Type, blank: str) -> None:
    assert cell_reader(type_)(blank) is None


@pytest.mark.parametrize(
    ("type_", "text", "code", "variant"),
    [
        (POINTS, "九十五", "KP641", "chinese"),
        (POINTS, "12分", "KP641", "unit"),
        (COUNT, "12件", "KP641", "other_unit"),
        (POINTS, "1.2万", "KP641", "large"),
        (MONEY, "5万元", "KP641", "large"),
        (POINTS, "95%", "KP641", "percent"),
        (POINTS, "-", "KP641", "placeholder"),
        (POINTS, "无", "KP641", "placeholder"),
        (POINTS, "1.5E-05", "KP641", "scientific"),
        (POINTS, "2009-03-01", "KP641", "date"),
        (POINTS, "九十多", "KP641", ""),
        (POINTS, "1_000", "KP641", ""),
        (POINTS, "٣", "KP641", ""),  # a digit to Python, not to us
        (POINTS, "1,00", "KP641", ""),
        (POINTS, "1 000", "KP641", ""),
        (POINTS, "5.", "KP641", ""),
        (POINTS, ".5", "KP641", ""),
        (POINTS, "--5", "KP641", ""),
        (POINTS, "NaN", "KP641", ""),
        (POINTS, "Infinity", "KP641", ""),
        (POINTS, "9" * 50, "KP641", ""),
        (POINTS, "1000.01", "KP642", ""),
        (POINTS, "-1", "KP642", ""),
        (PERCENT, "95", "KP642", "percent"),
        (PERCENT, "%", "KP641", ""),  # it may have a sign: to take it away is no advice
        (PERCENT, ".5%", "KP641", ""),
        (PERCENT, "101%", "KP642", ""),
        (POINTS, "95.123", "KP643", ""),
        (POINTS, "0.30000000000000004", "KP643", "residue"),
        (PERCENT, "12.345%", "KP643", ""),
        (COUNT, "1.5", "KP643", ""),
        (BOOL, "有", "KP644", ""),
        (BOOL, "2", "KP644", ""),
        (BOOL, "-", "KP644", "placeholder"),
        (DATE, "2009-02-30", "KP645", "nonexistent"),
        (DATE, "2009年13月1日", "KP645", "nonexistent"),
        (DATE, "39873", "KP645", "serial"),
        (DATE, "2009-03-01 08:30", "KP645", "time"),
        (DATE, "2009年3月", "KP645", "partial"),
        (DATE, "3/1/2009", "KP645", "order"),
        (DATE, "09-3-1", "KP645", "order"),
        (DATE, "去年", "KP645", ""),
        (DATE, "1899-12-31", "KP642", "date"),
        (LEVEL, "省级或部", "KP646", "near"),
        (LEVEL, "乡", "KP646", ""),
        (TEXT, "a\x1b[31mb", "KP647", "control"),
        (TEXT, "甲\u202e乙", "KP647", "control"),
        (TEXT, "甲\x9b31m乙", "KP647", "control"),
        (TEXT, "1.10101E+17", "KP647", "digits"),
        (TEXT, "长" * 40_000, "KP647", "long"),
    ]
    + [(type_, "#DIV/0!", "KP648", "") for type_ in (POINTS, BOOL, DATE, LEVEL, TEXT)]
    + [(TEXT, "#n/a", "KP648", ""), (POINTS, "########", "KP648", "narrow")],
)
def test_means_nothing(type_: Type, text: str, code: str, variant: str) -> None:
    problem = cell_reader(type_)(text)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.variant) == (code, variant)


def test_a_range_is_said_as_people_write_it() -> None:
    problem = cell_reader(PERCENT)("95")
    assert isinstance(problem, Problem)
    assert problem.facts == {"low": "0%", "high": "100%"}


@given(st.integers(-(10**12), 10**12), st.integers(0, 6), st.integers(0, 6), st.integers(0, 3), st.booleans())
def test_numbers_are_exact(value: int, places: int, written: int, zeros: int, percent: bool) -> None:
    """Whatever is written with any number of places means that very fraction, or has too many places."""
    magnitude = Fraction(abs(value), 10**written)
    whole, rest = divmod(abs(value), 10**written)
    digits = str(whole) + (f".{rest:0{written}}" + "0" * zeros if written else "")
    text = ("-" if value < 0 else "") + digits + ("%" if percent else "")
    meant = (magnitude if value >= 0 else -magnitude) / (100 if percent else 1)
    type_ = number(-(10**20), 10**20, places, percent=percent)
    read = cell_reader(type_)(text)
    if (meant * 10**places).denominator == 1:
        assert read == meant * 10**places
    else:
        assert isinstance(read, Problem)
        assert read.code == "KP643"


@given(
    st.lists(
        st.one_of(
            st.decimals(0, 2000, places=2).map(str),
            st.decimals(0, 2000, places=3).map(str),
            st.integers(0, 2000).map(str),
            st.sampled_from(["", " 5", "5\n6", "5.", ".5", "-1", "٣", "1,000", "９", "5.0.0"]),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_a_column_reads_as_its_cells_do(texts: list[str]) -> None:
    """The fast way for whole columns may refuse, but never says anything else than the cells one by one."""
    values = plain_numbers(texts, POINTS)
    if values is not None:
        assert values == [cell_reader(POINTS)(text) for text in texts]


def test_ids() -> None:
    assert read_id(" ００１Ａ\u200b ") == "001A"
    assert read_id("") is None
    digits_lost = read_id("1.10101199001011E+17")
    assert isinstance(digits_lost, Problem)
    assert digits_lost.variant == "digits"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (95, "95"),
        (95.0, "95"),
        (0.1, "0.1"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1.5e-05, "0.000015"),
        (123456789012345.0, "123456789012345"),
        (110101199001011234, "1.10101199001011E+17"),
        (1.101011990010112e17, "1.10101199001011E+17"),
        (float("inf"), "#NUM!"),
        (float("nan"), "#NUM!"),
        (True, "TRUE"),
        (datetime.datetime(2009, 3, 1), "2009-03-01"),
        (datetime.datetime(2009, 3, 1, 8, 30), "2009-03-01 08:30:00"),
        (datetime.time(8, 30), "08:30:00"),
    ],
)
def test_cells_of_workbooks_become_what_a_person_would_type(value: object, text: str) -> None:
    assert cell_text(value) == text
