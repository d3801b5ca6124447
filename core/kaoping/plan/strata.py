"""Columns put in order: what needs nothing first, and every view over other rows a column of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.columns import Column
from kaoping.plan.plan import Stratum

OVER_SUBJECTS = (t.Cohort, t.Rank, t.Percentile, t.Chosen, t.PreviousResult, t.Streak)
OVER_ROWS = (t.Ordinal, t.PreviousRow)
FOLDS = (t.Fold, t.Group)


def rebuilt(node: t.Typed, change: Callable[[t.Typed, t.Typed], t.Typed]) -> t.Typed:
    """The expression with every operand changed; `change` gets the operand and the node it stands in."""

    def renew(value: Any) -> Any:
        match value:
            case t.Typed():
                return change(value, node)
            case tuple():
                new = tuple(renew(part) for part in value)
                return new if any(a is not b for a, b in zip(new, value, strict=True)) else value
            case t.Last(by=by):
                return replace(value, by=renew(by))
            case t.Candidates(amount=amount, where=where, key=key):
                return replace(value, amount=renew(amount), where=renew(where), key=renew(key))
            case _:
                return value

    changes: dict[str, Any] = {}
    for name in t.operand_fields(node):
        old = getattr(node, name)
        new = renew(old)
        if new is not old:
            changes[name] = new
    return replace(node, **changes) if changes else node


class Hoisted(Struct):
    """Columns whose expressions look at their own rows only, folds and windows standing alone in columns of their
    own.
    """

    columns: dict[t.Key, Column] = field(default_factory=dict)
    known: dict[tuple[t.Frame, t.Typed], t.Key] = field(default_factory=dict)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)  # a change elsewhere renames nothing


def hoisted(columns: Iterable[Column]) -> dict[t.Key, Column]:
    """The columns with every fold and window in a column of its own, so that a stratum is of one kind only."""
    done = Hoisted()
    for column in columns:
        if column.value is None or not column.views:
            done.columns[column.key] = column
            continue
        value, frame = column.value, column.key.frame
        make = _inner if _home(value, frame) == frame else _own
        done.columns[column.key] = replace(column, value=make(done, value, frame, column))
    return done.columns


def _home(node: t.Typed, frame: t.Frame) -> t.Frame:
    """The rows a fold or a window is evaluated for: of a record's expression the subject's, its own rows apart."""
    if isinstance(node, FOLDS) and frame.table not in (t.SUBJECTS,):
        return t.Frame(t.SUBJECTS, frame.unit)
    return t.EACH if isinstance(node, OVER_SUBJECTS) else frame


def _own(done: Hoisted, node: t.Typed, frame: t.Frame, column: Column) -> t.Typed:
    home = _home(node, frame)
    known = done.known.get((home, node))
    if known is None:
        inner = _inner(done, node, home, column)
        whole = column.key.name, column.key.part
        number = done.numbers[whole] = done.numbers.get(whole, 0) + 1
        known = t.Key(home, column.key.name, f"{column.key.part}:{number}")
        done.known[home, node] = known
        done.columns[known] = Column(known, node.type, inner, replace(column.origin, role="part", span=node.span))
    return t.Read(known, type=node.type, span=node.span)


def _inner(done: Hoisted, node: t.Typed, frame: t.Frame, column: Column) -> t.Typed:
    """The expression with the folds and windows inside it taken out."""

    def change(operand: t.Typed, parent: t.Typed) -> t.Typed:
        inside = _rows_of(parent, operand, frame)
        if isinstance(operand, (*FOLDS, *OVER_SUBJECTS, *OVER_ROWS)):
            return _own(done, operand, inside, column)
        return rebuilt(operand, change) if inside == frame else _inner(done, operand, inside, column)

    return rebuilt(node, change)


def _rows_of(parent: t.Typed, operand: t.Typed, frame: t.Frame) -> t.Frame:
    """The rows in which an operand is evaluated."""
    match parent:
        case t.Fold(frame=inside):
            return inside
        case t.Group(parts=parts):
            return next(
                (
                    part.frame or frame
                    for part in parts
                    if any(operand is each for each in (part.amount, part.where, part.key))
                ),
                frame,
            )
        case t.PreviousResult():
            return t.Frame(t.HISTORY)
        case t.Streak(then=then) if operand is then:
            return t.Frame(t.HISTORY)
        case _:
            return frame


def ordered(columns: dict[t.Key, Column], wanted: Iterable[t.Key]) -> list[Column]:
    """The wanted columns and all they read, each after what it reads."""
    done: dict[t.Key, Column] = {}
    begun: set[t.Key] = set()
    waiting: list[tuple[t.Key, bool]] = [(key, False) for key in reversed(list(wanted))]
    while waiting:
        key, ready = waiting.pop()
        if key in done or key not in columns:
            continue
        column = columns[key]
        if ready:
            done[key] = column
            continue
        assert key not in begun, f"columns go round in a circle: {key}"  # the check has found it, or it never ends
        begun.add(key)
        waiting.append((key, True))
        waiting.extend((other, False) for other in reversed(column.reads) if other not in done)
    return list(done.values())


def kind_of(column: Column) -> str:
    """What a column needs: its own row (`map`), rows that belong to it (`fold`), or the rows beside it (`window`)."""
    if isinstance(column.value, FOLDS):
        return "fold"
    return "window" if isinstance(column.value, (*OVER_SUBJECTS, *OVER_ROWS)) else "map"


def strata(columns: list[Column]) -> tuple[Stratum, ...]:
    """The columns in layers: a map may read what stands before it in its own layer, folds and windows only earlier
    layers.
    """
    level: dict[t.Key, int] = {}
    kinds = {column.key: kind_of(column) for column in columns if column.value is not None}
    layers: dict[tuple[int, str, t.Frame], list[Column]] = {}
    for column in columns:
        if column.value is None:
            continue
        kind, frame, own = kinds[column.key], column.key.frame, 0
        for key in column.reads:
            if key in level:
                beside = kind == kinds[key] == "map" and key.frame == frame
                own = max(own, level[key] + (0 if beside else 1))
        level[column.key] = own
        layers.setdefault((own, kind, frame), []).append(column)
    return tuple(
        Stratum(kind, tuple(layer)) for (_, kind, _), layer in sorted(layers.items(), key=lambda each: each[0][0])
    )
