"""The expected results of harbin-communities-2011, worked out from the document alone.

A second statement of what 哈办发〔2011〕14号 asks of communities, with the readings listed in notes.md.
It reads `data/` and writes `expected.csv`; all arithmetic is in fractions. Run it with: python expected.py
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]
Cell = Fraction | date | bool | str | int

START, END = date(2011, 12, 1), date(2011, 12, 31)
PILOTS_BY = date(2011, 8, 31)
COVERED_BY = {"城区": date(2011, 12, 31), "县城关镇": date(2011, 12, 31), "县其他城镇": date(2012, 6, 30)}
HIRED_BY = date(2014, 7, 22)
GRANT = {"五星级": 50000, "四星级": 30000, "其他": 0}
HOUSEHOLDS = 900  # for one post


def read(table: str) -> list[Row]:
    """Read one table of the sample data."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> date | None:
    """Read a date, None where the cell is empty."""
    return date.fromisoformat(text) if text else None


def by(deadline: date, text: str) -> bool:
    """Say whether something was done by a day; what has no date was not."""
    done = day(text)
    return done is not None and done <= deadline


def month() -> Iterator[date]:
    """The days of the period."""
    for n in range((END - START).days + 1):
        yield START + timedelta(n)


def own(rows: list[Row], key: str) -> list[Row]:
    """The rows of one community."""
    return [row for row in rows if row["编号"] == key]


def plain(value: Cell) -> str:
    """Write a value as a cell: an exact decimal, yes or no, a date or text."""
    match value:
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()
        case int() | str():
            return str(value)
    places = next(p for p in range(20) if (value * 10**p).denominator == 1)
    digits = str(value * 10**places).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def progress(s: Row, deadline: date, cutoff: date) -> str:
    """一(三): how far a community is with covering itself with grids."""
    if by(deadline, s["覆盖日期"]):
        return "按期"
    return "未到期" if not s["覆盖日期"] and cutoff <= deadline else "逾期"


def matters(rows: list[Row]) -> Iterator[str]:
    """二(五): what is wrong with the matters registered."""
    if any(row["限办日"] < row["交办日"] for row in rows):
        yield "限办日早于交办日"
    if any(row["类别"] == "社区可解决" and row["限办日"] != row["交办日"] for row in rows):
        yield "社区能够解决的应当立即处理"


def main() -> None:
    """Work out every community and write expected.csv."""
    subjects = read("subjects")
    blocks, meetings, reviews, cases = (read(table) for table in ("区块", "民情会", "研判会", "民情"))
    params = {row["参数"]: row["值"] for row in read("参数")}
    cutoff = date.fromisoformat(params["统计截止日"])
    in_time = {s["编号"]: by(PILOTS_BY, s["试点日期"]) for s in subjects}
    pilots = Counter((s["区县"], s["街道"]) for s in subjects if in_time[s["编号"]])
    in_city = sum(s["地区"] == "城区" for s in subjects)
    districts = {s["区县"] for s in subjects if s["地区"] == "城区"}

    results: list[dict[str, Cell]] = []
    for s in subjects:
        key, city = s["编号"], s["地区"] == "城区"
        deadline = COVERED_BY[s["地区"]]
        covered, running = by(deadline, s["覆盖日期"]), by(START - timedelta(1), s["覆盖日期"])
        mine, listed = own(blocks, key), own(cases, key)
        blank = sum(row["网格号"] == "" for row in mine)
        twice = len(mine) - len({row["区块名"] for row in mine})
        met = {day(row["会议日"]) for row in own(meetings, key)}
        reviewed = {day(row["研判日"]) for row in own(reviews, key)}
        # calendar weeks, from Monday, cut by the period
        weeks = {d.isocalendar()[:2] for d in month()}
        weeks_held = {d.isocalendar()[:2] for d in month() if d in reviewed}
        no_meeting = sum(d not in met for d in month())
        no_review = len(weeks - weeks_held)
        late = sum((day(row["办结日"]) or cutoff) > date.fromisoformat(row["限办日"]) for row in listed)
        posts, hired = -(-int(s["户数"]) // HOUSEHOLDS), int(s["已招录"])
        near = pilots[s["区县"], s["街道"]]
        half_wages, half_grant = Fraction(s["年工资总额"]) / 2, Fraction(GRANT[s["星级"]], 2)

        findings = []
        if s["地区"] != "县其他城镇" and not 1 <= near <= 2:
            findings.append("街道(城关镇)应在8月底前选择1至2个社区试点")
        if blank:
            findings.append("有没有划入网格的空白区域")
        if twice:
            findings.append("有交叉重叠的网格")
        if s["覆盖日期"] and not mine:
            findings.append("已覆盖的社区没有登记区块")
        if running and no_meeting:
            findings.append("有的日子没有召开民情分析会")
        if running and no_review:
            findings.append("有的周街道没有分析研判")
        findings += matters(listed)
        if late:
            findings.append("有没有限时办结的民情")
        if any(row["办结日"] and not row["反馈日"] for row in listed):
            findings.append("办理结果没有反馈")
        if city and hired < 1:
            findings.append("城区社区今年下半年应招录1名")
        if cutoff > HIRED_BY and posts > hired:
            findings.append("三年内没有完成招录")
        if len(districts) > 8:
            findings.append("城区多于8个")
        if city and in_city != int(params["城区社区数"]):
            findings.append("城区社区的个数与应招录的总数不符")
        results.append(
            {
                "scheme": "社区网格化管理",
                "period": "2011-12",
                "id": key,
                "name": s["名称"],
                "地区": s["地区"],
                "按期试点": in_time[key],
                "街道试点数": near,
                "覆盖期限": deadline,
                "已按期覆盖": covered,
                "空白区块数": blank,
                "重叠数": twice,
                "已运行": running,
                "缺会天数": no_meeting,
                "缺研判周数": no_review,
                "超期件数": late,
                "街道协调件数": sum(row["类别"] == "普遍性问题" for row in listed),
                "应设岗位": posts,
                "尚缺岗位": max(posts - hired, 0),
                "招录期限": HIRED_BY,
                "城区个数": len(districts),
                "年补助": GRANT[s["星级"]],
                "bonus": 0,
                "penalty": 0,
                "vetoed": False,
                "覆盖进度": progress(s, deadline, cutoff),
                "工资市级承担": half_wages,
                "工资区级承担": half_wages,
                "补助市级承担": half_grant,
                "补助区级承担": half_grant,
                "findings": "; ".join(findings),
            }
        )

    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(results[0])
        writer.writerows([plain(value) for value in row.values()] for row in results)


if __name__ == "__main__":
    main()
