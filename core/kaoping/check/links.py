"""Results of other runs: earlier periods of this scheme, and linked schemes."""

from __future__ import annotations

from dataclasses import replace

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import define, names, types
from kaoping.check.checker import Checker, Scope
from kaoping.check.declare import Symbol
from kaoping.columns import Origin
from kaoping.dataset import InputColumn
from kaoping.diagnostic import Fix
from kaoping.source import Span
from kaoping.types import BOOL, Type, number

MOST = 10**12
YES_NO = (e.All, e.Any, e.Not, e.Compare, e.In, e.Has)
RESULT = (s.Let, s.Item, s.Total, s.Outcome, s.Class)


def own_result(c: Checker, word: str, node: e.Name, scope: Scope) -> Type | None:
    """The type of a result of this scheme, as earlier periods have stored it; None where the name is no result."""
    if word == "grade" and c.grades is not None:
        return c.grades
    symbol = c.declarations.find(node.parts, scope.library)
    if symbol is None:
        return _built_in(c, node.canonical[0])
    if not isinstance(symbol.placed.statement, RESULT):
        return None
    if isinstance(symbol.placed.statement, s.Total):
        return _total(c)
    if isinstance(symbol.placed.statement, s.Let) and isinstance(symbol.placed.statement.value, YES_NO):
        return BOOL  # known without making the column, so that a mark may depend on its own earlier values
    return define.column(c, c.use(symbol), "", node.span).type.present


def _total(c: Checker) -> Type:
    places = c.round_total.places
    return number(-MOST * 10**places, MOST * 10**places, places)


def _built_in(c: Checker, word: str) -> Type | None:
    match word:
        case "vetoed":
            return BOOL
        case "rank":
            return number(1, 10**6, 0, "#")
        case "total":
            return _total(c)
        case "bonus" | "penalty" | "items":
            return number(-MOST * 10**6, MOST * 10**6, 6)
        case _:
            return None


def linked(c: Checker, symbol: Symbol, word: str, scope: Scope, span: Span) -> t.Typed:
    """A stored result of a linked scheme; missing where the subject has no counterpart."""
    link = symbol.placed.statement
    assert isinstance(link, s.Link)
    if len(link.schemes) > 1:
        return c.error("KP490", link.span, "links")
    if scope.frame.unit:
        return c.error("KP244", span, "link", name=link.name)
    known = _types(c, link)
    if known is None:
        return c.error("KP251", link.span.part(link.schemes[0]), scheme=link.schemes[0], name=link.name)
    type_ = known.get(word)
    if type_ is None:
        near = names.nearest(word, known)
        return c.error(
            "KP252",
            span,
            "near" if near else "",
            name=word,
            scheme=link.schemes[0],
            near=near,
            fix=Fix(span.part(word), near) if near else None,
        )
    table = f"link {symbol.name}"
    key = t.Key(t.Frame(table), word)
    if c.made(key) is None:
        c.load(table, InputColumn(word, type_, "never"), Origin("link", span))
        c.enter(replace(c.columns[key], type=type_.maybe))
    read = t.Read(key, type=type_.maybe, span=span)
    fold = t.Fold("only", t.Frame(table), read, type=type_.maybe, span=span)
    column = t.Key(t.EACH, f"{link.name}.{word}")
    if c.made(column) is None:
        from kaoping.columns import Column

        c.enter(Column(column, type_.maybe, fold, c.origin(symbol.placed, "link", span)))
    return names.read(c.columns[column], scope, span)


def _types(c: Checker, link: s.Link) -> dict[str, Type] | None:
    if link.types:
        return {name: types.of(c, written) for name, written in link.types}
    return c.result_types(link.schemes[0])
