"""`kaoping check`: everything the checker finds in schemes, their examples run."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from kaoping.cli.help import Command, command_app
from kaoping.cli.output import emit, say
from kaoping.cli.script import errors, plan_script, script_path, shown_path
from kaoping.diagnostic import Finding

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
    for path in [script_path(script) for script in scripts]:
        found = check_script(str(path))
        findings += found
        if not found:
            fine.append(ctx.obj("command.check.fine", path=shown_path(path)))
    if format == "human":
        for line in fine:
            say(line)
        if findings:
            say(findings_text(findings, ctx.obj))
    else:
        from kaoping.report.machine import findings_json, findings_sarif

        emit((findings_json if format == "json" else findings_sarif)(findings, ctx.obj))
    return 1 if errors(findings) else 0


def check_script(script: str) -> list[Finding]:
    """What is wrong with one script: its text, its rules, and its examples where the rules are sound."""
    plan, findings = plan_script(script_path(script))
    if plan is None:
        return findings
    from kaoping.cli.test import unexercised
    from kaoping.engines.examples import run_examples

    results = run_examples(plan)
    failures = [finding for result in results for finding in result.findings]
    return [*findings, *failures, *unexercised(plan, results)]
