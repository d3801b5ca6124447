"""Results of other runs: earlier periods of this scheme, and linked schemes."""

from __future__ import annotations

from msgspec.structs import replace

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.check import define, names, outcomes, sets, types
from kaoping.check.checker import Checker, Scope
from kaoping.check.declare import Symbol
from kaoping.columns import Column, Origin
from kaoping.dataset import InputColumn
from kaoping.diagnostic import Fix
from kaoping.source import Span
from kaoping.types import BOOL, POISON, Type, number

MOST = 10**12
YES_NO = (e.All, e.Any, e.Not, e.Compare, e.In, e.Has)


def own_result(c: Checker, node: e.Name, scope: Scope) -> tuple[str, Type] | None:
    """A result of this scheme as earlier periods have stored it: its column and type; None where the name is no
    result.
    """
    word = node.canonical[0]
    symbol = c.declarations.find(node.parts, scope.library)
    if symbol is None and word == "total":
        symbol = next((each for each in c.declarations.names.values() if each.name == c.total_name), None)
        if symbol is None:
            return "total", _points(c.round_total.places)
    if symbol is None:
        type_ = _built_in(c, word)
        return (word, type_) if type_ else None
    c.use(symbol)
    match symbol.placed.statement:
        case s.Total():
            return symbol.name, _points(c.round_total.places)
        case s.Let(value=value) if isinstance(value, YES_NO):
            # known without making the column, so that a mark may depend on its own earlier values
            return symbol.name, BOOL
        case s.Let(type=s.WrittenType() as written) | s.Class(type=written):
            return symbol.name, types.of(c, written)
        case s.Outcome() if (stated := outcomes.stated_type(c, symbol)) is not None:
            return symbol.name, types.of(c, stated)
        case s.Outcome() if all(each.value is None for each in outcomes.lines_of(c, symbol)):
            return symbol.name, BOOL
        case s.Let() | s.Item() | s.Outcome():
            with c.looking_back(symbol):
                return symbol.name, define.column(c, symbol, "", node.span).type.present
        case _:
            return None


def _points(places: int) -> Type:
    """Points of an earlier period, whose rules may have been others: any number of the places."""
    return number(-MOST * 10**places, MOST * 10**places, places)


def _built_in(c: Checker, word: str) -> Type | None:
    match word:
        case "grade":
            return c.grades
        case "vetoed":
            return BOOL
        case "rank":
            return number(1, sets.MOST_SUBJECTS, 0, "#")
        case "bonus" | "penalty":
            return _points(6)
        case _:
            return None


STORED_WORDS = ("grade", "rank", "vetoed", "bonus", "penalty", "total")
"""Built-in values that stored results have a column for, in whatever language a script reads them."""


def _stored_word(node: e.Name, known: dict[str, Type]) -> str:
    """The column of stored results that the last part of a name means."""
    written, word = node.parts[-1], node.canonical[-1]
    return word if word in STORED_WORDS and written not in known else written


def linked(c: Checker, symbol: Symbol, node: e.Name, scope: Scope) -> t.Typed:
    """A stored result of a linked scheme; missing where the subject has no counterpart."""
    link, span = symbol.placed.statement, node.span
    assert isinstance(link, s.Link)
    if len(link.schemes) > 1:
        return c.error("KP490", link.span, "links")
    if scope.frame.unit:
        return c.error("KP244", span, "link", name=link.name)
    known = _types(c, link)
    if known is None:
        return c.error("KP251", link.span.part(link.schemes[0]), scheme=link.schemes[0], name=link.name)
    word = _stored_word(node, known)
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
    found = type_ if link.schemes[0] in c.surroundings.versions else type_.maybe
    if c.made(key) is None:
        c.load(table, InputColumn(word, type_, "never"), Origin("link", span))
        c.enter(replace(c.columns[key], type=found))
    read = t.Read(key, type=found, span=span)
    fold = t.Fold("only", t.Frame(table), read, type=found, span=span)
    column = t.Key(t.EACH, f"{link.name}.{word}")
    if c.made(column) is None:
        c.enter(Column(column, found, fold, c.origin(symbol.placed, "link", span)))
    return names.read(c.columns[column], scope, span)


def stored_field(c: Checker, records: str, node: e.Name) -> Column | None:
    """A result of another scheme as a field of `records … from` it; None where the table is not such or has no such
    result.
    """
    symbol, span = c.declarations.names[records], node.span
    statement = symbol.placed.statement
    if not isinstance(statement, s.Records) or statement.from_scheme is None:
        return None
    known = c.result_types(statement.from_scheme)
    word = _stored_word(node, known or {})
    declared = c.declarations.find(node.parts) is not None
    if known is None and not declared:
        place = statement.span.part(statement.from_scheme)
        c.error("KP251", place, "records", scheme=statement.from_scheme, name=statement.name)
    elif word in STORED_WORDS and word not in (known or ()) and not declared:
        # not the value of that name of the subject at hand: of a row that would be read as the row's own
        c.error("KP252", span, word if word == "total" else "", name=node.text, scheme=statement.from_scheme)
    elif (type_ := (known or {}).get(word)) is None:
        return None
    else:
        return _loaded_field(c, symbol, word, type_, span)
    return Column(t.Key(t.Frame(records), node.text), POISON, None, Origin("poison", span))


def _loaded_field(c: Checker, symbol: Symbol, word: str, type_: Type, span: Span) -> Column:
    """A result of another scheme as a column of records."""
    records = symbol.name
    key = t.Key(t.Frame(records), word)
    if c.made(key) is None:
        heading = InputColumn(word, type_.present, "never" if type_.optional else "always")
        c.load(records, heading, c.origin(symbol.placed, "field", span))
        c.enter(replace(c.columns[key], type=type_))
    return c.columns[key]


def stored_name(c: Checker, field: Symbol) -> str:
    """The column of a field: where it stands for a result of another scheme, as stored results call that."""
    records = c.declarations.names[field.records or ""].placed.statement
    statement = field.placed.statement
    if not isinstance(statement, s.Input) or not isinstance(records, s.Records) or records.from_scheme is None:
        return field.short
    word = dict(zip(statement.names, statement.canonical, strict=False)).get(field.short, field.short)
    return word if word in STORED_WORDS else field.short


def check_holder(c: Checker, records: s.Records) -> None:
    """Rows from another scheme find their subject by one of its results, which has to be there."""
    if records.by is None or records.from_scheme is None:
        return
    known = c.result_types(records.from_scheme)
    if known is None or records.by in known:
        return
    near = names.nearest(records.by, known)
    place = records.span.part(records.by)
    fix = Fix(place, near) if near else None
    variant = "near" if near else "by"
    c.error("KP252", place, variant, name=records.by, scheme=records.from_scheme, near=near, fix=fix)


def _types(c: Checker, link: s.Link) -> dict[str, Type] | None:
    if link.types:
        return {name: types.of(c, written) for name, written in link.types}
    return c.result_types(link.schemes[0])
