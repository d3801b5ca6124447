"""The expected results of chongqing-travel-register-2005, worked out from the document alone.

A second statement of 渝委发〔2005〕14号 二(七), 五(十八), 五(十九), with the readings listed in notes.md.
It reads `data/` and writes `expected.csv`. Run it with: python expected.py
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]
Cell = date | bool | str | int | None

SHORT = 90  # days between two departures that count as 短期


def read(table: str) -> list[Row]:
    """Read one table of the sample data."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def of(rows: list[Row], key: str, name: str) -> list[Row]:
    """The rows of one party, the earliest first by the date under `name`."""
    return sorted((row for row in rows if row["编号"] == key), key=lambda row: row[name])


def day(text: str) -> date:
    """Read a date."""
    return date.fromisoformat(text)


def years_later(start: date, years: int) -> date:
    """The same day some years on; 29 February becomes 28 February in a common year."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, day=28)


def plain(value: Cell) -> str:
    """Write a value as a cell."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()
    return str(value)


def too_soon(trips: list[Row], before: date | None) -> int:
    """二(七): how many trips began less than a year after the one before them, this year or earlier."""
    count = 0
    for trip in trips:
        departure = day(trip["出发日"])
        if before and departure < years_later(before, 1) and trip["特批"] != "是":
            count += 1
        before = departure
    return count


def pairs(rows: list[Row]) -> Iterator[tuple[Row, Row]]:
    """Each delegation with the one before it that had a leader of the same rank in the same country."""
    latest: dict[tuple[str, str], Row] = {}
    for row in rows:
        key = row["级别"], row["国家"]
        if key in latest:
            yield latest[key], row
        latest[key] = row


def crowded(rows: list[Row]) -> int:
    """二(七): how often two leaders of a rank led delegations to one country at once or shortly after one another."""
    return sum(
        later["率团特批"] != "是"
        and earlier["领队"] != later["领队"]
        and (
            (day(later["率团出发日"]) - day(earlier["率团出发日"])).days <= SHORT
            or day(later["率团出发日"]) <= day(earlier["率团返渝日"])
        )
        for earlier, later in pairs(rows)
    )


def main() -> None:
    """Work out every party and write expected.csv."""
    trips, delegations, violations, history = (read(table) for table in ("出访", "率团", "违规", "history"))
    results: list[dict[str, Cell]] = []
    for s in read("subjects"):
        key, person = s["编号"], s["类别"] == "个人"
        own = of(trips, key, "出发日")
        past = [row for row in history if row["id"] == key]
        past_trips = [day(row["末次出发"]) for row in past if row["末次出发"]]
        past_bans = [day(row["本期禁期止"]) for row in past if row["本期禁期止"]]
        last_before = max(past_trips, default=None)
        ban_before = max(past_bans, default=None)

        # 五(十九): lax supervision counts only where it had grave consequences
        guilty = [v for v in of(violations, key, "查出日") if v["情形"] != "领导把关不严" or v["造成严重后果"] == "是"]
        found = [day(v["查出日"]) for v in guilty]
        banned_until = years_later(max(found), 2 if person else 1) if found else None
        refused = day(s["拒不交证认定日"]) if s["拒不交证认定日"] else None  # 五(十八)

        findings = []
        extra = too_soon(own, last_before if person else None)
        clashes = crowded(of(delegations, key, "率团出发日"))
        if extra:
            findings.append("一年内出访超过1次")
        if clashes:
            findings.append("同级领导同时或短期内分别率团访问同一国家")
        results.append(
            {
                "scheme": "因公出访登记",
                "period": "2007",
                "id": key,
                "name": s["名称"],
                "类别": s["类别"],
                "末次出发": day(own[-1]["出发日"]) if person and own else None,
                "往年末次出发": last_before if person else None,
                "超次": extra,
                "率团冲突": clashes,
                "停止受理起": refused,
                "本期查出日": min(found, default=None),
                "本期末次查出": max(found, default=None),
                "本期禁期止": banned_until,
                "往期禁期止": ban_before,
                "bonus": 0,
                "penalty": 0,
                "vetoed": False,
                "停止受理出访申请": refused is not None and not person,
                "吊销所持证件": refused is not None,
                "一年内不得组团参团": bool(found) and not person,
                "两年内不得参团": bool(found) and person,
                "追究单位领导责任": bool(found) and not person,
                "追究直接责任人责任": person and any(v["直接责任人"] == "是" for v in guilty),
                "年末仍在禁期": any(end > date(2007, 12, 31) for end in (banned_until, ban_before) if end),
                "findings": "; ".join(findings),
            }
        )

    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(results[0])
        writer.writerows([plain(value) for value in row.values()] for row in results)


if __name__ == "__main__":
    main()
