"""The expected results of harbin-grids-2011, worked out from the document alone.

A second statement of what 哈办发〔2011〕14号 says about grids, with the readings listed in notes.md.
It reads `data/` and writes `expected.csv`; all arithmetic is in fractions. Run it with: python expected.py
"""

from __future__ import annotations

import csv
from datetime import date
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]
Cell = Fraction | bool | str | int

CHECKS = ("自查", "互查", "抽查", "检查")
# the calendar weeks of December 2011, from Monday, cut by the month
WEEKS = ((1, 4), (5, 11), (12, 18), (19, 25), (26, 31))


def read(table: str) -> list[Row]:
    """Read one table of the sample data."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def round_half_up(value: Fraction, places: int) -> Fraction:
    """Round a value of zero or more to so many places, halves upwards."""
    units = value * 10**places
    return Fraction((2 * units.numerator + units.denominator) // (2 * units.denominator), 10**places)


def plain(value: Cell) -> str:
    """Write a value as a cell: an exact decimal, yes or no, or text."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | str():
            return str(value)
    places = next(p for p in range(20) if (value * 10**p).denominator == 1)
    digits = str(value * 10**places).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def main() -> None:
    """Work out every grid and write expected.csv."""
    subjects, patrols = read("subjects"), read("督导巡查")
    points = {s["编号"]: round_half_up(sum(Fraction(s[c]) for c in CHECKS) / 4, 2) for s in subjects}
    kind = {s["编号"]: s["网格类型"] for s in subjects}

    results: list[dict[str, Cell]] = []
    for s in subjects:
        key = s["编号"]
        days = [date.fromisoformat(row["巡查日"]) for row in patrols if row["编号"] == key]
        in_month = [day.day for day in days if (day.year, day.month) == (2011, 12)]
        missed = sum(not any(first <= day <= last for day in in_month) for first, last in WEEKS)
        rewarded, unfit = points[key] >= 90, points[key] < 60
        findings = []
        if s["格长身份"] != "社区专职工作者":
            findings.append("格长不是社区专职工作者")
        if missed:
            findings.append("有的周督导员没有参与网格巡查")
        results.append(
            {
                "scheme": "社区网格考评",
                "period": "2011-12",
                "id": key,
                "name": s["名称"],
                "网格类型": s["网格类型"],
                "缺督导周数": missed,
                "考评得分": points[key],
                "bonus": 0,
                "penalty": 0,
                "rank": 1 + sum(points[k] > points[key] for k in points if kind[k] == kind[key]),
                "vetoed": False,
                "grade": "奖励" if rewarded else "不适应" if unfit else "称职",
                "兑现奖励": rewarded,
                "兑现惩处": unfit,
                "findings": "; ".join(findings),
            }
        )

    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(results[0])
        writer.writerows([plain(value) for value in row.values()] for row in results)


if __name__ == "__main__":
    main()
