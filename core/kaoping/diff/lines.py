"""The lines of a scheme that subjects may stand near: where a grade begins, where a selection ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from kaoping import typed as t
from kaoping.columns import Column, Origin
from kaoping.diagnostic import phrase
from kaoping.engines.shown import one_line
from kaoping.plan.plan import Plan, Stratum
from kaoping.types import BOOL, Kind, Type, number, shown_text

BASE = t.Key(t.EACH, "grade", "base")
VETOED = t.Key(t.EACH, "vetoed")


class GradeLine(Struct, frozen=True):
    """A number that a grade line asks for: `distance` is how far a subject lies above it, missing where another part
    of the condition decides, or a veto does.
    """

    text: str
    clause: str | None
    type: Type
    distance: t.Typed


class QuotaLine(Struct, frozen=True):
    """The end of a selection: who may be taken, by what, in which groups."""

    quota: t.Key
    clause: str | None
    text: str
    chosen: t.Chosen


def grade_lines(plan: Plan) -> list[GradeLine]:
    """The lines between grades, each once."""
    column = plan.columns.get(BASE)
    if column is None or not isinstance(column.value, t.Choose):
        return []
    guards: dict[tuple[t.Typed, t.Typed], list[t.Typed]] = {}
    first: dict[tuple[t.Typed, t.Typed], t.Compare] = {}
    for condition, _ in column.value.arms:
        for compare, guard in _compared(condition):
            line = (compare.left, compare.right)
            first.setdefault(line, compare)
            guards.setdefault(line, []).append(guard)
    return [_line(plan, column, compare, guards[line]) for line, compare in first.items()]


def quota_lines(plan: Plan, keys: Iterable[t.Key]) -> list[QuotaLine]:
    """The lines of selections."""
    found = []
    for key in keys:
        column = plan.columns[key]
        chosen = column.value
        if isinstance(chosen, t.Chosen) and chosen.keys and chosen.keys[0].type.kind is Kind.NUMBER:
            found.append(QuotaLine(key, column.origin.clause, column.origin.span.text, chosen))
    return found


def extended(plan: Plan, nodes: Iterable[t.Typed]) -> tuple[Plan, list[t.Key]]:
    """A plan with a column more for each expression about its subjects."""
    columns = [
        Column(t.Key(t.EACH, "near", f"{at}"), node.type, node, Origin("check")) for at, node in enumerate(nodes)
    ]
    made = replace(
        plan,
        columns=plan.columns | {column.key: column for column in columns},
        strata=(*plan.strata, Stratum("map", tuple(columns))),
    )
    return made, [column.key for column in columns]


def _compared(condition: t.Typed) -> Iterator[tuple[t.Compare, t.Typed]]:
    """The numbers that a condition asks for, each with what has to hold besides."""
    parts = _parts(condition)
    for at, part in enumerate(parts):
        others = [each for number_, each in enumerate(parts) if number_ != at]
        for node in t.nodes(part):
            if (
                isinstance(node, t.Compare)
                and node.operator in ("<", "<=", ">", ">=")
                and node.left.type.kind is Kind.NUMBER
                and not isinstance(node.left, t.Const)
            ):
                yield node, _all(others)


def _parts(condition: t.Typed) -> list[t.Typed]:
    if isinstance(condition, t.And):
        return [part for operand in condition.operands for part in _parts(operand)]
    return [condition]


def _all(parts: list[t.Typed]) -> t.Typed:
    if not parts:
        return t.Const(True, type=BOOL)
    return parts[0] if len(parts) == 1 else t.And(tuple(parts), type=_bool(parts))


def _bool(parts: Iterable[t.Typed]) -> Type:
    return BOOL.maybe if any(part.type.optional for part in parts) else BOOL


def _line(plan: Plan, column: Column, compare: t.Compare, guards: list[t.Typed]) -> GradeLine:
    left, right = compare.left, compare.right
    places, optional = left.type.places, left.type.optional or right.type.optional
    wide = number(left.type.low - right.type.high, left.type.high - right.type.low, places, optional=optional)
    opposite = number(-right.type.high, -right.type.low, places, optional=right.type.optional)
    distance: t.Typed = t.Add((left, t.Negate(right, type=opposite)), type=wide)
    either = guards[0] if len(guards) == 1 else t.Or(tuple(guards), type=_bool(guards))
    asked = [either]
    if VETOED in plan.columns:
        vetoed = t.Read(VETOED, type=plan.columns[VETOED].type)
        asked.append(t.Not(vetoed, type=vetoed.type))
    nothing = t.Const(None, type=wide.maybe)
    distance = t.Choose(((_all(asked), distance),), nothing, type=wide.maybe)
    clause = next(
        (line.clause for line in column.origin.lines if line.span.start <= compare.span.start < line.span.end),
        column.origin.clause,
    )
    return GradeLine(_text(compare), clause, left.type, distance)


def _text(compare: t.Compare) -> str:
    """What is compared and where the line lies, as the author calls it."""
    left, right = compare.left, compare.right
    named = left.operand if isinstance(left, t.Scale) else left
    name = named.key.name if isinstance(named, t.Read) and not named.key.part else one_line(left.span.text)
    if name in ("total", "rank", "bonus", "penalty") and isinstance(named, t.Read):
        name = phrase(f"report.{name}")  # a built-in value that the script gives no name of its own
    if isinstance(right, t.Const):
        return f"{name} {shown_text(right.value, right.type)}"
    return one_line(compare.span.text) or name
