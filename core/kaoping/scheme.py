"""A scheme as its author wrote it: statements in the words of appraisal, names not resolved yet.

A front end makes a `Scheme`; the checker reads it. `body` holds the statements of an indented block. `classes` is `for
A, B`, which any statement may carry. `unless C` has become `Not(C)`.
"""

from __future__ import annotations

import datetime
from typing import Literal

from msgspec import Struct, field

from kaoping.expr import Case, Expr, Name, Node, Nothing, Number, Pattern, Range
from kaoping.source import Source


class Statement(Node, frozen=True, kw_only=True):
    """One statement with the block below it."""

    body: tuple[Statement, ...] = ()
    classes: tuple[str, ...] = ()


class Scheme(Struct, frozen=True):
    """A whole script."""

    source: Source
    statements: tuple[Statement, ...]


class Broken(Statement, frozen=True):
    """A statement that could not be read; the names it seems to declare are spared a second complaint."""

    names: tuple[str, ...] = ()


# ---------------------------------------------------------------- the scheme and its settings


class SchemeName(Statement, frozen=True):
    """`scheme NAME`."""

    name: str


class Title(Statement, frozen=True):
    """`title "…"`."""

    text: str


class DocumentSource(Statement, frozen=True):
    """`source "…"`: the official document."""

    text: str


class PeriodSetting(Statement, frozen=True):
    """`period 2009`, `2009H1`, `2009Q1`, `2009-03`, `2004..2005`, `2011-06-01..2012-05-31`: as written, ends apart."""

    first: str
    last: str | None = None


class Rounding(Statement, frozen=True):
    """`round 2`, `round items 2 half even`: of the total or the items; modes `half up`, `half even`, `down`, `up`."""

    places: int
    mode: str = "half up"
    of: Literal["total", "items"] = "total"


class Precision(Statement, frozen=True):
    """`precision 12`: places of a quotient."""

    places: int


class EvidenceRequired(Statement, frozen=True):
    """`evidence required`: every leaf has a yes/no column for its evidence."""


# ---------------------------------------------------------------- declarations


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
    """`NAME = VALUE`, or in an example `NAME = [扣分: 10] [扣分: 20]`, rows of records."""

    name: Name
    value: Expr | tuple[tuple[Binding, ...], ...]


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
    field.
    """

    names: tuple[str, ...]
    type: WrittenType
    optional: bool = False
    default: Expr | None = None
    meaning: str | None = None


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
    """`let NAME = EXPR [applies if C]`, `let R.F = EXPR`, `let F(X, Y) = EXPR`."""

    name: tuple[str, ...]
    value: Expr
    parameters: tuple[str, ...] = ()
    applies: Expr | None = None
    meaning: str | None = None


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


# ---------------------------------------------------------------- points


class Judged(Node, frozen=True):
    """`10..20 as 处分扣分`: an amount that an assessor decides."""

    low: Expr
    high: Expr
    name: str


class Per(Node, frozen=True):
    """`per R where C`, `per EXPR`."""

    of: Expr
    where: Expr | None = None


class PerStep(Node, frozen=True):
    """`per full|started|part STEP of EXPR`."""

    mode: Literal["full", "started", "part"]
    step: Expr
    of: Expr


class Amount(Node, frozen=True):
    """`AMOUNT [per …] [if C] [up to N] ["why"]`."""

    value: Expr | Judged
    per: Per | PerStep | None = None
    condition: Expr | None = None
    up_to: Expr | None = None
    why: str | None = None


class Item(Statement, frozen=True):
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


class Line(Statement, frozen=True):
    """`add AMOUNT …`, `deduct AMOUNT …` below an item."""

    kind: Literal["add", "deduct"]
    amount: Amount


class Clear(Statement, frozen=True):
    """`deduct all if C` below an item."""

    condition: Expr
    why: str | None = None


class Adjustment(Statement, frozen=True):
    """`bonus [in GROUP] AMOUNT …`, `penalty …`."""

    kind: Literal["bonus", "penalty"]
    amount: Amount
    group: str | None = None


class Group(Statement, frozen=True):
    """`group NAME [best [by F]] [up to N] [in GROUP]`."""

    name: str
    best: bool = False
    best_by: str | None = None
    up_to: Expr | None = None
    inside: str | None = None


class Cap(Statement, frozen=True):
    """`cap bonus N`, `cap penalty N`, `cap NAME N [if C]`: the name of a group."""

    target: Name
    limit: Expr
    condition: Expr | None = None


class Total(Statement, frozen=True):
    """`total NAME = EXPR [applies if C]`."""

    name: str
    value: Expr | None = None
    applies: Expr | None = None


class RankBy(Statement, frozen=True):
    """`rank by NAME [within G]`: the rank that results show."""

    name: Name
    within: tuple[Name, ...] = ()


# ---------------------------------------------------------------- grades and what follows


class Veto(Statement, frozen=True):
    """`veto if C ["why"]`."""

    condition: Expr
    why: str | None = None


class Bar(Statement, frozen=True):
    """`bar G if C ["why"]`: not G nor above."""

    grade: str
    condition: Expr
    why: str | None = None


class Grades(Statement, frozen=True):
    """`grades 优秀 > 良好 > …`, best first."""

    names: tuple[str, ...]


class Grade(Statement, frozen=True):
    """`grade G if C`, `grade G otherwise` (no condition)."""

    grade: str
    condition: Expr | None = None
    why: str | None = None


class GradeCase(Statement, frozen=True):
    """`grade case 总分 [90..100: A, …]`."""

    case: Case


class GradeValue(Statement, frozen=True):
    """`grade = EXPR [if C]`: a decision or a linked grade."""

    value: Expr
    condition: Expr | None = None


class Downgrade(Statement, frozen=True):
    """`downgrade N if C`."""

    steps: int
    condition: Expr
    why: str | None = None


class Top(Statement, frozen=True):
    """`top|bottom SHARE [of all|eligible|GRADE] [by X [then Y]] [within G]`: a share is 30%, 2, or an expression."""

    end: Literal["top", "bottom"]
    share: Expr
    of: str | None = None  # "all", "eligible", or a grade as written (`of_grade`)
    of_grade: bool = False
    keys: tuple[Expr, ...] = ()
    within: tuple[Name, ...] = ()


class Where(Statement, frozen=True):
    """`where C` below a quota."""

    condition: Expr


class Ties(Statement, frozen=True):
    """`ties excluded`, `ties included` below a quota."""

    policy: Literal["excluded", "included"]


class Rounded(Statement, frozen=True):
    """`rounded down|up|nearest` below a quota."""

    mode: Literal["down", "up", "nearest"]


class Select(Statement, frozen=True):
    """`select MARK from GRADE`, or `from all` (`pool` is None); the body holds `Top`, `Where`, `Ties`, `Rounded`."""

    mark: str
    pool: str | None = None


class Limit(Statement, frozen=True):
    """`limit G else G1`, with the same body."""

    grade: str
    otherwise: str


class Outcome(Statement, frozen=True):
    """`outcome NAME [= EXPR] [if C | otherwise]`."""

    name: str
    value: Expr | None = None
    condition: Expr | None = None
    otherwise: bool = False


class Require(Statement, frozen=True):
    """`require C [if C] [for each R] ["what is wrong"]`."""

    condition: Expr
    when: Expr | None = None
    for_each: Name | None = None
    message: str | None = None


# ---------------------------------------------------------------- the document, and examples


class Clause(Statement, frozen=True):
    """`clause "四(三)1(4)" ["heading"] [since D] [until D]`, a block."""

    number: str
    heading: str | None = None
    since: datetime.date | None = None
    until: datetime.date | None = None


class Assume(Statement, frozen=True):
    """`assume "…"`: an interpretation where the document is silent."""

    text: str


class Example(Statement, frozen=True):
    """`example "…"`; the body holds `Given`, `ExampleSubject`, `ExampleHistory`, `ExampleLink`, `Expect`."""

    title: str


class Given(Statement, frozen=True):
    """`given NAME = V, …`, for every subject of the example."""

    bindings: tuple[Binding, ...]


class ExampleSubject(Statement, frozen=True):
    """`subject 甲: NAME = V, …`."""

    name: str
    bindings: tuple[Binding, ...]


class ExampleHistory(Statement, frozen=True):
    """`history 2008: grade = 优秀`: an earlier result of the subject above it, or of every subject."""

    period: str
    bindings: tuple[Binding, ...]


class ExampleLink(Statement, frozen=True):
    """`link 班子: grade = 先进`: a linked result of the subject above it, or of every subject."""

    link: str
    bindings: tuple[Binding, ...]


class ExpectedReason(Node, frozen=True):
    """`vetoed by "四(三)3"`, `甲.barred by "…"`, `flagged by "…"`: the clause, or the words of a rule, among the
    reasons, or after `not` none of them; subject None where there is one.
    """

    clause: str
    subject: str | None = None
    word: Literal["vetoed", "barred", "flagged"] = "vetoed"
    holds: bool = True


class Expect(Statement, frozen=True):
    """`expect NAME = V, 甲.grade = 合格, vetoed by "…"`."""

    expectations: tuple[Binding | ExpectedReason, ...] = field(default=())
