"""Types as written, and where data come from (chapters 3 to 5 of the language reference)."""

from __future__ import annotations

import datetime

from kaoping.expr import Expr, Name, Node, Nothing, Pattern, Range
from kaoping.scheme.statement import Statement


class WrittenType(Node, frozen=True):
    """A type as written; `kind` is score, number, percent, count, money, yes/no, date, text or choice."""

    kind: str
    range: Range | None = None
    places: int | None = None
    unit: str | None = None
    labels: tuple[str, ...] = ()
    ordered: bool = False  # labels run from the lowest to the highest


class Subject(Statement, frozen=True):
    """`subject 单位 [if C]`: who is appraised."""

    name: str
    condition: Expr | None = None


class Binding(Node, frozen=True):
    """`NAME = VALUE`, or in an example `NAME = -`, no value, and `NAME = [扣分: 10] [扣分: 20]`, rows of records."""

    name: Name
    value: Expr | Nothing | tuple[tuple[Binding, ...], ...]


class Use(Statement, frozen=True):
    """`use 信访 [with NAME = VALUE, …]`: a library from an installed plugin."""

    library: str
    settings: tuple[Binding, ...] = ()


class Param(Statement, frozen=True):
    """`param NAME = V [since D], …`, or `param A, B : TYPE`, one value each for the data set."""

    names: tuple[str, ...]
    values: tuple[tuple[Expr, datetime.date | None], ...] = ()
    type: WrittenType | None = None


class Input(Statement, frozen=True):
    """`input A, B : TYPE [optional] [default V] ["meaning"]`; inside `records` the same without the keyword is a
    field. `canonical` are the built-in words that a field's names are, if any: stored results go by them.
    """

    names: tuple[str, ...]
    type: WrittenType
    optional: bool = False
    default: Expr | None = None
    meaning: str | None = None
    canonical: tuple[str, ...] = ()


class Class(Statement, frozen=True):
    """`class NAME : one of A, B [= EXPR]`."""

    name: str
    type: WrittenType
    value: Expr | None = None


class Records(Statement, frozen=True):
    """`records NAME [from SCHEME [by INPUT]]`; the body holds `Input` (fields), `On` and `Let`."""

    name: str
    from_scheme: str | None = None
    by: str | None = None


class On(Statement, frozen=True):
    """`on F`: the field that dates a record."""

    field: str


class Let(Statement, frozen=True):
    """`let NAME [: TYPE] = EXPR [applies if C]`, `let R.F = EXPR`, `let F(X, Y) = EXPR`."""

    name: tuple[str, ...]
    value: Expr
    parameters: tuple[str, ...] = ()
    applies: Expr | None = None
    meaning: str | None = None
    type: WrittenType | None = None


class TableOutput(Statement, frozen=True):
    """`=> V : TYPE` below a table."""

    name: str
    type: WrittenType


class TableRow(Statement, frozen=True):
    """`| pattern | pattern => value | value |`; a row `otherwise => …` has `Otherwise` as its only pattern."""

    patterns: tuple[Pattern, ...]
    values: tuple[Expr | Nothing, ...]


class Table(Statement, frozen=True):
    """`table NAME (X, Y)`, with `TableOutput` and `TableRow` below, or `from data`."""

    name: str
    parameters: tuple[str, ...]
    from_data: bool = False


class Link(Statement, frozen=True):
    """`link NAME : SCHEME [(NAME : TYPE, …)] [by INPUT]`: stored results of another scheme."""

    name: str
    schemes: tuple[str, ...]
    by: str | None = None
    types: tuple[tuple[str, WrittenType], ...] = ()
