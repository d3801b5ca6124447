"""The expected results of chongqing-travel-2005, worked out from the document alone.

A second statement of 渝委发〔2005〕14号 四(十二) and of what else concerns the members of a team, with the readings
listed in notes.md. It reads `data/` and writes `expected.csv`. Run it with: python expected.py
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]
Cell = bool | str | int

# 四(十二)1-8, whom to ask: business, district, foreign affairs, first in charge
PARTY, MAYOR, NOBODY = "外事副书记", "外事副市长", "不报"
DISTRICT = "联系区县市委领导"
ASKED = {
    "市委部委正职": ("市委分管业务领导", NOBODY, PARTY, "书记"),
    "市级群团正职": ("市委分管业务领导", NOBODY, PARTY, "书记"),
    "人大政协专委正职": (NOBODY, NOBODY, PARTY, "书记"),
    "区县党委书记": (NOBODY, DISTRICT, PARTY, "书记"),
    "区县人大主任": (NOBODY, DISTRICT, PARTY, "书记"),
    "区县政协主席": (NOBODY, DISTRICT, PARTY, "书记"),
    "市级党群系统副职": (NOBODY, NOBODY, PARTY, NOBODY),
    "区县党群系统副职": (NOBODY, NOBODY, PARTY, NOBODY),
    "市政府部门正职": ("市政府分管业务领导", NOBODY, MAYOR, "市长"),
    "区县长": (NOBODY, DISTRICT, MAYOR, "市长"),
    "政府系统副职": (NOBODY, NOBODY, MAYOR, NOBODY),
}
UNIVERSITIES = {
    ("高校新闻单位正职", "市委"): ("市委分管业务领导", NOBODY, PARTY, NOBODY),
    ("高校新闻单位正职", "市政府"): ("市政府分管业务领导", NOBODY, MAYOR, NOBODY),
    ("高校新闻单位副职", "市委"): ("分管业务副书记", NOBODY, NOBODY, NOBODY),
    ("高校新闻单位副职", "市政府"): ("分管业务副市长", NOBODY, NOBODY, NOBODY),
}
# 四(十二)9: the heads who need leave of their own side when the team is sent by the other
HEADS = {
    "党群": {"区县党委书记", "区县人大主任", "区县政协主席", "市委部委正职", "人大政协专委正职", "市级群团正职"},
    "政府": {"区县长", "市政府部门正职"},
}


def read(table: str) -> list[Row]:
    """Read one table of the sample data."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def results_of(table: str) -> dict[str, Row]:
    """Stored results of another scheme, by id."""
    return {row["id"]: row for row in read(table)}


def day(text: str) -> date | None:
    """Read a date, None where the cell is empty."""
    return date.fromisoformat(text) if text else None


def banned(party: Row | None, team: Row | None) -> bool:
    """五(十九): says whether a unit or a person may not go when the team leaves."""
    if party is None or team is None:
        return False
    leaves = date.fromisoformat(team["出团日"])
    found, until, before = (day(party[name]) for name in ("本期查出日", "本期禁期止", "往期禁期止"))
    return bool(found and until and found <= leaves < until) or bool(before and leaves < before)


def refused(unit: Row | None, team: Row | None) -> bool:
    """五(十八): says whether the unit's applications were no longer accepted when this one came in."""
    since = day(unit["停止受理起"]) if unit else None
    return since is not None and team is not None and date.fromisoformat(team["呈报日期"]) >= since


def findings(s: Row, checks: dict[str, bool]) -> Iterator[str]:
    """What is wrong with an application, in the order of the document."""
    if checks["roll"]:
        yield "团组人员名单与请示的人数不符"
    if s["使用对外身份"] == "是" and s["对外身份已批准"] != "是":
        yield "使用对外身份没有先单独报批"
    if checks["peers"]:
        yield "同一单位的同级领导同团出访"
    if checks["against"]:
        yield "有市领导不同意"
    if checks["cross"]:
        yield "党政交叉没有单独报批"
    if checks["refused"]:
        yield "所在单位拒不交证,已停止受理"


def main() -> None:
    """Work out every application and write expected.csv."""
    subjects, notes = read("subjects"), read("批示")
    teams, persons, units = results_of("团组"), results_of("本人"), results_of("参团方")
    on_roll = Counter(s["团组号"] for s in subjects)
    peers = Counter((s["团组号"], s["所在单位"], s["级别"]) for s in subjects)

    results: list[dict[str, Cell]] = []
    for s in subjects:
        key, position = s["编号"], s["身份"]
        team, unit = teams.get(s["团组号"]), units.get(s["所在单位"])
        asked = ASKED.get(position) or UNIVERSITIES[position, s["归口"] or "市委"]
        agreed = {note["领导"] for note in notes if note["编号"] == key and note["同意"] == "是"}
        against = any(note["编号"] == key and note["同意"] == "否" for note in notes)
        lacking = [official != NOBODY and official not in agreed for official in asked]
        side = next((name for name, heads in HEADS.items() if position in heads), "无")
        sent_by = team["报批机关"] if team else ""
        to_party, to_mayor = side == "党群" and sent_by == "市政府", side == "政府" and sent_by == "市委"
        cross = (to_party or to_mayor) and s["已单独报批"] != "是"
        double = s["双跨团组"] == "是" and s["已附市领导意见"] != "是"
        stopped, unit_banned = refused(unit, team), banned(unit, team)
        person_banned = banned(persons.get(s["干部编号"]), team)
        together = peers[s["团组号"], s["所在单位"], s["级别"]]
        barred = cross or double or stopped or unit_banned or person_banned
        checks = {
            "roll": team is None or int(team["人数"]) != on_roll[s["团组号"]],
            "peers": together > 1 and s["特批"] != "是",
            "against": against,
            "cross": cross,
            "refused": stopped,
        }
        results.append(
            {
                "scheme": "因公出访审批",
                "period": "2007",
                "id": key,
                "name": s["名称"],
                "团组号": s["团组号"],
                "干部编号": s["干部编号"],
                "所在单位": s["所在单位"],
                "名单人数": on_roll[s["团组号"]],
                "同团同级人数": together,
                "应报业务领导": asked[0],
                "应报联系领导": asked[1],
                "应报外事领导": asked[2],
                "应报主要领导": asked[3],
                "缺业务领导": lacking[0],
                "缺联系领导": lacking[1],
                "缺外事领导": lacking[2],
                "缺主要领导": lacking[3],
                "尚缺批示": sum(lacking),
                "正职系统": side,
                "需单独报市委": to_party,
                "需单独报市政府": to_mayor,
                "缺单独报批": cross,
                "单位停止受理": stopped,
                "单位在禁期": unit_banned,
                "个人在禁期": person_banned,
                "bonus": 0,
                "penalty": 0,
                "vetoed": False,
                "双跨不予审批": double,
                "不得参团": unit_banned or person_banned,
                "可以批准": not any(lacking)
                and not against
                and not barred
                and team is not None
                and team["计划外不予审批"] == "no",
                "findings": "; ".join(findings(s, checks)),
            }
        )

    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(results[0])
        writer.writerows(
            [("yes" if v else "no") if isinstance(v, bool) else v for v in row.values()] for row in results
        )


if __name__ == "__main__":
    main()
