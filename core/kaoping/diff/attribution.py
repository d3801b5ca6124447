"""Which part of a change makes whom flip: each part alone on the old scheme, and alone taken out of the new one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from kaoping.diff.beside import BOTH, Beside, Side, state_of
from kaoping.diff.population import Population, UnfitError
from kaoping.diff.record import Attribution, Cause, Effect, Matrix, People, Person
from kaoping.diff.trials import PlanOf, Trials, meaning
from kaoping.plan.plan import Plan

SAME, ARRIVED, ELSEWHERE, UNKNOWN = "0", "1", "2", "?"
"""What a part does to a subject: nothing; what the whole change does; something else; it could not be tried."""


def attributed(
    beside: Beside,
    population: Population,
    matrices: list[Matrix],
    changes: Collection[int],
    plan_of: PlanOf,
    plans: tuple[Plan, Plan],
) -> tuple[list[Matrix], Attribution]:
    """The matrices with what each part of the change does to them."""
    trials = Trials(changes, plan_of, plans)
    parts = trials.parts()
    shown = tuple(tuple(sorted(each.changes)) for each in parts)
    needs = tuple(tuple(sorted(each.alone - each.changes)) for each in parts)
    idle = tuple(sorted(set(changes).difference(*shown)))
    if not parts or not any(each.flipped for each in matrices):
        return matrices, Attribution(shown, needs, idle)
    ends: list[_Known] = [(meaning(plan), name, plan) for plan, name in zip(plans, ENDS, strict=True)]
    tried = _Tried(beside, population, ends)
    alone = [tried.named(trials.plan(each.alone)) for each in parts]
    without = [tried.named(trials.plan(each.without)) for each in parts]
    flipped = [at for at, matrix in enumerate(matrices) if matrix.flipped]
    tries = {at: ([tried.states(each, at) for each in alone], [tried.states(each, at) for each in without])
             for at in flipped}  # fmt: skip
    _mark_all(beside, tries)
    found = [
        _with_causes(beside, at, matrix, *tries[at]) if at in tries else matrix for at, matrix in enumerate(matrices)
    ]
    return found, Attribution(shown, needs, idle, tried.evaluations)


# ---------------------------------------------------------------- evaluations


ENDS = ("a", "b")
"""Stand for the tables of the two schemes themselves, whose states are columns of the table of both."""
_Known = tuple[tuple[Any, ...], str, Plan]


class _Tried(Struct):
    """Schemes with some of the changes, each evaluated once; those that are the same as the ends are not."""

    beside: Beside
    population: Population
    known: list[_Known]
    evaluations: int = 0

    def named(self, plan: Plan | None) -> tuple[str, Plan] | None:
        """The table of a scheme's states; None where it cannot be evaluated on these data."""
        if plan is None:
            return None
        told = meaning(plan)
        for known, name, other in self.known:
            if known == told:
                return name, other
        name = f"tried_{self.evaluations}"
        try:
            self.population.table(plan, self._side(name, plan).keys, name)
        except UnfitError:
            return None
        self.evaluations += 1
        self.known.append((told, name, plan))
        return name, plan

    def states(self, found: tuple[str, Plan] | None, at: int) -> tuple[str, str] | None:
        """A table and the SQL of a standing's code in it."""
        if found is None:
            return None
        name, plan = found
        if name in ENDS:
            return name, f"{name}{at}"
        return name, state_of(self.beside.both.standings[at], self._side(name, plan))

    def _side(self, name: str, plan: Plan) -> Side:
        columns = [each.column(plan) for each in self.beside.both.standings]
        return Side(name, plan, [each.key for each in columns if each is not None])


# ---------------------------------------------------------------- causes

Tries = list[tuple[str, str] | None]


MARKED = "marked"
"""The table of who goes from where to where, `a0` and `b0`, and what every part does to it, `m0`."""


def _mark_all(beside: Beside, tries: Mapping[int, tuple[Tries, Tries]]) -> None:
    """What every part does to everybody, in one go: a mark for each, first, then a mark for each left out."""
    tables = {each[0] for both in tries.values() for listed in both for each in listed if each is not None}
    joins = "".join(f" LEFT JOIN {table} ON {table}.id = {BOTH}.id" for table in sorted(tables - set(ENDS)))
    shown = [f"{BOTH}.{column}" for column in ("id", "name", "place")]
    for at, (alone, without) in tries.items():
        a, b = f"a{at}", f"b{at}"
        marks = [_mark(each, a, b) for each in alone] + [_mark(each, b, a) for each in without]
        shown += [a, b, f"CONCAT({', '.join(marks)}) AS m{at}"]
    beside.connection.execute(f"CREATE TABLE {MARKED} AS SELECT {', '.join(shown)} FROM {BOTH}{joins}")


def _with_causes(beside: Beside, at: int, matrix: Matrix, alone: Tries, without: Tries) -> Matrix:
    rows = _signatures(beside, at)
    states = beside.both.standings[at].states
    flips: dict[tuple[str, ...], list[Cause]] = {}
    offset: list[Cause] = []
    first, last, single = ([0] * len(alone) for _ in range(3))
    for old, new, signature, count, people in rows:
        one, other = signature[: len(alone)], signature[len(alone) :]
        for part, (mine, rest) in enumerate(zip(one, other, strict=True)):
            first[part] += count if mine in (ARRIVED, ELSEWHERE) else 0
            last[part] += count if rest in (ARRIVED, ELSEWHERE) else 0
        cause = _cause(one, other, states[old], states[new], People(count, people))
        if old == new:
            moved = tuple(part for part, each in enumerate(one) if each in (ARRIVED, ELSEWHERE))
            offset.append(replace(cause, how="offset", enough=moved))
            continue
        if cause.how == "alone":
            single[cause.enough[0]] += count
        flips.setdefault((cause.before, cause.after), []).append(cause)
    effects = tuple(
        Effect(part, first[part] if alone[part] else None, last[part] if without[part] else None, single[part])
        for part in range(len(alone))
    )
    ordered = [cause for flip in matrix.flips for cause in _merged(flips.get((flip.before, flip.after), []), beside)]
    return replace(matrix, effects=effects, causes=tuple(ordered), offset=tuple(_merged(offset, beside)))


def _signatures(beside: Beside, at: int) -> list[tuple[int, int, str, int, tuple[Person, ...]]]:
    """Who goes from where to where by the same doing of all parts: states, marks, how many, the first of them."""
    listed = "LIST({'id': id, 'name': name} ORDER BY place)"
    if beside.most is not None:
        listed = f"ARG_MIN({{'id': id, 'name': name}}, place, {beside.most})"
    rows = beside.rows(
        f"SELECT a{at}, b{at}, m{at}, COUNT(*), {listed} FROM {MARKED} WHERE a{at} <> b{at} "
        f"OR CONTAINS(m{at}, '{ARRIVED}') OR CONTAINS(m{at}, '{ELSEWHERE}') GROUP BY 1, 2, 3 "
        "ORDER BY 1, 2, COUNT(*) DESC, 3"
    )
    return [(old, new, marks, n, tuple(Person(**each) for each in people)) for old, new, marks, n, people in rows]


def causes_by_mark(beside: Beside, at: int, parts: int) -> dict[str, Cause]:
    """What the marks of those who flip say."""
    rows = beside.rows(f"SELECT DISTINCT m{at} FROM {MARKED} WHERE a{at} <> b{at} ORDER BY 1")
    return {marks: _cause(marks[:parts], marks[parts:], "", "", People(0)) for (marks,) in rows}


def _mark(tried: tuple[str, str] | None, start: str, end: str) -> str:
    """What a part does: from where it starts, and where the whole change would lead."""
    if tried is None:
        return f"'{UNKNOWN}'"
    _, state = tried
    return f"CASE WHEN ({state}) = {start} THEN '{SAME}' WHEN ({state}) = {end} THEN '{ARRIVED}' ELSE '{ELSEWHERE}' END"


def _cause(alone: str, without: str, before: str, after: str, people: People) -> Cause:
    enough = tuple(part for part, mark in enumerate(alone) if mark == ARRIVED)
    needed = tuple(part for part, mark in enumerate(without) if mark in (ARRIVED, ELSEWHERE))
    return Cause(_how(enough, needed, UNKNOWN in alone + without), enough, needed, before, after, people)


def _how(enough: tuple[int, ...], needed: tuple[int, ...], untried: bool) -> str:
    match len(enough), len(needed):
        case 1, 1 if enough == needed:
            return "alone"
        case _ if untried:
            return "untried"
        case 0, number if number > 1:
            return "together"
        case number, 0 if number > 1:
            return "each"
        case 1, 0:
            return "either"
        case 0, 1:
            return "with"
        case _:
            return "order"


def _merged(causes: Iterable[Cause], beside: Beside) -> list[Cause]:
    """Causes that say the same put together."""
    found: dict[tuple[Any, ...], Cause] = {}
    for cause in causes:
        told = (cause.how, cause.enough, cause.needed, cause.before, cause.after)
        known = found.get(told)
        people = cause.people
        if known is not None:
            people = People(people.count + known.people.count, (*known.people.first, *people.first)[: beside.most])
        found[told] = replace(cause, people=people)
    return sorted(found.values(), key=lambda each: -each.people.count)
