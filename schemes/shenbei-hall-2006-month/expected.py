"""The expected results of shenbei-hall-2006-month, worked out from the document alone.

Counters of a service hall in one month, with the readings listed in notes.md.
It reads `data/` and writes `expected.csv`; all arithmetic is in fractions. Run it with: python expected.py
"""

from __future__ import annotations

import csv
import math
from datetime import date
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


MONTH = "2006-11"


def days(first: str, last: str) -> int:
    """Calendar days from one day to another, the first not counted."""
    return (date.fromisoformat(last) - date.fromisoformat(first)).days


def inspection(case: Row) -> int:
    """Days a case spent on inspection at the site."""
    return int(case["勘验天数"] or "0")


def main() -> None:
    """Work out every counter and write expected.csv."""
    counters = {s["编号"]: s for s in read("subjects")}
    given = {row["参数"]: row["值"] for row in read("参数")}
    ledgers = {name: read(name) for name in ("办件", "日考评", "问题")}
    cards = sum(int(s["测评卡"]) for s in counters.values())
    content = sum(int(s["满意卡"]) for s in counters.values())

    results = {}
    for key, s in counters.items():
        own = {name: [r for r in rows if r["编号"] == key] for name, rows in ledgers.items()}
        finished = [c for c in own["办件"] if c["办结日"].startswith(MONTH)]
        late = [c for c in finished if days(c["受理日"], c["办结日"]) > int(c["承诺天数"])]
        site = [c for c in late if days(c["受理日"], c["办结日"]) - inspection(c) <= int(c["承诺天数"])]
        marks = [d for d in own["日考评"] if d["日期"].startswith(MONTH)]
        mean = half_up(sum((Fraction(d["量化分"]) for d in marks), Fraction()) / len(marks), 2) if marks else Fraction()
        score = max(Fraction(), mean - len(late) * Fraction(given["超时每件扣分"]))
        trouble = [t for t in own["问题"] if t["发现日"].startswith(MONTH)]
        waiting = sum(t["来源"] == "投诉" and t["受理日"] != t["发现日"] for t in trouble)
        unmended = sum(t["整改日"] != t["发现日"] for t in trouble)
        share = half_up(Fraction(int(s["满意卡"]), int(s["测评卡"])), 12) if int(s["测评卡"]) else None
        wrong = [
            (any(c["办结日"] < c["受理日"] for c in own["办件"]), "办结日早于受理日"),
            (len({d["日期"] for d in marks}) != int(given["开放天数"]), "不是每个开放日都有考评"),
            (len({d["日期"] for d in own["日考评"]}) != len(own["日考评"]), "同一天考评了不止一次"),
            (int(s["满意卡"]) > int(s["测评卡"]), "满意的卡多于收到的卡"),
            (waiting > 0, "有投诉没有即时受理"),
            (unmended > 0, "有问题没有现场整改"),
        ]
        results[key] = {
            "scheme": "大厅窗口月度评比",
            "period": MONTH,
            "id": key,
            "name": s["名称"],
            "办结件数": len(finished),
            "超时件数": len(late),
            "因勘验超时件数": len(site),
            "月度量化": score,
            "量化得分": half_up(score, 2),
            "满意率": share,
            "大厅测评卡": cards,
            "大厅满意卡": content,
            "大厅满意率": half_up(Fraction(content, cards), 12),
            "未即时受理": waiting,
            "未现场整改": unmended,
            "bonus": 0,
            "penalty": 0,
            "rank": 0,
            "vetoed": False,
            "流动红旗": False,
            "通报为流动红旗窗口": False,
            "findings": "; ".join(text for is_wrong, text in wrong if is_wrong),
        }

    # 二(二)1: so many flags, by score and then by the share of content cards; a tie on the line gets none
    order = {key: (row["量化得分"], row["满意率"] or Fraction()) for key, row in results.items()}
    for key, row in results.items():
        row["rank"] = 1 + sum(other[0] > order[key][0] for other in order.values())
        flag = sum(other >= order[key] for other in order.values()) <= int(given["红旗面数"])
        row["流动红旗"] = row["通报为流动红旗窗口"] = flag
    write(list(results.values()))


if __name__ == "__main__":
    main()
