"""The values of data that matter to a plan: around every threshold, cap and rounding that a cell can come to, the ends
of ranges, every choice, yes and no, missing.

Thresholds travel from the results to the data: where `总分 >= 60` is asked and the total is a sum, each part of the sum
is of interest where it makes the total 60 while the other parts are at an end of their range. That finds the edges an
author thinks of; a search that needs every combination has to combine them itself.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from msgspec import Struct

from kaoping import typed as t
from kaoping.columns import Column
from kaoping.numbers import moved_by_months
from kaoping.plan.plan import Plan
from kaoping.plan.strata import ordered
from kaoping.types import Kind, Type, Value

MOST_EDGES = 60
"""Of so many thresholds of one column at most the neighbours are tried; nobody writes more by hand."""
MOST_ROWS = 12
"""So many rows of a table at most are of interest."""


class Boundaries(Struct, frozen=True):
    """The values that matter of every loaded column, least first, missing last; and how many rows of every table of
    records.
    """

    cells: dict[t.Key, tuple[Value, ...]]
    rows: dict[str, tuple[int, ...]]


def boundaries(plan: Plan, wanted: Iterable[t.Key] | None = None) -> Boundaries:
    """The values of data that matter to a plan, or to some columns of it."""
    columns = list(plan.columns.values()) if wanted is None else ordered(plan.columns, wanted)
    edges = _Edges(plan)
    for column in reversed(columns):  # readers first
        edges.spread(column)
    cells, rows = {}, {}
    for column in columns:
        table = column.key.frame.table
        if column.value is None:
            cells[column.key] = _values(plan, column, edges.of.get(column.key, {}))
        if table not in (t.SUBJECTS, t.PARAMS) and column.value is None:
            counts = {0, 1, 2} | {near for edge in edges.rows.get(table, ()) for near in (edge - 1, edge, edge + 1)}
            most = 1 if table.startswith("link ") else MOST_ROWS
            rows[table] = tuple(sorted(count for count in counts if 0 <= count <= most))
    return Boundaries(cells, rows)


def _values(plan: Plan, column: Column, edges: Iterable[Value]) -> tuple[Value, ...]:
    """The values of a loaded column: the ends of its type, and every threshold with its neighbours."""
    type_ = column.type
    found: list[Value]
    match type_.kind:
        case Kind.BOOL:
            found = [False, True]
        case Kind.CHOICE:
            found = list(range(type_.low, type_.high + 1))
        case Kind.TEXT:
            texts = sorted({str(edge) for edge in edges})
            found = ["", *texts, "".join(texts) + "甲"]  # the last is none of those that are asked for
            found = list(dict.fromkeys(found))
        case _:
            numbers = {int(edge) for edge in edges if edge is not None and not isinstance(edge, str)}
            if type_.kind is Kind.DATE:
                numbers |= {plan.period.first.toordinal(), plan.period.last.toordinal()}
            near = {at for edge in (*numbers, 0, type_.low, type_.high) for at in (edge - 1, edge, edge + 1)}
            found = [*sorted(at for at in near if type_.low <= at <= type_.high)]
    return (*found, None) if type_.optional else tuple(found)


class _Edges:
    """The thresholds found so far, by column, in units of its last place; in the order in which they were found."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.of: dict[t.Key, dict[Value, None]] = {}
        self.rows: dict[str, set[int]] = {}

    def spread(self, column: Column) -> None:
        """Pass on what is of interest in a column to what its expression reads."""
        if column.value is None:
            return
        for node in column.nodes:
            self._compared(node)
        for edge in islice(self.of.get(column.key, ()), MOST_EDGES):
            self._reach(column.value, edge)

    def _compared(self, node: t.Typed) -> None:
        """What an expression compares, holds, rounds or chooses by, whatever becomes of it."""
        match node:
            case t.Compare(left=left, right=right):
                self._against(left, right)
                self._against(right, left)
            case t.Among(operand=operand, values=values):
                for value in values:
                    self._reach(operand, value)
            case t.Least(operands=operands) | t.Greatest(operands=operands):
                for one in operands:
                    for other in operands:
                        if one is not other:
                            self._against(one, other)
            case t.Absolute(operand=operand):
                self._reach(operand, 0)
            case t.Divide(right=right):
                self._reach(right, 0)
            case t.Chosen(pool=_, keys=keys):
                for key in keys:
                    self._against(key, key)

    def _against(self, one: t.Typed, other: t.Typed) -> None:
        """One side of a comparison where the other is at an end of its range; a constant is both its ends."""
        for edge in _ends(other):
            self._reach(one, edge)

    def _reach(self, node: t.Typed, edge: Value) -> None:
        """Note what makes an expression come to a value."""
        for operand, wanted in _sources(node, edge):
            match operand:
                case t.Read(key=key):
                    kept = self.of.setdefault(key, {})
                    if len(kept) < MOST_EDGES:
                        kept[wanted] = None
                case t.Fold(kind="count", frame=frame) if isinstance(wanted, int):
                    self.rows.setdefault(frame.table, set()).add(wanted)
                case t.Const():
                    pass
                case _:
                    self._reach(operand, wanted)


def _ends(node: t.Typed) -> tuple[Value, ...]:
    if isinstance(node, t.Const):
        return () if node.value is None else (node.value,)
    return () if node.type.kind is Kind.TEXT else (node.type.low, node.type.high)


def _sources(node: t.Typed, edge: Value) -> Iterator[tuple[t.Typed, Value]]:
    """The operands of an expression, each with a value at which the expression comes to `edge`, or next to it."""
    if isinstance(node, t.Read | t.Const) or (isinstance(node, t.Fold) and node.kind == "count"):
        yield node, edge
        return
    for operand, wanted in _carried(node, edge):
        if _possible(operand.type, wanted):
            yield operand, wanted
    if isinstance(edge, int) and not isinstance(edge, bool) and node.type.kind in (Kind.NUMBER, Kind.DATE):
        for operand, wanted in _worked_back(node, edge):
            if _possible(operand.type, wanted):
                yield operand, wanted


def _possible(type_: Type, value: Value) -> bool:
    if type_.kind in (Kind.TEXT, Kind.BOOL):
        return isinstance(value, str) if type_.kind is Kind.TEXT else False
    return isinstance(value, int) and type_.low - 1 <= value <= type_.high + 1


def _carried(node: t.Typed, edge: Value) -> Iterator[tuple[t.Typed, Value]]:
    """The operands that an expression may hand on as they are."""
    match node:
        case t.Choose(arms=arms, otherwise=otherwise):
            yield from ((value, edge) for _, value in arms)
            yield otherwise, edge
        case t.Coalesce(operand=operand, fallback=fallback):
            yield operand, edge
            yield fallback, edge
        case t.Present(operand=operand):
            yield operand, edge
        case t.Least(operands=operands) | t.Greatest(operands=operands):
            yield from ((operand, edge) for operand in operands)
        case t.Fold(value=t.Typed() as value) | t.Cohort(value=t.Typed() as value) | t.Percentile(value=value):
            yield value, edge
        case t.PreviousRow(value=value) | t.PreviousResult(value=value):
            yield value, edge
        case t.Group(parts=parts):
            yield from ((part.amount, edge) for part in parts)
        case t.Recode(operand=operand, codes=codes) if edge in codes:
            yield operand, codes.index(int(edge or 0))


def _worked_back(node: t.Typed, edge: int) -> Iterator[tuple[t.Typed, int]]:
    """The operands of arithmetic, each worked back from the result while the others are at an end of their range."""
    match node:
        case t.Scale(operand=operand, digits=digits):
            yield from ((operand, value) for value in _parted(edge, 10**digits))
        case t.Drop(operand=operand, digits=digits):
            step = 10**digits
            yield from ((operand, edge * step + part) for part in (-step, -step // 2, 0, step // 2, step))
        case t.Negate(operand=operand):
            yield operand, -edge
        case t.Absolute(operand=operand):
            yield operand, edge
            yield operand, -edge
        case t.Add(operands=operands):
            low, high = sum(each.type.low for each in operands), sum(each.type.high for each in operands)
            for each in operands:
                yield each, edge - low + each.type.low
                yield each, edge - high + each.type.high
        case t.Multiply(left=left, right=right):
            for one, other in ((left, right), (right, left)):
                for end in _numbers(_ends(other)):
                    yield from ((one, value) for value in (_parted(edge, end) if end else ()))
        case t.Divide(left=left, right=right, digits=digits):
            for end in _numbers(_ends(right)):
                yield from ((left, value) for value in _parted(edge * end, 10**digits))
            for end in _numbers(_ends(left)):
                yield from ((right, value) for value in (_parted(end * 10**digits, edge) if edge else ()))
        case t.AddMonths(date=date, months=t.Const(value=int() as months)):
            if date.type.low <= edge <= date.type.high:
                yield date, moved_by_months(edge, -months)
        case t.DatePart(date=date, part="year") if 1900 <= edge <= 2199:
            yield date, datetime.date(edge, 1, 1).toordinal()
            yield date, datetime.date(edge, 12, 31).toordinal()


def _numbers(ends: Sequence[Value]) -> list[int]:
    return [int(end) for end in ends if isinstance(end, int)]


def _parted(value: int, by: int) -> tuple[int, ...]:
    """A quotient, and where it is none its two neighbours."""
    return tuple({value // by, -(-value // by)})
