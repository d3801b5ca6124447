"""Which cells may be empty: a cell is needed only where a statement that reads it has something to say
(semantics.md 1).

Decided from the plan alone, before anything is evaluated: from the results backwards, every column passes on to what
it reads the condition under which it is itself needed, together with its own guard.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kaoping import typed as t
from kaoping.check import conditions as cond
from kaoping.columns import Column
from kaoping.plan.strata import ordered, reads, rebuilt
from kaoping.source import NOWHERE
from kaoping.typed import operands
from kaoping.types import BOOL

ALWAYS: t.Typed = t.Const(True, type=BOOL)
SHOWN_ONLY = ("let", "field", "line", "add", "deduct", "bonus", "penalty")
"""Columns that need what they read only as far as they are read themselves."""


def needed(columns: dict[t.Key, Column]) -> dict[t.Key, t.Typed]:
    """For each column that is not needed everywhere the condition, in its own rows, under which it is."""
    order = ordered(columns, columns)
    read_by_someone = {key for column in order if column.value is not None for key in _all_reads(column)}
    conditions: dict[t.Key, list[t.Typed]] = {}
    found: dict[t.Key, t.Typed] = {}
    for column in reversed(order):
        own = conditions.get(column.key, [])
        if column.key not in read_by_someone or (
            column.value is not None and column.origin.role not in SHOWN_ONLY and not column.key.part
        ):
            own = [ALWAYS]
        need = ALWAYS if any(_is_always(each) for each in own) else cond.either(list(dict.fromkeys(own)), NOWHERE)
        if not _is_always(need):
            found[column.key] = need
        for key, condition in _passed_on(column, need, columns):
            conditions.setdefault(key, []).append(condition)
    return found


def _is_always(condition: t.Typed) -> bool:
    return isinstance(condition, t.Const) and condition.value is True


def _all_reads(column: Column) -> set[t.Key]:
    nodes = [node for node in (column.value, column.guard) if node is not None]
    return {key for node in nodes for key in reads(node)}


def _passed_on(column: Column, need: t.Typed, columns: dict[t.Key, Column]) -> Iterator[tuple[t.Key, t.Typed]]:
    """What a column reads, each with the condition under which it needs it."""
    if column.value is None:
        return
    frame = column.key.frame
    in_guard = set(reads(column.guard)) if column.guard is not None else set()
    speaks = need if column.guard is None else cond.both([need, column.guard], NOWHERE)
    for key, rows in _reads_in_rows(column.value, column.rows):
        if key in in_guard:
            yield key, need if key.frame in (frame, t.EACH) else ALWAYS
        elif key.frame == frame or (frame == t.EACH and rows):
            within = [speaks, *([column.rows] if rows and column.rows is not None else [])]
            yield key, cond.both(within, NOWHERE)
        elif (key.frame == t.EACH and _steady(speaks, t.EACH)) or (
            key.frame.table == frame.table and _steady(speaks, t.EACH)
        ):
            yield key, speaks
        else:
            yield key, ALWAYS


def _steady(condition: t.Typed, frame: t.Frame) -> bool:
    """Whether a condition can be asked of the subject itself."""
    return all(key.frame == frame for key in reads(condition))


def _reads_in_rows(node: t.Typed, rows: t.Typed | None) -> Iterator[tuple[t.Key, bool]]:
    """The columns read, and whether they are read in the records that a line counts; what the rows' own condition
    reads is not.
    """
    waiting: list[tuple[t.Typed, bool]] = [(node, False)]
    while waiting:
        each, inside = waiting.pop()
        if isinstance(each, t.Read):
            yield each.key, inside and each.key.frame.table != t.SUBJECTS
        for operand in operands(each):
            counted = isinstance(each, t.Fold) and rows is not None and each.where is rows and operand is not rows
            waiting.append((operand, inside or counted))


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
    for column in ordered(columns, columns):
        if (
            column.value is not None
            and column.key in conditions
            and any(key in doubtful for key in reads(column.value))
        ):
            doubtful.add(column.key)
    return {key: _spared(column, doubtful) for key, column in columns.items()} if doubtful else columns


def _spared(column: Column, doubtful: set[t.Key]) -> Column:
    if column.value is None:
        return replace(column, type=column.type.maybe) if column.key in doubtful else column

    def present(node: t.Typed, _: t.Typed) -> t.Typed:
        if isinstance(node, t.Read) and node.key in doubtful and not node.type.optional:
            return t.Present(replace(node, type=node.type.maybe), type=node.type, span=node.span)
        return rebuilt(node, present)

    value = present(column.value, column.value)
    if column.key not in doubtful or column.type.optional:
        return replace(column, value=value)
    asked = [
        t.Has(t.Read(key, type=BOOL.maybe, span=NOWHERE), type=BOOL)
        for key in dict.fromkeys(reads(column.value))
        if key in doubtful and key.frame in (column.key.frame, t.EACH)
    ]
    nothing = t.Const(None, type=column.type.maybe)
    type_ = column.type.maybe
    value = (
        t.Choose(((cond.both(list(asked), NOWHERE), value),), nothing, type=type_, span=value.span) if asked else value
    )
    return replace(column, type=type_, value=value)
