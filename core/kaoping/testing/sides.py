"""The sides that a rule has, and a value that reaches each."""

from __future__ import annotations

from collections.abc import Callable

from kaoping import typed as t
from kaoping.check.known import Reach
from kaoping.check.reach import Reaches
from kaoping.plan.plan import Plan
from kaoping.types import Kind, shown_text

_ORDERED = ("<", "<=", ">", ">=")


class Ranges:
    """The least and the largest value of expressions, as far as what they are made of tells."""

    def __init__(self, plan: Plan) -> None:
        """Look into the columns of a plan."""
        self._columns = plan.columns
        self._reaches = Reaches(plan.columns).prepared()

    def of(self, node: t.Typed) -> Reach:
        """The values of an expression."""
        found = self._reaches.reach(node)
        if found.nothing:
            return Reach(node.type.low, node.type.high)
        return Reach(max(found.low, 0), found.high) if self._never_below(node) else found

    def _never_below(self, node: t.Typed) -> bool:
        """Whether it is `x - min(x, y)` or `max(x, y) - y`: such a difference is not below 0, which no range tells."""
        match self._meant(node):
            case t.Scale(operand=operand):
                return self._never_below(operand)
            case t.Add(operands=(one, t.Negate(operand=other))):
                greatest, least = self._meant(one), self._meant(other)
                return (isinstance(least, t.Least) and one in least.operands) or (
                    isinstance(greatest, t.Greatest) and other in greatest.operands
                )
        return False

    def _meant(self, node: t.Typed) -> t.Typed:
        while isinstance(node, t.Read) and (column := self._columns.get(node.key)) and column.value is not None:
            node = column.value
        return node


def sides(node: t.Typed, range_of: Callable[[t.Typed], Reach]) -> tuple[str, ...]:
    """The sides of an expression that data can come to, as far as ranges tell."""
    match node:
        case t.Compare(left=left, right=right) if _line(node):
            a, b = range_of(left), range_of(right)
            possible = {"below": a.low < b.high, "at": a.low <= b.high and b.low <= a.high, "above": a.high > b.low}
            return tuple(side for side, can in possible.items() if can)
        case t.Least(operands=(one, t.Const(value=int() as limit))):
            a = range_of(one)
            return tuple(side for side, can in (("held", a.high > limit), ("free", a.low < limit)) if can)
        case t.Greatest(operands=(one, t.Const(value=int() as limit))):
            a = range_of(one)
            return tuple(side for side, can in (("held", a.low < limit), ("free", a.high > limit)) if can)
        case t.Chosen():
            return "taken", "left", "tie"
        case t.Const() | t.And() | t.Or() | t.Not() | t.Choose() | t.Coalesce() | t.Present():
            return ()
    return ("yes", "no") if node.type.kind is Kind.BOOL and node.type.low != node.type.high else ()


def _line(node: t.Compare) -> bool:
    """Whether an author has drawn a line: `has R` is a comparison too, yet nobody wrote a number."""
    kind = node.left.type.kind
    written = node.span not in (node.left.span, node.right.span)
    return node.operator in _ORDERED and kind in (Kind.NUMBER, Kind.DATE, Kind.CHOICE) and written


def by_type(node: t.Typed) -> Reach:
    """The values that the type of an expression allows."""
    return Reach(node.type.low, node.type.high)


def hint(node: t.Typed, side: str) -> str:
    """What would reach a side: `综合得分 = 599.99`; where both sides of a comparison vary how they would stand."""
    match node:
        case t.Compare(left=left, right=t.Const(value=int() as limit)) if side in ("below", "at", "above"):
            return _value(left, limit, {"below": -1, "at": 0, "above": 1}[side])
        case t.Compare(left=t.Const(value=int() as limit), right=right) if side in ("below", "at", "above"):
            return _value(right, limit, {"below": 1, "at": 0, "above": -1}[side])
        case t.Compare(left=left, right=right) if side in ("below", "at", "above"):
            sign = {"below": "<", "at": "=", "above": ">"}[side]
            return f"{_text(left)} {sign} {_text(right)}"
        case t.Least(operands=(one, t.Const(value=int() as limit))):
            return _value(one, limit, 1 if side == "held" else -1)
        case t.Greatest(operands=(one, t.Const(value=int() as limit))):
            return _value(one, limit, -1 if side == "held" else 1)
    return ""


def _value(node: t.Typed, limit: int, steps: int) -> str:
    """A value next to a limit, on the grid of what is compared."""
    step = 1
    while isinstance(node, t.Scale):
        step *= 10**node.digits
        node = node.operand
    at = (limit // step if steps >= 0 or limit % step == 0 else limit // step + 1) + steps
    return f"{_text(node)} = {shown_text(min(max(at, node.type.low), node.type.high), node.type)}"


def _text(node: t.Typed) -> str:
    return " ".join(node.span.text.split()) or (node.key.name if isinstance(node, t.Read) else "")
