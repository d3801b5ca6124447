"""In which parts a change can be tried, and with what each has to be made so that there is a scheme at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

from msgspec import Struct

from kaoping import typed as t
from kaoping.engines.walk import closure
from kaoping.plan.plan import Plan

PlanOf = Callable[[frozenset[int]], Plan | None]
"""The old scheme with some of the changes made, by their numbers; None where that is no scheme that can run."""


class Part(Struct, frozen=True):
    """Changes that are tried as one: what is made of the old scheme to have them alone, and of it to have all others.

    `alone` has besides them what they cannot stand without (an input that a new rule reads); `without` lacks besides
    them what cannot stand without them.
    """

    changes: frozenset[int]
    alone: frozenset[int]
    without: frozenset[int]


class Trials:
    """The schemes between two, each planned once."""

    def __init__(self, changes: Collection[int], plan_of: PlanOf, plans: tuple[Plan, Plan]) -> None:
        """The ends are known."""
        self.all = frozenset(changes)
        self._plan_of = plan_of
        self._plans: dict[frozenset[int], Plan | None] = {frozenset(): plans[0], self.all: plans[1]}

    def plan(self, chosen: frozenset[int]) -> Plan | None:
        """The old scheme with some of the changes made; None where that cannot run."""
        if chosen not in self._plans:
            self._plans[chosen] = self._plan_of(chosen)
        return self._plans[chosen]

    def parts(self) -> list[Part]:
        """The parts that a result can show, in the order of the changes."""
        groups = [frozenset([each]) for each in sorted(self.all)]
        needs = {each: self._needed(each, groups) for each in groups}
        # what stands neither alone nor with one other is made together with the next that cannot stand either
        lost = [each for each in groups if needs[each] is None]
        if lost:
            together = frozenset().union(*lost)
            groups = [each for each in groups if each not in lost] + [together]
            needs = {each: needs.get(each) for each in groups}
            needs[together] = self._needed(together, groups)
        found = []
        for each in groups:
            with_ = needs[each] or frozenset()
            behind = [other for other in groups if other != each and each <= (needs[other] or frozenset())]
            after = frozenset().union(*behind)
            part = Part(each, each | with_, self.all - each - after)
            if self._shows(part, with_, after):
                found.append(part)
        return sorted(found, key=lambda each: min(each.changes))

    def _needed(self, group: frozenset[int], groups: list[frozenset[int]]) -> frozenset[int] | None:
        """The other changes that a group cannot stand without: none, or one other; None where that does not do."""
        if self.plan(group) is not None:
            return frozenset()
        return next((other for other in groups if other != group and self.plan(group | other) is not None), None)

    def _shows(self, part: Part, needed: frozenset[int], after: frozenset[int]) -> bool:
        """Whether a part does anything beyond what it is made with, or makes possible."""
        pairs = ((part.alone, needed), (part.without, self.all - after))
        plans = [(self.plan(one), self.plan(other)) for one, other in pairs]
        return any(one is None or other is None or meaning(one) != meaning(other) for one, other in plans)


def meaning(plan: Plan) -> tuple[Any, ...]:
    """Everything that a plan's results depend on; words, places and the order of declarations apart."""
    wanted = [key for _, key in plan.results] + [each.key for each in plan.reasons]
    wanted += [plan.appraised] if plan.appraised else []
    needed = closure(plan, wanted)
    columns = {key: (column.type, _unordered(column.value)) for key, column in plan.columns.items() if key in needed}
    shown = {(column.name, column.type, key) for column, key in plan.results}
    inputs = {
        (table.name, table.scheme, table.by, table.of, table.dated, column.name, column.default)
        for table in plan.inputs
        for column in table.columns
        if t.Key(t.Frame(table.name), column.name) in needed
        or t.Key(t.Frame(table.name), column.name, "given") in needed
    }
    return (columns, shown, inputs, plan.period, plan.appraised, plan.dates, plan.limits, plan.scheme)


def _unordered(value: t.Typed | None) -> Any:
    """A sum is the same whatever the order of what is added up."""
    return (value.type, Counter(value.operands)) if isinstance(value, t.Add) else value
