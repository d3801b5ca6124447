"""`kaoping plugins`: what is installed, what it offers, whether it works, and switching it off and on."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated, Literal

import typer

from kaoping import scheme as s
from kaoping.cli.help import Command, Group, command_app
from kaoping.cli.output import CommandError, emit, say
from kaoping.installed import Installed, disabled, installed, refused, set_disabled
from kaoping.messages import Catalogue
from kaoping.report.width import padded, width
from kaoping.scheme import Scheme

PATIENCE = 10
"""Seconds a plugin has to load and to show what it can do, in a process of its own."""

app = command_app()


@app.callback(cls=Group)
def plugins() -> None:
    """What can be done with plugins."""


@app.command("list", cls=Command)
def list_(
    ctx: typer.Context,
    format: Annotated[Literal["table", "json"], typer.Option("--format")] = "table",  # noqa: A002
) -> int:
    """Names, versions and hashes; none is loaded for it."""
    words: Catalogue = ctx.obj
    found = installed()
    if format == "json":
        used = [each.used for each in found]
        listed = [{"name": each.name, "version": each.version, "hash": each.hash} for each in used]
        emit(json.dumps(listed, ensure_ascii=False, indent=2) + "\n")
        return 0
    if not found:
        say(words("command.plugins.none"))
    first = max((width(each.name) for each in found), default=0)
    for each in found:
        try:
            why = refused(each.used)
        except (OSError, ValueError) as reason:
            raise CommandError("settings_unreadable", 1, why=reason) from None
        mark = words(f"command.plugins.{why}") if why else ""
        say(f"  {padded(each.name, first)}  {each.version}  {each.used.hash[:12]}  {mark}".rstrip())
    return 0


@app.command(cls=Command)
def info(ctx: typer.Context, name: Annotated[str, typer.Argument()]) -> int:
    """What one plugin offers; it is loaded for it."""
    from kaoping.plugins import hooks_of, load
    from kaoping.plugins import plugins as in_use

    words: Catalogue = ctx.obj
    each = _installed(name)
    plugin = load(name)
    if plugin is None:
        from kaoping.cli.run import complain

        complain(in_use().broken, words)
        return 1
    comma = words("report.comma")
    package = each.entry.dist.name if each.entry.dist else each.entry.value
    say(words("command.plugins.info", name=name, package=package, version=each.version, hash=plugin.used.hash))
    say(words("command.plugins.hooks", names=comma.join(words(f"command.hooks.{hook}") for hook in hooks_of(name))))
    for kind, names in _brought(plugin.library):
        say(words(f"command.plugins.{kind}", names=comma.join(names)))
    for function in plugin.functions:
        say(words("command.plugins.function", names=comma.join(function.names), about=function.about))
    for path in _command_paths(name):
        say(words("command.plugins.command", path=path))
    return 0


def _brought(library: Scheme | None) -> Iterator[tuple[str, list[str]]]:
    """The names that a library brings, kind by kind."""
    statements = library.statements if library else ()
    kinds: dict[str, list[str]] = {"records": [], "params": [], "inputs": [], "lets": [], "items": []}
    for each in statements:
        match each:
            case s.Records(name=name):
                kinds["records"].append(name)
            case s.Param(names=names):
                kinds["params"] += names
            case s.Input(names=names):
                kinds["inputs"] += names
            case s.Let(name=parts):
                kinds["lets"].append(".".join(parts))
            case s.Item(name=name):
                kinds["items"].append(name)
    yield from ((kind, names) for kind, names in kinds.items() if names)


def _command_paths(name: str) -> list[str]:
    """The commands that a plugin brings, as they are typed."""
    from typer.main import get_command

    from kaoping.plugins import command_of

    brought = command_of(name)
    below = getattr(get_command(brought), "commands", {"": None}) if brought is not None else {}
    return [f"kaoping {name} {each}".rstrip() for each in below]


@app.command(cls=Command)
def check(ctx: typer.Context, names: Annotated[list[str] | None, typer.Argument()] = None) -> int:
    """Load plugins in a process of their own and try what they offer; 1 where one does not work."""
    words: Catalogue = ctx.obj
    worst = 0
    for name in names or [each.name for each in installed()]:
        _installed(name)
        line = [sys.executable, "-m", "kaoping.cli.plugin_trial", name, words.language]
        try:
            done = subprocess.run(
                line, capture_output=True, encoding="utf-8", errors="replace", timeout=PATIENCE, check=False
            )
            failed, said = done.returncode != 0, done.stdout.strip()
        except subprocess.TimeoutExpired:
            failed, said = True, ""
        ended = "works" if not failed else "fails" if said else "hangs"
        say(words(f"command.plugins.{ended}", name=name, seconds=PATIENCE))
        if said:
            say(said)
        worst = max(worst, int(failed))
    return worst


@app.command(cls=Command)
def disable(ctx: typer.Context, name: Annotated[str, typer.Argument()]) -> int:
    """Have a plugin loaded no more."""
    _installed(name)
    set_disabled([*_off(), name])
    say(ctx.obj("command.plugins.disabled", name=name))
    return 0


@app.command(cls=Command)
def enable(ctx: typer.Context, name: Annotated[str, typer.Argument()]) -> int:
    """Have a plugin loaded again."""
    off = _off()
    if name not in off:
        _installed(name)
    set_disabled([each for each in off if each != name])
    say(ctx.obj("command.plugins.enabled", name=name))
    return 0


def _off() -> list[str]:
    try:
        return disabled()
    except ValueError as reason:
        raise CommandError("settings_unreadable", 1, why=reason) from None


def _installed(name: str) -> Installed:
    found = installed()
    for each in found:
        if each.name == name:
            return each
    near = get_close_matches(name, [each.name for each in found], 1, 0.4)
    raise CommandError("no_plugin_near" if near else "no_plugin", name=name, near="".join(near))
