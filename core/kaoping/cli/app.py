"""The program as typer sees it. A command's module is imported when that command is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer
from typer.main import get_command

from kaoping.cli.help import Group, with_our_help
from kaoping.cli.output import CommandError

_TOGETHER = {
    **dict.fromkeys(("review", "approve", "reject", "withdraw"), "decide"),
    **dict.fromkeys(("log", "show", "blame", "checkout"), "history"),
}
"""Commands that share a module, and which."""
COMMANDS = (
    "run", "check", "explain", "diff", "sql", "test", "prove", "fmt", "new", "schemes", "plugins", "demo",
    "registry", "key", "publish", *_TOGETHER, "reproduce", "correct", "verify",
)  # fmt: skip


class Program(Group):
    """All commands, each in the module of its name, under `app`."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names, in the order of the help page."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of a name, ours or the one that a plugin of that name brings; None where there is none."""
        if cmd_name in _TOGETHER:
            return get_command(import_module(f"kaoping.cli.{_TOGETHER[cmd_name]}").app).commands[cmd_name]  # type: ignore[attr-defined]
        if cmd_name in COMMANDS:
            return get_command(import_module(f"kaoping.cli.{cmd_name}").app)
        from kaoping.plugins import command_of, plugins

        brought = command_of(cmd_name)
        if brought is not None:
            return with_our_help(_held_to_account(get_command(brought), cmd_name))
        if why := [each for each in plugins().broken if each.facts.get("plugin") == cmd_name]:
            from kaoping.cli.run import complain

            complain(why, ctx.obj)
            raise typer.Exit(1)
        if cmd_name in self.others():
            raise CommandError("plugins_off" if plugins().off else "no_commands", name=cmd_name)
        return None

    def others(self) -> list[str]:
        """The names of installed plugins, which may bring commands."""
        from kaoping.installed import installed

        return [each.name for each in installed()]


def _held_to_account(command: Any, plugin: str) -> Any:
    """A plugin's command, whose faults are told to be those of the plugin."""
    from typer import Abort, Exit, TyperException

    from kaoping.diagnostic import Stop
    from kaoping.plugins import PluginError

    invoke = command.invoke

    def invoked(ctx: Any) -> Any:
        try:
            return invoke(ctx)
        except (Stop, OSError, Abort, Exit, TyperException, PluginError):
            raise
        except Exception as fault:
            raise PluginError(plugin) from fault

    command.invoke = invoked
    return command


app = typer.Typer(cls=Program, add_completion=False, context_settings={"help_option_names": ["-h", "--help"]})


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
