"""Relations: the queries that a plan becomes, one after the other, and how they are printed.

A relation computes columns beside those of the relation it is `over`, which pass through. What nobody reads in the end
is not printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct, field

from kaoping.engines.sql.dialects import NAME_BYTES, Dialect

Ref = tuple[str, str]
"""A column of a relation."""


class Expr(Struct, frozen=True):
    """SQL, and the columns it reads."""

    text: str
    refs: frozenset[Ref] = frozenset()


class Join(Struct, frozen=True):
    """A relation beside the one a query is over; without `on` every row of it (it has one).

    An `inner` one says which rows there are. With `sure` every row is known to have one row beside it.
    """

    relation: str
    on: Expr | None = None
    inner: bool = False
    sure: bool = False


class Relation(Struct):
    """A query. `over` names the relation whose columns pass through; without it only `columns` are there.

    `source` is what it reads where that is no relation: a table, or rows written out. `parts` are queries whose rows
    are put together; their columns have the same names. `order` is what the rows are put in order by.
    """

    name: str
    over: str | None = None
    columns: dict[str, Expr] = field(default_factory=dict)
    joins: list[Join] = field(default_factory=list)
    where: Expr | None = None
    group: list[Expr] = field(default_factory=list)
    order: Expr | None = None
    passes: bool = True
    source: str | None = None
    parts: list[Relation] = field(default_factory=list)
    comments: dict[str, str] = field(default_factory=dict)


class Names(Struct):
    """Names that no engine confuses: different whatever the case, and no longer than they may be."""

    taken: set[str] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)  # the last number that was tried for a wish

    def new(self, wish: str) -> str:
        """A name as near to the wish as possible."""
        wish = wish.replace("\0", "")
        text = _cut(f"_{wish}" if wish.casefold().startswith("sqlite_") else wish, NAME_BYTES)  # SQLite keeps those
        name, number = text, self.numbers.get(text, 1)
        while name.casefold() in self.taken:
            number += 1
            tail = f"_{number}"
            name = _cut(text, NAME_BYTES - len(tail)) + tail
        self.numbers[text] = number
        self.taken.add(name.casefold())
        return name


def _cut(text: str, length: int) -> str:
    return text.encode()[:length].decode(errors="ignore")


def needed(relations: Mapping[str, Relation], wanted: Iterable[Ref]) -> dict[str, set[str]]:
    """The columns that are read of each relation, so that the wanted ones can be had."""
    found: dict[str, set[str]] = {}
    waiting: list[tuple[str, str | None]] = list(wanted)
    while waiting:
        name, column = waiting.pop()
        relation = relations[name]
        queries = relation.parts or [relation]
        if name not in found:
            found[name] = set()
            for query in queries:
                waiting += [(other, None) for other in _sources(query)]
                waiting += _refs(query, _rows_by(query))
        if column is None or column in found[name]:
            continue
        found[name].add(column)
        for query in queries:
            expression = query.columns.get(column)
            if expression is not None:
                waiting += _refs(query, [expression])
            elif query.over is not None and query.passes:
                waiting.append((query.over, column))
            else:
                raise KeyError((name, column))
    return found


def _sources(query: Relation) -> list[str]:
    """The relations that say which rows a query has."""
    return [*([query.over] if query.over else []), *(join.relation for join in query.joins if join.inner)]


def _rows_by(query: Relation) -> list[Expr]:
    """The expressions that say which rows a query has, and in which order."""
    on = [join.on for join in query.joins if join.inner and join.on is not None]
    return [*([query.where] if query.where else []), *query.group, *([query.order] if query.order else []), *on]


def _refs(query: Relation, expressions: Iterable[Expr]) -> list[Ref]:
    """The columns that expressions read, and those by which the relations they read are joined."""
    found = [ref for each in expressions for ref in each.refs]
    for join in _joined(query, found):
        found += join.on.refs if join.on is not None else ()
    return found


def _joined(query: Relation, refs: Iterable[Ref]) -> list[Join]:
    """The joins that are needed for some columns: one that adds no rows is only there for what it brings."""
    read = {relation for relation, _ in refs}
    return [join for join in query.joins if join.inner or join.relation in read]


def joins(query: Relation, read: set[str]) -> list[Join]:
    """The joins of a query that has to give some columns."""
    refs = [ref for name, each in query.columns.items() if name in read for ref in each.refs]
    return _joined(query, [*refs, *(ref for each in _rows_by(query) for ref in each.refs)])


def uses(relations: Mapping[str, Relation], read: Mapping[str, set[str]]) -> dict[str, int]:
    """How often each relation is read by others."""
    count = dict.fromkeys(read, 0)
    for name in read:
        relation = relations[name]
        for query in relation.parts or (relation,):
            for source in [
                *([query.over] if query.over else []),
                *(join.relation for join in joins(query, read[name])),
            ]:
                if source in count:
                    count[source] += 1
    return count


MOST_COPIES, MOST_JOINED = 20, 20
"""How often a column may stand in the text an engine makes, and how many tables side by side; SQLite joins 64."""


def swelling(relations: Mapping[str, Relation], read: Mapping[str, set[str]], dialect: Dialect) -> set[str]:
    """The relations to be computed before they are read, in engines that put the text of a query in the place of its
    name: twenty columns, each of which reads the one before three times, would be three thousand million.
    """
    found: set[str] = set()
    if not dialect.copies:
        return found
    size: dict[Ref, int] = {}
    tables: dict[str, int] = {}
    for name, relation in relations.items():
        if name not in read:
            continue
        queries = relation.parts or [relation]
        for query in queries:
            for column in read[name]:
                own = query.columns.get(column)
                copies = [_copies(ref, own, size, dialect) for ref in own.refs] if own is not None else [1]
                passed = size.get((query.over or "", column), 1) if own is None else 1
                size[name, column] = max(size.get((name, column), 1), passed, sum(copies))
        tables[name] = sum(tables.get(each.over or "", 1) + len(joins(each, read[name])) for each in queries)
        if tables[name] > MOST_JOINED or any(size[name, column] > MOST_COPIES for column in read[name]):
            found.add(name)
            tables[name] = 1
            size |= {(name, column): 1 for column in read[name]}
    return found


def _copies(ref: Ref, expression: Expr, size: Mapping[Ref, int], dialect: Dialect) -> int:
    return expression.text.count(dialect.quoted(ref[1])) * size.get(ref, 1)


Outputs = list[tuple[str, Expr]]
"""Columns of a result: their names, and expressions over the columns of a relation."""


def statement(
    relations: Mapping[str, Relation], last: str, outputs: Outputs, dialect: Dialect, tail: str = "",
    comments: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """One query for the `outputs` over the relation `last`, with all it needs before it."""
    read = needed(relations, {ref for _, expression in outputs for ref in expression.refs})
    count = uses(relations, read)
    for name in swelling(relations, read, dialect):
        count[name] += 1
    return _query(relations, read, count, list(read), last, outputs, dialect, tail, comments=comments)


def statements(
    relations: Mapping[str, Relation], last: str, outputs: Outputs, dialect: Dialect, tail: str = "",
    kept: Iterable[Ref] = (), step: Callable[[str], str] | None = None, comments: Mapping[str, str] | None = None,
) -> tuple[list[tuple[str, str]], str]:  # fmt: skip
    """The same in steps, for engines that write a relation out again for every reader of it: tables to be made first,
    each with its query, and the query for the outputs. `kept` are columns of relations that are to be tables, too.

    The tables are called as the relations are, or as `step` says, given the query, where an engine's tables need plain
    names.
    """
    kept = set(kept)
    read = needed(relations, {ref for _, expression in outputs for ref in expression.refs} | kept)
    count = uses(relations, read)
    for name in {relation for relation, _ in kept}:
        count[name] += 2
    for name in swelling(relations, read, dialect):
        count[name] += 1
    tables: list[tuple[str, str]] = []
    made: dict[str, str] = {}
    depths: dict[str, int] = {}
    for name in relations:
        if name not in read:
            continue
        depths[name] = 1 + max((depths[each] for each in _read_by(relations, read, name)), default=0)
        deep = dialect.deepest and depths[name] >= dialect.deepest and name != last
        if count[name] > 1 or len(relations[name].parts) > 1 or deep:
            shown = [(column, _column(name, column, dialect)) for column in sorted(read[name])] or [("one", Expr("1"))]
            within = _reached(relations, read, name, made)
            query = _query(relations, read, count, within, name, shown, dialect, made=made)
            table = step(query) if step else name
            tables.append((table, query))
            made[name], depths[name] = table, 0
    within = _reached(relations, read, last, made)
    return tables, _query(relations, read, count, within, last, outputs, dialect, tail, made, comments)


def _column(relation: str, column: str, dialect: Dialect) -> Expr:
    return Expr(f"{dialect.quoted(relation)}.{dialect.quoted(column)}", frozenset({(relation, column)}))


def _read_by(relations: Mapping[str, Relation], read: Mapping[str, set[str]], name: str) -> list[str]:
    """The relations that one is made of."""
    return [
        each
        for query in relations[name].parts or (relations[name],)
        for each in (*([query.over] if query.over else []), *(join.relation for join in joins(query, read[name])))
    ]


def _reached(
    relations: Mapping[str, Relation], read: Mapping[str, set[str]], last: str, made: Mapping[str, str]
) -> list[str]:
    """The relations that a query over `last` still has to make, and those made already that it reads."""
    found, waiting = set[str](), [last]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        if name not in made:
            waiting += _read_by(relations, read, name)
    return list(found)


def _query(
    relations: Mapping[str, Relation], read: Mapping[str, set[str]], count: Mapping[str, int], within: list[str],
    last: str, outputs: Outputs, dialect: Dialect, tail: str = "", made: Mapping[str, str] | None = None,
    comments: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    chunks = []
    for name, relation in relations.items():
        if made and name in made:
            if name in within and made[name] != name:
                chunks.append(f"{dialect.quoted(name)} AS (SELECT * FROM {dialect.quoted(made[name])})")
        elif name in within:
            kept = _hint(dialect, relation, count[name])
            chunks.append(f"{dialect.quoted(name)} AS {kept}(\n{_printed(relation, read[name], dialect)})")
    start = f"WITH {', '.join(chunks)}\n" if chunks else ""
    lines = [(f"{each.text} AS {dialect.quoted(name)}", (comments or {}).get(name, "")) for name, each in outputs]
    return f"{start}SELECT\n{_lines(lines, '  ')}FROM {dialect.quoted(last)}{tail}"


def _lines(lines: list[tuple[str, str]], indent: str) -> str:
    """Columns, one a line, each with what is said of it; no comment goes on to a second line."""
    text = ""
    for at, (line, told) in enumerate(lines):
        comment = f"  -- {' '.join(told.split())}" if told.strip() else ""
        text += f"{indent}{line}{',' if at < len(lines) - 1 else ''}{comment}\n"
    return text


def _hint(dialect: Dialect, relation: Relation, count: int) -> str:
    """Computed once where it is read more than once: engines that inline would do it again for every reader."""
    if not dialect.materialized:
        return ""
    return "MATERIALIZED " if count > 1 and relation.source is None else "NOT MATERIALIZED "


def _printed(relation: Relation, read: set[str], dialect: Dialect) -> str:
    queries = [_select(each, read, dialect) for each in relation.parts or (relation,)]
    return "\n  UNION ALL\n".join(queries)


def _select(query: Relation, read: set[str], dialect: Dialect) -> str:
    lines = []  # what is new first: of columns after ones that nobody reads DuckDB 2.0 forgets the ranges
    for name, expression in query.columns.items():
        if name in read:
            lines.append((f"{expression.text} AS {dialect.quoted(name)}", query.comments.get(name, "")))
    for name in sorted(read - set(query.columns)):
        lines.append((f"{dialect.quoted(query.over or '')}.{dialect.quoted(name)}", ""))
    if not lines:
        lines.append((f"1 AS {dialect.quoted('one')}", ""))
    text = f"  SELECT\n{_lines(lines, '    ')}"
    source = query.source if query.over is None else dialect.quoted(query.over)
    text += f"  FROM {source}"
    for join in joins(query, read):
        name = dialect.quoted(join.relation)
        if join.on is None:
            text += f"\n  CROSS JOIN {name}"
        else:
            text += f"\n  {'' if join.inner or join.sure else 'LEFT '}JOIN {name} ON {join.on.text}"
    if query.where is not None:
        text += f"\n  WHERE {query.where.text}"
    if query.group:
        text += f"\n  GROUP BY {', '.join(each.text for each in query.group)}"
    if query.order is not None:
        text += f"\n  ORDER BY {query.order.text}"
    return text
