"""The expected results of county-efficiency-2006-staff, worked out from the document alone.

Staff of two offices: two blocks by weight in the one, the mean of four quarters in the other.
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
    """Work out every member of staff and write expected.csv."""
    subjects = read("subjects")
    weight = number(read("参数")[0]["值"])
    parts: dict[str, list[Fraction | None]] = {}
    totals: dict[str, Fraction] = {}
    for s in subjects:
        post = number(s["岗位工作"]) if s["所在单位"] == "县委办公室" else None
        economy = number(s["经济工作"]) if s["所在单位"] == "县委办公室" else None
        quarters = [number(s[f"德能勤绩廉.2006Q{q}"]) for q in (1, 2, 3, 4)]
        mean = None if s["所在单位"] == "县委办公室" else sum(quarters, Fraction()) / 4
        parts[s["编号"]] = [post, economy, mean]
        exact = mean if post is None or economy is None else post * weight + economy * (1 - weight)
        totals[s["编号"]] = half_up(exact or Fraction(), 2)
    office = {s["编号"]: s["所在单位"] for s in subjects}
    results: list[dict[str, Value]] = []
    for s in subjects:
        key = s["编号"]
        post, economy, mean = parts[key]
        results.append(
            {
                "scheme": "机关效能个人绩效考评",
                "period": "2006",
                "id": key,
                "name": s["名称"],
                "所在单位": s["所在单位"],
                "岗位工作": post,
                "经济工作": economy,
                "德能勤绩廉": mean,
                "个人绩效": totals[key],
                "bonus": 0,
                "penalty": 0,
                "rank": 1 + sum(t > totals[key] for k, t in totals.items() if office[k] == office[key]),
                "vetoed": False,
                "findings": faults([]),
            }
        )
    write(results)


if __name__ == "__main__":
    main()
