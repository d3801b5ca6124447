"""Makes `台账.xlsx` as a petition system exports it. Everybody in it is invented; identity cards have no region.

Run it with: python make_sample.py
"""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook  # type: ignore[import-untyped]

SHEETS = {
    "集体上访": """
来访日期|上访级别|责任单位|责任比例|信访人|身份证号|联系电话|人数|责任认定|是否到场
2025-02-11|国家|东河区、教育局|60%、40%|周一鸣|000000197003080017|13800000001|12|工作不力|是
2025-04-02|省级|西山区||吴小满等8人|000000196511200024|13800000002|8|工作不力|否
2025-06-19|市级|东河区、西山区、住建局||郑春生|000000198207150031|0000-0000000|31|无责任|是
2025-09-30|到市|住建局||王平安|000000199001010048|13800000003|6|失职|未到场
""",
    "来信来访登记": """
登记日期|受理日期|办结日期|是否延长|是否重复|责任单位|姓名|住址
2025-01-06|2025-01-15|2025-03-10|否|否|东河区|陈秋|东河区长安路8号3栋201室
2025-01-20|2025-02-28|2025-04-01|否|是|东河区|赵立|东河区和平巷2号
2025-03-03|2025-03-12|2025-06-02|是|否|西山区|孙禾|西山区青年路19号
2025-05-08|||否|否|西山区|李谷|西山区建设大道101号
2025-07-01|2025-07-10|2025-08-20|否|否|教育局、西山区|钱多|西山区学府小区5栋
2025-10-09|2025-10-20|2025-12-30|否|是|住建局|冯远|东河区滨江路77号
""",
    "立案件": """
交办日期|办理期限|办结日期|逾期书面说明|办理质量合格|是否答复|承办单位|当事人
2025-03-01|2025-05-30|2025-05-20||合格|是|东河区|周一鸣
2025-03-15|2025-06-13|2025-07-01|否|合格|是|西山区|吴小满
2025-06-01|2025-08-30||是|不合格|否|住建局|郑春生
""",
    "催办": """
催办日期|承办单位|催办方式
2025-06-20|西山区|电话
2025-06-27|西山区|发函
""",
}


def main() -> None:
    book = Workbook()
    book.remove(book.active)
    for title, text in SHEETS.items():
        headings, *rows = [line.split("|") for line in text.strip().splitlines()]
        sheet = book.create_sheet(title)
        sheet.append([f"某市2025年度{title}台账"])
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(headings) + 1)
        sheet.append(["填报单位:某市信访局", "", "", "2026年1月10日"])
        sheet.append(["序号", *headings])
        for number, row in enumerate(rows, 1):
            sheet.append([number, *row])
        sheet.append(["合计", *[""] * (len(headings) - 1), len(rows)])
        sheet.append(["填表人:何青", "", "审核人:许诺"])
    book.save(Path(__file__).with_name("台账.xlsx"))


if __name__ == "__main__":
    main()
