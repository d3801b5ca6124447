"""The SQL that a person writes for DuckDB.

For the rules of the units: the same columns as the scheme gives, and only the nine that the rules are about; each as
fast as we can write it, from distinct totals counted and joined back, and with windows over all rows, which is how one
writes it first. For the case records: with every subject, and only with those who have a case.
"""

from __future__ import annotations

from collections.abc import Mapping

from bench.bulk.made import CODED, COUNTS, ID, SATISFACTION, YES_NO
from bench.made import BONUS, CLASSES, GRADES, INPUTS, PENALTY, SCORES, TARGETS, VETOES

NINE = (ID, "指标部分", "公众部分", "内部评估", "bonus", "penalty", "总分", "名次", "grade")
"""What all forms give: parts in thousandths, points and totals in hundredths; grades 0, 1, 2."""
LABELS = tuple(reversed(GRADES))


def coded(file: str, *, classes: bool = True) -> str:
    """The Parquet file of the units as whole numbers: what a table in memory holds, and what a file is read as; the
    `classes` as numbers, too, or as the texts they are.
    """
    arms = " ".join(f"WHEN '{label}' THEN {code}" for code, label in enumerate(CLASSES))
    shown = {name: name for name in INPUTS}
    shown["类别"] = f"CAST(CASE 类别 {arms} END AS TINYINT)" if classes else "类别"
    shown |= {name: f"CAST({name} * 100 AS {CODED[name]})" for name in SCORES}
    shown[SATISFACTION] = f"CAST({SATISFACTION} * 10000 AS INTEGER)"
    shown |= {name: f"CAST({name} AS INTEGER)" for name in COUNTS}
    return f"SELECT {ID}, {', '.join(f'{text} AS {name}' for name, text in shown.items())} FROM read_parquet('{file}')"


def coded_text(file: str) -> str:
    """The same of the CSV file."""
    arms = " ".join(f"WHEN '{label}' THEN {code}" for code, label in enumerate(CLASSES))
    kinds = {"类别": "VARCHAR", SATISFACTION: "VARCHAR"} | dict.fromkeys(SCORES, "DECIMAL(7,2)")
    kinds |= dict.fromkeys(COUNTS, "INTEGER") | dict.fromkeys(YES_NO, "VARCHAR")
    listed = ", ".join(f"'{name}': '{kind}'" for name, kind in ({ID: "BIGINT"} | {n: kinds[n] for n in INPUTS}).items())
    shown = {"类别": f"CAST(CASE 类别 {arms} END AS TINYINT)"}
    shown |= {name: f"CAST({name} * 100 AS INTEGER)" for name in SCORES}
    shown |= {name: f"({name} = '是')" for name in YES_NO}
    shown[SATISFACTION] = f"CAST(CAST(RTRIM({SATISFACTION}, '%') AS DECIMAL(5,2)) * 100 AS INTEGER)"
    replaced = ", ".join(f"{text} AS {name}" for name, text in shown.items())
    return f"SELECT * REPLACE ({replaced}) FROM read_csv('{file}', header = true, columns = {{{listed}}})"


def _points(points: Mapping[str, int]) -> str:
    return f"CAST(LEAST(5000, {' + '.join(f'{name} * {value}' for name, value in points.items())}) AS INTEGER)"


def _candidates(source: str) -> str:
    """All that a unit has by itself; in thousandths, hundredths and whole numbers."""
    return f"""
b AS (
  SELECT {ID}, 类别, 6 * 指标 AS 指标部分, 3 * 公众 AS 公众部分, 5 * (领导 + 同级) AS 内部评估,
    {_points(BONUS)} AS bonus, {_points(PENALTY)} AS penalty,
    ({" OR ".join(VETOES)}) AS vetoed, ({" AND ".join(TARGETS)} AND {SATISFACTION} >= 6000) AS met
  FROM {source}),
e AS (SELECT *, 10 * (指标部分 + 公众部分) + 内部评估 + 100 * (bonus - penalty) AS exact FROM b),
t AS (
  SELECT * EXCLUDE (exact),
    CAST(CASE WHEN exact >= 0 THEN (exact + 50) // 100 ELSE -((50 - exact) // 100) END AS INTEGER) AS 总分
  FROM e),
q AS MATERIALIZED (
  SELECT *, 总分 >= 60000 AND NOT vetoed AS passed, 总分 >= 60000 AND NOT vetoed AND met AS 候选 FROM t)"""


def same_columns(source: str, *, windows: bool, labels: bool) -> str:
    """What the scheme gives, ranked among the candidates of the class and among all; `labels` as people read it."""
    d = _decimal if labels else _plain
    parts = ", ".join(f"{d(f'10 * {name}', 4)} AS {name}" for name in NINE[1:4])
    grade = _case("CASE WHEN NOT passed THEN 0 WHEN 候选 AND best THEN 2 ELSE 1 END", LABELS if labels else ())
    head = f"{_constant('县市区评估')} AS scheme, {_constant('2009')} AS period, " if labels else ""
    nothing = _constant("")
    return f"""WITH {_candidates(source)}, {_WINDOWS if windows else _COUNTED}
SELECT {head}{ID} AS id, {f"{nothing} AS name, " if labels else ""}{_case("类别", CLASSES if labels else ())} AS 类别,
  {parts}, {d("总分", 2)} AS 总分, 候选, {d("CASE WHEN 候选 THEN 总分 END", 2)} AS 候选分,
  CASE WHEN 候选 THEN 名次 END AS 名次, {d("bonus // 10", 1)} AS bonus, {d("penalty // 10", 1)} AS penalty,
  place AS rank, vetoed, {grade} AS grade{f", {nothing} AS findings" if labels else ""}
FROM j"""


_COUNTED = """
h AS (SELECT 类别, 总分, COUNT(*) AS n, COUNT(*) FILTER (候选) AS k FROM q GROUP BY 类别, 总分),
o AS (SELECT 总分, CAST(SUM(SUM(n)) OVER (ORDER BY 总分 DESC) - SUM(n) + 1 AS BIGINT) AS place FROM h GROUP BY 总分),
u AS (
  SELECT 类别, 总分, k, CAST(SUM(k) OVER (PARTITION BY 类别 ORDER BY 总分 DESC) AS BIGINT) AS upto,
    CAST(SUM(n) OVER (PARTITION BY 类别) AS BIGINT) * 30 // 100 AS quota
  FROM h),
r AS (SELECT 类别, 总分, upto - k + 1 AS 名次, upto <= quota AS best, place FROM u JOIN o USING (总分)),
j AS (SELECT q.*, r.名次, r.best, r.place FROM q JOIN r ON q.类别 = r.类别 AND q.总分 = r.总分)"""
"""One histogram of classes and totals serves all three comparisons, joined back once."""

_WINDOWS = """
j AS (
  SELECT *, RANK() OVER (PARTITION BY 类别, 候选 ORDER BY 总分 DESC) AS 名次, RANK() OVER (ORDER BY 总分 DESC) AS place,
    COUNT(*) OVER (PARTITION BY 类别, 候选 ORDER BY 总分 DESC RANGE UNBOUNDED PRECEDING)
      <= COUNT(*) OVER (PARTITION BY 类别) * 30 // 100 AS best
  FROM q)"""


def nine_columns(source: str, *, windows: bool) -> str:
    """The nine columns, coded; ranked by distinct totals joined back, or by windows over all rows."""
    shown = f"q.{ID}, q.指标部分, q.公众部分, q.内部评估, q.bonus, q.penalty, q.总分"
    if windows:
        return f"""WITH {_candidates(source).replace("MATERIALIZED", "")},
w AS (
  SELECT *, CASE WHEN 候选 THEN RANK() OVER (PARTITION BY 类别, 候选 ORDER BY 总分 DESC) END AS 名次,
    COUNT(*) OVER (PARTITION BY 类别, 候选 ORDER BY 总分 DESC RANGE UNBOUNDED PRECEDING) AS upto,
    COUNT(*) OVER (PARTITION BY 类别) AS members
  FROM q)
SELECT {shown.replace("q.", "w.")}, w.名次,
  CASE WHEN NOT passed THEN 0 WHEN 候选 AND upto <= members * 30 // 100 THEN 2 ELSE 1 END AS grade
FROM w"""
    return f"""WITH {_candidates(source)},
h AS (SELECT 类别, 总分, COUNT(*) AS k FROM q WHERE 候选 GROUP BY 类别, 总分),
u AS (SELECT *, CAST(SUM(k) OVER (PARTITION BY 类别 ORDER BY 总分 DESC) AS BIGINT) AS upto FROM h),
n AS (SELECT 类别, COUNT(*) * 30 // 100 AS quota FROM q GROUP BY 类别),
r AS (SELECT 类别, 总分, upto - k + 1 AS 名次, upto <= quota AS best FROM u JOIN n USING (类别))
SELECT {shown}, r.名次, CASE WHEN NOT q.passed THEN 0 WHEN r.best THEN 2 ELSE 1 END AS grade
FROM q LEFT JOIN r ON q.候选 AND q.类别 = r.类别 AND q.总分 = r.总分"""


def as_first_written(source: str) -> str:
    """The nine columns as one writes them first: classes and grades are texts, numbers have 64 bits, and all that is
    compared is compared in windows over all rows.
    """
    plain = nine_columns(source, windows=True)
    for name in ("指标", "公众", "领导", "同级", *BONUS, *PENALTY):
        plain = plain.replace(f" {name} * ", f" CAST({name} AS BIGINT) * ").replace(
            f"* {name} ", f"* CAST({name} AS BIGINT) "
        )
    plain = plain.replace("(领导 + 同级)", "(CAST(领导 AS BIGINT) + 同级)").replace(" AS INTEGER)", " AS BIGINT)")
    low, middle, high = (f"'{label}'" for label in LABELS)
    return plain.replace("THEN 0 WHEN", f"THEN {low} WHEN").replace(
        "THEN 2 ELSE 1 END", f"THEN {high} ELSE {middle} END"
    )


def of_scheme(source: str, *, labels: bool) -> list[str]:
    """The nine from the columns of the scheme, as whole numbers again: for the number that shows agreement."""
    if not labels:
        parts = [f"{name} // 10" for name in NINE[1:4]]
        return ["id", *parts, "bonus * 10", "penalty * 10", "总分", "COALESCE(名次, 0)", "grade"]
    grade = " ".join(f"WHEN '{label}' THEN {code}" for code, label in enumerate(LABELS))
    parts = [f"{name} * 1000" for name in NINE[1:4]]
    return ["id", *parts, "bonus * 100", "penalty * 100", "总分 * 100", "COALESCE(名次, 0)", f"CASE grade {grade} END"]


def _case(code: str, labels: tuple[str, ...]) -> str:
    """A label by its code, as a closed list of texts; or the code."""
    if not labels:
        return code
    listed = ", ".join(f"'{label}'" for label in labels)
    arms = " ".join(f"WHEN {at} THEN CAST('{label}' AS ENUM({listed}))" for at, label in enumerate(labels))
    return f"CASE {code} {arms} END"


def _constant(text: str) -> str:
    """A text that is the same in every row, as a list of one; nothing where it is empty."""
    held = f"'{text}'" if text else "NULL"
    return f"CAST({held} AS ENUM('{text}'))"


def _decimal(value: str, places: int) -> str:
    unit = f"CAST('0.{'0' * (places - 1)}1' AS DECIMAL({places},{places}))"
    return f"CAST(CAST({value} AS DECIMAL(9,0)) * {unit} AS DECIMAL(9,{places}))"


def _plain(value: str, places: int) -> str:
    return value


# ---------------------------------------------------------------- case records

_DEDUCTED = """CAST(SUM(
    CASE WHEN 属实 THEN CASE 级别 WHEN '国家' THEN 30 WHEN '省' THEN 20 ELSE 10 END ELSE 0 END
    + CASE WHEN 逾期 > 0 THEN 5 ELSE 0 END) AS BIGINT) AS 扣分"""


def events(records: str, subjects: str | None) -> str:
    """What is deducted and what is left: for all subjects, or only for those with records."""
    summed = f"SELECT {ID}, {_DEDUCTED} FROM {records} GROUP BY {ID}"
    if subjects is None:
        return f"SELECT {ID} AS id, 扣分, GREATEST(0, 200 - 扣分) AS 得分 FROM ({summed}) AS d"
    return (
        f"SELECT s.{ID} AS id, COALESCE(扣分, 0) AS 扣分, GREATEST(0, 200 - COALESCE(扣分, 0)) AS 得分 "
        f"FROM {subjects} AS s LEFT JOIN ({summed}) AS d ON s.{ID} = d.{ID}"
    )
