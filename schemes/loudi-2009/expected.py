"""The expected results of loudi-2009, worked out from the document alone.

A second statement of 娄办发〔2009〕19号 for counties and the development zone, with the readings listed in notes.md.
It reads `data/` and writes `expected.csv`; all arithmetic is in fractions. Run it with: python expected.py
"""

from __future__ import annotations

import csv
from datetime import date
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]

VETOES = ("违反计划生育政策", "综治不达标", "节能减排未完成", "重大责任事故")
TARGETS = ("人均GDP达标", "财政收入达标", "固定资产达标", "规模工业达标", "招商引资达标")
BONUS = {"省级以上表彰": 20, "成倍超额完成": 20, "排位大幅前移": 10, "应对灾害突出": 10}
CRITICISM = {"中央": 30, "省级或部委": 20, "市级或省直": 10}
YEAR_END = date(2009, 12, 31)


def read(table: str) -> list[Row]:
    """Read one table of the sample data."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str) -> Fraction:
    """Read a decimal or a percentage exactly."""
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def in_time(row: Row) -> bool:
    """Say whether a bonus was applied for by the end of the year."""
    return date.fromisoformat(row["申报日期"]) <= YEAR_END


def round_half_up(value: Fraction, places: int) -> Fraction:
    """Round to so many places, halves away from zero."""
    units = abs(value) * 10**places
    whole = (2 * units.numerator + units.denominator) // (2 * units.denominator)
    return Fraction(whole if value >= 0 else -whole, 10**places)


def plain(value: Fraction | bool | str | None) -> str:
    """Write a value as a cell: an exact decimal, yes or no, or nothing."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return value
    places = next(p for p in range(20) if (value * 10**p).denominator == 1)
    digits = str(abs(value) * 10**places).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def bonus(rows: list[Row]) -> Fraction:
    """四(三)1(4): so much for each approved item applied for in time, 50 at most."""
    points = (BONUS[row["情形"]] for row in rows if in_time(row) and row["市长批准"] == "是")
    return min(Fraction(sum(points)), Fraction(50))


def penalty(criticisms: list[Row], punished: list[Row], derelict: list[Row]) -> Fraction:
    """四(三)1(5): so much each time or for each person, once reviewed by the committee, 50 at most."""
    points = sum((Fraction(CRITICISM[row["层级"]]) for row in criticisms if row["委员会审核"] == "是"), Fraction())
    points += sum((number(row["处分扣分"]) for row in punished if row["委员会审核"] == "是"), Fraction())
    points += sum((number(row["失职扣分"]) for row in derelict if row["委员会审核"] == "是"), Fraction())
    return min(points, Fraction(50))


def findings(applications: list[Row]) -> str:
    """四(三)1(4): what is wrong with the applications for a bonus."""
    found = []
    if not all(in_time(row) for row in applications):
        found.append("加分事项逾期申报,不予加分")
    if len({row["事项"] for row in applications}) != len(applications):
        found.append("同一加分事项登记了不止一次")
    return "; ".join(found)


def main() -> None:
    """Work out every county and write expected.csv."""
    subjects = read("subjects")
    ledgers = {table: read(table) for table in ("加分事项", "通报批评", "班子成员处分", "失职渎职")}

    internal: dict[str, Fraction] = {}  # 四(三)1(3)
    plus: dict[str, Fraction] = {}
    minus: dict[str, Fraction] = {}
    total: dict[str, Fraction] = {}  # 四(四)1
    targets: dict[str, bool] = {}
    grade: dict[str, str] = {}
    eligible: list[str] = []
    for s in subjects:
        key = s["编号"]
        own = {table: [row for row in rows if row["编号"] == key] for table, rows in ledgers.items()}
        internal[key] = (number(s["领导评价"]) + number(s["同级评价"])) / 2
        plus[key] = bonus(own["加分事项"])
        minus[key] = penalty(own["通报批评"], own["班子成员处分"], own["失职渎职"])
        exact = (6 * number(s["指标考核"]) + 3 * number(s["公众评议"]) + internal[key]) / 10 + plus[key] - minus[key]
        total[key] = round_half_up(exact, 2)

        # 四(四)1(1)(2): a veto or the standing committee's finding fails a county whatever its score; 600 passes.
        failed = any(s[v] == "是" for v in VETOES) or s["严重失职认定"] == "是" or total[key] < 600
        grade[key] = "不合格" if failed else "合格"

        # 四(四)1(3): the four conditions for being considered.
        targets[key] = all(s[t] == "是" for t in TARGETS)
        satisfied = number(s["公众满意度"]) >= Fraction(60, 100)
        if not failed and targets[key] and s["重大成效"] == "是" and satisfied and not own["班子成员处分"]:
            eligible.append(key)

    # 30% of all, rounded down. A county gets a place if all that do at least as well as it fit in:
    # so those tied on the line get none, and places nobody is eligible for stay empty.
    places = 3 * len(subjects) // 10
    for key in eligible:
        if sum(total[other] >= total[key] for other in eligible) <= places:
            grade[key] = "先进"

    results: list[dict[str, Fraction | bool | str | None]] = []
    for s in subjects:
        key = s["编号"]
        best, worst = grade[key] == "先进", grade[key] == "不合格"
        vetoed = any(s[v] == "是" for v in VETOES)
        results.append(
            {
                "scheme": "娄底市县市区绩效评估",
                "period": "2009",
                "id": key,
                "name": s["名称"],
                "内部评估": internal[key],
                "综合得分": total[key],
                "五项指标达标": targets[key],
                "bonus": plus[key],
                "penalty": minus[key],
                "rank": Fraction(1 + sum(other > total[key] for other in total.values())),
                "vetoed": vetoed,
                "grade": grade[key],
                # 五(一)
                "通报表彰": best,
                "一次性奖励": best,
                "主要负责人可评优秀": best,
                "主要负责人可申请记功": best and s["主要负责人事迹突出"] == "是",
                "公务员优秀比例": Fraction(25, 100) if best else Fraction(10, 100) if worst else None,
                # 五(二)
                "通报批评并限期整改": worst,
                "班子成员不得评优秀": worst,
                "不得参加其他评选": worst,
                "主要负责人书面检讨": worst,
                "组织部诫勉谈话": worst,
                "否决事项另行处理": vetoed,
                "追究失职渎职人员责任": any(row["编号"] == key for row in ledgers["失职渎职"]),
                # 六(二)
                "依法依纪处理": s["弄虚作假"] == "是",
                "findings": findings([row for row in ledgers["加分事项"] if row["编号"] == key]),
            }
        )

    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(results[0])
        writer.writerows([plain(value) for value in row.values()] for row in results)


if __name__ == "__main__":
    main()
