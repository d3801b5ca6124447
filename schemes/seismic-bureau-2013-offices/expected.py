"""Expected results of 某市地震局2013 处室(站)绩效, worked out from the document alone.

Reads data/, writes expected.csv. Exact fractions throughout; rounded only where notes.md says.
"""

import csv
import math
from datetime import date
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
GRADES = ["优秀", "良好", "达标", "诫勉"]  # 三(一)4(2), best first
PLACES = 2  # 三(一)4(2) 优秀处室(站)设定为1-2个
RATERS = ["领导班子", "处室互评", "省局处室", "市区局"]  # 三(一)3(2)


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


def quarter(day: str) -> int:
    """1 to 4."""
    return (date.fromisoformat(day).month + 2) // 3


def on_time(day: str, last: str) -> bool:
    """Done, and on the last day at the latest (“前”含当日)."""
    return bool(day) and date.fromisoformat(day) <= date.fromisoformat(last)


def appraise(office: dict[str, str], goals: list[dict[str, str]]) -> dict[str, object]:
    """Scores and findings of one office; its grade needs all offices and follows later."""
    quarters = [[g for g in goals if quarter(g["评估日期"]) == q] for q in (1, 2, 3, 4)]

    def second_level(kind: str) -> Fraction:
        # 三(一)4(1): each quarter's weighted score counts 25%
        return sum(
            (
                Fraction(1, 4) * number(g["权重"]) * number(g["得分"])
                for rows in quarters
                for g in rows
                if g["二级指标"] == kind
            ),
            Fraction(0),
        )

    key, usual, other = (second_level(kind) for kind in ("重点工作", "常规工作", "其他工作"))
    function = min(key + usual + other, Fraction(100))
    management, innovation = number(office["管理工作"]), number(office["创新创优"])
    satisfaction = sum(number(office[f"工作满意度.{r}"]) for r in RATERS) * Fraction(1, 4)

    weights = [number(office[w]) for w in ("职能权重", "管理权重", "创新权重", "满意权重")]
    parts = [function, management, innovation, satisfaction]
    total = half_up(sum((w * p for w, p in zip(weights, parts, strict=True)), Fraction(0)), 2)

    kept = {
        "四项一级指标权重之和应为100%": sum(weights) == 1,
        "目标计划书应于3月29日前制定": on_time(office["制定日期"], "2013-03-29"),
        "目标计划应于4月3日前经分管局长审定": on_time(office["审定日期"], "2013-04-03"),
        "目标计划应于4月10日前公布": on_time(office["公布日期"], "2013-04-10"),
        "每个季度职能目标的权重之和应为100%": all(sum(number(g["权重"]) for g in rows) == 1 for rows in quarters),
        "同一季度的三级指标不应重复填报": all(len({g["三级指标"] for g in rows}) == len(rows) for rows in quarters),
    }
    return {
        "职能工作": function,
        "重点工作目标": key,
        "常规工作目标": usual,
        "其他工作目标": other,
        "管理工作": management,
        "创新创优": innovation,
        "工作满意度": satisfaction,
        "处室绩效总得分": total,
        "findings": "; ".join(text for text, holds in kept.items() if not holds),
    }


def base_grade(total: Fraction) -> str:
    """三(一)4(2): 90分以上、80分以上、70分以上 include the line itself."""
    return GRADES[0 if total >= 90 else 1 if total >= 80 else 2 if total >= 70 else 3]


def lowered(grade: str) -> str:
    """One grade down; the lowest stays."""
    return GRADES[min(GRADES.index(grade) + 1, len(GRADES) - 1)]


def main() -> None:
    """Grade every office: lines, one grade down, then the quota (三(一)4(2), 四)."""
    offices, goals = read("subjects"), read("职能目标")
    punished = {r["编号"] for r in read("人员查处") if r["查处日期"].startswith("2013-")}
    scores, grades = {}, {}
    for office in offices:
        key = office["编号"]
        scores[key] = appraise(office, [g for g in goals if g["编号"] == key])
        grade = base_grade(scores[key]["处室绩效总得分"])
        grades[key] = lowered(grade) if key in punished else grade

    totals = {key: score["处室绩效总得分"] for key, score in scores.items()}
    excellent = within_quota([totals[key] for key in totals if grades[key] == "优秀"])
    rows = []
    for office in offices:
        key = office["编号"]
        grade = grades[key]
        if grade == "优秀" and totals[key] not in excellent:
            grade = "良好"
        score = dict(scores[key])
        findings = score.pop("findings")
        rows.append(
            {
                "scheme": "地震局处室绩效",
                "period": "2013",
                "id": key,
                "name": office["名称"],
                **score,
                "bonus": Fraction(0),
                "penalty": Fraction(0),
                "rank": 1 + sum(t > totals[key] for t in totals.values()),
                "vetoed": False,
                "grade": grade,
                "年度考核优先安排优秀名额": grade == "优秀",
                "书面情况报告": grade == "诫勉",
                "诫勉谈话": grade == "诫勉",
                "findings": findings,
            }
        )
    write(rows)


if __name__ == "__main__":
    main()
