"""The expected results of harbin-grid-staff-2011, worked out from the document alone.

A second statement of what 哈办发〔2011〕14号 asks of those who work in a grid, with the readings listed in notes.md.
It reads `data/` and writes `expected.csv`; all arithmetic is in fractions. Run it with: python expected.py
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]
Cell = Fraction | bool | str | int

MONTH = "2011-12"
LONG = 3  # months in a row that count as 长期


def read(table: str) -> list[Row]:
    """Read one table of the sample data."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def total(cells: Iterable[str]) -> Fraction:
    """Add up cells."""
    return sum(map(Fraction, cells), Fraction())


def months_in_a_row(now: bool, past: list[Row], months: list[str]) -> int:
    """How long somebody has been unfit, this month included; months he or she was not appraised in are skipped."""
    if not now:
        return 0
    unfit = {row["period"]: row["本期不适应"] == "yes" for row in past}
    count = 1
    for month in reversed(months):
        if month not in unfit:
            continue
        if not unfit[month]:
            break
        count += 1
    return count


def plain(value: Cell) -> str:
    """Write a value as a cell: an exact decimal, yes or no, or text."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | str():
            return str(value)
    places = next(p for p in range(20) if (value * 10**p).denominator == 1)
    digits = str(value * 10**places).rjust(places + 1, "0")
    return f"{digits[:-places]}.{digits[-places:]}" if places else digits


def main() -> None:
    """Work out everybody and write expected.csv."""
    subjects, diary, history = read("subjects"), read("民情日志"), read("history")
    grids = {row["id"]: row["grade"] for row in read("网格")}
    months = sorted({row["period"] for row in history})
    aides = Counter(s["所在网格"] for s in subjects if s["岗位"] == "社会保障协理员")

    results: list[dict[str, Cell]] = []
    for s in subjects:
        key, grid = s["编号"], s["所在网格"]
        grade = grids.get(grid, "称职")
        own = [row for row in diary if row["编号"] == key]
        here = [row for row in own if row["日期"].startswith(MONTH)]
        patrolled = len({row["日期"] for row in here if int(row["巡查次数"]) >= 1})
        missed = max(int(s["应出勤天数"]) - patrolled, 0)
        worked, in_grid = total(row["工作小时"] for row in here), total(row["在格小时"] for row in here)
        enough = in_grid >= worked / 3
        unfit = grade == "不适应" or missed > 0 or not enough
        row_months = months_in_a_row(unfit, [row for row in history if row["id"] == key], months)
        findings = []
        if s["岗位"] == "社会保障协理员" and aides[grid] != 2:
            findings.append("社会保障协理员没有两人一格")
        if missed:
            findings.append("有的天没有到网格巡查")
        if any(Fraction(row["在格小时"]) > Fraction(row["工作小时"]) for row in own):
            findings.append("在格时间多于工作时间")
        if not enough:
            findings.append("在网格时间不到工作时间的三分之一")
        results.append(
            {
                "scheme": "社区网格人员",
                "period": MONTH,
                "id": key,
                "name": s["名称"],
                "所在网格": grid,
                "本格协理员": aides[grid],
                "巡查天数": patrolled,
                "缺巡查天数": missed,
                "工作时间": worked,
                "在格时间": in_grid,
                "在格时间够": enough,
                "本期不适应": unfit,
                "连续不适应": row_months,
                "bonus": 0,
                "penalty": 0,
                "vetoed": False,
                "grade": grade,
                "同奖": grade == "奖励",
                "同罚": grade == "不适应",
                "转岗辞退罢免": row_months >= LONG,
                "findings": "; ".join(findings),
            }
        )

    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(results[0])
        writer.writerows([plain(value) for value in row.values()] for row in results)


if __name__ == "__main__":
    main()
