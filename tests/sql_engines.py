"""What tests of the SQL engines share: the comparison with the reference, and plans and data to try it on."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from generated_comparisons import made_comparisons
from generated_groups import made_groups
from generated_plans import made_aggregates, made_data, made_plan
from generated_ranges import made_ranges
from kaoping import typed as t
from kaoping.dataset import Dataset
from kaoping.diagnostic import Finding
from kaoping.engines import duckdb, sqlite
from kaoping.engines.reference import Reference
from kaoping.plan.plan import Plan
from kaoping.types import Value

Columns = dict[t.Key, list[Value]]
Evaluated = Callable[[Plan, Dataset, list[t.Key]], tuple[Columns, list[Finding]]]
Case = tuple[Plan, Dataset]

ENGINES: dict[str, Evaluated] = {"duckdb": duckdb.evaluated, "sqlite": sqlite.evaluated}


def compared(plan: Plan) -> list[t.Key]:
    """The columns to compare; those of stored results of other periods are never shown, and need not agree."""
    return [key for key, each in plan.columns.items() if each.value is not None and key.frame.table != t.HISTORY]


def shown(columns: Columns, problems: list[Finding]) -> dict[str, str]:
    """Everything found, so that any difference shows: `repr` tells yes from 1. Data errors leave no results."""
    if problems:
        # two columns of one quota, which no script has, are found at fault twice where they are not seen to be one
        return {"findings": repr(sorted({(each.code, *sorted(each.facts.items())) for each in problems}))}
    return {f"{key.name} {key.part} {key.frame}": repr(values) for key, values in columns.items()}


def expected(plan: Plan, rows: Dataset) -> dict[str, str]:
    """What the reference evaluator finds."""
    keys = compared(plan)
    reference = Reference(plan, rows)
    reference.run(keys)
    return shown({key: reference.column(key) for key in keys}, reference.problems)


def found(plan: Plan, rows: Dataset, evaluated: Evaluated) -> dict[str, str]:
    """What an engine finds."""
    return shown(*evaluated(plan, rows, compared(plan)))


def assert_agrees(plan: Plan, rows: Dataset, *engines: str) -> None:
    """Every column of every frame is the same, and so are the data errors."""
    wanted = expected(plan, rows)
    for engine in engines or ENGINES:
        assert differences(wanted, found(plan, rows, ENGINES[engine])) == [], engine


def differences(wanted: dict[str, str], found: dict[str, str]) -> list[str]:
    """The columns that differ, with what was wanted and found."""
    return [
        f"{name}: {wanted.get(name)} <> {found.get(name)}"
        for name in {**wanted, **found}
        if wanted.get(name) != found.get(name)
    ]


# ---------------------------------------------------------------- names nobody should give

LONG = "重大决策社会稳定风险评估机制建立健全并有效运行情况指标"  # 81 bytes, more than PostgreSQL keeps
PIECES = [
    '"', "'", "`", ";", "--", "\\", "/*", "*/", "]", "[", "%", "{0}", "$1", "?", ":id", "(", ")", " ", "\t", "\n", "=",
    "得分", "单位", "信访件", "Ａ", "a", "A", "ß", "SS", "ı", "I", "é", "e\u0301", "😀", "\U00020000", "NULL", "id",
    "unit", "row", "select", "DROP TABLE input_0", "UNION ALL", "sqlite_master", "rowid", "·", LONG, LONG + LONG,
    "\u202e", "\u2028", "0", "1", "_2",
]  # fmt: skip


def hostile(chance: random.Random) -> str:
    """A name of a few hostile pieces, never empty."""
    return "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 4)))


def disguises(chance: random.Random, names: list[str]) -> dict[str, str]:
    """For each name another, hostile one; some differ only at their far end, or in case."""
    given: dict[str, str] = {}
    for name in names:
        other = hostile(chance)
        if given and chance.random() < 0.5:
            last = chance.choice(list(given.values()))
            other = chance.choice([last.swapcase(), last + "1", last + LONG + chance.choice("甲乙"), last.upper()])
        while other in given.values():
            other += chance.choice(PIECES)
        given[name] = other
    return given


def disguised(value: Any, names: Mapping[str, str]) -> Any:
    """A plan, or data, in which names, labels and texts are others."""
    match value:
        case str():
            return names.get(value, value)
        case tuple():
            parts = [disguised(each, names) for each in value]
            return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
        case list():
            return [disguised(each, names) for each in value]
        case dict():
            return {disguised(key, names): disguised(each, names) for key, each in value.items()}
        case msgspec.Struct():
            kept = {"kind", "function", "mode", "source"}
            fields = {
                name: getattr(value, name) if name in kept else disguised(getattr(value, name), names)
                for name in value.__struct_fields__
            }
            return type(value)(**fields)
    return value


NAMED = [
    *(f"列{number}" for number in range(10)), "数", "或数", "是否", "或是否", "类", "日", "文", "扣分", "或扣分",
    "序号", "到场", "级别", "日期", "总分", "好", "得分", "班子等次", "参数", "信访", "link 班子", "差", "中", "甲",
    "乙", "丙",
]  # fmt: skip


def in_disguise(case: Case, chance: random.Random) -> Case:
    """A case with hostile names for all that has a name."""
    names = disguises(chance, NAMED)
    names["link 班子"] = f"link {names['link 班子']}"
    plan, rows = (disguised(each, names) for each in case)
    return plan, rows


# ---------------------------------------------------------------- cases by number


KINDS = ("plans", "plans", "aggregates", "ranges", "groups", "hostile names", "comparisons")


def made(seed: int) -> Case:
    """A case for each number: plans of all sorts, aggregates, ranges, comparisons, hostile names in turn."""
    chance = random.Random(seed)
    match seed % len(KINDS):
        case 0 | 1:
            return made_plan(chance.randint), made_data(chance.randint)
        case 2:
            return made_aggregates(chance.randint), made_data(chance.randint)
        case 3:
            return made_ranges(chance)
        case 4:
            return made_groups(chance)
        case 6:
            return made_comparisons(chance)
    maker = chance.choice([made_plan, made_aggregates])
    return in_disguise((maker(chance.randint), made_data(chance.randint)), chance)


def cases(first: int, number: int) -> Iterator[tuple[int, Case]]:
    """Cases with their numbers."""
    for seed in range(first, first + number):
        yield seed, made(seed)
