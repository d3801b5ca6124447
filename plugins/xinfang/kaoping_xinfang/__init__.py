"""信访: records, indicators, a ledger reader, checks and a report for the appraisal of petition work.

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
from kaoping_xinfang.functions import FUNCTIONS

if TYPE_CHECKING:
    import typer

    from kaoping.plan.plan import Plan

kaoping_api = 1
_HERE = Path(__file__).parent


@hookimpl
def library() -> Source:
    """The records, params and indicators that `use 信访` brings."""
    return Source("信访.kp", (_HERE / "library.kp").read_text("utf-8"))


@hookimpl
def functions() -> Sequence[Function]:
    """What a scheme may call: deadlines."""
    return FUNCTIONS


@hookimpl
def read_ledger(name: str, rows: Sequence[Sequence[str]]) -> Sequence[Ledger | Finding] | None:
    """The records in a sheet that a petition system has exported, without anything about people."""
    from kaoping_xinfang.ledger import read

    return read(name, rows)


@hookimpl
def check(plan: Plan) -> Iterable[Finding]:
    """What a reader of the sector would object to."""
    from kaoping_xinfang.checks import check

    return check(plan)


@hookimpl
def report_sections(plan: Plan, results: Results, dataset: Dataset, language: str) -> Sequence[Section]:
    """Each class in its own order, the rates that the scheme uses, and the cases that are not settled."""
    from kaoping.report.unsettled import unsettled
    from kaoping_xinfang.report import ASSIGNED, sections

    return [*sections(results, language), *unsettled(plan, results, dataset, ASSIGNED, language)]


@hookimpl
def commands() -> typer.Typer:
    """`kaoping 信访 台账 FILE`."""
    from kaoping_xinfang.program import app

    return app


@hookimpl
def messages() -> Path:
    """The words of the plugin's own findings."""
    return _HERE / "messages"
