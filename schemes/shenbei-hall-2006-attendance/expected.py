"""The expected results of shenbei-hall-2006-attendance, worked out from the document alone.

Staff of a service hall in one month, with the readings listed in notes.md.
It reads `data/` and writes `expected.csv`; all arithmetic is in fractions. Run it with: python expected.py
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]


def read(table: str) -> list[Row]:
    """Read one table of the sample data."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def plain(value: Fraction | int | bool | str | None) -> str:
    """Write a value as a cell: an exact decimal, yes or no, or nothing."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return value
    value = Fraction(value)
    places = next(p for p in range(40) if 10**p % value.denominator == 0)
    digits = str(abs(int(value * 10**places))).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def write(rows: list[dict[str, Fraction | int | bool | str | None]]) -> None:
    """Write expected.csv beside this file."""
    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(rows[0])
        out.writerows([plain(cell) for cell in row.values()] for row in rows)


MONTH = "2006-11"
MONTH_END = "2006-11-30"


def main() -> None:
    """Work out everybody and write expected.csv."""
    given = {row["参数"]: row["值"] for row in read("参数")}
    rows, leave = read("考勤"), read("请销假")
    people = read("subjects")
    counts = {}
    for p in people:
        own = [r["记录"] for r in rows if r["编号"] == p["编号"] and r["日期"].startswith(MONTH)]
        counts[p["编号"]] = {kind: own.count(kind) for kind in ("出勤", "迟到", "早退", "请假", "缺勤")}
    results = []
    for p in people:
        key = p["编号"]
        n = counts[key]
        unpunctual = n["迟到"] + n["早退"]
        present = n["出勤"] + unpunctual
        off = unpunctual * Fraction(given["迟到早退扣款"]) + n["缺勤"] * Fraction(given["缺勤扣款"])
        spells = [each for each in leave if each["编号"] == key]
        open_spells = sum(each["请假止"] <= MONTH_END and not each["销假日"] for each in spells)
        dates = [r["日期"] for r in rows if r["编号"] == key]
        wrong = [
            (len(set(dates)) != len(dates), "同一天登记了不止一次"),
            (any(each["请假止"] < each["请假起"] for each in spells), "请假的止日早于起日"),
            (open_spells > 0, "请假期满没有销假"),
            (not given["一览表送交日"].startswith(MONTH), "应于当月月底送交一览表"),
        ]
        results.append(
            {
                "scheme": "大厅进厅人员考勤",
                "period": MONTH,
                "id": key,
                "name": p["名称"],
                "出勤天数": present,
                "迟到早退": unpunctual,
                "请假天数": n["请假"],
                "缺勤天数": n["缺勤"],
                "应扣": off,
                "未销假": open_spells,
                "本窗口缺勤": sum(counts[o["编号"]]["缺勤"] for o in people if o["窗口"] == p["窗口"]),
                "bonus": 0,
                "penalty": 0,
                "vetoed": False,
                "补助费": max(Fraction(), present * Fraction(given["每日补助"]) - off),
                "findings": "; ".join(text for is_wrong, text in wrong if is_wrong),
            }
        )
    write(results)


if __name__ == "__main__":
    main()
