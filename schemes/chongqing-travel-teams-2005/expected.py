"""The expected results of chongqing-travel-teams-2005, worked out from the document alone.

A second statement of what 渝委发〔2005〕14号 asks of a team, with the readings listed in notes.md.
It reads `data/` and writes `expected.csv`. Run it with: python expected.py
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]
Cell = date | bool | str | int

PLANNER = {"考察": "组团单位", "培训": "市委组织部", "参展办展": "市外经委"}
DAYS = {1: 6, 2: 10}
PLANS = date(2006, 11, 1), date(2006, 11, 10)


def read(table: str) -> list[Row]:
    """Read one table of the sample data."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str, otherwise: date = date.max) -> date:
    """Read a date; an empty cell gives the other one."""
    return date.fromisoformat(text) if text else otherwise


def months_later(start: date, months: int) -> date:
    """The same day some months on, or the last day of that month."""
    years, month = divmod(start.month - 1 + months, 12)
    for days in (start.day, 30, 29, 28):
        try:
            return date(start.year + years, month + 1, days)
        except ValueError:
            continue
    raise AssertionError


def plain(value: Cell) -> str:
    """Write a value as a cell."""
    match value:
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()
    return str(value)


def checks(s: Row, stay: int, allowed: int, cutoff: date) -> dict[str, bool]:
    """What the dates and numbers of a team say."""
    out, back = day(s["出发日"]), day(s["返渝日"])
    return {
        "plan in time": bool(s["计划报送日"]) and PLANS[0] <= day(s["计划报送日"]) <= PLANS[1],
        "too many": s["团组类型"] == "考察" and int(s["团组人数"]) > 6 and s["请示已说明超员"] != "是",
        "too long": back >= months_later(out, 6) if s["团组类型"] == "培训" else stay > allowed,
        "report late": day(s["报告日"], cutoff) > months_later(back, 1),
        "papers late": day(s["交证日"], cutoff) > back + timedelta(days=15),
    }


def findings(s: Row, stay: int, check: dict[str, bool]) -> Iterator[str]:
    """What is wrong with a team, in the order of the document."""
    yes = {name for name, cell in s.items() if cell == "是"}
    kind, special = s["团组类型"], "特批" in yes
    if "敏感领域" in yes and "中央主管部门同意" not in yes:
        yield "敏感领域的出访须征得中央主管部门同意"
    if s["计划报送日"] and not check["plan in time"]:
        yield "计划应于上年11月上旬报送市外办"
    if check["too many"]:
        yield "考察团组超过6人,请示中没有说明"
    if day(s["返渝日"]) < day(s["出发日"]):
        yield "返渝日早于出发日"
    if int(s["访问国数"]) > 2 and not special:
        yield "一次出访超过两国"
    if kind != "培训" and check["too long"] and not special:
        yield "在外停留超过规定天数"
    if kind == "培训" and not 3 * 7 <= stay <= 6 * 7:
        yield "培训以3至6周为宜"
    if kind == "培训" and check["too long"] and not special:
        yield "培训超过6个月"
    if "途经非访问地" in yes and "途经已说明" not in yes:
        yield "途经非访问地,请示中没有说明原因"
    if s["主要负责人签发"] == "否":
        yield "请示不是组团单位主要负责人签发的"
    if s["要素齐全"] == "否":
        yield "请示要素不全"
    if day(s["办证日"]) - day(s["呈报日"]) < timedelta(weeks=3):
        yield "没有在办理护照、签证前三周呈报"
    if "作急件" in yes and "有特殊情况" not in yes:
        yield "没有特殊情况而作急件处理"
    if check["report late"]:
        yield "没有在返渝后1个月内报送出访报告"
    if check["papers late"]:
        yield "没有在返渝后15日内交回证件"


def banned(unit: Row | None, departure: date) -> bool:
    """五(十九): says whether a unit may not send anybody out on a day."""
    if unit is None:
        return False
    this_year = bool(unit["本期查出日"]) and day(unit["本期查出日"]) <= departure < day(unit["本期禁期止"])
    return this_year or departure < day(unit["往期禁期止"], date.min)


def main() -> None:
    """Work out every team and write expected.csv."""
    cutoff = day(read("参数")[0]["值"])
    register = {row["id"]: row for row in read("组团方")}
    results: list[dict[str, Cell]] = []
    for s in read("subjects"):
        kind, unit = s["团组类型"], register.get(s["组团单位"])
        stay = (day(s["返渝日"]) - day(s["出发日"])).days + 1  # both days count
        allowed = 0 if kind == "培训" else DAYS.get(int(s["访问国数"]), DAYS[2])
        planned = s["计划报送日"] != "" and s["计划已批准"] == "是"
        check = checks(s, stay, allowed, cutoff)
        results.append(
            {
                "scheme": "因公出访团组",
                "period": "2007",
                "id": s["编号"],
                "name": s["名称"],
                "团组类型": kind,
                "报批机关": s["报批机关"],
                "组团单位": s["组团单位"],
                "计划内": planned,
                "人数": int(s["团组人数"]),
                "出团日": day(s["出发日"]),
                "停留天数": stay,
                "规定天数": allowed,
                "停留超期": check["too long"],
                "呈报日期": day(s["呈报日"]),
                "提前天数": (day(s["办证日"]) - day(s["呈报日"])).days,
                "bonus": 0,
                "penalty": 0,
                "vetoed": False,
                "计划拟订单位": PLANNER[kind],
                "计划外不予审批": not planned and s["特批"] != "是",
                "停止受理": unit is not None and day(s["呈报日"]) >= day(unit["停止受理起"]),
                "组团单位在禁期": banned(unit, day(s["出发日"])),
                "findings": "; ".join(findings(s, stay, check)),
            }
        )

    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(results[0])
        writer.writerows([plain(value) for value in row.values()] for row in results)


if __name__ == "__main__":
    main()
