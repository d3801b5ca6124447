"""What an expression is made of, and which columns it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kaoping.plan.plan import Plan
from kaoping.typed import Fold, Frame, Group, Key, Read, Typed, nodes


def day_key(plan: Plan, frame: Frame) -> Key | None:
    """The column that says in which unit of time each row of records lies; None where a frame needs none."""
    dated = frame.unit and frame.table in plan.dates
    return Key(Frame(frame.table), plan.dates[frame.table]) if dated else None


def needs(plan: Plan, node: Typed) -> set[Key]:
    """The columns that an expression reads, and those that date the rows it goes through."""
    parts = nodes(node)
    return {each.key for each in parts if isinstance(each, Read)} | _days(plan, parts)


def _days(plan: Plan, parts: Iterable[Typed]) -> set[Key]:
    """The columns that date the rows that folds and groups go through."""
    frames = [each.frame for each in parts if isinstance(each, Fold)]
    frames += [part.frame for each in parts if isinstance(each, Group) for part in each.parts if part.frame]
    return {day for frame in frames if (day := day_key(plan, frame)) is not None}


def column_needs(plan: Plan, key: Key) -> set[Key]:
    """The columns that a column reads, and those that date its rows and the rows it goes through."""
    column = plan.columns.get(key)
    if column is None or column.value is None:
        return set()
    day = day_key(plan, key.frame)
    return {*column.reads, *_days(plan, column.views), *([] if day is None else [day])}


def closure(plan: Plan, wanted: Iterable[Key]) -> set[Key]:
    """The columns wanted, and all that they need, loaded ones included."""
    return _reached(wanted, lambda key: column_needs(plan, key))


def _reached(wanted: Iterable[Key], below: Callable[[Key], Iterable[Key]]) -> set[Key]:
    waiting, found = list(wanted), set[Key]()
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting.extend(below(key))
    return found


def in_order(plan: Plan) -> list[Key]:
    """The evaluated columns in an order in which each comes after all it needs."""
    return [column.key for stratum in plan.strata for column in stratum.columns if column.value is not None]


class Order:
    """The order of a plan's columns and what each needs, found once for all the examples that ask."""

    def __init__(self, plan: Plan) -> None:
        """Number the columns."""
        self._plan = plan
        self._place = {key: number for number, key in enumerate(in_order(plan))}
        self._needs: dict[Key, set[Key]] = {}

    def closure(self, wanted: Iterable[Key]) -> set[Key]:
        """The columns wanted, and all that they need, loaded ones included."""
        return _reached(wanted, self._below)

    def evaluated(self, keys: Iterable[Key]) -> list[Key]:
        """Those columns that are evaluated, each after all it needs."""
        return sorted((key for key in keys if key in self._place), key=self._place.__getitem__)

    def _below(self, key: Key) -> set[Key]:
        if key not in self._needs:
            self._needs[key] = column_needs(self._plan, key)
        return self._needs[key]
