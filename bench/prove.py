"""How much `kaoping prove` answers, and what `kaoping diff` says without data: questions made of the shipped schemes,
and versions of them with one slip each; with z3 and without.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from unittest.mock import patch

from msgspec.structs import replace

from bench.measure import machine
from kaoping.plan.build import plan_scheme
from kaoping.plan.plan import Plan
from kaoping.plugins import LANGUAGE, load_expression, load_scheme
from kaoping.prove import prove
from kaoping.prove.question import Question, Version, question
from kaoping.prove.versions import moves
from kaoping.source import Source
from kaoping.surroundings import Surroundings, shipped_scripts
from kaoping.testing.mutants import mutants
from kaoping.types import Kind, Type, shown_text

EACH = 8
"""So many questions about each scheme."""
SLIPS = 3
"""So many versions of each."""
WIDEST = 10_000
"""Results with a range up to here are asked about: of rows without end every number is reached somewhere."""


def main() -> None:
    """Count the answers, and what they take."""
    print(f"\nAnswers\n{machine()}\n")
    print("| asked | z3 | answers | CPU, median | nine in ten | most |\n|---|---|---|--:|--:|--:|")
    for z3 in (False, True):
        with patch.object(prove, "find_spec", lambda _, there=z3: there or None):
            _row("questions, 5 s", z3, _questions())
            _row("each way of a version, 0.5 s", z3, _versions())


def _row(asked: str, z3: bool, answers: Iterator[tuple[float, list[str]]]) -> None:
    found, took = Counter[str](), list[float]()
    for seconds, verdicts in answers:
        found.update(verdicts)
        took.append(seconds)
    took.sort()
    told = ", ".join(f"{count} {verdict}" for verdict, count in found.most_common())
    times = " | ".join(f"{took[at]:.2f} s" for at in (len(took) // 2, len(took) * 9 // 10, -1))
    print(f"| {asked} | {'yes' if z3 else 'no'} | {told} | {times} |")


def _schemes() -> Iterator[tuple[Version, Plan]]:
    for path in shipped_scripts().values():
        scheme, _ = load_scheme(Source(str(path), path.read_text("utf-8")), LANGUAGE)
        version = Version(scheme, Surroundings(path.parent))
        plan, _ = plan_scheme(*version)
        assert plan is not None
        yield version, plan


def _questions() -> Iterator[tuple[float, list[str]]]:
    for version, plan in _schemes():
        texts = [text for column, _ in plan.results for text in _about(column.name, column.type)]
        for text in Random(1).sample(texts, min(EACH, len(texts))):
            expression, _ = load_expression(Source("-e", text), LANGUAGE)
            made, _ = question(version, expression) if expression is not None else (None, [])
            if made is not None:
                yield _timed(partial(_verdict, made))


def _verdict(made: Question) -> list[str]:
    return [prove.prove(made, 5).verdict]


def _about(name: str, type_: Type) -> Iterator[str]:
    """That each grade, each mark, each outcome never comes about, that a number stays within a part of its range."""
    match type_.kind:
        case Kind.CHOICE:
            yield from (
                f"not has {name} or {name} != {each}" if type_.optional else f"{name} != {each}"
                for each in type_.labels
            )
        case Kind.BOOL:
            yield f"not ({name} default no)" if type_.optional else f"not {name}"
        case Kind.NUMBER if -WIDEST <= type_.low // 10**type_.places < type_.high // 10**type_.places <= WIDEST:
            width = type_.high - type_.low
            middle, near = width // 2, width // 10 + 1
            ends = (
                ("<=", type_.low + middle),
                ("<=", type_.high - near),
                (">=", type_.low + near),
                (">=", type_.high - middle),
            )
            for operator, end in ends:
                number = shown_text(end, replace(type_, optional=False))
                yield (
                    f"({name} default {number}) {operator} {number}"
                    if type_.optional
                    else f"{name} {operator} {number}"
                )


def _versions() -> Iterator[tuple[float, list[str]]]:
    for version, plan in _schemes():
        slips = mutants(version.scheme, plan)
        for slip in Random(3).sample(slips, min(SLIPS, len(slips))):
            new = version._replace(scheme=slip.scheme(version.scheme))
            yield _timed(partial(_verdicts, new, version))


def _verdicts(new: Version, old: Version) -> list[str]:
    found = moves(new, old, 0.5, lambda of, way: "")
    return [each.answer.verdict for each in found.moves] or [f"not compared ({found.reason})"]


def _timed(ask: Callable[[], list[str]]) -> tuple[float, list[str]]:
    start = time.process_time()
    verdicts = ask()
    return time.process_time() - start, verdicts


if __name__ == "__main__":
    main()
