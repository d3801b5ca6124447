"""The expected results of county-efficiency-2006-yearend, worked out from the document alone.

The year: management by objectives and the image ballot, by the weight that comes with the data.
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


def number(text: str) -> Fraction:
    """Read a decimal, a percentage or an amount of money exactly; an empty cell is 0."""
    text = text.removesuffix("元") or "0"
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


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


def main() -> None:
    """Work out every unit and write expected.csv."""
    subjects = read("subjects")
    weight = number(read("参数")[0]["值"])
    stored = read("效能")
    totals: dict[str, Fraction] = {}
    images: dict[str, Fraction | None] = {}
    for s in subjects:
        goals = number(s["目标管理"])
        found = [number(r["形象得分"]) for r in stored if r["id"] == s["编号"] and r["形象得分"]]
        image = half_up(sum(found, Fraction()) / len(found), 2) if found else None
        images[s["编号"]] = image
        totals[s["编号"]] = half_up(goals * (1 - weight) + (goals if image is None else image) * weight, 2)
    write(
        [
            {
                "scheme": "年终目标管理考评",
                "period": "2006",
                "id": s["编号"],
                "name": s["名称"],
                "目标管理": number(s["目标管理"]),
                "形象测评得分": images[s["编号"]],
                "年终得分": totals[s["编号"]],
                "bonus": 0,
                "penalty": 0,
                "rank": 1 + sum(other > totals[s["编号"]] for other in totals.values()),
                "vetoed": False,
                "未经测评": images[s["编号"]] is None,
                "findings": faults([(any(r["id"] == s["编号"] for r in stored), "没有机关效能单位考评的结果")]),
            }
            for s in subjects
        ]
    )


if __name__ == "__main__":
    main()
