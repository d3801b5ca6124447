"""Expected results of 县支行领导班子履职绩效审计 2011, worked out from the article alone.

Reads data/, writes expected.csv. Exact fractions; the total is rounded to 2 places, a ratio to 12.
"""

import csv
import math
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
# 二(一): the five aspects, their name as a score, their share in percent
ASPECTS = {
    "政策传达贯彻": ("政策传达得分", 5),
    "组织管理": ("组织管理得分", 15),
    "内部控制": ("内部控制得分", 30),
    "业务管理": ("业务管理得分", 40),
    "考核评比": ("考核评比得分", 10),
}
NATURES = ["经济性", "效率性", "效果性"]  # 二(二)
CONTROLS = {  # 二(四)
    "内控环境建设": "内控环境得分率",
    "内控制度建设": "内控制度得分率",
    "内控运行效果": "内控运行得分率",
}

Rows = list[dict[str, str]]


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


def added(rows: Rows, column: str) -> Fraction:
    """The sum of one column."""
    return sum((number(row[column]) for row in rows), Fraction(0))


def share(part: Fraction, whole: Fraction) -> Fraction | None:
    """Part of the whole as a ratio to 12 places; none where there is nothing to share."""
    return half_up(part / whole, 12) if whole else None


def scored(rows: Rows) -> Fraction | None:
    """得分率: points given over standard points."""
    return share(added(rows, "得分"), added(rows, "标准分值"))


def appraise(indicators: Rows, survey: Rows) -> dict[str, object]:
    """Scores, grade and findings of one branch."""
    of = {a: [row for row in indicators if row["方面"] == a] for a in ASPECTS}
    points = {a: min(added(of[a], "得分"), Fraction(100)) for a in ASPECTS}
    total = half_up(
        sum((Fraction(weight, 100) * points[a] for a, (_, weight) in ASPECTS.items()), Fraction(0)),
        2,
    )
    kept = {
        "评价指标应为38项,各不相同": len(indicators) == 38 and len({row["评价内容"] for row in indicators}) == 38,
        "指标得分不应超过标准分值": all(number(row["得分"]) <= number(row["标准分值"]) for row in indicators),
        "每个方面的标准分值合计应为100分": all(added(of[a], "标准分值") == 100 for a in ASPECTS),
        "满意度问卷应有六项内容": len({row["问卷内容"] for row in survey}) == 6,
        "内部控制指标应为16项": len(of["内部控制"]) == 16,
        "内部控制指标应注明内控类别": all(row["内控类别"] for row in of["内部控制"]),
        "组织管理指标应为4项": len(of["组织管理"]) == 4,
        "业务管理指标应为11项": len(of["业务管理"]) == 11,
    }
    return {
        **{name: points[a] for a, (name, _) in ASPECTS.items()},
        "综合得分": total,
        **{f"{n}得分率": scored([r for r in indicators if r["性质"] == n]) for n in NATURES},
        "班子满意率": share(added(survey, "满意人数"), added(survey, "参评人数")),
        **{name: scored([r for r in indicators if r["内控类别"] == c]) for c, name in CONTROLS.items()},
        "grade": grade(total),
        "findings": "; ".join(text for text, holds in kept.items() if not holds),
    }


def grade(total: Fraction) -> str:
    """二, as read in notes.md: each line belongs to the better grade, no value is left out."""
    return "A" if total >= 90 else "B" if total >= 80 else "C" if total >= 60 else "D"


def main() -> None:
    """Appraise every branch and rank them by 综合得分."""
    branches, indicators, survey = read("subjects"), read("评价指标"), read("满意度问卷")
    scores = {
        b["编号"]: appraise(
            [row for row in indicators if row["编号"] == b["编号"]],
            [row for row in survey if row["编号"] == b["编号"]],
        )
        for b in branches
    }
    rows = []
    for branch in branches:
        score = dict(scores[branch["编号"]])
        graded, findings = score.pop("grade"), score.pop("findings")
        rows.append(
            {
                "scheme": "县支行履职绩效审计",
                "period": "2011",
                "id": branch["编号"],
                "name": branch["名称"],
                **score,
                "bonus": Fraction(0),
                "penalty": Fraction(0),
                "rank": 1 + sum(o["综合得分"] > score["综合得分"] for o in scores.values()),
                "vetoed": False,
                "grade": graded,
                "findings": findings,
            }
        )
    write(rows)


if __name__ == "__main__":
    main()
