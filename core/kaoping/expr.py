"""Expressions as an author wrote them, in no particular language: names are not resolved yet.

Chains are flat (`Sum`, `Product`, `All`, `Any`), so a long one is no deeper than a short one. Every node has a span;
spans do not count when two nodes are compared.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from kaoping.source import NOWHERE, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Anything that has a place in a script."""

    span: Span = field(default=NOWHERE, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Number(Node):
    """`50`, `0.5`, `60%`, `5‰`, `800元`, `5万元`, `3起`: `digits` / 10^`places`; 60% is 60 with 2 places, 5万元 is
    50000 元.
    """

    digits: int
    places: int = 0
    unit: str | None = None
    percent: bool = False


@dataclass(frozen=True, slots=True)
class Date(Node):
    """`2009-12-31`."""

    value: datetime.date


@dataclass(frozen=True, slots=True)
class MonthDay(Node):
    """`6月10日`: that day in the last year of the period."""

    month: int
    day: int


@dataclass(frozen=True, slots=True)
class Text(Node):
    """`"text"`."""

    value: str


@dataclass(frozen=True, slots=True)
class YesNo(Node):
    """`yes`, `no`, `是`, `否`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Name(Node):
    """`得分`, `班子.综合得分`, `period.start`: the parts as written, and the same with the spelling of a built-in
    value (加分) replaced by its one English word (`bonus`). A declared name is looked up by `parts`, a built-in
    value by `canonical`.
    """

    parts: tuple[str, ...] = field(compare=False)
    canonical: tuple[str, ...]

    @property
    def text(self) -> str:
        """The name as written."""
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Sum(Node):
    """`a + b - c`: terms with a sign, +1 or -1."""

    terms: tuple[tuple[int, Expr], ...]


@dataclass(frozen=True, slots=True)
class Product(Node):
    """`a * b / c`: factors with `*` or `/`; `60% of X` is `Product((("*", 60%), ("*", X)))`."""

    factors: tuple[tuple[str, Expr], ...]


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """`-x`."""

    operand: Expr


@dataclass(frozen=True, slots=True)
class Bracketed(Node):
    """`(x)`: kept, because a chain is what is written."""

    operand: Expr


@dataclass(frozen=True, slots=True)
class All(Node):
    """`a and b and c`."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Any(Node):
    """`a or b or c`."""

    parts: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """`not a`; also what `unless` makes of its condition."""

    operand: Expr


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`a >= b`; the operator is one of `=`, `!=`, `<`, `<=`, `>`, `>=`."""

    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Range(Node):
    """`a..b`, `a..<b`, `a<..b`, `a..`, `..b`: ends that are left out are None."""

    low: Expr | None
    high: Expr | None
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True, slots=True)
class In(Node):
    """`x in [A, B]` or `x in 60..<90`."""

    operand: Expr
    choices: tuple[Expr, ...] | Range


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if C then A else B`."""

    condition: Expr
    then: Expr
    otherwise: Expr


@dataclass(frozen=True, slots=True)
class Otherwise(Node):
    """The arm, or the row of a table, that takes what is left."""


@dataclass(frozen=True, slots=True)
class Anything(Node):
    """`_` in a row of a table."""


@dataclass(frozen=True, slots=True)
class Nothing(Node):
    """`-` in a row of a table: no value."""


@dataclass(frozen=True, slots=True)
class Relation(Node):
    """`> 10000` as a pattern."""

    operator: str
    bound: Expr


@dataclass(frozen=True, slots=True)
class Arm(Node):
    """`国家: 3`, `60..<90: V`, `> 10000: V`, `otherwise: V`: a single value is an expression."""

    pattern: Pattern
    value: Expr


@dataclass(frozen=True, slots=True)
class Case(Node):
    """`case X [pattern: value, …]`."""

    subject: Expr
    arms: tuple[Arm, ...]


@dataclass(frozen=True, slots=True)
class Interpolate(Node):
    """`interpolate X [60%: 0, 90%: 10]`."""

    subject: Expr
    points: tuple[tuple[Expr, Expr], ...]


@dataclass(frozen=True, slots=True)
class Has(Node):
    """`has X`."""

    operand: Name


@dataclass(frozen=True, slots=True)
class Default(Node):
    """`X default Y`."""

    operand: Expr
    fallback: Expr


@dataclass(frozen=True, slots=True)
class Call(Node):
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


@dataclass(frozen=True, slots=True)
class Duration(Node):
    """`5 days`, `3 months`, `2 years` as a term beside a date; `unit` is `days`, `months` or `years`."""

    amount: Expr
    unit: str


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
Pattern = Range | Relation | Otherwise | Anything | Expr
