"""`kaoping publish`: a script becomes the next version of its scheme, a draft."""

from __future__ import annotations

from typing import Annotated

import typer

from kaoping.cli import access
from kaoping.cli.help import Command, command_app
from kaoping.cli.output import CommandError, say, warn
from kaoping.cli.run import complain
from kaoping.cli.script import found
from kaoping.messages import Catalogue

app = command_app()


@app.command(cls=Command)
def publish(
    ctx: typer.Context,
    script: Annotated[str, typer.Argument()],
    reason: Annotated[str, typer.Option("--reason")],
    effective: Annotated[str, typer.Option("--effective")],
    until: Annotated[str | None, typer.Option("--until")] = None,
    key: Annotated[str | None, typer.Option("--key")] = None,
) -> int:
    """Check a script, run its examples, and write it down; 1 where it has errors or an example fails."""
    from kaoping.registry import versions
    from kaoping.registry.errors import Refused
    from kaoping.registry.submission import submission

    words: Catalogue = ctx.obj
    why = access.reason_given(reason)
    first, last = access.day(effective, "--effective"), access.day(until, "--until")
    assert first is not None
    store = access.registry()
    asked = found(script)
    if asked.version is not None:
        raise CommandError("publish_version", script=script)
    try:
        ready = submission(asked.source, asked.extension, asked.surroundings)
    except Refused as reason_why:
        complain(reason_why.findings, words)
        warn(words("registry.said.not_published"))
        return 1
    version = versions.publish(store, access.signer(store.suite, key, words), ready.submission, why, first, last)
    say(words("registry.said.published", label=version.label, effective=version.effective))
    if ready.submission.record["warnings"]:
        warn(words("command.run.warned", count=ready.submission.record["warnings"], script=script))
    return 0
