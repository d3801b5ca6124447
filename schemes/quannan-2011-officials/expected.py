"""The expected results of quannan-2011-officials, worked out from the document alone.

Officials and staff under the 2011 notice of a county's yearly appraisal, with the readings listed in notes.md.
It reads `data/` and writes `expected.csv`; all arithmetic is in fractions. Run it with: python expected.py
"""

from __future__ import annotations

import csv
import math
from calendar import monthrange
from datetime import date, timedelta
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


GROUPS = ("第一组", "第二组", "第三组")
HALF_A_YEAR = 183  # 二4, days of leave
Person = dict[str, Fraction | int | bool | str | None]


def leave_days(rows: list[Row]) -> int:
    """二4: days of leave for private affairs or illness, first and last day included."""
    own = [r for r in rows if r["种类"] in ("事假", "病假")]
    spans = ((date.fromisoformat(r["止"]) - date.fromisoformat(r["起"])).days + 1 for r in own)
    return sum(max(0, span) for span in spans)


def seconded_half_a_year(s: Row) -> bool:
    """二3: six months by the calendar, up to the last day or the end of the year, that day included."""
    if not s["借用起"]:
        return False
    start = date.fromisoformat(s["借用起"])
    after = date.fromisoformat(s["借用止"] or "2011-12-31") + timedelta(days=1)
    year, month = start.year + (start.month + 5) // 12, (start.month + 5) % 12 + 1
    due = date(year, month, min(start.day, monthrange(year, month)[1]))
    return due <= after


def home_unit(s: Row) -> str:
    """二1: where someone belongs who is not seconded."""
    if s["原单位"]:
        return s["原单位"]
    return s["主管部门"] if s["主管部门"] and s["职务类别"] == "科级" else s["单位"]


def first_places(pool: list[str], marks: dict[str, tuple[Fraction, Fraction]], places: int) -> set[str]:
    """Those who take the places; all who are level with somebody beyond the last place get none."""
    return {key for key in pool if sum(marks[other] >= marks[key] for other in pool) <= places}


def years_in_a_row(key: str, grade: str, history: dict[int, dict[str, str]]) -> int:
    """五5: years 优秀 up to this one; a year in which one was not appraised is passed over."""
    grades = [grade, *(history[y][key] for y in sorted(history, reverse=True) if key in history[y])]
    return next((n for n, each in enumerate(grades) if each != "优秀"), len(grades))


def grades_of(people: list[Row], group: dict[str, str], opinions: dict[str, str]) -> dict[str, Person]:
    """五1, 五2: the marks of the ballot, the places of each group and the grades."""
    found: dict[str, Person] = {}
    marks = {}
    for s in people:
        votes = [int(s[kind]) for kind in ("优秀票", "称职票", "基本称职票", "不称职票")]
        cast = sum(votes)
        best = half_up(Fraction(100 * votes[0], cast), 2) if cast else Fraction(0)
        good = half_up(Fraction(100 * (votes[0] + votes[1]), cast), 12) if cast else Fraction(0)
        marks[s["编号"]] = (best, good)
        opinion = opinions.get(s["单位"], "") if s["一级单位主要负责人"] == "是" else ""
        found[s["编号"]] = {"票数": cast, "优秀得票率": best, "称职以上得票率": good, "opinion": opinion}
        found[s["编号"]]["grade"] = opinion or s["初评等次"]
    officials = {s["编号"] for s in people if s["职务类别"] == "科级"}
    for name in (*GROUPS, "未编组"):
        members = [key for key in found if group[key] == name]
        counted = [key for key in members if key in officials]
        heads = sum(found[key]["opinion"] == "优秀" for key in members)
        places = max(0, len(counted) // 4 - heads)
        pool = [key for key in counted if found[key]["grade"] == "优秀" and not found[key]["opinion"]]
        kept = first_places(pool, marks, places)
        for key in pool:
            found[key]["grade"] = "优秀" if key in kept else "称职"
        excellent = sum(found[key]["grade"] == "优秀" for key in counted)
        shortlist = {"科级初步人选": (counted, 5), "一般初步人选": ([k for k in members if k not in officials], 10)}
        put_forward = {s["编号"] for s in people if s["单位推荐"] == "是"}
        for key in members:
            found[key] |= {"组内科级": len(counted), "组内主要负责人优秀": heads, "优秀名额": places}
            found[key]["组内科级优秀"] = excellent
            for title, (candidates, number) in shortlist.items():  # 五4
                chosen = first_places([k for k in candidates if k in put_forward], marks, number)
                found[key][title] = key in chosen
    return found


def findings(s: Row, p: Person, leave: list[Row], proper: str, group: str) -> str:
    """What is not as the notice wants it, in its order."""
    official, spoke = s["职务类别"] == "科级", s["口头述职"] == "是"
    too_long = bool(s["口头分钟"]) and Fraction(s["口头分钟"]) > 5
    head = s["一级单位主要负责人"] == "是"
    wrong = [
        (any(r["止"] < r["起"] for r in leave), "请假的止日早于起日"),
        (s["参加考核单位"] != proper, "没有在应参加考核的单位考核"),
        (group == "未编组", "参加考核的单位没有编入考核组"),
        (int(s["报告字数"]) > 1500, "述德述职述廉报告应在1500字以内"),
        (official and not spoke, "科级干部应进行口头述职"),
        (official and spoke and too_long, "口头述职应在5分钟以内"),
        (not spoke and s["书面述职"] != "是", "没有口头述职的必须书面述职"),
        (official and s["述职材料"] != "2", "述职材料应交2份"),
        (not official and s["组织人事部门已审核"] != "是", "一般干部的等次应报县组织人事部门审核"),
        (head and not p["opinion"], "没有政绩考评意见,暂按初评等次"),
        (4 * int(p["组内科级优秀"]) > int(p["组内科级"]), "本组科级干部优秀人数超过25%"),
    ]
    return "; ".join(text for is_wrong, text in wrong if is_wrong)


def main() -> None:
    """Work out everyone who is appraised and write expected.csv."""
    leave = read("请假")
    absent = {s["编号"]: leave_days([r for r in leave if r["编号"] == s["编号"]]) for s in read("subjects")}
    people = [s for s in read("subjects") if absent[s["编号"]] < HALF_A_YEAR]
    groups = {row["id"]: row["考核组"] for row in read("所在单位")}
    group = {s["编号"]: groups.get(s["参加考核单位"], "未编组") for s in people}
    opinions = {row["id"]: row["主要负责人等次"] for row in read("政绩考评意见")}
    history: dict[int, dict[str, str]] = {}
    for row in read("history"):
        history.setdefault(int(row["period"]), {})[row["id"]] = row["grade"]

    found = grades_of(people, group, opinions)
    for key, p in found.items():
        p["连续优秀年数"] = years_in_a_row(key, str(p["grade"]), history)
        p["奖金"] = 1500 if p["连续优秀年数"] >= 3 else 800 if p["grade"] == "优秀" else None
    results = []
    for s in people:
        key = s["编号"]
        p = found[key]
        proper = s["借用单位"] if s["借用单位"] and seconded_half_a_year(s) else home_unit(s)
        paid = sum(found[o["编号"]]["奖金"] or 0 for o in people if o["参加考核单位"] == s["参加考核单位"])
        listed = bool(p["科级初步人选"]) or bool(p["一般初步人选"])
        results.append(
            {
                "scheme": "全南县干部年度考核",
                "period": "2011",
                "id": key,
                "name": s["名称"],
                "职务类别": s["职务类别"],
                "考核组": group[key],
                "参加考核单位": s["参加考核单位"],
                "单位": s["单位"],
                "请假天数": absent[key],
                "参加考核": True,
                "归口单位": home_unit(s),
                "借用满半年": seconded_half_a_year(s),
                "应在单位": proper,
                **{
                    name: p[name]
                    for name in (
                        *("票数", "称职以上得票率", "优秀得票率", "组内科级", "组内主要负责人优秀", "优秀名额"),
                        *("组内科级优秀", "连续优秀年数"),
                    )
                },
                "单位奖励经费": paid,
                "bonus": 0,
                "penalty": 0,
                "rank": 1 + sum(other["优秀得票率"] > p["优秀得票率"] for other in found.values()),
                "vetoed": False,
                "科级初步人选": p["科级初步人选"],
                "一般初步人选": p["一般初步人选"],
                "grade": p["grade"],
                "群众满意干部": listed and s["县委审定"] == "同意",
                "嘉奖": p["grade"] == "优秀",
                "记三等功": p["连续优秀年数"] >= 3,
                "奖金": p["奖金"],
                "计入考核年限": p["grade"] != "不定等次",
                "findings": findings(s, p, [r for r in leave if r["编号"] == key], proper, group[key]),
            }
        )
    write(results)


if __name__ == "__main__":
    main()
