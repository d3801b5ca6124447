"""The expected results of county-efficiency-2006-complaints, worked out from the document alone.

Complaints: reported the same day, closed by their limit, answered; the shares and counts the document prints.
It reads `data/` and writes `expected.csv`; all arithmetic is in fractions. Run it with: python expected.py
"""

from __future__ import annotations

import csv
from datetime import date
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]
Value = Fraction | bool | str | int | None
FIRST, LAST = date(2006, 4, 20), date(2006, 8, 20)


def read(table: str) -> list[Row]:
    """Read one table of the sample data."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str) -> Fraction:
    """Read a decimal, a percentage or an amount of money exactly; an empty cell is 0."""
    text = text.removesuffix("元") or "0"
    return Fraction(text[:-1]) / 100 if text.endswith("%") else Fraction(text)


def half_up(value: Fraction, places: int) -> Fraction:
    """Round a value that is not negative to so many places, halves up."""
    unit = 10**places
    return Fraction((2 * value * unit + 1) // 2, unit)


def day(text: str) -> date | None:
    """Read a date; an empty cell is none."""
    return date.fromisoformat(text) if text else None


def plain(value: Value) -> str:
    """Write a value as a cell: an exact decimal, yes or no, or nothing."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return value
    value = Fraction(value)
    places = next(p for p in range(20) if (value * 10**p).denominator == 1)
    digits = str(abs(value) * 10**places).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def faults(checks: list[tuple[bool, str]]) -> str:
    """What is wrong: the words of every check that does not hold."""
    return "; ".join(words for holds, words in checks if not holds)


def write(results: list[dict[str, Value]]) -> None:
    """Write expected.csv."""
    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(results[0])
        writer.writerows([plain(value) for value in row.values()] for row in results)


def main() -> None:
    """Work out every complaint and write expected.csv."""
    subjects = read("subjects")
    measures = read("处理")
    known = {s["编号"] for s in subjects}
    closed = [s for s in subjects if s["办结日"]]
    rate = half_up(Fraction(len(closed), len(subjects)), 4)
    kinds = [(m["方式"], m["受处理的"]) for m in measures if m["编号"] in known]

    def count(kind: str, whom: str = "") -> int:
        return sum(k == kind and whom in ("", w) for k, w in kinds)

    results: list[dict[str, Value]] = []
    for s in subjects:
        own = [m for m in measures if m["编号"] == s["编号"]]
        came, reported, limit = (date.fromisoformat(s[c]) for c in ("投诉日", "报批日", "限办日"))
        done, answered = day(s["办结日"]), day(s["反馈日"])
        late = (done or LAST) > limit
        verified = s["属实"] == "是"
        personal = all(m["受处理的"] == "个人" or m["方式"] == "通报批评" for m in own)
        results.append(
            {
                "scheme": "机关效能投诉件办理",
                "period": "2006-04-20..2006-08-20",
                "id": s["编号"],
                "name": s["名称"],
                "受理件数": len(subjects),
                "办结件数": len(closed),
                "办结率": rate,
                "减免合计": sum((number(x["减免金额"]) for x in subjects), Fraction()),
                "违规金额合计": sum((number(x["查处违规金额"]) for x in subjects), Fraction()),
                "赔礼道歉人数": count("赔礼道歉"),
                "经济处罚人次": count("经济处罚"),
                "书面检查人数": count("书面检查"),
                "通报批评人数": count("通报批评", "个人"),
                "通报批评单位数": count("通报批评", "单位"),
                "调整岗位人数": count("调整岗位"),
                "治安处罚人数": count("治安处罚"),
                "治安拘留人数": count("治安拘留"),
                "bonus": 0,
                "penalty": 0,
                "vetoed": False,
                "findings": faults(
                    [
                        (FIRST <= came <= LAST, "不是4月20日以来受理的投诉件"),
                        (reported == came, "没有当日报批"),
                        (s["办理方式"] != "转办" or s["有转办单"] == "是", "转办件没有转办单"),
                        (not late, "没有限时办结"),
                        (done is None or done >= came, "办结早于投诉"),
                        (done is None or answered is not None, "办结以后没有反馈"),
                        (not verified or bool(own), "查实了,没有处理"),
                        (verified or not own, "没有查实,却作了处理"),
                        (personal, "这种处理只能对个人"),
                        (
                            number(s["查处违规金额"]) <= number(s["减免金额"]),
                            "查处违规金额是减免金额的一部分,不应更大",
                        ),
                    ]
                ),
            }
        )
    write(results)


if __name__ == "__main__":
    main()
