"""Items: where the points start, what the lines take and give, and between which ends the result is held
(semantics.md 8).
"""

from __future__ import annotations

from msgspec.structs import replace

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import amounts, classes, define, force, names, raters
from kaoping.check import conditions as cond
from kaoping.check import expressions as x
from kaoping.check import numeric as n
from kaoping.check.checker import Checker, Scope
from kaoping.check.declare import Placed, Symbol
from kaoping.check.numeric import is_poison, poison
from kaoping.columns import Column
from kaoping.source import Span
from kaoping.types import BOOL, POISON, number


def children(c: Checker, symbol: Symbol | None) -> list[Symbol]:
    """The items directly below an item in the order of the text; below None the top-level ones."""
    return c.declarations.below.get(id(symbol.placed.statement) if symbol else None, [])


def parent(c: Checker, symbol: Symbol) -> Symbol | None:
    """The item that an item stands below."""
    above = symbol.placed.item
    if above is None:
        return None
    same = (item for item in c.declarations.candidates(above.name) if item.placed.statement is above)
    return next(same, None)  # none where its name was declared before: that is reported


def lines(c: Checker, symbol: Symbol) -> list[Placed]:
    """The `add` and `deduct` lines of an item itself, not of its children."""
    return c.declarations.lines.get(id(symbol.placed.statement), [])


def points(c: Checker, symbol: Symbol) -> t.Typed | None:
    """The points of an item: a constant, or one per class of the subject; None where none are stated."""
    statement = symbol.placed.statement
    assert isinstance(statement, s.Item)
    match statement.points:
        case None:
            return None
        case e.Number() as number:
            return replace(x.literal(c, number), span=statement.span)
        case by_class:
            return classes.by_class(c, by_class, statement.span)


def item(c: Checker, symbol: Symbol, span: Span) -> Column:
    """The column of an item: out of score where it does not apply."""
    return c.make(t.Key(t.EACH, symbol.name), span, lambda: _item(c, symbol))


def _item(c: Checker, symbol: Symbol) -> Column:
    statement = symbol.placed.statement
    assert isinstance(statement, s.Item)
    with c.at(symbol.placed) as scope:
        marks = points(c, symbol)
        value = _averaged(c, symbol, statement, marks, scope)
        value = raters.with_evidence(c, symbol, value)
        if c.round_items is not None:
            value = define.rounded(value, c.round_items, statement.span)
        value = _where_applies(c, symbol, statement, value, marks, scope)
        value = _stated(value, marks)
    parts = tuple(t.Key(t.EACH, child.name) for child in children(c, symbol))
    origin = c.origin(symbol.placed, "item", statement.span)
    return c.enter(Column(t.Key(t.EACH, symbol.name), value.type, value, origin, parts))


def _stated(value: t.Typed, marks: t.Typed | None) -> t.Typed:
    """An item that could not be understood still has its points, so that what uses it is checked in the same run."""
    if not is_poison(value) or marks is None or is_poison(marks):
        return value
    places = max(raters.PLACES, marks.type.places)
    return t.Const(None, type=number(0, n.with_places(marks, places).type.high, places), span=value.span)


def _averaged(c: Checker, symbol: Symbol, statement: s.Item, marks: t.Typed | None, scope: Scope) -> t.Typed:
    """The held result; with `averaged by`, its own or that of an item above, the mean of the results of each unit."""
    unit = _averaging_unit(c, symbol)
    if unit is None:
        return _held(c, symbol, statement, marks, scope)
    if statement.averaged_weights:
        return c.error("KP490", statement.span, "weights")
    units = c.period.units(unit)
    frame = t.Frame(t.SUBJECTS, unit)
    column = _in_unit(c, symbol, frame)
    if column.type == POISON:
        return poison(statement.span)
    value = t.Read(column.key, type=column.type, span=statement.span)
    summed = replace(column.type, low=column.type.low * len(units), high=column.type.high * len(units))
    total = t.Fold("sum", frame, value, type=summed, span=statement.span)
    mean = n.divide(n.Fraction(total, n.constant(len(units))), n.Rounding(c.precision), statement.span, c.report)
    return mean if is_poison(mean) else replace(mean, type=replace(mean.type, unit=column.type.unit))


def _averaging_unit(c: Checker, symbol: Symbol) -> str | None:
    """The unit of time whose results an item is the mean of: `averaged by` holds for the items below it too."""
    found = None
    above: Symbol | None = symbol
    while above is not None:
        statement = above.placed.statement
        assert isinstance(statement, s.Item)
        if statement.averaged_by is not None:
            if found is not None:
                c.error("KP490", symbol.span, "units")
                return None
            found = statement.averaged_by
        above = parent(c, above)
    return found


def _in_unit(c: Checker, symbol: Symbol, frame: t.Frame) -> Column:
    """The held result of an item in each unit of time."""
    statement = symbol.placed.statement
    assert isinstance(statement, s.Item)
    key = t.Key(frame, symbol.name)

    def maker() -> Column:
        with c.at(symbol.placed) as scope:
            inner = replace(scope, frame=frame)
            value = _held(c, symbol, statement, points(c, symbol), inner)
        origin = c.origin(symbol.placed, "item", statement.span)
        return c.enter(Column(key, value.type, value, origin))

    return c.make(key, statement.span, maker)


def _child(c: Checker, symbol: Symbol, scope: Scope) -> t.Typed:
    """What a child adds to the start of the item above it: its result, in a unit of time its result there."""
    if not scope.frame.unit:
        return names.read(item(c, symbol, symbol.span), scope, symbol.span)
    statement = symbol.placed.statement
    assert isinstance(statement, s.Item)
    if statement.otherwise == "average":
        return c.error("KP490", statement.span, "units")
    value = names.read(_in_unit(c, symbol, scope.frame), scope, symbol.span)
    with c.at(symbol.placed) as here:
        value = raters.with_evidence(c, symbol, value)
        return _where_applies(c, symbol, statement, value, points(c, symbol), here)


def _held(c: Checker, symbol: Symbol, statement: s.Item, marks: t.Typed | None, scope: Scope) -> t.Typed:
    """Start → lines summed → `deduct all` → held."""
    start = _start(c, symbol, statement, marks, scope)
    value = _with_lines(c, symbol, statement, start, scope)
    if is_poison(value):
        return value
    low = x.numeric(c, statement.down_to, scope) if statement.down_to is not None else n.constant(0)
    high = x.numeric(c, statement.up_to, scope) if statement.up_to is not None else marks
    if is_poison(low) or (high is not None and is_poison(high)):
        return poison(statement.span)
    return n.held(value, low, high, statement.span)


def _start(c: Checker, symbol: Symbol, statement: s.Item, marks: t.Typed | None, scope: Scope) -> t.Typed:
    below = children(c, symbol)
    own = lines(c, symbol)
    if statement.value is not None:
        inner = scope if scope.frame.unit else scope.where(applies(c, symbol))
        return c.needed(x.numeric(c, statement.value, inner), statement.value.span)
    if below:
        return sum_of(c, [_child(c, child, scope) for child in below], statement.span)
    if not own:
        return raters.assessed(c, symbol, marks, scope)
    kinds = {line.statement.kind if isinstance(line.statement, s.Line) else "deduct" for line in own}
    if kinds == {"add"}:
        return n.constant(0, unit="")
    if kinds == {"deduct"}:
        if marks is None:
            return c.error("KP401", statement.span.part(statement.name), name=statement.name)
        return marks
    return c.error(
        "KP402",
        statement.span.part(statement.name),
        name=statement.name,
        points=statement.points.span.text if isinstance(statement.points, e.Number) else "…",
    )


def sum_of(c: Checker, items: list[t.Typed], span: Span) -> t.Typed:
    """The sum of items; one that is out counts nothing."""
    values = []
    for value in items:
        if value.type.optional and not is_poison(value):
            none = n.with_places(n.constant(0, unit=value.type.unit), value.type.places)
            type_ = replace(value.type.present, low=min(0, value.type.low), high=max(0, value.type.high))
            value = t.Coalesce(value, none, type=type_, span=value.span)
        values.append(value)
    return n.add(values, span, c.report) if values else n.constant(0, unit="")


def _with_lines(c: Checker, symbol: Symbol, statement: s.Item, start: t.Typed, scope: Scope) -> t.Typed:
    operands = [start]
    clears = []
    for position, placed in enumerate(lines(c, symbol), 1):
        with c.at(placed) as here:
            here = replace(here, frame=scope.frame)
            if isinstance(placed.statement, s.Clear):
                asked = force.in_force(
                    c, placed, force.guarded(c, placed, placed.statement.condition, here), placed.statement.span
                )
                clears.append(asked)
                continue
            assert isinstance(placed.statement, s.Line)
            key = t.Key(scope.frame, symbol.name, f"line {position}")
            value = amounts.line(c, placed, placed.statement.amount, key, placed.statement.kind, here)
            operands.append(value if placed.statement.kind == "add" else n.negate(value, placed.statement.span))
    value = n.add(operands, statement.span, c.report)
    if not clears or is_poison(value, *clears):
        return value if not clears else poison(statement.span)
    cleared = cond.either(clears, statement.span)
    return n.choose(
        [(cleared, n.with_places(n.constant(0, unit=value.type.unit), value.type.places))], value, statement.span
    )


# ---------------------------------------------------------------- where an item applies


def applies(c: Checker, symbol: Symbol) -> t.Typed:
    """Whether an item is in: its own `for` and `applies if`, and every parent in."""
    own = _own_condition(c, symbol)
    return cond.both([stands(c, symbol), *([own] if own is not None else [])], symbol.span)


def stands(c: Checker, symbol: Symbol) -> t.Typed:
    """Whether an item is not out altogether: its `for`, and its parents in."""
    tests = []
    with c.at(symbol.placed):
        tests += [
            classes.among(c, labels, symbol.span)
            for labels in (*symbol.placed.context.classes, symbol.placed.statement.classes)
            if labels
        ]
    above = parent(c, symbol)
    while above is not None:
        statement = above.placed.statement
        assert isinstance(statement, s.Item)
        own = _own_condition(c, above)
        if own is not None and statement.otherwise is None:
            tests.append(own)
        above = parent(c, above)
    return cond.both(tests, symbol.span) if tests else t.Const(True, type=BOOL, span=symbol.span)


def _own_condition(c: Checker, symbol: Symbol) -> t.Typed | None:
    statement = symbol.placed.statement
    assert isinstance(statement, s.Item)
    if statement.applies is None:
        return None
    with c.at(symbol.placed) as scope:
        return x.truth(c, statement.applies, scope)


def _where_applies(
    c: Checker, symbol: Symbol, statement: s.Item, value: t.Typed, marks: t.Typed | None, scope: Scope
) -> t.Typed:
    own = _own_condition(c, symbol)
    standing = stands(c, symbol)
    if is_poison(value, standing) or (own is not None and is_poison(own)):
        return poison(statement.span)
    if own is not None and statement.otherwise is not None:
        other = _otherwise(c, statement, value, marks, own, standing, scope)
        if is_poison(other):
            return other
        low = x.numeric(c, statement.down_to, scope) if statement.down_to is not None else n.constant(0)
        high = x.numeric(c, statement.up_to, scope) if statement.up_to is not None else marks
        value = n.choose([(own, value)], n.held(other, low, high, statement.span), statement.span)
        value = replace(value, spares=True) if isinstance(value, t.Choose) else value
        own = None
    inside = cond.both([standing, *([own] if own is not None else [])], statement.span)
    if isinstance(inside, t.Const) and inside.value is True:
        return value
    return t.Choose(
        ((inside, value),),
        t.Const(None, type=value.type.maybe, span=statement.span),
        True,
        type=value.type.maybe,
        span=statement.span,
    )


def _otherwise(
    c: Checker,
    statement: s.Item,
    value: t.Typed,
    marks: t.Typed | None,
    own: t.Typed,
    standing: t.Typed,
    scope: Scope,
) -> t.Typed:
    match statement.otherwise:
        case "full":
            return (
                marks
                if marks is not None
                else c.error("KP401", statement.span.part(statement.name), "full", name=statement.name)
            )
        case "average":
            where = cond.both([standing, own], statement.span)
            within = () if marks is None or isinstance(marks, t.Const) else (marks,)
            type_, digits = n.mean_type(value.type, c.precision)
            return t.Cohort(
                "average", value, where, within, digits=digits, spares=True, type=type_.maybe, span=statement.span
            )
        case written:
            assert written is not None
            return c.needed(x.numeric(c, written, scope), written.span)


# ---------------------------------------------------------------- full marks


def full(c: Checker, symbol: Symbol, span: Span) -> Column:
    """The full mark of an item for a subject: of a leaf its points where it is in, else the sum over its leaves."""
    return c.make(t.Key(t.EACH, symbol.name, "full"), span, lambda: _full(c, symbol))


def _in_full(c: Checker, symbol: Symbol, statement: s.Item) -> t.Typed:
    """Whether the points of a leaf count in the full mark: where it applies, and with `else` where it is in at all."""
    match statement.otherwise:
        case None:
            return applies(c, symbol)
        case "average":  # where there is nobody to take the average of, the item is out (semantics.md 9)
            value = names.read(item(c, symbol, symbol.span), Scope(), symbol.span)
            return value if is_poison(value) else t.Has(value, type=BOOL, span=symbol.span)
        case _:
            return stands(c, symbol)


def _full(c: Checker, symbol: Symbol) -> Column:
    statement = symbol.placed.statement
    assert isinstance(statement, s.Item)
    below = children(c, symbol)
    with c.at(symbol.placed) as scope:
        if below:
            value = n.add(
                [names.read(full(c, child, statement.span), scope, child.span) for child in below],
                statement.span,
                c.report,
            )
            if statement.otherwise == "average" and not is_poison(value):  # with nobody to take it of, it is out
                inside = _in_full(c, symbol, statement)
                none = n.constant(0, unit=value.type.unit)
                value = n.choose([(inside, value)], none, statement.span) if not is_poison(inside) else inside
        else:
            marks = points(c, symbol)
            none = n.constant(0, unit="")
            inside = _in_full(c, symbol, statement)
            value = (
                none
                if marks is None
                else n.choose([(inside, marks)], none, statement.span)
                if not is_poison(inside, marks)
                else poison(statement.span)
            )
    value = value if is_poison(value) else replace(value, type=replace(value.type, unit=""))
    return c.enter(
        Column(t.Key(t.EACH, symbol.name, "full"), value.type, value, c.origin(symbol.placed, "full", statement.span))
    )
