"""`kaoping sql`: a scheme as SQL for a department's own database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from kaoping.cli.help import Command, command_app
from kaoping.cli.output import emit, save, spare, warn
from kaoping.cli.run import complain, planned
from kaoping.cli.script import found
from kaoping.messages import Catalogue

app = command_app()


@app.command(cls=Command)
def sql(
    ctx: typer.Context,
    script: Annotated[str, typer.Argument()],
    dialect: Annotated[Literal["duckdb", "spark", "sqlite", "postgres"], typer.Option("--dialect")],
    output: Annotated[Path | None, typer.Option("--output", "-o")] = None,
) -> int:
    """Print the query, or write it to a file; 1 where the dialect cannot carry the scheme exactly."""
    words: Catalogue = ctx.obj
    spare(output, script)
    plan = planned(found(script), words)
    from kaoping.engines.sql.expressions import NotInSql
    from kaoping.engines.sql.printed import printed

    try:
        text = printed(plan, dialect, words)
    except NotInSql as reason:
        complain([reason.finding], words)
        return 1
    if output is None:
        emit(text)
    else:
        save(output, text)
        warn(words("command.sql.written", path=output))
    return 0
