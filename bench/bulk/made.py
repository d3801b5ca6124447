"""The populations, as Parquet and CSV made by DuckDB from hashes of row numbers; the scripts that appraise them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.made import BONUS, CLASSES, INPUTS, PENALTY, SCORES, TARGETS, VETOES, units, units_script

ID = "编号"
SATISFACTION = "满意度"
COUNTS = (*BONUS, *PENALTY)
YES_NO = (*VETOES, *TARGETS)
CODED = {"类别": "TINYINT", **dict.fromkeys((*SCORES, SATISFACTION), "INTEGER")}
"""What columns are held as where they are whole numbers; counts are TINYINT, the rest BOOLEAN."""

LEVELS = ("国家", "省", "市")
EVENTS_SCRIPT = """\
scheme 案件扣分
period 2026
subject 单位
records 案件
  级别 : one of 国家, 省, 市
  属实 : yes/no
  逾期 : count 0..1000
let 扣分 = sum(case 级别 [国家: 30, 省: 20, 市: 10] over 案件 where 属实) + 5 * count(案件 where 逾期 > 0)
let 得分 = max(0, 200 - 扣分)
"""


def folder() -> Path:
    """Where populations are kept from one run to the next: KAOPING_BENCH_DATA, or a folder for temporary files."""
    made = Path(os.environ.get("KAOPING_BENCH_DATA") or Path(tempfile.gettempdir()) / "kaoping-bench")
    made.mkdir(parents=True, exist_ok=True)
    return made


def _chance(number: int) -> str:
    """A number below a million for each row."""
    return f"CAST(hash(i * 1000 + {number}) % 1000000 AS INTEGER)"


def _coded(number: int) -> dict[str, str]:
    """The inputs of a row as whole numbers, of the kind that `bench.made.units` draws."""
    kind = _chance(1)
    columns = {"类别": f"CASE WHEN {kind} < 200000 THEN 0 WHEN {kind} < 700000 THEN 1 ELSE 2 END"}
    for at, name in enumerate(SCORES):
        low, drawn = _chance(10 + at), _chance(20 + at)
        columns[name] = f"CASE WHEN {low} < 100000 THEN {drawn} % 100001 ELSE 50000 + {drawn} % 50001 END"
    for at, name in enumerate(COUNTS):
        drawn = _chance(30 + at)
        columns[name] = f"CASE WHEN {drawn} < 600000 THEN 0 WHEN {drawn} < 900000 THEN 1 ELSE 2 END"
    columns |= {name: f"{_chance(60 + at)} < 10000" for at, name in enumerate(VETOES)}
    columns |= {name: f"{_chance(70 + at)} < 900000" for at, name in enumerate(TARGETS)}
    return columns | {SATISFACTION: f"4000 + {_chance(80)} % 6001"}


def _type(name: str) -> str:
    return CODED.get(name) or ("TINYINT" if name in COUNTS else "BOOLEAN")


def _write(connection: Any, query: str, file: Path) -> None:
    options = "HEADER true" if file.suffix == ".csv" else "FORMAT parquet, COMPRESSION zstd"
    half = file.with_name(f"half-{file.name}")
    connection.execute(f"COPY ({query}) TO '{half}' ({options})")
    half.replace(file)


def units_coded(number: int) -> Path:
    """The units as whole numbers, in Parquet: the cases that go wrong, then units by chance."""
    file = folder() / f"units-{number}-coded.parquet"
    if not file.exists():
        import duckdb

        drawn = _coded(number)
        shown = ", ".join(f"CAST({drawn[name]} AS {_type(name)}) AS {name}" for name in INPUTS)
        cases = units(64)[:number]
        values = ", ".join(str((at, *(int(each) for each in row))) for at, row in enumerate(cases))
        held = ", ".join(f"CAST({name} AS {_type(name)}) AS {name}" for name in INPUTS)
        with duckdb.connect() as connection:
            _write(
                connection,
                f"SELECT CAST({ID} AS INTEGER) AS {ID}, {held} FROM (VALUES {values}) AS t({ID}, {', '.join(INPUTS)}) "
                f"UNION ALL SELECT CAST(i AS INTEGER), {shown} FROM range({len(cases)}, {number}) AS t(i)",
                file,
            )
    return file


def units_file(number: int, suffix: str) -> Path:
    """The units as an office has them: decimals, the class as text; in Parquet, or in CSV."""
    file = folder() / f"units-{number}{suffix}"
    if not file.exists():
        import duckdb

        arms = " ".join(f"WHEN {code} THEN '{label}'" for code, label in enumerate(CLASSES))
        shown = {name: name for name in INPUTS}
        shown["类别"] = f"CASE 类别 {arms} END"
        shown |= {name: f"CAST({name} AS DECIMAL(7,0)) * CAST('0.01' AS DECIMAL(2,2))" for name in SCORES}
        shown[SATISFACTION] = f"CAST({SATISFACTION} AS DECIMAL(5,0)) * CAST('0.0001' AS DECIMAL(4,4))"
        if suffix == ".csv":
            shown |= {name: f"CASE WHEN {name} THEN '是' ELSE '否' END" for name in YES_NO}
            shown[SATISFACTION] = f"CONCAT(CAST({SATISFACTION} AS DECIMAL(5,0)) * CAST('0.01' AS DECIMAL(2,2)), '%')"
        else:
            shown |= {name: f"CAST({shown[name]} AS DECIMAL(7,2))" for name in SCORES}
            shown[SATISFACTION] = f"CAST({shown[SATISFACTION]} AS DECIMAL(5,4))"
        listed = ", ".join(f"{text} AS {name}" for name, text in shown.items())
        with duckdb.connect() as connection:
            _write(connection, f"SELECT {ID}, {listed} FROM '{units_coded(number)}' ORDER BY {ID}", file)
    return file


def script_file(name: str) -> Path:
    """The script of the `units`, or of the `events`."""
    file = folder() / f"{name}.kp"
    file.write_text(units_script() if name == "units" else EVENTS_SCRIPT, encoding="utf-8")
    return file


def events_folder(records: int, subjects: int) -> Path:
    """The subjects and their case records, two files of Parquet."""
    made = folder() / f"events-{records}-{subjects}"
    made.mkdir(exist_ok=True)
    files: Sequence[tuple[str, str]] = (
        ("subjects", f"SELECT CAST(i AS INTEGER) AS {ID} FROM range({subjects}) AS t(i)"),
        (
            "案件",
            f"SELECT CAST(hash(i * 1000 + 1) % {subjects} AS INTEGER) AS {ID}, "
            f"CASE WHEN {_chance(2)} < 100000 THEN '国家' WHEN {_chance(2)} < 400000 THEN '省' ELSE '市' END AS 级别, "
            f"{_chance(3)} < 400000 AS 属实, CAST(GREATEST(0, {_chance(4)} % 90 - 60) AS SMALLINT) AS 逾期 "
            f"FROM range({records}) AS t(i)",
        ),
    )
    import duckdb

    with duckdb.connect() as connection:
        for name, query in files:
            if not (made / f"{name}.parquet").exists():
                _write(connection, query, made / f"{name}.parquet")
    return made
