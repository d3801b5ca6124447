"""Comparisons among subjects in SQL: from the distinct values of each group, counted, and joined back.

A rank or a line of a quota is the same for all who have the same value, so nothing is sorted but the distinct values.
"""

from __future__ import annotations

from msgspec.structs import replace

from kaoping import typed as t
from kaoping.engines.lower import Step
from kaoping.engines.sql.arithmetic import Arithmetic, Sql
from kaoping.engines.sql.dialects import bits_of
from kaoping.engines.sql.folds import MOST_SUBJECTS
from kaoping.engines.sql.program import Rows, Script, Shares, matched, name_of
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


def rank(script: Script, step: Step) -> None:
    """Ranks 1, 2, 2, 4 in each group."""
    assert isinstance(step.node, t.Rank)
    rows = Rows(script, t.EACH)
    (slot,) = step.needs["value"]
    assert slot is not None
    value = rows.scope_column(rows.slot(slot))
    within = [rows.scope_column(rows.slot(each)) for each in step.needs["within"] if each is not None]
    rows.close()
    book, chain = script.book, rows.chain
    keys, key = [name_of(each) for each in within], name_of(value)
    where = Expr(f"{value.text} IS NOT NULL", value.refs) if value.missing else None
    over, number = _counted(book, chain.last, [*keys, key], where)
    place = book.names.new("rank")
    order = f"{value.text}{'' if step.node.lowest_first else ' DESC'}"
    count = book.here(number).text
    text = f"CAST(SUM({count}) {_over(book, keys, order)} - {count} + 1 AS {book.dialect.integer(64)})"
    made = book.add(Relation(book.names.new("ranks"), over, {place: Expr(text, _refs(book, *keys, key, number))}))
    same = any(each.missing for each in within)
    scope = Scope(book, chain.last, "subjects")
    scope.join(made, matched(book, made, [(each, each) for each in (*keys, key)], same))
    name = scope.bring(book.of(made, place), script.wish(script.column_of(step.slot)))
    chain.slots[step.slot.number] = replace(
        book.here(name), low=1, high=step.node.type.high, missing=value.missing, bits=64
    )
    chain.last = scope.close()


def percentile(script: Script, step: Step) -> None:
    """A value below which a part of the values lies, in each group."""
    node = step.node
    assert isinstance(node, t.Percentile)
    rows = Rows(script, t.EACH)
    (slot,), (where,) = step.needs["value"], step.needs["where"]
    assert slot is not None
    value = rows.scope_column(rows.slot(slot))
    test = None if where is None else rows.slot(where)
    within = [rows.scope_column(rows.slot(each)) for each in step.needs["within"] if each is not None]
    rows.close()
    book, chain = script.book, rows.chain
    keys, key = [name_of(each) for each in within], name_of(value)
    asked = f"{value.text} IS NOT NULL" + (f" AND {test.text}" if test is not None else "")
    refs = value.refs | (test.refs if test is not None else frozenset())
    over, number = _counted(book, chain.last, [*keys, key], Expr(asked, refs))
    upto, total = book.names.new("upto"), book.names.new("of")
    count, big = book.here(number).text, book.dialect.integer(64)
    all_refs = _refs(book, *keys, key, number)
    over = book.add(
        Relation(
            book.names.new("cumulated"),
            over,
            {
                upto: Expr(f"CAST(SUM({count}) {_over(book, keys, value.text)} AS {big})", all_refs),
                total: Expr(f"CAST(SUM({count}) {_over(book, keys)} AS {big})", all_refs),
            },
        )
    )
    whole, part, of, at = 10**node.part_places, node.part, book.here(total).text, book.here(upto).text
    divided = book.dialect.divided
    columns = {each: book.here(each).expr for each in keys}
    used = _refs(book, key, upto, total)

    def first(position: str) -> Expr:
        return Expr(f"MIN(CASE WHEN {at} >= {position} THEN {value.text} END)", used)

    low, high, rest = (book.names.new(each) for each in ("low", "high", "rest"))
    if node.linear:
        steps = divided(f"({part} * ({of} - 1))", str(whole), 64)
        columns[low] = first(f"{steps} + 1")
        columns[high] = first(f"CASE WHEN {steps} + 2 < {of} THEN {steps} + 2 ELSE {of} END")
        columns[rest] = Expr(f"MAX({part} * ({of} - 1) - {steps} * {whole})", _refs(book, total))
    else:
        position = divided(f"({part} * {of} + {whole - 1})", str(whole), 64)
        columns[low] = first(f"CASE WHEN {position} > 1 THEN {position} ELSE 1 END")
    group = [book.here(each).expr for each in keys]
    made = book.add(Relation(book.names.new("percentiles"), over, columns, group=group, passes=False))
    scope = Scope(book, chain.last, "subjects")
    scope.join(made, matched(book, made, [(each, each) for each in keys], any(each.missing for each in within)))
    arithmetic = Arithmetic(book.dialect, scope.column)

    def brought(name: str, least: int, most: int, bits: int) -> Sql:
        found = book.here(scope.bring(book.of(made, name), name))
        return replace(found, low=least, high=most, missing=True, bits=bits)

    bits = value.bits or 32
    one = brought(low, value.low, value.high, bits)
    if node.linear:
        two, left = brought(high, value.low, value.high, bits), brought(rest, 0, whole, 64)
        span = value.high - value.low
        between = arithmetic.add([two, arithmetic.negate(one, -value.high, -value.low)], 0, span)
        more = arithmetic.multiply(between, left, 0, span * whole)
        base = arithmetic.multiply(one, arithmetic.constant(whole), value.low * whole, value.high * whole)
        most = max(abs(value.low), abs(value.high)) * whole + span * whole
        top = arithmetic.scaled(arithmetic.add([base, more], -most, most), node.digits)
        result = arithmetic.quotient(top, arithmetic.constant(whole), "half up", node.type.low, node.type.high)
    else:
        result = arithmetic.scaled(one, node.digits)
    chain.slots[step.slot.number] = scope.define(
        replace(result, missing=True), script.wish(script.column_of(step.slot))
    )
    chain.last = scope.close()


def chosen(script: Script, step: Step) -> None:
    """Who gets a place of a quota."""
    node = step.node
    assert isinstance(node, t.Chosen)
    rows = Rows(script, t.EACH)
    (pool_slot,), (share_slot,), (counted_slot,) = step.needs["pool"], step.needs["share"], step.needs["counted"]
    assert pool_slot is not None
    assert share_slot is not None
    pool, share = rows.scope_column(rows.slot(pool_slot)), rows.scope_column(rows.slot(share_slot))
    counted = None if counted_slot is None else rows.slot(counted_slot)
    within = [rows.scope_column(rows.slot(each)) for each in step.needs["within"] if each is not None]
    keys = [rows.scope_column(rows.slot(each)) for each in step.needs["keys"] if each is not None]
    rows.close()
    book, chain = script.book, rows.chain
    groups, standing = [name_of(each) for each in within], [name_of(each) for each in keys]
    same = any(each.missing for each in within)
    places, place = _places(script, node, chain.last, groups, share, counted)
    over, number = _counted(book, chain.last, [*groups, *standing], pool.expr)
    order = ", ".join(f"{each.text}{'' if node.lowest else ' DESC'} NULLS LAST" for each in keys) or "1"
    upto, taken = book.names.new("upto"), book.names.new("taken")
    count = book.here(number).text
    text = f"CAST(SUM({count}) {_over(book, groups, order)} AS {book.dialect.integer(64)})"
    over = book.add(
        Relation(book.names.new("in order"), over, {upto: Expr(text, _refs(book, *groups, *standing, number))})
    )
    scope = Scope(book, over, "taken")
    scope.join(places, matched(book, places, [(each, each) for each in groups], same))
    most = book.here(scope.bring(book.of(places, place), place))
    test = f"{book.here(upto).text} <= {most.text}"
    if node.ties == "included":
        test = f"{book.here(upto).text} - {count} < {most.text}"
    taken = name_of(scope.define(Sql(f"({test})", refs=most.refs | _refs(book, upto, number)), taken))
    made = scope.close()
    scope = Scope(book, chain.last, "subjects")
    loose = same or any(each.missing for each in keys)
    scope.join(made, matched(book, made, [(each, each) for each in (*groups, *standing)], loose))
    found = book.here(scope.bring(book.of(made, taken), taken))
    text = f"CASE WHEN {pool.text} THEN COALESCE({found.text}, FALSE) ELSE FALSE END"
    value = Sql(text, depth=2, refs=found.refs | pool.refs)
    chain.slots[step.slot.number] = scope.define(value, script.wish(script.column_of(step.slot)))
    chain.last = scope.close()


def _places(
    script: Script, node: t.Chosen, over: str, groups: list[str], share: Sql, counted: Sql | None
) -> tuple[str, str]:
    """How many places each group has; the relation and the name of the column."""
    book = script.book
    columns = {each: book.here(each).expr for each in groups}
    part, of = book.names.new("share"), book.names.new("of")
    columns[part] = Expr(f"MIN({share.text})", share.refs)
    if counted is not None:
        columns[of] = Expr(f"COUNT(CASE WHEN {counted.text} THEN 1 END)", counted.refs)
    group = [book.here(each).expr for each in groups]
    shares = book.add(Relation(book.names.new("shares"), over, columns, group=group, passes=False))
    if share.refs and not isinstance(node.share, t.Const):
        script.shares.append(Shares(node, over, name_of(share), groups))
    scope = Scope(book, shares, "places")
    arithmetic = Arithmetic(book.dialect, scope.column)
    bits = max(bits_of(share.low, share.high), 32)
    top = replace(book.here(part), low=share.low, high=share.high, missing=True, bits=share.bits or bits)
    if counted is not None:
        number = replace(book.here(of), low=0, high=MOST_SUBJECTS, bits=64)
        most = max(abs(share.low), abs(share.high)) * MOST_SUBJECTS
        top = arithmetic.multiply(top, number, -most, most)
    whole = arithmetic.constant(10**node.share.type.places)
    result = arithmetic.quotient(top, whole, _MODES[node.rounded], top.low, top.high)
    held = scope.column(result)
    text = f"CASE WHEN {held.text} > 0 THEN {held.text} ELSE 0 END"
    place = scope.define(Sql(text, bits=64, depth=1, refs=held.refs), "places")
    return scope.close(), name_of(place)
