"""Expected results of 人大代表联系和履职, worked out from the document alone.

Reads data/, writes expected.csv, with the readings listed in notes.md. Run it with: python expected.py
"""

import csv
import math
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
LAST_YEAR, THIS_YEAR = "2012", "2013"
TARGET = Fraction(97, 100)  # 一


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


def year(row: dict[str, str], column: str) -> str:
    """The year of a date."""
    return row[column][:4]


def content(rows: list[dict[str, str]]) -> int:
    """Suggestions whose answer satisfied, or satisfied on the whole."""
    return sum(row["答复"] in ("满意", "基本满意") for row in rows)


def share(rows: list[dict[str, str]]) -> Fraction | None:
    """Satisfied suggestions among all, as printed with twelve places."""
    return half_up(Fraction(content(rows), len(rows)), 12) if rows else None


def reached(rows: list[dict[str, str]]) -> bool:
    """97% or more, or nothing to be satisfied with."""
    return not rows or Fraction(content(rows), len(rows)) >= TARGET


def main() -> None:
    """Count for every deputy and write expected.csv."""
    contacts, suggestions = read("联系"), read("建议")
    county = {each: [row for row in suggestions if year(row, "提出日") == each] for each in (LAST_YEAR, THIS_YEAR)}
    rows = []
    for deputy in read("代表"):
        key = deputy["编号"]
        met = [row for row in contacts if row["编号"] == key]
        counted = [row for row in met if LAST_YEAR <= year(row, "联系日") <= THIS_YEAR]
        people = len({row["群众"] for row in met if row["本选区"] == "是"})
        own = {each: [row for row in table if row["编号"] == key] for each, table in county.items()}
        rows.append(
            {
                "scheme": "人大代表联系和履职",
                "period": "2012..2013",
                "id": key,
                "name": deputy["名称"],
                "联系人数": people,
                "联系次数": len(counted),
                "走访座谈次数": sum(row["方式"] in ("走访", "座谈") for row in counted),
                "上年件数": len(own[LAST_YEAR]),
                "本年件数": len(own[THIS_YEAR]),
                "上年满意件数": content(own[LAST_YEAR]),
                "本年满意件数": content(own[THIS_YEAR]),
                "全县上年满意率": share(county[LAST_YEAR]),
                "全县本年满意率": share(county[THIS_YEAR]),
                "上年达标": reached(county[LAST_YEAR]),
                "本年达标": reached(county[THIS_YEAR]),
                "bonus": 0,
                "penalty": 0,
                "vetoed": False,
                "建议需重新办理": any(content(table) < len(table) for table in own.values()),
                "findings": "" if people <= 3 else "一名代表最多联系三名群众",
            }
        )

    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([plain(value) for value in row.values()] for row in rows)


if __name__ == "__main__":
    main()
