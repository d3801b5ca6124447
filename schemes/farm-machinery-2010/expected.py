"""The expected results of farm-machinery-2010, worked out from the document alone.

Six measures, five terms: what was done by its day.
It reads `data/` and writes `expected.csv`; all arithmetic is in fractions. Run it with: python expected.py
"""

from __future__ import annotations

import csv
from datetime import date
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]
Value = Fraction | bool | str | int | None
TERMS = {
    1: date(2010, 11, 10),
    2: date(2010, 11, 15),
    3: date(2010, 11, 20),
    4: date(2010, 12, 30),
    5: date(2011, 1, 30),
}


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


def day(text: str) -> date | None:
    """Read a date; an empty cell is none."""
    return date.fromisoformat(text) if text else None


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
    """Work out every task and write expected.csv."""
    subjects = read("subjects")
    over: dict[str, int] = {}
    for s in subjects:
        term = TERMS.get(int(s["措施"]))
        ended = day(s["完成日"]) or date(2011, 1, 31)
        over[s["编号"]] = max((ended - term).days, 0) if term else 0
    kept = sum(days == 0 for days in over.values())
    results: list[dict[str, Value]] = []
    for s in subjects:
        same = [x["编号"] for x in subjects if x["措施"] == s["措施"]]
        due = TERMS.get(int(s["措施"]))
        results.append(
            {
                "scheme": "农机产业办评议整改",
                "period": "2010-11-01..2011-01-31",
                "id": s["编号"],
                "name": s["名称"],
                "期限": due.isoformat() if due else None,
                "按期": over[s["编号"]] == 0,
                "逾期天数": over[s["编号"]],
                "本措施任务数": len(same),
                "本措施按期": all(over[key] == 0 for key in same),
                "按期率": share(kept, len(subjects)),
                "bonus": 0,
                "penalty": 0,
                "vetoed": False,
                "findings": faults([(over[s["编号"]] == 0, "超过期限")]),
            }
        )
    write(results)


if __name__ == "__main__":
    main()
