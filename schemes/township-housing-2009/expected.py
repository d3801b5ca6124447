"""Expected results of 村民建房管理, worked out from the document alone.

Reads data/, writes expected.csv, with the readings listed in notes.md. Run it with: python expected.py
"""

import csv
from datetime import date, timedelta
from pathlib import Path

HERE = Path(__file__).parent
YEAR_END = date(2009, 12, 31)
FIVE_DAYS = timedelta(days=5)
VISITS = ("选址定位", "放线定样", "基础验收", "主体竣工验收")  # 四到场, in the order of building
PROGRESS = ("未动工", "已选址", "已放线", "基础完成", "主体竣工")
STEPS = ("报所日", "勘察日", "报预审日", "预审通过日", "报联席会日", "批准日")


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


def late(before: date | None, done: date | None) -> bool:
    """Not within five days of the step before, seen from the end of the year if it is still open."""
    return before is not None and (done or YEAR_END) > before + FIVE_DAYS


def in_order(*days: date | None) -> bool:
    """All done, none before the one it follows."""
    known = [each for each in days if each is not None]
    return len(known) == len(days) and known == sorted(known)


def next_step(reviewed: date, done: dict[str, date | None], verdict: str) -> tuple[str | None, date | None]:
    """What has to be done next, and by when if the document says so."""
    if done["报所日"] is None:
        return "报国土资源所", reviewed + FIVE_DAYS
    if done["勘察日"] is None or not verdict:
        return "实地勘察", done["报所日"] + FIVE_DAYS
    if verdict != "是":
        return "不符合条件退回", None
    if done["报预审日"] is None:
        return "报预审小组", done["勘察日"] + FIVE_DAYS
    if done["预审通过日"] is None:
        return "预审小组审查", None
    if done["报联席会日"] is None:
        return "报党政联席会", done["预审通过日"] + FIVE_DAYS
    return (None if done["批准日"] else "党政联席会审批"), None


def follow(case: dict[str, str], visited: set[str]) -> dict[str, object]:
    """How far one application has come, and what was late or left out."""
    reviewed = date.fromisoformat(case["村审核通过日"])
    done = {step: day(case[step]) for step in STEPS}
    office, survey, panel, passed, meeting, approved = (done[step] for step in STEPS)
    qualifies = case["符合条件"] == "是"
    again, agreement, filed, permit = (day(case[step]) for step in ("再次公示日", "拆旧协议日", "备案日", "发证日"))
    due = PROGRESS.index(case["建设进度"] or "未动工")

    lateness = {
        "报所逾期": late(reviewed, office),
        "勘察逾期": late(office, survey),
        "报预审逾期": qualifies and late(survey, panel),
        "报联席会逾期": late(passed, meeting),
    }
    kept = {
        "村民小组同意后公示,再由村委会审核": in_order(day(case["小组同意日"]), day(case["首次公示日"]), reviewed),
        "村委会审核通过后应5日内报国土资源所": not lateness["报所逾期"],
        "国土资源所应5日内实地勘察": not lateness["勘察逾期"],
        "符合条件的应5日内报预审小组": not lateness["报预审逾期"],
        "预审通过后应5日内报党政联席会": not lateness["报联席会逾期"],
        "报国土资源所早于村委会审核": office is None or in_order(reviewed, office),
        "没有报国土资源所就勘察": survey is None or in_order(office, survey),
        "没有勘察或者不符合条件就报预审小组": panel is None or (in_order(survey, panel) and qualifies),
        "预审没有通过就报党政联席会": meeting is None or in_order(panel, passed, meeting),
        "没有报党政联席会就批准": approved is None or in_order(meeting, approved),
        "下发手续前应再次公示、签订协议、报备案": permit is None or None not in (again, agreement, filed),
        "再次公示应在批准之后、下发手续之前": permit is None or again is None or in_order(approved, again, permit),
        **{f"{visit}没有到场": due <= stage or visit in visited for stage, visit in enumerate(VISITS)},
        "没有批准就动工": approved is not None or due == 0,
    }
    step, limit = next_step(reviewed, done, case["符合条件"])
    return {
        **lateness,
        "逾期环节数": sum(lateness.values()),
        "审批用时": (approved - reviewed).days if approved else None,
        "应到场次数": due,
        "到场次数": len(visited),
        "四次都到场": len(visited) == len(VISITS),
        "bonus": 0,
        "penalty": 0,
        "vetoed": False,
        "下一步": step,
        "下一步期限": limit,
        "findings": "; ".join(text for text, holds in kept.items() if not holds),
    }


def main() -> None:
    """Follow every application and write expected.csv."""
    visits = read("到场")
    rows = []
    for case in read("建房申请"):
        key = case["编号"]
        found = follow(case, {row["环节"] for row in visits if row["编号"] == key})
        rows.append({"scheme": "村民建房管理", "period": "2009", "id": key, "name": case["名称"], **found})

    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([plain(value) for value in row.values()] for row in rows)


if __name__ == "__main__":
    main()
