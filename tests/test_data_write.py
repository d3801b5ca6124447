"""Results in files: what is written is read again as it was, no cell becomes a formula, no old file is lost."""

from __future__ import annotations

import csv
import io
import json
import stat
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from openpyxl import load_workbook  # type: ignore[import-untyped]

from kaoping.data.read import read_dataset
from kaoping.data.write import results_text, write_results
from kaoping.dataset import InputColumn, InputTable
from kaoping.period import Period
from kaoping.results import PluginUsed, Provenance, Reason, ResultColumn, Results
from kaoping.typed import HISTORY, SUBJECTS
from kaoping.types import BOOL, DATE, TEXT, Value, choice, number
from kaoping.whole import whole, write_whole

COLUMNS = (
    ResultColumn("类别", choice(("甲类", "乙类")), "class"),
    ResultColumn("所在班子", TEXT, "input"),
    ResultColumn("综合得分", number(-(10**12), 10**12, 2), "total"),
    ResultColumn("完成率", number(0, 10**6, 4, percent=True), "let"),
    ResultColumn("rank", number(1, 10**6), "rank"),
    ResultColumn("vetoed", BOOL, "vetoed"),
    ResultColumn("审定日期", DATE, "let"),
    ResultColumn("grade", choice(("先进", "合格", "-不合格")), "grade"),
)
HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "＝1+1",
    "＠x",
    "'=1",
    "''=1",
    "=cmd|' /C calc'!A0",
    "http://x.example",
    "'",
]


def results(**values: list[Value]) -> Results:
    rows = len(next(iter(values.values())))
    return Results(
        scheme="=县市区考评",
        title="娄底市2009年绩效评估",
        period="2008",
        columns=COLUMNS,
        ids=[f"{at:02}" for at in range(rows)],
        names=[f"单位{at}" for at in range(rows)],
        values={column.name: values.get(column.name, [None] * rows) for column in COLUMNS},
        findings=[[] for _ in range(rows)],
        reasons=[[] for _ in range(rows)],
    )


ONE = replace(
    results(
        类别=[1],
        所在班子=["=一处"],
        综合得分=[-91_550],
        完成率=[12_345],
        rank=[1],
        vetoed=[True],
        审定日期=[733_832],
        grade=[2],
    ),
    findings=[["逾期申报", "重复登记"]],
    reasons=[[Reason("vetoed", "重大责任事故", "四(三)3")]],
    general_findings=["权重之和应为100%"],
    not_appraised=[("09", "开发区")],
    left_out=[("10", "某县")],
    interpretations=[("四(四)1", "600分含本数"), (None, "每项计一次")],
    script_hash="ab" * 32,
    data_hashes={"单位.csv": "cd" * 32},
    plugins=(PluginUsed("信访", "1.2", "ef" * 32),),
)


def test_csv_as_documented() -> None:
    assert results_text(ONE, "csv") == (
        "scheme,period,id,name,类别,所在班子,综合得分,完成率,rank,vetoed,审定日期,grade,findings\n"
        "'=县市区考评,2008,00,单位0,乙类,'=一处,-915.50,1.2345,1,yes,2010-03-01,'-不合格,"
        "逾期申报; 重复登记; 权重之和应为100%\n"
    )


def test_results_of_a_trial_are_nobodys_results() -> None:
    """Neither a reader nor a program that looks for the results of the scheme takes them for its own."""
    trial = replace(ONE, provenance=Provenance("县市区考评@2", True, 7, "某市\n7\nAAAA\n\n— 李四 BBBB\n"))
    assert results_text(trial, "csv").splitlines()[1].startswith("'=县市区考评 (试算 trial),2008,00,")
    document = json.loads(results_text(trial, "json"))
    assert [document[key] for key in ("version", "trial", "run")] == ["县市区考评@2", True, 7]
    assert document["checkpoint"].splitlines()[:2] == ["某市", "7"]


def test_json_as_documented() -> None:
    document = json.loads(results_text(ONE, "json"))
    columns = document.pop("columns")
    assert document == {
        "format": "kaoping results 1",
        "scheme": "=县市区考评",
        "title": "娄底市2009年绩效评估",
        "period": "2008",
        "version": None,
        "trial": False,
        "run": None,
        "checkpoint": None,
        "script_sha256": "ab" * 32,
        "data_sha256": {"单位.csv": "cd" * 32},
        "plugins": [{"name": "信访", "version": "1.2", "sha256": "ef" * 32}],
        "subjects": [
            {
                "id": "00",
                "name": "单位0",
                "values": {
                    "类别": "乙类",
                    "所在班子": "=一处",
                    "综合得分": "-915.50",
                    "完成率": "1.2345",
                    "rank": "1",
                    "vetoed": True,
                    "审定日期": "2010-03-01",
                    "grade": "-不合格",
                },
                "findings": ["逾期申报", "重复登记"],
                "reasons": [{"word": "vetoed", "text": "重大责任事故", "clause": "四(三)3"}],
            }
        ],
        "findings": ["权重之和应为100%"],
        "not_appraised": [{"id": "09", "name": "开发区"}],
        "left_out": [{"id": "10", "name": "某县"}],
        "interpretations": [{"clause": "四(四)1", "text": "600分含本数"}, {"clause": None, "text": "每项计一次"}],
    }
    assert columns[2] == {"name": "综合得分", "role": "total", "type": "number", "places": 2}
    assert columns[3] == {"name": "完成率", "role": "let", "type": "percent", "places": 4}
    assert columns[7] == {"name": "grade", "role": "grade", "type": "choice", "labels": ["先进", "合格", "-不合格"]}


def test_csv_files_open_in_excel_and_wps(tmp_path: Path) -> None:
    write_results(ONE, tmp_path / "结果.csv", "csv")
    assert (tmp_path / "结果.csv").read_bytes().startswith(b"\xef\xbb\xbfscheme,period,id,name,")


# ---------------------------------------------------------------- written and read again

PAST = InputTable(HISTORY, "history", tuple(InputColumn(each.name, each.type, "never") for each in COLUMNS))
TEXTS = (
    st.text("=+-@'＝＠甲a1, \"\n;\t", min_size=1)
    .map(lambda text: unicodedata.normalize("NFC", text.strip()))
    .filter(bool)
)
ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(0, 1),
        st.none() | TEXTS,
        st.none() | st.integers(-(10**12), 10**12),
        st.none() | st.integers(0, 10**6),
        st.none() | st.integers(1, 10**6),
        st.booleans(),
        st.none() | st.integers(693_596, 803_168),  # 1900-01-01 to 2199-12-31
        st.none() | st.integers(0, 2),
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
@given(rows=ROWS)
@settings(max_examples=60, deadline=None)
def test_what_is_written_is_read_again_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, format_: str, rows: list[tuple[Value, ...]]
) -> None:
    folder = tmp_path_factory.mktemp("data")
    columns = {column.name: list(values) for column, values in zip(COLUMNS, zip(*rows, strict=True), strict=True)}
    written = results(**columns)
    write_results(written, folder / f"2008.{format_}", format_)
    ids = "".join(f"{id_}\n" for id_ in written.ids)
    (folder / "subjects.csv").write_text("id\n" + ids, "utf-8")
    data, findings = read_dataset(
        (InputTable(SUBJECTS, "单位", ()), PAST),
        folder / "subjects.csv",
        scheme="=县市区考评",
        period=Period.parse("2009"),
        history=folder / f"2008.{format_}",
    )
    assert findings == []
    assert data is not None
    past = data.tables[HISTORY]
    assert past.owners == list(range(len(rows)))
    assert {name: past.columns[name] for name in columns} == columns


# ---------------------------------------------------------------- formulas


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_formula(tmp_path: Path, text: str) -> None:
    hostile = replace(results(所在班子=[text]), names=[text], scheme=text, findings=[[text]])
    for cell in next(csv.reader(io.StringIO(results_text(hostile, "csv").partition("\n")[2]))):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))
    write_results(hostile, tmp_path / "结果.xlsx", "xlsx")
    sheet = load_workbook(tmp_path / "结果.xlsx").active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert all(cell.data_type != "f" and cell.hyperlink is None for cell in cells)
    assert [cell.value for cell in cells].count(text) == 4


def test_a_workbook_shows_numbers_as_numbers(tmp_path: Path) -> None:
    long = replace(COLUMNS[2], type=number(0, 10**30, 2))
    exact = replace(results(综合得分=[12_345_678_901_234_567_890]), columns=(*COLUMNS[:2], long, *COLUMNS[3:]))
    write_results(ONE, tmp_path / "one.xlsx", "xlsx")
    write_results(exact, tmp_path / "long.xlsx", "xlsx")
    one, two = (load_workbook(tmp_path / name).active for name in ("one.xlsx", "long.xlsx"))
    assert (one["G2"].value, one["G2"].number_format) == (-915.5, "0.00")
    assert (one["H2"].value, one["H2"].number_format) == (1.2345, "0.00%")
    assert (one["I2"].value, one["I2"].number_format) == (1, "0")
    assert two["G2"].value == "123456789012345678.90"  # a number cell would lose digits


# ---------------------------------------------------------------- the old file


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files to hit")
@pytest.mark.parametrize("format_", ["csv", "json", "xlsx"])
def test_a_full_disk_leaves_the_old_file(tmp_path: Path, format_: str) -> None:
    import resource

    path = tmp_path / f"结果.{format_}"
    path.write_text("old", "utf-8")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            write_results(ONE, path, format_)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_text("utf-8") == "old"
    assert [each.name for each in tmp_path.iterdir()] == [path.name]  # nothing half-written is left behind


def test_a_folder_that_is_not_there_is_the_callers_to_tell(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "结果.csv"
    with pytest.raises(OSError, match="No such file") as caught:
        write_results(ONE, path, "csv")
    assert caught.value.filename == str(path)


def test_a_link_keeps_pointing_at_the_file(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old", "utf-8")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    write_whole(tmp_path / "link.csv", b"new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_bytes() == b"new"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in another way")
def test_results_written_again_are_for_the_eyes_of_the_same_people(tmp_path: Path) -> None:
    file = tmp_path / "结果.csv"
    write_results(results(所在班子=["甲"]), file, "csv")
    file.chmod(0o640)
    write_results(results(所在班子=["甲"]), file, "csv")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    with whole(file) as beside:
        beside.write_text("x", "utf-8")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
