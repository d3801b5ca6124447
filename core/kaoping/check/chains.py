"""Chains of * and /: one fraction, rounded once (semantics.md 4).

A chain is what is written: factors, signs, brackets that hold only a chain, and what a `let` with arguments or one of
its arguments stands for, for these are written out in brackets. Anything else is one factor.
"""

from __future__ import annotations

from kaoping import expr as e
from kaoping import typed as t
from kaoping.check import calls, names, units
from kaoping.check import expressions as x
from kaoping.check import numeric as n
from kaoping.check.checker import Checker, Scope
from kaoping.check.numeric import Fraction, is_poison
from kaoping.source import Span
from kaoping.types import Kind


def is_chain(c: Checker, node: e.Expr, scope: Scope) -> bool:
    """Whether an expression is a chain."""
    while True:
        node, scope = _written_out(c, node, scope)
        if not isinstance(node, e.Negative):
            return isinstance(node, e.Product)
        node = node.operand


def fraction(c: Checker, node: e.Expr, scope: Scope) -> Fraction:
    """A chain as one fraction, not rounded; anything else is a whole factor."""
    written, place = _written_out(c, node, scope)
    if not isinstance(written, e.Product | e.Negative) or (place.arguments and not x.within_budget(c, node.span)):
        return Fraction(x.expression(c, node, scope))
    if isinstance(written, e.Product):
        return _product(c, written, place, node.span)
    inner = fraction(c, written.operand, place)
    return Fraction(n.negate(number(c, inner.top, written.operand.span), node.span), inner.bottom)


def _written_out(c: Checker, node: e.Expr, scope: Scope) -> tuple[e.Expr, Scope]:
    """What stands behind brackets, arguments and calls, with its place."""
    while True:
        match node:
            case e.Bracketed(operand=operand):
                node = operand
            case e.Name() if (argument := names.argument(node, scope)) is not None:
                node, scope = argument
            case e.Call() if (body := calls.body(c, node, scope)) is not None:
                node, scope = body
            case _:
                return node, scope


def _product(c: Checker, product: e.Product, scope: Scope, span: Span) -> Fraction:
    top: t.Typed | None = None
    bottom: t.Typed | None = None
    for operator, factor in product.factors:
        inner = fraction(c, factor, scope)
        above, below = (inner.top, inner.bottom) if operator == "*" else (inner.bottom, inner.top)
        if above is not None:
            above = number(c, above, factor.span)
            top = above if top is None else n.multiply(top, above, span, c.report)
        if below is not None:
            below = number(c, below, factor.span)
            bottom = below if bottom is None else n.multiply(bottom, below, span, c.report)
    assert top is not None
    return Fraction(top, bottom)


def number(c: Checker, typed: t.Typed, span: Span) -> t.Typed:
    """The operand, which must be a number."""
    if is_poison(typed) or typed.type.kind is Kind.NUMBER:
        return typed
    return c.error("KP220", span, "number", text=span.text, kind=units.kind_text(typed.type))
