"""Expected results of 土地纠纷调处, worked out from the document alone.

Reads data/, writes expected.csv, with the readings listed in notes.md. Run it with: python expected.py
"""

import csv
from pathlib import Path

HERE = Path(__file__).parent
IN_CHARGE = {
    "村级调处": "村委会",
    "登记勘察": "国土资源所",
    "镇级调解": "包村干部",
    "领导小组处理": "镇领导小组",
}  # 六1


def read(table: str) -> list[dict[str, str]]:
    """Rows of one file of the data folder."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def plain(value: object) -> str:
    """A cell of the result: yes or no for truth, nothing for no value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def in_order(earlier: str, later: str) -> bool:
    """Not the wrong way round; days that are not known are not."""
    return not earlier or not later or earlier <= later


def stage(case: dict[str, str]) -> str:
    """六2: where a dispute has come to."""
    if case["来源"] != "群众到所来访" and not case["报告日"]:
        return "已了结" if case["村级结果"] == "成功" else "村级调处"
    if not case["登记日"]:
        return "登记勘察"
    outcome = case["镇级结果"] if case["镇调解日"] else ""
    if outcome == "成功" or case["决定日"]:
        return "已了结"
    return "领导小组处理" if outcome == "不成" else "镇级调解"


def follow(case: dict[str, str], present: set[str]) -> dict[str, object]:
    """What has been done about one dispute, and what was left out."""
    village = case["来源"] != "群众到所来访"
    village_failed = village and case["村级结果"] == "不成"
    office = not village or case["报告日"] != ""
    met = case["镇调解日"] != ""
    settled = met and case["镇级结果"] == "成功"
    failed = met and case["镇级结果"] == "不成"
    group = failed and case["汇报日"] != "" and "是" in (case["重大复杂"], case["历史遗留"])
    department = case["涉及部门"] != ""
    where = stage(case)
    heard = case["村到现场日"] != "" and case["理事会到场"] == "是"
    calmed = case["采取稳控措施"] == "是" and case["报告日"] != ""

    kept = {
        "村委会应联系村理事会到现场了解情况": not village or heard,
        "到现场的日期早于接到的日期": not village or in_order(case["接到日"], case["村到现场日"]),
        "调解不成功的应稳控并向国土资源所、中队报告": not village_failed or calmed,
        "国土资源所应做好纠纷登记": not office or case["登记日"] != "",
        "包组干部、村书记或主任应到场": not met or {"包组干部", "村书记或主任"} <= present,
        "应联系纠纷双方和理事会成员到场": not met or {"纠纷双方", "理事会成员"} <= present,
        "国土资源所应做好勘察询问笔录": not met or case["勘察笔录"] == "是",
        "调解成功的应当场制作调解书": not settled or case["调解书日"] == case["镇调解日"],
        "调解书应归档": not settled or case["已归档"] == "是",
        "调解不成功的应向领导小组汇报": not failed or case["汇报日"] != "",
        "重大复杂、历史遗留的应集体会商、领导包案": not group or "" not in (case["会商日"], case["包案领导"]),
        "处理决定早于会商": not group or in_order(case["会商日"], case["决定日"]),
        "涉及的部门应配合调处": not (department and met) or "相关部门" in present,
    }
    return {
        "环节": where,
        "村受理": village,
        "村调解不成": village_failed,
        "所受理": office,
        "镇级成功": settled,
        "镇级不成": failed,
        "领导小组办理": group,
        "bonus": 0,
        "penalty": 0,
        "vetoed": False,
        "纠纷处理决定": group and case["决定日"] != "",
        "负责": IN_CHARGE.get(where),
        "相关部门配合": department and where != "已了结",
        "findings": "; ".join(text for text, holds in kept.items() if not holds),
    }


def main() -> None:
    """Follow every dispute and write expected.csv."""
    people = read("到场人员")
    rows = []
    for case in read("纠纷"):
        key = case["编号"]
        found = follow(case, {row["身份"] for row in people if row["编号"] == key})
        rows.append({"scheme": "土地纠纷调处", "period": "2009", "id": key, "name": case["名称"], **found})

    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([plain(value) for value in row.values()] for row in rows)


if __name__ == "__main__":
    main()
