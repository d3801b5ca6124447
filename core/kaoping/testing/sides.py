"""The sides that a rule has, and a value that reaches each."""

from __future__ import annotations

from kaoping import typed as t
from kaoping.types import Kind, shown_text

_ORDERED = ("<", "<=", ">", ">=")


def sides(node: t.Typed) -> tuple[str, ...]:
    """The sides of an expression that data can come to, as far as ranges tell."""
    match node:
        case t.Compare(left=left, right=right) if _line(node):
            a, b = left.type, right.type
            possible = {"below": a.low < b.high, "at": a.low <= b.high and b.low <= a.high, "above": a.high > b.low}
            return tuple(side for side, can in possible.items() if can)
        case t.Least(operands=(one, t.Const(value=int() as limit))):
            return tuple(side for side, can in (("held", one.type.high > limit), ("free", one.type.low < limit)) if can)
        case t.Greatest(operands=(one, t.Const(value=int() as limit))):
            return tuple(side for side, can in (("held", one.type.low < limit), ("free", one.type.high > limit)) if can)
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
