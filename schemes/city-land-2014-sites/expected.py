"""The expected results of city-land-2014-sites, worked out from the document alone.

Sites: so much land as the investment warrants, the rest cut; three kinds of project come first.
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
    """Work out every site and write expected.csv."""
    subjects = read("subjects")
    params = {r["参数"]: number(r["值"]) for r in read("参数")}
    warranted, granted, first = {}, {}, {}
    for s in subjects:
        key = s["编号"]
        warranted[key] = Fraction(number(s["总投资"]) / params["投资强度标准"] * 100 // 1, 100)
        granted[key] = min(number(s["申请面积"]), warranted[key])
        first[key] = any(s[c] == "是" for c in ("重点项目", "节能环保项目", "民生项目"))
    kept = sum((granted[key] for key in granted if first[key]), Fraction())
    results: list[dict[str, Value]] = []
    for s in subjects:
        key, area = s["编号"], number(s["申请面积"])
        results.append(
            {
                "scheme": "项目用地规模审核",
                "period": "2014",
                "id": key,
                "name": s["名称"],
                "标准面积": warranted[key],
                "核定面积": granted[key],
                "核减面积": area - granted[key],
                "实际强度": half_up(number(s["总投资"]) / area, 2) if area else Fraction(0),
                "重点保障面积合计": kept,
                "bonus": 0,
                "penalty": 0,
                "vetoed": False,
                "核减超标准用地": area > granted[key],
                "重点保障": first[key],
                "findings": faults([(kept <= params["年度用地指标"], "重点保障的用地超过年度指标")]),
            }
        )
    write(results)


if __name__ == "__main__":
    main()
