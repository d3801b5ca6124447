"""The expected results of shenbei-hall-2006-year, worked out from the document alone.

Counters of a service hall in half a year, with the readings listed in notes.md.
It reads `data/` and writes `expected.csv`; all arithmetic is in fractions. Run it with: python expected.py
"""

from __future__ import annotations

import csv
import math
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]


def read(table: str) -> list[Row]:
    """Read one table of the sample data."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def half_up(value: Fraction, places: int) -> Fraction:
    """Round a value that is not negative, halves upwards."""
    unit = 10**places
    return Fraction(math.floor(value * unit + Fraction(1, 2)), unit)


def plain(value: Fraction | int | bool | str | None) -> str:
    """Write a value as a cell: an exact decimal, yes or no, or nothing."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return value
    value = Fraction(value)
    places = next(p for p in range(40) if 10**p % value.denominator == 0)
    digits = str(abs(int(value * 10**places))).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def write(rows: list[dict[str, Fraction | int | bool | str | None]]) -> None:
    """Write expected.csv beside this file."""
    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(rows[0])
        out.writerows([plain(cell) for cell in row.values()] for row in rows)


QUARTERS = (("2006-07", "2006-08", "2006-09"), ("2006-10", "2006-11", "2006-12"))


def main() -> None:
    """Work out every counter and write expected.csv."""
    months = read("月度")
    places = next(int(row["值"]) for row in read("参数") if row["参数"] == "先进窗口数")
    results = {}
    for s in read("subjects"):
        own = [m for m in months if m["id"] == s["编号"]]
        quarters = []
        for quarter in QUARTERS:
            scores = [Fraction(m["量化得分"]) for m in own if m["period"] in quarter]
            quarters.append(half_up(sum(scores, Fraction()) / len(scores), 2) if scores else Fraction())
        year = sum(quarters, Fraction()) / len(quarters)
        complete = all(any(m["period"] in quarter for m in own) for quarter in QUARTERS)
        results[s["编号"]] = {
            "scheme": "大厅窗口年度考评",
            "period": "2006H2",
            "id": s["编号"],
            "name": s["名称"],
            "年度考评": year,
            "参评月数": len(own),
            "红旗次数": sum(m["流动红旗"] == "yes" for m in own),
            "未整改次数": sum(int(m["未现场整改"]) for m in own),
            "total": half_up(year, 2),
            "bonus": 0,
            "penalty": 0,
            "rank": 0,
            "vetoed": False,
            "先进窗口": False,
            "findings": "" if complete else "有一个季度没有月度结果",
        }

    pool = {key: (row["年度考评"], row["红旗次数"]) for key, row in results.items() if row["未整改次数"] == 0}
    for key, row in results.items():
        row["rank"] = 1 + sum(other["total"] > row["total"] for other in results.values())
        row["先进窗口"] = key in pool and sum(other >= pool[key] for other in pool.values()) <= places
    write(list(results.values()))


if __name__ == "__main__":
    main()
