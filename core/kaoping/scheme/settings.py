"""The scheme itself and its settings (chapter 4 of the language reference)."""

from __future__ import annotations

from typing import Literal

from kaoping.scheme.statement import Statement


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
