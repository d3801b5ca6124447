"""A real spreadsheet program in the middle: what LibreOffice saves is read as it was meant, and what we write it opens.

Where `soffice` is not installed these tests are skipped; on Debian and Ubuntu it comes with `libreoffice-calc`.
"""

from __future__ import annotations

import csv
import datetime
import os
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]
from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]

from kaoping.cli import run

SOFFICE = shutil.which("soffice")
SHIPPED = Path(__file__).parents[1] / "schemes"
SCHEMES = sorted(path.parent.name for path in SHIPPED.glob("*/scheme.kp"))
CSV_OUT = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"  # UTF-8, every sheet
CSV_IN = "CSV:44,34,76,1,,2052,false,true"  # UTF-8, Chinese: dates and percentages are recognised

pytestmark = pytest.mark.skipif(SOFFICE is None, reason="soffice (LibreOffice) is not installed: libreoffice-calc")


def saved_by_libreoffice(files: list[Path], as_: str, folder: Path, *options: str) -> Path:
    """The folder into which LibreOffice opens the files and saves them again."""
    out = folder / "saved"
    subprocess.run(
        [str(SOFFICE), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", *options,
         "--convert-to", as_, "--outdir", str(out), *map(str, files)],
        check=True, capture_output=True, timeout=180, env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    return out


def rows_of(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.reader(text))


def results(script: str, data: Path, folder: Path) -> list[list[str]]:
    """What a scheme gives on some data."""
    file = folder / f"{data.stem}-{data.suffix.removeprefix('.')}-results.csv"
    assert run(["run", script, str(data), "-o", str(file)]) == 0
    return rows_of(file)


# ---------------------------------------------------------------- reading


def typed(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """A cell as an office keeps it: numbers, formulas, percentages, dates, ticks."""
    cell = sheet.cell(row, column)
    if re.fullmatch(r"\d+(\.\d+)?%", text):
        cell.value, cell.number_format = float(Decimal(text[:-1]) / 100), "0.00%"
    elif re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        cell.value, cell.number_format = datetime.date.fromisoformat(text), 'yyyy"年"m"月"d"日"'
    elif re.fullmatch(r"\d+(\.\d+)?", text):
        whole, _, fraction = text.partition(".")
        cell.value = f"={whole}+{int(fraction)}/{10 ** len(fraction)}" if row % 2 and fraction else float(text)
        cell.number_format = "#,##0.00"
    elif text in ("是", "否"):
        cell.value = text == "是"
    elif text:
        cell.value = text


def as_workbook(folder: Path, file: Path) -> None:
    """Tables of text as a workbook, a sheet each, the first under a title across all its columns."""
    book = Workbook()
    book.remove(book.active)
    for table in sorted(folder.glob("*.csv")):
        sheet = book.create_sheet(table.stem)
        heads, *rows = rows_of(table)
        first = 2 if table.stem == "subjects" else 1
        if first == 2:
            sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(heads))
            sheet["A1"] = "考核数据汇总表(盖章)"
        for column, head in enumerate(heads, 1):
            sheet.cell(first, column, head)
        for at, row in enumerate(rows, first + 1):
            for column, text in enumerate(row, 1):
                typed(sheet, at, column, text)
    book.save(file)


def test_data_kept_in_a_workbook_give_the_same_results(tmp_path: Path) -> None:
    """Formulas that LibreOffice has worked out, percentages, Chinese dates, ticks, a merged title."""
    books = {scheme: tmp_path / f"{scheme}.xlsx" for scheme in SCHEMES}
    for scheme, book in books.items():
        as_workbook(SHIPPED / scheme / "data", book)
    saved = saved_by_libreoffice(list(books.values()), "xlsx:Calc MS Excel 2007 XML", tmp_path)
    for scheme, book in books.items():
        wanted = results(scheme, SHIPPED / scheme / "data", tmp_path)
        assert (scheme, results(scheme, saved / book.name, tmp_path)) == (scheme, wanted)


SCRIPT = """\
方案 街道考核
考核期 2026
对象 街道
数据 完成率 : 百分比
数据 报送日 : 日期
数据 奖金 : 金额
数据 事故 : 是否
数据 意见 : 文本
指标 工作 100 = 100 * 完成率
加分 2 若 报送日 <= 6月10日
减分 1 若 奖金 > 5万元 或 意见 = "差"
一票否决 若 事故
"""
TABLE = """\
编号,名称,完成率,报送日,奖金,事故,意见
D01,东街,95.5%,2026-06-10,50000.01,否,好
D02,西街,7%,2026年6月11日,"1,234.5",是,"一般,尚可"
D03,南街,0.5,2026/3/1,0,否,差
"""


def test_a_csv_file_opened_and_saved_as_a_workbook_gives_the_same_results(tmp_path: Path) -> None:
    script, data = tmp_path / "街道.kp", tmp_path / "街道.csv"
    script.write_text(SCRIPT, "utf-8")
    data.write_text(TABLE, "utf-8")
    saved = saved_by_libreoffice([data], "xlsx:Calc MS Excel 2007 XML", tmp_path, f"--infilter={CSV_IN}")
    wanted = results(str(script), data, tmp_path)
    assert [dict(zip(wanted[0], row, strict=True))["total"] for row in wanted[1:]] == ["96.50", "7.00", "51.00"]
    assert results(str(script), saved / "街道.xlsx", tmp_path) == wanted


# ---------------------------------------------------------------- writing


def value(text: str) -> Decimal | str:
    """A cell by what it says: `25%` and `0.25` are one number, `897.5` and `897.5000` too."""
    if found := re.fullmatch(r"(-?\d+(?:\.\d+)?)(%?)", text):
        return Decimal(found[1]) / (100 if found[2] else 1)
    return text


def test_a_workbook_of_results_says_the_same_as_the_csv_file(tmp_path: Path) -> None:
    books = {scheme: tmp_path / f"{scheme}.xlsx" for scheme in SCHEMES}
    for scheme, book in books.items():
        assert run(["run", scheme, scheme, "-o", str(book)]) == 0
    saved = saved_by_libreoffice(list(books.values()), CSV_OUT, tmp_path)
    for scheme, book in books.items():
        wanted = results(scheme, SHIPPED / scheme / "data", tmp_path)
        shown = rows_of(saved / f"{book.stem}-results.csv")
        assert [[value(cell) for cell in row] for row in shown] == [[value(cell) for cell in row] for row in wanted]
