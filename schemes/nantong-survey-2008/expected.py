"""The expected results of nantong-survey-2008, worked out from the document alone.

A survey: every share with its own denominator, those who did not answer staying in it.
It reads `data/` and writes `expected.csv`; all arithmetic is in fractions. Run it with: python expected.py
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]
Value = Fraction | bool | str | int | None


def read(table: str) -> list[Row]:
    """Read one table of the sample data."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def half_up(value: Fraction, places: int) -> Fraction:
    """Round a value that is not negative to so many places, halves up."""
    unit = 10**places
    return Fraction((2 * value * unit + 1) // 2, unit)


def share(part: int, whole: int, places: int = 4) -> Fraction | None:
    """Part of the whole, rounded; nothing of nothing."""
    return half_up(Fraction(part, whole), places) if whole else None


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
    """Work out the survey, the same for every questionnaire, and write expected.csv."""
    sheets = read("subjects")
    valid = [s for s in sheets if s["有效"] == "是"]
    planned, begun = (sum(int(s[c] or 0) for s in valid) for c in ("已规划点数", "已启动点数"))
    said = {x: sum(s["态度"] == x for s in valid) for x in ("可行", "不可行", "无所谓", "")}
    why = {x: sum(s["启动原因"] == x for s in valid) for x in ("上级要求", "自身发展需要")}
    factor = {x: sum(s["最重要因素"] == x for s in valid) for x in ("农民支持", "经济发展水平")}
    lacking = sum(s["态度"] == "不可行" and s["选不具备条件"] == "是" for s in valid)
    shares = [share(said[x], len(valid), 3) or Fraction() for x in ("可行", "不可行", "无所谓")]
    results: list[dict[str, Value]] = [
        {
            "scheme": "农民集中居住问卷",
            "period": "2008-06",
            "id": s["编号"],
            "name": s["名称"],
            "发放份数": len(sheets),
            "有效份数": len(valid),
            "有效率": share(len(valid), len(sheets), 3),
            "规划合计": planned,
            "启动合计": begun,
            "启动比重": share(begun, planned, 3),
            "上级要求率": share(why["上级要求"], len(valid), 3),
            "自身需要率": share(why["自身发展需要"], len(valid), 3),
            "选农民支持人数": factor["农民支持"],
            "选经济水平人数": factor["经济发展水平"],
            "选经济水平率": share(factor["经济发展水平"], len(valid), 3),
            "可行人数": said["可行"],
            "不可行人数": said["不可行"],
            "无所谓人数": said["无所谓"],
            "不作答人数": said[""],
            "可行率": shares[0],
            "不可行率": shares[1],
            "无所谓率": shares[2],
            "三项比率之和": sum(shares, Fraction()),
            "不具备条件人数": lacking,
            "不具备条件率": share(lacking, said["不可行"], 3),
            "不具备条件占有效": share(lacking, len(valid), 3),
            "bonus": 0,
            "penalty": 0,
            "vetoed": False,
            "findings": faults(
                [
                    (s["收回"] == "是" or s["有效"] == "否", "没有收回的不能有效"),
                    (int(s["已启动点数"] or 0) <= int(s["已规划点数"] or 0), "启动的点比规划的点多"),
                    (
                        s["选不具备条件"] == "否" or s["态度"] == "不可行",
                        "没有选不可行,却填了不可行的理由",
                    ),
                    # of the whole survey, so beside every questionnaire
                    (sum(said.values()) == len(valid), "四种人数加起来不是有效份数"),
                    (sum(shares, Fraction()) == 1, "三项比率之和不是100%"),
                ]
            ),
        }
        for s in sheets
    ]
    write(results)


if __name__ == "__main__":
    main()
