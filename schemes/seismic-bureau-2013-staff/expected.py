"""Expected results of 某市地震局2013 个人绩效, worked out from the document alone.

Reads data/, writes expected.csv. Exact fractions throughout; rounded only where notes.md says.
"""

import csv
import math
from datetime import date
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
PLACES = 2  # 三(二)4 优秀个人设定为1-2个
LAYERS = {"领导班子": 40, "中层干部": 30, "一般人员": 30}  # 三(二)4, percent


def read(name: str) -> list[dict[str, str]]:
    """Rows of one file of the data folder."""
    with (HERE / "data" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def number(cell: str) -> Fraction:
    """`85.5` or `40%` as an exact fraction."""
    return Fraction(cell[:-1]) / 100 if cell.endswith("%") else Fraction(cell)


def half_up(value: Fraction, places: int) -> Fraction:
    """Round a value that is not negative, halves upwards (四舍五入)."""
    unit = 10**places
    return Fraction(math.floor(value * unit + Fraction(1, 2)), unit)


def plain(value: object) -> str:
    """A cell of the result: decimals in full, booleans yes/no, nothing for no value."""
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


def write(rows: list[dict[str, object]]) -> None:
    """Write expected.csv beside this file."""
    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(rows[0])
        out.writerows([plain(cell) for cell in row.values()] for row in rows)


def within_quota(totals: list[Fraction]) -> set[Fraction]:
    """The totals that keep 优秀: the two highest places, a tie across the line losing all."""
    ranked = sorted(totals, reverse=True)
    if len(ranked) <= PLACES:
        return set(ranked)
    line, below = ranked[PLACES - 1], ranked[PLACES]
    return {t for t in ranked if t > line or (t == line and line > below)}


def on_time(day: str, last: str) -> bool:
    """Done, and on the last day at the latest (“前”含当日)."""
    return bool(day) and date.fromisoformat(day) <= date.fromisoformat(last)


def average(marks: list[Fraction]) -> Fraction:
    """The mean to two places; a layer that gave no mark counts 0."""
    return half_up(sum(marks) / len(marks), 2) if marks else Fraction(0)


def appraise(person: dict[str, str], ratings: list[dict[str, str]]) -> dict[str, object]:
    """Scores and findings of one person; the grade needs all persons and follows later."""
    work = sum(number(person[f"工作考核目标.2013Q{q}"]) for q in (1, 2, 3, 4)) * Fraction(1, 4)
    internal = number(person["内部管理目标"])
    marks = {layer: [number(r["打分"]) for r in ratings if r["评价层面"] == layer] for layer in LAYERS}
    means = {layer: average(given) for layer, given in marks.items()}
    satisfaction = sum((Fraction(share, 100) * means[layer] for layer, share in LAYERS.items()), Fraction(0))

    weights = [number(person[w]) for w in ("工作权重", "内部权重", "满意权重")]
    parts = [work, internal, satisfaction]
    total = half_up(sum((w * p for w, p in zip(weights, parts, strict=True)), Fraction(0)), 2)

    kept = {
        "三项一级指标权重之和应为100%": sum(weights) == 1,
        "目标计划书应于3月29日前制定": on_time(person["制定日期"], "2013-03-29"),
        "目标计划应于4月4日前经分管局长审定": on_time(person["审定日期"], "2013-04-04"),
        "目标计划应于4月10日前公布": on_time(person["公布日期"], "2013-04-10"),
        "三个层面都应有评价": all(marks.values()),
    }
    return {
        "工作考核目标": work,
        "内部管理目标": internal,
        "领导班子平均分": means["领导班子"],
        "中层干部平均分": means["中层干部"],
        "一般人员平均分": means["一般人员"],
        "工作满意度目标": satisfaction,
        "个人绩效总分": total,
        "findings": "; ".join(text for text, holds in kept.items() if not holds),
    }


def base_grade(person: dict[str, str], total: Fraction) -> str:
    """三(二)4: punished, or two refusals, is 诫勉 at any score; 以上 includes the line itself."""
    if person["违纪违法受查处"] == "是" or int(person["不服从组织安排"]) >= 2:
        return "诫勉"
    return "优秀" if total >= 90 else "良好" if total >= 80 else "达标" if total >= 70 else "诫勉"


def main() -> None:
    """Grade everyone appraised: direct grade, lines, then the quota (三(二)4, 四)."""
    ratings = read("满意度测评")
    # 一: staff on the establishment, section chief or below; an empty cell means yes
    people = [p for p in read("subjects") if "否" not in (p["在职在编"], p["科级及以下"])]
    scores, grades = {}, {}
    for person in people:
        key = person["编号"]
        scores[key] = appraise(person, [r for r in ratings if r["编号"] == key])
        grades[key] = base_grade(person, scores[key]["个人绩效总分"])

    totals = {key: score["个人绩效总分"] for key, score in scores.items()}
    excellent = within_quota([totals[key] for key in totals if grades[key] == "优秀"])
    rows = []
    for person in people:
        key = person["编号"]
        grade = grades[key]
        if grade == "优秀" and totals[key] not in excellent:
            grade = "良好"
        score = dict(scores[key])
        findings = score.pop("findings")
        rows.append(
            {
                "scheme": "地震局个人绩效",
                "period": "2013",
                "id": key,
                "name": person["名称"],
                **score,
                "bonus": Fraction(0),
                "penalty": Fraction(0),
                "rank": 1 + sum(t > totals[key] for t in totals.values()),
                "vetoed": False,
                "grade": grade,
                "书面情况报告": grade == "诫勉",
                "诫勉谈话": grade == "诫勉",
                "晋升和后备干部依据": grade,
                "绩效奖金依据": grade if person["事业人员"] == "是" else None,
                "findings": findings,
            }
        )
    write(rows)


if __name__ == "__main__":
    main()
