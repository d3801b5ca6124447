"""Ranks, percentiles and quotas in SQL, as comparisons among subjects."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from kaoping import typed as t
from kaoping.engines.lower import Slot, Step
from kaoping.engines.sql.arithmetic import Arithmetic, Sql
from kaoping.engines.sql.cohorts import (
    NUMBER,
    Beside,
    Comparison,
    Counted,
    counted_rows,
    named,
    over_alike,
    refs,
)
from kaoping.engines.sql.dialects import bits_of
from kaoping.engines.sql.folds import MOST_SUBJECTS
from kaoping.engines.sql.program import Rows, Script, Shares, matched, name_of
from kaoping.engines.sql.relations import Expr, Relation
from kaoping.engines.sql.scopes import Book, Scope, refs_of
from kaoping.numbers import OF_PLACES


def columns(rows: Rows, slots: Sequence[Slot | None]) -> list[Sql]:
    """Slots as columns."""
    return [rows.scope_column(rows.slot(each)) for each in slots if each is not None]


def _columns_or_constants(rows: Rows, slots: Sequence[Slot | None]) -> list[Sql]:
    """Slots as columns; what is the same for all is not written beside every row."""
    found = [rows.slot(each) for each in slots if each is not None]
    return [rows.scope_column(each) if each.refs else each for each in found]


def rank(script: Script, rows: Rows, step: Step) -> Comparison:
    """Ranks 1, 2, 2, 4 in each group."""
    node, book = step.node, script.book
    assert isinstance(node, t.Rank)
    within = columns(rows, step.needs["within"])
    value, test = _ranked(script, rows, step)
    groups, bits = [name_of(each) for each in within], bits_of(1, node.type.high)

    def beside(_: str, values: Scope, number: Sql, upto: Sql) -> Beside:
        text = f"CAST({upto.text} - {number.text} + 1 AS {book.dialect.integer(bits)})"
        if value.missing:
            text = f"CASE WHEN {value.text} IS NOT NULL THEN {text} END"
        place = values.define(Sql(text, depth=2, refs=upto.refs | number.refs | value.refs), "rank")
        return Beside([place], {"number": name_of(number)})

    def result(_: Scope, given: list[Sql]) -> Sql:
        found = replace(given[0], low=1, high=node.type.high, missing=value.missing or test is not None, bits=bits)
        if test is None:
            return found
        text = f"CASE WHEN {test.text} THEN {found.text} END"
        return replace(found, text=text, depth=1, refs=found.refs | test.refs)

    keys = named([*within, value])
    counted = Counted(keys, _all([test] if test is not None else [], value))
    order = f"{value.text}{'' if node.lowest_first else ' DESC'} NULLS LAST"
    return Comparison(node, step.slot, groups, keys, result, counted, beside, order)


def _ranked(script: Script, rows: Rows, step: Step) -> tuple[Sql, Sql | None]:
    """The value that is ranked; of one that only some have (`applies if`) the value itself, and who has it: so it is
    counted together with others of the same value.
    """
    node = step.node
    assert isinstance(node, t.Rank)
    (slot,) = step.needs["value"]
    assert slot is not None
    column = script.program.plan.columns.get(node.value.key) if isinstance(node.value, t.Read) else None
    match column.value if column is not None else None:
        case t.Choose(arms=((condition, t.Read() as held),), otherwise=t.Const(value=None)) if held.key.frame == t.EACH:
            value, test = rows.value(held), rows.value(condition)
            if not value.missing and not test.missing:
                return rows.scope_column(value), rows.scope_column(test)
    return rows.scope_column(rows.slot(slot)), None


def _all(tests: Sequence[Sql], value: Sql) -> Expr | None:
    """That all of some tests hold, and that a value is there where it may be missing."""
    texts = [*(each.text for each in tests), *([f"{value.text} IS NOT NULL"] if value.missing else [])]
    return Expr(" AND ".join(texts), refs_of([*tests, value])) if texts else None


def percentile(script: Script, rows: Rows, step: Step) -> Comparison:
    """A value below which a part of the values lies, in each group."""
    node, book = step.node, script.book
    assert isinstance(node, t.Percentile)
    (value,), within = columns(rows, step.needs["value"]), columns(rows, step.needs["within"])
    tests = columns(rows, step.needs["where"])
    groups = [name_of(each) for each in within]
    low, high, rest = (book.names.new(each) for each in ("low", "high", "rest"))
    whole, part = 10**node.part_places, node.part

    def query(_: str, counted: str) -> str:
        upto, total = book.names.new("upto"), book.names.new("of")
        counted = _cumulated(book, counted, groups, value, upto, total)
        at, of = book.here(upto).text, book.here(total).text
        shown = {each: book.here(each).expr for each in groups}
        used = refs(book, name_of(value), upto, total)

        def first(position: str) -> Expr:
            return Expr(f"MIN(CASE WHEN {at} >= {position} THEN {value.text} END)", used)

        if node.linear:
            steps = book.dialect.divided(f"({part} * ({of} - 1))", str(whole), 64)
            shown[low] = first(f"{steps} + 1")
            shown[high] = first(f"CASE WHEN {steps} + 2 < {of} THEN {steps} + 2 ELSE {of} END")
            shown[rest] = Expr(f"MAX({part} * ({of} - 1) - {steps} * {whole})", refs(book, total))
        else:
            position = book.dialect.divided(f"({part} * {of} + {whole - 1})", str(whole), 64)
            shown[low] = first(f"CASE WHEN {position} > 1 THEN {position} ELSE 1 END")
        group = [book.here(each).expr for each in groups]
        return book.add(Relation(book.names.new("percentiles"), counted, shown, group=group, passes=False))

    def result(scope: Scope, given: list[Sql]) -> Sql:
        arithmetic = Arithmetic(book.dialect, scope.column)
        one = replace(given[0], low=value.low, high=value.high, bits=value.bits or 32)
        if not node.linear:
            return replace(arithmetic.scaled(one, node.digits), missing=True)
        two, left = replace(one, text=given[1].text, refs=given[1].refs), replace(given[2], high=whole, bits=64)
        span = value.high - value.low
        between = arithmetic.add([two, arithmetic.negate(one, -value.high, -value.low)], 0, span)
        more = arithmetic.multiply(between, left, 0, span * whole)
        base = arithmetic.scaled(one, node.part_places)
        most = max(abs(value.low), abs(value.high)) * whole + span * whole
        top = arithmetic.add([base, more], -most, most)
        ends, digits = (node.type.low, node.type.high), node.digits
        by = arithmetic.constant(whole * 10 ** max(-digits, 0))  # the result may have fewer places than the values
        return replace(arithmetic.quotient(top, by, "half up", *ends, max(digits, 0)), missing=True)

    given = [low, high, rest] if node.linear else [low]
    counted = Counted(named([*within, value]), _all(tests, value))
    return Comparison(node, step.slot, groups, named(within), result, counted, query=query, given=lambda: given)


def _cumulated(book: Book, counted: str, groups: list[str], value: Sql, upto: str, total: str) -> str:
    """How many stand up to each value of a group, and how many there are."""
    count, big = book.here(NUMBER).text, book.dialect.integer(64)
    read = refs(book, *groups, name_of(value), NUMBER)
    shown = {
        upto: Expr(f"CAST(SUM({count}) {over_alike(book, groups, value.text)} AS {big})", read),
        total: Expr(f"CAST(SUM({count}) {over_alike(book, groups)} AS {big})", read),
    }
    return book.add(Relation(book.names.new("cumulated"), counted, shown))


def chosen(script: Script, rows: Rows, step: Step) -> Comparison:
    """Who gets a place of a quota."""
    node, book = step.node, script.book
    assert isinstance(node, t.Chosen)
    (pool,), within = columns(rows, step.needs["pool"]), columns(rows, step.needs["within"])
    (share,), of = (_columns_or_constants(rows, step.needs[each]) for each in ("share", "counted"))
    keys = columns(rows, step.needs["keys"])
    groups = [name_of(each) for each in within]

    def beside(over: str, values: Scope, number: Sql, upto: Sql) -> Beside:
        places, place = _places(script, node, over, within, share, of)
        same = any(each.missing for each in within)
        values.join(places, matched(book, places, [(each, each) for each in groups], same))
        most = book.here(values.bring(book.of(places, place), place))
        test = f"{upto.text} <= {most.text}"
        if node.ties == "included":
            test = f"{upto.text} - {number.text} < {most.text}"
        taken = values.define(Sql(f"({test})", depth=2, refs=most.refs | upto.refs | number.refs), "taken")
        names = {"number": name_of(number), "upto": name_of(upto), "places": place, "pool": name_of(pool)}
        return Beside([taken], names, places)

    def result(_: Scope, given: list[Sql]) -> Sql:
        chosen = f"COALESCE({given[0].text}, FALSE)"
        text = f"CASE WHEN {pool.text} THEN {chosen} ELSE FALSE END" if pool.missing else f"({pool.text} AND {chosen})"
        return Sql(text, depth=2, refs=given[0].refs | pool.refs)

    by = named([*within, *keys])
    order = ", ".join(f"{each.text}{'' if node.lowest else ' DESC'} NULLS LAST" for each in keys) or "1"
    return Comparison(node, step.slot, groups, by, result, Counted(by, pool.expr), beside, order)


def _places(
    script: Script, node: t.Chosen, over: str, within: Sequence[Sql], share: Sql, counted: Sequence[Sql]
) -> tuple[str, str]:
    """How many places each group has; the relation and the name of the column."""
    book, groups = script.book, [name_of(each) for each in within]
    shown = {each: book.here(each).expr for each in groups}
    part, of = book.names.new("share"), book.names.new("of")
    shown[part] = Expr(f"MIN({share.text})", share.refs)
    for each in counted:
        shown[of] = counted_rows(None if each.text == book.dialect.literal(True) else each.expr)
    group = [book.here(each).expr for each in groups]
    shares = book.add(Relation(book.names.new("shares"), over, shown, group=group, passes=False))
    if share.refs:
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
    held = scope.column(arithmetic.quotient(top, whole, OF_PLACES[node.rounded], top.low, top.high))
    text = f"CASE WHEN {held.text} > 0 THEN {held.text} ELSE 0 END"
    place = scope.define(Sql(text, bits=64, depth=1, refs=held.refs), "places")
    return scope.close(), name_of(place)
