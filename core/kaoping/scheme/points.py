"""Items, lines, bonuses, totals (chapter 6 of the language reference)."""

from __future__ import annotations

from typing import Literal

from kaoping.expr import Expr, Name, Node, Number
from kaoping.scheme.statement import Statement


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
