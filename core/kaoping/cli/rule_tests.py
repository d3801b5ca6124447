"""`kaoping test --coverage`, `--mutate`, `--generate`: what the examples of schemes do not test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kaoping.cli.output import emit, patience, say, warn
from kaoping.cli.script import Found
from kaoping.messages import Catalogue
from kaoping.plan.plan import Plan
from kaoping.plugins import write_examples

if TYPE_CHECKING:
    from kaoping.testing.mutants import Mutant
    from kaoping.testing.score import Score


def tried(scripts: list[Found], what: str, words: Catalogue, *, as_json: bool) -> int:
    """Say what the examples of scripts do not test, or write examples that would; 1 where one does not pass."""
    from kaoping.engines.examples import run_examples
    from kaoping.report import testing as report
    from kaoping.report.diagnostics import findings_text
    from kaoping.testing.coverage import coverage
    from kaoping.testing.score import score

    records: list[dict[str, Any]] = []
    for asked in scripts:
        scheme, plan, findings = asked.checked()
        name = asked.source.name
        if plan is None or not all(result.passed for result in run_examples(plan)):
            warn(findings_text(findings, words) if plan is None else words("testing.score.waits", path=name))
            return 1
        if what == "coverage":
            reached = coverage(scheme, plan)
            records.append(report.coverage_record(name, reached))
            if not as_json:
                say(report.coverage_text(name, reached, words))
            continue
        with patience(name):
            found = score(scheme, plan, asked.surroundings)
        if what == "generate":
            written = missing_text(plan, found, asked.extension, words)
            emit(written) if written else warn(words("testing.generated.none", path=name))
        elif as_json:
            records.append(report.score_record(name, found, words, _each(plan, found, asked.extension, words)))
        else:
            say(report.score_text(name, found, words))
    if as_json:
        emit(report.records_json(records))
    return 0


def missing_text(plan: Plan, found: Score, extension: str, words: Catalogue) -> str:
    """The examples that notice what those of the script do not, for the author to confirm; "" where there are none."""
    from kaoping.testing.generate import missing

    made = missing(plan, found, lambda number, mutant: _title(number, mutant, words))
    if not made:
        return ""
    return words("testing.generated.note") + "\n" + (write_examples(made, plan.source.text, extension) or "")


def _each(plan: Plan, found: Score, extension: str, words: Catalogue) -> list[str]:
    """For every survivor the example that would notice it."""
    from kaoping.engines.cases import Ground
    from kaoping.testing.written import example

    ground = Ground(plan)
    made = (
        example(ground, each.witness, _title(number, each.mutant, words))
        for number, each in enumerate(found.survivors, 1)
    )
    return [(write_examples([each], plan.source.text, extension) or "").strip() for each in made]


def _title(number: int, mutant: Mutant, words: Catalogue) -> str:
    """What an example that is made here is called: it is to be confirmed, and what it is about."""
    from kaoping.report.testing import change

    facts = {"number": number, "clause": mutant.clause or "", "change": change(mutant, words)}
    return words("testing.generated.title", **facts).replace('"', "'").replace("“", "'").replace("”", "'")
