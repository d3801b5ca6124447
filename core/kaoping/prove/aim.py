"""Subjects aimed at the lines of a question: from one drawn by chance every cell is changed that brings a comparison
nearer to its line, or further beyond it; on the way from one side to the other there is a subject just on the line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from random import Random

from msgspec.structs import replace

from kaoping import typed as t
from kaoping.columns import Column, Origin
from kaoping.engines.python import compiled, run
from kaoping.plan.boundaries import Boundaries
from kaoping.plan.plan import Plan
from kaoping.plan.strata import ordered, strata
from kaoping.prove.draw import drawn
from kaoping.prove.question import COHORTS, HOLDS, Question
from kaoping.prove.subjects import Slot, Subject, data_of
from kaoping.types import Kind, Type, Value, number

MOST_GOALS, MOST_MOVES, ROUNDS = 40, 400, 3
"""So many lines are aimed at, those nearest to the question first; by so many changes of one cell; so often from where
the last aim led."""

Height = int | None
"""How far above its line a comparison stands."""


def aimed(asked: Question, known: Boundaries, draw: Random) -> Iterator[Subject]:
    """Subjects on either side of every line, endlessly; nothing where there is no line."""
    aim = _Aim(asked, known, draw)
    while aim.goals:
        base = drawn(asked, known, draw)
        for _ in range(ROUNDS):
            yield base
            ends = aim.ends(base)
            for goal, (below, above) in enumerate(ends):
                yield below
                yield above
                yield from aim.crossing(goal, below, above)
            base = draw.choice(ends[: MOST_GOALS // 4])[draw.randrange(2)]


class _Aim:
    """The lines of a question, as columns that say how far above them a subject stands."""

    def __init__(self, asked: Question, known: Boundaries, draw: Random) -> None:
        self.asked, self.known, self.draw = asked, known, draw
        goals = _goals(asked.plan)
        added = {key: Column(key, value.type, value, Origin("check")) for key, value in goals.items()}
        columns = asked.plan.columns | added
        order = ordered(columns, columns)
        self.goals = list(goals)
        self.plan = replace(asked.plan, columns={each.key: each for each in order}, strata=strata(order))
        self.program = compiled(self.plan, self.goals)

    def heights(self, subjects: Sequence[Subject]) -> list[list[Height]]:
        """For each goal, how far above it every subject stands."""
        columns, _ = run(self.program, data_of(self.plan, subjects, self.asked.data))
        return [[value if isinstance(value, int) else None for value in columns[key]] for key in self.goals]

    def ends(self, base: Subject) -> list[tuple[Subject, Subject]]:
        """For each goal the subject with every cell that brings it down changed, and the one with those that raise
        it."""
        moves = [
            (slot, value)
            for slot in base.cells
            if slot.key.frame.table != t.PARAMS
            for value in self.known.cells[slot.key]
            if value != base.cells[slot] and (value is not None or self.draw.random() < 0.2)
        ]
        moves = self.draw.sample(moves, min(len(moves), MOST_MOVES))
        heights = self.heights([base, *(_with(base, dict([move])) for move in moves)])
        return [tuple(_with(base, _best(moves, row, sign)) for sign in (-1, 1)) for row in heights]  # type: ignore[misc]

    def crossing(self, goal: int, below: Subject, above: Subject) -> Iterator[Subject]:
        """The last subject below a line and the first one above it, on the way between two."""
        slots = [slot for slot, value in below.cells.items() if above.cells[slot] != value]
        self.draw.shuffle(slots)
        if not slots or self._over(goal, below) or not self._over(goal, above):
            return

        def changed(count: int) -> Subject:
            return _with(below, {slot: above.cells[slot] for slot in slots[:count]})

        low, high = self._halved(goal, 0, len(slots), changed)
        yield changed(low)
        yield changed(high)
        slot, start = slots[low], changed(low)
        one, other = start.cells[slot], above.cells[slot]
        kind = self.plan.columns[slot.key].type.kind
        if kind in (Kind.NUMBER, Kind.DATE) and isinstance(one, int) and isinstance(other, int):
            for value in self._halved(goal, one, other, lambda value: _with(start, {slot: value})):
                yield _with(start, {slot: value})

    def _halved(self, goal: int, low: int, high: int, made: Callable[[int], Subject]) -> tuple[int, int]:
        """Two neighbours between a number below a line and one above it, on either side of the line."""
        while abs(high - low) > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._over(goal, made(middle)) else (middle, high)
        return low, high

    def _over(self, goal: int, subject: Subject) -> bool:
        height = self.heights([subject])[goal][0]
        return height is not None and height >= 0


def _with(subject: Subject, cells: dict[Slot, Value]) -> Subject:
    return Subject({**subject.cells, **cells}, subject.rows)


def _best(moves: Sequence[tuple[Slot, Value]], heights: Sequence[Height], sign: int) -> dict[Slot, Value]:
    """The change of every cell that raises a height most, or (sign -1) lowers it most; `heights` begin with that of
    the subject as it is.
    """
    start, gains, best = heights[0], dict[Slot, int](), dict[Slot, Value]()
    for (slot, value), height in zip(moves, heights[1:], strict=True):
        gain = 0 if start is None or height is None else sign * (height - start)
        if gain > gains.get(slot, 0):
            gains[slot], best[slot] = gain, value
    return best


# ---------------------------------------------------------------- lines


def _goals(plan: Plan) -> dict[t.Key, t.Typed]:
    """What every comparison of numbers is above its line, and how many parts of every condition hold; of columns that
    do not depend on other subjects, those nearest to the question first.
    """
    alone: dict[t.Key, bool] = {}
    for column in ordered(plan.columns, [HOLDS]):
        alone[column.key] = not any(isinstance(each, COHORTS) for each in column.views) and all(
            alone[key] for key in column.reads
        )
    waiting, seen, found = [HOLDS], {HOLDS}, dict[t.Typed, None]()
    for key in waiting:
        column = plan.columns[key]
        waiting += (new := [each for each in column.reads if each not in seen])
        seen.update(new)
        nodes: Iterable[t.Typed] = () if column.views else column.nodes
        if isinstance(column.value, t.Chosen):
            nodes = t.nodes(column.value.pool)
        for node in nodes:
            goal = _goal(plan, node) if key.frame == t.EACH else None
            if goal is not None and all(alone[each.key] for each in t.nodes(goal) if isinstance(each, t.Read)):
                found[goal] = None
    return {t.Key(t.EACH, HOLDS.name, f"goal {at}"): goal for at, goal in enumerate([*found][:MOST_GOALS])}


def _goal(plan: Plan, node: t.Typed) -> t.Typed | None:
    match node:
        case t.Compare(left=left, right=right) if left.type.kind in (Kind.NUMBER, Kind.DATE):
            if isinstance(left, t.Const) and isinstance(right, t.Const):
                return None
            optional, places = left.type.optional or right.type.optional, left.type.places
            minus = t.Negate(right, type=_number(-right.type.high, -right.type.low, places, right.type.optional))
            low, high = left.type.low - right.type.high, left.type.high - right.type.low
            return t.Add((left, minus), type=_number(low, high, places, optional))
        case t.And() | t.Or():
            parts = [_held(each) for each in _parts(plan, node, type(node))]
            return t.Add(tuple(parts), type=_number(0, len(parts), 0))
    return None


def _number(low: int, high: int, places: int, optional: bool = False) -> Type:
    return replace(number(low, high, places), optional=optional)


def _held(condition: t.Typed) -> t.Typed:
    """1 where a condition holds."""
    zero, one = (t.Const(value, type=_number(value, value, 0)) for value in (0, 1))
    sure = t.Coalesce(condition, t.Const(False, type=condition.type.present), type=condition.type.present)
    return t.Choose(((sure if condition.type.optional else condition, one),), zero, type=_number(0, 1, 0))


def _parts(plan: Plan, node: t.Typed, kind: type[t.Typed]) -> Iterator[t.Typed]:
    """The conditions that a condition joins, those behind a name as well."""
    value = plan.columns[node.key].value if isinstance(node, t.Read) and node.key.frame == t.EACH else node
    if isinstance(value, kind):
        for each in t.operands(value):
            yield from _parts(plan, each, kind)
    else:
        yield node
