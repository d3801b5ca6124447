"""The expected results of chizhou-shipping-2007, worked out from the document alone.

Staff at meetings: there in time and to the end; matters closed by their day.
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


def share(part: int, whole: int, places: int = 4) -> Fraction | None:
    """Part of the whole, rounded; nothing of nothing."""
    return half_up(Fraction(part, whole), places) if whole else None


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
    meetings, matters = read("会议"), read("承办事项")
    results: list[dict[str, Value]] = []
    for s in subjects:
        due = [m for m in meetings if m["编号"] == s["编号"] and m["请假"] == "否"]
        good = [m["缺席"] == "否" and int(m["迟到分钟"]) == 0 == int(m["早退分钟"]) for m in due]
        own = [m for m in matters if m["编号"] == s["编号"]]
        results.append(
            {
                "scheme": "运管海事效能建设",
                "period": "",
                "id": s["编号"],
                "name": s["名称"],
                "应到次数": len(due),
                "准时次数": sum(good),
                "准时率": share(sum(good), len(due)) if due else Fraction(1),
                "bonus": 0,
                "penalty": 0,
                "vetoed": False,
                "findings": faults(
                    [
                        (all(good), "没有准时参会"),
                        (all("" < m["办结日"] <= m["限办日"] for m in own), "没有及时办理"),
                        (all(m["办结日"] >= m["受理日"] for m in own if m["办结日"]), "办结早于受理"),
                    ]
                ),
            }
        )
    write(results)


if __name__ == "__main__":
    main()
