"""The expected results of baihe-revised-2004-teams, worked out from the document alone.

Leading teams under a county's revised appraisal, with the readings listed in notes.md.
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


TREE: dict[str, list[tuple[str, tuple[str, ...]]]] = {
    "乡镇": [("经济建设", ("财政收入", "产业建设")), ("社会事业", ("计划生育", "农业基础设施")), ("党建法制", ())],
    "综合部门": [("部门业务", ()), ("经济工作", ())],
    "工业流通企业": [("经济指标", ()), ("非经济指标", ())],
}
WHOLE = {"乡镇": "乡镇实绩", "综合部门": "部门实绩", "工业流通企业": "企业实绩"}
MARKS = {"好": "一格分", "较好": "二格分", "一般": "三格分", "差": "四格分"}
RATERS = {"群众": ("群众评价", "群众权重"), "班子互评": ("班子互评", "互评权重"), "县级领导": ("领导评价", "领导权重")}
QUARTERS = (("2004-01", "2004-03"), ("2004-04", "2004-06"), ("2004-07", "2004-09"), ("2004-10", "2004-12"))


def number(text: str) -> Fraction:
    """Read a decimal or a percentage exactly."""
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def mean(values: list[Fraction]) -> Fraction:
    """The mean to two places, 0 of nothing."""
    return half_up(sum(values, Fraction()) / len(values), 2) if values else Fraction()


def village_work(villages: list[Row]) -> Fraction:
    """三(二)1②: 45% of the mean points of the villages that a department stands by."""
    return mean([45 * number(village["total"]) / 100 for village in villages])


def points(unit: Row, villages: list[Row]) -> dict[str, Fraction]:
    """三(二)1: every item of the unit's own hundred points."""
    found: dict[str, Fraction] = {}
    for name, parts in TREE[unit["块"]]:
        found |= {part: number(unit[part]) for part in parts}
        if name == "经济工作":
            found[name] = village_work(villages)
        else:
            found[name] = sum((found[part] for part in parts), Fraction()) if parts else number(unit[name])
    found[WHOLE[unit["块"]]] = sum((found[name] for name, _ in TREE[unit["块"]]), Fraction())
    return found


def winners(pool: dict[str, Fraction], places: int) -> set[str]:
    """Those who take the places; all who are level with somebody beyond the last place get none."""
    return {key for key, mark in pool.items() if sum(other >= mark for other in pool.values()) <= places}


def main() -> None:
    """Work out every unit and write expected.csv."""
    given = {row["参数"]: number(row["值"]) for row in read("参数")}
    ledgers = {name: read(name) for name in ("测评票", "上报", "重要项目")}
    villages = read("包建村")
    results = {}
    for u in read("subjects"):
        own = {name: [r for r in rows if r["编号"] == u["编号"]] for name, rows in ledgers.items()}
        ballots = own["测评票"]
        stood_by = [village for village in villages if village["包建单位"] == u["编号"]]
        score = points(u, stood_by)
        heard = {
            column: mean([given[MARKS[b["格次"]]] for b in ballots if b["来源"] == rater])
            for rater, (column, _) in RATERS.items()
        }
        opinion = sum((given[weight] * heard[column] for column, weight in RATERS.values()), Fraction())
        total = half_up((7 * score[WHOLE[u["块"]]] + 3 * opinion) / 10, 2)
        months = [r["上报日"][:7] for r in own["上报"]]
        reported = all(any(first <= m <= last for m in months) for first, last in QUARTERS)
        checked = all(r["初次验收"] == r["复查验收"] == "是" for r in own["重要项目"])
        fast = number(u["年均增速目标"]) >= Fraction(10, 100)
        wrong = [
            (u["块"] == "综合部门" and not stood_by, "没有包建村的成绩"),
            ({b["来源"] for b in ballots} != set(RATERS), "三类评价都应有票"),
            (len({b["票号"] for b in ballots}) != len(ballots), "单人表:一张票只评一次"),
            (any(b["来源"] == "群众" and not b["评语"] for b in ballots), "群众评价应有语言评价"),
            (not reported, "应按季度上报目标执行情况"),
            (not checked, "重要项目应经双重检查验收"),
            (not fast, "目标的年均增速不应低于10%"),
        ]
        items = ("乡镇实绩", "经济建设", "财政收入", "产业建设", "社会事业", "计划生育", "农业基础设施", "党建法制")
        items += ("部门实绩", "部门业务", "经济工作", "企业实绩", "经济指标", "非经济指标")
        results[u["编号"]] = {
            "scheme": "白河县班子综合考评",
            "period": "2004",
            "id": u["编号"],
            "name": u["名称"],
            "块": u["块"],
            **{item: score.get(item) for item in items},
            **heard,
            "民意测验": opinion,
            "综合成绩": total,
            "双重验收": checked,
            "bonus": 0,
            "penalty": 0,
            "rank": 0,
            "vetoed": False,
            "综合奖": False,
            "非公经济单项奖": False,
            "findings": "; ".join(text for is_wrong, text in wrong if is_wrong),
        }

    for track in TREE:
        totals = {key: row["综合成绩"] for key, row in results.items() if row["块"] == track}
        for key in totals:
            results[key]["rank"] = 1 + sum(other > totals[key] for other in totals.values())
            results[key]["综合奖"] = key in winners(totals, int(given["综合奖名额"]))
    private = {u["编号"]: number(u["非公经济得分"] or "0") for u in read("subjects") if u["块"] == "乡镇"}
    for key in winners({k: mark for k, mark in private.items() if mark > 0}, int(given["单项奖名额"])):
        results[key]["非公经济单项奖"] = True
    write(list(results.values()))


if __name__ == "__main__":
    main()
