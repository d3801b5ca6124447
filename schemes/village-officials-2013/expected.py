"""Expected results of 大学生村官管理, worked out from the document alone.

Reads data/, writes expected.csv, with the readings listed in notes.md. Run it with: python expected.py
"""

import csv
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).parent
FIRST, LAST = date(2013, 1, 1), date(2013, 6, 30)
TIED = ("学习列入村计划", "目标列入村计划", "任务列入村考核", "业绩列入村考核")
GRADES = ("不合格", "合格", "优秀")  # worst first


def read(table: str) -> list[dict[str, str]]:
    """Rows of one file of the data folder."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def plain(value: object) -> str:
    """A cell of the result: yes or no for truth, nothing for no value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def work_days(since: date) -> list[date]:
    """Every day of the half year from the first day at work."""
    start = max(since, FIRST)
    return [start + timedelta(days=n) for n in range((LAST - start).days + 1)]


def reported(rows: list[dict[str, str]], column: str) -> set[date]:
    """The days on which something was written or handed in."""
    return {date.fromisoformat(row[column]) for row in rows}


def appraise(person: dict[str, str], logs: set[date], summaries: set[date], reports: set[date]) -> dict[str, object]:
    """二(一): what one village official owes of daily, monthly and half-yearly reports."""
    days = work_days(date.fromisoformat(person["到岗日"]))
    months = {(day.year, day.month) for day in days}
    return {
        "所在村": person["所在村"],
        "漏记日志": len(set(days) - logs),
        "漏报总结": len(months - {(day.year, day.month) for day in summaries}),
        "漏交报告": int(bool(days) and not any(FIRST <= day <= LAST for day in reports)),
        "列入村里": all(person[kind] == "是" for kind in TIED),
        "本人业绩": person["业绩考核"],
        "bonus": 0,
        "penalty": 0,
        "vetoed": False,
    }


def shared_grade(own: str, village: str | None) -> str:
    """一: the lower of the official's own grade and that of the village's committees."""
    return own if village is None else min(own, village, key=GRADES.index)


def faults(person: dict[str, str], owed: dict[str, object], village: str | None) -> str:
    """What was left out, in the order of the clauses."""
    plan = person["学习列入村计划"] == person["目标列入村计划"] == "是"
    review = person["任务列入村考核"] == person["业绩列入村考核"] == "是"
    kept = {
        "应每日记一次工作日志": owed["漏记日志"] == 0,
        "应每月总结汇报一次": owed["漏报总结"] == 0,
        "应每半年交一份调查报告": owed["漏交报告"] == 0,
        "思想政治学习、工作目标应列入所在村的年度计划": plan,
        "任务完成、业绩考核应列入所在村的年终考核": review,
        "所在村“两委”没有年终考核结果": village is not None,
    }
    return "; ".join(text for text, holds in kept.items() if not holds)


def main() -> None:
    """Appraise every village official and write expected.csv."""
    villages = {row["id"]: row["grade"] for row in read("村两委")}
    ledgers = {table: read(table) for table in ("日志", "总结", "调查报告")}
    rows = []
    for person in read("村官"):
        key = person["编号"]
        own = {table: [row for row in ledger if row["编号"] == key] for table, ledger in ledgers.items()}
        owed = appraise(
            person,
            reported(own["日志"], "记录日"),
            reported(own["总结"], "汇报日"),
            reported(own["调查报告"], "提交日"),
        )
        village = villages.get(person["所在村"])
        rows.append(
            {
                "scheme": "大学生村官管理",
                "period": "2013H1",
                "id": key,
                "name": person["名称"],
                **owed,
                "grade": shared_grade(person["业绩考核"], village),
                "findings": faults(person, owed, village),
            }
        )

    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([plain(value) for value in row.values()] for row in rows)


if __name__ == "__main__":
    main()
