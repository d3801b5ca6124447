"""The values that reasoning about ranges allows contain every value there is, tried one by one on small data."""

from __future__ import annotations

import operator
import random
from collections.abc import Iterator, Mapping
from itertools import product

import pytest

from kaoping import typed as t
from kaoping.check.known import Known, of_type
from kaoping.check.reach import Reaches
from kaoping.columns import Column, Origin
from kaoping.types import BOOL, Type, Value, choice, number

Row = Mapping[t.Key, Value]
LABELS = choice(("A", "B", "C"))
LOADED = {
    "x": number(0, 3),
    "y": number(-2, 2),
    "z": number(0, 2).maybe,
    "yes": BOOL,
    "class": LABELS,
}
COMPARE = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def key(name: str) -> t.Key:
    return t.Key(t.EACH, name)


def value_of(node: t.Typed, row: Row) -> Value:
    """The value of an expression for a row: the definition of the language, for the nodes that are tried here."""
    match node:
        case t.Const(value=value):
            return value
        case t.Read(key=read):
            return row[read]
        case t.Choose(arms=arms, otherwise=otherwise):
            for asked, taken in arms:
                answer = value_of(asked, row)
                if answer is None:
                    return None
                if answer:
                    return value_of(taken, row)
            return value_of(otherwise, row)
        case t.Has(operand=operand):
            return value_of(operand, row) is not None
        case t.Coalesce(operand=operand, fallback=fallback):
            value = value_of(operand, row)
            return value_of(fallback, row) if value is None else value
    parts = [value_of(operand, row) for operand in t.operands(node)]
    if any(part is None for part in parts):
        return None
    numbers = [int(part) for part in parts if part is not None and not isinstance(part, str)]
    match node:
        case t.Add():
            return sum(numbers)
        case t.Negate():
            return -numbers[0]
        case t.Multiply():
            return numbers[0] * numbers[1]
        case t.Least():
            return min(numbers)
        case t.Greatest():
            return max(numbers)
        case t.Absolute():
            return abs(numbers[0])
        case t.Compare(operator=symbol):
            return bool(COMPARE[symbol](numbers[0], numbers[1]))
        case t.Among(values=values):
            return numbers[0] in values
        case t.And():
            return all(numbers)
        case t.Or():
            return any(numbers)
        case t.Not():
            return not numbers[0]
    raise AssertionError(node)


WIDE = number(-(10**6), 10**6)


def some_number(chosen: random.Random, depth: int) -> t.Typed:
    if depth == 0:
        name = chosen.choice(["x", "y", "z", ""])
        if not name:
            return t.Const(chosen.randrange(-2, 4), type=WIDE)
        return t.Read(key(name), type=LOADED[name])
    parts = tuple(some_number(chosen, depth - 1) for _ in range(2))
    type_ = WIDE.maybe
    match chosen.randrange(8):
        case 0 | 1:
            return t.Add(parts, type=type_)
        case 2:
            return t.Add((parts[0], t.Negate(parts[1], type=type_)), type=type_)
        case 3:
            return t.Multiply(*parts, type=type_)
        case 4:
            return chosen.choice([t.Least, t.Greatest])(parts, type=type_)
        case 5:
            return t.Absolute(parts[0], type=type_)
        case 6:
            return t.Coalesce(parts[0], t.Const(1, type=WIDE), type=type_)
        case _:
            return t.Choose(((some_condition(chosen, depth - 1), parts[0]),), parts[1], type=type_)


def some_condition(chosen: random.Random, depth: int) -> t.Typed:
    if depth <= 0:
        match chosen.randrange(5):
            case 0:
                return t.Read(key("yes"), type=BOOL)
            case 1:
                codes = tuple(chosen.sample(range(3), chosen.choice([1, 2])))
                return t.Among(t.Read(key("class"), type=LABELS), codes, type=BOOL)
            case 2:
                return t.Has(t.Read(key("z"), type=LOADED["z"]), type=BOOL)
            case _:
                return compared(chosen, 0)
    match chosen.randrange(5):
        case 0:
            return t.Not(some_condition(chosen, depth - 1), type=BOOL.maybe)
        case 1 | 2:
            parts = tuple(some_condition(chosen, depth - 1) for _ in range(2))
            return chosen.choice([t.And, t.Or])(parts, type=BOOL.maybe)
        case _:
            return compared(chosen, depth - 1)


def compared(chosen: random.Random, depth: int) -> t.Typed:
    parts = [some_number(chosen, depth) for _ in range(2)]
    return t.Compare(chosen.choice(list(COMPARE)), parts[0], parts[1], type=BOOL.maybe)


def column(name: str, type_: Type, value: t.Typed | None) -> Column:
    return Column(key(name), type_, value, Origin("let" if value else "input"))


def rows(computed: dict[str, t.Typed]) -> Iterator[Row]:
    """Every subject there can be, with the computed columns worked out."""
    ranges: list[list[Value]] = []
    for type_ in LOADED.values():
        values: list[Value] = list(range(type_.low, type_.high + 1))
        ranges.append([*values, None] if type_.optional else values)
    for chosen in product(*ranges):
        row = {key(name): value for name, value in zip(LOADED, chosen, strict=True)}
        for name, node in computed.items():
            row[key(name)] = value_of(node, row)
        yield row


@pytest.mark.parametrize("seed", range(100))
def test_every_value_lies_within_what_is_reached(seed: int) -> None:
    chosen = random.Random(seed)
    computed = {"sum": some_number(chosen, 2), "holds": some_condition(chosen, 2)}
    columns = {key(name): column(name, type_, None) for name, type_ in LOADED.items()}
    columns |= {key(name): column(name, node.type, node) for name, node in computed.items()}
    reaches = Reaches(columns).prepared()
    condition = chosen.choice([some_condition(chosen, 2), t.Read(key("holds"), type=BOOL.maybe)])
    read = t.Read(key("sum"), type=WIDE.maybe)
    asked = chosen.choice([some_number(chosen, 2), read, t.Add((read, some_number(chosen, 1)), type=WIDE.maybe)])
    holds = chosen.choice([True, False])
    free, known = reaches.reach(asked), reaches.narrowed(condition, Known(), holds=holds)
    narrow, answer = reaches.reach(asked, known), reaches.reach(condition)
    for row in rows(computed):
        value, truth = value_of(asked, row), value_of(condition, row)
        assert answer.missing if truth is None else answer.low <= int(truth) <= answer.high
        for reach, applies in ((free, True), (narrow, truth is holds)):
            if applies and value is None:
                assert reach.missing
            elif applies:
                assert not isinstance(value, str)
                assert value is not None
                assert reach.low <= int(value) <= reach.high


@pytest.mark.parametrize("seed", range(40))
def test_values_of_a_class_lie_within_what_is_reached_for_it(seed: int) -> None:
    chosen = random.Random(seed)
    node = some_number(chosen, 3)
    columns = {key(name): column(name, type_, None) for name, type_ in LOADED.items()}
    reaches = Reaches(columns).prepared()
    for code in range(3):
        reach = reaches.reach(node, Known({key("class"): ((code, code),)}))
        for row in rows({}):
            if row[key("class")] == code:
                value = value_of(node, row)
                assert reach.missing if value is None else reach.low <= int(value) <= reach.high


def test_a_condition_narrows_what_it_speaks_of() -> None:
    x, y = t.Read(key("x"), type=LOADED["x"]), t.Read(key("y"), type=LOADED["y"])
    reaches = Reaches({key(name): column(name, type_, None) for name, type_ in LOADED.items()}).prepared()
    above = reaches.narrowed(t.Compare(">", x, t.Const(1, type=WIDE), type=BOOL), Known())
    assert (reaches.reach(x, above).low, reaches.reach(x, above).high) == (2, 3)
    larger = reaches.narrowed(t.Compare(">", x, y, type=BOOL), Known())
    difference = t.Add((x, t.Negate(y, type=WIDE)), type=WIDE)
    assert reaches.reach(difference).low == -2
    assert reaches.reach(difference, larger).low == 1
    assert of_type(LABELS).high == 2
