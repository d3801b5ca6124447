"""Expected results of 违法用地处置和整治, worked out from the document alone.

Reads data/, writes expected.csv, with the readings listed in notes.md. Run it with: python expected.py
"""

import csv
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
LAW_IN_FORCE = date(2008, 1, 1)  # 五
DEMOLISHED_FOR = ("非法占用土地", "影响重点工程", "影响城市规划", "社会影响恶劣")  # 五①
MEASURES = {"已经审批": "不需处置", "符合条件": "停建补办", "不符合条件": "制止上报"}  # 四4


def read(table: str) -> list[dict[str, str]]:
    """Rows of one file of the data folder."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def day(cell: str) -> date | None:
    """A date, None for an empty cell."""
    return date.fromisoformat(cell) if cell else None


def plain(value: object) -> str:
    """A cell of the result: yes or no for truth, nothing for no value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def handle(site: dict[str, str], officials: list[dict[str, str]]) -> dict[str, object]:
    """How one site has to be dealt with, and what was left out."""

    def yes(name: str) -> bool:
        return site[name] == "是"

    def done(*names: str) -> bool:
        return all(site[name] != "" for name in names)

    approved, fits = yes("已合法审批"), yes("符合规划及建房条件")
    kind = "已经审批" if approved else "符合条件" if fits else "不符合条件"
    bad = kind == "不符合条件"
    steps = [day(site[name]) for name in ("发现日", "制止日", "上报日", "勘察日")]
    illegal = not approved and date.fromisoformat(site["建设日期"]) >= LAW_IN_FORCE
    grave = yes("情节严重") or yes("顶风抢建")
    guilty = len({row["干部"] for row in officials if row["行为"] != "无责"}) if illegal else None

    kept = {
        "符合条件的应责令停建并指导补办": kind != "符合条件" or done("停建日", "指导补办日"),
        "不符合条件的应现场制止并报村级信息协管员": not bad or done("制止日", "报信息员日"),
        "应上报国土资源所、中队": not bad or done("上报日"),
        "接到报告后应到现场勘察并下达文书": not (bad and done("上报日")) or done("勘察日", "文书日"),
        "发现、制止、上报、勘察应依次进行": not bad or None in steps or steps == sorted(steps),
        "情节严重、顶风抢建的应报镇领导小组": not (bad and grave) or done("报领导小组日"),
        "强拆应做好预案、联系好执行单位": not (bad and yes("需强拆")) or (yes("强拆预案") and yes("已联系执行单位")),
        "不属于强拆的情形": bad or not yes("需强拆"),
    }
    return {
        "情形": kind,
        "上报用时": (steps[2] - steps[0]).days if bad and steps[2] else None,
        "列入整治": illegal,
        "应问责人数": guilty,
        "bonus": 0,
        "penalty": 0,
        "vetoed": False,
        "处置方式": MEASURES[kind],
        "列入集中整治": illegal,
        "予以拆除": illegal and any(yes(reason) for reason in DEMOLISHED_FOR),
        "问责干部": bool(guilty),
        "依法严厉打击": illegal and ((yes("出售出租牟利") and yes("情节严重")) or yes("暴力抗法")),
        "findings": "; ".join(text for text, holds in kept.items() if not holds),
    }


def main() -> None:
    """Deal with every site and write expected.csv."""
    officials = read("涉及干部")
    rows = []
    for site in read("用地"):
        key = site["编号"]
        found = handle(site, [row for row in officials if row["编号"] == key])
        rows.append({"scheme": "违法用地处置和整治", "period": "2009", "id": key, "name": site["名称"], **found})

    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([plain(value) for value in row.values()] for row in rows)


if __name__ == "__main__":
    main()
