"""What a reader of the sector objects to: anything about a single person, and rules that no longer stand."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from kaoping import typed as t
from kaoping.columns import Column
from kaoping.dataset import InputColumn, InputTable
from kaoping.diagnostic import Finding, error, warning
from kaoping.plan.plan import Plan
from kaoping.source import NOWHERE, Span
from kaoping.types import Kind
from kaoping_jisheng.personal import about_a_person, table_of_people

NAME = "计划生育"
"""What scripts write after `use`."""
AMENDED = datetime.date(2021, 8, 20)
"""Since the law of that day nobody is sanctioned for how many children there are."""
FREE_TEXT_OF_UNITS = ("单位", "乡镇", "街道", "村", "社区", "地区", "样本点", "文号", "依据")
RATIO = f"{NAME}.出生人口性别比"
RATIOS = {RATIO, f"{NAME}.性别比得分比例", f"{NAME}.性别比对照得分比例"}
CHANCE, FUNCTION = f"{NAME}.性别比显著偏高", f"{NAME}.性别比偏高"


def check(plan: Plan) -> Iterator[Finding]:
    """The findings of all checks."""
    for table in plan.inputs:
        yield from _about_people(plan, table)
    yield from _no_longer_appraised(plan)
    yield from _chance(plan)


# ---------------------------------------------------------------- people


def _about_people(plan: Plan, table: InputTable) -> Iterator[Finding]:
    """What a table of data, the one of the subjects too, asks about single persons."""
    if table.name in (t.HISTORY, t.PARAMS) or table.name.startswith(f"{NAME}."):
        return
    if table_of_people(table.label):
        yield error("JS01", _span_of(plan, table), "" if table.name else "subject", name=table.label)
    row_is_a_person = table.name != t.SUBJECTS and not any(map(_counts, table.columns))
    for column in table.columns:
        if not column.name.startswith(f"{NAME}."):
            yield from _about_a_person(plan, table, column, row_is_a_person)


def _about_a_person(plan: Plan, table: InputTable, column: InputColumn, row_is_a_person: bool) -> Iterator[Finding]:
    key = t.Key(t.Frame(table.name), column.name)
    span = plan.columns[key].origin.span if key in plan.columns else NOWHERE
    about = about_a_person(column.name, is_number=column.type.kind is Kind.NUMBER)
    if about in ("who", "born") or (about and row_is_a_person):
        yield error("JS02", span, about, name=column.name)
    elif column.type.kind is Kind.TEXT and not table.scheme and not column.name.endswith(FREE_TEXT_OF_UNITS):
        yield warning("JS03", span, name=column.name)


def _counts(column: InputColumn) -> bool:
    """Whether a column tells of how many: a number that is no person's age."""
    return column.type.kind is Kind.NUMBER and not about_a_person(column.name, is_number=True)


def _span_of(plan: Plan, table: InputTable) -> Span:
    """Where the script first speaks of a table."""
    spans = [column.origin.span for key, column in plan.columns.items() if key.frame.table == table.name != ""]
    return min(spans, key=lambda span: span.start, default=NOWHERE)


# ---------------------------------------------------------------- rules that no longer stand, and chance


def _no_longer_appraised(plan: Plan) -> Iterator[Finding]:
    if plan.period.last > AMENDED:
        yield warning("JS10", NOWHERE, period=plan.period.text)


def _chance(plan: Plan) -> Iterator[Finding]:
    """A scheme that judges units by their sex ratio at birth without asking whether it is more than chance."""
    judging = [column for column in plan.columns.values() if _reads(column) & RATIOS]
    if judging and CHANCE not in {key.name for key in plan.columns} and not any(map(_calls, plan.columns.values())):
        yield warning("JS11", judging[0].origin.span, name=RATIO)


def _reads(column: Column) -> set[str]:
    """The names that a column of the scheme reads; those of the library read one another as they please."""
    if column.value is None or column.key.name.startswith(f"{NAME}."):
        return set()
    return {each.name for each in t.reads(column.value)}


def _calls(column: Column) -> bool:
    """Whether a column asks the function itself."""
    waiting = [column.value] if column.value is not None else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, t.PluginCall) and node.function == FUNCTION:
            return True
        waiting.extend(t.operands(node))
    return False
