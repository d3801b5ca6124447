"""The expected results of yibin-port-2010, worked out from the document alone.

A ledger of projects: four classes, who watches, bulletins, meetings, the port by 30 December, what follows trouble.
It reads `data/` and writes `expected.csv`; all arithmetic is in fractions. Run it with: python expected.py
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]
Value = Fraction | bool | str | int | None
FIRST, LAST = date(2010, 10, 1), date(2010, 12, 31)
CLASSES = ("加快前期", "争取开工", "加快建设", "竣工投产")
TROUBLES = ("推动不力", "进展缓慢", "效率低下", "业主反映突出")


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


def bulletins(days: list[date]) -> tuple[int, int, int]:
    """How many, how many of them late, and the days from the last one to the end."""
    late, before = 0, None
    for each in sorted(days):
        gap = (each - before).days if before else (each - FIRST).days + 1
        late += gap > (7 if each >= date(2010, 11, 1) else 10)
        before = each
    return len(days), late, (LAST - (before or FIRST)).days


def full_weeks(days: list[date]) -> tuple[int, int]:
    """The whole weeks from Monday in the quarter, and those of them with two meetings."""
    monday, whole, kept = date(2010, 10, 4), 0, 0
    while monday + timedelta(days=6) <= LAST:
        whole += 1
        kept += sum(monday <= each <= monday + timedelta(days=6) for each in days) >= 2
        monday += timedelta(days=7)
    return whole, kept


def main() -> None:
    """Work out every project and write expected.csv."""
    subjects = read("subjects")
    men, bulletin, meeting = read("监察人员"), read("通报"), read("联系会")
    before = {r["id"]: int(r["类别序"]) for r in read("history")}
    results: list[dict[str, Value]] = []
    for s in subjects:
        key = s["编号"]
        step = CLASSES.index(s["类别"]) + 1
        moved = step - before[key] if key in before else None
        own = [m for m in men if m["编号"] == key]
        leaders, staff = (sum(m["角色"] == role for m in own) for role in ("委局领导", "专人"))
        count, late, rest = bulletins([date.fromisoformat(r["通报日"]) for r in bulletin if r["编号"] == key])
        weeks, kept = full_weeks([date.fromisoformat(r["会议日"]) for r in meeting if r["编号"] == key])
        port = s["宜宾港工程"] == "是"
        opened = (day(s["开港日"]) or LAST) <= date(2010, 12, 30)
        overdue = (day(s["完成日"]) or LAST) > date.fromisoformat(s["计划完成日"])
        term, mended = day(s["整改期限"]), day(s["整改完成日"])
        bad = any(s[c] == "是" for c in TROUBLES)
        change = "新列入" if moved is None else "推进" if moved > 0 else "后退" if moved < 0 else "未变"
        results.append(
            {
                "scheme": "临港效能监察台账",
                "period": "2010Q4",
                "id": key,
                "name": s["名称"],
                "类别序": step,
                "上期类别序": before.get(key),
                "推进级数": moved,
                "同类项目数": sum(x["类别"] == s["类别"] for x in subjects),
                "委局领导数": leaders,
                "专人数": staff,
                "通报次数": count,
                "迟通报次数": late,
                "期末间隔": rest,
                "整周数": weeks,
                "开足的周数": kept,
                "归口单位": s["责任单位"],
                "存在问题": bad,
                "逾期未完成": overdue,
                "bonus": 0,
                "penalty": 0,
                "vetoed": False,
                "类别变动": change,
                "责令限期整改": bad,
                "效能通报": bad and s["监察处理"] == "效能通报",
                "警示": bad and s["监察处理"] == "警示",
                "诫勉谈话": bad and s["监察处理"] == "诫勉谈话",
                "纳入党风廉政责任制考核": bad,
                "findings": faults(
                    [
                        ((moved or 0) >= 0, "项目类别后退"),
                        (leaders == 1, "没有明确1名委局领导"),
                        (staff == 2, "没有明确2名专人"),
                        (len({m["姓名"] for m in own}) == len(own), "同一人登记了两次"),
                        (late == 0, "两次通报隔得太久"),
                        (rest < 7, "期末一周没有通报"),
                        (not port or kept == weeks, "有的周联系会不足2次"),
                        (not port or opened, "没有在12月30日开港"),
                        (bad or not s["监察处理"], "没有问题却作了处理"),
                        (not overdue, "没有在规定的时间内完成"),
                        (not bad or term is not None, "没有规定整改期限"),
                        (not bad or (mended or LAST) <= (term or LAST), "逾期没有整改"),
                    ]
                ),
            }
        )
    write(results)


if __name__ == "__main__":
    main()
