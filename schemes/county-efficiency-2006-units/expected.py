"""The expected results of county-efficiency-2006-units, worked out from the document alone.

Units: three classes, eight rules, two cards and four boards; two ballots, three best and three worst of each.
It reads `data/` and writes `expected.csv`; all arithmetic is in fractions. Run it with: python expected.py
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]
Value = Fraction | bool | str | int | None
RULES = (
    "首问责任制",
    "岗位目标责任制",
    "限时办结制",
    "服务承诺制",
    "否定报备制",
    "政务公开制",
    "考勤制",
    "失职追究制",
)
CARDS = ("佩戴胸卡", "设置桌位卡")
BOARDS = ("机构示意图上墙", "工作程序上墙", "工作制度上墙", "行为规范上墙")


def read(table: str) -> list[Row]:
    """Read one table of the sample data."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


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
    """Work out every unit and write expected.csv."""
    subjects = read("subjects")
    marks: dict[str, list[Fraction]] = {s["编号"]: [] for s in subjects}
    raters: dict[str, set[str]] = {s["编号"]: set() for s in subjects}
    for ballot in read("评议票"):
        marks[ballot["编号"]].append(Fraction(ballot["打分"]))
        raters[ballot["编号"]].add(ballot["评议人"])
    how = {s["编号"]: s["测评方式"] for s in subjects}
    score: dict[str, Fraction] = {}
    for key, given in marks.items():
        if how[key] != "不测评":
            score[key] = half_up(sum(given) / len(given), 2) if given else Fraction(0)
    classes = [s["考评类别"] for s in subjects]

    results: list[dict[str, Value]] = []
    for s in subjects:
        key = s["编号"]
        rivals = [other for each, other in score.items() if how[each] == how[key]]
        best = key in score and sum(other > score[key] for other in rivals) < 3
        worst = key in score and sum(other < score[key] for other in rivals) < 3
        rules, cards, boards = (sum(s[c] == "是" for c in names) for names in (RULES, CARDS, BOARDS))
        by_raters, by_base = how[key] == "评议员", how[key] == "基层企业"
        results.append(
            {
                "scheme": "机关效能单位考评",
                "period": "2006-04-20..2006-08-20",
                "id": key,
                "name": s["名称"],
                "考评类别": s["考评类别"],
                "测评方式": how[key],
                "一类单位数": classes.count("一类"),
                "二类单位数": classes.count("二类"),
                "三类单位数": classes.count("三类"),
                "制度项数": rules,
                "卡数": cards,
                "上墙数": boards,
                "评议人数": len(raters[key]),
                "形象得分": score.get(key),
                "bonus": 0,
                "penalty": 0,
                "rank": 1 + sum(other > score[key] for other in rivals) if key in score else None,
                "vetoed": False,
                "前三名": best,
                "后三名": worst,
                "授群众满意单位奖牌": best,
                "测评大会表态发言": worst,
                "电视台公开发言": worst,
                "findings": faults(
                    [
                        (rules == 8, "8项制度没有全部推行"),
                        (cards == 2, "两卡不全"),
                        (boards == 4, "四上墙不全"),
                        (len(raters[key]) == len(marks[key]), "同一评议人打分不止一次"),
                        (not by_raters or len(raters[key]) == 45, "不是45名评议员都打了分"),
                        (not by_base or bool(marks[key]), "没有基层(企业)评议"),
                    ]
                ),
            }
        )
    write(results)


if __name__ == "__main__":
    main()
