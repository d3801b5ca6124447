"""Parquet files: columns of every type mean what the same cells mean as text; what cannot be one is told."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from bulk_runs import Outcome, in_bulk, in_small, parquet, planned, written
from kaoping.bulk.run import Settings, run_bulk

SCRIPT = """scheme s
period 2009
class 类 : one of A, B
input a : number -1000..1000 places 2 optional
input 产值 : number optional
input 件 : count 0..100 optional
input 旗 : yes/no optional
input 日 : date optional
input 注 : text optional
item 基 10
outcome a2 = a default -1
outcome 产值2 = 产值 default -1
outcome 件2 = 件 default 77
outcome 旗2 = 旗 default no
outcome 日2 = 日 default 2001-01-01
outcome 注2 = 注 default "没有"
"""
PLAN = planned(SCRIPT)
THREE = "(VALUES (1), (2), (3)) AS t(i)"
COLUMNS = {"id": "i", "类": "'A'", "基": "5"}

CASES: dict[str, dict[str, str]] = {
    "a decimal with fewer places": {"a": "CAST(i + 0.5 AS DECIMAL(5, 1))"},
    "a decimal with as many places": {"a": "CAST(i + 0.25 AS DECIMAL(10, 2))"},
    "a decimal with zeros at its end": {"a": "CAST(i + 0.25 AS DECIMAL(10, 5))"},
    "a decimal with more places": {"a": "CAST(i + 0.12345 AS DECIMAL(10, 5))"},
    "a wide decimal": {"a": "CAST(i * 100 AS DECIMAL(38, 2))"},
    "a wide decimal beyond its range": {"a": "CAST('99999999999999999999999999999999.5' AS DECIMAL(38, 2))"},
    "the widest decimal": {"a": "CAST('99999999999999999999999999999999999999' AS DECIMAL(38, 0))"},
    "a decimal just beyond its range": {"a": "CAST(999.99 + i / 100.0 AS DECIMAL(18, 2))"},
    "a double": {"a": "CAST(i + 0.1 AS DOUBLE)"},
    "a double that a sum has left": {"a": "CAST(0.1 AS DOUBLE) + CAST(0.2 AS DOUBLE)"},
    "whole doubles": {"a": "CAST(i AS DOUBLE)", "件": "CAST(i AS DOUBLE)"},
    "a large double": {"a": "CAST(1e20 AS DOUBLE)"},
    "a small double": {"a": "CAST(1e-7 AS DOUBLE)"},
    "no number": {"a": "CAST('nan' AS DOUBLE)"},
    "infinity": {"a": "CAST('-inf' AS DOUBLE)"},
    "less than nothing": {"a": "CAST('-0.0' AS DOUBLE)"},
    "a float": {"a": "CAST(0.1 AS FLOAT)"},
    "the largest whole number": {
        "a": "CAST('18446744073709551615' AS UBIGINT)",
        "件": "CAST('18446744073709551615' AS UBIGINT)",
    },
    "the smallest whole number": {"a": "CAST('-9223372036854775808' AS BIGINT)"},
    "some beyond the range": {"件": "i * 50"},
    "yes and no": {"旗": "i = 1"},
    "yes and no for a number": {"件": "i = 1"},
    "0 and 1 for yes and no": {"旗": "i % 2"},
    "2 for yes and no": {"旗": "i"},
    "a date": {"日": "DATE '2009-03-01'"},
    "a date beyond its range": {"日": "DATE '1800-03-01'"},
    "a date of a year of five digits": {"日": "DATE '20090-03-01'"},
    "a date before our time": {"日": "DATE '0044-03-15 (BC)'"},
    "a date without end": {"日": "CAST('infinity' AS DATE)"},
    "midnight": {"日": "TIMESTAMP '2009-03-01 00:00:00'"},
    "a time of the day": {"日": "TIMESTAMP '2009-03-01 08:00:00'"},
    "a time somewhere": {"日": "CAST('2009-03-01 08:00:00+00' AS TIMESTAMPTZ)"},
    "texts": {"a": "'１.5'", "件": "'3 '", "旗": "'√'", "日": "'2009/3/1'", "注": "' x  y '"},
    "nothing": {
        "a": "CAST(NULL AS DECIMAL(10, 2))", "件": "CAST(NULL AS INTEGER)", "旗": "CAST(NULL AS BOOLEAN)",
        "日": "CAST(NULL AS DATE)", "注": "CAST(NULL AS VARCHAR)",
    },
    "a column of nothing": {"a": "NULL"},
    "nothing where something is needed": {"类": "CASE WHEN i = 2 THEN NULL ELSE 'A' END"},
    "a dictionary": {"类": "CAST(CASE WHEN i = 2 THEN 'B' ELSE 'A' END AS ENUM('A', 'B', 'C'))"},
    "bytes": {"注": "CAST('abc' AS BLOB)"},
    "a list": {"注": "[1, 2]"},
    "a list of decimals": {"a": "[CAST(1.5 AS DECIMAL(5, 2))]"},
    "an array of decimals": {"a": "array_value(CAST(1.5 AS DECIMAL(5, 2)), CAST(2 AS DECIMAL(5, 2)))"},
    "a time": {"注": "TIME '08:00:00'"},
    "ids of text": {"id": "'0' || i"},
    "odd ids of text": {"id": "'０' || i || ' '"},
    "an id missing": {"id": "CASE WHEN i <> 2 THEN i END"},
    "an id of text missing": {"id": "CASE WHEN i <> 2 THEN 'k' || i END"},
    "an id twice": {"id": "i // 2"},
    "an id of text twice": {"id": "'k' || (i // 2)"},
    "ids of decimals": {"id": "CAST(i AS DECIMAL(10, 0))"},
    "ids of dates": {"id": "DATE '2009-03-01' + i"},
    "ids far apart": {"id": "CASE WHEN i = 1 THEN -9223372036854775807 ELSE 9223372036854775800 + i END"},
    "names": {"name": "'n' || i"},
    "names with spaces": {"name": "' n   ' || i"},
    "names that are blank": {"name": "CASE WHEN i = 1 THEN '' WHEN i = 2 THEN ' ' END"},
    "names with an escape": {"name": "'a' || CHR(27)"},
    "names that turn round": {"name": "'甲' || CHR(8238) || '乙'"},
    "names with a bell": {"name": "'甲' || CHR(7)"},
    "names with a space behind": {"name": "'甲 '"},
    "names with a wide space": {"name": "CHR(12288) || '甲'"},
    "names with a hard space": {"name": "CHR(160) || '甲'"},
    "names with a tab": {"name": "'甲' || CHR(9) || '乙'"},
    "names over two lines": {"name": "'甲' || CHR(10) || '乙'"},
    "names with an accent of its own": {"name": "'e' || CHR(769)"},
    "names with a compatibility character": {"name": "CHR(63744)"},
    "names with a mark of byte order": {"name": "CHR(65279)"},
    "names that Excel has cut": {"name": "'1.1E+17'"},
    "names of many sorts": {"name": "'买买提·艾力（女）A-' || i || '、“𬭎”'"},
    "names that are errors": {"name": "'#N/A'"},
    "names of numbers": {"name": "i"},
    "names that are formulas": {"name": "'=' || i"},
    "a heading misspelt": {"日期": "DATE '2009-03-01'"},
    "headings in another order": {"注": "'x'", "件": "i", "a": "i"},
    "headings that we use ourselves": {
        " Ａ ": "i", "file_row_number": "i", "place": "i", "h0": "i", "rowid": "i", 'a"b': "i",
    },
}  # fmt: skip
CASES |= {
    f"{kind}": {"a": f"CAST(i AS {kind})", "件": f"CAST(i * 30 AS {kind})"}
    for kind in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
}
CASES |= {
    f"billions in {kind}": {"产值": f"CAST(CASE i WHEN 3 THEN 2000000000000 ELSE 12000000000.25 * i END AS {kind})"}
    for kind in ("DECIMAL(15, 2)", "DECIMAL(17, 4)", "DECIMAL(18, 3)", "DECIMAL(19, 4)", "DECIMAL(38, 6)", "BIGINT")
}
CASES |= {f"ids of {kind}": {"id": f"CAST(i AS {kind})"} for kind in ("TINYINT", "INTEGER", "BIGINT", "UBIGINT")}


def as_text(path: Path, columns: dict[str, str], rows: str) -> None:
    """The same table as CSV."""
    with duckdb.connect() as connection:
        shown = ", ".join(f"CAST({sql} AS VARCHAR)" for sql in columns.values())
        found = connection.execute(f"SELECT {shown} FROM {rows}").fetchall()
    cells = [["是" if cell == "true" else "否" if cell == "false" else cell or "" for cell in row] for row in found]
    path.write_text(written([list(columns), *cells]), "utf-8")


def told(found: Outcome) -> list[object]:
    """What the findings say apart from where; a CSV file has its headings in a row, a Parquet file has not."""
    return [
        (str(each.severity), each.code, each.variant, each.facts.get("column"), each.facts.get("count"))
        for each in found.findings
    ]


@pytest.mark.parametrize("name", CASES)
def test_a_column_means_what_its_cells_mean_as_text(tmp_path: Path, name: str) -> None:
    columns = COLUMNS | CASES[name]
    (tmp_path / "parquet").mkdir()
    (tmp_path / "csv").mkdir()
    parquet(tmp_path / "parquet" / "s.parquet", columns, THREE)
    as_text(tmp_path / "csv" / "s.csv", columns, THREE)
    wanted = in_small(PLAN, tmp_path / "csv")
    found = in_bulk(PLAN, tmp_path / "parquet", tmp_path / "out.csv")
    assert told(found) == told(wanted)
    assert found.rows == wanted.rows


def test_rows_are_counted_from_the_first(tmp_path: Path) -> None:
    parquet(tmp_path / "s.parquet", COLUMNS | {"件": "i * 50"}, THREE)
    (finding,) = in_bulk(PLAN, tmp_path / "s.parquet", tmp_path / "out.csv").findings
    assert (finding.place, finding.facts["cells"]) == ("s.parquet:3 件", "D3 “150”")


def test_texts_have_no_guard_in_parquet(tmp_path: Path) -> None:
    """An apostrophe before a sign is what CSV needs; here it is what somebody has written."""
    parquet(tmp_path / "s.parquet", COLUMNS | {"注": "'''=1'"}, THREE)
    rows = in_bulk(PLAN, tmp_path / "s.parquet", tmp_path / "out.csv").rows
    assert rows is not None
    assert rows[1][-2] == "''=1"


def test_whole_doubles_are_ids_without_places(tmp_path: Path) -> None:
    parquet(tmp_path / "s.parquet", COLUMNS | {"id": "CAST(i AS DOUBLE)"}, THREE)
    rows = in_bulk(PLAN, tmp_path / "s.parquet", tmp_path / "out.csv").rows
    assert rows is not None
    assert [row[2] for row in rows[1:]] == ["1", "2", "3"]


def test_ids_that_have_lost_their_digits(tmp_path: Path) -> None:
    parquet(tmp_path / "s.parquet", COLUMNS | {"id": "CAST(110101199001011230 + i * 64 AS DOUBLE)"}, THREE)
    assert in_bulk(PLAN, tmp_path / "s.parquet", tmp_path / "out.csv").codes == [("KP647", "digits")]


def test_numbers_and_texts_for_the_same_ids(tmp_path: Path) -> None:
    script = "scheme s\nperiod 2009\nrecords r\n  x : count\nitem a 9\noutcome n = sum(x over r)\n"
    (tmp_path / "data").mkdir()
    parquet(tmp_path / "data" / "subjects.parquet", {"id": "i", "a": "5"}, THREE)
    parquet(tmp_path / "data" / "r.parquet", {"id": "CAST(i AS VARCHAR)", "x": "i * 10"}, THREE)
    rows = in_bulk(planned(script), tmp_path / "data", tmp_path / "out.csv").rows
    assert rows is not None
    assert [row[rows[0].index("n")] for row in rows[1:]] == ["10", "20", "30"]


@pytest.mark.parametrize("kind", ["TINYINT", "BIGINT"])
def test_ids_are_as_wide_as_the_widest_table_has_them(tmp_path: Path, kind: str) -> None:
    script = "scheme s\nperiod 2009\nrecords r\n  x : count\nitem a 9\noutcome n = sum(x over r)\n"
    data = tmp_path / "data"
    data.mkdir()
    parquet(data / "subjects.parquet", {"id": "CAST(i AS INTEGER)", "a": "5"}, THREE)
    parquet(data / "r.parquet", {"id": f"CAST(i AS {kind})", "x": "i * 10"}, THREE)
    rows = in_bulk(planned(script), data, tmp_path / "out.csv").rows
    assert rows is not None
    assert [row[rows[0].index("n")] for row in rows[1:]] == ["10", "20", "30"]
    if kind == "BIGINT":
        parquet(data / "r.parquet", {"id": "CAST(i * 4294967296 + i AS BIGINT)", "x": "i * 10"}, THREE)
        assert in_bulk(planned(script), data, tmp_path / "out.csv").codes == [("KP632", "")]


@pytest.mark.parametrize("ending", ["parquet", "sqlite", "csv"])
def test_numbers_of_more_than_64_bits_are_exact(tmp_path: Path, ending: str) -> None:
    script = (
        "scheme s\nperiod 2009\ninput a, b : number -999999999999..999999999999\nlet 大 = a * b * 1000\n"
        "let 整 = round(大, 0)\nlet 总数 = count(a > 0 over all) * 1000000000000 * 1000000000\n"
        "item 基 10\ntotal 总 = 大\n"
    )
    rows = "1,999999999999,999999999998,1\n2,-999999999999,999999999998,1\n3,0.5,-0.01,1\n"
    (tmp_path / "s.csv").write_text(f"编号,a,b,基\n{rows}".replace("0.5", "5").replace("-0.01", "-1"), "utf-8")
    output = tmp_path / f"out.{ending}"
    assert run_bulk(planned(script), tmp_path / "s.csv", output, Settings()).written == 3
    if ending == "sqlite":
        with closing(sqlite3.connect(output)) as file:
            found = file.execute("SELECT 大, 整, 总数, 总 FROM results ORDER BY id").fetchall()
    else:
        with duckdb.connect() as connection:
            read = f"read_csv('{output}', all_varchar = true)" if ending == "csv" else f"'{output}'"
            found = connection.execute(f"SELECT 大, 整, 总数, 总 FROM {read} ORDER BY id").fetchall()
    big = 999999999999 * 999999999998 * 1000
    assert [tuple(int(Decimal(each)) for each in row) for row in found] == [
        (big, big, 10**21 * 2, big), (-big, -big, 10**21 * 2, -big), (-5000, -5000, 10**21 * 2, -5000)
    ]  # fmt: skip


def test_a_table_without_rows(tmp_path: Path) -> None:
    parquet(tmp_path / "s.parquet", COLUMNS, f"{THREE} WHERE i > 3")
    assert in_bulk(PLAN, tmp_path / "s.parquet", tmp_path / "out.csv").codes == [("KP620", "")]


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1xxxxxxxxPAR1", b"PAR1" + b"\0" * 8 + b"PARE", b"id,a\n1,2\n"])
def test_what_is_no_parquet_file(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "s.parquet").write_bytes(content)
    assert in_bulk(PLAN, tmp_path / "s.parquet", tmp_path / "out.csv").codes == [("KP604", "parquet")]


def test_a_damaged_parquet_file(tmp_path: Path) -> None:
    """The foot is whole, a page is not: told, whatever was turned over, or read as it is."""
    parquet(tmp_path / "s.parquet", COLUMNS | {"注": "REPEAT('x' || i, 50)", "a": "i"}, "range(1, 300) AS t(i)")
    content = (tmp_path / "s.parquet").read_bytes()
    for start in range(4, len(content) // 2, 311):
        damaged = content[:start] + bytes(255 - each for each in content[start : start + 40]) + content[start + 40 :]
        (tmp_path / "s.parquet").write_bytes(damaged)
        found = in_bulk(PLAN, tmp_path / "s.parquet", tmp_path / "out.csv")
        assert (found.rows is None) == any(each.severity.name == "ERROR" for each in found.findings)
        (tmp_path / "out.csv").unlink(missing_ok=True)


@pytest.mark.parametrize("ending", ["parquet", "db", "csv"])
def test_names_beside_ids_that_are_numbers(tmp_path: Path, ending: str) -> None:
    """Who has no name is called by the number."""
    names = {"name": "CASE WHEN i = 2 THEN '乙' END"}
    parquet(tmp_path / "a.parquet", COLUMNS | names, THREE)
    done = run_bulk(PLAN, tmp_path / "a.parquet", tmp_path / f"out.{ending}", Settings())
    assert (done.findings, done.written) == ([], 3)
    with duckdb.connect() as connection:
        if ending != "db":
            rows = connection.execute(f"SELECT id, name FROM '{tmp_path}/out.{ending}' ORDER BY id").fetchall()
        else:
            with closing(sqlite3.connect(tmp_path / "out.db")) as file:
                rows = file.execute("SELECT id, name FROM results ORDER BY id").fetchall()
    assert [(str(id_), name) for id_, name in rows] == [("1", "1"), ("2", "乙"), ("3", "3")]
