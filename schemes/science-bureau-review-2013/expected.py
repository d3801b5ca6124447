"""Expected results of 科技局民主评议整改, worked out from the document alone.

Reads data/, writes expected.csv, with the readings listed in notes.md. Run it with: python expected.py
"""

import csv
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
YEAR_END = date(2013, 12, 31)


def read(table: str) -> list[dict[str, str]]:
    """Rows of one file of the data folder."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def plain(value: object) -> str:
    """A cell of the result: yes or no for truth, nothing for no value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def follow(problem: dict[str, str], ways: int) -> dict[str, object]:
    """五: whether one problem was put right in time, and what follows."""
    raised, limit = date.fromisoformat(problem["提出日"]), date.fromisoformat(problem["整改期限"])
    done = date.fromisoformat(problem["完成日"]) if problem["完成日"] else None
    over = max(0, ((done or YEAR_END) - limit).days)
    kept = {
        "评议应采取问卷调查、集中测评、督查考评三种方式": ways == 3,
        "整改期限早于提出的日期": raised <= limit,
        "完成的日期早于提出的日期": done is None or raised <= done,
        "没有按期整改到位": over == 0,
    }
    return {
        "评议对象": problem["评议对象"],
        "采用方式": ways,
        "整改不到位": over > 0,
        "逾期天数": over,
        "bonus": 0,
        "penalty": 0,
        "vetoed": False,
        "涉及廉政": problem["评议内容"] == "为政清廉",
        "问责": over > 0 and problem["造成不良影响"] == "是",
        "findings": "; ".join(text for text, holds in kept.items() if not holds),
    }


def main() -> None:
    """Follow every problem and write expected.csv."""
    problems = read("问题")
    rows = []
    for problem in problems:
        ways = {other["提出途径"] for other in problems if other["评议对象"] == problem["评议对象"]}
        head = {"scheme": "科技局民主评议整改", "period": "2013", "id": problem["编号"], "name": problem["名称"]}
        rows.append({**head, **follow(problem, len(ways))})

    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([plain(value) for value in row.values()] for row in rows)


if __name__ == "__main__":
    main()
