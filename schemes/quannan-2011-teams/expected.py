"""The expected results of quannan-2011-teams, worked out from the document alone.

Units under the 2011 notice of a county's yearly appraisal, with the readings listed in notes.md.
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


def within(day: str, first: str, last: str) -> bool:
    """Say whether a day lies between two days, both included; no day is not."""
    return bool(day) and date.fromisoformat(first) <= date.fromisoformat(day) <= date.fromisoformat(last)


def main() -> None:
    """Work out every unit and write expected.csv."""
    units = read("subjects")
    ballots = {u["编号"]: [int(u[kind]) for kind in ("好票", "较好票", "一般票", "差票")] for u in units}
    share = {
        key: half_up(Fraction(votes[0] * 100, sum(votes)), 2) if sum(votes) else Fraction(0)
        for key, votes in ballots.items()
    }
    results = []
    for u in units:
        key = u["编号"]
        listed, spoke = u["列入媒体述职"] == "是", u["媒体述职日期"]
        appraised_in_time = within(u["考核日期"], "2011-12-28", "2012-01-10")  # 一
        delegates = u["单位类型"] == "县直" or 20 <= int(u["到会代表"]) <= 30  # 四2(1)
        interviews = int(u["谈话人数"]) <= 15 or u["单位人数较多"] == "是"  # 四3
        on_air = within(spoke, "2012-01-04", "2012-01-13") if spoke else not listed  # 四4
        fetched = within(u["领取日期"], "1900-01-01", "2011-12-28")  # 六1
        handed_in = within(u["报审日期"], "1900-01-01", "2012-01-20")  # 六2
        wrong = [
            (not appraised_in_time, "考核应在2011年12月28日至2012年1月10日之间"),
            (int(u["总结字数"]) > 3000, "领导班子工作总结应在3000字以内"),
            (not delegates, "到会的代表、老干部、服务对象应为20至30名"),
            (int(u["推荐人数"]) != 1, "每个单位应推荐1名群众满意干部"),
            (not interviews, "谈话人员应控制在15人以内"),
            (listed and not spoke, "列入名单的单位应进行媒体述职"),
            (bool(spoke) and not on_air, "媒体述职应在2012年1月4日至13日"),
            (bool(u["媒体述职分钟"]) and Fraction(u["媒体述职分钟"]) > 5, "媒体述职限5分钟"),
            (not fetched, "应于2011年12月28日前领取考核材料"),
            (not handed_in, "考核表、汇总表应于2012年1月20日前报审"),
        ]
        results.append(
            {
                "scheme": "全南县领导班子年度考核",
                "period": "2011",
                "id": key,
                "name": u["名称"],
                "考核组": u["考核组"],
                "单位类型": u["单位类型"],
                "票数": sum(ballots[key]),
                "好评率得分": share[key],
                "bonus": 0,
                "penalty": 0,
                "rank": 1 + sum(other > share[key] for other in share.values()),
                "vetoed": False,
                "grade": u["初评等次"],
                "材料费": 15 * int(u["领取份数"]),
                "findings": "; ".join(text for is_wrong, text in wrong if is_wrong),
            }
        )
    write(results)


if __name__ == "__main__":
    main()
