"""Expected results of 工商局述法考评, worked out from the document alone.

Reads data/, writes expected.csv, with the readings listed in notes.md. Run it with: python expected.py
"""

import csv
import math
from datetime import date
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
FIRST, LAST = date(2012, 1, 1), date(2012, 12, 31)


def read(table: str) -> list[dict[str, str]]:
    """Rows of one file of the data folder."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def plain(value: object) -> str:
    """A cell of the result: decimals in full, yes or no for truth, nothing for no value."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Fraction():
            places = next(n for n in range(40) if 10**n % value.denominator == 0)
            digits = str(int(value * 10**places)).rjust(places + 1, "0")
            return f"{digits[:-places]}.{digits[-places:]}" if places else digits
    return str(value)


def half_up(value: Fraction, places: int) -> Fraction:
    """Round a value that is not negative, halves upwards (四舍五入)."""
    unit = 10**places
    return Fraction(math.floor(value * unit + Fraction(1, 2)), unit)


def day(cell: str) -> date | None:
    """A date, None for an empty cell."""
    return date.fromisoformat(cell) if cell else None


def judge(
    person: dict[str, str], contents: list[dict[str, str]], votes: list[dict[str, str]], meeting: date
) -> dict[str, object]:
    """What one report on the law covered, and how it was received."""
    spoke, told = date.fromisoformat(person["述法日"]), day(person["反馈日"])
    level = person["层级"]
    items = len({row["规定项"] for row in contents if row["规定项"]})
    own = sum(row["自定"] == "是" for row in contents)
    content = sum(row["评价"] != "不满意" for row in votes)
    rate = half_up(Fraction(content, len(votes)), 4) if votes else None
    sent = level == "县局" and person["纳入年度考核"] == "是"
    kept = {
        "述法应在专题党组会之后": meeting <= spoke,
        "应在年度内述法": FIRST <= spoke <= LAST,
        "六项述法内容应当齐全": items == 6,
        "市局述法应有结合工商职能的内容": level != "市局" or own > 0,
        "述法应与述职述廉一并进行": level == "基层所" or day(person["述职述廉日"]) == spoke,
        "应接受机关干部和群众的评议": {row["评议人"] for row in votes} == {"机关干部", "群众"},
        "测评结果应反馈本人": told is not None and told >= spoke,
        "县局述法应纳入领导班子年度考核和依法行政考核": level != "县局"
        or person["纳入年度考核"] == person["纳入依法行政考核"] == "是",
        "基层所述法应公开接受评议监督": level != "基层所" or person["公开述法"] == "是",
    }
    return {
        "层级": level,
        "规定项数": items,
        "自定项数": own,
        "满意率": rate,
        "bonus": 0,
        "penalty": 0,
        "vetoed": False,
        "报送年度考核": rate if sent else None,
        "findings": "; ".join(text for text, holds in kept.items() if not holds),
    }


def main() -> None:
    """Judge every report on the law and write expected.csv."""
    meeting = date.fromisoformat(read("params")[0]["value"])
    contents, votes = read("述法内容"), read("测评票")
    rows = []
    for person in read("述法人"):
        key = person["编号"]
        own = [[row for row in table if row["编号"] == key] for table in (contents, votes)]
        head = {"scheme": "工商局述法考评", "period": "2012", "id": key, "name": person["名称"]}
        rows.append({**head, **judge(person, *own, meeting)})

    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(rows[0])
        writer.writerows([plain(value) for value in row.values()] for row in rows)


if __name__ == "__main__":
    main()
