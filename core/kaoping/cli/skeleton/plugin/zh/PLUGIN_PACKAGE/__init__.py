"""PLUGIN_NAME: a sector plugin of kaoping."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from kaoping.diagnostic import Finding, warning
from kaoping.functions import Function
from kaoping.hooks import hookimpl
from kaoping.plan.plan import Plan
from kaoping.results import Results, Section
from kaoping.source import NOWHERE, Source
from kaoping.typed import Fold
from kaoping.types import number

kaoping_api = 1

HERE = Path(__file__).parent
RECORDS = "PLUGIN_NAME.违规事项"
COUNT = number(0, 1_000_000, 0, "#")
LEVEL = number(0, 3)


def level(cases: int) -> int:
    """How grave so many cases are: 0 none, 1 up to three, 2 up to ten, 3 more."""
    return sum(cases > bound for bound in (0, 3, 10))


@hookimpl
def library() -> Source:
    """Records, params and lets that schemes share."""
    return Source("library.kp", (HERE / "library.kp").read_text("utf-8"))


@hookimpl
def functions() -> Sequence[Function]:
    """What the language itself cannot say, with exact types and ranges."""
    return [
        Function(("case_level", "违规等级"), (COUNT,), LEVEL, level, "按起数分等级:无、3起以内、10起以内、10起以上")
    ]


@hookimpl
def check(plan: Plan) -> Iterator[Finding]:
    """What a reader of the sector would object to."""
    counted = (each.value.frame.table for each in plan.columns.values() if isinstance(each.value, Fold))
    if RECORDS not in counted:
        yield warning("PLUGIN_CODE01", NOWHERE, scheme=plan.scheme)


@hookimpl
def report_sections(plan: Plan, results: Results, language: str) -> Sequence[Section]:
    """What the report shows below the ranked table."""
    clean = sum(not findings for findings in results.findings)
    return [Section("PLUGIN_NAME", ("参评单位", "没有问题的"), ((str(len(results.ids)), str(clean)),))]


@hookimpl
def messages() -> Path:
    """The words of the findings above."""
    return HERE / "messages"
