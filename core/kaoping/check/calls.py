"""Calls: built-in functions of values, `let` functions, decision tables, functions of plugins."""

from __future__ import annotations

from msgspec.structs import replace

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import expressions as x
from kaoping.check import names, plugin_functions, sets, tables, units
from kaoping.check import numeric as n
from kaoping.check.checker import Checker, Scope
from kaoping.check.numeric import Rounding, is_poison, poison
from kaoping.diagnostic import Fix, Note, warning
from kaoping.types import DATE, Kind, Type, number

AGGREGATES = ("sum", "average", "min", "max", "count", "distinct", "any", "all")
ROUNDINGS = {"round": "half up", "floor": "floor", "ceil": "ceil"}


def call(c: Checker, node: e.Call, scope: Scope, expected: Type | None, rounding: Rounding | None = None) -> t.Typed:
    """The typed form of a call."""
    if not node.builtin:
        return _declared(c, node, scope, expected, rounding)
    if node.function in AGGREGATES and sets.is_aggregate(c, node, scope):
        return sets.aggregate(c, node, scope)
    match node.function:
        case "rank" | "percentile" | "ordinal" | "previous" | "streak":
            return sets.window(c, node, scope)
        case "round" | "floor" | "ceil":
            return _round(c, node, scope)
        case "min" | "max" | "abs" | "clamp":
            return _numbers(c, node, scope)
        case "count":
            return _how_many(c, node, scope)
        case "days" | "months" | "years":
            return _between(c, node, scope)
        case "year" | "month":
            return _part(c, node, scope)
        case _:
            return c.error(
                "KP226", node.span, node.function if node.function in ("sum", "average") else "", name=written(node)
            )


def written(node: e.Call) -> str:
    """The name of a function as the author spells it."""
    return node.span.text.partition("(")[0].partition("(")[0].strip() or node.function


def _callable(c: Checker) -> list[str]:
    statements = {name: symbol.placed.statement for name, symbol in c.declarations.names.items()}
    return [
        name for name, at in statements.items() if isinstance(at, s.Table) or (isinstance(at, s.Let) and at.parameters)
    ]


def _arguments(c: Checker, node: e.Call, least: int, most: int) -> bool:
    if least <= len(node.arguments) <= most:
        return True
    c.error(
        "KP227",
        node.span,
        name=written(node),
        wanted=least if least == most else f"{least}..{most}",
        given=len(node.arguments),
    )
    return False


def _round(c: Checker, node: e.Call, scope: Scope) -> t.Typed:
    if not _arguments(c, node, 1, 2):
        return poison(node.span)
    places = 0
    if len(node.arguments) == 2:
        typed = x.expression(c, node.arguments[1], scope)
        if not (
            isinstance(typed, t.Const)
            and isinstance(typed.value, int)
            and typed.type.places == 0
            and 0 <= typed.value <= 12
        ):
            return c.error("KP228", node.arguments[1].span, text=node.arguments[1].span.text)
        places = typed.value
    rounding = Rounding(places, ROUNDINGS[node.function])
    inner = x.numeric(c, node.arguments[0], scope, rounding)
    return replace(n.drop_places(inner, rounding, node.span), span=node.span)


def _numbers(c: Checker, node: e.Call, scope: Scope) -> t.Typed:
    wanted = {"min": (2, 64), "max": (2, 64), "abs": (1, 1), "clamp": (3, 3)}[node.function]
    if not _arguments(c, node, *wanted):
        return poison(node.span)
    operands = [x.expression(c, argument, scope) for argument in node.arguments]
    if is_poison(*operands):
        return poison(node.span)
    operands = x.unify(c, operands, node.span)
    if is_poison(*operands):
        return poison(node.span)
    if operands[0].type.kind not in (Kind.NUMBER, Kind.DATE) or (
        node.function == "abs" and operands[0].type.kind is Kind.DATE
    ):
        return c.error(
            "KP220",
            node.arguments[0].span,
            "number",
            text=node.arguments[0].span.text,
            kind=units.kind_text(operands[0].type),
        )
    if node.function == "abs":
        type_ = operands[0].type
        low = 0 if type_.low <= 0 <= type_.high else min(abs(type_.low), abs(type_.high))
        return t.Absolute(
            operands[0], type=replace(type_, low=low, high=max(abs(type_.low), abs(type_.high))), span=node.span
        )
    if node.function == "clamp":
        value, least, most = operands
        return n.extreme([n.extreme([value, least], node.span, least=False), most], node.span, least=True)
    return n.extreme(operands, node.span, least=node.function == "min")


def _how_many(c: Checker, node: e.Call, scope: Scope) -> t.Typed:
    """`count(A, B, C)`: how many of the conditions hold."""
    if not _arguments(c, node, 1, 64):
        return poison(node.span)
    one, none = n.constant(1, unit="#"), n.constant(0, unit="#")
    return n.add(
        [n.choose([(x.truth(c, argument, scope), one)], none, argument.span) for argument in node.arguments],
        node.span,
        c.report,
    )


def _dates(c: Checker, node: e.Call, scope: Scope, wanted: int) -> list[t.Typed] | None:
    if not _arguments(c, node, wanted, wanted):
        return None
    operands = [x.expression(c, argument, scope) for argument in node.arguments]
    for operand, argument in zip(operands, node.arguments, strict=True):
        if operand.type.kind not in (Kind.DATE, Kind.POISON):
            c.error("KP220", argument.span, "date", text=argument.span.text, kind=units.kind_text(operand.type))
            return None
    return None if is_poison(*operands) else operands


def _between(c: Checker, node: e.Call, scope: Scope) -> t.Typed:
    operands = _dates(c, node, scope, 2)
    if operands is None:
        return poison(node.span)
    start, end = operands
    optional = start.type.optional or end.type.optional
    if node.function == "days":
        low, high = end.type.low - start.type.high, end.type.high - start.type.low
        type_ = number(low, high, 0, "天", optional=optional)
        back = t.Negate(
            start,
            type=replace(DATE, low=-start.type.high, high=-start.type.low, optional=start.type.optional),
            span=start.span,
        )
        return t.Add((end, back), type=type_, span=node.span)
    low, high = (end.type.low - start.type.high) // 28, -(-(end.type.high - start.type.low) // 28)
    months = t.MonthsBetween(
        start, end, type=number(min(low, 0), max(high, 0), 0, "#月", optional=optional), span=node.span
    )
    if node.function == "months":
        _tell_of_last_day(c, node)
        return months
    years = n.divide(n.Fraction(months, n.constant(12)), Rounding(0, "down"), node.span, c.report)
    return replace(years, type=replace(years.type, unit="#年"))


def _tell_of_last_day(c: Checker, node: e.Call) -> None:
    """`月数(起, 考核期.截止)`: the last day of the period is not over there, so that a whole half year has 5 months;
    who puts it in brackets means it.
    """
    last = node.arguments[1]
    end = last.fallback if isinstance(last, e.Default) else last
    if isinstance(end, e.Name) and end.canonical == ("period", "end"):
        whole = f"({last.span.text})" if isinstance(last, e.Default) else last.span.text
        c.report(warning("KP335", node.span, text=end.span.text, last=whole))


def _part(c: Checker, node: e.Call, scope: Scope) -> t.Typed:
    operands = _dates(c, node, scope, 1)
    if operands is None:
        return poison(node.span)
    low, high = (1900, 2199) if node.function == "year" else (1, 12)
    return t.DatePart(
        operands[0], node.function, type=number(low, high, 0, None, optional=operands[0].type.optional), span=node.span
    )


def _declared(c: Checker, node: e.Call, scope: Scope, expected: Type | None, rounding: Rounding | None) -> t.Typed:
    """A `let` with arguments, written out; a decision table; a function of a plugin."""
    symbol = c.declarations.find(tuple(node.function.split(".")), scope.library)
    if symbol is None:
        if node.function in c.declarations.broken:
            return poison(node.span)
        if node.function in c.functions:
            return plugin_functions.called(c, node, [x.expression(c, each, scope) for each in node.arguments])
        near = names.nearest(node.function, [*_callable(c), *c.functions])
        place = node.span.part(node.function)
        return c.error(
            "KP202",
            place,
            "near" if near else "",
            name=node.function,
            near=near,
            fix=Fix(place, near) if near else None,
        )
    statement = c.use(symbol).placed.statement
    if isinstance(statement, s.Table):
        return tables.looked_up(c, symbol, node, scope)
    if not isinstance(statement, s.Let) or not statement.parameters:
        return c.error(
            "KP202", node.span, "value", name=node.function, notes=(Note(symbol.placed.statement.span, "declared"),)
        )
    if len(node.arguments) != len(statement.parameters):
        notes = (Note(statement.span, "declared"),)
        return c.error(
            "KP227",
            node.span,
            name=node.function,
            wanted=len(statement.parameters),
            given=len(node.arguments),
            notes=notes,
        )
    written = body(c, node, scope)
    if written is None:
        circle = [*scope.calls[scope.calls.index(symbol.name) :], symbol.name]
        return c.error("KP230", node.span, circle=" → ".join(circle))
    return replace(x.expression(c, *written, expected, rounding), span=node.span)


def body(c: Checker, node: e.Call, scope: Scope) -> tuple[e.Expr, Scope] | None:
    """The body of the `let` called, and the place where its arguments are known.

    None for any other call, and for a function that comes back to itself.
    """
    symbol = None if node.builtin else c.declarations.find(tuple(node.function.split(".")), scope.library)
    if symbol is None or symbol.name in scope.calls:
        return None
    statement = symbol.placed.statement
    if not isinstance(statement, s.Let) or not statement.parameters or len(node.arguments) != len(statement.parameters):
        return None
    c.use(symbol)
    arguments = {name: (argument, scope) for name, argument in zip(statement.parameters, node.arguments, strict=True)}
    library = symbol.placed.context.library
    return statement.value, replace(scope, arguments=arguments, library=library, calls=(*scope.calls, symbol.name))
