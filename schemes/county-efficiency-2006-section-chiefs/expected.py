"""The expected results of county-efficiency-2006-section-chiefs, worked out from the document alone.

Ballots on section chiefs: the eight with the fewest votes among those ill spoken of are talked to.
It reads `data/` and writes `expected.csv`; all arithmetic is in fractions. Run it with: python expected.py
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]
Value = Fraction | bool | str | int | None


def read(table: str) -> list[Row]:
    """Read one table of the sample data."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def half_up(value: Fraction, places: int) -> Fraction:
    """Round a value that is not negative to so many places, halves up."""
    unit = 10**places
    return Fraction((2 * value * unit + 1) // 2, unit)


def plain(value: Value) -> str:
    """Write a value as a cell: an exact decimal, yes or no, or nothing."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return value
    value = Fraction(value)
    places = next(p for p in range(20) if (value * 10**p).denominator == 1)
    digits = str(abs(value) * 10**places).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def faults(checks: list[tuple[bool, str]]) -> str:
    """What is wrong: the words of every check that does not hold."""
    return "; ".join(words for holds, words in checks if not holds)


def write(results: list[dict[str, Value]]) -> None:
    """Write expected.csv."""
    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(results[0])
        writer.writerows([plain(value) for value in row.values()] for row in results)


def rate(row: Row) -> Fraction:
    """The votes a person got, of those that say something: content counts one, fairly content a half."""
    good, half, bad = (int(row[c]) for c in ("满意票", "基本满意票", "不满意票"))
    voted = good + half + bad
    return half_up(Fraction(100 * good + 50 * half, voted), 2) if voted else Fraction(0)


def main() -> None:
    """Work out every section chief and write expected.csv."""
    subjects = read("subjects")
    voters = int(read("参数")[0]["值"])
    rates = {s["编号"]: rate(s) for s in subjects}
    lowest = sorted(rates[s["编号"]] for s in subjects if s["反映较差"] == "是")
    line = lowest[min(8, len(lowest)) - 1]  # those level with the eighth are talked to as well
    departments = [s["部门"] for s in subjects]

    results: list[dict[str, Value]] = []
    for s in subjects:
        key = s["编号"]
        cast = sum(int(s[c]) for c in ("满意票", "基本满意票", "不满意票", "弃权票"))
        listed = s["反映较差"] == "是" and rates[key] <= line
        results.append(
            {
                "scheme": "股级干部民主测评",
                "period": "2006-06",
                "id": key,
                "name": s["名称"],
                "部门": s["部门"],
                "收回票": cast,
                "部门股级干部数": departments.count(s["部门"]),
                "得票率": rates[key],
                "bonus": 0,
                "penalty": 0,
                "rank": 1 + sum(other > rates[key] for other in rates.values()),
                "vetoed": False,
                "提醒名单": listed,
                "重点提醒谈话": listed,
                "就地免职": listed and s["组织处理"] == "就地免职",
                "通报批评": listed and s["组织处理"] == "通报批评",
                "findings": faults(
                    [
                        (cast <= voters, "一人的票数多于参评人数"),
                        (listed or not s["组织处理"], "不在提醒谈话名单里,却有组织处理"),
                    ]
                ),
            }
        )
    write(results)


if __name__ == "__main__":
    main()
