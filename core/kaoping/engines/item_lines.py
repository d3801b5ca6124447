"""The points of an item as its lines make them: what it starts from, what is added and taken away, what clears it."""

from __future__ import annotations

from collections.abc import Iterator

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import typed as t
from kaoping.columns import Column
from kaoping.engines.reference import Reference
from kaoping.engines.shown import formula_text, in_numbers, one_line, shown_value, taken


def cleared(reference: Reference, column: Column, row: int) -> s.Clear | None:
    """The `deduct all` of an item that took effect."""
    statement = column.origin.statement
    clears = list(_clears(statement)) if statement is not None and column.origin.role == "item" else []
    for node in _inward(reference, column, row) if clears else ():
        match node:
            case t.Choose(arms=((asked, t.Const(value=0)),), span=span) if statement and span == statement.span:
                conditions = asked.operands if isinstance(asked, t.Or) else (asked,)
                holding = [each for each in conditions if reference.value(each, column.key.frame, row) is True]
                covering = (each for each in clears if any(_covers(each, one) for one in holding))
                return next(covering, clears[0]) if holding else None
    return None


def summed(reference: Reference, column: Column, row: int) -> tuple[str, str] | None:
    """An item as a sum of what it starts from and its lines, as written and in numbers; None where it has no lines."""
    if column.origin.role != "item":
        return None
    frame = column.key.frame
    for node in _inward(reference, column, row):
        terms = list(map(_term, node.operands)) if isinstance(node, t.Add) else []
        if not any(_is_line(each, column) for _, each in terms):
            continue
        own = getattr(column.origin.statement, "value", None)
        (_, first), *rest = terms
        written = numbers = shown_value(reference, first, frame, row)
        if isinstance(own, e.Node):
            written = one_line(own.span.text)
            numbers = in_numbers(reference, first, own.span, frame, row) or written
        if isinstance(own, e.If | e.Case | e.Default):
            written, numbers = f"({written})", f"({numbers})"
        for sign, each in rest:
            line = formula_text(reference.plan.columns[each.key]) if isinstance(each, t.Read) else None
            text = line or one_line(each.span.text)
            written += f" {sign} {f'({text})' if ' ' in text else text}"
            numbers += f" {sign} {shown_value(reference, each, frame, row)}"
        return written, numbers
    return None


def averaged(reference: Reference, column: Column, row: int) -> tuple[str, str] | None:
    """An item averaged over units of time as what is divided by what, and in numbers."""
    for node in _inward(reference, column, row):
        match node:
            case t.Divide(left=t.Read(key=key) as left, right=right) if is_sum_of_units(reference.plan.columns[key]):
                number = shown_value(reference, right, column.key.frame, row)
                return f"Σ {key.name} / {number}", f"{shown_value(reference, left, column.key.frame, row)} / {number}"
    return None


def is_sum_of_units(column: Column) -> bool:
    """Whether a column adds up what an item has in each unit of time."""
    match column.value:
        case t.Fold(kind="sum", frame=frame):
            return column.origin.role == "part" and frame.table == t.SUBJECTS and bool(frame.unit)
    return False


def _inward(reference: Reference, column: Column, row: int) -> Iterator[t.Typed]:
    """The expression of an item without its limits and choices, one after the other."""
    node = column.value
    while node is not None:
        yield node
        match node:
            case t.Least(operands=(first, *_)) | t.Greatest(operands=(first, *_)):
                node = first
            case t.Scale(operand=inner) | t.Drop(operand=inner) | t.Coalesce(operand=inner):
                node = inner
            case t.Choose():
                node = taken(reference, node, column.key.frame, row)[-1]
            case _:
                return


def _term(node: t.Typed) -> tuple[str, t.Typed]:
    """A term of a sum with its sign."""
    while isinstance(node, t.Scale):
        node = node.operand
    if isinstance(node, t.Negate):
        return "-", node.operand
    return "+", node


def _is_line(node: t.Typed, column: Column) -> bool:
    return isinstance(node, t.Read) and node.key.name == column.key.name and node.key.part.startswith("line ")


def _clears(statement: s.Statement | None) -> Iterator[s.Clear]:
    for each in statement.body if statement is not None else ():
        if isinstance(each, s.Clear):
            yield each
        elif isinstance(each, s.Clause):
            yield from _clears(each)


def _covers(clear: s.Clear, node: t.Typed) -> bool:
    return clear.span.start <= node.span.start and node.span.end <= clear.span.end
