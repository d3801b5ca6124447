"""The expected results of city-land-2014-contractors, worked out from the document alone.

Builders: graded by every assessment of the year, rewarded, or blacklisted until cleared.
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


def main() -> None:
    """Work out every builder and write expected.csv."""
    subjects = read("subjects")
    black = {r["id"]: r["在黑名单"] == "yes" for r in read("history")}
    year = [r for r in read("定期考核") if r["考核日"].startswith("2014-")]
    results: list[dict[str, Value]] = []
    for s in subjects:
        key = s["编号"]
        own = [r["工程质量"] for r in year if r["编号"] == key]
        grade = "不合格" if "不合格" in own else "优良" if own and set(own) == {"优良"} else "合格"
        before, cleared = black.get(key, False), s["准予出列"] == "是"
        listed = grade == "不合格" or (before and not cleared)
        results.append(
            {
                "scheme": "土地整治参建单位考核",
                "period": "2014",
                "id": key,
                "name": s["名称"],
                "考核次数": len(own),
                "在黑名单": listed,
                "bonus": 0,
                "penalty": 0,
                "vetoed": False,
                "grade": grade,
                "嘉奖": grade == "优良" and not listed,
                "不再选用": listed,
                "findings": faults(
                    [
                        (bool(own) or before, "本年没有考核"),
                        (not cleared or before, "不在黑名单,却登记了出列"),
                        (not own or not before or cleared, "在黑名单上,本年还在承建"),
                    ]
                ),
            }
        )
    write(results)


if __name__ == "__main__":
    main()
