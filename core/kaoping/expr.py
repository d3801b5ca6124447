"""Expressions as an author wrote them, in no particular language: names are not resolved yet.

Chains are flat (`Sum`, `Product`, `All`, `Any`), so a long one is no deeper than a short one. Every node has a span;
spans do not count when two nodes are compared.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from msgspec.structs import astuple

from kaoping.source import Spanned


class Node(Spanned, frozen=True, kw_only=True):
    """An expression or a part of one."""


def nodes_in(root: object) -> Iterator[Node]:
    """Every node in a statement, an expression or a tuple of such, the root included, in no particular order."""
    waiting = [root]
    while waiting:
        each = waiting.pop()
        if isinstance(each, tuple):
            waiting += each
        elif isinstance(each, Node):
            yield each
            if not isinstance(each, _LEAVES):
                waiting += astuple(each)


class Number(Node, frozen=True):
    """`50`, `0.5`, `60%`, `5‰`, `800元`, `5万元`, `3起`: `digits` / 10^`places`; 60% is 60 with 2 places, 5万元 is
    50000 元. `duration` is what the unit means beside a date where the script declares no such unit: `months` of 5个月.
    """

    digits: int
    places: int = 0
    unit: str | None = None
    percent: bool = False
    duration: str | None = None


class Date(Node, frozen=True):
    """`2009-12-31`."""

    value: datetime.date


class MonthDay(Node, frozen=True):
    """`6月10日`: that day in the last year of the period."""

    month: int
    day: int


class Text(Node, frozen=True):
    """`"text"`."""

    value: str


class YesNo(Node, frozen=True):
    """`yes`, `no`, `是`, `否`."""

    value: bool


class Name(Node, frozen=True):
    """`得分`, `班子.综合得分`, `period.start`: the parts as written, and the same with the spelling of a built-in
    value (加分) replaced by its one English word (`bonus`). A declared name is looked up by `parts`, a built-in
    value by `canonical`.
    """

    parts: tuple[str, ...]
    canonical: tuple[str, ...]

    @property
    def text(self) -> str:
        """The name as written."""
        return ".".join(self.parts)

    def __eq__(self, other: object) -> bool:
        """Whether both mean the same, in whichever spelling."""
        return isinstance(other, Name) and self.canonical == other.canonical

    def __hash__(self) -> int:
        """As for equality."""
        return hash(self.canonical)


class Sum(Node, frozen=True):
    """`a + b - c`: terms with a sign, +1 or -1."""

    terms: tuple[tuple[int, Expr], ...]


class Product(Node, frozen=True):
    """`a * b / c`: factors with `*` or `/`; `60% of X` is `Product((("*", 60%), ("*", X)))`."""

    factors: tuple[tuple[str, Expr], ...]


class Negative(Node, frozen=True):
    """`-x`."""

    operand: Expr


class Bracketed(Node, frozen=True):
    """`(x)`: kept, because a chain is what is written."""

    operand: Expr


class All(Node, frozen=True):
    """`a and b and c`."""

    parts: tuple[Expr, ...]


class Any(Node, frozen=True):
    """`a or b or c`."""

    parts: tuple[Expr, ...]


class Not(Node, frozen=True):
    """`not a`; also what `unless` makes of its condition."""

    operand: Expr


class Compare(Node, frozen=True):
    """`a >= b`; the operator is one of `=`, `!=`, `<`, `<=`, `>`, `>=`."""

    operator: str
    left: Expr
    right: Expr


class Range(Node, frozen=True):
    """`a..b`, `a..<b`, `a<..b`, `a..`, `..b`: ends that are left out are None."""

    low: Expr | None
    high: Expr | None
    low_open: bool = False
    high_open: bool = False


class OneOf(Node, frozen=True):
    """`[A, B]` as a pattern, or after `in`."""

    choices: tuple[Expr, ...]


class In(Node, frozen=True):
    """`x in [A, B]` or `x in 60..<90`."""

    operand: Expr
    choices: tuple[Expr, ...] | Range


class If(Node, frozen=True):
    """`if C then A else B`."""

    condition: Expr
    then: Expr
    otherwise: Expr


class Otherwise(Node, frozen=True):
    """The arm, or the row of a table, that takes what is left."""


class Anything(Node, frozen=True):
    """`_` in a row of a table."""


class Nothing(Node, frozen=True):
    """`-` in a row of a table: no value."""


class Relation(Node, frozen=True):
    """`> 10000` as a pattern."""

    operator: str
    bound: Expr


class Arm(Node, frozen=True):
    """`国家: 3`, `60..<90: V`, `> 10000: V`, `otherwise: V`: a single value is an expression."""

    pattern: Pattern
    value: Expr


class Case(Node, frozen=True):
    """`case X [pattern: value, …]`."""

    subject: Expr
    arms: tuple[Arm, ...]


class Interpolate(Node, frozen=True):
    """`interpolate X [60%: 0, 90%: 10]`."""

    subject: Expr
    points: tuple[tuple[Expr, Expr], ...]


class Has(Node, frozen=True):
    """`has X`."""

    operand: Name


class Default(Node, frozen=True):
    """`X default Y`."""

    operand: Expr
    fallback: Expr


class Call(Node, frozen=True):
    """`round(x, 2)`, `sum(扣分 over 处分 where C)`, `rank(X within G lowest first)`, `T(a, b).W`, `F(x)`.

    A built-in function has its English word in `function`, anything else is as written. `count(R where C)` has the
    name R as its only argument and no `over`. `last` is `last 5 by 日期`. `ordinal(by 日期)` has no argument and `by`.
    `quantity` of the aggregates stands in `arguments`.
    """

    function: str
    arguments: tuple[Expr, ...] = ()
    over: Name | None = None
    within: tuple[Name, ...] = ()
    where: Expr | None = None
    last: tuple[int, Name] | None = None
    by: Name | None = None
    trim: int | None = None
    linear: bool = False
    lowest_first: bool = False
    output: str | None = None
    builtin: bool = False


class Duration(Node, frozen=True):
    """`5 days`, `3 months`, `2 years` as a term beside a date; `unit` is `days`, `months` or `years`."""

    amount: Expr
    unit: str


_LEAVES = (Number, Date, MonthDay, Text, YesNo, Name)

Expr = (
    Number
    | Date
    | MonthDay
    | Text
    | YesNo
    | Name
    | Sum
    | Product
    | Negative
    | Bracketed
    | All
    | Any
    | Not
    | Compare
    | In
    | If
    | Case
    | Interpolate
    | Has
    | Default
    | Call
    | Duration
)
Pattern = Range | Relation | OneOf | Otherwise | Anything | Expr
