"""Small scripts on small data, for tests with numbers worked out by hand."""

from __future__ import annotations

from fractions import Fraction
from textwrap import dedent
from typing import Any

from kaoping.source import Source
from kaoping_dsl.parse import parse
from oracle.evaluate import Answer, evaluate
from oracle.world import Option, World


def run(script: str, world: World) -> Answer:
    """What the oracle makes of a script and its data."""
    scheme, findings = parse(Source("test", "scheme 试\n" + dedent(script)))
    assert not findings, findings
    return evaluate(scheme, world)


def number(text: str) -> Fraction:
    """A number as it is written."""
    return Fraction(text)


def one(script: str, **cells: Any) -> dict[str, Any]:
    """Every result of a single subject; numbers may be given as text."""
    return one_of_world(script, World({"甲": fractions(cells)}))


def one_of_world(script: str, world: World) -> dict[str, Any]:
    """The same where the data is more than cells; the subject is 甲."""
    answer = run(script, world)
    return {name: plain(column["甲"]) for name, column in answer.columns.items()}


def fractions(cells: dict[str, Any]) -> dict[str, Any]:
    """Whole numbers as fractions."""
    return {name: Fraction(cell) if type(cell) is int else cell for name, cell in cells.items()}


def plain(value: Any) -> Any:
    """A label as text."""
    return value.label if isinstance(value, Option) else value


def column(answer: Answer, name: str) -> list[Any]:
    """A result of all subjects, in their order."""
    return [plain(value) for value in answer.columns[name].values()]


def by_score(*scores: float, **more: list[Any]) -> World:
    """Subjects 1, 2, 3 … with these scores as 得分, and more columns."""
    subjects = {}
    for place, score in enumerate(scores):
        others = {name: cells[place] for name, cells in more.items()}
        subjects[str(place + 1)] = {"得分": Fraction(str(score)), **fractions(others)}
    return World(subjects)
