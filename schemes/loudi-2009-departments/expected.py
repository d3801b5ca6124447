"""The expected results of loudi-2009-departments, worked out from the document alone.

A second statement of 娄办发〔2009〕19号 for the city's departments, with the readings listed in notes.md.
It reads `data/` and writes `expected.csv`; all arithmetic is in fractions. Run it with: python expected.py
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]

VETOES = ("违反计划生育政策", "综治不达标", "节能减排未完成", "重大责任事故")


def read(table: str) -> list[Row]:
    """Read one table of the sample data."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def round_half_up(value: Fraction, places: int) -> Fraction:
    """Round a value of zero or more to so many places, halves upwards."""
    units = value * 10**places
    return Fraction((2 * units.numerator + units.denominator) // (2 * units.denominator), 10**places)


def plain(value: Fraction | bool | str | None) -> str:
    """Write a value as a cell: an exact decimal, yes or no, or nothing."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return value
    places = next(p for p in range(20) if (value * 10**p).denominator == 1)
    digits = str(value * 10**places).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def repeated(rows: list[Row], name: str) -> bool:
    """Say whether a name stands in more than one row."""
    return len({row[name] for row in rows}) != len(rows)


def findings(scored: list[Row], practical: list[Row]) -> str:
    """三: what is wrong with the tasks registered for a department."""
    found = []
    if not scored and not practical:
        found.append("承担指标任务,却没有登记任何指标")
    if repeated(scored, "指标名称"):
        found.append("同一项指标登记了不止一次")
    if repeated(practical, "实事名称"):
        found.append("同一件实事登记了不止一次")
    return "; ".join(found)


def main() -> None:
    """Work out every department and write expected.csv."""
    # 二: only departments that carry targets are appraised; an empty cell says they do.
    subjects = [row for row in read("subjects") if row["承担指标任务"] != "否"]
    scored: dict[str, list[Row]] = {row["编号"]: [] for row in subjects}  # 三: 100 points each
    practical: dict[str, list[Row]] = {row["编号"]: [] for row in subjects}  # 三: 为民办实事, done or not
    for table, ledger in (("指标考核", scored), ("为民办实事", practical)):
        for row in read(table):
            ledger.get(row["编号"], []).append(row)

    done: dict[str, bool] = {}
    passed: dict[str, bool] = {}
    grade: dict[str, str] = {}
    average: dict[str, Fraction] = {}  # only those with a scored target have one
    for s in subjects:
        key = s["编号"]
        points = [Fraction(row["得分"]) for row in scored[key]]
        if points:
            average[key] = round_half_up(sum(points, Fraction()) / len(points), 2)

        # 四(四)2(1)(2): each target must pass by itself, 60 passes; every practical task must be done.
        done[key] = all(row["完成"] == "是" for row in practical[key])
        passed[key] = all(p >= 60 for p in points)
        vetoed = any(s[v] == "是" for v in VETOES)
        grade[key] = "合格" if done[key] and passed[key] and not vetoed else "不合格"

    # 四(四)2(3): 30% of all, rounded down, by the average. A department gets a place if all that do
    # at least as well as it fit in: so those tied on the line get none.
    places = 3 * len(subjects) // 10
    eligible = [key for key in average if grade[key] == "合格"]
    for key in eligible:
        if sum(average[other] >= average[key] for other in eligible) <= places:
            grade[key] = "先进"

    results: list[dict[str, Fraction | bool | str | None]] = []
    for s in subjects:
        key = s["编号"]
        best, worst = grade[key] == "先进", grade[key] == "不合格"
        vetoed = any(s[v] == "是" for v in VETOES)
        ahead = [other for other in average if key in average and average[other] > average[key]]
        results.append(
            {
                "scheme": "娄底市市直责任部门绩效评估",
                "period": "2009",
                "id": key,
                "name": s["名称"],
                "实事全部完成": done[key],
                "各项得分过线": passed[key],
                "平均得分": average.get(key),
                "bonus": Fraction(0),
                "penalty": Fraction(0),
                "rank": Fraction(1 + len(ahead)) if key in average else None,
                "vetoed": vetoed,
                "grade": grade[key],
                # 五(一)
                "通报表彰": best,
                "一次性奖励": best,
                "主要负责人可评优秀": best,
                "主要负责人可申请记功": best and s["主要负责人事迹突出"] == "是",
                "公务员优秀比例": Fraction(25, 100) if best else Fraction(10, 100) if worst else None,
                # 五(二)
                "通报批评并限期整改": worst,
                "班子成员不得评优秀": worst,
                "不得参加其他评选": worst,
                "主要负责人书面检讨": worst,
                "组织部诫勉谈话": worst,
                "否决事项另行处理": vetoed,
                # 六(二)
                "依法依纪处理": s["弄虚作假"] == "是",
                "findings": findings(scored[key], practical[key]),
            }
        )

    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(results[0])
        writer.writerows([plain(value) for value in row.values()] for row in results)


if __name__ == "__main__":
    main()
