"""计划生育: unit-level statistics of population work, for schemes of the years when it was appraised.

Whatever is not needed to load the plugin is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kaoping.dataset import Ledger
from kaoping.diagnostic import Finding
from kaoping.functions import Function
from kaoping.hooks import hookimpl
from kaoping.results import Results, Section
from kaoping.source import Source
from kaoping_jisheng.functions import FUNCTIONS

if TYPE_CHECKING:
    import typer

    from kaoping.plan.plan import Plan

kaoping_api = 1
INDICATORS = (
    "符合政策生育率", "出生人口性别比", "性别比显著偏高", "统计误差率", "漏报率", "流动人口服务覆盖率",
)  # fmt: skip
TITLES = {"zh": "人口和计划生育指标", "en": "Indicators of population work"}
_HERE = Path(__file__).parent


@hookimpl
def library() -> Source:
    """The records, params and indicators that `use 计划生育` brings."""
    return Source("计划生育.kp", (_HERE / "library.kp").read_text("utf-8"))


@hookimpl
def functions() -> Sequence[Function]:
    """What a scheme may call: whether a sex ratio at birth is more than chance."""
    return FUNCTIONS


@hookimpl
def check(plan: Plan) -> Iterable[Finding]:
    """What a reader of the sector would object to: individuals, before all."""
    from kaoping_jisheng.checks import check

    return check(plan)


@hookimpl
def read_ledger(name: str, rows: Sequence[Sequence[str]]) -> Sequence[Ledger | Finding] | None:
    """The units' statistics in a sheet; a sheet about individuals is refused."""
    from kaoping_jisheng.ledger import read

    return read(rows)


@hookimpl
def report_sections(results: Results, language: str) -> Sequence[Section]:
    """The indicators that the scheme uses, unit by unit."""
    from kaoping.report.indicators import indicators

    return indicators(results, "计划生育", INDICATORS, TITLES[language], language)


@hookimpl
def commands() -> typer.Typer:
    """`kaoping 计划生育 筛查 FILE`."""
    from kaoping_jisheng.program import app

    return app


@hookimpl
def messages() -> Path:
    """The words of the plugin's own findings."""
    return _HERE / "messages"
