"""Comparisons among subjects in SQL: from the distinct values of each group, counted, and joined back.

A rank or a line of a quota is the same for all who have the same value, so nothing is sorted but the distinct values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.engines.lower import Slot, Step
from kaoping.engines.sql.arithmetic import Arithmetic, Sql
from kaoping.engines.sql.dialects import bits_of
from kaoping.engines.sql.folds import MOST_SUBJECTS
from kaoping.engines.sql.program import Compared, Rows, Script, Shares, matched, name_of
from kaoping.engines.sql.relations import Expr, Relation
from kaoping.engines.sql.scopes import Book, Scope

_MODES = {"down": "down", "up": "up", "nearest": "half up"}


def _over(book: Book, keys: list[str], order: str = "") -> str:
    """A window over the rows alike in the keys, from the first to the one at hand where there is an order."""
    parts = [f"PARTITION BY {', '.join(map(book.dialect.quoted, keys))}"] if keys else []
    parts += [f"ORDER BY {order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"] if order else []
    return f"OVER ({' '.join(parts)})"


def _refs(book: Book, *names: str) -> frozenset[tuple[str, str]]:
    return frozenset().union(*(book.here(name).refs for name in names))


def _counted(book: Book, over: str, keys: list[str], where: Expr | None) -> tuple[str, str]:
    """The distinct values of the keys, and how many rows have each; the relation and the name of the number."""
    number = book.names.new("number")
    columns = {key: book.here(key).expr for key in keys} | {number: Expr("COUNT(*)")}
    group = [book.here(key).expr for key in keys]
    name = book.names.new("values")
    return book.add(Relation(name, over, columns, where=where, group=group, passes=False)), number


class Comparison(Struct, frozen=True):
    """A comparison in two steps: `query` makes what it needs of the subjects' relation, `result` joins it to them.

    So all comparisons that need nothing of one another read one relation, and are joined to it at once.
    """

    query: Callable[[str], None]
    result: Callable[[Scope], Sql]
    slot: Slot


def compare(script: Script, comparisons: Sequence[Comparison], rows: Rows) -> None:
    """Make comparisons of subjects whose columns are defined over `rows`."""
    rows.close()
    chain = rows.chain
    for each in comparisons:
        each.query(chain.last)
    scope = Scope(script.book, chain.last, "subjects")
    for each in comparisons:
        chain.slots[each.slot.number] = scope.define(each.result(scope), script.wish(script.column_of(each.slot)))
    chain.last = scope.close()


def columns(rows: Rows, slots: Sequence[Slot | None]) -> list[Sql]:
    """Slots as columns."""
    return [rows.scope_column(rows.slot(each)) for each in slots if each is not None]


def rank(script: Script, rows: Rows, step: Step) -> Comparison:
    """Ranks 1, 2, 2, 4 in each group."""
    node, book = step.node, script.book
    assert isinstance(node, t.Rank)
    (value,), within = columns(rows, step.needs["value"]), columns(rows, step.needs["within"])
    keys, key = [name_of(each) for each in within], name_of(value)
    made, place = book.names.new("ranks"), book.names.new("rank")

    def query(over: str) -> None:
        where = Expr(f"{value.text} IS NOT NULL", value.refs) if value.missing else None
        counted, number = _counted(book, over, [*keys, key], where)
        count = book.here(number).text
        order = f"{value.text}{'' if node.lowest_first else ' DESC'}"
        text = f"CAST(SUM({count}) {_over(book, keys, order)} - {count} + 1 AS {book.dialect.integer(64)})"
        book.add(Relation(made, counted, {place: Expr(text, _refs(book, *keys, key, number))}))
        script.compared.append(Compared(node, step.slot, over, made, keys, [key], {"number": number}))

    def result(scope: Scope) -> Sql:
        same = any(each.missing for each in within)
        scope.join(made, matched(book, made, [(each, each) for each in (*keys, key)], same))
        found = book.here(scope.bring(book.of(made, place), place))
        return replace(found, low=1, high=node.type.high, missing=value.missing, bits=64)

    return Comparison(query, result, step.slot)


def percentile(script: Script, rows: Rows, step: Step) -> Comparison:
    """A value below which a part of the values lies, in each group."""
    node, book = step.node, script.book
    assert isinstance(node, t.Percentile)
    (value,), within = columns(rows, step.needs["value"]), columns(rows, step.needs["within"])
    tests = columns(rows, step.needs["where"])
    keys = [name_of(each) for each in within]
    made = book.names.new("percentiles")
    low, high, rest = (book.names.new(each) for each in ("low", "high", "rest"))
    whole, part = 10**node.part_places, node.part

    def query(start: str) -> None:
        asked = " AND ".join([f"{value.text} IS NOT NULL", *(each.text for each in tests)])
        where = Expr(asked, value.refs.union(*(each.refs for each in tests)))
        over, upto, total = _cumulated(book, start, keys, value, where)
        at, of = book.here(upto).text, book.here(total).text
        shown = {each: book.here(each).expr for each in keys}

        def first(position: str) -> Expr:
            return Expr(
                f"MIN(CASE WHEN {at} >= {position} THEN {value.text} END)", _refs(book, name_of(value), upto, total)
            )

        if node.linear:
            steps = book.dialect.divided(f"({part} * ({of} - 1))", str(whole), 64)
            shown[low] = first(f"{steps} + 1")
            shown[high] = first(f"CASE WHEN {steps} + 2 < {of} THEN {steps} + 2 ELSE {of} END")
            shown[rest] = Expr(f"MAX({part} * ({of} - 1) - {steps} * {whole})", _refs(book, total))
        else:
            position = book.dialect.divided(f"({part} * {of} + {whole - 1})", str(whole), 64)
            shown[low] = first(f"CASE WHEN {position} > 1 THEN {position} ELSE 1 END")
        group = [book.here(each).expr for each in keys]
        book.add(Relation(made, over, shown, group=group, passes=False))
        script.compared.append(Compared(node, step.slot, start, made, keys, []))

    def result(scope: Scope) -> Sql:
        same = any(each.missing for each in within)
        scope.join(made, matched(book, made, [(each, each) for each in keys], same))
        arithmetic = Arithmetic(book.dialect, scope.column)

        def brought(name: str, least: int, most: int, bits: int) -> Sql:
            found = book.here(scope.bring(book.of(made, name), name))
            return replace(found, low=least, high=most, missing=True, bits=bits)

        one = brought(low, value.low, value.high, value.bits or 32)
        if not node.linear:
            return replace(arithmetic.scaled(one, node.digits), missing=True)
        two, left = brought(high, value.low, value.high, value.bits or 32), brought(rest, 0, whole, 64)
        span = value.high - value.low
        between = arithmetic.add([two, arithmetic.negate(one, -value.high, -value.low)], 0, span)
        more = arithmetic.multiply(between, left, 0, span * whole)
        base = arithmetic.scaled(one, node.part_places)
        most = max(abs(value.low), abs(value.high)) * whole + span * whole
        top = arithmetic.add([base, more], -most, most)
        ends, digits = (node.type.low, node.type.high), node.digits
        by = arithmetic.constant(whole * 10 ** max(-digits, 0))  # the result may have fewer places than the values
        return replace(arithmetic.quotient(top, by, "half up", *ends, max(digits, 0)), missing=True)

    return Comparison(query, result, step.slot)


def _cumulated(book: Book, over: str, keys: list[str], value: Sql, where: Expr) -> tuple[str, str, str]:
    """The distinct values of each group, how many stand up to each, and how many there are."""
    over, number = _counted(book, over, [*keys, name_of(value)], where)
    upto, total = book.names.new("upto"), book.names.new("of")
    count, big = book.here(number).text, book.dialect.integer(64)
    refs = _refs(book, *keys, name_of(value), number)
    shown = {
        upto: Expr(f"CAST(SUM({count}) {_over(book, keys, value.text)} AS {big})", refs),
        total: Expr(f"CAST(SUM({count}) {_over(book, keys)} AS {big})", refs),
    }
    return book.add(Relation(book.names.new("cumulated"), over, shown)), upto, total


def chosen(script: Script, rows: Rows, step: Step) -> Comparison:
    """Who gets a place of a quota."""
    node, book = step.node, script.book
    assert isinstance(node, t.Chosen)
    (pool,), (share,) = columns(rows, step.needs["pool"]), columns(rows, step.needs["share"])
    counted, within = columns(rows, step.needs["counted"]), columns(rows, step.needs["within"])
    keys = columns(rows, step.needs["keys"])
    groups, standing = [name_of(each) for each in within], [name_of(each) for each in keys]
    same = any(each.missing for each in within)
    joined: dict[str, str] = {}

    def query(start: str) -> None:
        places, place = _places(script, node, start, groups, share, counted)
        over, number = _counted(book, start, [*groups, *standing], pool.expr)
        order = ", ".join(f"{each.text}{'' if node.lowest else ' DESC'} NULLS LAST" for each in keys) or "1"
        upto, count = book.names.new("upto"), book.here(number).text
        text = f"CAST(SUM({count}) {_over(book, groups, order)} AS {book.dialect.integer(64)})"
        shown = {upto: Expr(text, _refs(book, *groups, *standing, number))}
        scope = Scope(book, book.add(Relation(book.names.new("in order"), over, shown)), "taken")
        scope.join(places, matched(book, places, [(each, each) for each in groups], same))
        most = book.here(scope.bring(book.of(places, place), place))
        test = f"{book.here(upto).text} <= {most.text}"
        if node.ties == "included":
            test = f"{book.here(upto).text} - {count} < {most.text}"
        joined["taken"] = name_of(scope.define(Sql(f"({test})", refs=most.refs | _refs(book, upto, number)), "taken"))
        joined["relation"] = scope.close()
        names = {"number": number, "upto": upto, "places": place, "pool": name_of(pool)}
        script.compared.append(Compared(node, step.slot, start, joined["relation"], groups, standing, names, places))

    def result(scope: Scope) -> Sql:
        loose = same or any(each.missing for each in keys)
        made = joined["relation"]
        scope.join(made, matched(book, made, [(each, each) for each in (*groups, *standing)], loose))
        found = book.here(scope.bring(book.of(made, joined["taken"]), "taken"))
        text = f"CASE WHEN {pool.text} THEN COALESCE({found.text}, FALSE) ELSE FALSE END"
        return Sql(text, depth=2, refs=found.refs | pool.refs)

    return Comparison(query, result, step.slot)


def _places(
    script: Script, node: t.Chosen, over: str, groups: list[str], share: Sql, counted: Sequence[Sql]
) -> tuple[str, str]:
    """How many places each group has; the relation and the name of the column."""
    book = script.book
    shown = {each: book.here(each).expr for each in groups}
    part, of = book.names.new("share"), book.names.new("of")
    shown[part] = Expr(f"MIN({share.text})", share.refs)
    for each in counted:
        shown[of] = Expr(f"COUNT(CASE WHEN {each.text} THEN 1 END)", each.refs)
    group = [book.here(each).expr for each in groups]
    shares = book.add(Relation(book.names.new("shares"), over, shown, group=group, passes=False))
    if not isinstance(node.share, t.Const):
        script.shares.append(Shares(node, over, name_of(share), groups))
    scope = Scope(book, shares, "places")
    arithmetic = Arithmetic(book.dialect, scope.column)
    bits = max(bits_of(share.low, share.high), 32)
    top = replace(book.here(part), low=share.low, high=share.high, missing=True, bits=share.bits or bits)
    if counted:
        number = replace(book.here(of), low=0, high=MOST_SUBJECTS, bits=64)
        most = max(abs(share.low), abs(share.high)) * MOST_SUBJECTS
        top = arithmetic.multiply(top, number, -most, most)
    whole = arithmetic.constant(10**node.share.type.places)
    held = scope.column(arithmetic.quotient(top, whole, _MODES[node.rounded], top.low, top.high))
    text = f"CASE WHEN {held.text} > 0 THEN {held.text} ELSE 0 END"
    place = scope.define(Sql(text, bits=64, depth=1, refs=held.refs), "places")
    return scope.close(), name_of(place)
