"""Decision tables: every combination of arguments falls under one row and no more."""

from __future__ import annotations

from math import prod

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import conditions, patterns, types
from kaoping.check import expressions as x
from kaoping.check import numeric as n
from kaoping.check.checker import Checker, Scope
from kaoping.check.declare import Symbol
from kaoping.check.numeric import is_poison, poison
from kaoping.check.patterns import Covering, Interval
from kaoping.diagnostic import Note, phrase
from kaoping.source import Span
from kaoping.types import BOOL, Kind, Type, shown_text

MOST_LISTED = 2000
MOST_ROWS = 1000
"""Of rows that no single column tells apart; so many are compared two by two."""


def looked_up(c: Checker, symbol: Symbol, node: e.Call, scope: Scope) -> t.Typed:
    """`T(a, b)` or `T(a, b).W`: the output of the row that the arguments fall under; missing where an argument is."""
    table = symbol.placed.statement
    assert isinstance(table, s.Table)
    if table.from_data:
        return c.error("KP490", table.span, "table")
    outputs = [line for line in table.body if isinstance(line, s.TableOutput)]
    rows = [line for line in table.body if isinstance(line, s.TableRow)]
    if len(node.arguments) != len(table.parameters):
        return c.error("KP227", node.span, name=table.name, wanted=len(table.parameters), given=len(node.arguments))
    wanted = [i for i, output in enumerate(outputs) if output.name == node.output]
    if node.output is None and len(outputs) == 1:
        wanted = [0]
    if not wanted:
        return c.error("KP229", node.span, name=table.name, outputs=[output.name for output in outputs])
    arguments = [x.expression(c, argument, scope) for argument in node.arguments]
    if is_poison(*arguments) or not rows or len(rows) > MOST_LISTED:
        return poison(node.span)
    inner = Scope(library=symbol.placed.context.library)
    tests = [_tests(c, row, arguments, inner) for row in rows]
    if any(is_poison(*row) for row in tests):
        return poison(node.span)
    _check_rows(c, table, rows, tests, arguments)
    type_ = types.of(c, outputs[wanted[0]].type)
    values = [
        _output(c, row.values[wanted[0]], type_, inner) if wanted[0] < len(row.values) else poison(row.span)
        for row in rows
    ]
    if is_poison(*values):
        return poison(node.span)
    arms = [(conditions.both(test, row.span), value) for test, row, value in zip(tests, rows, values, strict=True)]
    present = [t.Has(argument, type=BOOL, span=argument.span) for argument in arguments if argument.type.optional]
    *first, last = arms
    result = n.choose(first, last[1], node.span)
    if present:
        missing = t.Const(None, type=result.type.maybe, span=node.span)
        return t.Choose(
            ((conditions.both(list(present), node.span), result),), missing, type=result.type.maybe, span=node.span
        )
    return result


def check_table(c: Checker, symbol: Symbol) -> None:
    """What can be said of a table that nobody asks yet: rows and outputs go together."""
    table = symbol.placed.statement
    assert isinstance(table, s.Table)
    outputs = [line for line in table.body if isinstance(line, s.TableOutput)]
    rows = [line for line in table.body if isinstance(line, s.TableRow)]
    if not rows and not table.from_data and not any(isinstance(line, s.Broken) for line in table.body):
        c.error("KP423", symbol.span.part(symbol.short), "rows", name=symbol.short)
        return
    if len(rows) > MOST_LISTED:
        c.error("KP100", symbol.span.part(symbol.short), "list", count=len(rows), limit=MOST_LISTED)
        return
    for row in rows:
        closing = len(row.patterns) == 1 and isinstance(row.patterns[0], e.Otherwise)
        if not closing and len(row.patterns) != len(table.parameters):
            c.error("KP423", row.span, "patterns", wanted=len(table.parameters), given=len(row.patterns))
        if len(row.values) != len(outputs):
            c.error("KP423", row.span, "values", wanted=len(outputs), given=len(row.values))


def _tests(c: Checker, row: s.TableRow, arguments: list[t.Typed], scope: Scope) -> list[t.Typed]:
    if len(row.patterns) == 1 and isinstance(row.patterns[0], e.Otherwise):
        return [patterns.matches(c, arguments[0], row.patterns[0], scope)] * len(arguments)
    if len(row.patterns) != len(arguments):
        return [poison(row.span)]
    return [
        patterns.matches(c, argument, pattern, scope) for argument, pattern in zip(arguments, row.patterns, strict=True)
    ]


def _output(c: Checker, written: e.Expr | e.Nothing, type_: Type, scope: Scope) -> t.Typed:
    if isinstance(written, e.Nothing):
        return t.Const(None, type=type_.maybe, span=written.span)
    return types.fitting(c, x.expression(c, written, scope, type_), type_, written.span)


def _check_rows(
    c: Checker, table: s.Table, rows: list[s.TableRow], tests: list[list[t.Typed]], arguments: list[t.Typed]
) -> None:
    """Rows may not overlap, `otherwise` apart, and leave nothing out: checked on the boxes that their bounds cut."""
    closing = bool(rows) and len(rows[-1].patterns) == 1 and isinstance(rows[-1].patterns[0], e.Otherwise)
    boxes: list[list[Covering]] = []
    for row, test in zip(rows[: -1 if closing else None], tests, strict=False):
        covers = [
            patterns.covering(one, argument.type, row.span) for one, argument in zip(test, arguments, strict=True)
        ]
        if any(cover is None for cover in covers):
            return
        boxes.append([cover for cover in covers if cover is not None])
    apart = any(not patterns.overlapping([box[k] for box in boxes]) for k in range(len(arguments)))
    if not apart and len(rows) > MOST_ROWS:
        c.error("KP100", rows[MOST_ROWS].span, "rows", limit=MOST_ROWS)
        return
    if not apart and (both := _overlapping(boxes)):
        j, i = both
        common = [patterns.overlap(a, b) for a, b in zip(boxes[i], boxes[j], strict=True)]
        values = _shown([stretch[0] for stretch in common if stretch is not None], arguments)
        c.error("KP421", rows[i].span, "overlap", values=values, notes=(Note(rows[j].span, "other"),))
        return
    if not closing and not any(argument.type.kind is Kind.TEXT for argument in arguments):
        _check_gaps(c, table.span, table.name, boxes, arguments)


def _overlapping(boxes: list[list[Covering]]) -> tuple[int, int] | None:
    """The first row that has something in common with one before it, and that one; the columns that differ most are
    compared first.
    """
    columns = range(len(boxes[0]))
    order = sorted(columns, key=lambda k: -len({box[k].intervals for box in boxes}))
    sides = [[box[k].intervals for k in order] for box in boxes]
    for i, one in enumerate(sides):
        for j in range(i):
            if all(patterns.meet(a, b) for a, b in zip(one, sides[j], strict=True)):
                return j, i
    return None


def _check_gaps(c: Checker, span: Span, name: str, boxes: list[list[Covering]], arguments: list[t.Typed]) -> None:
    cuts = []
    for k, argument in enumerate(arguments):
        points = {argument.type.low}
        for box in boxes:
            for low, high in box[k].intervals:
                points |= {low, high + 1}
        cuts.append(sorted(point for point in points if argument.type.low <= point <= argument.type.high))
    corner = _uncovered(boxes, cuts, [(argument.type.low, argument.type.high) for argument in arguments])
    if corner is not None:
        c.error("KP421", span, "gap", name=name, values=_shown(corner, arguments))


def _uncovered(boxes: list[list[Covering]], cuts: list[list[int]], whole: list[Interval]) -> list[int] | None:
    """The first corner of the cuts that no box takes.

    The boxes have nothing in common, so their sizes add up to that of the whole, or something is left out; which part
    of each side it is left out in is seen in the same way, side by side. No number of sides makes this slow.
    """
    corner: list[int] = []
    for k, points in enumerate(cuts):
        rest = prod(high - low + 1 for low, high in whole[k + 1 :])
        change: dict[int, int] = {}
        for box in boxes:
            size = prod(sum(high - low + 1 for low, high in cover.intervals) for cover in box[k + 1 :])
            for low, high in box[k].intervals:
                change[low] = change.get(low, 0) + size
                change[high + 1] = change.get(high + 1, 0) - size
        taken = 0
        for point in points:
            taken += change.get(point, 0)
            if taken < rest:
                break
        else:
            return None
        corner.append(point)
        boxes = [box for box in boxes if any(low <= point <= high for low, high in box[k].intervals)]
    return corner


def _shown(values: list[int], arguments: list[t.Typed]) -> list[str]:
    return [
        f"{argument.span.text} = {_value(value, argument.type)}"
        for value, argument in zip(values, arguments, strict=True)
    ]


def _value(value: int, type_: Type) -> str:
    return phrase(f"check.word.{'yes' if value else 'no'}") if type_.kind is Kind.BOOL else shown_text(value, type_)
