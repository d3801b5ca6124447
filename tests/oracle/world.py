"""The oracle's own form of data: dicts of plain values, numbers as fractions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from kaoping.period import Period

Value = Any
"""A Fraction, bool, date, Option or str; None is missing."""


@dataclass(frozen=True, slots=True)
class Option:
    """One of several labels; `order` runs from the lowest to the highest where the labels have an order."""

    label: str
    order: tuple[str, ...] = field(default=(), compare=False)


@dataclass(slots=True)
class World:
    """A data set.

    `subjects` gives each subject's cells by column name. `records` gives each table's rows as (subject, cells).
    `history` gives stored results: period → subject → name → value. `links` gives link → subject's id → name → value.
    A label is a plain string here; an empty cell is None or left out.
    """

    subjects: dict[str, dict[str, Value]]
    records: dict[str, list[tuple[str, dict[str, Value]]]] = field(default_factory=dict)
    params: dict[str, Value] = field(default_factory=dict)
    history: dict[str, dict[str, dict[str, Value]]] = field(default_factory=dict)
    links: dict[str, dict[str, dict[str, Value]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a name means: of which subject, in which row of records, in which unit of time, in which stored result."""

    subject: str
    table: str | None = None
    row: int | None = None
    unit: Period | None = None
    stored: str | None = None  # a period

    def outside(self) -> Scope:
        """The subject alone: out of the row, still in the unit."""
        return Scope(self.subject, unit=self.unit)
