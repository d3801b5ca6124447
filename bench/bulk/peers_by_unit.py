"""The rules of the units where each unit is taken by itself: GoRules' zen engine, and Python on decimals.

They cannot compare units; the ranking is Python here, on whole numbers, and is counted in their time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from bench.bulk.agree import of_rows
from bench.bulk.made import ID, SATISFACTION, YES_NO, units_coded
from bench.bulk.peers import Form
from bench.by_hand import decimal_units, on_decimals
from bench.made import BONUS, GRADES, INPUTS, PENALTY, SCORES, TARGETS, VETOES

BATCH = 10_000
PLACES = {"指标部分": 1000, "公众部分": 1000, "内部评估": 1000, "bonus": 100, "penalty": 100, "总分": 100}


def forms(size: int) -> dict[str, Form]:
    """Every form, whether it can run here or not."""
    return {
        "zen-engine, evaluate_batch": Form(partial(_zen_load, size), _zen, _number),
        "decimals by hand": Form(partial(_decimals_load, size), lambda state: on_decimals(state), _number),
    }


def rows_of(size: int) -> Iterator[tuple[Any, ...]]:
    """The coded units, row by row; the id is the number of the row."""
    import duckdb

    with duckdb.connect() as connection:
        found = connection.execute(f"SELECT {', '.join(INPUTS)} FROM '{units_coded(size)}' ORDER BY {ID}")
        while rows := found.fetchmany(BATCH):
            yield from rows


def _number(_: Any, results: list[Mapping[str, Any]]) -> str:
    grades = {label: code for code, label in enumerate(reversed(GRADES))}

    def values() -> Iterator[list[int]]:
        for at, each in enumerate(results):
            amounts = [round(Decimal(str(each[name])) * by) for name, by in PLACES.items()]
            yield [at, *amounts, each["名次"] or 0, grades[each["grade"]]]

    return of_rows(values())


def _decimals_load(size: int) -> list[dict[str, Any]]:
    return decimal_units(list(rows_of(size)))


# ---------------------------------------------------------------- zen

# its expressions know names of ASCII letters only
_NAMES = {name: f"n{at}" for at, name in enumerate(INPUTS)}


def _points(of: Mapping[str, int]) -> str:
    return f"min([50, {' + '.join(f'{_NAMES[name]} * {each / 100}' for name, each in of.items())}])"


def _decision() -> dict[str, Any]:
    kpi, public, lead, peer = (_NAMES[name] for name in SCORES)
    vetoed, met = " or ".join(_NAMES[name] for name in VETOES), " and ".join(_NAMES[name] for name in TARGETS)
    expressions = {
        "kpi": f"{kpi} * 0.6",
        "public": f"{public} * 0.3",
        "inner": f"{lead} * 0.5 + {peer} * 0.5",
        "bonus": _points(BONUS),
        "penalty": _points(PENALTY),
        "total": "round($.kpi + $.public + $.inner * 0.1 + $.bonus - $.penalty, 2)",
        "passed": f"$.total >= 600 and not ({vetoed})",
        "candidate": f"$.passed and {met} and {_NAMES[SATISFACTION]} >= 0.6",
    }
    place = {"x": 0, "y": 0}
    kept = [{"id": name, "key": name, "value": text} for name, text in expressions.items()]
    return {
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in", "position": place},
            {"id": "do", "type": "expressionNode", "name": "do", "position": place, "content": {"expressions": kept}},
            {"id": "out", "type": "outputNode", "name": "out", "position": place},
        ],
        "edges": [
            {"id": "1", "type": "edge", "sourceId": "in", "targetId": "do"},
            {"id": "2", "type": "edge", "sourceId": "do", "targetId": "out"},
        ],
    }


def _zen_load(size: int) -> tuple[Any, list[dict[str, Any]]]:
    import zen

    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"units": _decision()}}})
    by = dict.fromkeys(SCORES, 100) | {SATISFACTION: 10_000}

    def shown(name: str, value: Any) -> Any:
        return value / by[name] if name in by else bool(value) if name in YES_NO else value

    rows = rows_of(size)
    units = [{_NAMES[name]: shown(name, each) for name, each in zip(INPUTS, row, strict=True)} for row in rows]
    return engine, units


def _zen(state: tuple[Any, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    engine, units = state
    results: list[dict[str, Any]] = []
    for start in range(0, len(units), BATCH):
        asked = [{"key": "units", "context": unit} for unit in units[start : start + BATCH]]
        results.extend(each["data"]["result"] for each in engine.evaluate_batch(asked))
    best, passed, failed = GRADES
    for each in results:
        each |= {"指标部分": each["kpi"], "公众部分": each["public"], "内部评估": each["inner"], "总分": each["total"]}
        each |= {"名次": None, "grade": passed if each["passed"] else failed}
    _rank(units, results, best)
    return results


def _rank(units: list[dict[str, Any]], results: list[dict[str, Any]], best: str) -> None:
    members: dict[Any, int] = {}
    candidates: dict[Any, dict[float, list[dict[str, Any]]]] = {}
    kind = _NAMES["类别"]
    for unit, result in zip(units, results, strict=True):
        members[unit[kind]] = members.get(unit[kind], 0) + 1
        if result["candidate"]:
            candidates.setdefault(unit[kind], {}).setdefault(result["总分"], []).append(result)
    for of, totals in candidates.items():
        before, places = 0, members[of] * 30 // 100
        for total in sorted(totals, reverse=True):
            alike = totals[total]
            for each in alike:
                each["名次"] = before + 1
                if before + len(alike) <= places:
                    each["grade"] = best
            before += len(alike)
