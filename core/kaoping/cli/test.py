"""`kaoping test`: the examples of schemes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from kaoping.cli.help import Command, command_app
from kaoping.cli.output import say
from kaoping.cli.script import plan_script, script_path, shown_path
from kaoping.diagnostic import Finding, warning
from kaoping.plan.plan import Plan

if TYPE_CHECKING:
    from kaoping.engines.examples import ExampleResult

app = command_app()


@app.command(cls=Command)
def test(ctx: typer.Context, scripts: Annotated[list[str], typer.Argument()]) -> int:
    """Run every example; 1 where one fails or a script has errors."""
    from kaoping.engines.examples import run_examples
    from kaoping.report.diagnostics import findings_text

    words, failed = ctx.obj, False
    for path in [script_path(script) for script in scripts]:
        plan, findings = plan_script(path)
        name = shown_path(path)
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
        idle = [finding.facts["clause"] for finding in unexercised(plan, results)]
        if idle:
            say("  " + words("command.test.unexercised", clauses="、".join(idle)))
        failed = failed or bool(wrong)
    return 1 if failed else 0


def unexercised(plan: Plan, results: Sequence[ExampleResult]) -> list[Finding]:
    """The clauses with rules that take effect in no example; nothing to say where a scheme has no examples at all."""
    if not results:
        return []
    exercised = {clause for result in results for clause in result.clauses}
    places = {
        column.origin.clause: column.origin.span
        for column in plan.columns.values()
        if column.origin.clause is not None and column.value is not None
    }
    return [warning("KP903", span, clause=clause) for clause, span in places.items() if clause not in exercised]
