"""Clauses, interpretations and examples (chapter 9 of the language reference)."""

from __future__ import annotations

import datetime
from typing import Literal

from msgspec import field

from kaoping.expr import Node
from kaoping.scheme.declarations import Binding
from kaoping.scheme.statement import Statement


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
