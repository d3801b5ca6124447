"""Which cells may be empty: a cell is needed only where a statement that reads it has something to say
(semantics.md 1).

Decided from the columns alone, before anything is evaluated: from the results backwards, every column passes on to what
it reads the condition under which it is itself needed, together with what shuts the reading off. Three things shut off:
`for` (in typed expressions an `Among`), `applies if` (a `Choose` that `spares`) and the `where` of a line (a `Fold` or
`Cohort` that `spares`, or candidates of a group). A plain `if` excuses nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from msgspec import Struct
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.check import conditions as cond
from kaoping.columns import Column
from kaoping.plan.strata import ordered, rebuilt
from kaoping.source import NOWHERE
from kaoping.types import BOOL

ALWAYS: t.Typed = t.Const(True, type=BOOL)
NEVER: t.Typed = t.Const(False, type=BOOL)
BETWEEN = ("let", "field", "line", "add", "deduct", "bonus", "penalty", "full", "group")
"""Roles of columns that need what they read only as far as they are read themselves; results need it always."""


class Reading(Struct, frozen=True):
    """A column that an expression reads: in which rows, and what shuts the reading off there (all must hold).

    `subject` are conditions on the subject at hand, `row` conditions on the record (or member of a cohort) at hand.
    `elsewhere` is set where other subjects read the cell, so that what the reader itself needs says nothing.
    """

    key: t.Key
    frame: t.Frame
    subject: tuple[t.Typed, ...] = ()
    row: tuple[t.Typed, ...] = ()
    elsewhere: bool = False


def needed(columns: dict[t.Key, Column], wanted: Collection[t.Key]) -> dict[t.Key, t.Typed]:
    """For each column that is not needed everywhere the condition, in its own rows, under which it is.

    `wanted` are columns that somebody looks at whether a rule reads them or not: classes, ids of links, dates.
    """
    order = ordered(columns, columns)
    readings = {column.key: list(_readings(column)) for column in order}
    read = {reading.key for found in readings.values() for reading in found}
    conditions: dict[t.Key, list[t.Typed]] = {}
    found: dict[t.Key, t.Typed] = {}
    for column in reversed(order):
        need = _need(column, conditions.get(column.key, []), column.key in read, column.key in wanted)
        if not _is(need, value=True):
            found[column.key] = need
        for reading in readings[column.key]:
            conditions.setdefault(reading.key, []).append(_passed_on(need, reading))
    return found


def _need(column: Column, asked: list[t.Typed], read: bool, wanted: bool) -> t.Typed:
    if wanted or any(_is(each, value=True) for each in asked):
        return ALWAYS
    step = column.origin.role in BETWEEN or column.key.part or column.key.frame.unit
    if column.value is not None and not (read and step):
        return ALWAYS
    return cond.either(list(dict.fromkeys(asked)), NOWHERE) if asked else NEVER


def _is(condition: t.Typed, *, value: bool) -> bool:
    return isinstance(condition, t.Const) and condition.value is value


def _passed_on(need: t.Typed, reading: Reading) -> t.Typed:
    """The condition, in the rows of the column read, under which its cell is needed for a reading."""
    frame = reading.key.frame
    own = [] if reading.elsewhere else [need, *reading.subject]
    rows = reading.row if frame in (reading.frame, t.Frame(reading.frame.table)) else ()
    asked = [each for each in (*own, *rows) if each is not ALWAYS and _can_be_asked(each, frame)]
    return cond.both(asked, NOWHERE) if asked else ALWAYS


def _can_be_asked(condition: t.Typed, frame: t.Frame) -> bool:
    """Whether a condition can be asked in the rows of a frame: of the row itself, or of the subject it belongs to."""
    return all(key.frame in (frame, t.EACH, t.Frame(t.PARAMS)) for key in t.reads(condition))


SHUTTING = (t.Among, t.Choose, *t.VIEWS)
"""What can shut a reading off, or take it to other rows."""


def _readings(column: Column) -> Iterator[Reading]:
    """Everything the expression of a column reads."""
    if column.value is None or not any(isinstance(node, SHUTTING) for node in column.nodes):
        yield from (Reading(key, column.key.frame) for key in column.reads)
        return
    waiting: list[tuple[t.Typed, Reading]] = [(column.value, Reading(column.key, column.key.frame))]
    while waiting:
        node, at = waiting.pop()
        if isinstance(node, t.Read):
            yield replace(at, key=node.key)
        else:
            waiting.extend(_inside(node, at))


def _inside(node: t.Typed, at: Reading) -> Iterator[tuple[t.Typed, Reading]]:
    """The operands of a node, each with what shuts it off."""
    match node:
        case t.And(operands=operands):
            for each in operands:
                yield (
                    each,
                    _shut_off(at, [guard for other in operands if other is not each for guard in _classes(other)]),
                )
        case t.Or(operands=operands):
            guards = [guard for each in operands if isinstance(each, t.Not) for guard in _classes(each.operand)]
            for each in operands:
                yield each, at if isinstance(each, t.Not) else _shut_off(at, guards)
        case t.Choose(arms=arms, otherwise=otherwise, spares=spares):
            for asked, value in arms:
                yield asked, at
                yield value, _shut_off(at, [asked] if spares else _classes(asked))
            not_asked = [cond.opposite(asked, NOWHERE) for asked, _ in arms] if spares else []
            yield otherwise, _shut_off(at, not_asked)
        case t.Fold(frame=frame, where=where, spares=spares):
            inside = replace(at, frame=frame)
            yield from _in_rows([node.value], where if spares else None, inside)
            yield from ((each, inside) for each in (where, *(node.last.by if node.last else ())) if each is not None)
        case t.Group(parts=parts):
            for part in parts:
                inside = at if part.frame is None else replace(at, frame=part.frame)
                yield from _in_rows([part.amount, part.key], part.where if part.frame else None, inside)
                yield from ((each, inside) for each in (part.where,) if each is not None)
        case t.Cohort(where=where, spares=spares, within=within):
            others = Reading(at.key, t.EACH, elsewhere=True)
            yield from _in_rows([node.value], where if spares else None, others)
            yield from ((each, others) for each in (where, *within) if each is not None)
        case t.Rank() | t.Percentile() | t.Chosen():
            yield from ((each, Reading(at.key, t.EACH, elsewhere=True)) for each in t.operands(node))
        case _:
            yield from ((each, at) for each in t.operands(node))


def _in_rows(nodes: list[t.Typed | None], where: t.Typed | None, at: Reading) -> Iterator[tuple[t.Typed, Reading]]:
    """What is read of each row, shut off where the row does not count."""
    for node in nodes:
        if node is not None:
            yield node, at if where is None else replace(at, row=(*at.row, where))


def _shut_off(at: Reading, guards: list[t.Typed]) -> Reading:
    if not guards:
        return at
    if at.elsewhere or at.frame.table != t.SUBJECTS:
        return replace(at, row=(*at.row, *guards))
    return replace(at, subject=(*at.subject, *guards))


def _classes(condition: t.Typed) -> list[t.Typed]:
    """The `for` in a condition."""
    match condition:
        case t.Among():
            return [condition]
        case t.And(operands=operands):
            return [each for each in operands if isinstance(each, t.Among)]
        case _:
            return []


def spared(columns: dict[t.Key, Column], conditions: dict[t.Key, t.Typed]) -> dict[t.Key, Column]:
    """The columns with cells that may be empty made optional; whoever reads one takes it as present where it is
    needed.

    A `let` that nobody needs of a subject has no value there when a cell it reads is empty.
    """
    doubtful = {
        key
        for key, column in columns.items()
        if key in conditions and column.value is None and not column.type.optional
    }
    if not doubtful:
        return columns
    for column in ordered(columns, columns):
        if column.value is not None and column.key in conditions and any(key in doubtful for key in column.reads):
            doubtful.add(column.key)
    return {key: _spared(column, doubtful) for key, column in columns.items()}


def _spared(column: Column, doubtful: set[t.Key]) -> Column:
    if column.value is None:
        return replace(column, type=column.type.maybe) if column.key in doubtful else column
    if column.key not in doubtful or column.type.optional:
        return replace(column, value=_present(column.value, doubtful))
    value = _absorbing(column.value, doubtful)
    return replace(column, type=column.type.maybe, value=replace(value, type=value.type.maybe))


def _present(value: t.Typed, doubtful: set[t.Key]) -> t.Typed:
    """The expression with what it reads taken as present: where it is asked for, it is."""

    def change(node: t.Typed, _: t.Typed) -> t.Typed:
        if isinstance(node, t.Read) and node.key in doubtful and not node.type.optional:
            return t.Present(replace(node, type=node.type.maybe), type=node.type, span=node.span)
        return rebuilt(node, change)

    return change(value, value)


def _absorbing(value: t.Typed, doubtful: set[t.Key]) -> t.Typed:
    """The expression as it is where nobody needs it: missing where something is missing that it comes to read."""

    def change(node: t.Typed, _: t.Typed) -> t.Typed:
        if isinstance(node, t.Read):
            return replace(node, type=node.type.maybe) if node.key in doubtful else node
        if isinstance(node, ROWS):
            return _where_all_there(node, doubtful)
        new = rebuilt(node, change)
        if new is node or isinstance(node, t.Has):
            return new
        parts = [new.fallback] if isinstance(new, t.Coalesce) else t.operands(new)
        return replace(new, type=new.type.maybe) if any(part.type.optional for part in parts) else new

    return change(value, value)


ROWS = (t.Fold, t.Group, t.Cohort, t.Rank, t.Percentile, t.Chosen)


def _where_all_there(node: t.Typed, doubtful: set[t.Key]) -> t.Typed:
    """A value of many rows, and none where a cell of the subject that the rows are asked about is missing; what may be
    missing by itself says what is then.
    """
    read = [each for each in t.nodes(node) if isinstance(each, t.Read) and not each.type.optional]
    asked = [
        t.Has(t.Read(key, type=BOOL.maybe, span=NOWHERE), type=BOOL)
        for key in dict.fromkeys(each.key for each in read)
        if key in doubtful and key.frame == t.EACH
    ]
    value = _present(node, doubtful)
    if not asked:
        return value
    nothing = t.Const(None, type=value.type.maybe)
    return t.Choose(((cond.both(list(asked), NOWHERE), value),), nothing, type=value.type.maybe, span=value.span)
