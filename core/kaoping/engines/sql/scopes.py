"""Columns defined one after the other over a relation, put into as few queries as their needs allow."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from kaoping.engines.sql.arithmetic import Sql
from kaoping.engines.sql.dialects import Dialect
from kaoping.engines.sql.relations import Expr, Join, Names, Ref, Relation

MOST_BESIDE = 20
"""How many relations a query joins at once; SQLite joins 64."""

HERE = ""
"""Stands for the relation an expression will be put over, which is known only when its query is made."""


class Book(Struct):
    """The relations made so far, in order."""

    dialect: Dialect
    relations: dict[str, Relation] = field(default_factory=dict)
    names: Names = field(default_factory=Names)

    def add(self, relation: Relation) -> str:
        """Put a relation at the end; expressions of its own read what it is `over`."""
        for query in relation.parts or (relation,):
            over = query.over or HERE
            query.columns = {name: placed(each, over) for name, each in query.columns.items()}
            query.where = placed(query.where, over) if query.where is not None else None
            query.group = [placed(each, over) for each in query.group]
            query.order = placed(query.order, over) if query.order is not None else None
            query.joins = [
                replace(join, on=placed(join.on, over) if join.on is not None else None) for join in query.joins
            ]
        self.relations[relation.name] = relation
        return relation.name

    def column(self, relation: str, name: str) -> str:
        """A column with the name of its relation."""
        return f"{self.dialect.quoted(relation)}.{self.dialect.quoted(name)}"

    def of(self, relation: str, name: str) -> Expr:
        """A column of a relation."""
        return Expr(self.column(relation, name), frozenset({(relation, name)}))

    def here(self, name: str) -> Sql:
        """A column of the relation an expression will be put over."""
        return Sql(self.dialect.quoted(name), refs=frozenset({(HERE, name)}))


def placed(expression: Expr, over: str) -> Expr:
    """An expression put over a relation."""
    if not any(relation == HERE for relation, _ in expression.refs):
        return expression
    return Expr(
        expression.text, frozenset((over if relation == HERE else relation, c) for relation, c in expression.refs)
    )


class Scope(Struct):
    """Columns being defined over a relation, by layers: a column is one layer above those it reads.

    The lowest layer alone has joins, and brings their columns in.
    """

    book: Book
    over: str
    title: str
    joins: dict[str, Callable[[str], Expr | None]] = field(default_factory=dict)
    sure: set[str] = field(default_factory=set)
    brought: dict[str, Expr] = field(default_factory=dict)
    layers: list[dict[str, Expr]] = field(default_factory=list)
    comments: dict[str, str] = field(default_factory=dict)
    _layer_of: dict[str, int] = field(default_factory=dict)
    _known: dict[str, str] = field(default_factory=dict)

    def join(self, relation: str, on: Callable[[str], Expr | None], *, sure: bool = False) -> None:
        """Put a relation beside, once; `on` says how, given the name of the relation the columns are over, and `sure`
        that every row has one row there.
        """
        self.joins.setdefault(relation, on)
        if sure:
            self.sure.add(relation)

    def bring(self, expression: Expr, wish: str) -> str:
        """A column made of columns of joined relations."""
        name = self.book.names.new(wish)
        self.brought[name] = expression
        self._layer_of[name] = 0
        return name

    def define(self, value: Sql, wish: str) -> Sql:
        """A column of the value of an expression; the same expression is there only once."""
        name = self._known.get(value.text)
        if name is None:
            name = self.book.names.new(wish)
            layer = 1 + max((self._layer_of.get(column, 0) for _, column in value.refs), default=0)
            while len(self.layers) < layer:
                self.layers.append({})
            self.layers[layer - 1][name] = value.expr
            self._layer_of[name] = layer
            self._known[value.text] = name
        here = self.book.here(name)
        return replace(value, text=here.text, refs=here.refs, depth=0)

    def column(self, value: Sql) -> Sql:
        """A column for a step on the way."""
        return self.define(value, f"{self.title} ·")

    def close(self) -> str:
        """Make the queries; the relation that has all the columns."""
        beside = list(self.joins)
        for at in range(0, len(beside), MOST_BESIDE):
            group = beside[at : at + MOST_BESIDE]
            joins = [Join(each, self.joins[each](self.over), sure=each in self.sure) for each in group]
            last = at + MOST_BESIDE >= len(beside)
            columns = {
                name: each
                for name, each in self.brought.items()
                if (last and not each.refs) or any(relation in group for relation, _ in each.refs)
            }
            self.over = self.book.add(Relation(self.book.names.new(self.title), self.over, columns, joins))
        for layer in self.layers:
            relation = Relation(self.book.names.new(self.title), self.over, layer)
            relation.comments = {name: self.comments[name] for name in layer if name in self.comments}
            self.over = self.book.add(relation)
        self.joins, self.sure, self.brought = {}, set(), {}
        self.layers, self._layer_of, self._known = [], {}, {}
        return self.over


def refs_of(values: Sequence[Sql | Expr]) -> frozenset[Ref]:
    """What several expressions read together."""
    return frozenset().union(*(each.refs for each in values))
