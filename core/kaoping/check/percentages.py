"""KP234: a percentage where points stand: of points `60%` is no share, but 0.6 of one point."""

from __future__ import annotations

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check.checker import Checker
from kaoping.diagnostic import warning
from kaoping.types import Kind, decimal_text, trimmed

_POINTS = ("item", "items", "total", "group", "full", "bonus", "penalty")
"""The roles of columns that hold points."""


def as_points(c: Checker, node: e.Expr | s.Judged) -> None:
    """Warn of a bare percentage that is an amount of points, or what they are held by."""
    if _is_percentage(node):
        c.report(warning("KP234", node.span, text=node.span.text, points=_points(node)))


def beside_points(c: Checker, node: e.Expr, other: t.Typed) -> None:
    """Warn of a bare percentage that is compared with points."""
    if _is_percentage(node) and isinstance(other, t.Read) and _holds_points(c, other):
        text, points, name = node.span.text, _points(node), other.span.text
        c.report(warning("KP234", node.span, "compare", text=text, points=points, name=name))


def times_percentage(c: Checker, amount: s.Amount, of: e.Expr, times: t.Typed) -> None:
    """Warn of an amount for each of something that is a percentage, which is multiplied by a hundredth for each."""
    if times.type.kind is Kind.NUMBER and times.type.percent:
        c.report(warning("KP234", of.span, "per", text=of.span.text, amount=amount.value.span.text))


def _is_percentage(node: e.Expr | s.Judged) -> bool:
    return isinstance(node, e.Number) and node.percent and node.digits > 0  # of nothing it is nothing anyway


def _points(node: e.Expr | s.Judged) -> str:
    assert isinstance(node, e.Number)
    return trimmed(decimal_text(node.digits, node.places))


def _holds_points(c: Checker, read: t.Read) -> bool:
    """Whether a column holds points: of the rules, or filled in as a number that goes beyond one."""
    column = c.columns.get(read.key)
    if column is not None and column.origin.role in _POINTS:
        return True
    loaded = c.loaded.get(read.key.frame.table, {}).get(read.key.name)
    return loaded is not None and not loaded.type.percent and loaded.type.high > 10 ** max(loaded.type.places, 0)
