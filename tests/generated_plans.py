"""Random plans and data for them: every node, in every frame it may stand in, missing values included."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from hypothesis import strategies as st
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.columns import Column
from kaoping.dataset import Dataset
from kaoping.numbers import MODES
from kaoping.plan.plan import Plan
from kaoping.types import Kind, Type, Value
from plans import BOOL, DATE, TEXT, choice, column, dataset, loaded, num, plan

T = TypeVar("T")
Making = Callable[[Type, t.Frame, int], t.Typed]

LABELS = choice(("差", "中", "好"), ordered=True)
FIRST, LAST = datetime.date(2009, 1, 1).toordinal(), datetime.date(2009, 12, 31).toordinal()
KINDS: tuple[Type, ...] = (num(), BOOL, LABELS, DATE, TEXT)
RECORDS, HISTORY, LINK = t.Frame("信访"), t.Frame(t.HISTORY), t.Frame("link 班子")
FRAMES = (t.EACH, RECORDS, t.Frame(t.SUBJECTS, "quarter"), t.Frame("信访", "quarter"), HISTORY)
GROUPED: tuple[t.Frame | None, ...] = (None, RECORDS, t.Frame("信访", "quarter"))
FOLDED = (RECORDS, t.Frame("信访", "quarter"), t.Frame(t.SUBJECTS, "quarter"), HISTORY, LINK)


@dataclass
class Maker:
    """Makes expressions that read the columns made so far; `number` draws a whole number between two ends."""

    number: Callable[[int, int], int]
    columns: list[Column] = field(default_factory=list)

    def pick(self, *values: T) -> T:
        """One of some values."""
        return values[self.number(0, len(values) - 1)]

    def chance(self, part: int) -> bool:
        """True once in so many times."""
        return self.number(1, part) == 1

    def leaf(self, type_: Type, frame: t.Frame) -> t.Typed:
        """A column in reach, or a constant."""
        reachable = [each for each in self.columns if each.type.kind is type_.kind and reaches(frame, each.key.frame)]
        if reachable and not self.chance(4):
            chosen = self.pick(*reachable)
            return t.Read(chosen.key, type=chosen.type)
        if self.chance(12):
            return t.Const(None, type=type_.maybe)
        return t.Const(self.constant(type_), type=type_)

    def constant(self, type_: Type) -> Value:
        """A value of a type."""
        match type_.kind:
            case Kind.NUMBER:
                most = self.pick(2, 30)  # few values make ties
                return self.number(-most, most)
            case Kind.BOOL:
                return self.chance(2)
            case Kind.CHOICE:
                return self.number(0, 2)
            case Kind.DATE:
                return self.number(FIRST - 40, LAST + 40)
            case _:
                return self.pick("甲", "乙", "")

    def expression(self, type_: Type, frame: t.Frame, depth: int) -> t.Typed:
        """An expression of a type for the rows of a frame."""
        if depth == 0 or self.chance(5):
            return self.leaf(type_, frame)
        common: list[Making] = [self._choose, self._coalesce, self._present, self._only]
        makers: list[Making] = {
            Kind.NUMBER: [self._arithmetic, self._arithmetic, self.aggregate, self.window, *common],
            Kind.BOOL: [self.logic, self.logic, self.logic, self.aggregate, self.quota, *common],
            Kind.CHOICE: [self._recode, *common],
            Kind.DATE: [self._date, *common],
            Kind.TEXT: common,
        }[type_.kind]
        made = self.pick(*makers)(type_, frame, depth - 1)
        return replace(made, type=type_.maybe)

    def _choose(self, type_: Type, frame: t.Frame, depth: int) -> t.Typed:
        arms = tuple(
            (self.expression(BOOL, frame, depth), self.expression(type_, frame, depth))
            for _ in range(self.pick(1, 1, 2, 3))
        )
        return t.Choose(arms, self.expression(type_, frame, depth), type=type_)

    def _coalesce(self, type_: Type, frame: t.Frame, depth: int) -> t.Typed:
        return t.Coalesce(self.expression(type_, frame, depth), self.expression(type_, frame, depth), type=type_)

    def _present(self, type_: Type, frame: t.Frame, depth: int) -> t.Typed:
        return t.Present(replace(self.expression(type_, frame, depth), type=type_), type=type_)

    def _only(self, type_: Type, frame: t.Frame, depth: int) -> t.Typed:
        return t.Fold("only", LINK, self.expression(type_, LINK, depth), type=type_)

    def _recode(self, type_: Type, frame: t.Frame, depth: int) -> t.Typed:
        return t.Recode(self.expression(LABELS, frame, depth), (2, 0, 1), type=type_)

    def _date(self, type_: Type, frame: t.Frame, depth: int) -> t.Typed:
        if self.chance(3):
            return t.UnitBound(self.pick("first", "last"), type=type_)
        months = t.Const(self.number(-13, 13), type=num())
        return t.AddMonths(self.leaf(DATE, frame), months, type=type_)

    def _arithmetic(self, type_: Type, frame: t.Frame, depth: int) -> t.Typed:
        one, two = self.expression(num(), frame, depth), self.expression(num(), frame, depth)
        digits, mode = self.number(0, 2), self.pick(*MODES)
        match self.number(1, 12):
            case 1:
                return t.Add((one, two, self.leaf(num(), frame)), type=type_)
            case 2:
                return t.Negate(one, type=type_)
            case 3:
                return t.Multiply(self.leaf(num(), frame), one, type=type_)
            case 4:
                return t.Divide(one, two, digits, mode, type=type_)
            case 5:
                divisor = t.Const(self.pick(1, 2, 3, 7, 10, -3, 0), type=num())
                return t.Divide(one, divisor, digits, mode, type=type_)
            case 6:
                return t.Drop(one, digits, mode, type=type_)
            case 7:
                return t.Scale(one, digits, type=type_)
            case 8:
                return t.Least((one, two), type=type_)
            case 9:
                return t.Greatest((one, self.leaf(num(), frame), two), type=type_)
            case 10:
                return t.Absolute(one, type=type_)
            case 11:
                return t.DatePart(self.expression(DATE, frame, depth), self.pick("year", "month"), type=type_)
            case _:
                dates = self.expression(DATE, frame, depth), self.expression(DATE, frame, depth)
                return t.MonthsBetween(*dates, type=type_)

    def logic(self, type_: Type, frame: t.Frame, depth: int) -> t.Typed:
        match self.number(1, 6):
            case 1:
                parts = tuple(self.expression(BOOL, frame, depth) for _ in range(self.pick(2, 3)))
                return t.And(parts, type=type_) if self.chance(2) else t.Or(parts, type=type_)
            case 2:
                return t.Not(self.expression(BOOL, frame, depth), type=type_)
            case 3:
                return t.Has(self.expression(self.pick(*KINDS), frame, depth), type=type_)
            case 4:
                kind = self.pick(*KINDS)
                values = tuple({self.constant(kind) for _ in range(self.number(1, 3))})
                return t.Among(self.expression(kind, frame, depth), values, type=type_)
            case _:
                kind = self.pick(num(), num(), LABELS, DATE, TEXT)
                operators = ("=", "!=") if kind.kind is Kind.TEXT else ("=", "!=", "<", "<=", ">", ">=")
                left, right = self.expression(kind, frame, depth), self.expression(kind, frame, depth)
                return t.Compare(self.pick(*operators), left, right, type=type_)

    def _where(self, frame: t.Frame, depth: int) -> t.Typed | None:
        return self.expression(BOOL, frame, depth) if self.chance(2) else None

    def _by(self, frame: t.Frame) -> tuple[t.Typed, ...]:
        """An order in which no two different rows are alike: by anything, then by the row's own number."""
        number = next(each for each in self.columns if each.key == t.Key(t.Frame(frame.table), "序号"))
        return (self.leaf(self.pick(*KINDS), frame), t.Read(number.key, type=number.type))

    def aggregate(self, type_: Type, frame: t.Frame, depth: int) -> t.Typed:
        bool_ = type_.kind is Kind.BOOL
        kind = self.pick("any", "all") if bool_ else self.pick("sum", "count", "distinct", "min", "max", "average")
        over = self.pick(*FOLDED) if frame != HISTORY else RECORDS
        value: t.Typed | None = self.expression(BOOL if bool_ else num(), over, depth)
        if kind == "count":
            value = self.expression(BOOL, over, depth) if self.chance(2) else None
        elif kind == "distinct":
            value = self.expression(self.pick(*KINDS), over, depth)
        last = None
        if over.table == "信访" and self.chance(3):
            last = t.Last(self.number(1, 3), self._by(over))
        trim = self.pick(0, 0, 1) if kind in ("sum", "average", "min", "max") else 0
        digits, mode = self.number(0, 2), self.pick(*MODES)
        if frame.table == t.SUBJECTS and not bool_ and self.chance(4):
            return self._group(type_, frame, depth)
        return t.Fold(kind, over, value, self._where(over, depth), last, trim, digits, mode, type=type_)

    def _group(self, type_: Type, frame: t.Frame, depth: int) -> t.Typed:
        parts, told_apart_by = [], self.pick(*KINDS)  # one kind for all: the check sees to it
        for _ in range(self.number(1, 3)):
            over = self.pick(*GROUPED)
            inner = over or frame
            key = None if self.chance(2) else self.leaf(told_apart_by, inner)
            parts.append(t.Candidates(self.expression(num(), inner, depth), over, self._where(inner, depth), key))
        return t.Group(tuple(parts), type=type_)

    def window(self, type_: Type, frame: t.Frame, depth: int) -> t.Typed:
        def value() -> t.Typed:
            return self.expression(num(), t.EACH, depth)

        within = tuple(self.leaf(self.pick(*KINDS), t.EACH) for _ in range(self.pick(0, 0, 1, 2)))
        match self.number(1, 7):
            case 1:
                return t.Rank(value(), within, self.chance(2), type=type_)
            case 2:
                kind = self.pick("sum", "count", "distinct", "min", "max", "average")
                counted = self.expression(BOOL, t.EACH, depth) if kind == "count" else value()
                where = self._where(t.EACH, depth)
                return t.Cohort(kind, counted, where, within, self.pick(0, 1), self.number(0, 2), type=type_)
            case 3:
                part, places = self.pick((0, 2), (50, 2), (100, 2), (333, 3), (80, 2))
                linear = self.chance(2)
                where = self._where(t.EACH, depth)
                return t.Percentile(part, places, value(), where, within, linear, self.number(0, 2), type=type_)
            case 4 if frame.table == "信访":
                return t.Ordinal(self._by(frame), (self.leaf(self.pick(*KINDS), frame),), type=type_)
            case 5 if frame.table == "信访":
                return t.PreviousRow(self.expression(num(), frame, depth), self._by(frame), type=type_)
            case 6:
                return t.PreviousResult(self.expression(num(), HISTORY, depth), type=type_)
            case _:
                now, then = self.expression(BOOL, t.EACH, depth), self.expression(BOOL, HISTORY, depth)
                return t.Streak(now, then, type=type_)

    def quota(self, type_: Type, frame: t.Frame, depth: int) -> t.Typed:
        share: t.Typed = t.Const(self.number(0, 120), type=num(2))
        counted: t.Typed | None = self.expression(BOOL, t.EACH, depth)
        if self.chance(2):
            share, counted = t.Const(self.number(0, 4), type=num()), None
        if self.chance(6):
            share = self.leaf(num(), t.EACH)
        keys = tuple(self.expression(num(), t.EACH, depth) for _ in range(self.number(1, 2)))
        within = tuple(self.leaf(self.pick(*KINDS), t.EACH) for _ in range(self.pick(0, 0, 1)))
        ties, rounded = self.pick("excluded", "included"), self.pick("down", "up", "nearest")
        pool = self.expression(BOOL, t.EACH, depth)
        return t.Chosen(pool, share, keys, counted, within, self.chance(2), ties, rounded, type=type_)


def reaches(frame: t.Frame, column: t.Frame) -> bool:
    """Whether a row of a frame can read a column of another."""
    if column in (frame, t.EACH) or column.table == t.PARAMS:
        return True
    same_unit = column.unit == frame.unit != ""
    same_record = column.table == frame.table != t.SUBJECTS and column.unit == ""
    return same_record or (column.table == t.SUBJECTS and same_unit)


INPUTS = (
    loaded("数", num()), loaded("或数", num(), optional=True), loaded("是否", BOOL),
    loaded("或是否", BOOL, optional=True), loaded("类", LABELS), loaded("日", DATE, optional=True), loaded("文", TEXT),
    loaded("扣分", num(), "信访"), loaded("或扣分", num(), "信访", optional=True), loaded("序号", num(), "信访"),
    loaded("到场", BOOL, "信访"), loaded("级别", LABELS, "信访"), loaded("日期", DATE, "信访", optional=True),
    loaded("总分", num(), t.HISTORY, optional=True), loaded("grade", LABELS, t.HISTORY), loaded("好", BOOL, t.HISTORY),
    loaded("得分", num(), "link 班子", optional=True), loaded("班子等次", LABELS, "link 班子"),
    loaded("参数", num(), t.PARAMS),
)  # fmt: skip


REQUIRED = {each.key.name: "never" if each.type.optional else "always" for each in INPUTS}


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Plans for a property test."""
    return made_plan(lambda low, high: draw(st.integers(low, high)))


@st.composite
def plans_of_aggregates(draw: st.DrawFn) -> Plan:
    """Plans of nothing but folds, windows and quotas of columns, for a property test."""
    return made_aggregates(lambda low, high: draw(st.integers(low, high)))


@st.composite
def data(draw: st.DrawFn) -> Dataset:
    """Data for any of the plans, for a property test."""
    return made_data(lambda low, high: draw(st.integers(low, high)))


def sometimes(one: int, other: int) -> int | None:
    """A function of a plugin that has no value for some of what it is given."""
    return None if (one + other) % 3 == 0 else one - other


class MakerOfFunctions(Maker):
    """Plans that also ask a function that may have no value, most often with something in its place."""

    def _coalesce(self, type_: Type, frame: t.Frame, depth: int) -> t.Typed:
        if type_.kind is not Kind.NUMBER or self.chance(4):
            return super()._coalesce(type_, frame, depth)
        asked = t.PluginCall("有时", (self.leaf(num(), frame), self.leaf(num(), frame)), type=num().maybe)
        return t.Coalesce(asked, self.expression(type_, frame, depth), type=type_)


def made_plan(number: Callable[[int, int], int], maker_of: type[Maker] = Maker) -> Plan:
    """A plan of a few columns that build on one another, and perhaps a condition of who is appraised."""
    maker = maker_of(number, list(INPUTS))
    appraised = None
    if maker.chance(3):
        appraised = column("appraised", maker.logic(BOOL, t.EACH, 0))
        maker.columns.append(appraised)
    for position in range(maker.number(1, 6)):
        frame = maker.pick(t.EACH, *FRAMES)
        type_ = maker.pick(num(), num(), num(), BOOL, *KINDS)
        made = column(f"列{position}", maker.expression(type_, frame, 3), frame)
        maker.columns.append(replace(made, type=type_.maybe))
    made_of = plan(*maker.columns, appraised=appraised, dates={"信访": "日期"}, required=REQUIRED)
    return replace(made_of, functions={"有时": sometimes})


def made_aggregates(number: Callable[[int, int], int]) -> Plan:
    """A plan of a few aggregates, each of loaded columns alone."""
    maker = Maker(number, list(INPUTS))
    made = []
    for position in range(8):
        frame = maker.pick(t.EACH, t.EACH, RECORDS, t.Frame(t.SUBJECTS, "quarter"))
        kind = maker.pick(num(), num(), BOOL)
        ways = [maker.aggregate, maker.quota] if kind == BOOL else [maker.aggregate, maker.window]
        made.append(column(f"列{position}", replace(maker.pick(*ways)(kind, frame, 0), type=kind.maybe), frame))
    return plan(*INPUTS, *made, dates={"信访": "日期"}, required=REQUIRED)


def made_data(draw: Callable[[int, int], int]) -> Dataset:
    """A few subjects with a few rows in every table."""
    maker = Maker(draw)
    number = maker.number(0, 5)

    def cells(table: str, rows: int) -> dict[str, list[Value]]:
        found: dict[str, list[Value]] = {}
        for each in INPUTS:
            if each.key.frame.table == table:
                found[each.key.name] = [
                    None if each.type.optional and maker.chance(4) else maker.constant(each.type) for _ in range(rows)
                ]
        return found

    def owners(most: int) -> list[int]:
        return [maker.number(0, number - 1) for _ in range(maker.number(0, most))] if number else []

    records, earlier = owners(10), owners(6)
    linked = sorted(set(owners(3)))  # one result of each
    complaint = cells("信访", len(records)) | {"序号": list(range(len(records)))}
    past = cells(t.HISTORY, len(earlier))
    past["period"] = [maker.pick("2008", "2007", "2006", "2008H1", "2010") for _ in earlier]
    tables = {
        "信访": (records, complaint),
        t.HISTORY: (earlier, past),
        "link 班子": (linked, cells("link 班子", len(linked))),
    }
    return dataset(cells(t.SUBJECTS, number), {"参数": maker.constant(num())}, **tables)
