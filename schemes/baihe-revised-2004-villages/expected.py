"""The expected results of baihe-revised-2004-villages, worked out from the document alone.

Villages that departments stand by, with the readings listed in notes.md.
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


def shown(value: Fraction) -> str:
    """Write points with two places."""
    hundredths = int(value * 100)
    return f"{hundredths // 100}.{hundredths % 100:02}"


def points(tasks: list[Row]) -> Fraction:
    """三(二)1②: of a hundred points the mean of what was done of each task, nothing for more than all."""
    done = []
    for task in tasks:
        wanted, reached = Fraction(task["任务量"]), Fraction(task["完成量"])
        done.append(min(Fraction(1), half_up(reached / wanted, 4)) if wanted else Fraction(1))
    return half_up(100 * sum(done, Fraction()) / len(done), 2) if done else Fraction()


def main() -> None:
    """Work out every village and write expected.csv."""
    villages, ledger = read("村"), read("任务")
    own = {v["编号"]: [task for task in ledger if task["编号"] == v["编号"]] for v in villages}
    score = {key: points(tasks) for key, tasks in own.items()}
    rows = []
    for village in villages:
        key = village["编号"]
        kinds = [task["项目"] for task in own[key]]
        wrong = [
            (len(set(kinds)) != 5, "五项任务没有登记齐"),
            (len(set(kinds)) != len(kinds), "同一项任务登记了两次"),
        ]
        rows.append(
            {
                "scheme": "白河县包建村目标考评",
                "period": "2004",
                "id": key,
                "name": village["名称"],
                "包建单位": village["包建部门"],
                "目标任务": shown(score[key]),
                "total": shown(score[key]),
                "bonus": "0",
                "penalty": "0",
                "rank": str(1 + sum(other > score[key] for other in score.values())),
                "vetoed": "no",
                "findings": "; ".join(text for is_wrong, text in wrong if is_wrong),
            }
        )
    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


if __name__ == "__main__":
    main()
