"""What a reader of the sector objects to: units ranked by how many petition, shares mixed up, people asked after."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from kaoping import typed as t
from kaoping.columns import Column
from kaoping.diagnostic import Finding, warning
from kaoping.plan.plan import Plan
from kaoping.source import NOWHERE, Span
from kaoping.types import Kind
from kaoping_xinfang.forms import NAME
from kaoping_xinfang.personal import personal_heading

PETITIONS = ("信访件", "集体上访", "疑难个访")
"""The records of the library whose number says how many petition, not how well a unit works."""
NEUTRAL = frozenset({"日期", "收到日", "级别", "重复", "责任单位数", "责任份额"})
"""Fields that say nothing of the unit's own conduct: all others do."""
SHARES = frozenset({"责任单位数", "责任份额"})
_COUNTED = re.compile(r"(?:信访|上访|来访|来信|集访|个访).{0,4}(?:量|总数|件数|批次|人次|起数|次数|件次)$")
_OWN = re.compile(r"(?:信访|上访|来访|来信|集访|个访)(?:件|事项)?$")
_ADDING = ("sum", "count", "distinct", "any")


def check(plan: Plan) -> Iterator[Finding]:
    """The findings of all checks, in the order of the script."""
    yield from _raw_numbers(plan)
    yield from _mixed_shares(plan)
    yield from _people(plan)


# ---------------------------------------------------------------- numbers of petitions


def _raw_numbers(plan: Plan) -> Iterator[Finding]:
    """Totals, ranks and quotas in which a petition counts whoever is at fault."""
    found: dict[tuple[str, str, int], Finding] = {}
    for column in _ranking(plan):
        for node, table in _counts(plan, column):
            if table and any(_judged(plan, each) for each in _asked(node)):
                continue
            # an indicator of the library is as guilty as the line that ranks by it
            span = node.span if node.span.source is plan.source else column.origin.span
            name = table or (node.key.name if isinstance(node, t.Read) else "")
            finding = warning("XF01", span, "" if table else "input", name=name)
            clause = _clause(plan, span) or column.origin.clause
            found.setdefault((name, node.span.source.name, node.span.start), replace(finding, clause=clause))
    yield from sorted(found.values(), key=lambda each: each.span.start)


def _ranking(plan: Plan) -> list[Column]:
    """The columns by which subjects are ranked or chosen."""
    keys = [key for shown, key in plan.results if shown.role in ("total", "rank", "mark")]
    ranked = [each for each in plan.columns.values() if isinstance(each.value, t.Rank | t.Chosen)]
    return [*ranked, *(plan.columns[key] for key in keys if key in plan.columns)]


def _counts(plan: Plan, column: Column) -> Iterator[tuple[t.Typed, str]]:
    """The places where petitions are counted on the way to a column, with the records counted ("" for an input).

    What is divided by something from the data is a rate, no raw number.
    """
    waiting, seen = ([column.value] if column.value is not None else []), {column.key}
    while waiting:
        node = waiting.pop()
        if isinstance(node, t.Divide) and _from_data(plan, node.right):
            continue
        if (table := _petitions(node)) is not None:
            yield node, table
            continue
        if isinstance(node, t.Read) and node.key not in seen:
            seen.add(node.key)
            read = plan.columns.get(node.key)
            if read is None:
                continue
            if read.value is None and node.key.frame.table == t.SUBJECTS and _is_count(read):
                yield node, ""
            elif read.value is not None:
                waiting.append(read.value)
        waiting.extend(t.operands(node))


def _petitions(node: t.Typed) -> str | None:
    """The petitions, of the library or of the scheme's own records, that a node counts or adds up."""
    match node:
        case t.Fold(kind=kind, frame=frame) if kind in _ADDING:
            tables = [frame.table]
        case t.Group(parts=parts):
            tables = [part.frame.table for part in parts if part.frame is not None]
        case _:
            return None
    known = {f"{NAME}.{name}": name for name in PETITIONS}
    return next((known.get(table, table) for table in tables if table in known or _OWN.search(table)), None)


def _is_count(column: Column) -> bool:
    return column.type.kind is Kind.NUMBER and _COUNTED.search(column.key.name) is not None


def _from_data(plan: Plan, node: t.Typed) -> bool:
    """Whether an expression depends on records or on a number that the data bring."""
    waiting, seen = [node], set()
    while waiting:
        each = waiting.pop()
        if isinstance(each, t.Fold | t.Group):
            return True
        if isinstance(each, t.Read) and each.key not in seen:
            seen.add(each.key)
            column = plan.columns.get(each.key)
            if column is not None and column.value is None and column.type.kind is Kind.NUMBER:
                return True
            if column is not None and column.value is not None:
                waiting.append(column.value)
        waiting.extend(t.operands(each))
    return False


def _asked(node: t.Typed) -> list[t.Typed]:
    """What is asked or worked out of each row."""
    match node:
        case t.Fold():
            parts: list[t.Typed | None] = [node.where, node.value]
        case t.Group(parts=candidates):
            parts = [each for part in candidates for each in (part.where, part.amount)]
        case _:
            parts = []
    return [each for each in parts if each is not None]


def _fields(plan: Plan, node: t.Typed) -> set[t.Key]:
    """The loaded fields of records that an expression depends on."""
    waiting, seen = list(t.reads(node)), set()
    found: set[t.Key] = set()
    while waiting:
        key = waiting.pop()
        column = plan.columns.get(key)
        if key in seen or column is None or key.frame.table == t.SUBJECTS:
            continue
        seen.add(key)
        if column.value is None:
            found.add(key)
        else:
            waiting.extend(t.reads(column.value))
    return found


def _judged(plan: Plan, node: t.Typed) -> bool:
    """Whether an expression asks for the unit's conduct: of a scheme's own records, for any yes or no."""
    return any(
        key.name not in NEUTRAL and (key.frame.table.startswith(f"{NAME}.") or plan.columns[key].type.kind is Kind.BOOL)
        for key in _fields(plan, node)
    )


def _clause(plan: Plan, span: Span) -> str | None:
    """The clause of the statement that a stretch of the script stands in."""
    around = (
        column.origin
        for column in plan.columns.values()
        if column.origin.span.source is span.source
        and column.origin.span.start <= span.start
        and span.end <= column.origin.span.end
    )
    return next((origin.clause for origin in around if origin.clause), None)


# ---------------------------------------------------------------- shares, people


def _mixed_shares(plan: Plan) -> Iterator[Finding]:
    """Amounts per petition of which some are divided among the responsible units and some are not."""
    amounts: dict[str, list[tuple[t.Typed, bool]]] = {}
    for column in plan.columns.values():
        node = column.value
        if isinstance(node, t.Fold) and node.kind == "sum" and node.value is not None:
            table = node.frame.table
            if table.startswith(f"{NAME}.") and column.origin.role != "let":
                amounts.setdefault(table, []).append(
                    (node, any(key.name in SHARES for key in _fields(plan, node.value)))
                )
    for table, found in amounts.items():
        if len({shared for _, shared in found}) > 1:
            whole = next(node for node, shared in found if not shared)
            yield warning("XF02", whole.span, name=table.removeprefix(f"{NAME}."))


def _people(plan: Plan) -> Iterator[Finding]:
    """Texts that a scheme asks for about petitioners."""
    for table in plan.inputs:
        for column in table.columns:
            if column.type.kind is Kind.TEXT and personal_heading(column.name):
                key = t.Key(t.Frame(table.name), column.name)
                span = plan.columns[key].origin.span if key in plan.columns else NOWHERE
                yield warning("XF03", span, name=column.name)
