"""`kaoping check`: everything the checker finds in schemes, their examples run."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from kaoping.cli.help import Command, command_app
from kaoping.cli.output import emit, say
from kaoping.cli.script import Found, found
from kaoping.diagnostic import Finding, errors

app = command_app()


@app.command(cls=Command)
def check(
    ctx: typer.Context,
    scripts: Annotated[list[str], typer.Argument()],
    format: Annotated[Literal["human", "json", "sarif"], typer.Option("--format")] = "human",  # noqa: A002
) -> int:
    """Say everything that is found; 1 where there is an error."""
    from kaoping.report.diagnostics import findings_text

    findings: list[Finding] = []
    fine: list[str] = []
    for asked in [found(script) for script in scripts]:
        wrong = found_in(asked)
        findings += wrong
        fine += [] if wrong else [ctx.obj("command.check.fine", path=asked.source.name)]
    if format == "human":
        for line in fine:
            say(line)
        if findings:
            say(findings_text(findings, ctx.obj))
    else:
        from kaoping.report.machine import findings_json, findings_sarif

        emit((findings_json if format == "json" else findings_sarif)(findings, ctx.obj))
    return 1 if errors(findings) else 0


def found_in(asked: Found) -> list[Finding]:
    """What is wrong with one script: its text, its rules, and its examples where the rules are sound."""
    script = asked.checked()
    if script.plan is None:
        return script.findings
    from kaoping.cli.test import unexercised
    from kaoping.engines.examples import run_examples

    results = run_examples(script.plan)
    failures = [finding for result in results for finding in result.findings]
    return [*script.findings, *(failures or unexercised(script.scheme, script.plan, results))]
