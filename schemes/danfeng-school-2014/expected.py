"""The expected results of danfeng-school-2014, worked out from the document alone.

Measures of a school: who answers for each, terms by difficulty, a plan of its own for what takes long.
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
OFFICES = {
    "教学质量": ("教务处",),
    "德育": ("政教处", "团委"),
    "安全": ("政教处", "保卫处", "总务处"),
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
    """Work out every measure and write expected.csv."""
    subjects = read("subjects")
    on_time = sum("" < s["完成日"] <= s["完成时限"] for s in subjects)
    results: list[dict[str, Value]] = []
    for s in subjects:
        term, ended = date.fromisoformat(s["完成时限"]), day(s["完成日"]) or date(2015, 7, 31)
        long = s["长期整改"] == "是"
        late = not long and ended > term
        fits = s["责任处室"] in OFFICES[s["整改项"]]
        results.append(
            {
                "scheme": "竹林关中学评议整改",
                "period": "2014-09-05..2015-07-31",
                "id": s["编号"],
                "name": s["名称"],
                "逾期": late,
                "逾期天数": (ended - term).days if late else 0,
                "同难度最早时限": min(x["完成时限"] for x in subjects if x["难度"] == s["难度"]),
                "按期完成率": share(on_time, len(subjects)),
                "bonus": 0,
                "penalty": 0,
                "vetoed": False,
                "findings": faults(
                    [
                        (bool(s["责任领导"]) and bool(s["责任人员"]), "没有明确责任领导、责任人员"),
                        (fits, "责任处室不是方案写明的处室"),
                        (not late, "逾期没有完成整改"),
                        (not long or s["有单独计划"] == "是", "长期整改没有单独制定计划"),
                    ]
                ),
            }
        )
    write(results)


if __name__ == "__main__":
    main()
