"""Random arithmetic whose ranges are what the checker would find, on data at the ends of what is declared.

Every range between a few values and 10^37 occurs, so that numbers of 32, 64 and 128 bits meet one another.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from msgspec.structs import replace

from kaoping import typed as t
from kaoping.check import numeric as n
from kaoping.columns import Column
from kaoping.dataset import Dataset
from kaoping.diagnostic import Finding
from kaoping.numbers import MODES
from kaoping.plan.plan import Plan
from kaoping.source import NOWHERE
from kaoping.types import BOOL, Type, Value, number
from plans import column, const, dataset, loaded, plan, read

EDGES = [1, 2, 7, 100, 10**6, 2**31, 2**32, 10**12, 2**53, 10**18, 2**62, 2**63, 2**64, 10**24, 2**96, 10**36]
RECORDS = t.Frame("信访")
MANY = 10**6


@dataclass
class Ranges:
    """Makes expressions over loaded numbers; what leaves 128 bits is not tried."""

    chance: random.Random
    columns: list[Column]
    edges: list[int]
    reported: list[Finding] = field(default_factory=list)

    def expression(self, depth: int, frame: t.Frame = t.EACH) -> t.Typed:
        """A number with its true range."""
        for _ in range(10):
            made = self._tried(depth, frame)
            if not n.is_poison(made) and max(abs(made.type.low), abs(made.type.high)) < n.LIMIT:
                return made
        return self.leaf(frame)

    def leaf(self, frame: t.Frame) -> t.Typed:
        """A column or a constant."""
        if self.chance.random() < 0.2:
            value = self.chance.choice([-1, 1]) * (self.chance.choice(self.edges) + self.chance.choice([-1, 0, 1]))
            return const(value, number(value, value))
        return read(self.chance.choice([each for each in self.columns if each.key.frame in (frame, t.EACH)]))

    def _tried(self, depth: int, frame: t.Frame) -> t.Typed:
        if depth == 0:
            return self.leaf(frame)
        one, two = self.expression(depth - 1, frame), self.expression(depth - 1, frame)
        report, mode = self.reported.append, self.chance.choice(MODES)
        match self.chance.randint(1, 10):
            case 1:
                return n.add([one, two, self.leaf(frame)], NOWHERE, report)
            case 2:
                return n.subtract(one, two, NOWHERE, report)
            case 3 | 4:
                return n.multiply(one, two, NOWHERE, report)
            case 5 | 6:
                rounding = n.Rounding(one.type.places + self.chance.randint(0, 8), mode)
                made = n.divide(n.Fraction(one, two), rounding, NOWHERE, report)
                return replace(made, type=made.type.maybe) if isinstance(made, t.Divide) else self.leaf(frame)
            case 7:
                finer = n.with_places(one, one.type.places + self.chance.randint(1, 6))
                return n.drop_places(n.add([finer, two], NOWHERE, report), n.Rounding(0, mode), NOWHERE)
            case 8:
                return n.extreme([one, two], NOWHERE, least=self.chance.random() < 0.5)
            case 9:
                high = max(abs(one.type.low), abs(one.type.high))
                return t.Absolute(one, type=replace(one.type, low=0, high=high))
            case _:
                arms = [(n.compare(self.chance.choice(["<", "<=", "=", ">"]), one, two, NOWHERE), one)]
                return n.choose(arms, two, NOWHERE)


def made_ranges(chance: random.Random) -> tuple[Plan, Dataset]:
    """Arithmetic of one row, folds and comparisons of numbers of all widths, with data at the ends of their ranges."""
    edges = EDGES if chance.random() < 0.5 else EDGES[:8]  # half of them as narrow as SQLite's numbers
    inputs = [loaded(f"数{at}", _range(chance, edges), optional=at == 2) for at in range(4)]
    records = [loaded(f"扣{at}", _range(chance, edges), "信访") for at in range(2)]
    maker = Ranges(chance, [*inputs, *records], edges)
    made = [column(f"列{at}", _maybe(maker.expression(chance.randint(1, 3)))) for at in range(4)]
    made += [column(f"合{at}", _maybe(_over_rows(maker))) for at in range(3)]
    required = {each.key.name: "never" if each.type.optional else "always" for each in (*inputs, *records)}
    subjects = 12
    rows = {each.key.name: [_cell(each.type, chance) for _ in range(subjects)] for each in inputs}
    owners = sorted(chance.randrange(subjects) for _ in range(20))
    table = {each.key.name: [_cell(each.type, chance) for _ in owners] for each in records}
    return plan(*inputs, *records, *made, required=required), dataset(rows, 信访=(owners, table))


def _maybe(node: t.Typed) -> t.Typed:
    return replace(node, type=node.type.maybe)


def _over_rows(maker: Ranges) -> t.Typed:
    """A fold over records, or a comparison among subjects."""
    chance = maker.chance
    kind = chance.choice(["sum", "average", "min", "max"])
    value = maker.expression(1, RECORDS)
    if kind == "sum":
        type_ = replace(value.type, low=min(value.type.low * MANY, 0), high=max(value.type.high * MANY, 0))
        if max(abs(type_.low), abs(type_.high)) < n.LIMIT:
            return t.Fold("sum", RECORDS, value, type=type_.maybe)
        kind = "max"
    if kind == "average":
        digits, mode = chance.randint(0, 4), chance.choice(MODES)
        type_ = replace(value.type, low=value.type.low * 10**digits, high=value.type.high * 10**digits)
        if max(abs(value.type.low), abs(value.type.high)) * MANY * 10**digits * 2 < n.LIMIT:
            return t.Fold("average", RECORDS, value, digits=digits, mode=mode, type=type_.maybe)
        kind = "min"
    if chance.random() < 0.5:
        return t.Fold(kind, RECORDS, value, type=value.type.maybe)
    standing = maker.expression(1)
    if chance.random() < 0.5:
        return t.Rank(standing, lowest_first=chance.random() < 0.5, type=number(1, 10**8))
    pool = t.Has(standing, type=BOOL)
    taken = t.Chosen(
        pool, const(chance.randint(1, 9)), (standing,), ties=chance.choice(["excluded", "included"]), type=BOOL
    )
    return n.choose([(taken, const(1, number(1, 1)))], const(0, number(0, 0)), NOWHERE)


def _range(chance: random.Random, edges: list[int]) -> Type:
    most = chance.choice(edges) + chance.choice([-1, 0, 0, 1])
    low = chance.choice([0, 0, 1, -most, -most, -most - 1])
    return number(min(low, most), max(most, 1))


def _cell(type_: Type, chance: random.Random) -> Value:
    if type_.optional and chance.random() < 0.3:
        return None
    ends = [type_.low, type_.high, type_.low + 1, type_.high - 1, type_.high // 2, 0, 1, -1, 5, -5]
    fit = [each for each in ends if type_.low <= each <= type_.high]
    return chance.choice([*fit, chance.randint(type_.low, type_.high)])
