"""The case files: scripts with one mistake each, the same scripts put right, and what is printed for them."""

from __future__ import annotations

import re
from pathlib import Path

from kaoping.cli.test import unexercised
from kaoping.diagnostic import Finding, Severity
from kaoping.engines.examples import run_examples
from kaoping.messages import words
from kaoping.plan.build import plan_scheme
from kaoping.plugins import load_scheme
from kaoping.report.diagnostics import findings_text
from kaoping.source import Source
from kaoping.surroundings import Surroundings

CASES = Path(__file__).parent / "cases"
BAD = sorted((CASES / "bad").glob("*.kp"))
GOOD = sorted((CASES / "good").glob("*.kp"))
_NUMBER = re.compile(r"# findings: (\d+)")


def code_of(case: Path) -> str:
    """The code a case is about: `KP201` of `KP201-misspelt-name.kp`."""
    return case.name.partition("-")[0]


def findings_of(case: Path) -> list[Finding]:
    """Everything that is said about a script: its text, its rules, and its examples where the rules are sound."""
    surroundings = Surroundings(case.parent, {path.stem: _read(path)[0] for path in (CASES / "libraries").glob("*.kp")})
    scheme, findings = _read(case)
    plan, more = plan_scheme(scheme, surroundings)
    findings = [*findings, *more]
    if plan is None or any(finding.severity is Severity.ERROR for finding in findings):
        return findings
    results = run_examples(plan)
    failures = [finding for result in results for finding in result.findings]
    return [*findings, *(failures or unexercised(scheme, plan, results))]


def _read(path: Path):  # type: ignore[no-untyped-def]
    return load_scheme(Source(path.name, path.read_text("utf-8")), path.suffix)


def printed(case: Path, language: str) -> str:
    """What `kaoping check` prints for a script."""
    return findings_text(findings_of(case), words(language))


def recorded(case: Path, language: str) -> Path:
    """The file beside a bad case that keeps what is printed for it."""
    return case.with_suffix(f".{language}.txt")


def expected_number(case: Path) -> int:
    """How many findings a bad case has: one, unless its first line says `# findings: N`."""
    found = _NUMBER.match(case.read_text("utf-8"))
    return int(found[1]) if found else 1
