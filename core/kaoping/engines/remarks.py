"""What is special about a value: why it is missing, what lowered a grade, which limit holds it, who stands where."""

from __future__ import annotations

from msgspec.structs import replace

from kaoping import scheme as s
from kaoping import typed as t
from kaoping.columns import Column, Origin
from kaoping.engines.among import Facts, quota_position, rank_position
from kaoping.engines.history import past
from kaoping.engines.reference import Reference
from kaoping.engines.shown import parts
from kaoping.types import shown_text


def remarked(reference: Reference, key: t.Key, row: int) -> tuple[str | None, Facts]:
    """What was special about a value: a sentence of the catalogue, and its facts."""
    column = reference.plan.columns[key]
    value, node, role = reference.cell(key, row), column.value, column.origin.role
    if node is None:
        raw = reference.cells.table(key.frame.table).columns.get(key.name)
        return ("default", ()) if raw is not None and raw[row] is None and value is not None else (None, ())
    if (standing := reference.standings.get(node)) is not None:
        return _of_limit(column, (standing.remark, standing.facts))
    if isinstance(node, t.Chosen):
        return _of_limit(column, quota_position(reference, node, row))
    if isinstance(node, t.Rank):
        return rank_position(reference, node, row)
    if isinstance(node, t.Streak) and (gap := past(reference.cells).stopped):
        return "streak_gap", (("first", gap[0].isoformat()), ("last", gap[1].isoformat()))
    if value is None:
        return ("not_applicable" if role in ("item", "total", "full") else "missing"), ()
    if role == "step":
        return _lowered(reference, column, row, int(str(value)))
    return _held(reference, column, row)


def _lowered(reference: Reference, column: Column, row: int, grade: int) -> tuple[str | None, Facts]:
    """What made the grade of a subject lower than the base grade: a veto, downgrades, or what bars it."""
    labels = column.type.labels
    below = {each: reference.plan.columns[each[0]].origin for each in parts(reference, column, row)}
    holding = [origin for each, origin in below.items() if reference.cell(*each) is True]
    if any(each.role == "vetoed" for each in holding):
        return "vetoed", ()
    base = next(int(str(reference.cell(*each))) for each, origin in below.items() if origin.role == "base")
    steps = sum(getattr(each.statement, "steps", 0) for each in holding if each.role == "downgrade")
    middle = max(0, base - steps)
    facts = {"before": labels[base], "steps": str(steps), "middle": labels[middle]}
    if grade < middle:
        facts["grade"] = labels[grade + 1]
        return "barred" if middle == base else "downgraded_barred", tuple(facts.items())
    return ("downgraded", tuple(facts.items())) if middle < base else (None, ())


def _held(reference: Reference, column: Column, row: int) -> tuple[str | None, Facts]:
    """Whether a value was cut to a limit from above or from below, and what it was before."""
    node, frame = column.value, column.key.frame
    while node is not None:
        match node:
            case t.Choose():
                node = taken(reference, replace(column, value=node), row)
            case t.Scale(operand=operand) | t.Drop(operand=operand) | t.Coalesce(operand=operand):
                node = operand
            case t.Least(operands=operands) | t.Greatest(operands=operands):
                before, after = (reference.value(each, frame, row) for each in (operands[0], node))
                if before != after and before is not None:
                    facts = {"before": shown_text(before, operands[0].type), "limit": shown_text(after, node.type)}
                    if isinstance(node, t.Greatest):
                        return "held", tuple(facts.items())
                    limit = next(each for each in operands if reference.value(each, frame, row) == after)
                    clause = next((each.clause for each in column.origin.caps if inside(limit, each)), None)
                    if clause is None:
                        return "capped", tuple(facts.items())
                    return "capped_by", (*facts.items(), ("clause", clause))
                node = operands[0]
            case _:
                return None, ()
    return None, ()


def _of_limit(column: Column, told: tuple[str | None, Facts]) -> tuple[str | None, Facts]:
    """Who is not in the pool of a limit keeps his grade; of a selection he is not selected."""
    limits = isinstance(column.origin.statement, s.Limit) and told[0] == "quota_not_in_pool"
    return ("limit_not_in_pool", told[1]) if limits else told


def inside(node: t.Typed, origin: Origin) -> bool:
    """Whether an expression stands in the statement that something comes from."""
    where = origin.span
    return node.span.source == where.source and where.start <= node.span.start and node.span.end <= where.end


# ---------------------------------------------------------------- which part of an expression counted


def taken(reference: Reference, column: Column, row: int) -> t.Typed | None:
    """Of a choice the value it took, of alternatives the first that holds."""
    node, frame = column.value, column.key.frame
    match node:
        case t.Choose(arms=arms, otherwise=otherwise):
            values = (value for asked, value in arms if reference.value(asked, frame, row) is True)
            return next(values, otherwise)
        case t.Or(operands=operands):
            return next((each for each in operands if reference.value(each, frame, row) is True), None)
    return node
