"""Conditions, comparisons, and the choice between values."""

from __future__ import annotations

import re
from datetime import date

from msgspec.structs import replace

from kaoping import expr as e
from kaoping import typed as t
from kaoping.check import chains, names, patterns, percentages, sets, units
from kaoping.check import expressions as x
from kaoping.check import numeric as n
from kaoping.check.checker import Checker, Scope
from kaoping.check.numeric import Fraction, Rounding, is_poison, poison
from kaoping.diagnostic import Fix, warning
from kaoping.source import Span
from kaoping.types import BOOL, Kind, Type

MOST_BESIDE = 100
"""In longer lists of conditions nobody looks for labels that share a comparison."""
_COMMENT = re.compile(r"#[^\n]*")


def condition(c: Checker, node: e.All | e.Any | e.Not | e.Compare | e.In | e.Has, scope: Scope) -> t.Typed:
    """The typed form of what is yes or no."""
    match node:
        case e.All(parts=parts):
            return _all(c, parts, scope, node.span)
        case e.Any(parts=parts):
            _tell_of_not(c, parts)
            _tell_of_mixed(c, parts)
            return either([_yes_no(c, part, scope, parts) for part in parts], node.span)
        case e.Not(operand=operand):
            return opposite(_yes_no(c, operand, scope), node.span)
        case e.Compare():
            return _compare(c, node, scope)
        case e.In():
            return _in(c, node, scope)
        case e.Has(operand=operand):
            return _has(c, operand, scope, node.span)


def both(operands: list[t.Typed], span: Span) -> t.Typed:
    """All hold; constants are left out or decide."""
    return _joined(operands, span, t.And, deciding=False)


def either(operands: list[t.Typed], span: Span) -> t.Typed:
    """One holds; constants are left out or decide."""
    return _joined(operands, span, t.Or, deciding=True)


def _joined(operands: list[t.Typed], span: Span, node: type[t.And] | type[t.Or], *, deciding: bool) -> t.Typed:
    """Conditions as one: a constant that is `deciding` settles the whole, unless an operand may be missing."""
    if is_poison(*operands):
        return poison(span)
    constants = [each.value for each in operands if isinstance(each, t.Const)]
    if deciding in constants and not any(each.type.optional for each in operands):
        return t.Const(deciding, type=BOOL, span=span)
    left = [each for each in operands if not (isinstance(each, t.Const) and each.value is (not deciding))]
    if len(left) <= 1:
        return left[0] if left else t.Const(not deciding, type=BOOL, span=span)
    return node(tuple(left), type=replace(BOOL, optional=any(each.type.optional for each in left)), span=span)


def opposite(operand: t.Typed, span: Span) -> t.Typed:
    """Does not hold."""
    if is_poison(operand):
        return poison(span)
    if isinstance(operand, t.Const) and operand.value is not None:
        return t.Const(not operand.value, type=BOOL, span=span)
    return t.Not(operand, type=operand.type, span=span)


def _yes_no(c: Checker, node: e.Expr, scope: Scope, beside: tuple[e.Expr, ...] = ()) -> t.Typed:
    """A part of a condition, with the other parts `beside` it."""
    if (label := _label_beside(c, node, scope, beside)) is not None:
        return label
    typed = x.expression(c, node, scope, BOOL)
    if is_poison(typed) or typed.type.kind is Kind.BOOL:
        return typed
    kind = units.kind_text(typed.type)
    whole = next((each for each in beside if isinstance(each, e.Compare)), None)
    shared = isinstance(node, e.Number | e.Negative)
    other = None if whole is None else x.again(c, whole.left if shared else whole.right, scope)
    if whole is None or other is None or other.type.kind is not typed.type.kind:
        return c.error("KP220", node.span, "condition", text=node.span.text, kind=kind)
    # 甲 或 乙 < 60 shares what it is compared with, 上访 = 0 或 1 what is compared
    left, right = (whole.left.span.text, node.span.text) if shared else (node.span.text, whole.right.span.text)
    return c.error(
        "KP220", node.span, "shared", text=node.span.text, kind=kind, right=f"{left} {whole.operator} {right}"
    )


def _label_beside(c: Checker, node: e.Expr, scope: Scope, beside: tuple[e.Expr, ...]) -> t.Typed | None:
    """`级别 = 国家 或 省`: a label that shares what it is compared with; of several the first tells of all."""
    if not isinstance(node, e.Name) or len(beside) > MOST_BESIDE or _is_declared(c, node, scope):
        return None
    whole = next((each for each in beside if isinstance(each, e.Compare) and each.operator in ("=", "!=")), None)
    if whole is None:
        return None
    turned = names.is_label(c, whole.left, scope)
    of, first = (whole.right, whole.left) if turned else (whole.left, whole.right)
    known = x.again(c, of, scope).type.labels
    if node.text not in known:
        return None
    bare_names = [each for each in beside if isinstance(each, e.Name)]
    bare = [each for each in bare_names if each.text in known and not _is_declared(c, each, scope)]
    if node is not bare[0]:
        return poison(node.span)
    listed = ", ".join(dict.fromkeys([first.span.text, *(each.span.text for each in bare)]))
    variant = "label" if whole.operator == "=" else "no_label"
    return c.error("KP220", node.span, variant, text=node.text, of=of.span.text, listed=listed)


def _is_declared(c: Checker, node: e.Name, scope: Scope) -> bool:
    return c.declarations.find(node.parts, scope.library) is not None


def _tell_of_not(c: Checker, parts: tuple[e.Expr, ...]) -> None:
    """`非 事故 或 违纪`: on paper neither of the two, in a script the one that it stands before."""
    first, rest = parts[0], parts[1:]
    if not (isinstance(first, e.Not) and all(isinstance(each, e.Name) for each in (first.operand, *rest))):
        return
    place = first.span.to(parts[-1].span)
    word = place.text[: first.operand.span.start - first.span.start].strip()
    neither = f"{word} ({place.text[first.operand.span.start - first.span.start :]})"
    one = f"({first.span.text}){place.text[len(first.span.text) :]}"
    c.report(warning("KP235", place, first=first.span.text, neither=neither, one=one))


def _tell_of_mixed(c: Checker, parts: tuple[e.Expr, ...]) -> None:
    """`甲 或 乙 且 丙`: who reads on finds (甲 或 乙) 且 丙, a script 甲 或 (乙 且 丙)."""
    if not any(isinstance(each, e.All) for each in parts) or all(isinstance(each, e.All) for each in parts):
        return
    place = parts[0].span.to(parts[-1].span)

    def bracketed(*spans: Span) -> str:
        text, end = "", place.start
        for each in spans:
            text += f"{_source(place, end, each.start)}({_source(place, each.start, each.end)})"
            end = each.end
        return " ".join((text + _source(place, end, place.end)).split())

    this = bracketed(*(each.span for each in parts if isinstance(each, e.All)))
    if len(parts) > 2:
        c.report(warning("KP236", place, "several", this=this))
        return
    first, last = parts
    if isinstance(first, e.All):
        other = bracketed(first.parts[-1].span.to(last.span))
    else:
        assert isinstance(last, e.All)
        other = bracketed(first.span.to(last.parts[0].span))
    c.report(warning("KP236", place, this=this, other=other))


def _source(place: Span, start: int, end: int) -> str:
    """A stretch of a script without its comments."""
    return _COMMENT.sub(" ", place.source.text[start:end])


def _all(c: Checker, parts: tuple[e.Expr, ...], scope: Scope, span: Span) -> t.Typed:
    operands = []
    for part in parts:
        operands.append(_yes_no(c, part, scope, parts))
        scope = scope.proving(x.proofs(part, c, scope)).where(operands[-1])
    return both(operands, span)


def _has(c: Checker, operand: e.Name, scope: Scope, span: Span) -> t.Typed:
    records = names.records_of(c, operand, scope)
    if records is not None:
        c.use(records)
        return n.compare(">", sets.count_rows(c, records, None, scope, span), n.constant(0), span)
    typed = names.name(c, operand, scope.unproven())
    if is_poison(typed):
        return typed
    return t.Has(typed, type=BOOL, span=span)


def _compare(c: Checker, node: e.Compare, scope: Scope) -> t.Typed:
    left, right = node.left, node.right
    if chains.is_chain(c, left, scope) or chains.is_chain(c, right, scope):
        return _compare_chains(c, node, scope)
    if names.is_label(c, left, scope) and not names.is_label(c, right, scope):
        second = x.expression(c, right, scope)
        first = x.expression(c, left, scope, second.type)
    else:
        first = x.expression(c, left, scope)
        second = x.expression(c, right, scope, first.type)
    percentages.beside_points(c, left, second)
    percentages.beside_points(c, right, first)
    return compare(c, node.operator, first, second, node.span)


def compare(c: Checker, operator: str, first: t.Typed, second: t.Typed, span: Span) -> t.Typed:
    """A comparison of values that can be compared: like kinds, units and labels; `<` only where there is an order."""
    if is_poison(first, second):
        return poison(span)
    if first.type.kind is not second.type.kind:
        return c.error(
            "KP220",
            span,
            "compare",
            left=first.span.text,
            kind=units.kind_text(first.type),
            right=second.span.text,
            right_kind=units.kind_text(second.type),
        )
    match first.type.kind:
        case Kind.NUMBER:
            if not units.comparable(first.type.unit, second.type.unit):
                return c.error("KP221", span, "compare", **n.strangers([first, second]))
        case Kind.CHOICE:
            if operator not in ("=", "!=") and not (first.type.ordered and first.type.labels == second.type.labels):
                return c.error("KP225", span, "choice", text=first.span.text, labels=first.type.labels)
            first, second = x.unify(c, [first, second], span)
        case Kind.TEXT | Kind.BOOL:
            if operator not in ("=", "!="):
                return c.error("KP225", span, text=first.span.text, kind=units.kind_text(first.type))
    return n.compare(operator, first, second, span)


def _compare_chains(c: Checker, node: e.Compare, scope: Scope) -> t.Typed:
    left, right = chains.fraction(c, node.left, scope), chains.fraction(c, node.right, scope)
    for side, other in ((left, node.right), (right, node.left)):
        day = _slashed(other.span.text)
        if day is not None and side.top.type.kind is Kind.DATE and side.bottom is None:
            fix = Fix(other.span, day.isoformat())
            return c.error("KP220", other.span, "slashes", text=other.span.text, right=day.isoformat(), fix=fix)
    for side, written in ((left, node.left), (right, node.right)):
        if side.top.type.kind not in (Kind.NUMBER, Kind.POISON):
            return c.error("KP220", written.span, "number", text=written.span.text, kind=units.kind_text(side.top.type))
    if is_poison(left.top, right.top):
        return poison(node.span)
    both = [_unit(left), _unit(right)]
    if not units.common_unit(both)[1]:
        return c.error(
            "KP221",
            node.span,
            "compare",
            one=node.left.span.text,
            unit=units.unit_text(both[0]),
            other=node.right.span.text,
            other_unit=units.unit_text(both[1]),
        )
    return n.compare_fractions(node.operator, left, right, node.span, c.report)


def _slashed(text: str) -> date | None:
    """The day that is meant by `2026/3/1`, which is two divisions."""
    written = re.fullmatch(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})", text)
    try:
        return date(*map(int, written.groups())) if written else None
    except ValueError:
        return None


def _unit(chain: Fraction) -> str | None:
    return (
        chain.top.type.unit
        if chain.bottom is None
        else units.quotient_unit(chain.top.type.unit, chain.bottom.type.unit)
    )


def _in(c: Checker, node: e.In, scope: Scope) -> t.Typed:
    operand = x.expression(c, node.operand, scope)
    if is_poison(operand):
        return operand
    if isinstance(node.choices, e.Range):
        return patterns.within(c, operand, node.choices, scope)
    return either(
        [compare(c, "=", operand, x.expression(c, choice, scope, operand.type), node.span) for choice in node.choices],
        node.span,
    )


def if_(c: Checker, node: e.If, scope: Scope, expected: Type | None, rounding: Rounding | None) -> t.Typed:
    """`if C then A else B`; what C proves present is present in A."""
    asked = _yes_no(c, node.condition, scope)
    inner = scope.proving(x.proofs(node.condition, c, scope)).where(asked)
    if names.is_label(c, node.then, scope) and expected is None:
        other = x.expression(c, node.otherwise, scope, None, rounding)
        then = x.expression(c, node.then, inner, other.type, rounding)
    else:
        then = x.expression(c, node.then, inner, expected, rounding)
        other = x.expression(c, node.otherwise, scope, expected or then.type, rounding)
    if is_poison(asked, then, other):
        return poison(node.span)
    then, other = x.unify(c, [then, other], node.span)
    return n.choose([(asked, then)], other, node.span)


def case(c: Checker, node: e.Case, scope: Scope, expected: Type | None, rounding: Rounding | None) -> t.Typed:
    """`case X [pattern: value, …]`: every value of X falls under one arm and no more."""
    subject = x.expression(c, node.subject, scope)
    values: list[t.Typed] = []
    wanted = expected
    for arm in node.arms:
        value = x.expression(c, arm.value, scope, wanted, rounding)
        wanted = wanted or (None if is_poison(value) else value.type)
        values.append(value)
    if is_poison(subject, *values):
        return poison(node.span)
    values = x.unify(c, values, node.span)
    tests = [patterns.matches(c, subject, arm.pattern, scope) for arm in node.arms]
    if is_poison(*values, *tests):
        return poison(node.span)
    covered = patterns.covered(c, subject, [arm.pattern for arm in node.arms], tests, values[-1], node.span)
    return patterns.chosen(subject, list(zip(tests, values, strict=True)), node.span) if covered else poison(node.span)
