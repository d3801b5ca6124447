"""Plans of comparisons among subjects that share columns: several at once, by values of narrow ranges that are all
taken, so that whoever makes one number of two, or one count of several, is found out.
"""

from __future__ import annotations

import random

from kaoping import typed as t
from kaoping.columns import Column
from kaoping.dataset import Dataset
from kaoping.plan.plan import Plan
from kaoping.types import BOOL, TEXT, Type, Value
from plans import choice, choose, column, compare, const, dataset, loaded, num, plan, read

LABELS = choice(("差", "中", "好"), ordered=True)
RANGES = [(0, 2), (-3, 1), (-1, 0), (5, 8), (0, 10**6), (-(10**9), 10**9), (0, 10**15)]
"""Narrow ones first; the widest are too wide to be packed with another."""


def made_comparisons(chance: random.Random) -> tuple[Plan, Dataset]:
    """A plan of half a dozen comparisons, and data for it."""
    numbers = [
        loaded(f"数{at}", num(0, *chance.choice(RANGES[: chance.choice([4, 4, 4, 7])])), optional=chance.random() < 0.5)
        for at in range(2)
    ]
    classes = [loaded("类", LABELS, optional=chance.random() < 0.5), loaded("片", TEXT), loaded("是", BOOL)]
    flags = [loaded(f"旗{at}", BOOL, optional=chance.random() < 0.4) for at in range(2)]
    values: list[t.Typed] = [read(each) for each in numbers]
    for each in list(values):  # of which only some have one
        values.append(choose(read(chance.choice(flags)), each, const(None, each.type)))
    made: list[Column] = []

    def put(node: t.Typed) -> None:
        made.append(column(f"列{len(made)}", node))

    alike = _within(chance, classes, numbers)  # most are by the same
    for _ in range(chance.randint(3, 7)):
        within = alike if chance.random() < 0.7 else _within(chance, classes, numbers)
        value = chance.choice(values if chance.random() < 0.5 else values[:1])
        where = chance.choice([None, *map(read, flags), compare(">", read(numbers[0]), numbers[0].type.low)])
        match chance.randint(1, 6):
            case 1 | 2 | 3:
                held = column(f"值{len(made)}", value)
                made.append(held)
                put(t.Rank(read(held), within, chance.random() < 0.3, type=num().maybe))
            case 4:
                part, linear = chance.choice([25, 50, 75]), chance.random() < 0.5
                put(t.Percentile(part, 2, value, where, within, linear, 2, type=num().maybe))
            case 5:
                kind = chance.choice(["count", "sum", "max", "average"])
                put(t.Cohort(kind, value if kind != "count" else None, where, within, digits=2, type=num().maybe))
            case _:
                pool = chance.choice([const(True), *map(read, flags)])
                ties, rounded = chance.choice(["excluded", "included"]), chance.choice(["down", "up"])
                share, lowest = const(chance.choice([25, 50, 60]), num(2)), chance.random() < 0.3
                keys = (value,) if chance.random() < 0.7 else (value, values[1])
                put(t.Chosen(pool, share, keys, const(True), within, lowest, ties, rounded, type=BOOL))
    inputs = [*numbers, *classes, *flags]
    return plan(*inputs, *made), _data(chance, inputs)


def _within(chance: random.Random, classes: list[Column], numbers: list[Column]) -> tuple[t.Typed, ...]:
    return tuple(
        read(each)
        for each in chance.choice([[], classes[:1], classes[:1], [numbers[1], classes[0]], classes[1:2], classes[2:]])
    )


def _data(chance: random.Random, inputs: list[Column]) -> Dataset:
    subjects = chance.choice([0, 1, 5, 12, 20])
    return dataset({each.key.name: [_cell(chance, each.type) for _ in range(subjects)] for each in inputs})


def _cell(chance: random.Random, type_: Type) -> Value:
    if type_.optional and chance.random() < chance.choice([0.25, 0.6]):
        return None
    if type_.kind is BOOL.kind:
        return chance.random() < 0.6
    if type_.kind is TEXT.kind:
        return chance.choice("甲乙")
    near = range(type_.low, min(type_.high, type_.low + 3) + 1)
    value: int = chance.choice([*near, type_.high, type_.high - 1])
    return value
