"""All commands, put together."""

from __future__ import annotations

from typing import Annotated

import typer

from kaoping.cli import check, demo, explain, fmt, new, run, schemes, test
from kaoping.cli.help import Command, Group

app = typer.Typer(
    cls=Group, add_completion=False, rich_markup_mode=None, context_settings={"help_option_names": ["-h", "--help"]}
)
beginnings = typer.Typer(cls=Group, rich_markup_mode=None)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"kaoping {version('kaoping')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def root(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True)] = False,
) -> None:
    """Without a command, show what there is."""
    if ctx.invoked_subcommand is None:
        print(ctx.get_help())


app.command("run", cls=Command)(run.run)
app.command("check", cls=Command)(check.check)
app.command("explain", cls=Command)(explain.explain)
app.command("test", cls=Command)(test.test)
app.command("fmt", cls=Command)(fmt.fmt)
app.add_typer(beginnings, name="new")
beginnings.command("scheme", cls=Command)(new.scheme)
app.command("schemes", cls=Command)(schemes.schemes)
app.command("demo", cls=Command)(demo.demo)


@beginnings.callback()
def new_command() -> None:
    """Keeps `scheme` a command of its own below `new`."""
