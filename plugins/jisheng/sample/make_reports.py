"""Makes `报表.xlsx` as a county's statistics come: units and numbers, nobody's name. The townships are invented.

Run it with: python make_reports.py
"""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook  # type: ignore[import-untyped]

SHEETS = {
    "出生情况报表": (
        ("乡镇", "报表期", "出生人数", "其中:符合政策", "男婴", "女婴", "应服务流动人口数", "已服务流动人口数"),
        """
青石镇|2009年上半年|412|389|214|198|1260|1198
青石镇|2009年下半年|396|371|206|190|1310|1251
白沙乡|2009年上半年|268|236|147|121|402|331
白沙乡|2009年下半年|281|249|158|123|415|362
东岭乡|2009年上半年|57|55|33|24|88|85
东岭乡|2009年下半年|52|50|30|22|90|84
""",
    ),
    "出生漏报核查": (
        ("核查日期", "乡镇", "样本点", "上报出生数", "核实出生数"),
        """
2009-10-12|青石镇|上湾村|31|31
2009-10-13|青石镇|新桥社区|42|43
2009-10-14|白沙乡|石门村|26|29
2009-10-15|白沙乡|下坝村|24|23
2009-10-16|东岭乡|岭脚村|12|12
""",
    ),
}
NUMBERS_FROM = {"出生情况报表": 2, "出生漏报核查": 3}


def main() -> None:
    book = Workbook()
    book.remove(book.active)
    for title, (headings, text) in SHEETS.items():
        rows = [line.split("|") for line in text.strip().splitlines()]
        first = NUMBERS_FROM[title]
        sheet = book.create_sheet(title)
        sheet.append([f"某县2009年度{title}"])
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(headings) + 1)
        sheet.append(["填报单位:某县人口和计划生育局", "", "", "2010年1月8日"])
        sheet.append(["序号", *headings])
        for number, row in enumerate(rows, 1):
            sheet.append([number, *row[:first], *map(int, row[first:])])
        sums = [sum(int(row[at]) for row in rows) for at in range(first, len(headings))]
        sheet.append(["合计", *[""] * first, *sums])
        sheet.append(["填表人:何青", "", "审核人:许诺"])
    book.save(Path(__file__).with_name("报表.xlsx"))


if __name__ == "__main__":
    main()
