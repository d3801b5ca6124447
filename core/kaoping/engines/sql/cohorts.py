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
from kaoping.numbers import OF_PLACES

NUMBER = "number"
"""The column that says how many rows are alike."""


def _over(book: Book, keys: list[str], order: str = "") -> str:
    """A window over the rows alike in the keys, from the first to the one at hand where there is an order."""
    parts = [f"PARTITION BY {', '.join(map(book.dialect.quoted, keys))}"] if keys else []
    parts += [f"ORDER BY {order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"] if order else []
    return f"OVER ({' '.join(parts)})"


def _refs(book: Book, *names: str) -> frozenset[tuple[str, str]]:
    return frozenset().union(*(book.here(name).refs for name in names))


class Counted(Struct, frozen=True):
    """The rows a comparison counts: by which columns, and which of them count."""

    keys: list[str]
    where: Expr | None = None


class Comparison(Struct, frozen=True):
    """A comparison in steps: `query` makes a relation of the subjects' relation, or of the distinct values of what is
    `counted` and their number; its columns `given` are joined to the subjects by `keys`, and `value` is made of them.

    So all comparisons that need nothing of one another read one relation, those that count by columns of one another
    count once, and all are joined at once.
    """

    slot: Slot
    keys: list[str]
    same: bool
    query: Callable[[str, str], str]
    given: Callable[[], list[str]]
    value: Callable[[Scope, list[Sql]], Sql]
    counted: Counted | None = None


def compare(script: Script, comparisons: Sequence[Comparison], rows: Rows) -> None:
    """Make comparisons of subjects whose columns are defined over `rows`."""
    rows.close()
    book, chain = script.book, rows.chain
    over, scope = chain.last, Scope(script.book, chain.last, "subjects")
    for host, members in _together(comparisons):
        distinct, numbers = _distinct(book, over, host, members)
        made = []
        for at, each in enumerate(members):
            number = numbers.get(at)
            held = None if number is None or host is None else (host, distinct, number)
            made.append(each.query(over, _counts(book, over, each.counted, held) if each.counted else ""))
        below = scope if host is None else Scope(book, distinct, "values")
        given = [_joined(book, below, each, relation) for each, relation in zip(members, made, strict=True)]
        if host is not None:
            relation = below.close()
            scope.join(
                relation, matched(book, relation, [(key, key) for key in host], any(each.same for each in members))
            )
            given = [[_brought(book, scope, relation, name_of(each)) for each in some] for some in given]
        for each, found in zip(members, given, strict=True):
            wish = script.wish(script.column_of(each.slot))
            chain.slots[each.slot.number] = scope.define(each.value(scope, found), wish)
    chain.last = scope.close()


def _together(comparisons: Sequence[Comparison]) -> list[tuple[list[str] | None, list[Comparison]]]:
    """The comparisons that are joined by the columns of one that counts by most; others each by themselves."""
    rest = list(comparisons)
    found: list[tuple[list[str] | None, list[Comparison]]] = []
    hosts = [each for each in comparisons if each.counted and set(each.counted.keys) == set(each.keys)]
    for host in sorted(hosts, key=lambda each: -len(each.keys)):
        members = [each for each in rest if set(each.keys) <= set(host.keys)]
        if host in members and len(members) > 1:
            found.append((host.keys, members))
            rest = [each for each in rest if each not in members]
    return [*found, *((None, [each]) for each in rest)]


def _distinct(
    book: Book, over: str, host: list[str] | None, members: Sequence[Comparison]
) -> tuple[str, dict[int, str]]:
    """The distinct values of the host's columns, and for each comparison that counts how many rows of it have them."""
    if host is None:
        return "", {}
    shown = {key: book.here(key).expr for key in host}
    numbers: dict[int, str] = {}
    for at, each in enumerate(members):
        if each.counted is not None and set(each.counted.keys) <= set(host):
            numbers[at] = book.names.new("number")
            where = each.counted.where
            shown[numbers[at]] = Expr("COUNT(*)") if where is None else _counted_where(where)
    group = [book.here(key).expr for key in host]
    return book.add(Relation(book.names.new("values"), over, shown, group=group, passes=False)), numbers


def _counts(book: Book, over: str, counted: Counted, host: tuple[list[str], str, str] | None) -> str:
    """The distinct values of the columns that are counted by, and as `NUMBER` how many rows have each: from the rows,
    or from the distinct values of a host, which has them among its columns.
    """
    keys = {key: book.here(key).expr for key in counted.keys}
    group, name = list(keys.values()), book.names.new("counted")
    if host is None:
        shown = keys | {NUMBER: Expr("COUNT(*)")}
        return book.add(Relation(name, over, shown, where=counted.where, group=group, passes=False))
    columns_, distinct, number = host
    held = book.here(number)
    there = Expr(f"{held.text} > 0", held.refs)
    if set(columns_) == set(counted.keys):
        return book.add(Relation(name, distinct, keys | {NUMBER: held.expr}, where=there, passes=False))
    total = Expr(f"CAST(SUM({held.text}) AS {book.dialect.integer(64)})", held.refs)
    return book.add(Relation(name, distinct, keys | {NUMBER: total}, where=there, group=group, passes=False))


def _counted_where(test: Expr) -> Expr:
    return Expr(f"COUNT(*) FILTER (WHERE {test.text})", test.refs)


def _joined(book: Book, scope: Scope, comparison: Comparison, relation: str) -> list[Sql]:
    """What a comparison gives, beside the rows of a scope."""
    scope.join(relation, matched(book, relation, [(key, key) for key in comparison.keys], comparison.same))
    return [_brought(book, scope, relation, name) for name in comparison.given()]


def _brought(book: Book, scope: Scope, relation: str, name: str) -> Sql:
    return replace(book.here(scope.bring(book.of(relation, name), name)), missing=True)


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
    groups, key = [name_of(each) for each in within], name_of(value)
    place = book.names.new("rank")

    def query(over: str, counted: str) -> str:
        count = book.here(NUMBER).text
        order = f"{value.text}{'' if node.lowest_first else ' DESC'}"
        text = f"CAST(SUM({count}) {_over(book, groups, order)} - {count} + 1 AS {book.dialect.integer(64)})"
        shown = {place: Expr(text, _refs(book, *groups, key, NUMBER))}
        made = book.add(Relation(book.names.new("ranks"), counted, shown))
        script.compared.append(Compared(node, step.slot, over, made, groups, [key], {"number": NUMBER}))
        return made

    def result(_: Scope, given: list[Sql]) -> Sql:
        found = replace(given[0], low=1, high=node.type.high, missing=value.missing or test is not None, bits=64)
        if test is None:
            return found
        text = f"CASE WHEN {test.text} THEN {found.text} END"
        return replace(found, text=text, depth=1, refs=found.refs | test.refs)

    tests = [
        each for each in (test.text if test else None, f"{value.text} IS NOT NULL" if value.missing else None) if each
    ]
    refs = value.refs | (test.refs if test is not None else frozenset())
    counted = Counted([*groups, key], Expr(" AND ".join(tests), refs) if tests else None)
    same = value.missing or any(each.missing for each in within)
    return Comparison(step.slot, [*groups, key], same, query, lambda: [place], result, counted)


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


def percentile(script: Script, rows: Rows, step: Step) -> Comparison:
    """A value below which a part of the values lies, in each group."""
    node, book = step.node, script.book
    assert isinstance(node, t.Percentile)
    (value,), within = columns(rows, step.needs["value"]), columns(rows, step.needs["within"])
    tests = columns(rows, step.needs["where"])
    groups = [name_of(each) for each in within]
    low, high, rest = (book.names.new(each) for each in ("low", "high", "rest"))
    whole, part = 10**node.part_places, node.part

    def query(over: str, counted: str) -> str:
        upto, total = book.names.new("upto"), book.names.new("of")
        counted = _cumulated(book, counted, groups, value, upto, total)
        at, of = book.here(upto).text, book.here(total).text
        shown = {each: book.here(each).expr for each in groups}
        used = _refs(book, name_of(value), upto, total)

        def first(position: str) -> Expr:
            return Expr(f"MIN(CASE WHEN {at} >= {position} THEN {value.text} END)", used)

        if node.linear:
            steps = book.dialect.divided(f"({part} * ({of} - 1))", str(whole), 64)
            shown[low] = first(f"{steps} + 1")
            shown[high] = first(f"CASE WHEN {steps} + 2 < {of} THEN {steps} + 2 ELSE {of} END")
            shown[rest] = Expr(f"MAX({part} * ({of} - 1) - {steps} * {whole})", _refs(book, total))
        else:
            position = book.dialect.divided(f"({part} * {of} + {whole - 1})", str(whole), 64)
            shown[low] = first(f"CASE WHEN {position} > 1 THEN {position} ELSE 1 END")
        group = [book.here(each).expr for each in groups]
        made = book.add(Relation(book.names.new("percentiles"), counted, shown, group=group, passes=False))
        script.compared.append(Compared(node, step.slot, over, made, groups, []))
        return made

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

    where = Expr(
        " AND ".join([f"{value.text} IS NOT NULL", *(each.text for each in tests)]),
        value.refs.union(*(each.refs for each in tests)),
    )
    same = any(each.missing for each in within)
    given = [low, high, rest] if node.linear else [low]
    counted = Counted([*groups, name_of(value)], where)
    return Comparison(step.slot, groups, same, query, lambda: given, result, counted)


def _cumulated(book: Book, counted: str, groups: list[str], value: Sql, upto: str, total: str) -> str:
    """How many stand up to each value of a group, and how many there are."""
    count, big = book.here(NUMBER).text, book.dialect.integer(64)
    refs = _refs(book, *groups, name_of(value), NUMBER)
    shown = {
        upto: Expr(f"CAST(SUM({count}) {_over(book, groups, value.text)} AS {big})", refs),
        total: Expr(f"CAST(SUM({count}) {_over(book, groups)} AS {big})", refs),
    }
    return book.add(Relation(book.names.new("cumulated"), counted, shown))


def chosen(script: Script, rows: Rows, step: Step) -> Comparison:
    """Who gets a place of a quota."""
    node, book = step.node, script.book
    assert isinstance(node, t.Chosen)
    (pool,), within = columns(rows, step.needs["pool"]), columns(rows, step.needs["within"])
    (share,), of = (_columns_or_constants(rows, step.needs[each]) for each in ("share", "counted"))
    keys = columns(rows, step.needs["keys"])
    groups, standing = [name_of(each) for each in within], list(dict.fromkeys(name_of(each) for each in keys))
    same = any(each.missing for each in within)
    taken: list[str] = []

    def query(over: str, counted: str) -> str:
        places, place = _places(script, node, over, groups, share, of)
        order = ", ".join(f"{each.text}{'' if node.lowest else ' DESC'} NULLS LAST" for each in keys) or "1"
        upto, count = book.names.new("upto"), book.here(NUMBER).text
        text = f"CAST(SUM({count}) {_over(book, groups, order)} AS {book.dialect.integer(64)})"
        shown = {upto: Expr(text, _refs(book, *groups, *standing, NUMBER))}
        scope = Scope(book, book.add(Relation(book.names.new("in order"), counted, shown)), "taken")
        scope.join(places, matched(book, places, [(each, each) for each in groups], same))
        most = book.here(scope.bring(book.of(places, place), place))
        test = f"{book.here(upto).text} <= {most.text}"
        if node.ties == "included":
            test = f"{book.here(upto).text} - {count} < {most.text}"
        found = Sql(f"({test})", refs=most.refs | _refs(book, upto, NUMBER))
        taken.append(name_of(scope.define(found, "taken")))
        made = scope.close()
        names = {"number": NUMBER, "upto": upto, "places": place, "pool": name_of(pool)}
        script.compared.append(Compared(node, step.slot, over, made, groups, standing, names, places))
        return made

    def result(_: Scope, given: list[Sql]) -> Sql:
        text = f"CASE WHEN {pool.text} THEN COALESCE({given[0].text}, FALSE) ELSE FALSE END"
        return Sql(text, depth=2, refs=given[0].refs | pool.refs)

    by = list(dict.fromkeys([*groups, *standing]))
    loose = same or any(each.missing for each in keys)
    return Comparison(step.slot, by, loose, query, lambda: taken, result, Counted(by, pool.expr))


def _places(
    script: Script, node: t.Chosen, over: str, groups: list[str], share: Sql, counted: Sequence[Sql]
) -> tuple[str, str]:
    """How many places each group has; the relation and the name of the column."""
    book = script.book
    shown = {each: book.here(each).expr for each in groups}
    part, of = book.names.new("share"), book.names.new("of")
    shown[part] = Expr(f"MIN({share.text})", share.refs)
    for each in counted:
        shown[of] = Expr("COUNT(*)") if each.text == book.dialect.literal(True) else _counted_where(each.expr)
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
