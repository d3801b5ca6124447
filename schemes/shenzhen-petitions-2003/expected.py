"""The expected results of shenzhen-petitions-2003, worked out from the document alone.

A second statement of 深办〔2003〕36号 for the years 2004 and 2005, with the readings listed in notes.md. It reads
`data/` and writes `expected.csv`; all arithmetic is in fractions. Run it with: python expected.py
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]

YEARS = (2004, 2005)
# part → its small items; small item → points, classes appraised in it
LEADERSHIP = {
    "落实领导责任": (4, "ABC"),
    "领导接待群众": (6, "ABC"),
    "阅批与包案": (4, "ABC"),
    "组织与队伍建设": {"领导小组": (2, "A"), "机构与保障": (2, "AB"), "关心干部成长": (2, "ABC")},
}
GROUNDWORK = {
    "基层信访工作": (4, "ABC"),
    "制度化规范化": (4, "ABC"),
    "畅通信访渠道": (4, "ABC"),
    "场所建设": {"接访场所": (2, "A"), "便民与公开": (2, "ABC")},
    "信访信息化": (4, "AB"),
}
INFORMATION = {
    "报送信访信息": {"综合分析": (2, "ABC"), "按时报送": (2, "AB"), "专人与刊物": (1, "A")},
    "信访调研": (5, "AB"),
    "信访宣传": (5, "ABC"),
}
PARTS = {"信访领导工作": LEADERSHIP, "基层基础工作": GROUNDWORK, "信息调研宣传": INFORMATION}
VISIT = {"国家": 3, "省": 2, "市": 1}
MARKS = {"A": 100, "B": 95, "C": 82}  # C as the items add up; the document says 80
PRINTED = {"A": 100, "B": 95, "C": 80}
UNITS = {"A": 6, "B": 18, "C": 23}
END = date(2005, 12, 31)


def read(table: str) -> list[Row]:
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def day(text: str) -> date:
    return date.fromisoformat(text)


def of_year(rows: list[Row], field: str, year: int) -> list[Row]:
    return [row for row in rows if day(row[field]).year == year]


def round_half_up(value: Fraction, places: int) -> Fraction:
    units = value * 10**places
    return Fraction((2 * units.numerator + units.denominator) // (2 * units.denominator), 10**places)


def plain(value: Fraction | bool | str | int | None) -> str:
    """Write a value as a cell: an exact decimal, yes or no, or nothing."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return value
    value = Fraction(value)
    places = next(p for p in range(20) if (value * 10**p).denominator == 1)
    digits = str(abs(value) * 10**places).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def add_up(items: dict, class_: str, marks: dict[str, Fraction], row: dict[str, object]) -> Fraction:
    """Enter the items of a part in document order, and give their sum; an item for other classes stays empty."""
    total = Fraction()
    for name, below in items.items():
        if isinstance(below, dict):
            row[name] = None  # keeps the place: the sum comes before its parts
            row[name] = sum_ = add_up(below, class_, marks, row)
            total += sum_
        elif class_ in below[1]:
            row[name] = marks[name]
            total += marks[name]
        else:
            row[name] = None
    return total


def visits_of_year(visits: list[Row], single: list[Row], incidents: list[Row], year: int) -> Fraction:
    """二(四): what is left of 20 points in one year."""
    if of_year(incidents, "日期", year):
        return Fraction()
    left = Fraction(20)
    for row in of_year(visits, "日期", year):
        left -= VISIT[row["级别"]] * ((row["工作不力"] == "是") + (row["负责人到场"] == "否"))
    left -= Fraction(1, 2) * sum(row["负责人到场"] == "否" for row in of_year(single, "日期", year))
    return max(left, Fraction())


def cases_of_year(cases: list[Row], urged: list[Row], year: int) -> Fraction:
    """二(五): what is left of 15 points in one year."""
    left = Fraction(15)
    for row in of_year(cases, "期限", year):
        settled = day(row["办结日"]) if row["办结日"] else None
        if (settled or END) > day(row["期限"]) and row["书面说明"] != "是":
            left -= 1
        if settled and row["办理合规"] == "否":
            left -= 1
        if settled and row["答复信访人"] == "否":
            left -= Fraction(1, 2)
    left -= Fraction(1, 2) * len(of_year(urged, "日期", year))
    return max(left, Fraction())


def mean(of: Callable[[int], Fraction]) -> Fraction:
    """三(二): the two years together."""
    return sum((of(year) for year in YEARS), Fraction()) / len(YEARS)


def informed(class_: str, reports: list[Row]) -> bool:
    """二(三)1: four reports a year from a district, two from others."""
    return all(len(of_year(reports, "报送日", year)) >= (4 if class_ == "A" else 2) for year in YEARS)


def result(unit: Row, own: dict[str, list[Row]]) -> dict[str, object]:
    """What a unit gets before units are compared."""
    class_ = unit["类别"]
    enough = informed(class_, own["信访信息"])
    marks = {name: Fraction(text) for name, text in unit.items() if name != "自评得分" and _is_number(text)}
    if "按时报送评分" in marks:
        marks["按时报送"] = marks["按时报送评分"] if enough else Fraction()
    visits, single, incidents = own["信访.集体上访"], own["信访.疑难个访"], own["信访.重大恶性事件"]
    cases, urged = own["信访.立案件"], own["信访.催办"]
    row: dict[str, object] = {"类别": class_}
    for part, items in PARTS.items():
        if part == "信息调研宣传":
            row["信息够数"] = enough
        row[part] = None
        row[part] = add_up(items, class_, marks, row)
    row["集体上访和疑难个访"] = mean(lambda year: visits_of_year(visits, single, incidents, year))
    row["立案件办理"] = mean(lambda year: cases_of_year(cases, urged, year))
    row["改革与创新"] = marks["改革与创新"]
    dated = [(visits, "日期"), (single, "日期"), (incidents, "日期")]
    row["未涉及上访"] = not any(of_year(rows, field, year) for rows, field in dated for year in YEARS)
    row["未涉及立案件"] = not any(of_year(cases, "期限", year) or of_year(urged, "日期", year) for year in YEARS)
    points = {name: row[name] for name in ("信访领导工作", "基层基础工作", "信息调研宣传", "改革与创新")}
    row["评定得分"] = judged = sum((Fraction(str(value)) for value in points.values()), Fraction())
    items = judged + Fraction(str(row["集体上访和疑难个访"])) + Fraction(str(row["立案件办理"]))
    row["得分"] = round_half_up(items * 100 / MARKS[class_], 2)
    row |= {"bonus": 0, "penalty": 0, "rank": None, "vetoed": False, "grade": "一般"}
    row["自评偏差"] = Fraction(unit["自评得分"]) - judged if unit["自评得分"] else None
    found = ["没有报送自评材料"] if unit["自评材料已报送"] == "否" else []
    if MARKS[class_] != PRINTED[class_]:
        found.append("文件写C类满分80分,逐项相加为82分")
    row["findings"] = "; ".join(found)
    return row


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def main() -> None:
    """Work out every unit appraised and write expected.csv."""
    tables = ("信访信息", "信访.集体上访", "信访.疑难个访", "信访.立案件", "信访.催办", "信访.重大恶性事件")
    ledgers = {table: read(table) for table in tables}
    units = [unit for unit in read("subjects") if unit["信访工作量小"] == "否"]
    results: dict[str, dict[str, object]] = {}
    barred = set()
    for unit in units:
        key = unit["编号"]
        own = {table: [row for row in rows if row["编号"] == key] for table, rows in ledgers.items()}
        results[key] = result(unit, own)
        if any(of_year(own["信访.重大恶性事件"], "日期", year) for year in YEARS):
            barred.add(key)

    # 三(四): every class in its own order; of each class a tenth, at least one, and of equals on the line none.
    for class_ in UNITS:
        group = {key: row["得分"] for key, row in results.items() if row["类别"] == class_}
        assert len(group) == UNITS[class_]
        for key, points in group.items():
            results[key]["rank"] = 1 + sum(other > points for other in group.values())  # type: ignore[operator]
        places = -(-len(group) // 10)
        pool = {key: points for key, points in group.items() if key not in barred}
        for key, points in pool.items():
            if sum(other >= points for other in pool.values()) <= places:  # type: ignore[operator]
                results[key]["grade"] = "先进"

    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["scheme", "period", "id", "name", *next(iter(results.values()))])
        for unit in units:
            cells = [plain(value) for value in results[unit["编号"]].values()]  # type: ignore[arg-type]
            writer.writerow(["深圳市信访工作目标管理考核", "2004..2005", unit["编号"], unit["名称"], *cells])


if __name__ == "__main__":
    main()
