"""The expected results of yibin-port-2010-units, worked out from the document alone.

What troubled projects cost the units in charge of them, with the readings listed in notes.md.
It reads `data/` and writes `expected.csv`; all arithmetic is in fractions. Run it with: python expected.py
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]
MEASURES = (("诫勉谈话", "诫勉扣分"), ("警示", "警示扣分"), ("效能通报", "通报扣分"))  # the gravest first


def read(table: str) -> list[Row]:
    """Read one table of the sample data."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def shown(value: Fraction) -> str:
    """Write points with two places."""
    hundredths = int(value * 100)
    return f"{hundredths // 100}.{hundredths % 100:02}"


def cost(project: Row, price: dict[str, Fraction]) -> Fraction:
    """一(五): what one project takes off."""
    found = price["纳入扣分"] if project["纳入党风廉政责任制考核"] == "yes" else Fraction()
    found += next((price[name] for measure, name in MEASURES if project[measure] == "yes"), Fraction())
    return found + (price["逾期扣分"] if project["逾期未完成"] == "yes" else 0)


def main() -> None:
    """Work out every unit and write expected.csv."""
    price = {row["参数"]: Fraction(row["值"]) for row in read("参数")}
    projects, units = read("项目"), read("责任单位")
    own = {u["编号"]: [p for p in projects if p["归口单位"] == u["编号"]] for u in units}
    score = {key: max(Fraction(), 100 - sum((cost(p, price) for p in found), Fraction())) for key, found in own.items()}
    rows = []
    for unit in units:
        key = unit["编号"]
        count = {
            name: sum(p[name] == "yes" for p in own[key])
            for name in ("纳入党风廉政责任制考核", "诫勉谈话", "逾期未完成")
        }
        rows.append(
            {
                "scheme": "临港责任单位效能监察",
                "period": "2010Q4",
                "id": key,
                "name": unit["名称"],
                "项目数": len(own[key]),
                "纳入项数": count["纳入党风廉政责任制考核"],
                "诫勉项数": count["诫勉谈话"],
                "逾期项数": count["逾期未完成"],
                "项目推进": shown(score[key]),
                "total": shown(score[key]),
                "bonus": 0,
                "penalty": 0,
                "rank": 1 + sum(other > score[key] for other in score.values()),
                "vetoed": "no",
                "纳入党风廉政责任制考核": "yes" if count["纳入党风廉政责任制考核"] else "no",
                "findings": "",
            }
        )
    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


if __name__ == "__main__":
    main()
