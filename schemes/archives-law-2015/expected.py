"""Expected results of 档案依法行政考核, worked out from the document alone.

Reads data/, writes expected.csv, with the readings listed in notes.md. Run it with: python expected.py
"""

import csv
import math
from datetime import date
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
YEAR = 2015


def read(table: str) -> list[dict[str, str]]:
    """Rows of one file of the data folder."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def plain(value: object) -> str:
    """A cell of the result: decimals in full, yes or no for truth, nothing for no value."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Fraction():
            places = next(n for n in range(40) if 10**n % value.denominator == 0)
            digits = str(int(value * 10**places)).rjust(places + 1, "0")
            return f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return str(value)


def half_up(value: Fraction, places: int) -> Fraction:
    """Round a value that is not negative, halves upwards (四舍五入)."""
    unit = 10**places
    return Fraction(math.floor(value * unit + Fraction(1, 2)), unit)


def follow(office: dict[str, str], lessons: list[dict[str, str]], accounts: list[dict[str, str]]) -> dict[str, object]:
    """Learning, accounts and score of one bureau; the rank needs all bureaus and follows later."""

    def yes(*names: str) -> bool:
        return all(office[name] == "是" for name in names)

    learned = sum(date.fromisoformat(r["学习日"]).year == YEAR and r["档案法治专题"] == "是" for r in lessons)
    given = [(r["成员"], date.fromisoformat(r["述职日"])) for r in accounts if r["汇报学法用法"] == "是"]
    members = len({who for who, day in given if (day.year, day.month) == (YEAR, 12)})
    marks = {name: Fraction(office[name]) for name in ("依法治档", "档案法教育")}
    score = half_up(sum(marks.values(), Fraction(0)) / 2, 2)
    kept = {
        "党组中心组每年应有一次档案法治专题集中学习": learned >= 1,
        "党组成员年底述职应汇报学法用法情况": members >= int(office["党组成员数"]),
        "两方面应分别建立指标体系和考核标准": yes("依法治档标准", "档案法教育标准"),
        "考评细则应纳入年度综合目标考核": yes("考评细则", "纳入综合目标考核"),
        "考核情况应作为领导班子考核和年度述职报告的内容": yes("作为班子考核内容", "作为述职报告内容"),
    }
    return {
        "专题学习次数": learned,
        "汇报人数": members,
        **marks,
        "法治考评得分": score,
        "bonus": 0,
        "penalty": 0,
        "rank": 0,
        "vetoed": False,
        "报送综合目标考核": score if yes("纳入综合目标考核") else None,
        "findings": "; ".join(text for text, holds in kept.items() if not holds),
    }


def main() -> None:
    """Follow every bureau, rank by score, write expected.csv."""
    lessons, accounts = read("集中学习"), read("述职")
    rows = []
    for office in read("档案局"):
        key = office["编号"]
        own = [[row for row in table if row["编号"] == key] for table in (lessons, accounts)]
        head = {"scheme": "档案依法行政考核", "period": "2015", "id": key, "name": office["名称"]}
        rows.append({**head, **follow(office, *own)})
    scores = [row["法治考评得分"] for row in rows]
    for row in rows:
        row["rank"] = 1 + sum(score > row["法治考评得分"] for score in scores)

    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([plain(value) for value in row.values()] for row in rows)


if __name__ == "__main__":
    main()
