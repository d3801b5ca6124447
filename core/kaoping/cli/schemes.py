"""`kaoping schemes`: the shipped schemes."""

from __future__ import annotations

import typer

from kaoping.cli.help import Command, command_app
from kaoping.cli.output import say
from kaoping.cli.script import read_script
from kaoping.plugins import load_scheme
from kaoping.report.width import padded, width
from kaoping.scheme import SchemeName, Title
from kaoping.surroundings import shipped_scripts

app = command_app()


@app.command(cls=Command)
def schemes(ctx: typer.Context) -> int:
    """List the shipped schemes by name and title."""
    titles = {}
    for name, path in shipped_scripts().items():
        scheme, _ = load_scheme(read_script(path), path.suffix)
        told = [each.text for each in scheme.statements if isinstance(each, Title)]
        named = [each.name for each in scheme.statements if isinstance(each, SchemeName)]
        below = [each.text for one in scheme.statements for each in one.body if isinstance(each, Title)]
        titles[name] = next(iter([*told, *below, *named]), "")
    if titles:
        say(ctx.obj("command.schemes.title"))
    first = max(map(width, titles), default=0)
    for name, title in titles.items():
        say(f"  {padded(name, first)}  {title}".rstrip())
    return 0
