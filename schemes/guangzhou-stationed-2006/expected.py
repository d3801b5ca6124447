"""The expected results of guangzhou-stationed-2006, worked out from the document alone.

A second statement of 穗办〔2006〕13号 on who is in the first batch, who appoints and who appraises, with the readings
listed in notes.md. It reads `data/` and writes `expected.csv`. Run it with: python expected.py
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]

HEAD = "纪检组组长"
OFFICE = "市纪委监察局"
# 四(二): who proposes, who appoints
APPOINTED = {
    HEAD: ("市纪委商市委组织部", "市委"),
    "纪检组副组长": (OFFICE, OFFICE),
    "监察室主任": (OFFICE, OFFICE),
    "其他干部": ("市纪委监察局商有关部门", "市纪委监察局商有关部门"),
}


def findings(s: Row) -> Iterator[str]:
    """What is wrong with an appointment of this year, or with the appraisal."""
    new, post = s["新提任"] == "是", s["职务"]
    if new and post == HEAD and s["已联合考察"] != "是":
        yield "纪检组组长人选没有由市纪委、市委组织部共同考察"
    if new and post in ("纪检组副组长", "监察室主任") and s["已备案"] != "是":
        yield "没有报市委组织部备案"
    if new and post == HEAD and s["提名前所在单位"] == s["驻在单位全称"]:
        yield "纪检组组长一般不从驻在部门产生"
    if s["考核机关"] != OFFICE:
        yield "考核应由市纪委监察局负责"
    if not s["考核意见"]:
        yield "没有考核意见"
    if post == HEAD and s["已述职述廉"] != "是":
        yield "纪检组组长没有向市纪委述职述廉"
    if post == HEAD and s["考核已商市委组织部"] != "是":
        yield "纪检组组长的考核没有商市委组织部或者向其备案"


def main() -> None:
    """Work out everybody in the first batch and write expected.csv."""
    with (HERE / "data" / "subjects.csv").open(encoding="utf-8-sig", newline="") as file:
        subjects = [row for row in csv.DictReader(file) if row["驻在单位"] != "其他单位"]
    results = []
    for s in subjects:
        counts = s["考核机关"] == OFFICE and s["考核意见"] != ""
        proposes, appoints = APPOINTED[s["职务"]]
        results.append(
            {
                "scheme": "派驻机构人员考核",
                "period": "2006",
                "id": s["编号"],
                "name": s["名称"],
                "考核有效": "yes" if counts else "no",
                "bonus": "0",
                "penalty": "0",
                "vetoed": "no",
                "grade": s["考核意见"] if counts else "未考核",
                "提名机关": proposes,
                "任免机关": appoints,
                "档案管理": "按市委规定" if s["市管干部"] == "是" else OFFICE,
                "findings": "; ".join(findings(s)),
            }
        )

    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(results[0])
        writer.writerows(row.values() for row in results)


if __name__ == "__main__":
    main()
