"""The column of every declared name: inputs, params, classes, fields, lets; stored and linked results."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from msgspec.structs import replace

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import classes, conditions, force, items, links, names, outcomes, quotas, types
from kaoping.check import expressions as x
from kaoping.check import numeric as n
from kaoping.check.checker import Checker, Scope, const
from kaoping.check.declare import Placed, Symbol
from kaoping.check.numeric import Rounding, is_poison
from kaoping.columns import Column, Origin
from kaoping.dataset import InputColumn
from kaoping.diagnostic import error, warning
from kaoping.source import Span
from kaoping.types import POISON, TEXT, Kind


def column(c: Checker, symbol: Symbol, unit: str, span: Span) -> Column:
    """The column of a name that is declared for the subject; inside a unit of time its value there."""
    statement = symbol.placed.statement
    match statement:
        case s.Input():
            return _input(c, symbol, statement)
        case s.Line() | s.Adjustment():
            return judged(c, symbol)
        case s.Param():
            return _param(c, symbol, statement, unit, span)
        case s.Class():
            return _class(c, symbol, statement)
        case s.Let() if statement.parameters:
            c.error("KP231", span, name=symbol.short, parameters=", ".join(statement.parameters))
        case s.Let():
            return _in_unit(c, symbol, unit, span, lambda frame: _let(c, symbol, statement, frame))
        case s.Item():
            if unit:
                c.error("KP244", span, "item", name=symbol.short)
            return items.item(c, symbol, span)
        case s.Total():
            if unit:
                c.error("KP244", span, "total", name=symbol.short)
            return total(c, symbol, span)
        case s.Outcome():
            return outcomes.column(c, symbol, span)
        case s.Select():
            return quotas.mark(c, symbol.placed, span)
        case s.Records():
            c.error("KP232", span, name=symbol.short)
        case _:
            c.error("KP231", span, type(statement).__name__.lower(), name=symbol.short)
    return Column(t.Key(t.EACH, symbol.name), POISON, None, Origin("poison", span))


def _in_unit(c: Checker, symbol: Symbol, unit: str, span: Span, maker: Callable[[t.Frame], Column]) -> Column:
    """The column in a unit of time, where it depends on it; else the one column it has."""
    base = t.Key(t.EACH, symbol.name)
    if not unit or symbol.name in c.steady:
        return c.make(base, span, lambda: maker(t.EACH))
    key = t.Key(t.Frame(t.SUBJECTS, unit), symbol.name)

    def once() -> Column:
        before = set(c.columns)
        made = maker(key.frame)
        if c.unit_touched:
            return made
        for extra in [k for k in c.columns if k not in before and k.frame.unit]:
            del c.columns[extra]
        c.steady.add(symbol.name)
        return c.make(base, span, lambda: maker(t.EACH))

    return c.make(key, span, once)


def _input(c: Checker, symbol: Symbol, statement: s.Input) -> Column:
    known = c.made(t.Key(t.EACH, symbol.name))
    if known is not None:
        return known
    type_ = types.of(c, statement.type)
    default = types.default_value(c, statement.default, type_)
    heading = InputColumn(
        symbol.name,
        type_,
        "never" if statement.optional else "always",
        default.value if default else None,
        statement.meaning,
    )
    type_ = type_.maybe if statement.optional and default is None else type_
    made = c.load(t.SUBJECTS, heading, c.origin(symbol.placed, "input", statement.span, statement.meaning))
    return c.enter(replace(made, type=type_))


def judged(c: Checker, symbol: Symbol) -> Column:
    """The column of an amount that an assessor decides: of the subject, or of the records it is counted per."""
    table = symbol.records or t.SUBJECTS
    key = t.Key(t.Frame(table), symbol.short if symbol.records else symbol.name)
    known = c.made(key)
    if known is not None:
        return known
    statement = symbol.placed.statement
    assert isinstance(statement, s.Line | s.Adjustment)
    value = statement.amount.value
    assert isinstance(value, s.Judged)
    written = s.WrittenType("score", e.Range(value.low, value.high, span=value.span), span=value.span)
    type_ = types.of(c, written)
    return c.load(
        table, InputColumn(key.name, type_), c.origin(symbol.placed, "input", value.span, statement.amount.why)
    )


def _param(c: Checker, symbol: Symbol, statement: s.Param, unit: str, span: Span) -> Column:
    """A param that is loaded, or has the value of the last day of the period or the unit."""
    if not statement.values and statement.type is not None and symbol.name not in c.declarations.overrides:
        type_ = c.params.setdefault(symbol.name, types.of(c, statement.type))
        origin = c.origin(symbol.placed, "param", statement.span)
        return c.enter(Column(t.Key(t.Frame(t.PARAMS), symbol.name), type_, None, origin))
    key = t.Key(t.Frame(t.SUBJECTS, unit if len(statement.values) > 1 else ""), symbol.name)
    return c.make(key, span, lambda: _param_column(c, symbol, statement, key))


def _param_column(c: Checker, symbol: Symbol, statement: s.Param, key: t.Key) -> Column:
    origin = c.origin(symbol.placed, "param", statement.span)
    if symbol.name in c.declarations.overrides:
        binding = c.declarations.overrides[symbol.name]
        assert not isinstance(binding.value, tuple | e.Nothing)
        value = x.expression(c, binding.value, Scope())
        return c.enter(Column(key, value.type, value, origin))
    with c.at(symbol.placed) as scope:
        values = [x.expression(c, value, scope) for value, _ in statement.values]
        for value, (written, _) in zip(values, statement.values, strict=True):
            if not isinstance(value, t.Const):
                c.error("KP317", written.span, "param", text=written.span.text)
                return Column(key, POISON, None, origin)
        values = x.unify(c, values, statement.span)
    dates = [since for _, since in statement.values]
    if key.frame.unit:
        c.touch_unit()
        last = names.name(c, e.Name(("period", "end"), ("period", "end"), span=statement.span), Scope(frame=key.frame))
        typed = dated(c, values, [day.toordinal() if day else 0 for day in dates], last, statement.span)
    else:
        typed = _value_at(c, symbol, values, [day.toordinal() if day else 0 for day in dates])
    return c.enter(Column(key, typed.type, typed, origin))


def changes_with_records(c: Checker, symbol: Symbol, scope: Scope) -> bool:
    """Whether a param is read in a dated record, where its value is that of the record's date."""
    param = symbol.placed.statement
    if not (isinstance(param, s.Param) and len(param.values) > 1 and scope.records):
        return False
    return symbol.name not in c.declarations.overrides and force.date_field(c, scope.records) is not None


def dated_param(c: Checker, symbol: Symbol, scope: Scope, span: Span) -> Column:
    """A param in a dated record: the value in force on the record's date."""
    param = symbol.placed.statement
    assert isinstance(param, s.Param)
    assert scope.records is not None
    key = t.Key(t.Frame(scope.records), symbol.name, "param")

    def maker() -> Column:
        with c.at(symbol.placed) as outer:
            values = x.unify(c, [x.expression(c, value, outer) for value, _ in param.values], param.span)
        day = force.date_field(c, scope.records or "")
        assert day is not None
        on = names.name(c, e.Name((day,), (day,), span=span), replace(Scope(), frame=key.frame, records=scope.records))
        dates = [since.toordinal() if since else 0 for _, since in param.values]
        typed = n.poison(span) if is_poison(on, *values) else dated(c, values, dates, c.needed(on, span), span)
        return c.enter(Column(key, typed.type, typed, c.origin(symbol.placed, "param", param.span)))

    return c.make(key, span, maker)


def _value_at(c: Checker, symbol: Symbol, values: list[t.Typed], dates: list[int]) -> t.Typed:
    first, last = c.period.first.toordinal(), c.period.last.toordinal()
    in_force = [(day, value) for day, value in zip(dates, values, strict=True) if day <= last]
    place, library = symbol.span.part(symbol.short), symbol.placed.context.library
    name, period = symbol.short, c.period.text
    finding = None
    if not in_force:
        variant = "library" if library else ""
        day = _day(min(dates))
        finding = error("KP430", place, variant, name=name, period=period, first=day, library=library)
    elif any(first < day for day, _ in in_force):
        day = _day(max(day for day, _ in in_force))
        finding = warning("KP530", place, name=name, period=period, day=day)
    value = max(in_force, key=lambda pair: pair[0])[1] if in_force else n.poison(symbol.span)
    if finding is None:
        return value
    if not library:
        c.report(finding)
        return value
    # of a library only what the scheme comes to read matters: the plan knows, if it is read and not written in
    c.unsettled[t.Key(t.EACH, symbol.name)] = finding
    value = value if in_force else values[0]
    return t.Present(value, type=value.type, span=symbol.span)


def _day(ordinal: int) -> str:
    return datetime.date.fromordinal(ordinal).isoformat()


def dated(c: Checker, values: list[t.Typed], dates: list[int], day: t.Typed, span: Span) -> t.Typed:
    """The value in force on a day: the last that began not after it."""
    ordered = sorted(zip(dates, values, strict=True), key=lambda pair: -pair[0])
    if ordered[-1][0] > day.type.low:
        return c.error("KP430", span, "before", name=span.text, first=_day(ordered[-1][0]))
    begun = [(n.compare(">=", day, const(since, day.type, span), span), value) for since, value in ordered[:-1]]
    return n.choose(begun, ordered[-1][1], span)


def _class(c: Checker, symbol: Symbol, statement: s.Class) -> Column:
    key = t.Key(t.EACH, symbol.name)
    return c.make(key, statement.span, lambda: _class_column(c, symbol, statement, key))


def _class_column(c: Checker, symbol: Symbol, statement: s.Class, key: t.Key) -> Column:
    type_ = types.of(c, statement.type)
    origin = c.origin(symbol.placed, "class", statement.span)
    if statement.value is None:
        return c.load(t.SUBJECTS, InputColumn(symbol.name, type_), origin)
    with c.at(symbol.placed) as scope:
        value = x.expression(c, statement.value, scope, type_)
        value = c.needed(types.fitting(c, value, type_, statement.value.span), statement.value.span)
    return c.enter(Column(key, POISON if is_poison(value) else replace(type_, optional=False), value, origin))


def _let(c: Checker, symbol: Symbol, statement: s.Let, frame: t.Frame) -> Column:
    with c.at(symbol.placed) as scope:
        scope = replace(scope, frame=frame)
        asked = _asked(c, symbol.placed, scope)
        value = types.of_type(c, statement.value, statement.type, scope.where(asked))
        value = _where(asked, value, statement.span)
    origin = c.origin(symbol.placed, "let", statement.value.span, statement.meaning)
    return c.enter(Column(t.Key(frame, symbol.name), value.type, value, origin))


def _asked(c: Checker, placed: Placed, scope: Scope) -> t.Typed:
    """Where `for` and `applies if` hold."""
    statement = placed.statement
    assert isinstance(statement, s.Let | s.Total)
    tests = [classes.guard(c, placed)]
    if statement.applies is not None:
        tests.append(x.truth(c, statement.applies, scope))
    return conditions.both(tests, statement.span)


def _where(asked: t.Typed, value: t.Typed, span: Span) -> t.Typed:
    """The value where a condition holds, and none elsewhere."""
    if is_poison(asked, value):
        return n.poison(span)
    if isinstance(asked, t.Const) and asked.value is True:
        return value
    nothing = t.Const(None, type=value.type.maybe, span=span)
    return t.Choose(((asked, value),), nothing, True, type=value.type.maybe, span=span)


# ---------------------------------------------------------------- records


def field(c: Checker, symbol: Symbol, unit: str, span: Span) -> Column:
    """The column of a field of records, loaded or computed."""
    assert symbol.records is not None
    statement = symbol.placed.statement
    key = t.Key(t.Frame(symbol.records), links.stored_name(c, symbol))
    match statement:
        case s.Input():
            known = c.made(key)
            if known is not None:
                return known
            type_ = types.of(c, statement.type)
            default = types.default_value(c, statement.default, type_)
            required = "never" if statement.optional else "always"
            heading = InputColumn(key.name, type_, required, default.value if default else None, statement.meaning)
            made = c.load(symbol.records, heading, c.origin(symbol.placed, "field", statement.span, statement.meaning))
            return c.enter(replace(made, type=type_.maybe if statement.optional and default is None else type_))
        case s.Line() | s.Adjustment():
            return judged(c, symbol)
        case s.Let():
            frame = t.Frame(symbol.records, unit)
            return c.make(t.Key(frame, symbol.short), span, lambda: _computed_field(c, symbol, statement, frame))
        case _:
            raise AssertionError(statement)


def _computed_field(c: Checker, symbol: Symbol, statement: s.Let, frame: t.Frame) -> Column:
    with c.at(symbol.placed) as scope:
        scope = scope.inside(frame, symbol.records)
        asked = _asked(c, symbol.placed, scope)
        value = types.of_type(c, statement.value, statement.type, scope.where(asked))
        value = _where(asked, value, statement.span)
    if frame.unit:
        c.touch_unit()
    origin = c.origin(symbol.placed, "field", statement.value.span, statement.meaning)
    return c.enter(Column(t.Key(frame, symbol.short), value.type, value, origin))


# ---------------------------------------------------------------- totals and full marks


def total(c: Checker, symbol: Symbol, span: Span) -> Column:
    """A total, rounded as the scheme says; who it does not apply to has none."""
    statement = symbol.placed.statement
    assert isinstance(statement, s.Total)
    key = t.Key(t.EACH, symbol.name)
    return c.make(key, span, lambda: _total(c, symbol, statement, key))


def _total(c: Checker, symbol: Symbol, statement: s.Total, key: t.Key) -> Column:
    with c.at(symbol.placed) as scope:
        asked = _asked(c, symbol.placed, scope)
        if statement.value is None:
            value, span = default_total(c, statement.span), statement.span
        else:
            span = statement.value.span
            proven = frozenset() if statement.applies is None else x.proofs(statement.applies, c, scope)
            inner = scope.proving(proven).where(asked)
            value = c.needed(x.numeric(c, statement.value, inner, c.round_total), span)
        value = _where(asked, rounded(value, c.round_total, span), statement.span)
    return c.enter(Column(key, value.type, value, c.origin(symbol.placed, "total", span)))


def of_those_with_a_total(c: Checker, symbol: Symbol, value: t.Typed, span: Span) -> t.Typed:
    """A value of those who have a total, and none of others."""
    with c.at(symbol.placed) as scope:
        return _where(_asked(c, symbol.placed, scope), value, span)


def default_total(c: Checker, span: Span) -> t.Typed:
    """`items + bonus - penalty`."""
    bonus, penalty, points = (c.makers[word](c, span) for word in ("bonus", "penalty", "items"))
    scope = Scope()
    parts = [
        names.read(points, scope, span),
        names.read(bonus, scope, span),
        n.negate(names.read(penalty, scope, span), span),
    ]
    return n.add(parts, span, c.report)


def rounded(value: t.Typed, rounding: Rounding, span: Span) -> t.Typed:
    """A number with exactly the places of a rounding."""
    return n.with_places(n.drop_places(value, rounding, span), rounding.places)


def full_mark(c: Checker, symbol: Symbol, span: Span) -> Column:
    """`NAME.full`: the full mark of an item."""
    return items.full(c, symbol, span)


# ---------------------------------------------------------------- results of other runs


def stored(c: Checker, node: e.Name, scope: Scope) -> t.Typed:
    """A name among the stored results of earlier periods."""
    if node.canonical == ("period",):
        key = t.Key(t.Frame(t.HISTORY), "period")
        return names.read(c.enter(Column(key, TEXT, None, Origin("history", node.span))), scope, node.span)
    found = links.own_result(c, node, scope)
    if found is None:
        return c.error("KP250", node.span, name=node.text)
    word, type_ = found
    if type_.kind is Kind.POISON:
        return n.poison(node.span)
    key = t.Key(t.Frame(t.HISTORY), word)
    if c.made(key) is None:
        c.load(t.HISTORY, InputColumn(word, type_, "never"), Origin("history", node.span))
        c.enter(replace(c.columns[key], type=type_.maybe))
    return names.read(c.columns[key], scope, node.span)
