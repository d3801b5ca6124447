"""The expected results of dalian-egov-2010, worked out from the document alone.

Licences dealt with on line, approvals watched from end to end, answers in good time.
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
STEPS = ("受理环节", "审查环节", "决定环节", "送达环节")
LIMIT = {"主动公开": "公开时限", "申请公开": "答复时限", "投诉": "反馈时限", "咨询": "反馈时限"}


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
    """Work out every licence and write expected.csv."""
    subjects = read("subjects")
    limits = {r["参数"]: int(r["值"]) for r in read("参数")}
    matters, online = read("审批业务"), read("网上事项")
    watched = [all(r[c] == "是" for c in STEPS) for r in matters]
    results: list[dict[str, Value]] = []
    for s in subjects:
        key = s["编号"]
        own = [(r, w) for r, w in zip(matters, watched, strict=True) if r["编号"] == key]
        late = 0
        for r in online:
            if r["编号"] == key:
                took = date.fromisoformat(r["办理日"] or "2010-12-31") - date.fromisoformat(r["发生日"])
                late += took.days > limits[LIMIT[r["类型"]]]
        results.append(
            {
                "scheme": "政务公开与电子监察",
                "period": "2010",
                "id": key,
                "name": s["名称"],
                "网上办理率": share(sum(x["网上办理"] == "是" for x in subjects), len(subjects)),
                "业务件数": len(own),
                "区级业务件数": sum(r["层级"] == "区" for r, _ in own),
                "全程监察件数": sum(w for _, w in own),
                "全程监察率": share(sum(watched), len(watched)),
                "超时件数": late,
                "bonus": 0,
                "penalty": 0,
                "vetoed": False,
                "findings": faults(
                    [
                        (s["网上办理"] == "是", "没有在网上办理"),
                        (all(w for _, w in own), "审批业务没有全程电子监察"),
                        (late == 0, "公开、答复、反馈超过时限"),
                    ]
                ),
            }
        )
    write(results)


if __name__ == "__main__":
    main()
