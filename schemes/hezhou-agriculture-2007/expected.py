"""The expected results of hezhou-agriculture-2007, worked out from the document alone.

Looking for faults in twelve respects: all covered, each with its cause and cure, opinions answered.
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
    """Work out every unit and write expected.csv."""
    subjects = read("subjects")
    problems = read("问题")
    results: list[dict[str, Value]] = []
    for s in subjects:
        own = [p for p in problems if p["编号"] == s["编号"]]
        respects = len({p["方面"] for p in own})
        whole = [all(p[c] == "是" for c in ("有原因剖析", "有整改方向", "有整改措施")) for p in own]
        got, answered = int(s["收到意见件数"]), int(s["已反馈件数"])
        lax, good = s["敷衍塞责"] == "是", s["工作开展得好"] == "是"
        results.append(
            {
                "scheme": "查摆问题",
                "period": "",
                "id": s["编号"],
                "name": s["名称"],
                "查摆方面数": respects,
                "问题件数": len(own),
                "剖析率": share(sum(whole), len(own)) if own else Fraction(1),
                "反馈率": share(answered, got) if got else Fraction(1),
                "bonus": 0,
                "penalty": 0,
                "vetoed": False,
                "责令补课": lax or respects < 12,
                "追究责任": lax,
                "表扬": good and not lax,
                "findings": faults(
                    [
                        (respects == 12, "12个方面没有查全"),
                        (all(whole), "问题没有剖析原因、明确方向、制订措施"),
                        ({p["层面"] for p in own} == {"单位", "个人"}, "单位和个人的问题没有都查"),
                        (
                            s["填写情况表"] == "是" and s["已向局办公室汇报"] == "是",
                            "没有填写情况表或没有汇报",
                        ),
                        (answered <= got, "反馈的比收到的多"),
                        (not got or answered >= got, "还有意见没有反馈"),
                    ]
                ),
            }
        )
    write(results)


if __name__ == "__main__":
    main()
