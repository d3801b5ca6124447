"""The comparison has teeth: one token of what prints the SQL made wrong, and a few made-up cases notice it.

`KAOPING_FUZZ=2000 pytest tests/test_sql_faults.py` tries more cases before it gives a fault up.
"""

from __future__ import annotations

import inspect
import os
import sqlite3
import sys
import textwrap
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

import sql_engines as sql
from kaoping.engines.sql import (
    arithmetic,
    candidates,
    cohorts,
    dates,
    dialects,
    expressions,
    folds,
    packed,
    program,
    ranks,
    relations,
    steps,
    units,
)
from kaoping.engines.sql.expressions import NotInSql

CASES = max(210, int(os.environ.get("KAOPING_FUZZ", "210")))

Fault = tuple[Any, str, str, str]
"""Where it is seeded: a module, a function (or a method) in it, a piece of its text that stands there once, and what
takes its place.
"""

FAULTS: dict[str, Fault] = {
    "halves rounded down": (arithmetic, "Arithmetic._whole", "(2 * {top} + {bottom})", "(2 * {top})"),
    "halves of a constant rounded down": (
        arithmetic, "Arithmetic._whole", "divisor.low // 2}", "divisor.low // 2 - 1}",
    ),
    "halves to the odd neighbour": (arithmetic, "Arithmetic._whole", ')}) = 1"', ')}) = 0"'),
    "one too many rounded up": (arithmetic, "Arithmetic._whole", "{bottom} - 1)", "{bottom})"),
    "the sign of a divisor lost": (arithmetic, "Arithmetic._positive", "< 0 THEN (-", "< 0 THEN ("),
    "floor not mirrored below zero": (
        arithmetic, "Arithmetic._divided", "_MIRRORED.get(mode, mode)", "mode",
    ),
    "no digits in a long division": (arithmetic, "Arithmetic._long", "{rest.text} >= {other}", "{rest.text} > {other}"),
    "division in floating point": (
        dialects, "Dialect.divided", "({top} {self.division}", "({top} * 1.0 {self.division}",
    ),
    "scaled by too little": (arithmetic, "Arithmetic.scaled", "10**digits", "10 ** max(digits - 1, 0)"),
    "one is no divisor": (arithmetic, "Arithmetic.quotient", "NULLIF({bottom.text}, 0)", "NULLIF({bottom.text}, 1)"),
    "a fallback forgotten": (expressions, "Expressions._or_else", "COALESCE({one}, {two})", "{one}"),
    "and with a missing operand": (expressions, "Expressions._junction", "if asked:", "if False:"),
    "a missing condition is no": (expressions, "Expressions._choose", "if test.missing:\n", "if False:\n"),
    "labels in the wrong order": (expressions, "Expressions._recode", "enumerate(codes)", "enumerate(codes[::-1])"),
    "a cap that is a floor": (expressions, "Expressions._extreme", "least = isinstance", "least = not isinstance"),
    "in and out": (expressions, "Expressions._among", " IN (", " NOT IN ("),
    "missing values last in an order": (folds, "arranged", "DESC NULLS LAST", "DESC NULLS FIRST"),
    "the first rows for the last": (folds, "arranged", "DESC NULLS LAST", "NULLS LAST"),
    "one row too few": (folds, "arranged", "<= {node.last.number}", "< {node.last.number}"),
    "trimmed at one end only": (folds, "arranged", "> {node.trim} AND", "> 0 AND"),
    "few values trimmed away": (folds, "arranged", "<= {2 * node.trim} OR", "< {2 * node.trim} OR"),
    "not distinct": (folds, "aggregates", "COUNT(DISTINCT ", "COUNT("),
    "a sum of rows that do not count": (folds, "aggregates", "SUM({held}){of_some}", "SUM({held})"),
    "an average over rows that do not count": (folds, "aggregates", "COUNT({held}){of_some}", "COUNT({held})"),
    "a count of rows that do not count": (folds, "aggregates", "[where.text] if where is not None", "[] if True"),
    "a missing value left out of a sum": (folds, "aggregates", "value is not None and value.missing", "False"),
    "no default where there are no rows": (folds, "value_of", 'COALESCE({found[name].text}, 0)', "{found[name].text}"),
    "all of nothing does not hold": (folds, "value_of", '1 if node.kind == "all" else 0', "0"),
    "the lowest is first": (ranks, "rank", "'' if node.lowest_first", "'' if not node.lowest_first"),
    "ties have the last rank": (ranks, "rank", "- {number.text} + 1", "+ 0"),
    "those without a value are ranked": (ranks, "rank", "if value.missing:", "if False:"),
    "a group of those without a class lost": (
        cohorts, "_hosted", "any(each.missing for each in host.values())", "False",
    ),
    "the line of a quota": (ranks, "chosen", "<= {most.text}", "< {most.text}"),
    "ties at the line": (ranks, "chosen", "- {number.text} < {most.text}", "- {number.text} <= {most.text}"),
    "a quota from the bottom": (ranks, "chosen", "'' if node.lowest else ' DESC'", "' DESC' if node.lowest else ''"),
    "missing keys of a quota first": (ranks, "chosen", "NULLS LAST", "NULLS FIRST"),
    "a part of a quota rounded up": (ranks, "_places", "OF_PLACES[node.rounded]", '"up"'),
    "a part of everybody": (ranks, "_places", "None if each.text == book.dialect.literal(True)", "None if True"),
    "a percentile one too low": (ranks, "percentile", "* {of} + {whole - 1})", "* {of})"),
    "a percentile between the wrong two": (ranks, "percentile", "THEN {steps} + 2", "THEN {steps} + 1"),
    "groups of missing keys in an aggregate": (
        cohorts, "_beside_groups", "any(each.missing for each in comparison.keys.values())", "False",
    ),
    "comparisons counted as one another": (
        cohorts, "_distinct", "= known[count.text]", "= next(iter(known.values()))",
    ),
    "records of no unit counted": (steps, "_fold", "IS NOT NULL", "IS NULL OR 1 = 1"),
    "missing keys last among rows": (steps, "_row_before", "NULLS FIRST", "NULLS LAST"),
    "the row after": (steps, "_row_before", "LAG(", "LEAD("),
    "a result of a longer period": (steps, "_previous", "where=alike", "where=None"),
    "a streak that goes on": (steps, "_streak", ".text} = 0", ".text} <= 1"),
    "a streak of one": (steps, "_streak", "1 + COALESCE({count.text}, 0)", "1 + {count.text}"),
    "a unit ends a day early": (units, "unit_by_day", "<= {unit.last", "< {unit.last"),
    "the last day for the first": (units, "bounds_by_case", 'end == "first"', 'end == "last"'),
    "the worst candidate": (candidates, "best_of_each", "MAX({worth.text})", "MIN({worth.text})"),
    "a missing candidate ignored": (candidates, "best_of_each", "if missing:", "if False:"),
    "all are appraised": (program, "Script._only_appraised", "chain.last = ", "_ = "),
    "months of 31 days": (dates, "moved", "+ MIN(", "+ MAX("),
    "a month passed a day late": (dates, "passed", "> {end} THEN 1", ">= {end} THEN 1"),
    "subjects without rows left out": (relations, "_select", "'' if join.inner or join.sure else 'LEFT '", "''"),
}  # fmt: skip


def seed(fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a wrong function in the place of a right one, wherever it is imported."""
    module, path, right, wrong = fault
    *owners, name = path.split(".")
    owner = getattr(module, owners[0]) if owners else module
    original: Callable[..., Any] = getattr(owner, name)
    text = textwrap.dedent(inspect.getsource(original))
    assert text.count(right) == 1, f"{right} stands {text.count(right)} times in {path}"
    made: dict[str, Any] = {}
    exec("from __future__ import annotations\n" + text.replace(right, wrong), module.__dict__, made)
    monkeypatch.setattr(owner, name, made[name])
    for other in list(sys.modules.values()):
        if other is not module and other.__name__.startswith("kaoping.engines.sql"):
            for alias, value in list(vars(other).items()):
                if value is original:
                    monkeypatch.setattr(other, alias, made[name])


@cache
def tried() -> list[tuple[sql.Case, dict[str, str]]]:
    """The cases, with what the reference evaluator finds: some of all kinds, and more comparisons among subjects."""
    step = len(sql.KINDS)
    more = [sql.made(seed) for seed in range(sql.KINDS.index("comparisons"), step * CASES, step)]
    return [(made, sql.expected(*made)) for made in [*(made for _, made in sql.cases(0, CASES)), *more]]


def noticed(engine: str) -> int | None:
    """How many cases it takes to see that an engine does not give what it should."""
    for number, (made, wanted) in enumerate(tried(), 1):
        try:
            found = sql.found(*made, sql.ENGINES[engine])
        except (NotInSql, OverflowError):
            continue  # a constant or a cell of more than 64 bits
        except sqlite3.OperationalError as reason:
            if str(reason) == "integer overflow":
                continue
            return number  # an engine that stops gives no wrong result, but no result either
        if sql.differences(wanted, found):
            return number
    return None


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_what_prints_the_sql_is_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seed(FAULTS[fault], monkeypatch)
    assert noticed("sqlite") is not None


def test_without_a_fault_nothing_is_noticed() -> None:
    assert len(FAULTS) >= 30
    assert noticed("sqlite") is None


ONLY_DUCKDB: dict[str, Fault] = {
    "the least of a missing and another": (
        expressions, "Expressions._extreme", 'if asked and self.dialect.name != "sqlite":', "if False:",
    ),
    "the larger for the least": (expressions, "Expressions._extreme", "'<' if least", "'>' if least"),
    "no room for what is missing": (packed, "_size", "+ 1 + key.missing", "+ 1"),
    "a class counted from another end": (packed, "_digit", "key.missing - key.low", "key.missing - key.low - 1"),
    "nothing packed as the lowest": (packed, "_digit", "COALESCE({moved.text}, 0)", "COALESCE({moved.text}, 1)"),
    "nothing unpacked as a value": (packed, "_parts", "NULLIF({digit}, 0)", "NULLIF({digit}, -1)"),
    "unpacked one too high": (packed, "_parts", "key.low - key.missing", "key.low"),
    "the widest taken for the narrowest": (packed, "_parts", "{rest} % {size}", "{rest} % ({size} + 1)"),
    "two numbers of one sum exchanged": (cohorts, "_reached", '("//", "%")', '("%", "//")'),
    "a count of what does not hold": (dialects, "Dialect.counted", "NULLIF({test}, FALSE)", "NULLIF({test}, TRUE)"),
    "a count of all": (dialects, "Dialect.counted", "NULLIF({test}, FALSE)", "{test}"),
}  # fmt: skip


@pytest.mark.parametrize("fault", ONLY_DUCKDB)
def test_a_fault_that_shows_in_duckdb_is_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seed(ONLY_DUCKDB[fault], monkeypatch)
    assert noticed("duckdb") is not None
