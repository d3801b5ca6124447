"""Expected results of 领导干部履职审计, worked out from the document alone.

Reads data/, writes expected.csv, with the readings listed in notes.md. Run it with: python expected.py
"""

import calendar
import csv
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
ASPECTS = {"管理决策", "干部管理", "廉政建设", "内控建设", "业务管理"}  # 二(二)
HIS_OWN = ("查库", "综合治理")  # 一(二): what the head of a branch sees to in person


def read(table: str) -> list[dict[str, str]]:
    """Rows of one file of the data folder."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def plain(value: object) -> str:
    """A cell of the result: yes or no for truth, nothing for no value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def month_later(day: date) -> date:
    """The same day of the next month, its last day where there is none."""
    year, month = day.year + day.month // 12, day.month % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def responsibility(who: str, problem: dict[str, str]) -> str:
    """一(二): direct, that of the person in charge, or that of a leader."""
    if who == "行长" and problem["事项"] in HIS_OWN:
        return "直接责任"
    return "主管责任" if problem["本人主管"] == "是" else "领导责任"


def judge(audit: dict[str, str], problems: list[dict[str, str]], opinions: list[dict[str, str]]) -> dict[str, object]:
    """Time taken, responsibilities and gaps of one audit."""
    begun, came, left = (date.fromisoformat(audit[name]) for name in ("准备开始日", "进场日", "离场日"))
    reported = date.fromisoformat(audit["报告日"]) if audit["报告日"] else None
    on_site = (left - came).days + 1
    limit = month_later(begun)
    blame = [responsibility(audit["审计对象"], problem) for problem in problems]
    judged = {row["方面"] for row in opinions if row["结论"]}
    kept = {
        "准备、进场、离场、报告应依次进行": begun <= came <= left <= (reported or left),
        "现场审计一般为1至2周": 7 <= on_site <= 14,
        "连同准备和汇总不应超过一个月": reported is not None and reported <= limit,
        "五个方面应逐一作出评价": judged == ASPECTS,
        "同一方面重复评价": len({row["方面"] for row in opinions}) == len(opinions),
    }
    return {
        "审计对象": audit["审计对象"],
        "现场天数": on_site,
        "完成期限": limit,
        **{kind: blame.count(kind) for kind in ("直接责任", "主管责任", "领导责任")},
        "已评方面": len(judged),
        "bonus": 0,
        "penalty": 0,
        "vetoed": False,
        "findings": "; ".join(text for text, holds in kept.items() if not holds),
    }


def main() -> None:
    """Judge every audit and write expected.csv."""
    problems, opinions = read("问题"), read("评价")
    rows = []
    for audit in read("审计项目"):
        key = audit["编号"]
        own = [[row for row in table if row["编号"] == key] for table in (problems, opinions)]
        head = {"scheme": "领导干部履职审计", "period": "2011", "id": key, "name": audit["名称"]}
        rows.append({**head, **judge(audit, *own)})

    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([plain(value) for value in row.values()] for row in rows)


if __name__ == "__main__":
    main()
