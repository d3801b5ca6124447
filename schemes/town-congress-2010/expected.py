"""The expected results of town-congress-2010, worked out from the document alone.

A review of enforcement offices: four stages in order, five respects, opinions acted on and answered.
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
    """Work out every office and write expected.csv."""
    subjects = read("subjects")
    opinions = read("评议意见")
    results: list[dict[str, Value]] = []
    for s in subjects:
        own = [r for r in opinions if r["编号"] == s["编号"]]
        days = [s[c] for c in ("准备开始日", "准备完成日", "调查完成日", "评议完成日", "整改完成日")]
        ordered = all(days) and days == sorted(days)
        ended = "" < days[-1] <= "2010-11-20"
        mended = sum(bool(r["整改日"]) for r in own)
        results.append(
            {
                "scheme": "镇人大评议执法部门",
                "period": "2010",
                "id": s["编号"],
                "name": s["名称"],
                "完成阶段数": sum(bool(each) for each in days[1:]),
                "评议方面数": len({r["方面"] for r in own}),
                "已整改件数": mended,
                "整改率": share(mended, len(own)) if own else Fraction(1),
                "bonus": 0,
                "penalty": 0,
                "vetoed": False,
                "findings": faults(
                    [
                        ("2010-07-11" <= days[0] <= "2010-07-20", "没有在7月中旬开始"),
                        (ordered, "四个阶段没有依次完成"),
                        (ended, "没有在11月中旬结束"),
                        (len({r["方面"] for r in own}) == 5, "五个方面没有评全"),
                        (all(r["整改日"] for r in own), "问题没有整改"),
                        (all(r["整改日"] >= r["提出日"] for r in own if r["整改日"]), "整改早于提出"),
                        (all(r["已反馈"] == "是" for r in own if r["整改日"]), "整改以后没有反馈"),
                    ]
                ),
            }
        )
    write(results)


if __name__ == "__main__":
    main()
