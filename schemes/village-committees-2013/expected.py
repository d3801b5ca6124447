"""Expected results of 村两委年终考核, worked out from the document alone.

Reads data/, writes expected.csv, with the readings listed in notes.md. Run it with: python expected.py
"""

import csv
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent


def read(table: str) -> list[dict[str, str]]:
    """Rows of one file of the data folder."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def shown(value: Fraction) -> str:
    """Points with two places."""
    hundredths = int(value * 100)
    return f"{hundredths // 100}.{hundredths % 100:02}"


def main() -> None:
    """Appraise every village and write expected.csv."""
    fixed = {row["参数"]: Fraction(row["值"]) for row in read("参数")}
    officials = read("村官")
    found = []
    for village in read("村"):
        own = [each for each in officials if each["所在村"] == village["编号"]]
        failed = sum(each["本人业绩"] == "不合格" for each in own)
        silent = sum(int(each["漏报总结"]) > 0 or int(each["漏交报告"]) > 0 for each in own)
        apart = sum(each["列入村里"] == "no" for each in own)
        taken = fixed["不合格扣分"] * failed + fixed["漏报扣分"] * silent + fixed["未列入扣分"] * apart
        part = max(Fraction(), 10 - taken)
        total = Fraction(village["村务"]) + part
        grade = "优秀" if total >= fixed["优秀线"] else "合格" if total >= fixed["合格线"] else "不合格"
        found.append((village, len(own), failed, silent, part, total, grade))
    rows = [
        {
            "scheme": "村两委年终考核",
            "period": "2013H1",
            "id": village["编号"],
            "name": village["名称"],
            "村官人数": count,
            "不合格村官": failed,
            "漏报村官": silent,
            "村务": village["村务"],
            "村官业绩": shown(part),
            "total": shown(total),
            "bonus": 0,
            "penalty": 0,
            "rank": 1 + sum(other[5] > total for other in found),
            "vetoed": "no",
            "grade": grade,
            "findings": "",
        }
        for village, count, failed, silent, part, total, grade in found
    ]
    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


if __name__ == "__main__":
    main()
