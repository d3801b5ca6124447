"""Expected results of 人口计生业务练兵, worked out from the document alone.

Reads data/, writes expected.csv, with the readings listed in notes.md. Run it with: python expected.py
"""

import csv
import math
from datetime import date
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
STAGES = {"理论学习": range(3, 7), "技能培训": range(6, 10), "学习调研": range(9, 11), "考核评估": range(11, 12)}  # 三
OPEN_BOOK_FROM = {"男": 55, "女": 50}  # 三第一阶段
SHARE = Fraction(1, 4)  # 三第四阶段: four parts, all alike


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


def age(born: date, on: date) -> int:
    """Full years; who was born on 29 February is a year older on the 28th where there is no 29th."""
    birthday = born.day
    if (born.month, born.day) == (2, 29) and (on.year % 4 or (on.year % 100 == 0 and on.year % 400)):
        birthday = 28
    return on.year - born.year - ((on.month, on.day) < (born.month, birthday))


def fits(activity: dict[str, str]) -> bool:
    """Whether an activity lies in the months of its stage."""
    day = date.fromisoformat(activity["日期"])
    return day.year == 2012 and day.month in STAGES[activity["阶段"]]


def appraise(person: dict[str, str], activities: list[dict[str, str]]) -> dict[str, object]:
    """Examination and score of one person; the rank needs all persons and follows later."""
    exam = date.fromisoformat(person["考试日"])
    years = age(date.fromisoformat(person["出生日期"]), exam)
    entitled = years >= OPEN_BOOK_FROM[person["性别"]]
    lessons = [date.fromisoformat(row["日期"]) for row in activities if row["阶段"] == "理论学习"]
    misplaced = sum(not fits(row) for row in activities)
    present = sum(row["出勤"] == "是" for row in activities)
    attendance = Fraction(100 * present, len(activities)) if activities else Fraction(0)
    marks = {name: Fraction(person[name]) for name in ("考试成绩", "技能评估", "联系基层")}
    kept = {
        "活动不在本阶段的月份": misplaced == 0,
        "四个阶段都应安排": {row["阶段"] for row in activities} == set(STAGES),
        "不够年龄不应开卷考试": person["考试形式"] == "闭卷" or entitled,
        "够年龄的应实行开卷考试": person["考试形式"] == "开卷" or not entitled,
        "考试应在理论学习结束后": not lessons or exam >= max(lessons),
    }
    return {
        "阶段不符次数": misplaced,
        "周岁": years,
        "应考形式": "开卷" if entitled else "闭卷",
        "出勤情况": half_up(attendance, 12),
        **marks,
        "练兵成绩": half_up(SHARE * (attendance + sum(marks.values())), 2),
        "bonus": 0,
        "penalty": 0,
        "rank": 0,
        "vetoed": False,
        "findings": "; ".join(text for text, holds in kept.items() if not holds),
    }


def main() -> None:
    """Appraise everyone, rank by score, write expected.csv."""
    activities = read("活动")
    rows = []
    for person in read("干部"):
        key = person["编号"]
        head = {"scheme": "人口计生业务练兵", "period": "2012", "id": key, "name": person["名称"]}
        rows.append({**head, **appraise(person, [row for row in activities if row["编号"] == key])})
    scores = [row["练兵成绩"] for row in rows]
    for row in rows:
        row["rank"] = 1 + sum(score > row["练兵成绩"] for score in scores)

    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([plain(value) for value in row.values()] for row in rows)


if __name__ == "__main__":
    main()
