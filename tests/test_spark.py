"""Spark gives what every engine gives, on generated plans and on shipped schemes, and refuses what is not sound.

Four schemes, because each takes seconds; `KAOPING_SPARK=all pytest tests/test_spark.py` runs every one.
"""

from __future__ import annotations

import datetime
import importlib.util
import os
import random
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import generated_plans
from kaoping.data.read import read_dataset
from kaoping.engines import spark
from kaoping.engines.run import DataErrors, evaluated
from kaoping.engines.sql.coding import natural_type
from kaoping.engines.sql.dialects import SPARK
from kaoping.engines.sql.natural import asked_tables
from kaoping.plan.build import plan_scheme
from kaoping.plan.plan import Plan
from kaoping.source import Source
from kaoping.surroundings import Surroundings, shipped_scripts
from kaoping.typed import HISTORY
from kaoping.types import Kind, Type
from kaoping_dsl.parse import parse
from natural_tables import plain_rows, rows_of
from test_sql_printed import planned, recorded, same

MISSING = [
    *([] if importlib.util.find_spec("pyspark") else ["pyspark (pip install 'kaoping[spark]')"]),
    *([] if shutil.which("java") else ["Java 17"]),
]
pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason=f"SPARK IS NOT TESTED: {' and '.join(MISSING)} not found"),
    pytest.mark.xdist_group("spark"),  # one session for all
]
SCHEMES = ["loudi-2009", "quannan-2011-officials", "shenbei-hall-2006-year", "shenzhen-petitions-2003"]
if os.environ.get("KAOPING_SPARK") == "all":
    SCHEMES = sorted(shipped_scripts())
PLUGINS = Path(__file__).parents[1] / "plugins"


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    made = spark.local_session()
    made.sparkContext.setLogLevel("OFF")
    made.conf.set("spark.sql.shuffle.partitions", "1")
    yield made
    made.stop()


@pytest.mark.parametrize("seed", [1, 3, 5, 6, 8, 12])
def test_generated_plans_give_what_the_reference_gives(session: Any, seed: int) -> None:
    chance = random.Random(seed)
    made = generated_plans.made_plan if seed % 2 else generated_plans.made_aggregates
    plan, data = made(chance.randint), generated_plans.made_data(chance.randint)
    # stored results that do not count have no values in SQL, and nothing reads them
    keys = [key for key, each in plan.columns.items() if each.value is not None and key.frame.table != HISTORY]
    expected, problems = evaluated(plan, data, keys, "reference")
    got, found = spark.evaluated(plan, data, keys, session)
    assert got == expected
    assert len(found) == len(problems)


def test_functions_of_plugins_are_called_with_their_python_body(session: Any) -> None:
    path = PLUGINS / "jisheng" / "sample" / "scheme.kp"
    plan, _ = plan_scheme(parse(Source(path.name, path.read_text(encoding="utf-8")))[0], Surroundings(path.parent))
    assert plan is not None
    folder, plugins = path.parent / "data", [each.name for each in plan.plugins]
    data, problems = read_dataset(plan.inputs, folder, scheme=plan.scheme, period=plan.period, plugins=plugins)
    assert data is not None, problems
    assert plan.functions
    keys = [key for _, key in plan.results]
    assert spark.evaluated(plan, data, keys, session) == evaluated(plan, data, keys, "reference")


# ---------------------------------------------------------------- tables in natural types


def frames(name: str, session: Any) -> dict[str, Any]:
    plan, dataset, folder = planned(name)
    made = {}
    for asked in asked_tables(plan):
        shown = ", ".join(f"{SPARK.quoted(name)} {natural_type(type_, SPARK)}" for name, type_, _ in asked.columns)
        rows = [
            tuple(value(cell, type_) for cell, (_, type_, _) in zip(row, asked.columns, strict=True))
            for row in rows_of(asked, dataset, folder)
        ]
        made[asked.name] = session.createDataFrame(rows, shown)
    return made


def value(cell: str | None, type_: Type) -> object:
    match type_.kind:
        case _ if cell is None:
            return None
        case Kind.NUMBER:
            return Decimal(cell) if type_.places > 0 else int(cell)
        case Kind.BOOL:
            return cell == "yes"
        case Kind.DATE:
            return datetime.date.fromisoformat(cell)
        case _:
            return cell


@pytest.mark.parametrize("name", SCHEMES)
def test_a_shipped_scheme_gives_the_results_that_are_recorded(session: Any, name: str) -> None:
    plan = planned(name)[0]
    got = {row[2]: row for row in plain_rows(plan, spark.run(plan, session, frames(name, session)).collect())}
    expected = recorded(name)
    wrong = [
        (id_, column, mine, wanted)
        for id_, row in expected.items()
        for column, (mine, wanted) in enumerate(zip(got[id_], row, strict=True))
        if not same(mine, wanted)
    ]
    assert (wrong, len(got)) == ([], len(expected))


SMALL = """\
scheme 试验
period 2026
input 甲 : number 0..100 places 1
input 乙 : one of 高, 低
input 丙 : number 0..10 optional
records 通报
  层级 : one of 省, 市
item 分 100 = 甲
  deduct 1 per 通报 where 层级 = 省
"""


def small() -> Plan:
    scheme, syntax = parse(Source("t.kp", SMALL))
    plan, findings = plan_scheme(scheme, Surroundings())
    assert plan is not None, findings
    assert syntax == []
    return plan


def subjects(session: Any, *rows: tuple[object, ...], number: str = "DECIMAL(5,1)") -> Any:
    return session.createDataFrame(list(rows), f"id STRING, name STRING, `甲` {number}, `乙` STRING")


def codes(session: Any, frames: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(DataErrors) as refused:
        spark.run(small(), session, frames)
    return [(each.code, each.place or "") for each in refused.value.findings]


def test_what_is_not_sound_is_refused_with_our_own_findings(session: Any) -> None:
    wrong = subjects(
        session, ("1", "一", Decimal("100.5"), "高"), ("1", "二", None, "中"), ("", "三", Decimal("5.0"), "低")
    )
    reported = session.createDataFrame([("9", "省"), ("1", "县")], "id STRING, `层级` STRING")
    found = codes(session, {"subjects": wrong, "通报": reported})
    assert ("KP642", "subjects 甲") in found
    assert ("KP640", "subjects 甲") in found
    assert ("KP630", "subjects id") in found
    assert ("KP631", "subjects id") in found
    assert ("KP646", "通报 层级") in found
    assert ("KP632", "通报 id") in found


def test_numbers_that_are_not_exact_are_never_read(session: Any) -> None:
    assert codes(session, {"subjects": subjects(session, ("1", "一", 5.0, "高"), number="DOUBLE")}) == [
        ("KP703", "subjects 甲")
    ]


def test_a_session_without_ansi_mode_is_refused(session: Any) -> None:
    session.conf.set("spark.sql.ansi.enabled", "false")
    try:
        assert codes(session, {}) == [("KP702", "")]
    finally:
        session.conf.set("spark.sql.ansi.enabled", "true")


def test_results_are_written_to_parquet_in_natural_types(session: Any, tmp_path: Path) -> None:
    given = {"subjects": subjects(session, ("1", "一", Decimal("92.5"), "高"))}
    spark.run(small(), session, given, str(tmp_path / "out"))
    read = session.read.parquet(str(tmp_path / "out"))
    assert dict(read.dtypes)["total"].startswith("decimal")
    assert [(row["total"], row["findings"]) for row in read.collect()] == [(Decimal("92.5"), None)]
