"""Grades, quotas, and what follows from them (chapters 7 and 8 of the language reference)."""

from __future__ import annotations

from typing import Literal

from kaoping.expr import Case, Expr, Name
from kaoping.scheme.declarations import WrittenType
from kaoping.scheme.statement import Statement


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
    """`grade G if C`, `grade G otherwise` (no condition); `grade - if C` gives none (None)."""

    grade: str | None
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
    """`outcome NAME [: TYPE] [= EXPR] [if C | otherwise]`."""

    name: str
    value: Expr | None = None
    condition: Expr | None = None
    otherwise: bool = False
    type: WrittenType | None = None


class Require(Statement, frozen=True):
    """`require C [if C] [for each R] ["what is wrong"]`."""

    condition: Expr
    when: Expr | None = None
    for_each: Name | None = None
    message: str | None = None
