"""Many rows into one value: aggregates over records, over all subjects, over earlier results and over units of
time; ranks.
"""

from __future__ import annotations

from msgspec.structs import replace

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import calls, names, units
from kaoping.check import expressions as x
from kaoping.check import numeric as n
from kaoping.check.checker import Checker, Scope
from kaoping.check.declare import Symbol
from kaoping.check.numeric import is_poison, poison
from kaoping.diagnostic import Fix
from kaoping.source import Span
from kaoping.types import BOOL, Kind, Type, number

MOST, MOST_SUBJECTS = 1_000_000, 100_000_000
"""Records of one subject, and subjects of one scheme, count as at most this many."""


def is_aggregate(c: Checker, node: e.Call, scope: Scope) -> bool:
    """Whether a call is over rows: it says `over`, or counts records or `all` by name."""
    if node.over is not None or node.where is not None or node.last is not None or node.trim is not None:
        return True
    if len(node.arguments) != 1 or not isinstance(node.arguments[0], e.Name):
        return False
    argument = node.arguments[0]
    return names.records_of(c, argument, scope) is not None or argument.canonical in (("all",), ("history",))


def aggregate(c: Checker, node: e.Call, scope: Scope) -> t.Typed:
    """`sum|average|min|max|count|distinct|any|all(EXPR over SET …)`; `count(R where C)` for short."""
    over, value = node.over, node.arguments[0] if node.arguments else None
    if over is None:
        if not isinstance(value, e.Name) or node.function != "count":
            return c.error("KP240", node.span, name=calls.written(node), over=value.span.text if value else "")
        over, value = value, None
    word = over.canonical[0] if len(over.parts) == 1 else ""
    if word == "all":
        return _cohort(c, node, value, scope)
    if word in names.UNITS and c.declarations.find(over.parts, scope.library) is None:
        return _units(c, node, value, names.UNITS[word], scope)
    if word == "history":
        return _rows(c, node, value, t.Frame(t.HISTORY), replace(scope.inside(t.Frame(t.HISTORY)), history=True))
    symbol = names.records_of(c, over, scope)
    if symbol is None:
        known = c.declarations.find(over.parts, scope.library)
        if over.parts[0] in c.declarations.broken:
            return poison(node.span)
        near = names.nearest(over.text, c.declarations.fields)
        fix = Fix(over.span, near) if near and not known else None
        return c.error(
            "KP241", over.span, "value" if known else "near" if near else "", name=over.text, near=near, fix=fix
        )
    c.use(symbol)
    frame = records_frame(c, symbol, scope)
    return _rows(c, node, value, frame, scope.inside(frame, symbol.name))


def records_frame(c: Checker, symbol: Symbol, scope: Scope) -> t.Frame:
    """The rows of a records table that belong to what is at hand: in a unit of time only those dated in it."""
    if not scope.frame.unit:
        return t.Frame(symbol.name)
    c.touch_unit()
    if not any(isinstance(line, s.On) for line in symbol.placed.statement.body):
        c.error("KP242", symbol.span.part(symbol.short), name=symbol.short)
    return t.Frame(symbol.name, scope.frame.unit)


def count_rows(c: Checker, symbol: Symbol, where: t.Typed | None, scope: Scope, span: Span) -> t.Typed:
    """How many rows there are."""
    return t.Fold("count", records_frame(c, symbol, scope), None, where, type=number(0, MOST, 0, "#"), span=span)


def _rows(c: Checker, node: e.Call, value: e.Expr | None, frame: t.Frame, inner: Scope) -> t.Typed:
    if node.within:
        c.error("KP243", node.span, name=calls.written(node))
    where = x.truth(c, node.where, inner) if node.where is not None else None
    proven = inner.proving(x.proofs(node.where, c, inner)) if node.where is not None else inner
    typed = _value(c, node, value, proven)
    last, most = None, MOST
    if node.last is not None:
        amount, by = node.last
        most = min(amount, MOST)
        key = x.expression(c, by, inner)
        if is_poison(key):
            return key
        last = t.Last(amount, (key, *_other_fields(c, inner, by)))
    if is_poison(*(part for part in (typed, where) if part is not None)):
        return poison(node.span)
    type_, digits = folded(c, node.function, typed, most)
    return t.Fold(node.function, frame, typed, where, last, node.trim or 0, digits, type=type_, span=node.span)


def _other_fields(c: Checker, scope: Scope, by: e.Name) -> tuple[t.Typed, ...]:
    """The other loaded fields in their order, which decide between rows equal in `by` (semantics.md 6)."""
    fields = c.declarations.fields.get(scope.records or "", {})
    loaded = [
        symbol
        for symbol in fields.values()
        if isinstance(symbol.placed.statement, s.Input) and symbol.short != by.parts[0]
    ]
    return tuple(
        names.name(c, e.Name((symbol.short,), (symbol.short,), span=by.span), scope.unproven()) for symbol in loaded
    )


def _value(c: Checker, node: e.Call, value: e.Expr | None, scope: Scope) -> t.Typed | None:
    """The EXPR of an aggregate, of the kind the aggregate needs, and never missing."""
    if value is None:
        return None
    if node.function in ("any", "all"):
        return x.truth(c, value, scope)
    typed = x.expression(c, value, scope)
    if is_poison(typed):
        return typed
    if node.function == "count":
        return x.truth(c, value, scope)
    if node.function in ("sum", "average") and typed.type.kind is not Kind.NUMBER:
        return c.error("KP220", value.span, "number", text=value.span.text, kind=units.kind_text(typed.type))
    if node.function in ("min", "max") and typed.type.kind not in (Kind.NUMBER, Kind.DATE) and not typed.type.ordered:
        return c.error("KP220", value.span, "number", text=value.span.text, kind=units.kind_text(typed.type))
    return c.needed(typed, value.span)


def folded(c: Checker, kind: str, value: t.Typed | None, most: int) -> tuple[Type, int]:
    """The type of an aggregate, and the digits an average gains."""
    match kind:
        case "count" | "distinct":
            return number(0, most, 0, "#"), 0
        case "any" | "all":
            return BOOL, 0
    assert value is not None
    type_ = value.type
    if kind == "sum":
        sum_type = replace(type_, low=min(0, type_.low * most), high=max(0, type_.high * most), unit=type_.unit or "")
        n.checked(t.Const(None, type=sum_type, span=value.span), c.report)
        return sum_type, 0
    if kind == "average":
        mean, digits = n.mean_type(type_, c.precision)
        return mean.maybe, digits
    return type_.maybe, 0


def _cohort(c: Checker, node: e.Call, value: e.Expr | None, scope: Scope) -> t.Typed:
    if not _cohort_allowed(c, node, scope):
        return poison(node.span)
    where, inner = _members(c, node, scope)
    typed = _value(c, node, value, inner)
    within = groups(c, node.within, scope)
    if is_poison(*within, *(part for part in (typed, where) if part is not None)):
        return poison(node.span)
    type_, digits = folded(c, node.function, typed, MOST_SUBJECTS)
    if where is None:
        type_ = type_.present  # the subject itself is always among them
    return t.Cohort(node.function, typed, where, within, node.trim or 0, digits, type=type_, span=node.span)


def _members(c: Checker, node: e.Call, scope: Scope) -> tuple[t.Typed | None, Scope]:
    """Which of the subjects appraised count, and the scope of what is asked of each: what is proven of the subject at
    hand is not proven of them.
    """
    inner = replace(scope.unproven(), members=True, records=None, frame=t.EACH)
    if node.where is None:
        return None, inner
    return x.truth(c, node.where, inner), inner.proving(x.proofs(node.where, c, inner))


def _cohort_allowed(c: Checker, node: e.Call, scope: Scope) -> bool:
    if scope.frame.unit:
        c.error("KP244", node.span, name=calls.written(node))
        return False
    if scope.members or scope.history:
        c.error("KP245", node.span, name=calls.written(node))
        return False
    return True


def groups(c: Checker, within: tuple[e.Name, ...], scope: Scope) -> tuple[t.Typed, ...]:
    """The values that make the group of a subject; none of them may be missing."""
    inner = replace(scope, records=None, frame=t.Frame(t.SUBJECTS, scope.frame.unit))
    return tuple(c.needed(names.name(c, name, inner), name.span) for name in within)


def _units(c: Checker, node: e.Call, value: e.Expr | None, unit: str, scope: Scope) -> t.Typed:
    if scope.frame.unit:
        return c.error("KP490", node.span, "units")
    if scope.records or scope.members or scope.history:
        return c.error("KP244", node.span, "units", name=calls.written(node))
    frame = t.Frame(t.SUBJECTS, unit)
    folded_ = _rows(c, node, value, frame, replace(scope.unproven(), frame=frame))
    if node.where is None and isinstance(folded_, t.Fold):
        return replace(folded_, type=folded_.type.present)  # a period has at least one unit
    return folded_


# ---------------------------------------------------------------- ranks, rows before, earlier periods


def window(c: Checker, node: e.Call, scope: Scope) -> t.Typed:
    """`rank`, `percentile`, `ordinal`, `previous`, `streak`."""
    match node.function:
        case "rank":
            return _rank(c, node, scope)
        case "percentile":
            return _percentile(c, node, scope)
        case "ordinal":
            return _ordinal(c, node, scope)
        case "streak":
            return _streak(c, node, scope)
        case _:
            return _previous(c, node, scope)


def _one(c: Checker, node: e.Call, count: int = 1) -> bool:
    if len(node.arguments) == count:
        return True
    c.error("KP227", node.span, name=calls.written(node), wanted=count, given=len(node.arguments))
    return False


def _rank(c: Checker, node: e.Call, scope: Scope) -> t.Typed:
    if not _one(c, node) or not _cohort_allowed(c, node, scope):
        return poison(node.span)
    value = x.expression(c, node.arguments[0], replace(scope, records=None, members=True))
    within = groups(c, node.within, scope)
    if is_poison(value, *within):
        return poison(node.span)
    if value.type.kind not in (Kind.NUMBER, Kind.DATE):
        return c.error(
            "KP220",
            node.arguments[0].span,
            "number",
            text=node.arguments[0].span.text,
            kind=units.kind_text(value.type),
        )
    type_ = number(1, MOST_SUBJECTS, 0, "#", optional=value.type.optional)
    return t.Rank(value, within, node.lowest_first, type=type_, span=node.span)


def _percentile(c: Checker, node: e.Call, scope: Scope) -> t.Typed:
    if not _one(c, node, 2) or not _cohort_allowed(c, node, scope):
        return poison(node.span)
    part = x.expression(c, node.arguments[0], scope)
    if not (isinstance(part, t.Const) and isinstance(part.value, int) and 0 <= part.value <= 10**part.type.places):
        return c.error("KP246", node.arguments[0].span, text=node.arguments[0].span.text)
    where, inner = _members(c, node, scope)
    value = c.needed(x.numeric(c, node.arguments[1], inner), node.arguments[1].span)
    within = groups(c, node.within, scope)
    if is_poison(value, *within) or (where is not None and is_poison(where)):
        return poison(node.span)
    type_, digits = value.type if where is None else value.type.maybe, 0
    if node.linear:
        type_, digits = n.mean_type(type_, c.precision)
    return t.Percentile(
        part.value, part.type.places, value, where, within, node.linear, digits, type=type_, span=node.span
    )


def _by(c: Checker, node: e.Call, scope: Scope) -> tuple[t.Typed, ...] | None:
    if node.by is None:
        c.error("KP247", node.span, name=calls.written(node))
        return None
    key = x.expression(c, node.by, scope)
    return None if is_poison(key) else (key, *_other_fields(c, scope, node.by))


def _within_rows(c: Checker, node: e.Call, scope: Scope) -> tuple[t.Typed, ...]:
    return tuple(x.expression(c, name, scope) for name in node.within)


def _ordinal(c: Checker, node: e.Call, scope: Scope) -> t.Typed:
    if scope.records is None:
        return c.error("KP248", node.span, name=calls.written(node))
    by = _by(c, node, scope)
    within = _within_rows(c, node, scope)
    if by is None or is_poison(*by, *within):
        return poison(node.span)
    return t.Ordinal(by, within, type=number(1, MOST, 0, "#"), span=node.span)


def _previous(c: Checker, node: e.Call, scope: Scope) -> t.Typed:
    if not _one(c, node):
        return poison(node.span)
    if node.by is not None or scope.records is not None:
        if scope.records is None:
            return c.error("KP248", node.span, name=calls.written(node))
        by = _by(c, node, scope)
        value = x.expression(c, node.arguments[0], scope)
        within = _within_rows(c, node, scope)
        if by is None or is_poison(value, *by, *within):
            return poison(node.span)
        return t.PreviousRow(value, by, within, type=value.type.maybe, span=node.span)
    if scope.frame.unit:
        return c.error("KP244", node.span, name=calls.written(node))
    value = x.expression(c, node.arguments[0], replace(scope.inside(t.Frame(t.HISTORY)), history=True))
    if is_poison(value):
        return value
    return t.PreviousResult(value, type=value.type.maybe, span=node.span)


def _streak(c: Checker, node: e.Call, scope: Scope) -> t.Typed:
    if not _one(c, node):
        return poison(node.span)
    if scope.frame.unit or scope.members or scope.records:
        return c.error("KP244", node.span, name=calls.written(node))
    now = x.expression(c, node.arguments[0], scope)
    then = x.expression(c, node.arguments[0], replace(scope.inside(t.Frame(t.HISTORY)), history=True))
    if is_poison(now, then):
        return poison(node.span)
    if now.type.kind is not Kind.BOOL:
        return c.error(
            "KP220", node.span, "condition", text=node.arguments[0].span.text, kind=units.kind_text(now.type)
        )
    return t.Streak(now, then, type=number(0, 1000, 0, "#"), span=node.span)
