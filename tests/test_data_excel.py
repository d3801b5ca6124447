"""What is typed into Excel is what is read, or it is a finding with the cell's address: no third way."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from openpyxl import Workbook  # type: ignore[import-untyped]

from kaoping.data.read import read_dataset
from kaoping.dataset import Dataset, InputColumn, InputTable
from kaoping.diagnostic import Finding
from kaoping.period import Period
from kaoping.typed import SUBJECTS
from kaoping.types import BOOL, DATE, TEXT, Type, Value, choice, number

POINTS = number(-100_000, 100_000, 2)
PERCENT = number(0, 10_000, 4, percent=True)
MONEY = number(0, 10**15, 2, "元")
AREA = number(0, 10**9, 4, "亩")
LEVEL = choice(("国家", "省", "市"))
MARCH = datetime.date(2009, 3, 1)
DAY = MARCH.toordinal()
Cell = tuple[object, str | int]  # the value, and its number format


def with_openpyxl(path: Path, cell: Cell) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "单位"
    sheet.append(["编号", "值"])
    sheet.append(["1", cell[0]])
    if isinstance(cell[1], str):
        sheet["B2"].number_format = cell[1]
    book.save(path)


def with_xlsxwriter(path: Path, cell: Cell) -> None:
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("单位")
        sheet.write_row(0, 0, ("编号", "值"))
        sheet.write(1, 0, "1")
        format_ = book.add_format({"num_format": cell[1]}) if cell[1] else None
        if isinstance(cell[0], datetime.date | datetime.time):
            sheet.write_datetime(1, 1, cell[0], format_)
        else:
            sheet.write(1, 1, cell[0], format_)


KINDS: list[tuple[Type, Cell, Value | str]] = [
    # type, cell, the value (of a text: the text itself) or the code of the finding
    (POINTS, (95, ""), 9500),
    (POINTS, (95.0, ""), 9500),
    (POINTS, (95.5, ""), 9550),
    (POINTS, (95.55, "0.0"), 9555),  # what is stored counts, not what is shown
    (POINTS, (0.1, ""), 10),
    (POINTS, (-3.25, "0.00;[Red]-0.00"), -325),
    (POINTS, (1e-2, ""), 1),
    (POINTS, (5, '0"分"'), 500),
    (AREA, (3, '0.0"亩"'), 30_000),
    (AREA, (3, '[Red]0.0" 亩"'), 30_000),
    (AREA, (3, '0.0"公顷"'), "KP641"),  # 45 亩
    (MONEY, (12.5, '0.00"万元"'), "KP641"),
    (MONEY, (12.5, "0.00万元"), "KP641"),
    (MONEY, (12.5, '¥#,##0.00"元"'), 1250),
    (MONEY, (125_000, '0.0,"千元"'), 12_500_000),  # shown as 125.0千元, and kept as what that is
    (MONEY, (125_000, '0!.0,"万元"'), 12_500_000),
    (POINTS, ("９５．５", ""), 9550),
    (POINTS, ("1,000", ""), 100_000),
    (POINTS, ("95", "@"), 9500),
    (POINTS, (" 95 ", ""), 9500),
    (POINTS, (95.555, "0.00"), "KP643"),
    (POINTS, (0.85, "0%"), "KP641"),  # who typed 85% has not typed 0.85 points
    (POINTS, (0.85, "[Red]0.0%;-0.0%"), "KP641"),
    (POINTS, (0.85, '0.00"%"'), "KP641"),  # a sign that stands for itself is read, too
    (POINTS, (0.85, r"0.00\%"), "KP641"),
    (PERCENT, (8.5, '0.0"%"'), 850),
    (PERCENT, (8.5, r"0.0\%;-0.0\%"), 850),
    (POINTS, ("5", "0%"), 500),  # a text is shown as it is, whatever its format
    (PERCENT, ("85", "0%"), "KP642"),
    (TEXT, ("85", "0%"), "85"),
    (TEXT, (0.5, "0.0%"), "50%"),
    (POINTS, (True, ""), "KP641"),
    (POINTS, ("九十五", ""), "KP641"),
    (POINTS, (MARCH, "yyyy-mm-dd"), "KP641"),
    (POINTS, ("#N/A", ""), "KP648"),
    (MONEY, (12_345_678.9, "#,##0.00"), 1_234_567_890),
    (MONEY, (9_999_999_999_999.99, ""), 999_999_999_999_999),
    (PERCENT, (0.95, "0%"), 9500),
    (PERCENT, (0.1234, "0.00%"), 1234),
    (PERCENT, (1, "0%"), 10_000),
    (PERCENT, ("95%", "@"), 9500),
    (PERCENT, (95, ""), "KP642"),
    (BOOL, (True, ""), True),
    (BOOL, (False, ""), False),
    (BOOL, (1, ""), True),
    (BOOL, ("√", ""), True),
    (BOOL, (2, ""), "KP644"),
    (DATE, (MARCH, "yyyy-mm-dd"), DAY),
    (DATE, (MARCH, "yyyy/m/d;@"), DAY),
    (DATE, (MARCH, 'yyyy"年"m"月"d"日"'), DAY),
    (DATE, (MARCH, '[$-804]yyyy"年"m"月"d"日";@'), DAY),
    (DATE, (MARCH, 'm"月"d"日"'), DAY),
    (DATE, ("2009年3月1日", "@"), DAY),
    (DATE, (20090301, ""), DAY),
    (DATE, (39873, ""), "KP645"),
    (DATE, (datetime.datetime(2009, 3, 1, 8, 30), "yyyy-mm-dd hh:mm"), "KP645"),
    (DATE, (datetime.time(8, 30), "hh:mm"), "KP645"),
    (LEVEL, ("省 ", ""), 1),
    (LEVEL, ("乡", ""), "KP646"),
    (TEXT, ("甲\n乙", ""), "甲\n乙"),
    (TEXT, ("'=1+1", ""), "'=1+1"),
    (TEXT, ("=1+1", "@"), "=1+1"),
    (TEXT, ("http://x.example", ""), "http://x.example"),
    (TEXT, (12, ""), "12"),
    (TEXT, (12.5, ""), "12.5"),
    (TEXT, ("110101199001011234", "@"), "110101199001011234"),
    (TEXT, (110101199001011234, "0"), "KP647"),
    (TEXT, (None, ""), None),
]


@pytest.mark.parametrize("write", [with_openpyxl, with_xlsxwriter])
@pytest.mark.parametrize(("type_", "cell", "expected"), KINDS)
def test_as_typed_or_a_finding(
    tmp_path: Path, write: Callable[[Path, Cell], None], type_: Type, cell: Cell, expected: Value
) -> None:
    if write is with_openpyxl and cell[0] == "=1+1":
        pytest.skip("openpyxl writes a text that begins with = as a formula")
    path = tmp_path / "考评.xlsx"
    write(path, cell)
    data, findings = read(path, type_)
    if isinstance(expected, str) and expected.startswith("KP"):
        assert data is None
        assert [(each.code, each.place) for each in findings] == [(expected, "考评.xlsx[单位]:B2 值")]
    else:
        assert findings == []
        assert data is not None
        assert data.tables[SUBJECTS].columns["值"] == [expected]


@pytest.mark.parametrize("text", ["甲\r\n乙", "甲\t乙", "甲\r", "_x0041_", "_x00", "x_x_"])
def test_signs_that_a_workbook_writes_as_their_numbers(tmp_path: Path, text: str) -> None:
    """A return in a cell stands in the file as `_x000D_`."""
    path = tmp_path / "考评.xlsx"
    with_xlsxwriter(path, (text, ""))
    data, findings = read(path, TEXT)
    assert findings == []
    assert data is not None
    assert data.tables[SUBJECTS].columns["值"] == [text.strip()]


@pytest.mark.parametrize("format_", [14, 28, 31, 51, 58, "d/m/yyyy", 'm"月"d"日"'])
def test_dates_in_the_formats_that_a_chinese_excel_has_built_in(tmp_path: Path, format_: int) -> None:
    path = tmp_path / "考评.xlsx"
    with_xlsxwriter(path, (MARCH, format_))
    data, findings = read(path, DATE)
    assert findings == []
    assert data is not None
    assert data.tables[SUBJECTS].columns["值"] == [DAY]


@pytest.mark.parametrize("format_", [17, 27, 36, 50, 57, 'yyyy"年"m"月"', "yyyy-mm", "[$-804]yyyy.m"])
def test_a_month_is_no_day_though_a_workbook_keeps_its_first(tmp_path: Path, format_: int | str) -> None:
    """Who types 2009年3月 into Excel has named no day, as who types it into a CSV file has not."""
    path = tmp_path / "考评.xlsx"
    with_xlsxwriter(path, (MARCH, format_))
    data, findings = read(path, DATE)
    assert (data, [(each.code, each.variant, each.facts["value"]) for each in findings]) == (
        None, [("KP645", "partial", "“2009-03”")],
    )  # fmt: skip
    with_xlsxwriter(path, (MARCH + datetime.timedelta(days=4), format_))
    data, findings = read(path, DATE)
    assert findings == []
    assert data is not None
    assert data.tables[SUBJECTS].columns["值"] == [DAY + 4]


def test_dates_counted_from_1904(tmp_path: Path) -> None:
    path = tmp_path / "考评.xlsx"
    with xlsxwriter.Workbook(str(path), {"date_1904": True}) as book:
        sheet = book.add_worksheet("单位")
        sheet.write_row(0, 0, ("编号", "值"))
        sheet.write(1, 0, "1")
        sheet.write_datetime(1, 1, MARCH, book.add_format({"num_format": "yyyy-mm-dd"}))
    data, _ = read(path, DATE)
    assert data is not None
    assert data.tables[SUBJECTS].columns["值"] == [DAY]


def read(path: Path, type_: Type) -> tuple[Dataset | None, list[Finding]]:
    table = InputTable(SUBJECTS, "单位", (InputColumn("值", type_.maybe, "never"),))
    return read_dataset((table,), path, scheme="s", period=Period.parse("2009"))
