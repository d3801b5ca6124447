"""`kaoping new`: something to begin with, that runs."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from kaoping.cli.help import Command, Group, command_app
from kaoping.cli.output import CommandError, save, say
from kaoping.messages import Catalogue

SKELETON = Path(__file__).parent / "skeleton"
app = command_app()


@app.callback(cls=Group)
def new() -> None:
    """What can be begun: a scheme, a plugin."""


@app.command(cls=Command)
def scheme(ctx: typer.Context, name: Annotated[str, typer.Argument()]) -> int:
    """A folder with a scheme and sample data, in the reader's language."""
    words: Catalogue = ctx.obj
    folder = _new_folder(name)
    _copy(words, "scheme", folder, {"SCHEME_NAME": folder.name})
    script, data = folder / "scheme.kp", folder / "data"
    for line in (f"test {script}", f"run {script} {data}", f"explain {script} {data} 1"):
        say(f"  kaoping {line}")
    return 0


@app.command(cls=Command)
def plugin(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument()],
    package: Annotated[str | None, typer.Option("--package")] = None,
) -> int:
    """A folder with a plugin: library, function, check, messages, an example, tests."""
    from kaoping.plugins import is_name

    words: Catalogue = ctx.obj
    folder = _new_folder(name)
    if not is_name(folder.name):
        raise CommandError("bad_name", name=name)
    short = package or _ascii(folder.name)
    if not re.fullmatch(r"[a-z][a-z0-9]*", short) or keyword.iskeyword(short):
        raise CommandError("bad_package", name=short)
    gaps = {
        "PLUGIN_NAME": folder.name,
        "PLUGIN_PACKAGE": f"kaoping_{short}",
        "PLUGIN_DIST": f"kaoping-{short}",
        "PLUGIN_CODE": short[:2].upper(),
    }
    _copy(words, "plugin", folder, gaps)
    say(f"  python -m pip install -e {folder}")
    example = folder / "example"
    for line in (f"plugins check {folder.name}", f"run {example / 'scheme.kp'} {example / 'data'} --sections"):
        say(f"  kaoping {line}")
    return 0


def _new_folder(name: str) -> Path:
    folder = Path(name)
    if not folder.name.isidentifier():
        raise CommandError("bad_name", name=name)
    if folder.exists():
        raise CommandError("exists", path=name)
    return folder


def _ascii(name: str) -> str:
    """A package's name must be plain letters: the name itself, or the numbers of its characters."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    return plain if name.isascii() and plain[:1].isalpha() else "u" + "".join(f"{ord(char):x}" for char in name)


def _copy(words: Catalogue, kind: str, folder: Path, gaps: Mapping[str, str]) -> None:
    """Lay a skeleton down in the reader's language, its gaps filled in names of files and in texts; the whole of it or
    nothing.
    """
    skeleton = SKELETON / kind / words.language
    files = {_filled(str(file.relative_to(skeleton)), gaps): file for file in _files(skeleton)}
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".kaoping-", dir=folder.parent) as beside:
        made = Path(beside) / folder.name
        try:
            for name, source in files.items():
                target = made / name
                target.parent.mkdir(parents=True, exist_ok=True)
                text = _filled(source.read_text("utf-8").removeprefix("\ufeff"), gaps)
                # a spreadsheet needs the mark to see that a CSV file is UTF-8
                save(target, "\ufeff" + text if target.suffix == ".csv" else text)
            made.rename(folder)
        except OSError as reason:
            raise OSError(reason.errno, reason.strerror, str(folder)) from reason
    say(words("command.new.made", path=folder))
    for name in sorted(files):
        say(f"  {folder / name}")
    say(words("command.new.try"))


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _filled(text: str, gaps: Mapping[str, str]) -> str:
    for gap, value in gaps.items():
        text = text.replace(gap, value)
    return text
