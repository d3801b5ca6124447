"""Comparisons among subjects in SQL: from the distinct values of each group, counted, and joined back.

A rank or a line of a quota is the same for all who have the same value, so nothing is sorted but the distinct values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.engines.lower import Slot
from kaoping.engines.sql.arithmetic import Sql
from kaoping.engines.sql.packed import Keys, Packed, packed
from kaoping.engines.sql.program import Compared, Rows, Script, matched, name_of
from kaoping.engines.sql.relations import Expr, Relation
from kaoping.engines.sql.scopes import Book, Scope, refs_of

NUMBER = "number"
"""The column that says how many rows are alike."""
HALF = 2**31
"""More subjects than there can be, so that two numbers of them are one of 64 bits."""


def over_alike(book: Book, keys: list[str], order: str = "") -> str:
    """A window over the rows alike in the keys, from the first to the one at hand where there is an order."""
    parts = [f"PARTITION BY {', '.join(map(book.dialect.quoted, keys))}"] if keys else []
    parts += [f"ORDER BY {order} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"] if order else []
    return f"OVER ({' '.join(parts)})"


def refs(book: Book, *names: str) -> frozenset[tuple[str, str]]:
    """What reading some columns reads."""
    return frozenset().union(*(book.here(name).refs for name in names))


class Counted(Struct, frozen=True):
    """The subjects a comparison counts: by which columns, and which of them count."""

    keys: Keys
    where: Expr | None = None


class Beside(Struct, frozen=True):
    """What a comparison puts beside the distinct values: the columns it gives, and those of `Compared`."""

    given: list[Sql]
    names: dict[str, str] = {}
    places: str | None = None


class Comparison(Struct, frozen=True):
    """A comparison in steps: what it gives is joined to the subjects by `keys`, and `value` is made of it.

    One that gives something for every distinct value defines it `beside` those, in the scope over them, where columns
    say how many subjects have each, and how many stand up to it in the `order` of their group. One that gives something
    for every group makes a relation by a `query`, of that of the subjects or of the distinct values of what is
    `counted`; its columns `given` are joined.

    So all comparisons that need nothing of one another read one relation, those that count by columns of one another
    count once, and all are joined at once.
    """

    node: t.Typed
    slot: Slot
    groups: list[str]
    keys: Keys
    value: Callable[[Scope, list[Sql]], Sql]
    counted: Counted | None = None
    beside: Callable[[str, Scope, Sql, Sql], Beside] | None = None
    order: str = ""
    query: Callable[[str, str], str] | None = None
    given: Callable[[], list[str]] = list


def compare(script: Script, comparisons: Sequence[Comparison], rows: Rows) -> None:
    """Make comparisons of subjects whose columns are defined over `rows`."""
    book, chain = script.book, rows.chain
    together = [(host, members, packed(rows.scope, host)) for host, members in _together(comparisons)]
    rows.close()
    over, scope = chain.last, Scope(book, chain.last, "subjects")
    for host, members, one in together:
        if not host or (one is None and len(members) == 1):
            given = [_beside_groups(script, scope, over, each, None) for each in members]
        else:
            given = _hosted(script, scope, over, host, members, one)
        for each, found in zip(members, given, strict=True):
            wish = script.wish(script.column_of(each.slot))
            chain.slots[each.slot.number] = scope.define(each.value(scope, found), wish)
    chain.last = scope.close()


def _together(comparisons: Sequence[Comparison]) -> list[tuple[Keys, list[Comparison]]]:
    """The comparisons that are joined by the columns of one that counts by most; others each by themselves."""
    rest = list(comparisons)
    found: list[tuple[Keys, list[Comparison]]] = []
    for host in sorted((each for each in comparisons if each.beside), key=lambda each: -len(each.keys)):
        members = [each for each in rest if set(each.keys) <= set(host.keys)]
        if host in members:
            found.append((host.keys, members))
            rest = [each for each in rest if each not in members]
    return [*found, *(({}, [each]) for each in rest)]


def _hosted(
    script: Script, scope: Scope, over: str, host: Keys, members: Sequence[Comparison], one: Packed | None
) -> list[list[Sql]]:
    """What comparisons give, by way of the distinct values of the host's columns: beside the subjects of a scope."""
    book = script.book
    distinct, numbers = _distinct(book, over, host, members, one)
    values = Scope(book, distinct, "values")
    own = [at for at, each in enumerate(members) if each.beside is not None and set(each.keys) == set(host)]
    asked = [(members[at], book.here(numbers[at])) for at in own]
    reached = dict(zip(own, _reached(book, values, asked), strict=True))
    made: list[Beside | list[Sql]] = []
    for at, each in enumerate(members):
        if each.beside is not None and at in reached:
            made.append(each.beside(over, values, book.here(numbers[at]), reached[at]))
        else:
            held = (host, distinct, numbers[at]) if at in numbers else None
            made.append(_beside_groups(script, values, over, each, held))
    relation = values.close()
    given = [each.given if isinstance(each, Beside) else each for each in made]
    names = [name_of(each) for some in given for each in some]
    for each, found in zip(members, made, strict=True):
        if isinstance(found, Beside):
            _told(script, each, over, relation, names, found, distinct)
    if one is None:
        pairs = [(key, key) for key in host]
        scope.join(relation, matched(book, relation, pairs, any(each.missing for each in host.values())))
    else:
        scope.join(relation, matched(book, relation, [(one.name, one.name)]), sure=True)
    return [[_brought(book, scope, relation, name_of(each)) for each in some] for some in given]


def _distinct(
    book: Book, over: str, host: Keys, members: Sequence[Comparison], one: Packed | None
) -> tuple[str, dict[int, str]]:
    """The distinct values of the host's columns, and for each comparison that counts how many rows of it have them."""
    group = list(host) if one is None else [one.name]
    shown = {key: book.here(key).expr for key in group} | (one.parts if one is not None else {})
    numbers: dict[int, str] = {}
    known: dict[str, str] = {}
    for at, each in enumerate(members):
        if each.counted is not None and set(each.counted.keys) <= set(host):
            count = counted_rows(each.counted.where)
            if count.text not in known:
                known[count.text] = book.names.new("number")
                shown[known[count.text]] = count
            numbers[at] = known[count.text]
    by = [book.here(key).expr for key in group]
    return book.add(Relation(book.names.new("values"), over, shown, group=by, passes=False)), numbers


def _reached(book: Book, values: Scope, asked: Sequence[tuple[Comparison, Sql]]) -> list[Sql]:
    """How many subjects stand up to each distinct value, for comparisons with the columns of their numbers.

    A window costs more than all else here: where the dialect packs, two numbers are added up as one.
    """
    found: dict[int, Sql] = {}
    windows: dict[str, list[int]] = {}
    for at, (each, _) in enumerate(asked):
        windows.setdefault(over_alike(book, each.groups, each.order), []).append(at)
    size = 2 if book.dialect.packs else 1
    for window, all_of_it in windows.items():
        for some in (all_of_it[at : at + size] for at in range(0, len(all_of_it), size)):
            numbers = [asked[at][1] for at in some]
            read = refs_of([*numbers, *(each for at in some for each in asked[at][0].keys.values())])
            added = f" * {HALF} + ".join(each.text for each in numbers)
            text = f"CAST(SUM({added}) {window} AS {book.dialect.integer(64)})"
            upto = values.define(Sql(text, depth=1, refs=read), "upto")
            if len(some) == 1:
                found[some[0]] = upto
                continue
            for at, half in zip(some, ("//", "%"), strict=True):
                found[at] = values.define(Sql(f"({upto.text} {half} {HALF})", depth=1, refs=upto.refs), "upto")
    return [found[at] for at in range(len(asked))]


def _beside_groups(
    script: Script, scope: Scope, over: str, comparison: Comparison, host: tuple[Keys, str, str] | None
) -> list[Sql]:
    """What a comparison gives, joined to the rows of a scope by a relation of its own."""
    book, counted = script.book, comparison.counted
    values = _counts(book, over, counted, host) if counted is not None else ""
    if comparison.beside is not None:
        own = Scope(book, values, "values")
        (upto,) = _reached(book, own, [(comparison, book.here(NUMBER))])
        found = comparison.beside(over, own, book.here(NUMBER), upto)
        relation, given = own.close(), [name_of(each) for each in found.given]
    else:
        assert comparison.query is not None
        found = Beside([])
        relation = comparison.query(over, values)
        given = comparison.given()
    _told(script, comparison, over, relation, given, found)
    same = any(each.missing for each in comparison.keys.values())
    scope.join(relation, matched(book, relation, [(key, key) for key in comparison.keys], same))
    return [_brought(book, scope, relation, name) for name in given]


def _told(
    script: Script, comparison: Comparison, over: str, relation: str, given: list[str], found: Beside,
    values: str | None = None,
) -> None:  # fmt: skip
    groups = comparison.groups
    keys = [key for key in comparison.keys if key not in groups]
    node, slot = comparison.node, comparison.slot
    script.compared.append(Compared(node, slot, over, relation, groups, keys, given, found.names, found.places, values))


def _counts(book: Book, over: str, counted: Counted, host: tuple[Keys, str, str] | None) -> str:
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


def counted_rows(test: Expr | None) -> Expr:
    """How many rows there are, or of how many something holds."""
    return Expr("COUNT(*)") if test is None else Expr(f"COUNT(*) FILTER (WHERE {test.text})", test.refs)


def _brought(book: Book, scope: Scope, relation: str, name: str) -> Sql:
    return replace(book.here(scope.bring(book.of(relation, name), name)), missing=True)


def named(values: Sequence[Sql]) -> Keys:
    """Columns by their names."""
    return {name_of(each): each for each in values}
