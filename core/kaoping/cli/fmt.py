"""`kaoping fmt`: scripts in the one usual layout."""

from __future__ import annotations

import sys
from difflib import unified_diff
from pathlib import Path
from typing import Annotated, Literal

import typer

from kaoping.cli.help import Command, command_app
from kaoping.cli.output import emit, save, say
from kaoping.cli.run import complain
from kaoping.cli.script import read_script, script_path, shown_path, source_of
from kaoping.diagnostic import errors
from kaoping.messages import Catalogue
from kaoping.plugins import LANGUAGE, format_script, load_scheme
from kaoping.source import Source

app = command_app()


@app.command(cls=Command)
def fmt(
    ctx: typer.Context,
    files: Annotated[list[str], typer.Argument()],
    check: Annotated[bool, typer.Option("--check")] = False,
    diff: Annotated[bool, typer.Option("--diff")] = False,
    keywords: Annotated[Literal["zh", "en"] | None, typer.Option("--keywords")] = None,
) -> int:
    """Lay files out, or say which would change; 1 where one would, or cannot be read."""
    words: Catalogue = ctx.obj
    code = fine = 0
    for name in files:
        path = None if name == "-" else script_path(name)
        source = read_script(path) if path else source_of("-", sys.stdin.buffer.read())
        text = formatted(source, path.suffix if path else LANGUAGE, keywords, words)
        if text is None:
            code = 1
            continue
        if diff:
            emit("".join(_difference(source, text)))
        if text == source.text:
            fine += 1
        elif check:
            say(words("command.fmt.would", path=source.name))
            code = 1
        elif path is not None and not diff:
            save(path, text)
            say(words("command.fmt.changed", path=shown_path(path)))
        if path is None and not check and not diff:
            emit(text)
            fine = 0
    if fine and not diff:
        say(words("command.fmt.fine", count=fine))
    return code


def formatted(source: Source, extension: str, keywords: str | None, words: Catalogue) -> str | None:
    """A script laid out; None, and complaints, where it cannot be read: a broken script is never touched."""
    wrong = errors(load_scheme(source, extension)[1])
    text = None if wrong else format_script(source.text, extension, keywords)
    complain(wrong, words)
    return text


def _difference(source: Source, text: str) -> list[str]:
    name = Path(source.name).as_posix()
    return list(unified_diff(source.text.splitlines(True), text.splitlines(True), name, name))
