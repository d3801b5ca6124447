"""A scheme as its author wrote it: statements in the words of appraisal, names not resolved yet.

A front end makes a `Scheme`; the checker reads it. `body` holds the statements of an indented block. `classes` is `for
A, B`, which any statement may carry. `unless C` has become `Not(C)`.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Literal

from kaoping.expr import Case, Expr, Name, Node, Nothing, Number, Pattern, Range
from kaoping.source import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement(Node):
    """One statement with the block below it."""

    body: tuple[Statement, ...] = ()
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scheme:
    """A whole script."""

    source: Source
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Broken(Statement):
    """A statement that could not be read; the names it seems to declare are spared a second complaint."""

    names: tuple[str, ...] = ()


# ---------------------------------------------------------------- the scheme and its settings


@dataclass(frozen=True, slots=True)
class SchemeName(Statement):
    """`scheme NAME`."""

    name: str


@dataclass(frozen=True, slots=True)
class Title(Statement):
    """`title "…"`."""

    text: str


@dataclass(frozen=True, slots=True)
class DocumentSource(Statement):
    """`source "…"`: the official document."""

    text: str


@dataclass(frozen=True, slots=True)
class PeriodSetting(Statement):
    """`period 2009`, `2009H1`, `2009Q1`, `2009-03`, `2004..2005`, `2011-06-01..2012-05-31`: as written, ends apart."""

    first: str
    last: str | None = None


@dataclass(frozen=True, slots=True)
class Rounding(Statement):
    """`round 2`, `round items 2 half even`: of the total or the items; modes `half up`, `half even`, `down`, `up`."""

    places: int
    mode: str = "half up"
    of: Literal["total", "items"] = "total"


@dataclass(frozen=True, slots=True)
class Precision(Statement):
    """`precision 12`: places of a quotient."""

    places: int


@dataclass(frozen=True, slots=True)
class EvidenceRequired(Statement):
    """`evidence required`: every leaf has a yes/no column for its evidence."""


# ---------------------------------------------------------------- declarations


@dataclass(frozen=True, slots=True)
class WrittenType(Node):
    """A type as written; `kind` is score, number, percent, count, money, yes/no, date, text or choice."""

    kind: str
    range: Range | None = None
    places: int | None = None
    unit: str | None = None
    labels: tuple[str, ...] = ()
    ordered: bool = False  # labels run from the lowest to the highest


@dataclass(frozen=True, slots=True)
class Subject(Statement):
    """`subject 单位 [if C]`: who is appraised."""

    name: str
    condition: Expr | None = None


@dataclass(frozen=True, slots=True)
class Binding(Node):
    """`NAME = VALUE`, or in an example `NAME = [扣分: 10] [扣分: 20]`, rows of records."""

    name: Name
    value: Expr | tuple[tuple[Binding, ...], ...]


@dataclass(frozen=True, slots=True)
class Use(Statement):
    """`use 信访 [with NAME = VALUE, …]`: a library from an installed plugin."""

    library: str
    settings: tuple[Binding, ...] = ()


@dataclass(frozen=True, slots=True)
class Param(Statement):
    """`param NAME = V [since D], …`, or `param NAME : TYPE`, one value for the data set."""

    name: str
    values: tuple[tuple[Expr, datetime.date | None], ...] = ()
    type: WrittenType | None = None


@dataclass(frozen=True, slots=True)
class Input(Statement):
    """`input A, B : TYPE [optional] [default V] ["meaning"]`; inside `records` the same without the keyword is a
    field.
    """

    names: tuple[str, ...]
    type: WrittenType
    optional: bool = False
    default: Expr | None = None
    meaning: str | None = None


@dataclass(frozen=True, slots=True)
class Class(Statement):
    """`class NAME : one of A, B [= EXPR]`."""

    name: str
    type: WrittenType
    value: Expr | None = None


@dataclass(frozen=True, slots=True)
class Records(Statement):
    """`records NAME [from SCHEME [by INPUT]]`; the body holds `Input` (fields), `On` and `Let`."""

    name: str
    from_scheme: str | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class On(Statement):
    """`on F`: the field that dates a record."""

    field: str


@dataclass(frozen=True, slots=True)
class Let(Statement):
    """`let NAME = EXPR [applies if C]`, `let R.F = EXPR`, `let F(X, Y) = EXPR`."""

    name: tuple[str, ...]
    value: Expr
    parameters: tuple[str, ...] = ()
    applies: Expr | None = None
    meaning: str | None = None


@dataclass(frozen=True, slots=True)
class TableOutput(Statement):
    """`=> V : TYPE` below a table."""

    name: str
    type: WrittenType


@dataclass(frozen=True, slots=True)
class TableRow(Statement):
    """`| pattern | pattern => value | value |`; a row `otherwise => …` has `Otherwise` as its only pattern."""

    patterns: tuple[Pattern, ...]
    values: tuple[Expr | Nothing, ...]


@dataclass(frozen=True, slots=True)
class Table(Statement):
    """`table NAME (X, Y)`, with `TableOutput` and `TableRow` below, or `from data`."""

    name: str
    parameters: tuple[str, ...]
    from_data: bool = False


@dataclass(frozen=True, slots=True)
class Link(Statement):
    """`link NAME : SCHEME [(NAME : TYPE, …)] [by INPUT]`: stored results of another scheme."""

    name: str
    schemes: tuple[str, ...]
    by: str | None = None
    types: tuple[tuple[str, WrittenType], ...] = ()


# ---------------------------------------------------------------- points


@dataclass(frozen=True, slots=True)
class Judged(Node):
    """`10..20 as 处分扣分`: an amount that an assessor decides."""

    low: Expr
    high: Expr
    name: str


@dataclass(frozen=True, slots=True)
class Per(Node):
    """`per R where C`, `per EXPR`."""

    of: Expr
    where: Expr | None = None


@dataclass(frozen=True, slots=True)
class PerStep(Node):
    """`per full|started|part STEP of EXPR`."""

    mode: Literal["full", "started", "part"]
    step: Expr
    of: Expr


@dataclass(frozen=True, slots=True)
class Amount(Node):
    """`AMOUNT [per …] [if C] [up to N] ["why"]`."""

    value: Expr | Judged
    per: Per | PerStep | None = None
    condition: Expr | None = None
    up_to: Expr | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Item(Statement):
    """An indicator; `points` is a number, or one per class; the body holds children, lines, `Clause` and `Assume`."""

    name: str
    points: Number | tuple[tuple[str, Number], ...] | None = None
    value: Expr | None = None
    applies: Expr | None = None
    otherwise: Expr | Literal["full", "average"] | None = None
    down_to: Expr | None = None
    up_to: Expr | None = None
    averaged_by: str | None = None  # year, half, quarter, month, week, day
    averaged_weights: tuple[Number, ...] = ()
    raters: tuple[tuple[str, Number], ...] = ()
    evidence: bool = False


@dataclass(frozen=True, slots=True)
class Line(Statement):
    """`add AMOUNT …`, `deduct AMOUNT …` below an item."""

    kind: Literal["add", "deduct"]
    amount: Amount


@dataclass(frozen=True, slots=True)
class Clear(Statement):
    """`deduct all if C` below an item."""

    condition: Expr
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Adjustment(Statement):
    """`bonus [in GROUP] AMOUNT …`, `penalty …`."""

    kind: Literal["bonus", "penalty"]
    amount: Amount
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Group(Statement):
    """`group NAME [best [by F]] [up to N] [in GROUP]`."""

    name: str
    best: bool = False
    best_by: str | None = None
    up_to: Expr | None = None
    inside: str | None = None


@dataclass(frozen=True, slots=True)
class Cap(Statement):
    """`cap bonus N`, `cap penalty N`, `cap NAME N [if C]`: the name of a group."""

    target: Name
    limit: Expr
    condition: Expr | None = None


@dataclass(frozen=True, slots=True)
class Total(Statement):
    """`total NAME = EXPR [applies if C]`."""

    name: str
    value: Expr | None = None
    applies: Expr | None = None


@dataclass(frozen=True, slots=True)
class RankBy(Statement):
    """`rank by NAME [within G]`: the rank that results show."""

    name: Name
    within: tuple[Name, ...] = ()


# ---------------------------------------------------------------- grades and what follows


@dataclass(frozen=True, slots=True)
class Veto(Statement):
    """`veto if C ["why"]`."""

    condition: Expr
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Bar(Statement):
    """`bar G if C ["why"]`: not G nor above."""

    grade: str
    condition: Expr
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Grades(Statement):
    """`grades 优秀 > 良好 > …`, best first."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grade(Statement):
    """`grade G if C`, `grade G otherwise` (no condition)."""

    grade: str
    condition: Expr | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class GradeCase(Statement):
    """`grade case 总分 [90..100: A, …]`."""

    case: Case


@dataclass(frozen=True, slots=True)
class GradeValue(Statement):
    """`grade = EXPR [if C]`: a decision or a linked grade."""

    value: Expr
    condition: Expr | None = None


@dataclass(frozen=True, slots=True)
class Downgrade(Statement):
    """`downgrade N if C`."""

    steps: int
    condition: Expr
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Top(Statement):
    """`top|bottom SHARE [of all|eligible|GRADE] [by X [then Y]] [within G]`: a share is 30%, 2, or an expression."""

    end: Literal["top", "bottom"]
    share: Expr
    of: str | None = None  # "all", "eligible", or a grade as written (`of_grade`)
    of_grade: bool = False
    keys: tuple[Expr, ...] = ()
    within: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Where(Statement):
    """`where C` below a quota."""

    condition: Expr


@dataclass(frozen=True, slots=True)
class Ties(Statement):
    """`ties excluded`, `ties included` below a quota."""

    policy: Literal["excluded", "included"]


@dataclass(frozen=True, slots=True)
class Rounded(Statement):
    """`rounded down|up|nearest` below a quota."""

    mode: Literal["down", "up", "nearest"]


@dataclass(frozen=True, slots=True)
class Select(Statement):
    """`select MARK from GRADE`, or `from all` (`pool` is None); the body holds `Top`, `Where`, `Ties`, `Rounded`."""

    mark: str
    pool: str | None = None


@dataclass(frozen=True, slots=True)
class Limit(Statement):
    """`limit G else G1`, with the same body."""

    grade: str
    otherwise: str


@dataclass(frozen=True, slots=True)
class Outcome(Statement):
    """`outcome NAME [= EXPR] [if C | otherwise]`."""

    name: str
    value: Expr | None = None
    condition: Expr | None = None
    otherwise: bool = False


@dataclass(frozen=True, slots=True)
class Require(Statement):
    """`require C [if C] [for each R] ["what is wrong"]`."""

    condition: Expr
    when: Expr | None = None
    for_each: Name | None = None
    message: str | None = None


# ---------------------------------------------------------------- the document, and examples


@dataclass(frozen=True, slots=True)
class Clause(Statement):
    """`clause "四(三)1(4)" ["heading"] [since D] [until D]`, a block."""

    number: str
    heading: str | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Assume(Statement):
    """`assume "…"`: an interpretation where the document is silent."""

    text: str


@dataclass(frozen=True, slots=True)
class Example(Statement):
    """`example "…"`; the body holds `Given`, `ExampleSubject`, `ExampleHistory`, `ExampleLink`, `Expect`."""

    title: str


@dataclass(frozen=True, slots=True)
class Given(Statement):
    """`given NAME = V, …`, for every subject of the example."""

    bindings: tuple[Binding, ...]


@dataclass(frozen=True, slots=True)
class ExampleSubject(Statement):
    """`subject 甲: NAME = V, …`."""

    name: str
    bindings: tuple[Binding, ...]


@dataclass(frozen=True, slots=True)
class ExampleHistory(Statement):
    """`history 2008: grade = 优秀`: an earlier result of the subject above it, or of every subject."""

    period: str
    bindings: tuple[Binding, ...]


@dataclass(frozen=True, slots=True)
class ExampleLink(Statement):
    """`link 班子: grade = 先进`: a linked result of the subject above it, or of every subject."""

    link: str
    bindings: tuple[Binding, ...]


@dataclass(frozen=True, slots=True)
class ExpectedReason(Node):
    """`vetoed by "四(三)3"`, `甲.vetoed by "…"`: the clause among the reasons; subject None where there is one."""

    clause: str
    subject: str | None = None
    word: Literal["vetoed", "barred"] = "vetoed"


@dataclass(frozen=True, slots=True)
class Expect(Statement):
    """`expect NAME = V, 甲.grade = 合格, vetoed by "…"`."""

    expectations: tuple[Binding | ExpectedReason, ...] = field(default=())
