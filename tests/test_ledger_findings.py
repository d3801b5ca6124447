"""What a plugin finds wrong with an export: it is said with its place, and a run on a refused sheet does not start."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook  # type: ignore[import-untyped]

from test_bad_plugins import kaoping
from test_plugins import install

PLUGIN = """
from kaoping.dataset import Ledger
from kaoping.diagnostic import error, warning
from kaoping.hooks import hookimpl
from kaoping.source import NOWHERE, Source

kaoping_api = 1

@hookimpl
def library():
    return Source("ledgers.kp", "records 事故\\n  人数 : count\\n")

@hookimpl
def read_ledger(name, rows):
    if rows[0][0] == "secret":
        return [error("ZZ01", NOWHERE, columns=rows[0])]
    if rows[0][0] != "id":
        return None
    kept = [(number, tuple(row)) for number, row in enumerate(rows[1:], 2) if row[0] != "total"]
    ledger = Ledger("事故", ("编号", "人数"), tuple(kept))
    return [ledger, warning("ZZ02", NOWHERE, kept=len(kept))] if len(kept) < len(rows) - 1 else [ledger]
"""
SCHEME = "scheme 甲\nperiod 2026\nuse ledgers\nitem 安全 100\n  deduct 1 per ledgers.事故\n"


@pytest.fixture
def office(tmp_path: Path) -> Path:
    (tmp_path / "site").mkdir()
    install(tmp_path / "site", "ledgers", PLUGIN)
    (tmp_path / "a.kp").write_text(SCHEME, "utf-8")
    (tmp_path / "subjects.csv").write_text("id,name\n1,东\n", "utf-8")
    return tmp_path


def ran(office: Path, export: str) -> tuple[int, str, str]:
    (office / "export.csv").write_text(export, "utf-8")
    ended = kaoping(office, "run", "a.kp", "subjects.csv", "--ledger", "export.csv", "--format", "csv")
    return ended.returncode, ended.stdout, ended.stderr


def test_a_warning_about_a_sheet_stands_beside_the_results(office: Path) -> None:
    code, out, err = ran(office, "id,人数\n1,2\n1,3\ntotal,5\n")
    assert (code, "98.00" in out) == (0, True)
    assert "export.csv: warning[ZZ02]" in err
    assert "kept: 2" in err


def test_a_sheet_that_is_refused_ends_the_run_with_its_reason(office: Path) -> None:
    code, out, err = ran(office, "secret,人数\n1,2\n")
    assert (code, out) == (1, "")
    assert "export.csv: error[ZZ01]" in err
    assert "KP694" not in err  # the sheet is known
    assert "KP612" not in err  # nor is it said that there are no such records


REMARKS = """
from kaoping.diagnostic import warning
from kaoping.hooks import hookimpl
from kaoping.source import NOWHERE

kaoping_api = 1

@hookimpl
def read_ledger(name, rows):
    return [warning("AA01", NOWHERE, name=name)]
"""


def test_what_one_plugin_remarks_on_a_sheet_keeps_no_other_from_reading_it(office: Path) -> None:
    install(office / "site", "remarks", REMARKS)
    (office / "a.kp").write_text(SCHEME.replace("use ledgers", "use remarks\nuse ledgers"), "utf-8")
    code, out, err = ran(office, "id,人数\n1,2\n")
    assert (code, "99.00" in out, "AA01" in err) == (0, True, False)
    code, _, err = ran(office, "x,人数\n1,2\n")  # nobody reads it: then the remark may help
    assert (code, "AA01" in err, "KP694" in err) == (1, True, True)


def test_a_sheet_of_another_form_is_not_known(office: Path) -> None:
    code, _, err = ran(office, "x,人数\n1,2\n")
    assert code == 1
    assert "KP694" in err


def test_a_scheme_without_a_plugin_cannot_read_a_ledger(office: Path) -> None:
    (office / "a.kp").write_text("scheme 甲\nperiod 2026\nitem 安全 100 = 100\n", "utf-8")
    code, _, err = ran(office, "id,人数\n1,2\n")
    assert code == 1
    assert "the scheme uses no plugin" in err


def test_records_from_a_ledger_and_from_a_file_are_not_lost_in_silence(office: Path) -> None:
    (office / "d").mkdir()
    (office / "d" / "subjects.csv").write_text("id,name\n1,东\n", "utf-8")
    (office / "d" / "事故.csv").write_text("id,人数\n1,2\n", "utf-8")
    (office / "export.csv").write_text("id,人数\n1,2\n", "utf-8")
    ended = kaoping(office, "run", "a.kp", "d", "--ledger", "export.csv", "--format", "csv")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "d: error[KP611] one table, from a ledger and from a file" in ended.stderr
    assert "KP613" not in ended.stderr


def workbook(office: Path, *sheets: tuple[str, str, list[list[object]]]) -> tuple[int, str, str]:
    book = Workbook()
    book.remove(book.active)
    for title, state, rows in sheets:
        page = book.create_sheet(title)
        page.sheet_state = state
        for row in rows:
            page.append(row)
    book.save(office / "export.xlsx")
    ended = kaoping(office, "run", "a.kp", "subjects.csv", "--ledger", "export.xlsx", "--format", "csv")
    return ended.returncode, ended.stdout, ended.stderr


def test_a_draft_on_a_hidden_sheet_does_not_count_twice(office: Path) -> None:
    rows: list[list[object]] = [["id", "人数"], ["1", 3]]
    draft: list[list[object]] = [["id", "人数"], ["1", 2]]
    code, shown, told = workbook(office, ("事故", "visible", rows), ("草稿", "hidden", draft))
    assert (code, ",99," in shown) == (0, True)
    assert "export.xlsx[草稿]: warning[KP694] hidden sheet not read" in told


def test_a_hidden_sheet_that_alone_has_the_records_ends_the_run(office: Path) -> None:
    """Else nobody would have any of them, though they have been sent."""
    notes: list[list[object]] = [["说明"], ["填表"]]
    code, shown, told = workbook(office, ("说明", "visible", notes), ("事故", "hidden", [["id", "人数"], ["1", 2]]))
    assert (code, shown) == (1, "")
    assert "export.xlsx[事故]: error[KP694] hidden sheet not read" in told


def test_a_formula_without_a_value_is_no_empty_cell(office: Path) -> None:
    code, shown, told = workbook(office, ("事故", "visible", [["id", "人数"], ["1", "=1+2"]]))
    assert (code, shown) == (1, "")
    assert "export.xlsx[事故]:2 人数: error[KP619] formula without a value" in told
