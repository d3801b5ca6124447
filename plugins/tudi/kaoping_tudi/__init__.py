"""土地执法: records, indicators, a ledger reader, checks and a report for the appraisal of land law enforcement.

Whatever is not needed to load the plugin is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kaoping.dataset import Dataset, Ledger
from kaoping.diagnostic import Finding
from kaoping.functions import Function
from kaoping.hooks import hookimpl
from kaoping.results import Results, Section
from kaoping.source import Source
from kaoping_tudi.functions import FUNCTIONS

if TYPE_CHECKING:
    import typer

    from kaoping.plan.plan import Plan

kaoping_api = 1
INDICATORS = (
    "违法占用耕地", "违法占用耕地比例", "达到问责线", "自行发现率", "及时制止率", "立案率", "及时立案率", "查处到位率",
    "查处到位面积率", "一级区漏巡次数", "二级区漏巡次数", "没有巡查的一级区", "闲置土地处置率", "闲置土地处置相符率",
    "耕地保有率", "基本农田保护率", "卫片违法占用耕地比例", "卫片整改后比例", "卫片整改率", "巡查未发现图斑",
)  # fmt: skip
TITLES = {"zh": "土地执法指标", "en": "Indicators of land law enforcement"}
_HERE = Path(__file__).parent


@hookimpl
def library() -> Source:
    """The records, params and indicators that `use 土地执法` brings."""
    return Source("土地执法.kp", (_HERE / "library.kp").read_text("utf-8"))


@hookimpl
def functions() -> Sequence[Function]:
    """What a scheme may call: missed patrols."""
    return FUNCTIONS


@hookimpl
def check(plan: Plan) -> Iterable[Finding]:
    """What a reader of the sector would object to."""
    from kaoping_tudi.checks import check

    return check(plan)


@hookimpl
def read_ledger(name: str, rows: Sequence[Sequence[str]]) -> Sequence[Ledger | Finding] | None:
    """The records in a sheet of a land office, areas in mu, nothing about people."""
    from kaoping_tudi.ledger import read

    return read(rows)


@hookimpl
def report_sections(plan: Plan, results: Results, dataset: Dataset, language: str) -> Sequence[Section]:
    """The indicators that the scheme uses, place by place, and the cases and plots that are not dealt with."""
    from kaoping.report.indicators import indicators
    from kaoping.report.unsettled import unsettled
    from kaoping_tudi.report import CASES

    shown = indicators(results, "土地执法", INDICATORS, TITLES[language], language)
    return [*shown, *(each for cases in CASES for each in unsettled(plan, results, dataset, cases, language))]


@hookimpl
def commands() -> typer.Typer:
    """`kaoping 土地执法 漏巡 FILE`."""
    from kaoping_tudi.program import app

    return app


@hookimpl
def messages() -> Path:
    """The words of the plugin's own findings."""
    return _HERE / "messages"
