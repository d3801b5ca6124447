"""Ledgers: one row of an export may become several rows of records, and a cell goes by its row and heading."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from kaoping.data import ledgers
from kaoping.data.read import read_dataset
from kaoping.dataset import Dataset, InputColumn, InputTable, Ledger
from kaoping.diagnostic import Finding
from kaoping.messages import words
from kaoping.period import Period
from kaoping.report.diagnostics import findings_text
from kaoping.typed import SUBJECTS
from kaoping.types import DATE

TABLES = (InputTable(SUBJECTS, "subjects", ()), InputTable("库.来件", "库.来件", (InputColumn("日期", DATE),)))


def read(folder: Path, monkeypatch: pytest.MonkeyPatch, *given: Ledger) -> tuple[Dataset | None, list[Finding]]:
    """The data set of two offices whose ledger a plugin reads as given."""

    def answer(*_: object) -> Sequence[tuple[str, Ledger]]:
        return [("库", each) for each in given]

    monkeypatch.setattr(ledgers, "read_ledger", answer)
    (folder / "data").mkdir()
    (folder / "data" / "subjects.csv").write_text("id,name\n1,东\n2,西\n", "utf-8")
    (folder / "导出.csv").write_text("x\n", "utf-8")
    return read_dataset(
        TABLES, folder / "data", scheme="甲", period=Period.parse("2026"), ledgers=[folder / "导出.csv"], plugins=["库"]
    )


def test_a_row_becomes_one_for_each_unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = ((7, ("东", "2026-03-01")), (7, ("西", "2026-03-01")), (9, ("西", "2026-05-01")))
    data, findings = read(tmp_path, monkeypatch, Ledger("来件", ("名称", "日期"), rows))
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
    assert "9 “北”" in shown
    assert "来访人" in shown
