"""What is known of a piece of script while it is written: its range, its unit, whether it may be missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from oracle.generator.cells import Column, Table

T = TypeVar("T")
PRECISION = 12


@cache
def _below(end: int) -> st.SearchStrategy[int]:
    return st.integers(0, end - 1)  # made once: a script draws many hundreds


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written; `form` says how tightly it holds together: operand, chain, sum, loose."""

    text: str
    low: Fraction
    high: Fraction
    places: int = 0
    unit: str = "points"  # or count, money
    optional: bool = False
    form: str = "operand"
    in_units: bool = True  # may be read inside a unit of time

    @property
    def digits(self) -> int:
        """Digits before and after the point."""
        return len(str(int(max(abs(self.low), abs(self.high))))) + self.places


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition as written; `form` is operand, comparison or joined."""

    text: str
    optional: bool = False
    form: str = "operand"
    in_units: bool = True


@dataclass(frozen=True, slots=True)
class Choice:
    """A name whose values are labels."""

    text: str
    labels: tuple[str, ...]
    ordered: bool = False
    optional: bool = False


@dataclass(slots=True)
class Frame:
    """The names in reach: of a subject, or of a record with the subject's behind them."""

    numbers: list[Number] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    table: str | None = None
    dated_by: str | None = None
    unit: bool = False  # inside a unit of time: only what is evaluated anew may be read
    windows: bool = True  # sets of subjects may be asked here

    def of_unit(self, unit: str) -> list[Number]:
        """The names of numbers of a unit that may be read here."""
        return [each for each in self.numbers if each.unit == unit and (each.in_units or not self.unit)]

    def own(self) -> list[Number]:
        """The fields of a record that are numbers."""
        return [each for each in self.numbers if each.text.startswith("记")]

    def in_unit(self) -> Frame:
        """The same inside a unit of time."""
        return replace(self, unit=True, windows=False)


@dataclass(slots=True)
class Reach:
    """What a script has declared so far."""

    subject: Frame = field(default_factory=Frame)
    records: dict[str, Frame] = field(default_factory=dict)
    functions: list[tuple[str, int]] = field(default_factory=list)
    tables: list[tuple[str, Choice, bool]] = field(default_factory=list)  # name, its option, whether the second output
    classes: list[Choice] = field(default_factory=list)
    judged: int = 0
    graded: bool = False
    periods: bool = False

    def dated(self) -> list[tuple[str, Frame]]:
        """The records that have a date."""
        return [(table, each) for table, each in self.records.items() if each.dated_by]


class Writer:
    """Draws, and keeps the script written so far with the columns its data has to bring."""

    def __init__(self, draw: DrawFn) -> None:
        self.draw = draw
        self.reach = Reach()
        self.lines: list[str] = []
        self.subject: list[Column] = []
        self.tables: list[Table] = []
        self.params: list[Column] = []

    def pick(self, options: Sequence[T]) -> T:
        """One of several."""
        return options[self.draw(_below(len(options)))]

    def chance(self, percent: int) -> bool:
        """Yes in so many cases of a hundred, and in the simplest case no."""
        return self.draw(_below(100)) >= 100 - percent

    def upto(self, most: int, least: int = 0) -> range:
        """So many times, between least and most."""
        return range(least + self.draw(_below(most - least + 1)))

    def add(self, *lines: str) -> None:
        """Write lines."""
        self.lines.extend(lines)

    def closed(self, number: Number) -> Number:
        """The same with a value where it may be missing."""
        if not number.optional:
            return number
        fallback = self.pick([0, 1, 100])
        low, high = min(number.low, Fraction(fallback)), max(number.high, Fraction(fallback))
        text = f"{written(number, 'chain')} default {fallback}"
        return replace(number, text=text, low=low, high=high, optional=False, form="loose")

    def certain(self, condition: Condition) -> str:
        """A condition that always has a value."""
        if not condition.optional:
            return condition.text
        text = condition.text if condition.form == "operand" else f"({condition.text})"
        return f"({text} default {self.pick(['yes', 'no'])})"

    def tamed(self, number: Number) -> Number:
        """The same, held to a size that leaves room for what is built on it."""
        if number.digits > 20 or number.places > 13:
            text = f"round({number.text}, {self.pick([0, 1, 2])})"
            number = replace(number, text=text, low=number.low - 1, high=number.high + 1, places=2, form="operand")
        if max(abs(number.low), abs(number.high)) > 10**5:
            text = f"clamp({number.text}, -1000, 1000)"
            number = replace(number, text=text, low=Fraction(-1000), high=Fraction(1000), form="operand")
        return number

    def within(self) -> str:
        """A group to stay in, or none."""
        if not self.reach.classes or self.chance(50):
            return ""
        names = [each.text for each in self.reach.classes]
        return f" within [{', '.join(names)}]" if len(names) > 1 and self.chance(40) else f" within {self.pick(names)}"


def written(number: Number, form: str = "operand") -> str:
    """A number with brackets where it has to hold together as an operand, a chain, a sum."""
    tightness = ["operand", "chain", "sum", "loose"]
    return number.text if tightness.index(number.form) <= tightness.index(form) else f"({number.text})"


def primary(number: Number) -> str:
    """A number as a name, a call or a bracket."""
    name_or_call = re.fullmatch(r"[^\W\d]\w*(\(.*\))?", number.text) and number.form == "operand"
    return number.text if name_or_call else f"({number.text})"
