"""Telling two plans apart: a situation in which something that an example can ask of them differs."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from itertools import count, islice, product
from random import Random

from msgspec import Struct

from kaoping import typed as t
from kaoping.engines.cases import Ground, reference_of
from kaoping.engines.reference import Reference, Unknown, UnknownError
from kaoping.plan.plan import Plan
from kaoping.testing.drawing import WRITTEN, Field, altered, drawn, field_of, nameable
from kaoping.testing.situations import Situation
from kaoping.testing.sizes import sizes
from kaoping.testing.steps import Standing, Step, comparable, resting, standing, steps, wishes
from kaoping.types import Kind, Value

NEAREST = 4
"""So many of the nearest things an example can ask for are tried."""
DRAWN = 60
"""So many situations are drawn for each, stating what it is made of, and as many stating data alone."""
PATIENCE = 120
"""The one that comes nearest is altered until so many alterations come no nearer."""


class Asked(Struct, frozen=True):
    """What an expectation can be about: a named column, or a reason by its clause or words."""

    key: t.Key
    name: str = ""
    word: str = ""
    by: str = ""


class Witness(Struct, frozen=True):
    """A situation that tells two plans apart: what to ask there, and what the first plan answers for each subject."""

    situation: Situation
    asked: Asked
    answers: tuple[Value, ...]


def differing(one: Plan, other: Plan) -> set[t.Key]:
    """The columns that two plans do not have alike; what stands in `results` alone counts as such."""
    keys = {*one.columns, *other.columns}
    found = {key for key in keys if not _alike(one, other, key)}
    words = {each.key for plan in (one, other) for each in plan.reasons} | {
        each.key for plan in (one, other) for each in plan.requirements
    }
    found |= {key for key in words if _reasons(one, key) != _reasons(other, key)}
    defaults = {(table.name, each.name, each.default) for table in one.inputs for each in table.columns}
    defaults ^= {(table.name, each.name, each.default) for table in other.inputs for each in table.columns}
    loaded = {(table, name) for table, name, _ in defaults}
    return found | {key for key in one.columns if (key.frame.table, key.name) in loaded}


def _alike(one: Plan, other: Plan, key: t.Key) -> bool:
    a, b = one.columns.get(key), other.columns.get(key)
    return a is not None and b is not None and a.value == b.value and a.type == b.type


def _reasons(plan: Plan, key: t.Key) -> list[tuple[str, str | None]]:
    return [
        *((each.word, each.clause) for each in plan.reasons if each.key == key),
        *(("flagged", each.clause) for each in plan.requirements if each.key == key),
    ]


def witness(one: Ground, other: Ground, changed: set[t.Key], seed: int = 0) -> Witness | None:
    """A situation in which two plans differ in something that can be asked, as small and plain as it can be made."""
    below = _distances(one.plan, other.plan, changed)
    near = (each for each in askable(one) if each.key in below)
    loaded = {key for key, column in one.plan.columns.items() if column.value is None}
    targets = sorted(near, key=lambda each: (each.key in loaded, below[each.key]))[:NEAREST]
    numbers = sizes(one.plan, other.plan, changed, set(below))
    for deep, asked in product((False, True), targets):
        space = field_of(one, asked.key, set(below), changed, numbers, deep=deep)
        way = steps(space.columns, one.plan.appraised, other.plan, asked.key, set(below))
        if asked.word and asked.key not in other.plan.columns:
            way += wishes(space.columns, asked.key, holds=asked.word != "flagged")
        if (found := _search(one, other, asked, space, way, Random(seed))) is not None:
            return plainest(one, other, found)
    return None


def _search(one: Ground, other: Ground, asked: Asked, space: Field, way: list[Step], random: Random) -> Witness | None:
    """A situation that tells two plans apart: drawn, or the nearest of those drawn altered."""
    nearest, best, waited = Situation(({},)), Standing(-1, ()), 0
    tries = drawn(space, random)
    for number in count():
        if number < DRAWN:
            situation = next(tries)
        else:
            aims = [resting(space.columns, step) for step in best.missing] or [set[t.Key]()]
            aim = random.choice((min(aims, key=len), random.choice(aims), set[t.Key]()))
            situation = altered(space, nearest, random, aim)
        found = _tried(one, other, asked, situation, way)
        if isinstance(found, Witness):
            return found
        waited = 0 if number < DRAWN or found.number > best.number else waited + 1
        if found.number >= best.number:
            nearest, best = situation, found
        if waited > PATIENCE:
            break
    return None


def askable(ground: Ground) -> Iterator[Asked]:
    """Everything that an expectation can be about."""
    for key in ground.plan.columns:
        if key.frame == t.EACH and nameable(ground, key):
            yield Asked(key, key.name)
    for column, key in ground.plan.results:
        if ground.key_of(column.name) == key and not (key.frame == t.EACH and nameable(ground, key)):
            yield Asked(key, column.name)
    clauses = Counter((reason.word, reason.clause) for reason in ground.reasons)
    for reason in ground.reasons:
        alone = reason.clause is not None and clauses[reason.word, reason.clause] == 1
        yield Asked(reason.key, "", reason.word, (reason.clause if alone else "") or reason.text)


def _distances(one: Plan, other: Plan, changed: set[t.Key]) -> dict[t.Key, int]:
    """The columns that come to read changed ones, and how far away each is."""
    readers: dict[t.Key, set[t.Key]] = {}
    for plan in (one, other):
        for column in plan.columns.values():
            read = {*column.reads, plan.appraised} if column.value is not None else ()  # who is appraised has results
            for key in read:
                if key is not None:
                    readers.setdefault(key, set()).add(column.key)
    found = dict.fromkeys(changed, 0)
    waiting = deque(changed)
    while waiting:
        key = waiting.popleft()
        for reader in readers.get(key, ()):
            if reader not in found:
                found[reader] = found[key] + 1
                waiting.append(reader)
    return found


def told(one: Ground, other: Ground, asked: Asked, situation: Situation) -> Witness | None:
    """The situation as a witness, if what is asked differs in it."""
    found = _tried(one, other, asked, situation, [])
    return found if isinstance(found, Witness) else None


def _tried(one: Ground, other: Ground, asked: Asked, situation: Situation, way: list[Step]) -> Witness | Standing:
    """The situation as a witness; else how many steps it has taken, -1 where no example can state it."""
    if not situation.statable:
        return Standing(-1, ())
    references = [reference_of(ground, situation.case(ground.plan)) for ground in (one, other)]
    first = _answers(one, references[0], asked)
    gone = not asked.word and asked.key not in other.plan.columns  # any example that asks for it fails
    second = ((), ()) if gone else _answers(other, references[1], asked)
    if first is not None and second is not None and first[1] != second[1] and _statable(one.plan, asked, first[0]):
        return Witness(situation, asked, first[0])
    return standing(way, *references)


def _statable(plan: Plan, asked: Asked, values: tuple[Value, ...]) -> bool:
    """Whether a script can write what is answered: a number has so many places at most."""
    type_ = plan.columns[asked.key].type
    if type_.kind is not Kind.NUMBER:
        return True
    step = 10 ** max(0, type_.places - WRITTEN)
    return all(value is None or int(value) % step == 0 for value in values)


def _answers(ground: Ground, reference: Reference, asked: Asked) -> tuple[tuple[Value, ...], tuple[object, ...]] | None:
    """What is answered for each subject, also in a form in which plans can be compared; None where it is unknown."""
    subjects = range(len(reference.data.ids))
    try:
        if asked.word:
            held = tuple(_held(ground, reference, asked, subject) for subject in subjects)
            return held, held
        reference.prepare(asked.key, subjects)
        values = [reference.cell(asked.key, subject) for subject in subjects]
    except UnknownError:
        return None
    if reference.problems or any(isinstance(value, Unknown) for value in values):
        return None
    known = tuple(value for value in values if not isinstance(value, Unknown))
    type_ = ground.plan.columns[asked.key].type
    return known, tuple(comparable(value, type_) for value in known)


def _held(ground: Ground, reference: Reference, asked: Asked, subject: int) -> bool:
    """Whether a subject has a reason; unknown where some of its reasons are and none holds."""
    held = False
    for reason in ground.reasons_for(asked.word, asked.by):
        reference.prepare(reason.key, [subject])
        for row in reference.cells.rows(reason.key.frame, subject):
            value = reference.cell(reason.key, row)
            if isinstance(value, Unknown):
                raise UnknownError(value)
            held = held or value is (asked.word != "flagged")
    return held


def plainest(one: Ground, other: Ground, found: Witness) -> Witness:
    """The witness with everything taken away that it does without, its numbers as plain as they can be."""
    for others in (Situation.smaller, lambda each: each.plainer(one.plan), Situation.smaller):
        found = _reduced(one, other, found, others)
    return found


def _reduced(one: Ground, other: Ground, found: Witness, others: Callable[[Situation], Iterator[Situation]]) -> Witness:
    """The witness changed for others like it as long as they tell the plans apart too."""
    reduced = True
    while reduced:
        at, reduced = 0, False
        while (situation := next(islice(others(found.situation), at, None), None)) is not None:
            less = told(one, other, found.asked, situation)
            if less is None:
                at += 1
            else:
                found, reduced = less, True
    return found
