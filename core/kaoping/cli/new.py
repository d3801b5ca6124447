"""`kaoping new`: something to begin with, that runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kaoping.cli.help import Command, Group, command_app
from kaoping.cli.output import CommandError, save, say
from kaoping.messages import Catalogue

SKELETON = Path(__file__).parent / "skeleton"
app = command_app()


@app.callback(cls=Group)
def new() -> None:
    """What can be begun: a scheme."""


@app.command(cls=Command)
def scheme(ctx: typer.Context, name: Annotated[str, typer.Argument()]) -> int:
    """A folder with a scheme and sample data, in the reader's language."""
    words: Catalogue = ctx.obj
    folder = Path(name)
    if not folder.name.isidentifier():
        raise CommandError("bad_name", name=name)
    if folder.exists():
        raise CommandError("exists", path=name)
    skeleton = SKELETON / words.language
    made = []
    for source in sorted(path for path in skeleton.rglob("*") if path.is_file()):
        target = folder / source.relative_to(skeleton)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = source.read_text("utf-8").replace("SCHEME_NAME", folder.name)
        # a spreadsheet needs the mark to see that a CSV file is UTF-8
        save(target, "\ufeff" + text if target.suffix == ".csv" else text)
        made.append(target)
    say(words("command.new.made", path=folder))
    for target in made:
        say(f"  {target}")
    say(words("command.new.try"))
    script, data = folder / "scheme.kp", folder / "data"
    for line in (f"test {script}", f"run {script} {data}", f"explain {script} {data} 1"):
        say(f"  kaoping {line}")
    return 0
