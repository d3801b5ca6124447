"""Looking for a subject of which a question does not hold: values around every threshold in combination, then at
random.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from itertools import chain, islice, product, repeat, takewhile
from math import prod

from msgspec import Struct

from kaoping import typed as t
from kaoping.plan.boundaries import Boundaries, boundaries
from kaoping.prove.aim import aimed
from kaoping.prove.draw import drawn, slots
from kaoping.prove.question import HOLDS, SOUND, Question
from kaoping.prove.subjects import Asker, Slot, Subject
from kaoping.types import Kind, Type, Value

MOST_COMBINATIONS = 50_000
"""So many combinations of values are gone through one by one."""
MOST_WHOLE = 300
"""A cell with so many values at most is tried with all of them."""
MOST_PAIRED = 60_000
"""So many pairs of values are brought together on purpose; of more, chance brings most together."""
BY_CHANCE = 0.3
"""For every subject that is aimed so many come by chance."""
AT_ONCE = 400
MOST_SUBJECTS = 10
"""So many subjects at most are looked at together."""


class Search(Struct):
    """How a search went: the subjects that refute, how many were tried, and whether these were all there can be."""

    found: list[Subject] | None = None
    tried: int = 0
    complete: bool = False


def search(asked: Question, seconds: float, most: int, seed: int = 1) -> Search:
    """Look for subjects that refute a question, for so many seconds and subjects at most."""
    wanted = [HOLDS, SOUND, *([asked.plan.appraised] if asked.plan.appraised else [])]
    known = boundaries(asked.plan, [*wanted, *asked.data])
    asker, done, until = Asker(asked), Search(), time.monotonic() + seconds
    whole = _every_value(asked)
    if whole is not None:
        everybody = (Subject(dict(zip(whole, values, strict=True)), {}) for values in product(*whole.values()))
        _through(asker, everybody, done, float("inf"), MOST_COMBINATIONS)
        done.complete = done.found is None
        return done
    draw = random.Random(seed)
    source = _endless if asked.among else _candidates
    subjects = takewhile(lambda _: time.monotonic() < until, source(asked, known, draw))
    if asked.among:
        _populations(asker, subjects, done, until, most, draw)
    else:
        _through(asker, subjects, done, until, most)
    return done


def _through(asker: Asker, subjects: Iterator[Subject], done: Search, until: float, most: int) -> None:
    """Put the question to one subject after the other."""
    while done.tried < most and time.monotonic() < until and (some := list(islice(subjects, AT_ONCE))):
        for group in _of_the_same_params(some):
            number = asker.refuting(group)
            if number is not None and asker.confirmed([group[number]]) == 0:
                done.found = [group[number]]
                return
        done.tried += len(some)


def _of_the_same_params(subjects: Sequence[Subject]) -> list[list[Subject]]:
    groups: dict[tuple[tuple[Slot, Value], ...], list[Subject]] = {}
    for subject in subjects:
        params = tuple((slot, value) for slot, value in subject.cells.items() if slot.key.frame.table == t.PARAMS)
        groups.setdefault(params, []).append(subject)
    return list(groups.values())


def _populations(
    asker: Asker, subjects: Iterator[Subject], done: Search, until: float, most: int, draw: random.Random
) -> None:
    """Put the question to small populations."""
    while done.tried < most and time.monotonic() < until:
        some = list(islice(subjects, draw.choice((1, 1, 2, 2, 3, 4, 5, 7, MOST_SUBJECTS))))
        if some and asker.refuting(some) is not None and asker.confirmed(some) is not None:
            done.found = some
            return
        done.tried += len(some)


def _every_value(asked: Question) -> dict[Slot, list[Value]] | None:
    """Every value of every cell, where there are few combinations of them and no rows; None where there are more."""
    if asked.among or asked.rows:
        return None
    found = {}
    for key in asked.data:
        type_ = asked.plan.columns[key].type
        if type_.kind is Kind.TEXT or type_.high - type_.low >= MOST_WHOLE:
            return None
        found[Slot(key)] = _all_of(type_)
    return found if prod(map(len, found.values())) <= MOST_COMBINATIONS else None


def _all_of(type_: Type) -> list[Value]:
    values: list[Value] = [False, True] if type_.kind is Kind.BOOL else list(range(type_.low, type_.high + 1))
    return [*values, None] if type_.optional else values


# ---------------------------------------------------------------- candidates


def _candidates(asked: Question, known: Boundaries, draw: random.Random) -> Iterator[Subject]:
    """Subjects with values that matter in every pair, then with any values."""
    for rows in ({}, dict.fromkeys(asked.rows, 1)):
        cells = {slot: list(known.cells[slot.key]) for slot in slots(asked, rows)}
        if prod(map(len, cells.values())) <= MOST_COMBINATIONS // 10:
            combined: Iterator[Sequence[Value]] = product(*cells.values())
        else:
            combined = iter(paired(list(cells.values()), draw))
        for values in combined:
            yield Subject(dict(zip(cells, values, strict=True)), rows)
    yield from _endless(asked, known, draw)


def _endless(asked: Question, known: Boundaries, draw: random.Random) -> Iterator[Subject]:
    """Subjects aimed at the lines of the question, and between them others by chance."""
    for subject in chain(aimed(asked, known, draw), repeat(None)):
        if subject is not None:
            yield subject
        if subject is None or draw.random() < BY_CHANCE:
            yield drawn(asked, known, draw)


def paired(values: Sequence[Sequence[Value]], draw: random.Random) -> list[list[Value]]:
    """Rows in which every value of every column meets every value of every other one; of very many only some."""
    if not values:
        return [[]]
    pairs = sum(len(a) * len(b) for i, a in enumerate(values) for b in values[:i])
    if pairs > MOST_PAIRED:
        return [[draw.choice(column) for column in values] for _ in range(1000)]
    rows: list[list[Value]] = [[value] for value in values[0]]
    for at, column in enumerate(values[1:], 1):
        open_ = {(i, repr(a), repr(b)) for i in range(at) for a in values[i] for b in column}
        for row in rows:
            best = max(column, key=lambda b, r=row: sum((i, repr(a), repr(b)) in open_ for i, a in enumerate(r)))  # type: ignore[misc]
            open_ -= {(i, repr(a), repr(best)) for i, a in enumerate(row)}
            row.append(best)
        texts = [{repr(value): value for value in each} for each in values]
        while open_:
            i, a, b = next(iter(sorted(open_)))
            row = [draw.choice(values[k]) for k in range(at)]
            row[i] = texts[i][a]
            row.append(texts[at][b])
            open_ -= {(k, repr(value), b) for k, value in enumerate(row[:at])}
            rows.append(row)
    return rows
