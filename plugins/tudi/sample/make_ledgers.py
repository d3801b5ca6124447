"""Makes `台账.xlsx` as a county's land office exports it. The townships and everybody in it are invented.

Run it with: python make_ledgers.py
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

from openpyxl import Workbook  # type: ignore[import-untyped]

SHEETS = {
    "违法用地台账": """
乡镇|发现日期|线索来源|用地面积(平方米)|其中:耕地(平方米)|是否符合规划|责令停止日期|立案日期|处罚决定日期|补办日期|查处到位日期|当事人|联系电话
河东镇|2014-03-04|动态巡查|320|320|否|2014-03-04|2014-03-12|2014-04-20||2014-06-30|某甲|000-0000001
河东镇|2014-05-19|群众举报|1800|1200|否|2014-05-20|2014-06-16|2014-09-01|||某乙|000-0000002
河东镇|2014-09-02|动态巡查|140|0|是|2014-09-02|||2014-11-10||某丙|000-0000003
山口乡|2014-04-11|卫片|4600|4000|否|2014-04-15|2014-04-24|2014-07-30||2014-12-20|某丁|000-0000004
山口乡|2014-10-08|媒体曝光|2900|2600|否||||||某戊|000-0000005
""",
    "卫片图斑判定": """
乡镇|下发日期|图斑编号|监测面积(亩)|其中:耕地(亩)|判定结果|是否自行发现|整改到位日期
河东镇|2014-06-01|TB001|12.5|10|合法用地||
河东镇|2014-06-01|TB002|2.7|1.8|违法用地|是|2014-08-15
山口乡|2014-06-01|TB003|6.9|6|违法用地|否|
山口乡|2014-06-01|TB004|22|20|合法用地||
山口乡|2014-06-01|TB005|3|3|实地未变化||
""",
    "闲置土地清单": """
乡镇|认定日期|约定动工日期|宗地面积(公顷)|闲置原因|处置方式|处置日期
河东镇|2014-02-01|2012-11-30|1.2|企业自身原因|征缴闲置费|2014-05-06
河东镇|2014-02-01|2011-06-30|0.8|企业自身原因|征缴闲置费|2014-05-06
山口乡|2014-03-01|2012-05-01|2|政府原因|协商处置|
""",
}

PATROLS: tuple[tuple[str, str, str, str, int, set[int]], ...] = (
    ("河东镇", "开发区大道", "一级区", "何青", 2, {5, 12}),
    ("山口乡", "省道两侧", "一级区", "许诺", 3, {2, 3, 7, 8}),
    ("山口乡", "后山片", "二级区", "许诺", 9, set()),
)
"""Where, of which class, by whom, every how many days, and in which months not on days off."""


def patrols() -> str:
    """The ledger of patrols: every so many days, and on Saturdays and Sundays in most months."""
    lines = ["乡镇|巡查日期|巡查路段|巡查区级别|巡查人"]
    first = datetime.date(2014, 1, 1)
    for unit, area, level, who, every, idle in PATROLS:
        for number in range(365):
            day = first + datetime.timedelta(number)
            weekend = level == "一级区" and day.weekday() > 4 and day.month not in idle
            if number % every == 0 or weekend:
                lines.append(f"{unit}|{day}|{area}|{level}|{who}")
    return "\n".join(lines)


def cell(text: str) -> str | int | float | Decimal | None:
    """A cell as it stands in a spreadsheet: a number as a number."""
    try:
        return Decimal(text) if text else None
    except ArithmeticError:
        return text


def main() -> None:
    book = Workbook()
    book.remove(book.active)
    for title, text in {**SHEETS, "动态巡查记录": patrols()}.items():
        headings, *rows = [line.split("|") for line in text.strip().splitlines()]
        sheet = book.create_sheet(title)
        sheet.append([f"某县2014年度{title}"])
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(headings) + 1)
        sheet.append(["填报单位:某县国土资源局", "", "", "2015年1月12日"])
        sheet.append(["序号", *headings])
        for number, row in enumerate(rows, 1):
            sheet.append([number, *map(cell, row)])
        areas = [at for at, heading in enumerate(headings) if "(" in heading]
        sums = {at: sum(Decimal(row[at]) for row in rows) for at in areas}
        sheet.append(["合计", *(sums.get(at, "") for at in range(len(headings)))])
        sheet.append(["填表人:何青", "", "审核人:许诺"])
    book.save(Path(__file__).with_name("台账.xlsx"))


if __name__ == "__main__":
    main()
