"""A question as formulas for z3: every number a whole number of its last place, rounding spelled out as engines do it.

What has no formula (comparisons among subjects, rows without end, earlier periods, calendar sums, functions of plugins)
becomes a free value of its range: what is proved without it holds with it, and what is refuted has still to be shown on
a real subject. `rows` writes out that many rows of every table instead, and takes the subject as alone in the world, to
look for such a subject.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import z3

from kaoping import typed as t
from kaoping.check.reach import Reaches
from kaoping.engines.scalar import lowest
from kaoping.engines.walk import closure
from kaoping.prove.question import HOLDS, SOUND, Question
from kaoping.types import Kind, Type, Value

KINDS: dict[type[t.Typed], str] = {
    t.Rank: "others", t.Cohort: "others", t.Percentile: "others", t.Chosen: "others",
    t.PreviousResult: "history", t.Streak: "history", t.PluginCall: "plugin",
    t.AddMonths: "calendar", t.MonthsBetween: "calendar", t.DatePart: "calendar", t.UnitBound: "calendar",
}  # fmt: skip
"""Why an expression has no formula; what is missing here looks at rows."""


class Cell(NamedTuple):
    """A value and whether it is there (True where it always is)."""

    value: Any
    there: Any = True


class Row(NamedTuple):
    """A row at hand: of the subject itself, or a row of one of its tables."""

    table: str = t.SUBJECTS
    number: int = 0


def both(*conditions: Any) -> Any:
    """All hold; True among them is left out, so that formulas stay small."""
    left = [each for each in conditions if each is not True]
    return True if not left else left[0] if len(left) == 1 else z3.And(*left)


class Encoder:
    """The formulas of a question, made as they are asked for."""

    def __init__(self, asked: Question, rows: int | None = None) -> None:
        """Begin with the domain of nothing: cells are entered when they are read."""
        self.plan, self.rows = asked.plan, rows
        self.facts: list[Any] = []
        self.loaded: dict[tuple[t.Key, int], Cell] = {}
        self.counts: dict[str, Any] = {}
        self.left_out: dict[str, str] = {}  # the text of what has no formula, and why
        self.texts: dict[str, int] = {"": 0}
        self._reaches = Reaches(self.plan.columns).prepared()
        self._cells: dict[tuple[t.Key, int], Cell] = {}
        self._free: dict[tuple[t.Typed, Row], Cell] = {}

    def refuted(self) -> list[Any]:
        """What has to be so for the question not to hold of a subject that is appraised and whose data are sound."""
        keys = [SOUND, *([self.plan.appraised] if self.plan.appraised else [])]
        below = closure(self.plan, [HOLDS, *keys])
        for key in self.plan.columns:  # each after what it reads, so that no formula is made deep down
            if key in below and key.frame == t.EACH and self.plan.columns[key].value is not None:
                self.cell(key, Row())
        required = [both(cell.value, cell.there) for cell in (self.cell(key, Row()) for key in keys)]
        holds = self.cell(HOLDS, Row())
        return [*self.facts, *required, both(z3.Not(holds.value), holds.there)]

    # ---------------------------------------------------------------- cells

    def cell(self, key: t.Key, at: Row) -> Cell:
        """A column in the row at hand, or of the subject it belongs to."""
        number = at.number if key.frame.table == at.table else 0
        found = self._cells.get((key, number))
        if found is None:
            column = self.plan.columns[key]
            if key.frame.unit:
                found = self._unknown(column.type)
            elif column.value is None:
                found = self.loaded[key, number] = self._variable(column.type, f"{key.name}.{key.part}@{number}")
            else:
                row = at if key.frame.table == at.table else Row()
                found = self._named(self.formula(column.value, row), column.type, f"{key.name}.{key.part}#{number}")
            self._cells[key, number] = found
        return found

    def _named(self, cell: Cell, type_: Type, name: str) -> Cell:
        """A computed value under a name of its own, so that it stands once however often it is read."""
        if z3.is_const(cell.value) or z3.is_int_value(cell.value):
            return cell
        value = z3.Bool(name) if type_.kind is Kind.BOOL else z3.Int(name)
        self.facts.append(value == cell.value)
        return Cell(value, cell.there)

    def _variable(self, type_: Type, name: str) -> Cell:
        there = z3.Bool(f"has {name}") if type_.optional else True
        if type_.kind is Kind.BOOL:
            return Cell(z3.Bool(name), there)
        value = z3.Int(name)
        self.facts.append(value >= 0 if type_.kind is Kind.TEXT else z3.And(value >= type_.low, value <= type_.high))
        return Cell(value, there)

    def _unknown(self, type_: Type) -> Cell:
        return self._variable(type_, f"free {len(self._free)} {len(self.facts)}")

    def free(self, node: t.Typed, at: Row, why: str) -> Cell:
        """Any value that an expression can have."""
        found = self._free.get((node, at))
        if found is None:
            self.left_out.setdefault(" ".join(node.span.text.split()) or type(node).__name__, why)
            found = self._unknown(node.type)
            reach = self._reaches.reach(node)
            if node.type.kind in (Kind.NUMBER, Kind.DATE) and not reach.nothing:
                self.facts.append(z3.And(found.value >= reach.low, found.value <= reach.high))
            self._free[node, at] = found
            if isinstance(node, t.Chosen):  # whoever is chosen stood in the pool
                pool = self.formula(node.pool, at)
                self.facts.append(z3.Implies(found.value, both(pool.value, pool.there)))
        return found

    def constant(self, value: Value, type_: Type) -> Cell:
        """A constant; None is no value."""
        if type_.kind is Kind.BOOL:
            return Cell(z3.BoolVal(bool(value)), value is not None or z3.BoolVal(False))
        if isinstance(value, str):
            return Cell(z3.IntVal(self.texts.setdefault(value, len(self.texts))))
        return Cell(z3.IntVal(value or 0), value is not None or z3.BoolVal(False))

    # ---------------------------------------------------------------- expressions

    def formula(self, node: t.Typed, at: Row) -> Cell:
        """An expression in the row at hand."""
        match node:
            case t.Const(value=value):
                return self.constant(value, node.type)
            case t.Read(key=key):
                return self.cell(key, at)
            case t.Has(operand=operand):
                there = self.formula(operand, at).there
                return Cell(z3.BoolVal(True) if there is True else there)
            case t.Coalesce(operand=operand, fallback=fallback):
                first, second = self.formula(operand, at), self.formula(fallback, at)
                if first.there is True:
                    return first
                there = True if second.there is True else z3.Or(first.there, second.there)
                return Cell(z3.If(first.there, first.value, second.value), there)
            case t.Present(operand=operand):
                cell, least = self.formula(operand, at), self.constant(lowest(operand), node.type.present)
                return cell if cell.there is True else Cell(z3.If(cell.there, cell.value, least.value))
            case t.Choose(arms=arms, otherwise=otherwise):
                value, there = self.formula(otherwise, at)
                for condition, result in reversed(arms):
                    asked, taken = self.formula(condition, at), self.formula(result, at)
                    value = z3.If(asked.value, taken.value, value)
                    if taken.there is not True or there is not True:
                        there = z3.If(asked.value, taken.there, there)
                    there = both(asked.there, there)
                return Cell(value, there)
            case t.Fold() | t.Group():
                return self._of_rows(node, at)
        if self.rows is not None and isinstance(node, t.Rank | t.Cohort | t.Percentile | t.Chosen):
            return self._alone(node, at)
        if type(node) in KINDS or isinstance(node, t.Ordinal | t.PreviousRow):
            return self.free(node, at, KINDS.get(type(node), "rows"))
        cells = [self.formula(operand, at) for operand in t.operands(node)]
        there = both(*(cell.there for cell in cells))
        if isinstance(node, t.Divide) and not (node.right.type.low > 0 or node.right.type.high < 0):
            there = both(there, cells[1].value != 0)
        return Cell(self._computed(node, [cell.value for cell in cells]), there)

    def _computed(self, node: t.Typed, values: list[Any]) -> Any:
        """The same as `kaoping.engines.scalar.computed`, in formulas."""
        match node:
            case t.And():
                return z3.And(*values)
            case t.Or():
                return z3.Or(*values)
            case t.Not():
                return z3.Not(values[0])
            case t.Scale(digits=digits):
                return values[0] * 10**digits
            case t.Add():
                return z3.Sum(values)
            case t.Negate():
                return -values[0]
            case t.Multiply():
                return values[0] * values[1]
            case t.Divide(digits=digits, mode=mode):
                return quotient(values[0] * 10**digits, values[1], mode)
            case t.Drop(digits=digits, mode=mode):
                return rounded(values[0], z3.IntVal(10**digits), mode)
            case t.Least():
                return _extreme(values, least=True)
            case t.Greatest():
                return _extreme(values, least=False)
            case t.Absolute():
                return z3.If(values[0] < 0, -values[0], values[0])
            case t.Compare(operator=operator):
                return compared(operator, values[0], values[1])
            case t.Among(operand=operand, values=constants):
                return z3.Or(*(values[0] == self.constant(each, operand.type).value for each in constants))
            case t.Recode(codes=codes):
                found = z3.IntVal(codes[-1])
                for at, code in reversed(list(enumerate(codes[:-1]))):
                    found = z3.If(values[0] == at, z3.IntVal(code), found)
                return found
        raise TypeError(type(node).__name__)

    def _alone(self, node: t.Rank | t.Cohort | t.Percentile | t.Chosen, at: Row) -> Cell:
        """A comparison among subjects where there is but one."""
        match node:
            case t.Rank(value=value):
                return Cell(z3.IntVal(1), self.formula(value, at).there)
            case t.Chosen(pool=pool, share=share, counted=counted):
                stands, part = self.formula(pool, at), self.formula(share, at)
                mode = {"nearest": "half up"}.get(node.rounded, node.rounded)
                places = rounded(part.value, z3.IntVal(10**share.type.places), mode)
                among = Cell(z3.BoolVal(True)) if counted is None else self.formula(counted, at)
                taken = z3.And(stands.value, among.value, places >= 1)
                return Cell(both(taken, stands.there, among.there, part.there))
            case t.Percentile(value=value, where=where):
                kind, scaled = "max", 10**node.digits
            case t.Cohort(value=value, where=where, kind=kind):
                scaled = 10**node.digits if kind == "average" else 1
        asked = Cell(z3.BoolVal(True)) if where is None else self.formula(where, at)
        cell = Cell(z3.BoolVal(True)) if value is None else self.formula(value, at)
        cell = cell if scaled == 1 else Cell(cell.value * scaled, cell.there)
        kind = {"average": "max", "distinct": "count"}.get(kind, kind)
        return folded(kind, node.type, [(z3.And(asked.value, both(asked.there, z3.BoolVal(True))), *cell)])

    # ---------------------------------------------------------------- rows

    def _number_of_rows(self, frame: t.Frame) -> int | None:
        """How many rows of a table are written out; None where they are not."""
        if frame.unit or frame.table in (t.HISTORY, t.SUBJECTS):
            return None
        return 1 if frame.table.startswith("link ") else self.rows

    def _rows(self, frame: t.Frame, where: t.Typed | None, most: int) -> list[tuple[Any, Row]]:
        """The rows of a table, each with the condition under which it is there and counts."""
        count = self.counts.get(frame.table)
        if count is None:
            count = self.counts[frame.table] = z3.Int(f"rows of {frame.table}")
            self.facts.append(z3.And(count >= 0, count <= most))
        rows = []
        for number in range(most):
            at = Row(frame.table, number)
            asked = Cell(True) if where is None else self.formula(where, at)
            rows.append((both(count > number, asked.value, asked.there), at))
        return rows

    def _of_rows(self, node: t.Fold | t.Group, at: Row) -> Cell:
        frames = [node.frame] if isinstance(node, t.Fold) else [part.frame for part in node.parts if part.frame]
        most = [self._number_of_rows(frame) for frame in frames]
        if None in most or at.table != t.SUBJECTS:
            return self.free(node, at, "rows")
        if isinstance(node, t.Group):
            return self._group(node, at)
        if node.last is not None or node.trim or node.kind in ("average", "distinct"):
            return self.free(node, at, "rows")
        counted = self._rows(node.frame, node.where, most[0] or 0)
        cells = [Cell(z3.BoolVal(True)) if node.value is None else self.formula(node.value, row) for _, row in counted]
        return folded(node.kind, node.type, [(counts, *cell) for (counts, _), cell in zip(counted, cells, strict=True)])

    def _group(self, node: t.Group, at: Row) -> Cell:
        if any(part.key is not None for part in node.parts):
            return self.free(node, at, "rows")
        value, taken, there = z3.IntVal(0), z3.BoolVal(False), True
        for part in node.parts:
            if part.frame is None:
                asked = Cell(True) if part.where is None else self.formula(part.where, at)
                rows = [(both(asked.value, asked.there), at)]
            else:
                rows = self._rows(part.frame, part.where, self._number_of_rows(part.frame) or 0)
            for counts, row in rows:
                amount = self.formula(part.amount, row)
                counts = z3.BoolVal(True) if counts is True else counts
                larger = z3.And(counts, z3.Or(z3.Not(taken), amount.value > value))
                value, taken = z3.If(larger, amount.value, value), z3.Or(taken, counts)
                there = there if amount.there is True else both(there, z3.Implies(counts, amount.there))
        return Cell(value, there)


def folded(kind: str, type_: Type, rows: list[tuple[Any, Any, Any]]) -> Cell:
    """A fold of rows, each with whether it counts, its value, and whether that is there."""
    if kind in ("min", "max", "only"):
        value, taken = z3.IntVal(0) if type_.kind is not Kind.BOOL else z3.BoolVal(False), z3.BoolVal(False)
        there = z3.BoolVal(False)
        for counts, each, has in rows:
            if kind == "only":
                first = z3.And(counts, z3.Not(taken))
                value, there = z3.If(first, each, value), z3.If(first, has, there)
                taken = z3.Or(taken, counts)
            else:
                counts = z3.And(counts, has)
                better = each < value if kind == "min" else each > value
                value = z3.If(z3.And(counts, z3.Or(z3.Not(there), better)), each, value)
                there = z3.Or(there, counts)
        return Cell(value, there)
    complete = both(*(z3.Implies(counts, has) for counts, _, has in rows if has is not True))
    match kind:
        case "sum":
            return Cell(z3.Sum([z3.IntVal(0), *(z3.If(counts, each, 0) for counts, each, _ in rows)]), complete)
        case "count":
            held = [z3.And(counts, each) if z3.is_bool(each) else counts for counts, each, _ in rows]
            return Cell(z3.Sum([z3.IntVal(0), *(z3.If(each, 1, 0) for each in held)]), complete)
        case "any":
            return Cell(z3.Or(*(z3.And(counts, each) for counts, each, _ in rows)), complete)
        case "all":
            return Cell(z3.And(*(z3.Implies(counts, each) for counts, each, _ in rows)), complete)
    raise ValueError(kind)


# ---------------------------------------------------------------- arithmetic


def _extreme(values: list[Any], *, least: bool) -> Any:
    found = values[0]
    for each in values[1:]:
        found = z3.If(each < found if least else each > found, each, found)
    return found


def compared(operator: str, left: Any, right: Any) -> Any:
    """Whether a comparison holds."""
    match operator:
        case "=":
            return left == right
        case "!=":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case _:
            return left >= right


def quotient(top: Any, bottom: Any, mode: str) -> Any:
    """A quotient of whole numbers of any sign."""
    if z3.is_int_value(bottom):
        return rounded(top, bottom, mode) if bottom.as_long() > 0 else rounded(-top, -bottom, mode)
    return z3.If(bottom > 0, rounded(top, bottom, mode), rounded(-top, -bottom, mode))


def rounded(top: Any, bottom: Any, mode: str) -> Any:
    """top / bottom as a whole number, as `kaoping.numbers.divided` has it; the divisor is above zero, where `/` goes
    to minus infinity.
    """
    floor, ceil = top / bottom, -((-top) / bottom)
    match mode:
        case "floor":
            return floor
        case "ceil":
            return ceil
        case "down":
            return z3.If(top >= 0, floor, ceil)
        case "up":
            return z3.If(top >= 0, ceil, floor)
        case "half up":
            return z3.If(top >= 0, (2 * top + bottom) / (2 * bottom), -((-2 * top + bottom) / (2 * bottom)))
    rest = 2 * (top - floor * bottom)
    above = z3.Or(rest > bottom, z3.And(rest == bottom, floor % 2 == 1))
    return z3.If(above, floor + 1, floor)
