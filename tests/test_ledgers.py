"""Ledgers: one row of an export may become several rows of records, several exports one table, and units that the
scheme does not appraise stay outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from kaoping.data import ledgers
from kaoping.data.read import read_dataset, without
from kaoping.dataset import Dataset, InputColumn, InputTable, Ledger
from kaoping.diagnostic import Finding
from kaoping.messages import words
from kaoping.period import Period
from kaoping.report.diagnostics import findings_text
from kaoping.typed import SUBJECTS
from kaoping.types import DATE

TABLES = (InputTable(SUBJECTS, "subjects", ()), InputTable("库.来件", "库.来件", (InputColumn("日期", DATE),)))


def read(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *given: Ledger,
    tables: Sequence[InputTable] = TABLES,
    names: tuple[str, str] = ("东", "西"),
) -> tuple[Dataset | None, list[Finding]]:
    """The data set of two offices whose ledgers, a file each, a plugin reads as given."""
    sheets = dict(zip(("导出", "导出2", "导出3"), given, strict=False))

    def answer(_: object, sheet: str, *__: object) -> Sequence[tuple[str, Ledger]]:
        return [("库", sheets[sheet])]

    monkeypatch.setattr(ledgers, "read_ledger", answer)
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "subjects.csv").write_text("id,name\n01,{}\n02,{}\n".format(*names), "utf-8")
    files = [folder / f"{name}.csv" for name in sheets]
    for file in files:
        file.write_text(f"{file.stem}\n", "utf-8")
    return read_dataset(
        tables, folder / "data", scheme="甲", period=Period.parse("2026"), ledgers=files, plugins=["库"]
    )


def by_name(*rows: tuple[int, str, str]) -> Ledger:
    return Ledger("来件", ("名称", "日期"), tuple((number, (unit, day)) for number, unit, day in rows))


def by_id(*rows: tuple[int, str, str]) -> Ledger:
    return Ledger("来件", ("编号", "日期"), tuple((number, (unit, day)) for number, unit, day in rows))


def codes(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(each.code, each.variant) for each in findings]


def test_a_row_becomes_one_for_each_unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = by_name((7, "东", "2026-03-01"), (7, "西", "2026-03-01"), (9, "西", "2026-05-01"))
    data, findings = read(tmp_path, monkeypatch, ledger)
    assert data is not None, findings
    table = data.tables["库.来件"]
    assert (table.owners, table.rows) == ([0, 1, 1], [7, 7, 9])
    assert table.place(1, "日期") == "导出.csv:7 日期"


def test_a_wrong_cell_is_found_in_its_row_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = Ledger("来件", ("名称", "日期"), ((7, ("东", "2026-13-01")), (9, ("北", "2026-05-01"))), ("来访人",))
    data, findings = read(tmp_path, monkeypatch, ledger)
    assert data is None
    shown = findings_text(findings, words("zh"))
    assert "导出.csv:7 日期" in shown
    assert "“北” (1)" in shown
    assert "来访人" in shown


# ---------------------------------------------------------------- several exports of one table


def test_two_years_are_read_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever way each of them names the units."""
    years = by_name((3, "东", "2026-03-01"), (4, "西", "2026-04-01")), by_id((3, "01", "2026-09-01"))
    data, findings = read(tmp_path, monkeypatch, *years)
    assert data is not None
    assert findings == []
    table = data.tables["库.来件"]
    assert (table.owners, table.rows, len(table.columns["日期"])) == ([0, 1, 0], [3, 4, 3], 3)
    assert [table.place(row, "日期") for row in range(3)] == ["导出.csv:3 日期", "导出.csv:4 日期", "导出2.csv:3 日期"]


def test_subjects_left_out_take_their_rows_of_every_ledger_with_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data, _ = read(
        tmp_path, monkeypatch, by_name((3, "东", "2026-03-01"), (4, "西", "2026-04-01")), by_id((3, "02", "2026-05-01"))
    )
    assert data is not None
    table = without(data, ["01"]).tables["库.来件"]
    assert [table.place(row, "日期") for row in range(2)] == ["导出.csv:4 日期", "导出2.csv:3 日期"]


def test_rows_dated_outside_the_period_are_listed_with_their_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dated = (TABLES[0], replace(TABLES[1], dated="日期"))
    years = by_name((3, "东", "2025-03-01")), by_name((3, "西", "2025-04-01"))
    _, findings = read(tmp_path, monkeypatch, *years, tables=dated)
    assert [each.facts["rows"] for each in findings] == ["导出.csv:3, 导出2.csv:3"]


def test_rows_in_two_exports_are_named_in_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = by_name((3, "东", "2026-03-01"), (4, "西", "2026-04-01"))
    second = by_name((8, "西", "2026-04-01"), (9, "西", "2026-06-01"))
    data, findings = read(tmp_path, monkeypatch, first, second)
    assert data is not None
    assert codes(findings) == [("KP695", "")]
    assert (findings[0].place, findings[0].facts["other"], findings[0].facts["rows"]) == (
        "导出2.csv", "导出.csv", "8 = 4",
    )  # fmt: skip


def test_one_export_given_twice_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = by_name((3, "东", "2026-03-01"), (4, "西", "2026-04-01"))
    data, findings = read(tmp_path, monkeypatch, ledger, ledger)
    assert data is None
    assert codes(findings) == [("KP695", "same")]


def test_files_of_one_name_in_two_folders_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(_: object, __: object, rows: Sequence[Sequence[str]]) -> Sequence[tuple[str, Ledger]]:
        return [("库", by_name((2, "东", rows[0][0])))]

    monkeypatch.setattr(ledgers, "read_ledger", answer)
    for year in ("2025", "2026"):
        (tmp_path / year).mkdir()
        (tmp_path / year / "导出.csv").write_text(f"{year}-01-01\n", "utf-8")
    files = [tmp_path / year / "导出.csv" for year in ("2025", "2026")]
    found = ledgers.read_ledgers(files, TABLES, ["库"])
    assert [grid.file for grid in found.grids["库.来件"]] == [str(file) for file in files]
    assert list(found.hashes) == [str(file) for file in files]


def test_a_ledger_that_the_scheme_has_no_use_for_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, findings = read(
        tmp_path, monkeypatch, by_name((3, "东", "2026-03-01")), Ledger("催办", ("名称",), ((2, ("东",)),))
    )
    assert codes(findings) == [("KP613", "")]
    assert (findings[0].place, findings[0].facts["names"]) == ("导出2.csv", "库.催办")


# ---------------------------------------------------------------- units that are not appraised


def test_rows_of_other_units_are_left_out_and_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sector's ledger covers more units than one scheme; what is wrong in their rows is no matter here."""
    rows = ((3, "东", "2026-03-01"), (4, "南山", "2026-13-01"), (5, "南山", "2026-05-01"), (6, "北川", "2026-05-01"))
    data, findings = read(tmp_path, monkeypatch, by_name(*rows))
    assert data is not None
    assert data.tables["库.来件"].rows == [3]
    assert codes(findings) == [("KP696", "")]
    assert (findings[0].facts["names"], findings[0].facts["count"]) == ("“南山” (2), “北川” (1)", "3")


def test_a_name_that_looks_like_a_subject_s_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = ((3, "东河街道办", "2026-03-01"), (4, "东河街道", "2026-03-01"), (5, "教育局", "2026-03-01"))
    data, findings = read(tmp_path, monkeypatch, by_name(*rows), names=("东河街道", "西山街道"))
    assert data is not None
    assert codes(findings) == [("KP696", "near"), ("KP696", "")]
    assert [each.facts["names"] for each in findings] == ["“东河街道办” → “东河街道” (1)", "“教育局” (1)"]


def test_of_a_ledger_without_any_subject_that_is_said_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, findings = read(tmp_path, monkeypatch, by_id((3, "330101", "2026-03-01")))
    assert data is not None
    assert codes(findings) == [("KP696", ""), ("KP696", "none")]


@pytest.mark.parametrize(
    ("ledger", "wanted"),
    [
        (by_id((3, "1", "2026-03-01")), ("KP632", "zeros")),  # Excel's doing, not another unit
        (by_id((3, "", "2026-03-01")), ("KP630", "")),
        (by_name((3, " ", "2026-03-01")), ("KP630", "name")),
        (by_id((3, "#REF!", "2026-03-01")), ("KP648", "")),
    ],
)
def test_a_row_that_cannot_be_told_to_be_another_unit_s_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ledger: Ledger, wanted: tuple[str, str]
) -> None:
    data, findings = read(tmp_path, monkeypatch, ledger)
    assert data is None
    assert codes(findings) == [wanted]


def test_a_table_filled_in_by_hand_stays_strict(tmp_path: Path) -> None:
    (tmp_path / "subjects.csv").write_text("id,name\n01,东\n", "utf-8")
    (tmp_path / "库.来件.csv").write_text("名称,日期\n南山,2026-03-01\n", "utf-8")
    data, findings = read_dataset(TABLES, tmp_path, scheme="甲", period=Period.parse("2026"), plugins=["库"])
    assert data is None
    assert codes(findings) == [("KP632", "name")]
