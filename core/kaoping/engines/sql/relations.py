"""Relations: the queries that a plan becomes, one after the other, and how they are printed.

A relation computes columns beside those of the relation it is `over`, which pass through. What nobody reads in the end
is not printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from kaoping.engines.sql.dialects import NAME_BYTES, Dialect

Ref = tuple[str, str]
"""A column of a relation."""


class Expr(Struct, frozen=True):
    """SQL, and the columns it reads."""

    text: str
    refs: frozenset[Ref] = frozenset()


class Join(Struct, frozen=True):
    """A relation beside the one a query is over; without `on` every row of it (it has one)."""

    relation: str
    on: Expr | None = None
    inner: bool = False


class Relation(Struct):
    """A query. `over` names the relation whose columns pass through; without it only `columns` are there.

    `source` is what it reads where that is no relation: a table, or rows written out. `parts` are queries whose rows
    are put together; their columns have the same names.
    """

    name: str
    over: str | None = None
    columns: dict[str, Expr] = field(default_factory=dict)
    joins: list[Join] = field(default_factory=list)
    where: Expr | None = None
    group: list[Expr] = field(default_factory=list)
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
    """The expressions that say which rows a query has."""
    on = [join.on for join in query.joins if join.inner and join.on is not None]
    return [*([query.where] if query.where else []), *query.group, *on]


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


def statement(relations: Mapping[str, Relation], last: str, outputs: Outputs, dialect: Dialect, tail: str = "") -> str:
    """One query for the `outputs` over the relation `last`, with all it needs before it."""
    read = needed(relations, {ref for _, expression in outputs for ref in expression.refs})
    count = uses(relations, read)
    for name in swelling(relations, read, dialect):
        count[name] += 1
    return _query(relations, read, count, list(read), last, outputs, dialect, tail)


def statements(
    relations: Mapping[str, Relation], last: str, outputs: Outputs, dialect: Dialect, tail: str = "",
    kept: Iterable[Ref] = (),
) -> tuple[list[tuple[str, str]], str]:  # fmt: skip
    """The same in steps, for engines that write a relation out again for every reader of it: tables to be made first,
    each with its query, and the query for the outputs. `kept` are columns of relations that are to be tables, too.
    """
    kept = set(kept)
    read = needed(relations, {ref for _, expression in outputs for ref in expression.refs} | kept)
    count = uses(relations, read)
    for name in {relation for relation, _ in kept}:
        count[name] += 2
    for name in swelling(relations, read, dialect):
        count[name] += 1
    tables: list[tuple[str, str]] = []
    made: set[str] = set()
    for name in relations:
        if name in read and (count[name] > 1 or len(relations[name].parts) > 1):
            shown = [(column, _column(name, column, dialect)) for column in sorted(read[name])] or [("one", Expr("1"))]
            within = _reached(relations, read, name, made)
            tables.append((name, _query(relations, read, count, within, name, shown, dialect)))
            made.add(name)
    within = _reached(relations, read, last, made)
    return tables, _query(relations, read, count, within, last, outputs, dialect, tail)


def _column(relation: str, column: str, dialect: Dialect) -> Expr:
    return Expr(f"{dialect.quoted(relation)}.{dialect.quoted(column)}", frozenset({(relation, column)}))


def _reached(relations: Mapping[str, Relation], read: Mapping[str, set[str]], last: str, made: set[str]) -> list[str]:
    """The relations that a query over `last` still has to make."""
    found, waiting = set[str](), [last]
    while waiting:
        name = waiting.pop()
        if name in found or name in made:
            continue
        found.add(name)
        for query in relations[name].parts or (relations[name],):
            waiting += [*([query.over] if query.over else []), *(join.relation for join in joins(query, read[name]))]
    return list(found)


def _query(
    relations: Mapping[str, Relation], read: Mapping[str, set[str]], count: Mapping[str, int], within: list[str],
    last: str, outputs: Outputs, dialect: Dialect, tail: str = "",
) -> str:  # fmt: skip
    chunks = []
    for name, relation in relations.items():
        if name in within:
            kept = _hint(dialect, relation, count[name])
            chunks.append(f"{dialect.quoted(name)} AS {kept}(\n{_printed(relation, read[name], dialect)})")
    start = f"WITH {', '.join(chunks)}\n" if chunks else ""
    shown = ",\n".join(f"  {each.text} AS {dialect.quoted(name)}" for name, each in outputs)
    return f"{start}SELECT\n{shown}\nFROM {dialect.quoted(last)}{tail}"


def _hint(dialect: Dialect, relation: Relation, count: int) -> str:
    """Computed once where it is read more than once: engines that inline would do it again for every reader."""
    if not dialect.materialized:
        return ""
    return "MATERIALIZED " if count > 1 and relation.source is None else "NOT MATERIALIZED "


def _printed(relation: Relation, read: set[str], dialect: Dialect) -> str:
    queries = [_select(each, read, dialect) for each in relation.parts or (relation,)]
    return "\n  UNION ALL\n".join(queries)


def _select(query: Relation, read: set[str], dialect: Dialect) -> str:
    lines = []
    for name in sorted(read - set(query.columns)):
        lines.append((f"{dialect.quoted(query.over or '')}.{dialect.quoted(name)}", ""))
    for name, expression in query.columns.items():
        if name in read:
            told = query.comments.get(name)
            comment = f"  -- {' '.join(told.split())}" if told else ""
            lines.append((f"{expression.text} AS {dialect.quoted(name)}", comment))
    if not lines:
        lines.append((f"1 AS {dialect.quoted('one')}", ""))
    text = "  SELECT\n"
    for at, (line, comment) in enumerate(lines):
        text += f"    {line}{',' if at < len(lines) - 1 else ''}{comment}\n"
    source = query.source if query.over is None else dialect.quoted(query.over)
    text += f"  FROM {source}"
    for join in joins(query, read):
        name = dialect.quoted(join.relation)
        if join.on is None:
            text += f"\n  CROSS JOIN {name}"
        else:
            text += f"\n  {'' if join.inner else 'LEFT '}JOIN {name} ON {join.on.text}"
    if query.where is not None:
        text += f"\n  WHERE {query.where.text}"
    if query.group:
        text += f"\n  GROUP BY {', '.join(each.text for each in query.group)}"
    return text
