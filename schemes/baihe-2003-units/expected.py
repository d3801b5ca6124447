"""The expected results of baihe-2003-units, worked out from the document alone.

Units under a county's appraisal by targets, with the readings listed in notes.md.
It reads `data/` and writes `expected.csv`; all arithmetic is in fractions. Run it with: python expected.py
"""

from __future__ import annotations

import csv
import math
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]


def read(table: str) -> list[Row]:
    """Read one table of the sample data."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def half_up(value: Fraction, places: int) -> Fraction:
    """Round a value that is not negative, halves upwards."""
    unit = 10**places
    return Fraction(math.floor(value * unit + Fraction(1, 2)), unit)


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


WHO = {"综合部门": "组织部", "工业流通企业": "人劳局", "乡镇": "农工部"}  # 一2


def number(text: str) -> Fraction:
    """Read a decimal or a percentage exactly."""
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def winners(pool: dict[str, Fraction], places: int) -> set[str]:
    """Those who take the places; all who are level with somebody beyond the last place get none."""
    return {key for key, mark in pool.items() if sum(other >= mark for other in pool.values()) <= places}


def main() -> None:
    """Work out every unit and write expected.csv."""
    units, tasks = read("subjects"), read("目标任务")
    given = {row["参数"]: number(row["值"]) for row in read("参数")}
    fund = given["年度财政收入"] * 5 / 100
    own = {u["编号"]: [t for t in tasks if t["编号"] == u["编号"]] for u in units}
    track = {u["编号"]: u["块"] for u in units}

    # 一2: what was checked again counts as checked, and no task earns more than its points
    score = {
        key: half_up(
            min(
                Fraction(100),
                sum((min(number(t["分值"]), number(t["抽查得分"] or t["普查得分"])) for t in rows), Fraction()),
            ),
            2,
        )
        for key, rows in own.items()
    }
    rank = {k: 1 + sum(score[o] > score[k] for o in score if track[o] == track[k]) for k in score}
    prized: set[str] = set()
    last: set[str] = set()
    for name in WHO:
        pool = {key: score[key] for key in score if track[key] == name}
        prized |= winners(pool, int(given["综合奖名额"]))
        last |= {key for key in pool if len(pool) > 1 and pool[key] == min(pool.values())}

    prize: dict[str, Fraction | None] = {}
    for u in units:
        single = number(u["单项奖金"] or "0")
        money = single + (given["综合奖金"] if u["编号"] in prized else 0)
        prize[u["编号"]] = money if u["编号"] in prized or single > 0 else None
    spent = sum((each or Fraction() for each in prize.values()), Fraction())

    earlier: dict[int, dict[str, bool]] = {}
    for row in read("history"):
        earlier.setdefault(int(row["period"]), {})[row["id"]] = row["排名前列"] == "yes"

    results = []
    for u in units:
        key = u["编号"]
        # 一3: a year in which the unit took no part is passed over
        in_front = [rank[key] <= 3, *(earlier[y][key] for y in sorted(earlier, reverse=True) if key in earlier[y])]
        years = next((n for n, each in enumerate(in_front) if not each), len(in_front))
        checked = [t for t in own[key] if t["抽查得分"]]
        high_enough = number(u["目标增速"]) >= Fraction(12, 100)
        too_much = any(
            number(mark) > number(t["分值"]) for t in own[key] for mark in (t["普查得分"], t["抽查得分"]) if mark
        )
        wrong = [
            (not high_enough, "分解的年度目标低于12%的增长底线"),
            (sum(number(t["分值"]) for t in own[key]) != 100, "各项任务的分值合计应为100分"),
            (too_much, "得分高于这项任务的分值"),
            (spent > fund, "奖金合计超过奖励基金"),
        ]
        results.append(
            {
                "scheme": "白河县单位目标考评",
                "period": "2003",
                "id": key,
                "name": u["名称"],
                "块": u["块"],
                "块内单位数": sum(each == u["块"] for each in track.values()),
                "考评部门": WHO[u["块"]],
                "抽查项数": len(checked),
                "普查有水分": any(number(t["抽查得分"]) < number(t["普查得分"]) for t in checked),
                "考评得分": score[key],
                "综合考评": score[key],
                "奖励基金": fund,
                "奖金合计": spent,
                "排名前列": rank[key] <= 3,
                "连续前列年数": years,
                "bonus": 0,
                "penalty": 0,
                "rank": rank[key],
                "vetoed": False,
                "综合奖": key in prized,
                "末位": key in last,
                "获奖": key in prized,
                "奖金": prize[key],
                "末位淘汰": key in last,
                "优先提拔重用": years >= 2,
                "findings": "; ".join(text for is_wrong, text in wrong if is_wrong),
            }
        )
    write(results)


if __name__ == "__main__":
    main()
