"""Data sets: the files an office sends, what is read from them, and what is said when something is wrong with them."""

from __future__ import annotations

import datetime
import hashlib
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import Workbook  # type: ignore[import-untyped]

import kaoping.data.read
from kaoping.data.read import read_dataset
from kaoping.dataset import Dataset, InputColumn, InputTable
from kaoping.diagnostic import Finding, Severity
from kaoping.period import Period
from kaoping.typed import PARAMS, SUBJECTS
from kaoping.types import BOOL, DATE, choice, number

POINTS = number(0, 100_000, 2)
PERCENT = number(0, 10_000, 4, percent=True)

SUBJECT = InputTable(
    SUBJECTS,
    "单位",
    (
        InputColumn("得分", POINTS),
        InputColumn("满意度", PERCENT.maybe, "never"),
        InputColumn("重大事故", BOOL, "never", False),
    ),
)
PRAISE = InputTable("表彰", "表彰", (InputColumn("级别", choice(("国家", "省", "市"))), InputColumn("日期", DATE)))
GROWTH = InputTable(PARAMS, "params", (InputColumn("全市增速", PERCENT), InputColumn("线", POINTS, "never", 60_000)))

FULL = "编号,名称,得分,满意度,重大事故\n"


def read(
    folder: Path,
    files: Mapping[str, str | bytes],
    *tables: InputTable,
    skip_invalid: bool = False,
) -> tuple[Dataset | None, list[Finding]]:
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_dataset(
        tables or (SUBJECT,), folder, scheme="县市区考评", period=Period.parse("2009"), skip_invalid=skip_invalid
    )


def told(findings: list[Finding]) -> list[tuple[str, str, str | None]]:
    return [(each.code, each.variant, each.place) for each in findings]


def sound(result: tuple[Dataset | None, list[Finding]]) -> Dataset:
    data, findings = result
    assert data is not None, findings
    return data


# ---------------------------------------------------------------- what is read


def test_a_folder_of_csv_files(tmp_path: Path) -> None:
    data = sound(
        read(
            tmp_path,
            {
                "单位.csv": FULL + "01,双峰县,95.5,96%,否\n02,涟源市,１，000,,\n",
                "表彰.csv": "编号,级别,日期\n02,省,2009年3月1日\n01,国家,2009/3/2\n02,市,20090401\n",
            },
            SUBJECT,
            PRAISE,
        )
    )
    assert data.ids == ["01", "02"]
    assert data.names == ["双峰县", "涟源市"]
    assert data.tables[SUBJECTS].columns == {
        "得分": [9550, 100_000],
        "满意度": [9600, None],
        "重大事故": [False, None],  # empty: its default counts, and explanations say so
    }
    praise = data.tables["表彰"]
    assert praise.owners == [1, 0, 1]
    assert praise.columns["级别"] == [1, 0, 2]
    assert praise.columns["日期"][0] == datetime.date(2009, 3, 1).toordinal()
    assert praise.place(2, "级别") == "表彰.csv:4 级别"
    assert data.encodings == {"单位.csv": "utf-8", "表彰.csv": "utf-8"}
    content = (tmp_path / "单位.csv").read_bytes()
    assert data.hashes["单位.csv"] == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("encoding", "named"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030"), ("gbk", "gb18030"), ("utf-16", "utf-16")],
)
@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_however_excel_and_wps_save_it(tmp_path: Path, encoding: str, named: str, sign: str) -> None:
    text = '编号,名称,"得\n分"\r\n01,"双峰县,城区","1,000.00"\r\n'.replace('编号,名称,"', f'编号{sign}名称{sign}"')
    text = text.replace('01,"', f'01{sign}"').replace('","1', f'"{sign}"1')
    data = sound(read(tmp_path, {"单位.csv": text.encode(encoding)}))
    assert data.names == ["双峰县,城区"]
    assert data.tables[SUBJECTS].columns["得分"] == [100_000]
    assert data.encodings == {"单位.csv": named}


def test_a_workbook_with_a_title_above_the_headings(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.title = "单位"
    sheet.append(["娄底市2009年数据"])
    sheet.merge_cells("A1:D1")
    sheet.append(["编号", "名称", "得 分\n", "满意度"])
    sheet.append(["01", "双峰县", 95.5, 0.96])
    sheet.append([])
    sheet.append(["02", None, "1,000", "95%"])
    other = book.create_sheet("表彰")
    other.append(["ID", "级别", "日期"])
    other.append(["02", "省", datetime.datetime(2009, 3, 1)])
    book.save(tmp_path / "考评.xlsx")
    data, findings = read_dataset(
        (SUBJECT, PRAISE), tmp_path / "考评.xlsx", scheme="县市区考评", period=Period.parse("2009")
    )
    assert findings == []
    assert data is not None
    assert data.names == ["双峰县", "02"]  # without a name the id stands for it
    assert data.tables[SUBJECTS].columns["得分"] == [9550, 100_000]
    assert data.tables[SUBJECTS].columns["满意度"] == [9600, 9500]
    assert data.tables[SUBJECTS].place(1, "得分") == "考评.xlsx[单位]:C5 得 分"
    assert data.tables["表彰"].columns["日期"] == [datetime.date(2009, 3, 1).toordinal()]
    assert data.tables["表彰"].owners == [1]


def test_a_title_does_not_decide_what_parts_the_cells(tmp_path: Path) -> None:
    data = sound(read(tmp_path, {"单位.csv": "sep=\t\n娄底市, 2009年\n\n编号\t名称\t得分\n1\t甲,乙\t5\n"}))
    assert data.names == ["甲,乙"]
    assert data.tables[SUBJECTS].rows == [5]


@pytest.mark.parametrize("name", ["数据.csv", "单位.csv"])
def test_one_csv_file_is_the_subjects_whatever_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(FULL + "01,双峰县,95,,\n", "utf-8")
    data, findings = read_dataset((SUBJECT,), tmp_path / name, scheme="s", period=Period.parse("2009"))
    assert data is not None
    assert findings == []


def test_the_only_sheet_is_the_subjects_whatever_its_name(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(["编号", "得分"])
    book.active.append(["01", 95])
    book.save(tmp_path / "a.xlsx")
    data, findings = read_dataset((SUBJECT,), tmp_path / "a.xlsx", scheme="s", period=Period.parse("2009"))
    assert data is not None
    assert findings == []


def test_a_library_table_goes_by_its_last_name(tmp_path: Path) -> None:
    visits = InputTable("信访.集体上访", "信访.集体上访", (InputColumn("人数", POINTS),))
    data = sound(read(tmp_path, {"单位.csv": FULL + "1,,5,,\n", "集体上访.csv": "id,人数\n1,7\n"}, SUBJECT, visits))
    assert data.tables["信访.集体上访"].columns["人数"] == [700]


def test_params_come_with_the_data(tmp_path: Path) -> None:
    files = {"单位.csv": FULL + "1,,5,,\n", "参数.csv": "参数,值,说明\n全市增速,8.5%,统计局\n"}
    assert sound(read(tmp_path, files, SUBJECT, GROWTH)).params == {"全市增速": 850, "线": 60_000}


# ---------------------------------------------------------------- what is wrong


def test_all_problems_in_one_run_each_kind_once(tmp_path: Path) -> None:
    rows = [f"{i:02},单位{i},{'九十' if i <= 17 else 95},,\n" for i in range(1, 20)]
    rows[18] = "19,单位19,1000.01,95,也许\n"
    files = {"单位.csv": FULL + "".join(rows), "表彰.csv": "编号,级别,日期\n20,省,2009-03-01\n01,乡,3/1/2009\n01,省,\n"}
    data, findings = read(tmp_path, files, SUBJECT, PRAISE)
    assert data is None
    assert told(findings) == [
        ("KP641", "chinese", "单位.csv:2 得分"),
        ("KP642", "", "单位.csv:20 得分"),
        ("KP642", "percent", "单位.csv:20 满意度"),
        ("KP644", "", "单位.csv:20 重大事故"),
        ("KP632", "", "表彰.csv:2 编号"),
        ("KP646", "", "表彰.csv:3 级别"),
        ("KP645", "order", "表彰.csv:3 日期"),
        ("KP640", "", "表彰.csv:4 日期"),
    ]
    assert findings[0].facts["cells"] == "C2 “九十”, C3 “九十”, C4 “九十”, C5 “九十”, C6 “九十” … (+12)"
    assert findings[0].facts["count"] == "17"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"单位.csv": "名称,得分\n甲,1\n"}, [("KP614", "", "单位.csv")]),
        ({"单位.csv": ""}, [("KP614", "blank", "单位.csv")]),
        ({"单位.csv": "编号，得分\n1，5\n"}, [("KP614", "comma", "单位.csv")]),
        ({"单位.csv": FULL}, [("KP620", "", "单位.csv")]),
        ({"单位.csv": "编号,名称\n1,甲\n"}, [("KP615", "", "单位.csv")]),
        ({"单位.csv": "编号,综合得分\n1,5\n"}, [("KP615", "near", "单位.csv")]),
        ({"单位.csv": "编号,得分,得 分\n1,5,6\n"}, [("KP616", "", "单位.csv")]),
        ({"单位.csv": "编号,得分\n1,5\n,6\n"}, [("KP630", "", "单位.csv:3 编号")]),
        ({"单位.csv": "编号,得分\n1,5\n１,6\n"}, [("KP631", "", "单位.csv:3 编号")]),
        ({"单位.csv": "编号,得分\n1,1,000\n"}, [("KP633", "", "单位.csv:2")]),
        ({"单位.csv": "编号,得分\n1,\n"}, [("KP640", "", "单位.csv:2 得分")]),
        ({"单位.csv": "编号,得分\n1.10101E+17,5\n"}, [("KP647", "digits", "单位.csv:2 编号")]),
        ({"单位表.csv": "编号,得分\n1,5\n", "x.csv": ""}, [("KP610", "near", None)]),
        ({"甲.csv": "编号,得分\n1,5\n", "乙.csv": ""}, [("KP610", "", None)]),
        ({"单位.csv": "编号,得分\n1,5\n", "subjects.csv": "编号,得分\n1,5\n"}, [("KP611", "", None)]),
        ({"note.txt": ""}, [("KP601", "folder", None)]),
        ({"a.xlsx": ""}, [("KP601", "workbook_inside", None)]),
        ({"a.parquet": ""}, [("KP601", "unread_inside", None)]),
    ],
)
def test_errors_of_tables(tmp_path: Path, files: dict[str, str], expected: list[tuple[str, str, str | None]]) -> None:
    data, findings = read(tmp_path, files)
    assert data is None
    errors = [each for each in findings if each.severity is Severity.ERROR]
    assert [(code, variant) for code, variant, _ in told(errors)] == [(code, variant) for code, variant, _ in expected]
    assert all(place in (None, found.place) for (_, _, place), found in zip(expected, errors, strict=True))


def test_warnings_do_not_stop(tmp_path: Path) -> None:
    files = {"单位.csv": "编号,得分,身份证号,满意\n1,5,x,y\n", "说明.csv": "a\n"}
    data, findings = read(tmp_path, files, SUBJECT, PRAISE)
    assert data is not None
    assert data.tables["表彰"].columns == {"级别": [], "日期": []}
    assert [(code, variant) for code, variant, _ in told(findings)] == [
        ("KP612", ""),  # no file of records: taken as no records, but said
        ("KP613", ""),
        ("KP615", "optional"),  # 满意 may be meant for 满意度
        ("KP617", ""),
    ]
    assert findings[3].facts["names"] == "身份证号"


def test_a_file_that_may_be_the_missing_records_is_an_error(tmp_path: Path) -> None:
    files = {"单位.csv": FULL + "1,,5,,\n", "表彰情况.csv": "编号,级别,日期\n1,省,2009-03-01\n"}
    data, findings = read(tmp_path, files, SUBJECT, PRAISE)
    assert data is None
    assert [(each.code, each.variant, each.facts["near"]) for each in findings] == [("KP612", "near", "表彰情况")]


def test_zeros_that_excel_dropped_are_recognised(tmp_path: Path) -> None:
    files = {"单位.csv": FULL + "001,,5,,\n", "表彰.csv": "编号,级别,日期\n1,省,2009-03-01\n"}
    _, findings = read(tmp_path, files, SUBJECT, PRAISE)
    assert [(each.code, each.variant, each.facts["near"]) for each in findings] == [("KP632", "zeros", "001")]


def test_two_columns_of_values_of_params(tmp_path: Path) -> None:
    files = {"单位.csv": FULL + "1,,5,,\n", "params.csv": "param,value,值\n全市增速,8.5%,9%\n线,1,1\n"}
    data, findings = read(tmp_path, files, SUBJECT, GROWTH)
    assert data is None
    assert [(each.code, each.facts["cells"]) for each in findings] == [("KP616", "B, C")]


def test_params_missing_doubled_unknown(tmp_path: Path) -> None:
    files = {"单位.csv": FULL + "1,,5,,\n", "params.csv": "param,value\n线,1\n线,2\n全市增长,1%\n"}
    _, findings = read(tmp_path, files, SUBJECT, GROWTH)
    assert [(each.code, each.variant) for each in findings] == [("KP670", ""), ("KP672", ""), ("KP671", "near")]


def test_a_path_that_does_not_exist(tmp_path: Path) -> None:
    (tmp_path / "数据2009").mkdir()
    _, findings = read_dataset((SUBJECT,), tmp_path / "数据209", scheme="s", period=Period.parse("2009"))
    assert [(each.code, each.variant, each.facts["near"]) for each in findings] == [("KP601", "near", "数据2009")]


# ---------------------------------------------------------------- leaving out


def test_skip_invalid_leaves_out_whom_the_problems_concern(tmp_path: Path) -> None:
    files = {
        "单位.csv": FULL + "1,甲,九十,,\n2,乙,90,,\n3,丙,80,,\n4,丁,70,,\n4,丁,70,,\n",
        "表彰.csv": "编号,级别,日期\n2,省,2009-03-01\n3,乡,2009-03-01\n2,市,2009-03-02\n",
    }
    assert read(tmp_path, files, SUBJECT, PRAISE)[0] is None
    data, findings = read(tmp_path, files, SUBJECT, PRAISE, skip_invalid=True)
    assert data is not None
    assert data.ids == ["2"]
    assert data.left_out == [("1", "甲"), ("3", "丙"), ("4", "丁")]
    assert data.tables[SUBJECTS].columns["得分"] == [9000]
    assert data.tables["表彰"].owners == [0, 0]
    assert data.tables["表彰"].columns["级别"] == [1, 2]
    assert data.tables["表彰"].rows == [2, 4]
    assert all(each.severity is Severity.WARNING for each in findings)
    assert findings[-1].code == "KP680"


@pytest.mark.parametrize(
    "files",
    [
        {"单位.csv": "编号,名称\n1,甲\n"},  # a missing column concerns all
        {"单位.csv": FULL + "1,甲,90,,\n,乙,90,,\n"},  # a row without an id concerns nobody known
        {"单位.csv": FULL + "1,甲,九十,,\n"},  # nobody is left
    ],
)
def test_skip_invalid_skips_nothing_else(tmp_path: Path, files: dict[str, str]) -> None:
    data, findings = read(tmp_path, files, skip_invalid=True)
    assert data is None
    assert findings[0].severity is Severity.ERROR


# ---------------------------------------------------------------- the words


def test_every_finding_has_its_words() -> None:
    """Every code and variant in the source is in both catalogues, and no catalogue has one that nobody uses."""
    data = Path(kaoping.data.read.__file__).parent
    source = "\n".join(each.read_text("utf-8") for each in data.glob("*.py"))
    in_bulk = "\n".join(each.read_text("utf-8") for each in (data.parent / "bulk").glob("*.py"))
    codes = set(re.findall(r'"(KP6\d\d)"', source))
    for language in ("zh", "en"):
        path = Path(kaoping.data.read.__file__).parents[1] / "messages" / language / "data.toml"
        catalogue = tomllib.loads(path.read_text("utf-8"))
        assert set(catalogue) == codes
        for code, entry in catalogue.items():
            assert {"title", "text", "help"} <= set(entry), code
            for variant in entry.get("variant", {}):
                assert f'"{variant}"' in source + in_bulk, (code, variant)


def test_rows_dated_outside_the_period_are_told_where_they_count(tmp_path: Path) -> None:
    (tmp_path / "subjects.csv").write_text("编号\n1\n", encoding="utf-8")
    (tmp_path / "案件.csv").write_text("编号,日期\n1,2008-12-31\n1,2009-01-01\n1,2010-01-01\n", encoding="utf-8")
    cases = InputTable("案件", "案件", (InputColumn("日期", DATE),), dated="日期")
    for table, told in ((cases, ["KP682"]), (replace(cases, dated=None), [])):
        tables = [InputTable("", "单位", ()), table]
        dataset, findings = read_dataset(tables, tmp_path, scheme="试", period=Period.parse("2009"))
        assert dataset is not None
        assert [finding.code for finding in findings] == told
        assert [finding.facts["rows"] for finding in findings] == ["2, 4"] * len(told)


# ---------------------------------------------------------------- whose a row of records is


def test_records_may_give_the_name_of_the_subject_instead_of_its_id(tmp_path: Path) -> None:
    files = {
        "subjects.csv": FULL + "01,东城局,1,,\n02,西城局,2,,\n",
        "表彰.csv": "名称,级别,日期\n西城局,省,2009-03-01\n 西城局,市,2009-04-01\n",
    }
    data = sound(read(tmp_path, files, SUBJECT, PRAISE))
    assert data.tables["表彰"].owners == [1, 1]


def test_a_name_that_nobody_or_more_than_one_has_is_an_error(tmp_path: Path) -> None:
    files = {
        "subjects.csv": FULL + "01,东城局,1,,\n02,西城局,2,,\n03,西城局,2,,\n",
        "表彰.csv": "名称,级别,日期\n南城局,省,2009-03-01\n西城局,市,2009-04-01\n,市,2009-04-01\n",
    }
    data, findings = read(tmp_path, files, SUBJECT, PRAISE)
    assert data is None
    assert told(findings) == [
        ("KP632", "name", "表彰.csv:2 名称"),
        ("KP632", "names", "表彰.csv:3 名称"),
        ("KP630", "name", "表彰.csv:4 名称"),
    ]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("东 城局", []),
        ("东城分局", [("KP635", "", Severity.WARNING)]),
        ("西城局", [("KP635", "other", Severity.ERROR)]),
    ],
)
def test_an_id_goes_before_a_name_unless_that_is_anothers(
    tmp_path: Path, name: str, found: list[tuple[str, str, Severity]]
) -> None:
    files = {
        "subjects.csv": FULL + "01,东城局,1,,\n02,西城局,2,,\n",
        "表彰.csv": f"名称,编号,级别,日期\n{name},01,省,2009-03-01\n",
    }
    data, findings = read(tmp_path, files, SUBJECT, PRAISE)
    assert [(each.code, each.variant, each.severity) for each in findings] == found
    assert all(each.place == "表彰.csv:2 名称" for each in findings)
    owners = None if data is None else data.tables["表彰"].owners
    assert owners == (None if name == "西城局" else [0])


def test_a_second_column_of_ids_is_told_of(tmp_path: Path) -> None:
    files = {
        "subjects.csv": FULL + "01,东城局,1,,\n02,西城局,2,,\n",
        "表彰.csv": "id,编号,级别,日期\n01,02,省,2009-03-01\n",
    }
    data, findings = read(tmp_path, files, SUBJECT, PRAISE)
    assert data is not None
    assert data.tables["表彰"].owners == [0]
    assert [(each.code, each.facts["names"]) for each in findings] == [("KP617", "编号")]


def workbook(path: Path, *sheets: tuple[str, list[list[object]]]) -> None:
    book = Workbook()
    for at, (title, rows) in enumerate(sheets):
        sheet = book.active if not at else book.create_sheet()
        sheet.title = title
        for row in rows:
            sheet.append(row)
    book.save(path)


def test_a_workbook_beside_csv_files_may_be_what_is_missed(tmp_path: Path) -> None:
    """It is not read, so that the records in it would count for nothing."""
    workbook(tmp_path / "表彰.xlsx", ("表彰", [["编号", "级别", "日期"], ["1", "省", "2009-03-01"]]))
    data, findings = read(tmp_path, {"单位.csv": "编号,得分\n1,5\n"}, SUBJECT, PRAISE)
    assert data is None
    assert [(each.code, each.variant, each.facts["near"]) for each in findings if each.code == "KP612"] == [
        ("KP612", "workbook", "表彰.xlsx")
    ]


@pytest.mark.parametrize("ending", [".xls", ".et", ".ods", ".parquet"])
def test_other_tables_beside_csv_files_may_be_what_is_missed(tmp_path: Path, ending: str) -> None:
    files = {"单位.csv": "编号,得分\n1,5\n", f"表彰{ending}": "?"}
    data, findings = read(tmp_path, files, SUBJECT, PRAISE)
    assert data is None
    variant = "parquet" if ending == ".parquet" else "workbook"
    assert [(each.code, each.variant, each.facts["near"]) for each in findings if each.code == "KP612"] == [
        ("KP612", variant, f"表彰{ending}")
    ]


def test_what_is_neither_a_file_nor_a_folder(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    if not hasattr(os, "mkfifo"):
        pytest.skip("there are no named pipes on this system")
    os.mkfifo(pipe)
    data, findings = read_dataset((SUBJECT,), pipe, scheme="s", period=Period.parse("2009"))
    assert (data, [(each.code, each.variant) for each in findings]) == (None, [("KP601", "no_file")])


def test_one_table_as_csv_and_as_parquet(tmp_path: Path) -> None:
    """Which of the two is meant nobody can say, whether this run could read Parquet or not."""
    files = {"单位.csv": "编号,得分\n1,5\n", "表彰.csv": "编号,级别,日期\n", "表彰.parquet": "?"}
    data, findings = read(tmp_path, files, SUBJECT, PRAISE)
    assert data is None
    assert [(each.code, each.facts.get("names")) for each in findings] == [("KP611", "表彰.csv, 表彰.parquet")]


@pytest.mark.parametrize(
    "name", ["表彰 (2)", "表彰2", "表彰（下半年）", "表彰-副本", "表彰 续", "表彰3月", "表彰第一季度"]
)
def test_a_part_of_a_table_beside_it_is_not_lost(tmp_path: Path, name: str) -> None:
    files = {"单位.csv": "编号,得分\n1,5\n", "表彰.csv": "编号,级别,日期\n", f"{name}.csv": "编号,级别,日期\n"}
    data, findings = read(tmp_path, files, SUBJECT, PRAISE)
    assert data is None
    assert [(each.code, each.variant, each.facts["names"]) for each in findings] == [("KP613", "part", name)]


@pytest.mark.parametrize("name", ["表彰说明", "表彰办法", "表彰2008", "通讯录", "单位简称"])
def test_a_table_of_something_else_beside_it_is_told_of(tmp_path: Path, name: str) -> None:
    files = {"单位.csv": "编号,得分\n1,5\n", "表彰.csv": "编号,级别,日期\n", f"{name}.csv": "x\n"}
    data, findings = read(tmp_path, files, SUBJECT, PRAISE)
    assert data is not None
    assert [(each.code, each.variant, each.facts["names"]) for each in findings] == [("KP613", "", name)]


def test_a_hidden_sheet_that_is_read_is_told_of(tmp_path: Path) -> None:
    book = Workbook()
    for title, state in (("单位", "visible"), ("表彰", "hidden")):
        page = book.create_sheet(title)
        page.sheet_state = state
        page.append(["编号", "得分"] if title == "单位" else ["编号", "级别", "日期"])
        page.append(["1", 5] if title == "单位" else ["1", "省", "2009-03-01"])
    book.remove(book.worksheets[0])
    book.save(tmp_path / "考评.xlsx")
    tables = (SUBJECT, PRAISE)
    data, findings = read_dataset(tables, tmp_path / "考评.xlsx", scheme="县市区考评", period=Period.parse("2009"))
    assert data is not None
    assert [(each.code, each.variant, each.place) for each in findings] == [("KP618", "sheet", "考评.xlsx[表彰]")]


MONEY = number(0, 10**12, 2, "元")
PAID = InputTable(SUBJECTS, "单位", (InputColumn("资金", MONEY), InputColumn("耕地", number(0, 10**9, 2, "亩"))))


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("单位：万元", ["资金"]), ("（单位:万元）", ["资金"]), ("单位：公顷", ["耕地"]), ("金额单位: 千元", ["资金"]),
        ("单位：元", []), ("单位：亩", []), ("单位：分", []), ("填报单位：万元乡", []), ("单位：万元乡政府", []),
    ],
)  # fmt: skip
def test_the_unit_that_a_table_gives_for_all_of_it(tmp_path: Path, line: str, names: list[str]) -> None:
    data, findings = read(tmp_path, {"单位.csv": f"某县情况表,,\n,,{line}\n编号,资金,耕地\n1,5,3\n"}, PAID)
    assert (data is None) == bool(names)
    assert [(each.code, each.facts["names"]) for each in findings] == [("KP636", each) for each in names]


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ("奖金,元,50\n线,%,0.5\n", []),
        ("奖金,元,50\n线,,0.5%\n", []),
        ("奖金,元,50\n线,%,0.5%\n", []),
        ("奖金,万元,50\n线,%,0.5\n", ["KP641"]),
        ("奖金,万元,50元\n线,%,0.5\n", []),
    ],
)
def test_a_unit_beside_the_value_of_a_param_counts(tmp_path: Path, rows: str, codes: list[str]) -> None:
    percent = number(0, 10_000, 4, percent=True)
    params = InputTable(PARAMS, "params", (InputColumn("奖金", MONEY), InputColumn("线", percent)))
    files = {"单位.csv": "编号,得分\n1,5\n", "参数.csv": "参数,单位,值\n" + rows}
    data, findings = read(tmp_path, files, SUBJECT, params)
    assert [each.code for each in findings] == codes
    if not codes:
        assert data is not None
        assert data.params == {"奖金": 5000, "线": 50}


def test_any_other_workbook_beside_csv_files_is_told_of(tmp_path: Path) -> None:
    workbook(tmp_path / "通讯录.xlsx", ("Sheet1", [["姓名"]]))
    data, findings = read(tmp_path, {"单位.csv": "编号,得分\n1,5\n"})
    assert data is not None
    assert [(each.code, each.facts["names"]) for each in findings] == [("KP613", "通讯录.xlsx")]


def test_linked_results_beside_results_of_the_same_scheme(tmp_path: Path) -> None:
    """A file that has a table's own name is that table, whatever scheme others come from."""
    linked = InputTable("link 甲方案", "甲方案", (InputColumn("得分", POINTS),), scheme="甲方案")
    months = InputTable("月", "月", (InputColumn("得分", POINTS),), scheme="甲方案")
    results = "scheme,period,id,name,得分\n甲方案,2009,1,一,5\n"
    files = {"单位.csv": "编号,得分\n1,5\n", "甲方案.csv": results, "月.csv": results}
    _, findings = read(tmp_path, files, SUBJECT, linked, months)
    assert [each.code for each in findings if each.code in ("KP611", "KP610", "KP666")] == []


@pytest.mark.parametrize(
    "name", ["全县合计", "合计：", "合计（分）", "累计", "本页小计", "全市平均", "最高分", "TOTAL:"]
)
def test_rows_of_totals_in_other_words(tmp_path: Path, name: str) -> None:
    _, findings = read(tmp_path, {"单位.csv": f"编号,名称,得分\n1,甲,5\n2,{name},5\n"})
    assert [each.code for each in findings] == ["KP634"]


def test_a_cell_beyond_the_headings_of_a_sheet_is_named(tmp_path: Path) -> None:
    rows: list[list[object]] = [["编号", "得分"], ["1", 5, None, None, "备注"]]
    workbook(tmp_path / "考评.xlsx", ("单位", rows))
    _, findings = read_dataset((SUBJECT,), tmp_path / "考评.xlsx", scheme="县市区考评", period=Period.parse("2009"))
    assert [(each.code, each.variant, each.facts["cells"]) for each in findings] == [("KP633", "sheet", "E2 “备注”")]


def test_the_evidence_of_an_item_under_an_english_heading(tmp_path: Path) -> None:
    table = InputTable(SUBJECTS, "units", (InputColumn("工作", POINTS), InputColumn("工作.佐证", BOOL)))
    data, findings = read(tmp_path, {"units.csv": "id,工作,工作.evidence\n1,5,yes\n"}, table)
    assert (findings, data is not None and data.tables[SUBJECTS].columns["工作.佐证"]) == ([], [True])
