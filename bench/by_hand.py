"""The rules of `made.units_script`, written twice more by hand: on integers, as a compiler might, and on decimals, as
one writes them first.

Both give for each unit: three parts, bonus, penalty, total, rank among the candidates of its class, grade.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from bench.made import BONUS, CLASSES, GRADES, INPUTS, PENALTY, SCORES, TARGETS, VETOES, Row

OUTPUTS = ("指标部分", "公众部分", "内部评估", "bonus", "penalty", "总分", "名次", "grade")
PLACES = {"指标部分": 3, "公众部分": 3, "内部评估": 3, "bonus": 2, "penalty": 2, "总分": 2}
"""What the integers count in."""
_BEST, _PASSED, _FAILED = range(3)

# ---------------------------------------------------------------- integers

_LOOP = """
def evaluate(rows):
    results = []
    keep = results.append
    sizes = [0, 0, 0]
    candidates = [{{}}, {{}}, {{}}]
    for {names} in rows:
        kpi = 6 * 指标
        public = 3 * 公众
        inner = 5 * (领导 + 同级)
        plus = {bonus}
        if plus > 5000:
            plus = 5000
        minus = {penalty}
        if minus > 5000:
            minus = 5000
        exact = 10 * (kpi + public) + inner + 100 * (plus - minus)
        total = (exact + 50) // 100 if exact >= 0 else -((50 - exact) // 100)
        sizes[类别] += 1
        result = [kpi, public, inner, plus, minus, total, None, 2]
        keep(result)
        if total >= 60000 and not ({vetoes}):
            result[7] = 1
            if {targets} and 满意度 >= 6000:
                alike = candidates[类别].get(total)
                if alike is None:
                    candidates[类别][total] = [result]
                else:
                    alike.append(result)
    return results, sizes, candidates
"""


def written_on_integers() -> Callable[[Sequence[Row]], list[list[Any]]]:
    """The rules as one loop over rows of integers; the function takes rows as `made.units` gives them."""
    source = _LOOP.format(
        names=", ".join(INPUTS),
        bonus=" + ".join(f"{points} * {name}" for name, points in BONUS.items()),
        penalty=" + ".join(f"{points} * {name}" for name, points in PENALTY.items()),
        vetoes=" or ".join(VETOES),
        targets=" and ".join(TARGETS),
    )
    namespace: dict[str, Any] = {}
    exec(compile(source, "<by hand>", "exec"), namespace)
    loop = namespace["evaluate"]

    def evaluate(rows: Sequence[Row]) -> list[list[Any]]:
        results, sizes, candidates = loop(rows)
        for size, totals in zip(sizes, candidates, strict=True):
            _place(totals, size * 30 // 100)
        return list(results)

    return evaluate


def _place(totals: dict[Any, list[Any]], places: int) -> None:
    """Rank the candidates of a class, and mark those who get a place; who is tied across the line gets none."""
    before = 0
    for total in sorted(totals, reverse=True):
        alike = totals[total]
        for result in alike:
            result[6] = before + 1
            if before + len(alike) <= places:
                result[7] = _BEST
        before += len(alike)


# ---------------------------------------------------------------- decimals

_CENT, _FIFTY = Decimal("0.01"), Decimal(50)


def decimal_units(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows as the first program one writes holds them: a dictionary for each unit, numbers as decimals."""
    scale = dict.fromkeys(SCORES, 2) | {"满意度": 4}
    return [
        {
            name: Decimal(value).scaleb(-scale[name]) if name in scale else value
            for name, value in zip(INPUTS, row, strict=True)
        }
        for row in rows
    ]


def on_decimals(units: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rules read straight from the document, one dictionary for each unit."""
    results = [_one(unit) for unit in units]
    for code in range(len(CLASSES)):
        totals: dict[Decimal, list[dict[str, Any]]] = {}
        members = [result for unit, result in zip(units, results, strict=True) if unit["类别"] == code]
        for result in members:
            if result["candidate"]:
                totals.setdefault(result["总分"], []).append(result)
        places, before = int(len(members) * Decimal("0.3")), 0
        for total in sorted(totals, reverse=True):
            for result in totals[total]:
                result["名次"] = before + 1
                if before + len(totals[total]) <= places:
                    result["grade"] = GRADES[_BEST]
            before += len(totals[total])
    return results


_BONUS = {name: Decimal(points) / 100 for name, points in BONUS.items()}
_PENALTY = {name: Decimal(points) / 100 for name, points in PENALTY.items()}


def _one(unit: dict[str, Any]) -> dict[str, Any]:
    kpi, public = unit["指标"] * Decimal("0.6"), unit["公众"] * Decimal("0.3")
    inner = unit["领导"] * Decimal("0.5") + unit["同级"] * Decimal("0.5")
    plus = min(_FIFTY, sum((unit[name] * points for name, points in _BONUS.items()), Decimal(0)))
    minus = min(_FIFTY, sum((unit[name] * points for name, points in _PENALTY.items()), Decimal(0)))
    total = (kpi + public + inner * Decimal("0.1") + plus - minus).quantize(_CENT, ROUND_HALF_UP)
    passed = total >= 600 and not any(unit[name] for name in VETOES)
    met = all(unit[name] for name in TARGETS) and unit["满意度"] >= Decimal("0.6")
    return {
        "指标部分": kpi,
        "公众部分": public,
        "内部评估": inner,
        "bonus": plus,
        "penalty": minus,
        "总分": total,
        "名次": None,
        "grade": GRADES[_PASSED if passed else _FAILED],
        "candidate": passed and met,
    }
