"""The expected results of baihe-2003-officials, worked out from the document alone.

Officials under a county's appraisal by targets, with the readings listed in notes.md.
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


def plain(value: Fraction | int | bool | str | None) -> str:
    """Write a value as a cell: an exact decimal, yes or no, or nothing."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return value
    value = Fraction(value)
    places = next(p for p in range(40) if 10**p % value.denominator == 0)
    digits = str(abs(int(value * 10**places))).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def write(rows: list[dict[str, Fraction | int | bool | str | None]]) -> None:
    """Write expected.csv beside this file."""
    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(rows[0])
        out.writerows([plain(cell) for cell in row.values()] for row in rows)


def number(text: str) -> Fraction:
    """Read a decimal or a percentage exactly."""
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def places(pool: dict[str, tuple[int, Fraction]], number_of_places: int) -> set[str]:
    """Those who take the places; all who are level with somebody beyond the last place get none."""
    return {k for k, mark in pool.items() if sum(other >= mark for other in pool.values()) <= number_of_places}


def main() -> None:
    """Work out every official and write expected.csv."""
    people = {p["编号"]: p for p in read("subjects")}
    units = {row["id"]: row for row in read("所在单位")}
    share = next(number(row["值"]) for row in read("参数") if row["参数"] == "优秀比例")
    score = {key: half_up(number(p["个人得分"]), 2) for key, p in people.items()}

    def unit_is(p: Row, what: str) -> bool:
        return p["单位"] in units and units[p["单位"]][what] == "yes"

    head = {key: p["职务"] == "党政主要领导" for key, p in people.items()}
    removed = {key: head[key] and unit_is(p, "末位淘汰") for key, p in people.items()}
    first = {key: int(head[key] and unit_is(p, "获奖")) for key, p in people.items()}
    grade = {key: "不称职" if removed[key] else p["初评等次"] for key, p in people.items()}
    for unit in {p["单位"] for p in people.values()}:
        members = [key for key, p in people.items() if p["单位"] == unit]
        last, prized = unit_is(people[members[0]], "末位淘汰"), unit_is(people[members[0]], "获奖")
        own = 0 if last else share * len(members) // 1
        chosen = places({k: (first[k], score[k]) for k in members if grade[k] == "称职"}, int(own))
        grade |= dict.fromkeys(chosen, "优秀")
        rest = {k: (0, score[k]) for k in members if grade[k] == "称职" and people[k]["职务"] == "非领导职务"}
        grade |= dict.fromkeys(places(rest, int(prized and not last)), "优秀")

    results = []
    for key, p in people.items():
        last, prized = unit_is(p, "末位淘汰"), unit_is(p, "获奖")
        results.append(
            {
                "scheme": "白河县干部年度考核",
                "period": "2003",
                "id": key,
                "name": p["名称"],
                "职务": p["职务"],
                "单位": p["单位"],
                "单位获奖": prized,
                "单位末位": last,
                "考核得分": score[key],
                "单位优秀率": Fraction() if last else share,
                "优先": first[key],
                "奖励名额": int(prized and not last),
                "bonus": 0,
                "penalty": 0,
                "rank": 1 + sum(other > score[key] for other in score.values()),
                "vetoed": removed[key],
                "grade": grade[key],
                "免职或降职使用": removed[key],
                "优先提拔重用": unit_is(p, "优先提拔重用"),
                "findings": "" if p["单位"] in units else "所在单位没有考评结果",
            }
        )
    write(results)


if __name__ == "__main__":
    main()
