"""What a name means at a place."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable

from msgspec.structs import replace

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import define, expressions, links
from kaoping.check.checker import Checker, Scope, conjuncts, const
from kaoping.check.declare import Symbol
from kaoping.check.numeric import Rounding, poison
from kaoping.columns import Column
from kaoping.diagnostic import Fix, Note
from kaoping.numerals import number_in, numeral
from kaoping.source import Span
from kaoping.types import DATE, Kind, Type, Value, number

UNITS = {"years": "year", "halves": "half", "quarters": "quarter", "months": "month", "weeks": "week", "days": "day"}
MOST_COMPARED = 2_000
"""How many words a misspelt one is compared with."""

_NEGATION = re.compile("没有|[未不非无没]|^(?:not|no|non)_", re.IGNORECASE)
"""What turns a name into its opposite."""
_EARLIER = re.compile("(?:去年|上年度?|上一年|上期|前一年)(?:[.的]|(?=(?:等次|总分|得分|名次|结果)$))")
"""What asks for a result of the period before."""

_SHIFTED = re.compile(
    "(.+?)(之?[前后]|以[前后])([0-9]{1,4}|[一二两三四五六七八九十]{1,3})个?(天|日|周|月|年)(?:以?内)?"
)
"""A day so long before or after another, in one word."""
_DAYS = {"天": (1, "天"), "日": (1, "天"), "周": (7, "天"), "月": (1, "个月"), "年": (1, "年")}

BUILTIN_VALUES = ("bonus", "penalty", "items", "full", "vetoed", "grade", "total", "rank")


def argument(node: e.Name, scope: Scope) -> tuple[e.Expr, Scope] | None:
    """What an argument of a `let` stands for, and the place to read it at: the caller's names, the rows at hand."""
    if len(node.parts) > 1 or node.parts[0] not in scope.arguments:
        return None
    written, outer = scope.arguments[node.parts[0]]
    inner = replace(outer, frame=scope.frame, records=scope.records, members=scope.members, history=scope.history)
    return written, replace(inner, proven=scope.proven, holding=scope.holding)


def name(
    c: Checker, node: e.Name, scope: Scope, expected: Type | None = None, rounding: Rounding | None = None
) -> t.Typed:
    """The value a name stands for: a label where one is expected, an argument, a field, a declared name, a built-in
    value.
    """
    short = node.parts[0]
    if (found := argument(node, scope)) is not None:
        return replace(expressions.expression(c, *found, expected, rounding), span=node.span)
    if len(node.parts) == 1 and expected is not None and expected.kind is Kind.CHOICE and short in expected.labels:
        return const(expected.labels.index(short), expected.present, node.span)
    if scope.history:
        return define.stored(c, node, scope)
    if (special := _special(c, node, scope)) is not None:
        return special
    column = column_of(c, node, scope)
    if column is None:
        return _unknown(c, node, scope, expected)
    return read(column, scope, node.span)


def read(column: Column, scope: Scope, span: Span) -> t.Typed:
    """The value of a column in the rows at hand; where a condition around it proves it present, never missing."""
    if column.type.kind is Kind.POISON:
        return poison(span)
    if isinstance(column.value, t.Const) and column.value.value is not None:
        return replace(column.value, span=span)
    typed = t.Read(column.key, type=column.type, span=span)
    if column.type.optional and (column.key in scope.proven or _applies(column, scope)):
        return t.Present(typed, type=column.type.present, span=span)
    return typed


def _applies(column: Column, scope: Scope) -> bool:
    """Whether a column has a value wherever it applies, and what holds at a place is what it applies under."""
    match column.value:
        case t.Choose(arms=((asked, value),), otherwise=t.Const(value=None)) if not value.type.optional:
            return all(any(_implies(known, part) for known in scope.holding) for part in conjuncts(asked))
    return False


def _implies(known: t.Typed, part: t.Typed) -> bool:
    """Whether a condition that holds is the other, or confines a class to fewer labels than the other does."""
    one, other = _labels(known), _labels(part)
    if one is not None and other is not None:
        return one[0] == other[0] and one[1] <= other[1]
    return known == part


def _labels(condition: t.Typed) -> tuple[t.Typed, frozenset[Value]] | None:
    """The choice that a condition confines to some labels, and these."""
    match condition:
        case t.Among(operand=operand, values=values):
            return operand, frozenset(values)
        case t.Compare(operator="=", left=operand, right=t.Const(value=value)) if operand.type.kind is Kind.CHOICE:
            return operand, frozenset({value})
    return None


def column_of(c: Checker, node: e.Name, scope: Scope) -> Column | None:
    """The column a name stands for, made if need be; None where no such name is declared."""
    if scope.records and len(node.parts) == 1:
        symbol = c.declarations.fields.get(scope.records, {}).get(node.parts[0])
        if symbol is not None:
            return define.field(c, c.use(symbol), scope.frame.unit, node.span)
        stored = links.stored_field(c, scope.records, node)
        if stored is not None:
            return stored
    symbol = c.declarations.find(node.parts, scope.library)
    if symbol is not None and define.changes_with_records(c, symbol, scope):
        return define.dated_param(c, c.use(symbol), scope, node.span)
    if symbol is not None:
        return define.column(c, c.use(symbol), scope.frame.unit, node.span)
    return _builtin(c, node, scope)


def key_of(c: Checker, node: e.Name, scope: Scope) -> t.Key | None:
    """The key of the column that `has NAME` asks for."""
    if records_of(c, node, scope) is not None and not (scope.records and len(node.parts) == 1):
        return None
    typed = name(c, node, scope.unproven())
    return typed.key if isinstance(typed, t.Read) else None


def is_label(c: Checker, node: e.Expr, scope: Scope) -> bool:
    """Whether an expression can only be a label: a plain name that nothing declares."""
    if not isinstance(node, e.Name) or len(node.parts) != 1:
        return False
    short = node.parts[0]
    if short in scope.arguments:
        written, outer = scope.arguments[short]
        return is_label(c, written, outer)
    if scope.records and short in c.declarations.fields.get(scope.records, {}):
        return False
    return c.declarations.find((short,), scope.library) is None and node.canonical[0] not in BUILTIN_VALUES


def records_of(c: Checker, node: e.Expr | None, scope: Scope) -> Symbol | None:
    """The records table a name stands for."""
    if not isinstance(node, e.Name):
        return None
    symbol = c.declarations.find(node.parts, scope.library)
    return symbol if symbol is not None and isinstance(symbol.placed.statement, s.Records) else None


def _builtin(c: Checker, node: e.Name, scope: Scope) -> Column | None:
    word = node.canonical[0]
    if len(node.parts) == 1 and word in c.makers:
        if scope.frame.unit:
            c.error("KP244", node.span, name=node.text)
        return c.makers[word](c, node.span)
    if len(node.parts) == 2 and node.canonical[1] == "full":
        symbol = c.declarations.find(node.parts[:1], scope.library)
        if symbol is not None and isinstance(symbol.placed.statement, s.Item):
            return define.full_mark(c, c.use(symbol), node.span)
    if len(node.parts) > 2 and node.canonical[-1] == "full":
        symbol = c.declarations.find(node.parts[:-1], scope.library)
        if symbol is not None and isinstance(symbol.placed.statement, s.Item):
            return define.full_mark(c, c.use(symbol), node.span)
    return None


def _special(c: Checker, node: e.Name, scope: Scope) -> t.Typed | None:
    """`period.start`, `.end`, `.year`; `班子.综合得分` of a link."""
    if len(node.parts) == 2 and node.canonical[0] == "period" and node.canonical[1] in ("start", "end", "year"):
        return of_period(c, node.canonical[1], scope, node.span)
    if len(node.parts) >= 2:
        symbol = c.declarations.find(node.parts[:-1], scope.library)
        if symbol is not None and isinstance(symbol.placed.statement, s.Link):
            c.use(symbol)
            return links.linked(c, symbol, node, scope)
    return None


def of_period(c: Checker, part: str, scope: Scope, span: Span) -> t.Typed:
    """The first day (`start`), the last day (`end`) or the `year` of the period; in a unit of time, of that unit."""
    if scope.frame.unit:
        c.touch_unit()
        first, last = c.period.first.toordinal(), c.period.last.toordinal()
        type_ = replace(DATE, low=first, high=last)
        bound = t.UnitBound("first" if part == "start" else "last", type=type_, span=span)
        if part != "year":
            return bound
        return t.DatePart(bound, "year", type=number(c.period.first.year, c.period.last.year, 0, None), span=span)
    if part == "year":
        return t.Const(c.period.last.year, type=number(c.period.last.year, c.period.last.year, 0, None), span=span)
    return const((c.period.first if part == "start" else c.period.last).toordinal(), DATE, span)


def _unknown(c: Checker, node: e.Name, scope: Scope, expected: Type | None) -> t.Typed:
    if node.parts[0] in c.declarations.broken or node.text in c.declarations.broken:
        return poison(node.span)
    if expected is not None and expected.kind is Kind.POISON:
        return poison(node.span)
    if expected is not None and expected.kind is Kind.CHOICE and len(node.parts) == 1:
        near = nearest(node.text, expected.labels)
        fix = Fix(node.span, near) if near else None
        return c.error(
            "KP203", node.span, "near" if near else "", name=node.text, near=near, labels=expected.labels, fix=fix
        )
    for records, fields in c.declarations.fields.items():
        if len(node.parts) == 1 and node.parts[0] in fields and records != scope.records:
            notes = (Note(fields[node.parts[0]].span, "field"),)
            return c.error("KP201", node.span, "outside", name=node.text, records=records, notes=notes)
    items = c.declarations.candidates(node.parts[-1])
    if len(items) > 1:
        return c.error("KP204", node.span, name=node.text, names=[item.name for item in items], example=items[0].name)
    if earlier := _EARLIER.match(node.text):
        return c.error("KP201", node.span, "earlier", name=node.text, rest=node.text[earlier.end() :])
    asked = expected is not None and expected.kind is Kind.BOOL
    if asked and (grade := _grade_called(c, node)):
        return c.error("KP201", node.span, "grade", name=node.text, example=grade)
    known = [*c.declarations.names, *c.declarations.fields.get(scope.records or "", {})]
    if (shifted := _SHIFTED.fullmatch(node.text)) and shifted[1] in known:
        return c.error("KP201", node.span, "shifted", name=node.text, right=_shift(*shifted.groups()))
    near = nearest(node.text, known)
    plain = _NEGATION.sub("", node.text)
    plain = plain if plain in known else f"已{plain}"  # 未整改, where 已整改 is declared
    if asked and plain in known and _NEGATION.search(node.text):
        return c.error("KP201", node.span, "opposite", name=node.text, near=plain)
    meant = numeral(node.text) if not near else None
    meant = number_in(node.text) if meant is None and not near else meant
    if meant is not None:
        fix = Fix(node.span, str(meant))
        return c.error("KP201", node.span, "number", name=node.text, number=meant, fix=fix)
    return c.error(
        "KP201",
        node.span,
        "near" if near else "condition" if asked else "",
        name=node.text,
        near=near,
        fix=Fix(node.span, near) if near else None,
    )


def _shift(day: str, way: str, number: str, unit: str) -> str:
    """`办照日 - 21 天` of `办照日前3周`."""
    times, word = _DAYS[unit]
    count = int(number) if number.isdigit() else numeral(number) or 0
    return f"{day} {'-' if '前' in way else '+'} {count * times} {word}"


def _grade_called(c: Checker, node: e.Name) -> str:
    """The grade that a name is, where grades are declared."""
    grades = (each.statement for each in c.declarations.of(s.Grades))
    return next((node.text for each in grades if isinstance(each, s.Grades) and node.text in each.names), "")


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like a misspelt one, or nothing; long differences do not count, nor do thousands of words."""
    # 未达标 is no misspelt 达标
    turned = len(_NEGATION.findall(word))
    candidates = [each for each in known if len(each) > 1 and len(_NEGATION.findall(each)) == turned]
    if len(candidates) > MOST_COMPARED:
        return ""
    found = difflib.get_close_matches(word, candidates, n=5, cutoff=0.6)
    likeness = {each: difflib.SequenceMatcher(None, word, each).ratio() for each in found}
    close = [each for each in found if likeness[each] > likeness[found[0]] - 0.1]
    return min(close, key=lambda each: abs(len(each) - len(word)), default="")
