"""The expected results of pingqiao-congress-2015, worked out from the document alone.

A review by the town congress: eight groups, five dates, ballots of three grades, opinions followed up.
It reads `data/` and writes `expected.csv`; all arithmetic is in fractions. Run it with: python expected.py
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]
Value = Fraction | bool | str | int | None
STAGES = {
    "调研按期": ("调研日", "2015-09-01", "2015-09-30"),
    "征求意见按期": ("征求意见日", "2015-09-01", "2015-10-31"),
    "自评按期": ("自评报告日", "2015-11-01", "2015-11-10"),
    "评议按期": ("评议日", "2015-11-11", "2015-11-30"),
    "整改报告按期": ("整改报告日", "2015-11-01", "2015-12-31"),
}


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


def within(text: str, first: str, last: str) -> bool:
    """On a day from the first to the last; no date is no."""
    return first <= text <= last


def main() -> None:
    """Work out everyone reviewed and write expected.csv."""
    subjects = read("subjects")
    groups, ballots, opinions = read("评议小组"), read("测评票"), read("评议意见")
    results: list[dict[str, Value]] = []
    shares: dict[str, Fraction] = {}
    for s in subjects:
        key = s["编号"]
        team = [r for r in groups if r["编号"] == key]
        votes = [r["票"] for r in ballots if r["编号"] == key]
        places = {r["投票代表团"] for r in ballots if r["编号"] == key}
        told = [r for r in opinions if r["编号"] == key]
        done = sum(r["已落实"] == "是" for r in told)
        good, fair, bad = (votes.count(x) for x in ("满意", "基本满意", "不满意"))
        shares[key] = share(good, len(votes)) or Fraction()
        grade = "满意" if 2 * good > len(votes) else "基本满意" if 2 * (good + fair) > len(votes) else "不满意"
        kept = {name: within(s[column], first, last) for name, (column, first, last) in STAGES.items()}
        own_report, review, final = s["自评报告日"], s["评议日"], s["整改报告日"]
        results.append(
            {
                "scheme": "平桥镇人大工作评议",
                "period": "2015",
                "id": key,
                "name": s["名称"],
                "对象类别": s["对象类别"],
                "小组数": len({r["代表团"] for r in team}),
                "发出票": len(votes),
                "有效票": good + fair + bad,
                "满意票": good,
                "基本满意票": fair,
                "不满意票": bad,
                "满意率": shares[key],
                "基本满意以上率": share(good + fair, len(votes)) or Fraction(),
                "意见件数": len(told),
                "落实件数": done,
                "整改落实率": share(done, len(told)) if told else Fraction(1),
                "bonus": 0,
                "penalty": 0,
                "rank": None,
                "vetoed": False,
                "grade": grade,
                "继续跟踪监督": done < len(told),
                "findings": faults(
                    [
                        (len(team) == 8 == len({r["代表团"] for r in team}), "评议小组不是按8个代表团各一个"),
                        (all(r["组长"] == r["代表团团长"] for r in team), "组长不是代表团团长"),
                        (
                            all("是" in (r["座谈会"], r["调查问卷"], r["意见箱"]) for r in team),
                            "小组没有听取群众意见",
                        ),
                        (kept["调研按期"], "没有在9月份开始调研"),
                        (kept["征求意见按期"], "没有在9月份至10月份征求意见"),
                        (kept["自评按期"], "没有在11月上旬提交自查自评报告"),
                        (kept["评议按期"], "没有在11月中下旬评议"),
                        ("" < own_report <= review, "评议以前没有自查自评报告"),
                        (kept["整改报告按期"], "没有在年底前递交整改情况报告"),
                        ("" < review <= final, "整改报告早于评议"),
                        (len(places) == 8, "有的代表团没有参加测评"),
                        (all(r["列入建议案"] == "是" for r in told), "评议意见没有列入建议案办理"),
                        (
                            all(s[c] == "是" for c in ("报镇党委", "报县委组织部", "报县人大常委会")),
                            "评估结果没有报三处",
                        ),
                    ]
                ),
            }
        )
    for row in results:
        rivals = [shares[x["编号"]] for x in subjects if x["对象类别"] == row["对象类别"]]
        row["rank"] = 1 + sum(other > shares[str(row["id"])] for other in rivals)
    write(results)


if __name__ == "__main__":
    main()
