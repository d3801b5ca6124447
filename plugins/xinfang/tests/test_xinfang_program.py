"""The plugin as an office meets it: the library in a scheme, a ledger on the command line, sections, the command."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook  # type: ignore[import-untyped]

from kaoping.cli import run
from kaoping.engines.examples import run_examples
from kaoping.plan.build import plan_scheme
from kaoping.source import Source
from kaoping.surroundings import Surroundings
from kaoping_dsl.parse import parse
from kaoping_xinfang.functions import FUNCTIONS

SAMPLE = Path(__file__).parent.parent / "sample"
LEDGER = str(SAMPLE / "台账.xlsx")
SCHEME = [str(SAMPLE / "scheme.kp"), str(SAMPLE / "data")]
PRIVATE = (
    "周一鸣",
    "吴小满",
    "郑春生",
    "王平安",
    "陈秋",
    "钱多",
    "何青",
    "许诺",
    "000000197003080017",
    "13800000001",
    "长安路",
    "和平巷",
)

Output = pytest.CaptureFixture[str]


def test_the_sample_has_no_finding_and_its_examples_pass(capsys: Output) -> None:
    assert run(["check", SCHEME[0]]) == 0
    assert run(["test", SCHEME[0]]) == 0
    assert "KP" not in capsys.readouterr().out


def test_a_run_on_the_ledger(capsys: Output) -> None:
    """东河区: 18 + 20·½ + 20 + (20 − 3·60%) + 20; 教育局: 20 + 40 + (20 − 3·40%) + 20."""
    assert run(["run", *SCHEME, "--ledger", LEDGER, "--format", "csv"]) == 0
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(capsys.readouterr().out.lstrip("\ufeff")))}
    assert {name: row["total"] for name, row in rows.items()} == {
        "东河区": "86.20",
        "西山区": "82.83",
        "教育局": "98.80",
        "住建局": "72.00",
    }
    assert [row["立案件办理"] for row in rows.values()] == ["20.0", "17.0", "20.0", "17.0"]


@pytest.mark.parametrize(("language", "title"), [("zh", "分类排队"), ("en", "Ranks within each class")])
def test_sections_stand_below_the_table(capsys: Output, language: str, title: str) -> None:
    assert run(["run", *SCHEME, "--ledger", LEDGER, "--sections", "--lang", language]) == 0
    shown = capsys.readouterr().out
    below = shown[shown.index(title) :]
    assert [line.split()[:3] for line in below.splitlines()[3:7]] == [
        ["区", "1", "东河区"],
        ["区", "2", "西山区"],
        ["部门", "1", "教育局"],
        ["部门", "2", "住建局"],
    ]
    assert "66.67%" in below


def test_the_report_lists_the_assigned_cases_that_are_not_settled(capsys: Output) -> None:
    assert run(["run", *SCHEME, "--ledger", LEDGER, "--sections", "--lang", "zh"]) == 0
    below = capsys.readouterr().out.partition("没有办结的立案件")[2].splitlines()
    assert [line.split() for line in below[3:]] == [["住建局", "2025-06-01", "2025-08-30", "是", "台账.xlsx[立案件]:6"]]


@pytest.mark.parametrize("command", [["run", *SCHEME, "--ledger", LEDGER, "--sections"], ["信访", "台账", LEDGER]])
def test_nobody_is_ever_named(capsys: Output, command: list[str]) -> None:
    assert run([*command, "--lang", "zh"]) == 0
    shown = "".join(capsys.readouterr())
    assert "身份证号" in shown  # the heading is said
    assert [each for each in PRIVATE if each in shown] == []


def test_a_result_is_explained_down_to_the_row_of_the_ledger(capsys: Output) -> None:
    assert run(["explain", *SCHEME, "教育局", "集体上访处理", "--ledger", LEDGER, "--lang", "zh"]) == 0
    shown = "".join(capsys.readouterr())
    assert "台账.xlsx[集体上访]:4" in shown
    assert [each for each in PRIVATE if each in shown] == []


def test_wrong_cells_are_told_by_row_without_what_stands_in_them(tmp_path: Path, capsys: Output) -> None:
    book = load_workbook(LEDGER)
    visits, cases = book["集体上访"], book["立案件"]
    visits["B5"], visits["C6"], visits["D7"] = "周一鸣来访当天", "何青处", "南岭区"
    cases["D5"] = "电话13800000001"
    book.save(tmp_path / "改.xlsx")
    assert run(["run", *SCHEME, "--ledger", str(tmp_path / "改.xlsx"), "--lang", "zh"]) == 1
    shown = "".join(capsys.readouterr())
    assert "5 “(无法识别)”" in shown
    assert "6 “(无法识别)”" in shown
    assert "“南岭区” (1)" in shown
    assert "办结日[5]" in shown
    assert [each for each in PRIVATE if each in shown] == []


def test_a_sheet_that_is_not_read_is_named_and_what_it_lacks(tmp_path: Path, capsys: Output) -> None:
    """An office has given a heading another name: without the sheet nobody would have any such records."""
    book = load_workbook(LEDGER)
    book["集体上访"]["D3"] = "责任部门"
    book["来信来访登记"]["D3"] = "结办日期"
    sheet = book.create_sheet("值班表")
    for row in (("周次", "带班领导"), ("1", "何青")):
        sheet.append(row)
    book.create_sheet("Sheet2")
    book.save(tmp_path / "改.xlsx")
    assert run(["run", *SCHEME, "--ledger", str(tmp_path / "改.xlsx"), "--lang", "zh"]) == 1
    out, shown = capsys.readouterr()
    assert out == ""
    assert "错误[KP697]" in shown
    assert "这张表像是 `集体上访`,但缺少列:责任单位" in shown
    assert "`信访件` 没有 `办结日` 一列,但有名称相近的 `结办日期`" in shown
    assert "改.xlsx[值班表]: 警告[KP694]" in shown
    assert "Sheet2" not in shown
    assert [each for each in PRIVATE if each in shown] == []
    run(["信访", "台账", str(tmp_path / "改.xlsx"), "--lang", "zh"])
    assert "但缺少列:责任单位" in capsys.readouterr().err


def test_cells_merged_over_several_cases_are_named(tmp_path: Path, capsys: Output) -> None:
    book = load_workbook(LEDGER)
    book["立案件"].merge_cells("D5:D6")
    book["立案件"].merge_cells("B1:B2")
    book.save(tmp_path / "并.xlsx")
    run(["run", *SCHEME, "--ledger", str(tmp_path / "并.xlsx"), "--lang", "zh"])
    shown = capsys.readouterr().err
    assert "并.xlsx[立案件]: 警告[KP618]" in shown
    assert "D5:D6;" in shown
    assert "B1:B2" not in shown


def test_a_file_that_is_no_workbook_is_one_error(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04")
    assert run(["run", *SCHEME, "--ledger", str(tmp_path / "坏.xlsx"), "--lang", "zh"]) == 1
    assert re.findall(r"错误\[(KP\d+)\]", capsys.readouterr().err) == ["KP602"]


def test_a_ledger_of_another_system_is_refused(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "会议.csv").write_text("日期,地点\n2025-01-01,三楼\n", "utf-8")
    assert run(["run", *SCHEME, "--ledger", str(tmp_path / "会议.csv"), "--lang", "zh"]) == 1
    assert "KP694" in capsys.readouterr().err
    assert run(["信访", "台账", str(tmp_path / "会议.csv"), "--lang", "zh"]) == 1


def test_sheets_of_one_table_are_written_into_one_file(tmp_path: Path) -> None:
    book = Workbook()
    book.active.title = "催办2024"
    book.create_sheet("催办2025")
    for sheet, headings in zip(book.worksheets, (("催办日期", "承办单位"), ("承办单位", "日期")), strict=True):
        sheet.append(headings)
    book["催办2024"].append(("2024-05-06", "东河区"))
    book["催办2025"].append(("西山区", "2025-05-06"))
    book.save(tmp_path / "两年.xlsx")
    assert run(["信访", "台账", str(tmp_path / "两年.xlsx"), "-o", str(tmp_path)]) == 0
    written = (tmp_path / "信访.催办.csv").read_text("utf-8-sig").splitlines()
    assert written == ["名称,日期", "东河区,2024-05-06", "西山区,2025-05-06"]


def test_the_command_writes_what_a_run_reads_without_the_ledger(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "subjects.csv").write_bytes((SAMPLE / "data" / "subjects.csv").read_bytes())
    assert run(["信访", "台账", LEDGER, "-o", str(tmp_path)]) == 0
    assert not any(each in path.read_text("utf-8-sig") for path in tmp_path.iterdir() for each in PRIVATE)
    capsys.readouterr()
    assert run(["run", SCHEME[0], str(tmp_path), "--format", "csv"]) == 0
    from_csv = capsys.readouterr().out
    assert run(["run", *SCHEME, "--ledger", LEDGER, "--format", "csv"]) == 0
    assert capsys.readouterr().out == from_csv


def test_a_file_that_is_not_there_or_no_workbook(tmp_path: Path, capsys: Output) -> None:
    (tmp_path / "坏.xlsx").write_bytes(b"PK\x03\x04")
    for name in ("没有.xlsx", "坏.xlsx"):
        assert run(["信访", "台账", str(tmp_path / name), "--lang", "en"]) in (1, 74)
        shown = capsys.readouterr()
        assert "Traceback" not in shown.out + shown.err
        assert shown.err


EXAMPLES = """
scheme 指标
period 2025
use 信访 with 国家级扣分 = 5, 统计截止日 = 2026-03-31
item 工作 100
  deduct 每起扣分 * 分担 per 信访.集体上访 where 工作不力
  deduct 1 per 信访.立案件 where 逾期 and not 书面说明
let 受理 = 信访.及时受理率
let 办结 = round(信访.按期办结率 default 0, 6)
let 重复 = 信访.重复信访率
let 立案 = 信访.立案按期率
let 万人 = 信访.万人信访量
let 宽限 = 顺延(2025-10-01)

example "一件第十五天告知,三件没有;延长的看90天;没有受理的没有期限"
  given 信访.服务人口 = 8000
  given 信访.信访件 =
      [收到日: 2025-01-01, 受理日: 2025-01-16, 办结日: 2025-03-17]
      [收到日: 2025-01-01, 受理日: 2025-01-17, 办结日: 2025-04-17, 延长: yes]
      [收到日: 2025-01-01, 受理日: 2025-01-17, 办结日: 2025-04-18, 延长: yes]
      [收到日: 2025-02-01, 重复: yes]
  expect 受理 = 25%, 办结 = 0.666667, 重复 = 25%, 万人 = 5, 宽限 = 2025-10-09

example "参数可以改;份额没有认定的均担"
  given 信访.集体上访 =
      [日期: 2025-01-01, 级别: 国家, 工作不力: yes, 责任单位数: 4]
      [日期: 2025-01-01, 级别: 省, 工作不力: yes, 责任单位数: 2, 责任份额: 100%]
      [日期: 2025-01-01, 级别: 市, 工作不力: no]
  expect 工作 = 96.75

example "统计到截止日还没有办结的,过了期限才算逾期"
  given 信访.立案件 =
      [期限: 2026-03-30]
      [期限: 2026-03-31]
      [期限: 2025-06-01, 办结日: 2025-06-01]
      [期限: 2025-06-01, 书面说明: yes]
  expect 工作 = 99, 立案 = 50%
"""


def test_the_library_in_a_scheme() -> None:
    scheme, syntax = parse(Source("指标.kp", EXAMPLES))
    plan, findings = plan_scheme(scheme, Surroundings())
    assert plan is not None, [*syntax, *findings]
    results = run_examples(plan)
    assert len(results) == 3
    assert [(each.title, each.findings) for each in results if not each.passed] == []


def test_the_readme_names_all_that_the_library_and_the_functions_bring() -> None:
    readme = (SAMPLE.parent / "README.md").read_text("utf-8")
    library = parse(Source("信访.kp", (SAMPLE.parent / "kaoping_xinfang" / "library.kp").read_text("utf-8")))[0]
    names = re.findall(r"^ *(?:param|records|let|input) (\w+)", library.source.text, re.MULTILINE)
    names += re.findall(r"^  (\w+) : ", library.source.text, re.MULTILINE)
    names += [each.name for each in FUNCTIONS]
    assert len(names) > 30
    assert [each for each in names if each not in readme] == []


def test_the_example_of_the_design_says_what_it_always_said() -> None:
    """Its names are those of the library: a scheme written before the plugin still runs."""
    path = Path(__file__).parents[3] / "tests" / "examples" / "shenzhen-xinfang-2003.kp"
    plan, findings = plan_scheme(parse(Source(path.name, path.read_text("utf-8")))[0], Surroundings())
    assert plan is not None
    assert findings == []
    assert [used.name for used in plan.plugins] == ["信访"]
