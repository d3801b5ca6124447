"""What follows from a result, and what must hold: outcomes and requirements."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import conditions as cond
from kaoping.check import expressions as x
from kaoping.check import force, names, sets, types
from kaoping.check import numeric as n
from kaoping.check.checker import Checker, Scope
from kaoping.check.declare import Placed, Symbol
from kaoping.check.numeric import is_poison, poison
from kaoping.columns import Column
from kaoping.diagnostic import Finding, Fix, error
from kaoping.source import Span
from kaoping.types import BOOL, POISON


def column(c: Checker, symbol: Symbol, span: Span) -> Column:
    """The column of an outcome: the first of its lines that holds."""
    key = t.Key(t.EACH, symbol.name)
    return c.make(key, span, lambda: _outcome(c, symbol, key))


def _outcome(c: Checker, symbol: Symbol, key: t.Key) -> Column:
    lines = [placed for placed in c.declarations.of(s.Outcome) if placed.statement.name == symbol.short]  # type: ignore[attr-defined]
    kinds = {placed.statement.value is None for placed in lines}  # type: ignore[attr-defined]
    if len(kinds) > 1:
        c.error("KP460", lines[-1].statement.span, name=symbol.short)
        return Column(key, POISON, None, c.origin(symbol.placed, "outcome", symbol.span))
    stated = stated_type(c, symbol)
    if (wrong := _wrong_type(symbol, lines_of(c, symbol))) is not None:
        c.report(wrong)
        return Column(key, POISON, None, c.origin(symbol.placed, "outcome", symbol.span))
    tests, values = [], []
    for placed in lines:
        statement = placed.statement
        assert isinstance(statement, s.Outcome)
        with c.at(placed) as scope:
            asked = force.in_force(c, placed, force.guarded(c, placed, statement.condition, scope), statement.span)
            proven = x.proofs(statement.condition, c, scope) if statement.condition is not None else frozenset()
            inner = scope.proving(proven).where(asked)
            values.append(
                types.of_type(c, statement.value, stated, inner)
                if statement.value is not None
                else t.Const(True, type=BOOL, span=statement.span)
            )
            tests.append(asked)
    span = symbol.span
    values = x.unify(c, values, span)
    if is_poison(*tests, *values):
        value = poison(span)
    elif kinds == {True}:
        value = cond.either(tests, span)
    else:
        value = n.choose(
            list(zip(tests, values, strict=True)), t.Const(None, type=values[0].type.maybe, span=span), span
        )
    origin = c.origin(symbol.placed, "outcome", span)
    if len(lines) > 1:
        origin = replace(origin, lines=tuple(c.origin(placed, "outcome", placed.statement.span) for placed in lines))
    return c.enter(Column(key, POISON if is_poison(value) else value.type, value, origin))


def _wrong_type(symbol: Symbol, lines: list[s.Outcome]) -> Finding | None:
    """A type stated twice, or of values that no line gives."""
    types = [each.type for each in lines if each.type is not None]
    if len(types) > 1:
        return error("KP460", types[1].span, "types", name=symbol.short)
    if types and types[0].kind != "yes/no" and lines[0].value is None:
        return error("KP460", types[0].span, "no_value", name=symbol.short)
    return None


def lines_of(c: Checker, symbol: Symbol) -> list[s.Outcome]:
    """The lines of an outcome, in the order of the text."""
    found = (placed.statement for placed in c.declarations.of(s.Outcome))
    return [each for each in found if isinstance(each, s.Outcome) and each.name == symbol.short]


def stated_type(c: Checker, symbol: Symbol) -> s.WrittenType | None:
    """The type that the first line of an outcome to have one states for all of them."""
    return next((each.type for each in lines_of(c, symbol) if each.type is not None), None)


class Required(Struct, frozen=True):
    """A requirement with the column that says whether it holds: of whom it is asked, and what has to hold."""

    placed: Placed
    key: t.Key
    message: str
    asked: t.Typed
    condition: t.Typed


def requirements(c: Checker) -> list[Required]:
    """The requirements that are in force, each a yes/no column."""
    found = []
    for number, placed in enumerate(c.declarations.of(s.Require), 1):
        statement = placed.statement
        assert isinstance(statement, s.Require)
        with c.at(placed) as scope:
            inside = scope if statement.for_each is None else _each(c, statement.for_each, scope)
            if inside is None:
                continue
            key = t.Key(inside.frame, "require", f"line {number}")
            proven = x.proofs(statement.when, c, inside) if statement.when is not None else frozenset()
            asked = force.in_force(c, placed, force.guarded(c, placed, statement.when, inside), statement.span)
            value = x.truth(c, statement.condition, inside.proving(proven).where(asked))
        condition = value
        value = cond.either([cond.opposite(asked, statement.span), condition], statement.span)
        c.enter(
            Column(
                key,
                POISON if is_poison(value) else BOOL,
                value,
                c.origin(placed, "require", statement.condition.span, statement.message),
            )
        )
        message = statement.message or statement.condition.span.text
        found.append(Required(placed, key, message, asked, condition))
    return found


def _each(c: Checker, name: e.Name, scope: Scope) -> Scope | None:
    """The place in a record where a requirement is asked of each."""
    records = names.records_of(c, name, scope)
    if records is None:
        known = c.declarations.find(name.parts, scope.library)
        near = names.nearest(name.text, c.declarations.fields)
        fix = Fix(name.span, near) if near and not known else None
        variant = "value" if known else "near" if near else ""
        c.error("KP241", name.span, variant, name=name.text, near=near, fix=fix)
        return None
    c.use(records)
    return scope.inside(sets.records_frame(c, records, scope), records.name)
