"""What a reader of the sector objects to: the accountability line misread, honesty punished, patrols too rare."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from kaoping import typed as t
from kaoping.columns import Column
from kaoping.diagnostic import Finding, warning
from kaoping.plan.plan import Plan

NAME = "土地执法"
"""What scripts write after `use`."""
RATIO, LINE, CASES, PATROLS = f"{NAME}.违法占用耕地比例", f"{NAME}.达到问责线", f"{NAME}.违法用地", f"{NAME}.巡查"
SIZE = frozenset({"发现日", "面积", "耕地面积"})
"""Fields of a case that say nothing of how it was found and dealt with."""
IN_FORCE = datetime.date(2008, 6, 1)
"""From this day on 15 percent means that somebody has to answer for it."""
MOST_DAYS = 2
"""An area of the first class is patrolled every one or two days."""


def check(plan: Plan) -> Iterator[Finding]:
    """The findings of all checks."""
    own = [each for each in plan.columns.values() if each.value is not None and not _of_library(each)]
    for column in own:
        yield from _line_misread(column)
    yield from _line_before_its_time(plan, own)
    yield from _honesty_punished(plan, own)
    yield from _patrols_too_rare(plan)


def _of_library(column: Column) -> bool:
    return column.key.name.startswith(f"{NAME}.") or column.key.frame.table.startswith(f"{NAME}.")


def _nodes(node: t.Typed | None) -> Iterator[t.Typed]:
    """An expression and all it is made of."""
    waiting = [node] if node is not None else []
    while waiting:
        each = waiting.pop()
        yield each
        waiting.extend(t.operands(each))


def _is_ratio(node: t.Typed) -> bool:
    """Whether a node is the ratio, with whatever stands for it where there is none."""
    while isinstance(node, t.Coalesce | t.Scale | t.Present):
        node = node.operand
    return isinstance(node, t.Read) and node.key.name == RATIO


# ---------------------------------------------------------------- the line


def _line_misread(column: Column) -> Iterator[Finding]:
    for node in _nodes(column.value):
        match node:
            case t.Compare(operator=">" | "<=", left=ratio, right=line) if _is_ratio(ratio) and _is_line(line):
                yield warning("TD01", node.span, text=node.span.text)
            case t.Compare(operator="<" | ">=", left=line, right=ratio) if _is_ratio(ratio) and _is_line(line):
                yield warning("TD01", node.span, text=node.span.text)
            case t.Coalesce(operand=operand, fallback=t.Const(value=0)) if _is_ratio(operand):
                yield warning("TD02", node.span, text=node.span.text)


def _is_line(node: t.Typed) -> bool:
    return isinstance(node, t.Const) and isinstance(node.value, int) and node.value * 100 == 15 * 10**node.type.places


def _line_before_its_time(plan: Plan, own: list[Column]) -> Iterator[Finding]:
    if plan.period.last < IN_FORCE:
        for column in own:
            if any(isinstance(node, t.Read) and node.key.name == LINE for node in _nodes(column.value)):
                yield warning("TD03", column.origin.span, period=plan.period.text)
                return


# ---------------------------------------------------------------- honesty, patrols


def _honesty_punished(plan: Plan, own: list[Column]) -> Iterator[Finding]:
    """Points for cases that are the same whether a place has found and stopped them itself or been found out."""
    waiting = [(column, column.origin.span) for column in own if column.origin.role != "let"]
    seen = set()
    while waiting:
        column, span = waiting.pop(0)
        if column.key in seen:
            continue
        seen.add(column.key)
        for node in _nodes(column.value):
            if isinstance(node, t.Read) and (read := plan.columns.get(node.key)) and (read in own or _is_shared(read)):
                waiting.append((read, read.origin.span if read in own else node.span))
            elif isinstance(node, t.Fold) and node.frame.table == CASES and node.kind in ("count", "sum"):
                asked = [each for each in (node.where, node.value) if each is not None]
                if not {name for each in asked for name in _fields(plan, each)} - SIZE:
                    yield warning("TD04", node.span if node.span.source is plan.source else span)


def _is_shared(column: Column) -> bool:
    """Whether a column is a part of expressions that a scheme and the library have in common."""
    return column.origin.role == "part"


def _fields(plan: Plan, node: t.Typed) -> set[str]:
    """The loaded fields of a case that an expression depends on."""
    waiting, seen = list(t.reads(node)), set()
    while waiting:
        key = waiting.pop()
        column = plan.columns.get(key)
        if key not in seen and column is not None and key.frame.table == CASES:
            seen.add(key)
            waiting += t.reads(column.value) if column.value is not None else []
    return {key.name for key in seen if plan.columns[key].value is None}


def _patrols_too_rare(plan: Plan) -> Iterator[Finding]:
    column = plan.columns.get(t.Key(t.Frame(PATROLS), "允许间隔"))
    if column is not None and isinstance(column.value, t.Choose):
        days = column.value.arms[0][1]
        if days.type.high > MOST_DAYS:
            yield warning("TD05", days.span, days=days.type.high)
