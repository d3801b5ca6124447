"""Large files: what DuckDB reads, checks and writes is what the reader of small files says, cell for cell.

Every file here goes both ways. The reader of small files has tests of its own; here it is the oracle.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bulk_runs import assert_same, folder, planned, written
from kaoping.bulk.files import NotInBulk
from kaoping.data.cells import Problem, cell_reader, read_id
from kaoping.data.text import unguarded
from kaoping.types import TEXT

KINDS = """scheme 试
period 2009
class 类 : one of A, B, 省级或部委
input a : score 0..10
input b : number -1000..1000 places 1
input 件 : count 0..100 起
input 率 : percent
input 元 : money
input 旗 : yes/no
input 日 : date
input 注 : text
input 长 : number -1000000..1000000 places 6 optional
item 基 10 = a
outcome 负 = b * 2
outcome 数 = 件
outcome 比 = 率
outcome 钱 = 元
outcome 旗二 = 旗
outcome 天 = 日
outcome 文 = 注
outcome 长二 = 长
outcome 类二 = 类
"""
PLAN = planned(KINDS)
GOOD = {
    "编号": "k", "名称": "甲", "类": "A", "a": "9.5", "b": "-3.5", "件": "3", "率": "95%", "元": "12.5", "旗": "是",
    "日": "2009-03-01", "注": "好", "长": "1",
}  # fmt: skip
HEAD = ",".join(GOOD) + "\n"
ROW = "1," + ",".join(list(GOOD.values())[1:]) + "\n"
OTHER = ROW.replace("1,甲", "2,乙")


# ---------------------------------------------------------------- files as they are saved

FILES: dict[str, str | bytes] = {
    "plain": HEAD + ROW,
    "with a byte order mark": "\ufeff" + HEAD + ROW,
    "line ends of Windows": (HEAD + ROW).replace("\n", "\r\n"),
    "line ends of old Macs": (HEAD + ROW).replace("\n", "\r"),
    "line ends of several sorts": HEAD + ROW.replace("\n", "\r\n") + OTHER,
    "tabs": (HEAD + ROW).replace(",", "\t"),
    "semicolons": (HEAD + ROW).replace(",", ";"),
    "semicolons inside a cell": HEAD + ROW.replace("好", ";".join("甲乙丙丁戊己庚辛壬癸子丑寅卯")),
    "a separator told in the first line": "sep=;\n" + (HEAD + ROW).replace(",", ";"),
    "a separator told that cells do not need": "sep=;\r\n编号;类;件\r\n1,2,3,4;A;5\r\n",
    "titles above": "某县考评\n\n,,\n" + HEAD + ROW,
    "a title over two lines": '"某县\n考评"\n' + HEAD + ROW + OTHER.replace("9.5", "九"),
    "a heading over two lines": HEAD.replace("名称", '"名\n称"') + ROW,
    "a heading in quotes": HEAD.replace("名称", '"名称"') + ROW,
    "a heading guarded": HEAD.replace("名称", "'=名称") + ROW,
    "a hundred blank lines above": "\n" * 150 + HEAD + ROW,
    "a title that ends otherwise": "某县考评\n" + (HEAD + ROW).replace("\n", "\r\n"),
    "a title that ends otherwise, the other way round": "某县考评\r\n" + HEAD + ROW,
    "a title and headings without an end": "某县考评\r\n" + HEAD.rstrip("\n"),
    "blank lines": HEAD + "\n" + ROW + "\n\n,,,,,,,,,,,\n" + OTHER + " , ,,\n\n",
    "a wrong cell behind blank lines": HEAD + "\n" + ROW + "\n\n,,,,,,,,,,,\n" + OTHER.replace("9.5", "x"),
    "a blank line inside a cell before a wrong one": HEAD + ROW.replace("好", '"a\n\nb"') + OTHER.replace("9.5", "x"),
    "no line end at the end": HEAD + ROW.rstrip("\n"),
    "short rows": HEAD + ROW + "2,乙,B,1,2,3,0.5,1,否,2009-03-01,好\n3,丙,B,1,2,3,0.5,1\n",
    "long rows": HEAD + ROW.rstrip("\n") + ",,\n",
    "too long rows": HEAD + ROW.rstrip("\n") + ",x,y\n" + OTHER.replace("9.5", "九"),
    "headings with blank ones behind": HEAD.rstrip("\n") + ",,\n" + ROW.rstrip("\n") + ",,\n",
    "cells without a heading": HEAD.rstrip("\n") + ",,\n" + ROW.rstrip("\n") + ",5,\n",
    "a column without a heading": HEAD.replace("名称", "") + ROW,
    "a heading nobody asks for": HEAD.replace("名称", "x,y,名称") + ROW.replace("甲", "q,w,甲"),
    "a row with nothing but what nobody asks for": HEAD.rstrip() + ",x\n" + ROW.rstrip() + ",\n" + "," * 12 + "5\n",
    "a heading twice": HEAD.replace("名称", "a") + ROW,
    "a heading missing": HEAD.replace(",a,", ",") + ROW.replace(",9.5", ""),
    "an optional heading missing": HEAD.replace(",长", "") + ROW.replace("好,1", "好"),
    "a heading misspelt": HEAD.replace("日", "日期") + ROW,
    "a full-width heading": HEAD.replace("a,", "Ａ ,") + ROW,
    "a line end inside a cell": HEAD + ROW.replace("好", '"好\n不好"') + OTHER.replace("9.5", "九"),
    "a line end of Windows inside a cell": HEAD + ROW.replace("好", '"好\r\n不好"'),
    "a line end of Windows inside a Windows file": (HEAD + ROW.replace("好", '"好\n不好"')).replace("\n", "\r\n"),
    "a lone return inside a cell": HEAD + ROW.replace("好", '"好\r不好"'),
    "quotes inside a cell": HEAD + ROW.replace("好", '"说""好"""'),
    "quotes inside a cell without quotes": HEAD + ROW.replace("好", '说"好"'),
    "text behind quotes": HEAD + ROW.replace("好", '"说"好'),
    "a lone quote": HEAD + ROW + OTHER.replace("好", '"说'),
    "a comma inside a cell": HEAD + ROW.replace("好", '"说,好"'),
    "a space before a quote": HEAD + ROW.replace("好", ' "说,好"'),
    "a space behind a quote": HEAD + ROW.replace("好", '"说好" '),
    "a unit above the headings": "情况表,单位：万元" + "," * 11 + "\n" + HEAD + ROW,
    "NUL": HEAD + ROW.replace("好", "\0"),
    "NUL in a heading": HEAD.replace("名称", "名称,x\0") + ROW.replace("甲", "甲,y"),
    "NUL in a heading that is read": HEAD.replace("名称", "名\0称") + ROW,
    "NUL in a title": "考\0评" + "," * 12 + "\n" + HEAD + ROW,
    "NUL in a column nobody asks for": HEAD.replace("名称", "名称,x") + ROW.replace("甲", "甲,y\0"),
    "quotes and spaces in a column nobody asks for": HEAD.replace("名称", "名称,x") + ROW.replace("甲", '甲, "y" '),
    "a lone return at the end of a line": HEAD + ROW.rstrip() + "\r" + OTHER,
    "one line that ends as in Windows": HEAD + ROW.rstrip() + "\r\n" + OTHER,
    "a lone return in a column nobody asks for": HEAD.replace("名称", "名称,x") + ROW.replace("甲", "甲,y\ry"),
    "a cell without end": HEAD + ROW.replace("好", "好" * 40_000),
    "a line without end": HEAD + ROW.replace("好", "好" * 1_000_000),
    "a workbook": b"PK\x03\x04" + b"\0" * 100,
    "nothing": "",
    "only headings": HEAD,
    "only headings and blank lines": HEAD + "\n\n,,\n",
    "no headings": ROW,
    "an id missing": HEAD + ROW.replace("1,甲", ",甲") + ROW + ROW.replace("1,甲", " ,甲"),
    "an id twice": HEAD + ROW + ROW + OTHER + ROW,
    "an id twice in other widths": HEAD + ROW + ROW.replace("1,甲", "１,乙") + ROW.replace("1,甲", "01,丙"),
    "ids with zeros before": HEAD + ROW + ROW.replace("1,甲", "01,乙") + ROW.replace("1,甲", "001,丙"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_as_a_small_one(tmp_path: Path, name: str) -> None:
    assert_same(PLAN, folder(tmp_path, subjects=FILES[name]))


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_other_encodings_are_left_to_the_reader_of_small_files(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(NotInBulk) as reason:
        assert_same(PLAN, folder(tmp_path, subjects=(HEAD + ROW).encode(encoding)))
    assert reason.value.reason == "encoding"


def test_an_encoding_that_shows_late_is_found(tmp_path: Path) -> None:
    rows = "".join(ROW.replace("1,甲", f"{at},x").replace("是", "yes") for at in range(9_000))
    content = (HEAD + rows.replace("好", "x")).encode() + OTHER.encode("gb18030")
    with pytest.raises(NotInBulk) as reason:
        assert_same(PLAN, folder(tmp_path, subjects=content))
    assert reason.value.reason == "encoding"


# ---------------------------------------------------------------- cells

FORMS = {
    "类": ["A", "B", " A ", "Ａ", "a", "省级或部委", "省级或部", "", "乡", "#N/A", "'A", "A\u200b", "  "],
    "a": [
        "95", "9.5", " 9.50 ", "9.500", "9.5000", "＋９．５", "９", "10", "10.00", "10.01", "-1", "0", "-0", "+1",
        "007",
        "1e1", "1.", "5.", ".5", "九", "5分", "-", "", "  ", "\u3000", "NaN", "inf", "0x1", "1_0", "٣", "9.999",
        "9.50 0", "'-1", "'=1", "=1+1", "#DIV/0!", "########", "1 ", "\u200b9\u00a0", "9" * 50, "0.30000000000000004",
        "2009-03-01", "5%", "1,0", "00.50", "9.5" + "0" * 39, "1E0", "0.1e1", "null", "NULL", "True",
    ],
    "b": [
        "-3.5", "−3.5", "－3.5", "3.50", "-1000", "1000", "1000.0", "1,000", "1，000.0", "-1,000.0", "1000.1",
        "-1000.1",
        "-0", "-0.0", "-.5", "--5", "- 5", "'-3.5", "+-3", "3.55", "-999.9", "0001", "-0001.5",
    ],
    "件": [
        "3", "3起", "3 起", "3.0", "3.00", "0", "100", "101", "-1", "3.5", "12件", "+3", "03", "3.", "1,00", "100.000",
        "2147483648", "9223372036854775808", "1" * 39,
    ],
    "率": [
        "95%", "95％", "12.34 %", "0.95", "1", "5‰", "95", "101%", "12.345%", "0.12345", "0.1234", "1.0000", "0%",
        "-1%",
        "100%", "1.00000", "%", "0.5‰", "0.01‰",
    ],
    "元": [
        "12,345,678.90元", "12.5", "12.50元", "5万", "5万元", "-1", "100000000000000", "99999999999999.99",
        "100000000000000.01", "0.001", "12.5 元", "1e5", "123456789012345678901234567890",
    ],
    "旗": [
        "是", "否", "√", "✓", "✔", "×", "✗", "1", "0", "Y", "y", "yes", "YES", "No", "TRUE", "false", "Ｙ", " 是 ",
        "有",
        "2", "-", "", "n/a", "t", "f", "T", "on",
    ],
    "日": [
        "2009-03-01", "2009/3/1", "2009.3.1", "２００９年３月１日", "2009年3月1号", "20090301", "2009-03-01 00:00:00",
        "2009-03-01T00:00", "2009-3-1", "2009-02-30", "39873", "2009-03-01 08:30", "2009年3月", "3/1/2009",
        "1899-12-31",
        "2199-12-31", "2200-01-01", "", "2009-03-01 ", "0001-01-01", "99999-01-01", "2009-03-01 BC", "infinity",
        "epoch", "today", "-2009-03-01", "2009-03-1",
    ],
    "注": [
        "好", " 好 ", "好  坏", "=1+1", "'=1+1", "''=1", "+1", "-1", "-", "@x", "\t=x", "'好", "e\u0301", "é",
        "甲\u202e乙",
        "a\x1b[31m", "1.10101E+17", "1.1E17", "1E+5", "5e-3", "1E5x", "#N/A", "#n/a", "#REF!", "##", "#", "###",
        "长" * 300, "长" * 32_767, "好,坏", "好;坏", "好\n坏", "好\r\n坏", "好\r坏", "“好”", '"好"', '好"坏', '""',
        ' "', '"',
        "\\", "\\n", "'", "''", "a'b", "NULL", "null", "None", "\ufeff好", "好\u00a0", "\u200b", "（好）", "A-",
        "-A", "A.",
        "好_", "😀", "＝1", "－1", "a\u2028b", "a\x0bb", "a\x85b", "%s", "{0}", "$1", "好\u3000",
    ],
    "长": [
        "1.000001", "1.0000001", "-1000000", "1000000.000001", "1000000", "0.1", "0.100000", "-0.000001", "1.5E-05",
        "1.10", "1.0000000", "999999.999999", "",
    ],
    "编号": [
        "1", "１", "01", " 2 ", "甲-1", "a b", "'=1", "=1", "-1", "A.B_c-", "x" * 100, "x" * 101, "x" * 200, "x" * 201,
        "1.1E+17", "1.1E17", "#N/A", "", "\u3000", "é", "e\u0301", "110101199001011234", "00123", "9" * 30, "a,b",
        'a"b', "a\nb", "😀", "a\u200bb",
    ],
    "名称": [
        "甲", "甲 乙", "甲  乙", " 甲 ", "", "  ", "=1", "'=1", "-1", "甲\n乙", "甲\t乙", "#N/A", "1.1E+17",
        "é", "e\u0301", "x" * 300, "甲\u3000乙", "a\x1bb", "甲,乙",
    ],
}  # fmt: skip
"""What offices write into a column, right and wrong: plain, odd, and what only looks like a value."""


def table(*rows: dict[str, str]) -> str:
    return written([list(GOOD), *([*(GOOD | {"编号": f"k{at}"} | row).values()] for at, row in enumerate(rows))])


@pytest.mark.parametrize("column", FORMS)
def test_what_is_wrong_is_told_as_of_a_small_file(tmp_path: Path, column: str) -> None:
    """All forms of a column in one file: what is wrong is told alike, and then what is right is read alike."""
    told = assert_same(PLAN, folder(tmp_path, subjects=table(*({column: form} for form in FORMS[column]))))
    assert told.rows is None
    assert told.findings


def right_forms(column: str) -> list[str]:
    """The forms that the reader of small cells takes, of ids every one once."""
    if column == "编号":
        ids = [(form, read_id(unguarded(form))) for form in FORMS[column]]
        return list({id_: form for form, id_ in reversed(ids) if isinstance(id_, str)}.values())
    if column == "名称":
        return [form for form in FORMS[column] if not isinstance(cell_reader(TEXT)(form), Problem)]
    asked = next(each for table in PLAN.inputs for each in table.columns if each.name == column)
    values = {form: cell_reader(asked.type)(unguarded(form)) for form in FORMS[column]}
    return [form for form, value in values.items() if value is not None and not isinstance(value, Problem)]


@pytest.mark.parametrize("column", FORMS)
def test_what_is_right_is_read_as_in_a_small_file(tmp_path: Path, column: str) -> None:
    right = right_forms(column)
    found = assert_same(PLAN, folder(tmp_path, subjects=table(*({column: form} for form in right))))
    assert found.rows is not None
    assert len(found.rows) == len(right) + 1


EXAMPLES = int(os.environ.get("KAOPING_BULK_EXAMPLES", "12"))
any_row = st.fixed_dictionaries({column: st.sampled_from(forms) for column, forms in FORMS.items()})


@given(st.lists(any_row, min_size=1, max_size=12), st.sampled_from(",\t;"))
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_mixture_of_cells(tmp_path: Path, rows: list[dict[str, str]], delimiter: str) -> None:
    content = written([list(GOOD), *([*row.values()] for row in [GOOD | each for each in rows])], delimiter)
    assert_same(PLAN, folder(tmp_path, subjects=content))
