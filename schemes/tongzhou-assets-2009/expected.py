"""The expected results of tongzhou-assets-2009, worked out from the document alone.

Inspection of fixed assets: every unit once a year, ledgers and cards and things agreeing, scrapping, handing over.
It reads `data/` and writes `expected.csv`; all arithmetic is in fractions. Run it with: python expected.py
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
Row = dict[str, str]
Value = Fraction | bool | str | int | None
COUNTS = ("总账数", "明细账数", "卡片数", "实物数")
SIGNERS = ("资产管理人员签字", "采购人签字", "会计签字")


def read(table: str) -> list[Row]:
    """Read one table of the sample data."""
    with (HERE / "data" / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def half_up(value: Fraction, places: int) -> Fraction:
    """Round a value that is not negative to so many places, halves up."""
    unit = 10**places
    return Fraction((2 * value * unit + 1) // 2, unit)


def share(part: int, whole: int, places: int = 4) -> Fraction | None:
    """Part of the whole, rounded; nothing of nothing."""
    return half_up(Fraction(part, whole), places) if whole else None


def plain(value: Value) -> str:
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


def faults(checks: list[tuple[bool, str]]) -> str:
    """What is wrong: the words of every check that does not hold."""
    return "; ".join(words for holds, words in checks if not holds)


def write(results: list[dict[str, Value]]) -> None:
    """Write expected.csv."""
    with (HERE / "expected.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(results[0])
        writer.writerows([plain(value) for value in row.values()] for row in results)


def main() -> None:
    """Work out every unit and write expected.csv."""
    subjects = read("subjects")
    tables = {name: read(name) for name in ("检查", "资产", "报损报废", "验收", "交接")}
    visits = {
        s["编号"]: [r for r in tables["检查"] if r["编号"] == s["编号"] and r["检查日"].startswith("2009-")]
        for s in subjects
    }
    seen = sum(bool(rows) for rows in visits.values())
    results: list[dict[str, Value]] = []
    for s in subjects:
        key = s["编号"]
        assets, scrapped, taken, handed = (
            [r for r in tables[name] if r["编号"] == key] for name in ("资产", "报损报废", "验收", "交接")
        )
        agree = [len({int(r[c]) for c in COUNTS}) == 1 for r in assets]
        over = any(int(r["实物数"]) > int(r["总账数"]) for r in assets)
        lead = s["成立领导小组"] == "是" and s["一把手任组长"] == "是"
        twice = len({r["资产编号"] for r in assets}) != len(assets)
        results.append(
            {
                "scheme": "教育系统固定资产检查",
                "period": "2009",
                "id": key,
                "name": s["名称"],
                "本年检查次数": len(visits[key]),
                "已检单位数": seen,
                "检查覆盖率": share(seen, 76),
                "资产种数": len(assets),
                "相符种数": sum(agree),
                "相符率": share(sum(agree), len(assets)) if assets else Fraction(1),
                "账实差": sum(abs(int(r["总账数"]) - int(r["实物数"])) for r in assets),
                "不合规验收次数": sum(any(r[c] == "否" for c in SIGNERS) for r in taken),
                "不合规交接次数": sum(r["领导监督"] == "否" or not "" < r["交接日"] <= r["离岗日"] for r in handed),
                "bonus": 0,
                "penalty": 0,
                "vetoed": False,
                "表彰": s["成绩突出"] == "是",
                "追究责任": any(r["手续齐全"] == "否" or r["责任造成"] == "是" for r in scrapped),
                "findings": faults(
                    [
                        (lead, "没有成立由一把手任组长的固定资产领导小组"),
                        (bool(visits[key]), "本年没有检查"),
                        (all(r["当场反馈"] == "是" for r in visits[key]), "检查以后没有当场评价与反馈"),
                        (all(agree), "账、卡、物不符"),
                        (not over, "有实物没有入账"),
                        (not twice, "有资产重复登记"),
                        (all(r["手续齐全"] == "是" for r in scrapped), "报损、报废没有手续"),
                        (all(r[c] == "是" for r in taken for c in SIGNERS), "不是三人共同验收"),
                        (all(r["交接日"] for r in handed), "离岗没有办交接手续"),
                        (
                            all(r["领导监督"] == "是" for r in handed if r["交接日"]),
                            "交接没有主管领导监督",
                        ),
                        (all(r["交接日"] <= r["离岗日"] for r in handed), "离岗以后才交接"),
                    ]
                ),
            }
        )
    write(results)


if __name__ == "__main__":
    main()
