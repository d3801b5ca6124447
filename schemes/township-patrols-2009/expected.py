"""Expected results of 乡镇土地动态巡查, worked out from the document alone.

Reads data/, writes expected.csv, with the readings listed in notes.md. Run it with: python expected.py
"""

import csv
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

HERE = Path(__file__).parent
FIRST, LAST = date(2009, 10, 1), date(2009, 10, 31)
LEADERS = {"城市规划区外": "国土资源所", "城市规划区内": "中队", "控制区": "中队"}  # 四2
AREAS = ("工业园控制规划区内", "干线公路两侧", "基本农田保护区")  # 四1


def read(table: str) -> list[dict[str, str]]:
    """Rows of one file of the data folder."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def plain(value: object) -> str:
    """A cell of the result: yes or no for truth, nothing for no value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def overdue(days: list[date]) -> int:
    """四3: times a first-class zone lay more than two days without a patrol, once more if the month ends so."""
    ordered = sorted(days)
    before = [FIRST - timedelta(days=1), *ordered] if not ordered or ordered[0] >= FIRST else ordered
    gaps = [(later - earlier).days for earlier, later in pairwise(before) if later >= FIRST]
    return sum(gap > 2 for gap in gaps) + ((LAST - before[-1]).days >= 2)


def inspect(zone: dict[str, str], patrols: list[dict[str, str]], key_days: list[date]) -> dict[str, object]:
    """Class, counts and faults of one zone."""
    days = [date.fromisoformat(row["巡查日"]) for row in patrols]
    within = [row for row, day in zip(patrols, days, strict=True) if FIRST <= day <= LAST]
    listed = Fraction(zone["距320国道"]) <= 1 or any(zone[area] == "是" for area in AREAS)
    village = sum(row["带队"] == "村委会" for row in within)
    leader = LEADERS[zone["规划位置"]]
    missed = sum(day not in days for day in key_days)
    late = overdue(days) if listed else None
    last = max(days, default=FIRST - timedelta(days=1))
    kept = {
        "分片包干、责任到人:没有责任人": zone["责任人"] != "",
        "一级区的巡查不是牵头单位带队": not listed or all(row["带队"] == leader for row in patrols),
        "一级区应一至二天巡查一次": not late,
        "二级区应适度开展巡查": listed or len(within) > 0,
        "二级区的巡查应以村委会为主": listed or not within or Fraction(village, len(within)) > Fraction(1, 2),
        "节假日及敏感时段应每日巡逻": missed == 0,
    }
    return {
        "巡查等级": "一级" if listed else "二级",
        "列入重点": listed,
        "最后巡查日": last,
        "月末未巡天数": (LAST - last).days,
        "超期次数": late,
        "巡查次数": len(within),
        "村委会巡查次数": village,
        "重点日漏巡天数": missed,
        "重点日超次天数": sum(days.count(day) > 2 for day in key_days),
        "bonus": 0,
        "penalty": 0,
        "vetoed": False,
        "牵头单位": leader,
        "findings": "; ".join(text for text, holds in kept.items() if not holds),
    }


def main() -> None:
    """Inspect every zone and write expected.csv."""
    patrols, key_days = read("巡查"), read("重点日")
    rows = []
    for zone in read("片区"):
        key = zone["编号"]
        marked = sorted({date.fromisoformat(row["日期"]) for row in key_days if row["编号"] == key})
        found = inspect(zone, [row for row in patrols if row["编号"] == key], marked)
        rows.append({"scheme": "乡镇土地动态巡查", "period": "2009-10", "id": key, "name": zone["名称"], **found})

    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([plain(value) for value in row.values()] for row in rows)


if __name__ == "__main__":
    main()
