"""`kaoping reproduce`: a run evaluated again from what was written down."""

from __future__ import annotations

from typing import Annotated

import typer

from kaoping.cli import access
from kaoping.cli.help import Command, command_app
from kaoping.cli.output import patience, say, warn
from kaoping.cli.run import Engine, complain, dataset_of, results_of
from kaoping.messages import Catalogue

app = command_app()


@app.command(cls=Command)
def reproduce(
    ctx: typer.Context,
    run: Annotated[str, typer.Argument()],
    engine: Engine = "auto",
    data: Annotated[str | None, typer.Option("--data")] = None,
) -> int:
    """Compare what comes out now with what came out then; 1 where a bit of it differs."""
    from kaoping.registry.correct import data_of, replaced_by
    from kaoping.registry.errors import Refused
    from kaoping.registry.runs import reproduced, run_of, run_script
    from kaoping.report.registry import reproduced_text

    words: Catalogue = ctx.obj
    store = access.registry()
    then = run_of(store, access.number(run))
    script = run_script(store, then)
    if script.plan is None:
        complain(script.findings, words)
        return 1
    try:
        given = dataset_of(script.plan, data, None, [], None, words) if data is not None else None
        dataset = data_of(store, then, script.plan, given)
    except Refused as wrong:
        complain(wrong.findings, words)
        return 1
    dataset, results = results_of(script.plan, dataset, engine, False, words)
    with patience(words("command.run.evaluating")):
        found = reproduced(store, then, script.plan, results)
    say(reproduced_text(then, engine, found, words))
    if later := replaced_by(store, then):
        warn(words("registry.again.replaced", number=later))
    return 0 if found.equal else 1
