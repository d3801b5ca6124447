"""The same rules in other libraries, as their users would write them. What is not installed is left out, loudly.

All read the coded units, and hold them as their users would before the clock starts. They give the nine columns of
`by_hand`, as whole numbers. Engines that take one unit at a time are in `peers_by_unit`.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from bench.bulk.agree import of_arrays
from bench.bulk.made import ID, SATISFACTION, YES_NO, events_folder, folder, units_coded
from bench.made import BONUS, CLASSES, INPUTS, PENALTY, TARGETS, VETOES

NINE = (ID, "指标部分", "公众部分", "内部评估", "bonus", "penalty", "总分", "名次", "grade")


class Form(NamedTuple):
    """As in `forms`, which needs kaoping; this module needs nothing but what each form is about."""

    load: Callable[[], Any]
    run: Callable[[Any], Any]
    number: Callable[[Any, Any], str]


def forms(size: int) -> dict[str, Form]:
    """Every form, whether it can run here or not."""
    file = str(units_coded(size))
    return {
        "C, one core (limit)": Form(partial(_c_load, file), _c_run, _arrays),
        "polars": Form(partial(_polars_load, file), lambda units: _polars(units).collect(), _frame),
        "pandas": Form(partial(_pandas_load, file), _pandas, _frame),
        "OpenFisca, whole numbers": Form(partial(_openfisca_load, file), _openfisca, _arrays),
        "polars, Parquet, coded": Form(lambda: file, _polars_file, _polars_number),
    }


def _arrays(_: Any, columns: Mapping[str, Any]) -> str:
    return of_arrays([columns[name] for name in NINE])


def columns_of(file: str) -> dict[str, Any]:
    """The coded units as numpy arrays."""
    import numpy
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(file)
    return {name: numpy.ascontiguousarray(table.column(name).to_numpy()) for name in table.column_names}


# ---------------------------------------------------------------- C: what one core can do

_C = """
#include <stdint.h>
#include <stdlib.h>
enum {{ LOW = -6000, WIDTH = 112001, BLOCK = 2048 }};
static int least(int a, int b) {{ return a < b ? a : b; }}
void appraise(long n, void **in, void **out) {{
  const int8_t *kind = in[0];
  const int32_t *kpi = in[1], *open = in[2], *lead = in[3], *peer = in[4], *content = in[30];
  int32_t *a = out[0], *b = out[1], *c = out[2], *plus = out[3], *minus = out[4], *total = out[5], *rank = out[6];
  int8_t *grade = out[7];
  int32_t *upto = calloc(3L * WIDTH, 4), *first = calloc(3L * WIDTH, 4); long members[3] = {{0, 0, 0}};
  static const int worth[16] = {{{points}}};
  for (long start = 0; start < n; start += BLOCK) {{
    long end = start + BLOCK < n ? start + BLOCK : n;
    for (long i = start; i < end; i++) {{
      a[i] = 6 * kpi[i]; b[i] = 3 * open[i]; c[i] = 5 * (lead[i] + peer[i]); plus[i] = minus[i] = 0;
    }}
    for (int k = 0; k < 16; k++) {{
      const int8_t *times = in[5 + k]; int32_t *sum = k < 8 ? plus : minus;
      for (long i = start; i < end; i++) sum[i] += worth[k] * times[i];
    }}
    for (long i = start; i < end; i++) {{
      plus[i] = least(plus[i], 5000); minus[i] = least(minus[i], 5000);
      int exact = 10 * (a[i] + b[i]) + c[i] + 100 * (plus[i] - minus[i]);
      total[i] = exact >= 0 ? (exact + 50) / 100 : -((50 - exact) / 100);
      int fine = total[i] >= 60000, met = content[i] >= 6000;
      for (int k = 21; k < 25; k++) fine &= !((const uint8_t *)in[k])[i];
      for (int k = 25; k < 30; k++) met &= ((const uint8_t *)in[k])[i];
      grade[i] = fine + 2 * (fine & met);
    }}
    for (long i = start; i < end; i++) {{
      members[kind[i]]++;
      if (grade[i] == 3) upto[kind[i] * (long)WIDTH + total[i] - LOW]++;
    }}
  }}
  for (long k = 0; k < 3; k++) for (long t = WIDTH - 1, before = 0; t >= 0; t--) {{
    long at = k * WIDTH + t;
    first[at] = before + 1; before += upto[at]; upto[at] = before <= members[k] * 30 / 100;
  }}
  for (long i = 0; i < n; i++) {{
    if (grade[i] != 3) {{ rank[i] = 0; continue; }}
    long at = kind[i] * (long)WIDTH + total[i] - LOW;
    rank[i] = first[at]; grade[i] = 1 + upto[at];
  }}
  free(upto); free(first);
}}
"""


def _c_load(file: str) -> tuple[Any, dict[str, Any]]:
    points = ", ".join(map(str, (*BONUS.values(), *PENALTY.values())))
    with tempfile.TemporaryDirectory() as made:
        source, library = Path(made) / "units.c", Path(made) / "units.so"
        source.write_text(_C.format(points=points), encoding="ascii")
        subprocess.run(["cc", "-O3", "-march=native", "-shared", "-fPIC", "-o", library, source], check=True)
        return ctypes.CDLL(str(library)).appraise, columns_of(file)


def _c_run(state: tuple[Any, dict[str, Any]]) -> dict[str, Any]:
    import numpy

    appraise, units = state
    number = len(units[ID])
    made = {name: numpy.empty(number, numpy.int8 if name == "grade" else numpy.int32) for name in NINE[1:]}

    def pointers(arrays: list[Any]) -> Any:
        return (ctypes.c_void_p * len(arrays))(*(each.ctypes.data for each in arrays))

    appraise(ctypes.c_long(number), pointers([units[name] for name in INPUTS]), pointers(list(made.values())))
    return {ID: units[ID], **made}


# ---------------------------------------------------------------- polars


def _polars_load(file: str) -> Any:
    import polars

    return polars.read_parquet(file).lazy()


def _polars(units: Any) -> Any:
    import polars as pl

    col = pl.col

    def points(of: Mapping[str, int]) -> Any:
        return pl.min_horizontal(5000, pl.sum_horizontal(col(name).cast(pl.Int32) * each for name, each in of.items()))

    units = units.select(
        ID, "类别", (6 * col("指标")).alias("指标部分"), (3 * col("公众")).alias("公众部分"),
        (5 * (col("领导") + col("同级"))).alias("内部评估"),
        bonus=points(BONUS).cast(pl.Int32), penalty=points(PENALTY).cast(pl.Int32), vetoed=pl.any_horizontal(*VETOES),
        met=pl.all_horizontal(*TARGETS) & (col(SATISFACTION) >= 6000),
    )  # fmt: skip
    exact = 10 * (col("指标部分") + col("公众部分")) + col("内部评估") + 100 * (col("bonus") - col("penalty"))
    units = units.with_columns(exact=exact)
    rounded = pl.when(col("exact") >= 0).then((col("exact") + 50) // 100).otherwise(-((50 - col("exact")) // 100))
    units = units.with_columns(rounded.alias("总分"))
    units = units.with_columns(passed=~col("vetoed") & (col("总分") >= 60000))
    units = units.with_columns(among=pl.when(col("passed") & col("met")).then(col("总分")))
    units = units.with_columns(
        col("among").rank("min", descending=True).over("类别").alias("名次"),
        upto=col("among").rank("max", descending=True).over("类别"),
        members=pl.len().over("类别"),
    )
    best = (col("upto") <= col("members") * 30 // 100).fill_null(value=False)
    grade = pl.when(~col("passed")).then(0).when(best).then(2).otherwise(1).cast(pl.Int8)
    return units.select(*NINE[:-1], grade=grade)


def _polars_file(file: str) -> Path:
    import polars

    target = folder() / f"results-{os.getpid()}-polars.parquet"
    _polars(polars.scan_parquet(file)).sink_parquet(target)
    return target


def _polars_number(_: Any, file: Path) -> str:
    import polars

    return _frame(None, polars.read_parquet(file))


def _frame(_: Any, frame: Any) -> str:
    """The number of a data frame of either library; who has no rank has 0."""
    ranks = frame["名次"]
    ranks = ranks.fill_null(0) if hasattr(ranks, "fill_null") else ranks.fillna(0)
    return of_arrays([ranks.to_numpy() if name == "名次" else frame[name].to_numpy() for name in NINE])


# ---------------------------------------------------------------- pandas


def _pandas_load(file: str) -> Any:
    import pandas

    return pandas.read_parquet(file)


def _pandas(units: Any) -> Any:
    import numpy
    import pandas

    made = pandas.DataFrame({ID: units[ID], "指标部分": 6 * units["指标"], "公众部分": 3 * units["公众"]})
    made["内部评估"] = 5 * (units["领导"] + units["同级"])
    for column, points in (("bonus", BONUS), ("penalty", PENALTY)):
        made[column] = sum(units[name].astype("int32") * each for name, each in points.items()).clip(upper=5000)
    exact = 10 * (made["指标部分"] + made["公众部分"]) + made["内部评估"] + 100 * (made["bonus"] - made["penalty"])
    made["总分"] = ((exact.abs() + 50) // 100) * numpy.sign(exact)
    passed = (made["总分"] >= 60000) & ~units[list(VETOES)].any(axis=1)
    candidate = passed & units[list(TARGETS)].all(axis=1) & (units[SATISFACTION] >= 6000)
    among = made["总分"].where(candidate).groupby(units["类别"])
    made["名次"] = among.rank(method="min", ascending=False)
    places = units.groupby("类别")["类别"].transform("size") * 30 // 100
    best = among.rank(method="max", ascending=False) <= places
    made["grade"] = numpy.select([~passed, candidate & best], [0, 2], 1)
    return made


# ---------------------------------------------------------------- OpenFisca


def _openfisca_load(file: str) -> tuple[Any, dict[str, Any]]:
    """A country of one kind of entity; whole numbers, since its own amounts are 32-bit floats and not exact."""
    import numpy
    from openfisca_core.entities import Entity
    from openfisca_core.periods import YEAR
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    entity = Entity("unit", "units", "unit", "")
    country = TaxBenefitSystem([entity])

    def add(name: str, kind: type, formula: Any = None) -> None:
        facts: dict[str, Any] = {"value_type": kind, "entity": entity, "definition_period": YEAR, "label": name}
        if formula is not None:
            facts["formula"] = lambda unit, period: formula(lambda other: unit(other, period))
        country.add_variable(type(name, (Variable,), facts))

    def points(of: Mapping[str, int]) -> Any:
        return lambda unit: numpy.minimum(5000, sum(unit(name) * each for name, each in of.items()))

    def total(unit: Any) -> Any:
        exact = 10 * (unit("指标部分") + unit("公众部分")) + unit("内部评估") + 100 * (unit("bonus") - unit("penalty"))
        return numpy.where(exact >= 0, (exact + 50) // 100, -((50 - exact) // 100))

    def passed(unit: Any) -> Any:
        return (unit("总分") >= 60000) & ~numpy.logical_or.reduce([unit(each) for each in VETOES])

    def candidate(unit: Any) -> Any:
        met = numpy.logical_and.reduce([unit(each) for each in TARGETS])
        return unit("passed") & met & (unit(SATISFACTION) >= 6000)

    def placed(unit: Any) -> tuple[Any, Any]:
        """Ranks, and whether there is a place; its own get_rank gives alike units different ranks."""
        kind, totals, candidates = unit("类别"), unit("总分"), unit("candidate")
        ranks, best = numpy.zeros(len(totals), numpy.int32), numpy.zeros(len(totals), bool)
        for code in range(len(CLASSES)):
            members = kind == code
            (among,) = numpy.nonzero(members & candidates)
            _, which, counts = numpy.unique(-totals[among], return_inverse=True, return_counts=True)
            upto = counts.cumsum()
            ranks[among] = (upto - counts + 1)[which]
            best[among] = (upto <= int(members.sum()) * 30 // 100)[which]
        return ranks, best

    for name in INPUTS:
        add(name, bool if name in YES_NO else int)
    add("指标部分", int, lambda unit: 6 * unit("指标"))
    add("公众部分", int, lambda unit: 3 * unit("公众"))
    add("内部评估", int, lambda unit: 5 * (unit("领导") + unit("同级")))
    add("bonus", int, points(BONUS))
    add("penalty", int, points(PENALTY))
    add("总分", int, total)
    add("passed", bool, passed)
    add("candidate", bool, candidate)
    add("名次", int, lambda unit: placed(unit)[0])
    add("grade", int, lambda unit: unit("passed") * 1 + placed(unit)[1] * 1)
    return country, columns_of(file)


def _openfisca(state: tuple[Any, dict[str, Any]]) -> dict[str, Any]:
    from openfisca_core.simulations import SimulationBuilder

    country, units = state
    simulation = SimulationBuilder().build_default_simulation(country, count=len(units[ID]))
    for name in INPUTS:
        simulation.set_input(name, "2026", units[name])
    return {ID: units[ID], **{name: simulation.calculate(name, "2026") for name in NINE[1:]}}


# ---------------------------------------------------------------- case records


def events(records: int, subjects: int) -> dict[str, Form]:
    """What is deducted and left of those who have records; polars from Parquet to Parquet, pandas in memory."""
    file = str(events_folder(records, subjects) / "案件.parquet")

    def number(_: Any, made: Any) -> str:
        if isinstance(made, Path):
            import polars

            made = polars.read_parquet(made)
        return of_arrays([made[name].to_numpy() for name in (ID, "扣分", "得分")])

    return {
        "polars, streaming, only who has records": Form(lambda: file, _polars_events, number),
        "pandas, in memory, only who has records": Form(partial(_pandas_load, file), _pandas_events, number),
    }


def _polars_events(file: str) -> Path:
    import polars as pl

    level = pl.col("级别")
    worth = pl.when(level == "国家").then(30).when(level == "省").then(20).otherwise(10)
    taken = pl.when("属实").then(worth).otherwise(0) + pl.when(pl.col("逾期") > 0).then(5).otherwise(0)
    summed = pl.scan_parquet(file).group_by(ID).agg(taken.cast(pl.Int64).sum().alias("扣分"))
    target = folder() / f"results-{os.getpid()}-polars.parquet"
    summed.with_columns(pl.max_horizontal(0, 200 - pl.col("扣分")).alias("得分")).sink_parquet(target)
    return target


def _pandas_events(cases: Any) -> Any:
    worth = cases["级别"].map({"国家": 30, "省": 20, "市": 10}).astype("int64").where(cases["属实"], 0)
    summed = (worth + 5 * (cases["逾期"] > 0)).groupby(cases[ID]).sum().rename("扣分").reset_index()
    summed["得分"] = (200 - summed["扣分"]).clip(lower=0)
    return summed
