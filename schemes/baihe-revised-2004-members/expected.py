"""The expected results of baihe-revised-2004-members, worked out from the document alone.

Members of leading teams under a county's revised appraisal, with the readings listed in notes.md.
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


WEIGHTS = {"主要领导": (6, 1, 3), "非主要领导": (3, 4, 3)}  # 三(二): team, own duties, ballot, in tenths
MARKS = {"优秀": "一格分", "称职": "二格分", "基本称职": "三格分", "不称职": "四格分"}
OWN_MARKS = {"优秀": "一格分", "良好": "二格分", "一般": "三格分", "较差": "四格分"}


def number(text: str) -> Fraction:
    """Read a decimal or a percentage exactly."""
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def mean(values: list[Fraction]) -> Fraction:
    """The mean to two places, 0 of nothing."""
    return half_up(sum(values, Fraction()) / len(values), 2) if values else Fraction()


def main() -> None:
    """Work out every member and write expected.csv."""
    given = {row["参数"]: number(row["值"]) for row in read("参数")}
    teams = {row["id"]: number(row["综合成绩"]) for row in read("班子")}
    duties, ballots = read("分管工作"), read("测评票")
    results = []
    for m in read("subjects"):
        own = [d for d in duties if d["编号"] == m["编号"]]
        shares = [number(d["权数"]) * number(d["权责"] or "100%") for d in own]
        whole = sum(shares, Fraction())
        weighted = sum((share * number(d["工作成绩"]) for share, d in zip(shares, own, strict=True)), Fraction())
        duty = half_up(weighted / whole, 2) if whole else Fraction()
        first = [number(d["权数"]) for d in own if d["方式"] in ("主管", "分管")]
        second = [number(d["权数"]) for d in own if d["方式"] in ("兼管", "协管")]
        ordered = not first or not second or min(first) > max(second)

        cast = [b for b in ballots if b["编号"] == m["编号"]]
        public = mean([given[MARKS[b["格次"]]] for b in cast if b["来源"] == "群众"])
        peers = mean([given[MARKS[b["格次"]]] for b in cast if b["来源"] == "班子互评"])
        own_mark = given[OWN_MARKS[m["自我估评"]]] if m["自我估评"] else Fraction()
        ballot = given["群众权重"] * public + given["互评权重"] * peers + given["自评权重"] * own_mark

        team = teams.get(m["单位"], Fraction())
        a, b, c = WEIGHTS[m["职务"]]
        heard = {"群众", "班子互评"} <= {each["来源"] for each in cast} and m["自我估评"]
        wrong = [
            (m["单位"] not in teams, "所在班子没有综合成绩"),
            (not ordered, "主管、分管工作的权数应大于兼管、协管工作"),
            (len({d["事项"] for d in own}) != len(own), "同一项工作登记了不止一次"),
            (not heard, "三类测评都应有"),
            (len({each["票号"] for each in cast}) != len(cast), "单人表:一张票只评一次"),
            (any(each["来源"] == "群众" and not each["评语"] for each in cast), "群众评价应有语言评价"),
        ]
        results.append(
            {
                "scheme": "白河县班子成员考评",
                "period": "2004",
                "id": m["编号"],
                "name": m["名称"],
                "职务": m["职务"],
                "单位": m["单位"],
                "班子成绩": team,
                "权数合计": whole,
                "加权成绩": weighted,
                "分管成绩": duty,
                "最小主管权数": min(first) if first else None,
                "最大兼管权数": max(second) if second else None,
                "群众评价": public,
                "班子互评分": peers,
                "自评分": own_mark,
                "民主测评": ballot,
                "综合成绩": half_up((a * team + b * duty + c * ballot) / 10, 2),
                "bonus": 0,
                "penalty": 0,
                "rank": 0,
                "vetoed": False,
                "findings": "; ".join(text for is_wrong, text in wrong if is_wrong),
            }
        )
    for row in results:
        row["rank"] = 1 + sum(o["综合成绩"] > row["综合成绩"] for o in results if o["职务"] == row["职务"])
    write(results)


if __name__ == "__main__":
    main()
