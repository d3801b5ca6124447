"""`kaoping prove`: whether something holds of every subject there could be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from kaoping.cli.help import Command, command_app
from kaoping.cli.output import CommandError, emit, patience, say
from kaoping.cli.run import complain
from kaoping.cli.script import Found, found
from kaoping.diagnostic import Finding, errors
from kaoping.messages import Catalogue

if TYPE_CHECKING:
    from kaoping.plan.script import Script

UNDECIDED = 3
"""The exit code where nothing was decided."""
LONGEST = 3600

app = command_app()


@app.command(cls=Command)
def prove(
    ctx: typer.Context,
    script: Annotated[str, typer.Argument()],
    expression: Annotated[str | None, typer.Argument()] = None,
    against: Annotated[str | None, typer.Option("--against")] = None,
    seconds: Annotated[str, typer.Option("--seconds")] = "10",
    format: Annotated[Literal["human", "json"], typer.Option("--format")] = "human",  # noqa: A002
) -> int:
    """Say whether it is proved (0), refuted (1) or not decided (3)."""
    from kaoping.plugins import LANGUAGE, load_expression
    from kaoping.prove.merged import DifferentData
    from kaoping.prove.prove import prove as answered
    from kaoping.prove.question import Version, question
    from kaoping.prove.shown import counterexample
    from kaoping.report.proof import proof_json, proof_text
    from kaoping.source import Source

    words: Catalogue = ctx.obj
    if expression is None and against is None:
        raise CommandError("prove_what", script=script)
    limit = seconds_of(seconds)
    asked, wrong = None, list[Finding]()
    if expression is not None:
        asked, wrong = load_expression(Source("-e", expression), LANGUAGE)
    now, then = found(script), found(against) if against is not None else None
    new, old = _sound(now, words), _sound(then, words) if then is not None else None
    if wrong:
        complain(wrong, words)
        raise typer.Exit(1)
    try:
        made, findings = question(
            Version(new.scheme, now.surroundings),
            asked,
            Version(old.scheme, then.surroundings) if old is not None and then is not None else None,
        )
    except DifferentData as reason:
        raise CommandError(f"prove_{reason.how}", name=reason.name, script=script, other=against) from None
    if made is None:
        complain(errors(findings), words)
        raise typer.Exit(1)
    with patience(words("command.prove.working")):
        answer = answered(made, limit)
    text = expression or words("command.prove.same", script=script, other=against)
    assert new.plan is not None
    shown = counterexample(made, answer.subjects, new.plan, _title(text, words)) if answer.subjects else None
    if format == "json":
        emit(proof_json(text, answer, shown))
    else:
        say(proof_text(text, answer, shown, words))
    return {"proved": 0, "refuted": 1}.get(answer.verdict, UNDECIDED)


def _title(text: str, words: Catalogue) -> str:
    return words("command.prove.title", asked=text)


def seconds_of(typed: str) -> float:
    """How many seconds are given."""
    try:
        seconds = float(typed)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= LONGEST:
        raise CommandError("seconds_form", seconds=typed, most=LONGEST)
    return seconds


def _sound(asked: Found, words: Catalogue) -> Script:
    """A script without errors; where it has some they are shown, and the command ends."""
    script = asked.checked()
    if script.plan is None:
        complain(errors(script.findings), words)
        raise typer.Exit(1)
    return script
