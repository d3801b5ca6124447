"""Telling two plans apart: a situation in which something that an example can ask of them differs."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from random import Random

from msgspec import Struct

from kaoping import typed as t
from kaoping.engines.cases import Ground, reference_of
from kaoping.engines.reference import Reference, Unknown, UnknownError
from kaoping.plan.plan import Plan
from kaoping.testing.situations import WRITTEN, Situation, drawn, field_of, nameable
from kaoping.types import Kind, Type, Value

NEAREST = 3
"""So many of the nearest things an example can ask for are tried."""
TRIES = 150
"""So many situations are tried for each, stating what it is made of, and as many stating data alone."""


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
    """A situation in which two plans differ in something that can be asked, as small as it can be made."""
    below = _distances(one.plan, other.plan, changed)
    near = (each for each in askable(one) if each.key in below and (each.word or each.key in other.plan.columns))
    targets = sorted(near, key=lambda each: below[each.key])[:NEAREST]
    tries = TRIES if one.plan.appraised is None else 2 * TRIES  # many that are drawn are not appraised
    for deep in (False, True):
        for asked in targets:
            random = Random(seed)
            space = field_of(one, asked.key, set(below), deep=deep)
            for situation in islice(drawn(space, random), tries):
                if (found := told(one, other, asked, situation)) is not None:
                    return smallest(one, other, found)
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
    first = answers(one, asked, situation) if situation.statable else None
    if first is None or not _statable(one.plan, asked, first[0]):
        return None
    second = answers(other, asked, situation)
    return None if second is None or first[1] == second[1] else Witness(situation, asked, first[0])


def _statable(plan: Plan, asked: Asked, values: tuple[Value, ...]) -> bool:
    """Whether a script can write what is answered: a number has so many places at most."""
    type_ = plan.columns[asked.key].type
    if type_.kind is not Kind.NUMBER:
        return True
    step = 10 ** max(0, type_.places - WRITTEN)
    return all(value is None or int(value) % step == 0 for value in values)


def answers(ground: Ground, asked: Asked, situation: Situation) -> tuple[tuple[Value, ...], tuple[object, ...]] | None:
    """What is answered for each subject, also in a form in which plans can be compared; None where it is unknown."""
    case = situation.case(ground.plan)
    reference = reference_of(ground, case)
    try:
        if asked.word:
            held = tuple(_held(ground, reference, asked, subject) for subject in range(len(case.names)))
            return held, held
        reference.prepare(asked.key, range(len(case.names)))
        values = [reference.cell(asked.key, subject) for subject in range(len(case.names))]
    except UnknownError:
        return None
    if reference.problems or any(isinstance(value, Unknown) for value in values):
        return None
    known = tuple(value for value in values if not isinstance(value, Unknown))
    type_ = ground.plan.columns[asked.key].type
    return known, tuple(_comparable(value, type_) for value in known)


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


def _comparable(value: Value, type_: Type) -> object:
    match type_.kind:
        case Kind.NUMBER if value is not None:
            return Fraction(int(value), 10**type_.places)
        case Kind.CHOICE if value is not None:
            return type_.labels[int(value)]
    return value


def smallest(one: Ground, other: Ground, found: Witness) -> Witness:
    """The witness with everything taken away that it does without."""
    shrunk = True
    while shrunk:
        shrunk = False
        for situation in found.situation.smaller():
            if (less := told(one, other, found.asked, situation)) is not None:
                found, shrunk = less, True
                break
    return found
