"""`kaoping schemes`: the shipped schemes."""

from __future__ import annotations

from pathlib import Path

import typer

from kaoping.cli.help import Command, command_app
from kaoping.cli.output import say
from kaoping.cli.script import read_script
from kaoping.plugins import load_scheme
from kaoping.report.width import padded, width
from kaoping.scheme import SchemeName, Title
from kaoping.source import Source
from kaoping.surroundings import shipped_scripts

app = command_app()

HEAD = 12
"""In so many lines from the top nearly every script has said its title."""


@app.command(cls=Command)
def schemes(ctx: typer.Context) -> int:
    """List the shipped schemes by name and title."""
    titles = {name: _title(path) for name, path in shipped_scripts().items()}
    if titles:
        say(ctx.obj("command.schemes.title"))
    first = max(map(width, titles), default=0)
    for name, title in titles.items():
        say(f"  {padded(name, first)}  {title}".rstrip())
    return 0


def _title(path: Path) -> str:
    """The title of a script, else its name; only what has no title at its head is read to the end."""
    source = read_script(path)
    head = "".join(source.text.splitlines(keepends=True)[:HEAD])
    for text in (head, source.text):
        scheme, _ = load_scheme(Source(source.name, text), path.suffix)
        told = [each.text for each in scheme.statements if isinstance(each, Title)]
        below = [each.text for one in scheme.statements for each in one.body if isinstance(each, Title)]
        if told or below:
            return [*told, *below][0]
    return next((each.name for each in scheme.statements if isinstance(each, SchemeName)), "")
