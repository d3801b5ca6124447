"""What an expression is made of, and which columns it needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kaoping.plan.plan import Plan
from kaoping.typed import Fold, Frame, Group, Key, Read, Typed, operands


def nodes(node: Typed) -> Iterator[Typed]:
    """The node and everything below it, a shared part once."""
    waiting, seen = [node], set()
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting.extend(operands(node))


def keys(node: Typed) -> set[Key]:
    """The columns that an expression reads directly."""
    return {each.key for each in nodes(node) if isinstance(each, Read)}


def day_key(plan: Plan, frame: Frame) -> Key | None:
    """The column that says in which unit of time each row of records lies; None where a frame needs none."""
    dated = frame.unit and frame.table in plan.dates
    return Key(Frame(frame.table), plan.dates[frame.table]) if dated else None


def needs(plan: Plan, node: Typed) -> set[Key]:
    """The columns that an expression reads, and those that date the rows it goes through."""
    frames = [each.frame for each in nodes(node) if isinstance(each, Fold)]
    frames += [part.frame for each in nodes(node) if isinstance(each, Group) for part in each.parts if part.frame]
    days = (day_key(plan, frame) for frame in frames)
    return keys(node) | {day for day in days if day is not None}


def closure(plan: Plan, wanted: Iterable[Key]) -> set[Key]:
    """The columns wanted, and all that they need, loaded ones included."""
    waiting, found = list(wanted), set[Key]()
    while waiting:
        key = waiting.pop()
        if key in found:
            continue
        found.add(key)
        column = plan.columns.get(key)
        if column is not None and column.value is not None:
            waiting.extend(needs(plan, column.value))
            if (day := day_key(plan, key.frame)) is not None:
                waiting.append(day)
    return found


def in_order(plan: Plan) -> list[Key]:
    """The evaluated columns in an order in which each comes after all it needs."""
    return [column.key for stratum in plan.strata for column in stratum.columns if column.value is not None]
