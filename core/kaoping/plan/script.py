"""From the text of a script to its plan, with everything that is found on the way."""

from __future__ import annotations

from typing import NamedTuple

from msgspec.structs import replace

from kaoping.diagnostic import Finding, Severity, errors
from kaoping.plan.build import plan_scheme
from kaoping.plan.plan import Plan
from kaoping.plugins import check_findings, load_scheme, plugins
from kaoping.scheme import Scheme
from kaoping.source import Source
from kaoping.surroundings import Surroundings


class Script(NamedTuple):
    """A script read and checked; there is no plan where something keeps it from running."""

    scheme: Scheme
    plan: Plan | None
    findings: list[Finding]


def checked_text(source: Source, extension: str, surroundings: Surroundings) -> Script:
    """A script, its plan, and everything found in it, by the check and by the plugins it uses."""
    scheme, wrong = load_scheme(source, extension)
    plan, findings = plan_scheme(scheme, surroundings)
    if plan is not None:
        findings = [*findings, *check_findings((each.name for each in plan.plugins), plan)]
    findings = [*wrong, *findings]
    broken = plugins().broken
    if errors(findings):  # a plugin that could not be loaded may be why
        broken = [replace(each, severity=Severity.ERROR) for each in broken]
    findings = [*broken, *findings]
    return Script(scheme, None if errors(findings) else plan, findings)
