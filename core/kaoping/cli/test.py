"""`kaoping test`: the examples of schemes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kaoping.cli.help import Command, command_app
from kaoping.cli.output import CommandError, say
from kaoping.cli.script import found
from kaoping.diagnostic import Finding, warning
from kaoping.plan.plan import Plan
from kaoping.scheme import Clause, Scheme

if TYPE_CHECKING:
    from kaoping.engines.examples import ExampleResult

app = command_app()


@app.command(cls=Command)
def test(
    ctx: typer.Context,
    scripts: Annotated[list[str], typer.Argument()],
    coverage: Annotated[bool, typer.Option("--coverage")] = False,
    mutate: Annotated[bool, typer.Option("--mutate")] = False,
    generate: Annotated[bool, typer.Option("--generate")] = False,
    format: Annotated[Literal["human", "json"], typer.Option("--format")] = "human",  # noqa: A002
) -> int:
    """Run every example; 1 where one fails or a script has errors. Or try the examples themselves."""
    chosen = [word for word, on in (("coverage", coverage), ("mutate", mutate), ("generate", generate)) if on]
    if len(chosen) > 1:
        raise CommandError("test_one", options=" ".join(f"--{word}" for word in chosen))
    if format == "json" and chosen not in (["coverage"], ["mutate"]):
        raise CommandError("test_format")
    if chosen:
        from kaoping.cli.rule_tests import tried

        return tried([found(script) for script in scripts], chosen[0], ctx.obj, as_json=format == "json")
    from kaoping.engines.examples import run_examples
    from kaoping.report.diagnostics import findings_text

    words, failed = ctx.obj, False
    for asked in [found(script) for script in scripts]:
        scheme, plan, findings = asked.checked()
        name = asked.source.name
        if plan is None:
            say(findings_text(findings, words))
            say(words("command.test.broken", path=name))
            failed = True
            continue
        results = run_examples(plan)
        wrong = [result for result in results if not result.passed]
        if wrong:
            say(findings_text([finding for result in wrong for finding in result.findings], words))
        key = "failed" if wrong else "passed" if results else "none"
        say(words(f"command.test.{key}", path=name, count=len(wrong) if wrong else len(results), all=len(results)))
        idle = [str(finding.facts["clause"]) for finding in unexercised(scheme, plan, results)]
        if idle:
            say("  " + words("command.test.unexercised", clauses=words("report.comma").join(idle)))
        failed = failed or bool(wrong)
    return 1 if failed else 0


def unexercised(scheme: Scheme, plan: Plan, results: Sequence[ExampleResult]) -> list[Finding]:
    """The clauses with rules that take effect in no example; nothing to say where a scheme has no examples at all.

    Who is appraised is no result that an example could expect; nor is a requirement that the script alone decides.
    """
    if not results:
        return []
    from kaoping.check.passes.requirements import decided
    from kaoping.check.reach import Reaches
    from kaoping.engines.walk import closure

    reaches = Reaches(plan.columns).prepared()
    asked = [each.key for each in plan.requirements if not decided(reaches, each.key)]
    ends = [*(key for _, key in plan.results), *(reason.key for reason in plan.reasons), *asked]
    columns = [plan.columns[key] for key in closure(plan, ends) if key in plan.columns]
    ruling = {column.origin.clause for column in columns if column.value is not None}
    idle = ruling - {clause for result in results for clause in result.clauses}
    first: dict[str, Clause] = {}
    waiting = list(reversed(scheme.statements))
    while waiting:
        statement = waiting.pop()
        waiting += reversed(statement.body)
        if isinstance(statement, Clause) and statement.number in idle:
            first.setdefault(statement.number, statement)
    return [warning("KP903", statement.span, clause=number) for number, statement in first.items()]
