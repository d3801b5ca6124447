"""`kaoping demo`: a real scheme on sample data, and where one result comes from."""

from __future__ import annotations

import typer

from kaoping.cli.explain import explained
from kaoping.cli.help import Command, command_app
from kaoping.cli.output import CommandError, say
from kaoping.cli.run import dataset_of, planned, results_of, show
from kaoping.cli.script import found
from kaoping.surroundings import shipped_scripts

SCHEME = "loudi-2009"
app = command_app()


@app.command(cls=Command)
def demo(ctx: typer.Context) -> int:
    """Run the scheme, then explain the result of whoever stands first."""
    words = ctx.obj
    if SCHEME not in shipped_scripts():
        raise CommandError("no_shipped", 70)
    plan = planned(found(SCHEME), words)
    dataset = dataset_of(plan, SCHEME, None, [], None, words)
    dataset, results = results_of(plan, dataset, "auto", False, words)
    say(f"$ kaoping run {SCHEME} {SCHEME}\n")
    show(results, "table", words)
    rank = next((column.name for column in results.columns if column.role == "rank"), None)
    ranks = results.values[rank] if rank else []
    first = ranks.index(1) if 1 in ranks else 0
    say(f"\n$ kaoping explain {SCHEME} {SCHEME} {results.ids[first]}\n")
    say(explained(plan, dataset, results.ids[first], None, "text", words))
    return 0
