"""The expected results of city-land-2014, worked out from the document alone.

Measures after a review: who answers for them, three stages, three to five plots taken back, terms kept.
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
    "宣传": ("政策法规科", "办公室"),
    "执法": ("国土资源监察局", "政策法规科"),
    "用地保障": ("征地管理科", "土地利用科"),
    "土地整治": ("土地整理中心", "规划耕保科"),
    "规划": ("规划耕保科",),
}


def read(table: str) -> list[Row]:
    """Read one table of the sample data."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


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


def stage(text: str) -> str:
    """The stage a day belongs to; 20 August goes with the second."""
    if text <= "2014-06-30":
        return "制定方案"
    if "2014-07-01" <= text <= "2014-08-20":
        return "集中解决"
    return "分析总结" if "2014-08-20" < text <= "2014-08-31" else "整改期以外"


def main() -> None:
    """Work out every measure and write expected.csv."""
    subjects = read("subjects")
    plots = read("闲置用地")
    back = {
        s["编号"]: sum(r["编号"] == s["编号"] and "" < r["收回日"] <= "2014-08-31" for r in plots) for s in subjects
    }
    results: list[dict[str, Value]] = []
    for s in subjects:
        key = s["编号"]
        own = [r for r in plots if r["编号"] == key]
        fits = s["责任单位"] in OFFICES[s["方面"]]
        solved, summed = day(s["解决日"]), day(s["总结日"])
        long = s["长期整改"] == "是"
        planned = "" < s["方案完成日"] <= "2014-06-30"
        closed = "2014-08-20" <= s["总结日"] <= "2014-08-31"
        gathered = solved is not None and date(2014, 7, 1) <= solved <= date(2014, 8, 20)
        term, ended = date.fromisoformat(s["完成时限"]), solved or date(2014, 12, 31)
        results.append(
            {
                "scheme": "国土局评议整改",
                "period": "2014",
                "id": key,
                "name": s["名称"],
                "牵头单位": OFFICES[s["方面"]][0],
                "收回宗数": back[key],
                "全市收回宗数": sum(back.values()),
                "逾期": ended > term,
                "逾期天数": max((ended - term).days, 0),
                "bonus": 0,
                "penalty": 0,
                "vetoed": False,
                "督查时阶段": stage(s["督查日"]),
                "findings": faults(
                    [
                        (bool(s["责任领导"]), "没有明确责任领导"),
                        (fits, "责任单位不是方案写明的单位"),
                        (planned, "没有在6月30日前制定整改落实方案"),
                        (gathered or long, "没有在集中解决阶段解决"),
                        (not long or s["有单独计划"] == "是", "长期整改没有单独的计划"),
                        (closed, "没有在总结阶段总结"),
                        (long or summed is None or (solved is not None and summed >= solved), "没有解决就总结"),
                        (not own or 3 <= sum(back.values()) <= 5, "收回的闲置用地不是3至5宗"),
                        (len({r["宗地"] for r in own}) == len(own), "同一宗地登记了两次"),
                        (ended <= term, "超过本项的完成时限"),
                    ]
                ),
            }
        )
    write(results)


if __name__ == "__main__":
    main()
