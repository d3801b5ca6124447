"""`kaoping diff`: two versions of a scheme, their differences in words."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from kaoping.cli.help import Command, command_app
from kaoping.cli.output import CommandError, hand_over, say, spare, warn
from kaoping.cli.prove import seconds_of
from kaoping.cli.run import complain
from kaoping.cli.script import Found, found
from kaoping.diagnostic import errors
from kaoping.messages import Catalogue
from kaoping.plugins import format_script, load_scheme
from kaoping.scheme import Scheme
from kaoping.source import Source

FORMATS = {".txt": "text", ".json": "json", ".html": "html"}
NAMES, NAMES_ON_A_PAGE = 20, 1_000
"""How many subjects a list names; JSON and CSV have all."""
app = command_app()


@app.command(cls=Command)
def diff(
    ctx: typer.Context,
    before: Annotated[str, typer.Argument()],
    after: Annotated[str, typer.Argument()],
    format: Annotated[Literal["text", "json", "html"] | None, typer.Option("--format")] = None,  # noqa: A002
    output: Annotated[Path | None, typer.Option("--output", "-o")] = None,
    data: Annotated[str | None, typer.Option("--data")] = None,
    margin: Annotated[str | None, typer.Option("--margin")] = None,
    seconds: Annotated[str, typer.Option("--seconds")] = "0.5",
) -> int:
    """Say what is different, whether that can move anybody, and with data whom; 0 where both mean the same, else 1."""
    words: Catalogue = ctx.obj
    spare(output, before, after, data)
    if data is None and margin is not None:
        raise CommandError("margin_needs_data")
    limit = seconds_of(seconds)
    table = output if data is not None and output is not None and output.suffix.lower() == ".csv" else None
    form = format or form_of(None if table else output)
    scripts = found(before), found(after)
    old, new = version(scripts[0], words), version(scripts[1], words)
    if old is None or new is None:
        return 1
    from kaoping.cli.moves import moves_of
    from kaoping.diff.changes import changes
    from kaoping.report.changes import Consequences, changes_json, changes_page, changes_text

    changed = changes(old, new)
    title = words("diff.title", before=before, after=after)
    whom = None
    if data is not None:
        from kaoping.cli.impact import Asked, impact_of, margin_of

        most = {"json": None, "html": NAMES_ON_A_PAGE}.get(form, NAMES)
        whom = impact_of(Asked(scripts, (old, new), changed, data), margin_of(margin), most, table, words)
    then = Consequences((before, after), moves_of(scripts, (old, new), changed, limit, words), whom)
    match form:
        case "json":
            text = changes_json(changed, words, then)
        case "html":
            text = changes_page(changed, title, words, then)
        case _:
            text = changes_text(changed, title, words, then)
    if table is not None:
        say(text)
        warn(words("command.diff.table", path=table))
        return 1 if changed else 0
    hand_over(text, output, people=form == "text")
    return 1 if changed else 0


def version(asked: Found, words: Catalogue) -> Scheme | None:
    """A version of a scheme, laid out in the language of the reader; None, and complaints, where it cannot be read."""
    source = asked.source
    scheme, findings = load_scheme(source, asked.extension)
    if wrong := errors(findings):
        complain(wrong, words)
        return None
    laid_out = format_script(source.text, asked.extension, words.language)
    if laid_out is None:
        return scheme
    read, wrong = load_scheme(Source(source.name, laid_out), asked.extension)
    return scheme if errors(wrong) else read


def form_of(output: Path | None) -> str:
    """The form that the ending of a file's name asks for."""
    if output is None:
        return "text"
    form = FORMATS.get(output.suffix.lower())
    if form is None:
        raise CommandError("diff_form", path=output)
    return form
