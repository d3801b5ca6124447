"""What typer leaves to us: help pages and complaints about usage in the reader's language, and a quick start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from kaoping.messages import Catalogue
from kaoping.report.width import padded, width, wrapped

COLUMNS = 88


class _Plain:
    """Reads the few kinds of values our commands take: typer's own reader imports pydantic, a tenth of a second."""

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """A word, a path, one of the choices, or a list of them, as the command declares it."""
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, tuple | list):
            return [self.coerce(each, param, ctx) for each in value]
        choices = param.type_descriptor.choices
        if choices and value not in choices:
            raise typer.BadParameter(value, ctx=ctx, param=param)
        return Path(value) if param.type_descriptor.is_path else value


def _plainly(parameters: list[Any]) -> list[Any]:
    for parameter in parameters:
        parameter.get_runtime_param = _Plain
    return parameters


class Command(TyperCommand):
    """A command whose help page comes from the catalogue, and whose words are read without further ado."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Typer's parameters, read plainly."""
        return _plainly(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Hand the page over to typer."""
        formatter.write(help_page(self, ctx))


class Group(TyperGroup):
    """A command with commands below it."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Typer's parameters, read plainly."""
        return _plainly(super().get_params(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Hand the page over to typer."""
        formatter.write(help_page(self, ctx))


def command_app() -> typer.Typer:
    """The typer application of one command."""
    return typer.Typer(add_completion=False)


def with_our_help(command: Any) -> Any:
    """A command that a plugin brings, whose help pages are laid out like ours.

    The words come from the `help.toml` among the plugin's messages; what is not there, from the command itself.
    """

    def format_help(ctx: Any, formatter: Any) -> None:
        formatter.write(help_page(command, ctx))

    command.format_help = format_help
    for each in getattr(command, "commands", {}).values():
        with_our_help(each)
    return command


def help_page(command: Any, ctx: Any) -> str:
    """Usage, one sentence, arguments, options, commands and examples."""
    words: Catalogue = ctx.obj
    name = _name(ctx)
    about = _about(command, name, words)
    blocks = [[*_usage(words, ctx)], *([wrapped(about, COLUMNS)] if about else [])]
    arguments: list[tuple[str, str]] = []
    options: list[tuple[str, str]] = []
    for parameter in command.get_params(ctx):
        row = (_label(parameter, words), _parameter(parameter, name, words, ours=isinstance(command, Command | Group)))
        (arguments if parameter.param_type_name == "argument" else options).append(row)
    options += [
        (words(f"help.option.{each}"), words(f"help.parameter.{each}")) for each in ("lang", "no_plugins", "debug")
    ]
    commands = [
        (each, _first_sentence(_about(_commands_below(command).get(each), _below(name, each), words)))
        for each in _commands(command, ctx)
    ]
    for title, rows in (("arguments", arguments), ("options", options), ("commands", commands)):
        if rows:
            blocks.append([words(f"help.title.{title}"), *_rows(rows)])
    if words.has(f"help.{name}.examples"):
        lines = words(f"help.{name}.examples").splitlines()
        blocks.append([words("help.title.examples"), *(f"  {line}" for line in lines)])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def usage_text(error: Any, words: Catalogue) -> str:
    """What is wrong with a command line, how the command is used, and where its help is."""
    ctx = getattr(error, "ctx", None)
    lines = [f"kaoping: {_complaint(error, ctx, words)}"]
    if ctx is not None:
        lines += [*_usage(words, ctx), words("command.usage.see", command=f"{ctx.command_path} --help")]
    return "\n".join(lines)


def _complaint(error: Any, ctx: Any, words: Catalogue) -> str:
    from difflib import get_close_matches  # only where something is misspelt

    parameter, comma = getattr(error, "param", None), words("report.comma")
    match type(error).__name__:
        case "NoSuchOption":
            near = next(iter(get_close_matches(error.option_name, error.possibilities or (), 1)), "")
            return words(f"command.usage.{'option_near' if near else 'option'}", name=error.option_name, near=near)
        case "MissingParameter" if parameter is not None:
            return words("command.usage.missing", name=_label(parameter, words))
        case "BadOptionUsage":
            return words("command.usage.value", name=error.option_name)
        case "BadParameter" if parameter is not None:
            choices = _choices(parameter).replace("|", comma)
            label = _names(parameter) if parameter.param_type_name == "option" else _label(parameter, words)
            return words(f"command.usage.{'choice' if choices else 'not_so'}", name=label, choices=choices)
    if ctx is None:
        return str(error.message)
    below = _commands(ctx.command, ctx)
    if not below:  # the only other complaint: more words than the command takes
        return words("command.usage.extra", words=str(error.message).rpartition("(")[2].rstrip(")."))
    asked = str(error.message).partition("'")[2].partition("'")[0]
    if not asked:
        return words("command.usage.no_command", commands=comma.join(below))
    others = ctx.command.others() if hasattr(ctx.command, "others") else []
    close = get_close_matches(asked, below) or get_close_matches(asked, others, 3, 0.5)  # names of plugins are short
    near = comma.join(close or below)
    return words("command.usage.command", name=asked, near=near)


def _name(ctx: Any) -> str:
    """The key of a command in the catalogue: `root`, `run`, `new_scheme`."""
    return "_".join(ctx.command_path.split()[1:]) or "root"


def _below(name: str, command: str) -> str:
    return command if name == "root" else f"{name}_{command}"


def _commands(command: Any, ctx: Any) -> list[str]:
    return command.list_commands(ctx) if isinstance(command, TyperGroup) else []


def _commands_below(command: Any) -> dict[str, Any]:
    return getattr(command, "commands", {})


def _first_sentence(text: str) -> str:
    return text.partition("。")[0].partition(". ")[0].rstrip(".")


def _about(command: Any, name: str, words: Catalogue) -> str:
    """What a command does; of a plugin's without words for it, what its author has noted."""
    about = f"help.{name}.about"
    return words(about) if words.has(about) else " ".join((getattr(command, "help", None) or "").split())


def _usage(words: Catalogue, ctx: Any) -> Iterator[str]:
    usage = f"help.{_name(ctx)}.usage"
    text = words(usage) if words.has(usage) else f"{ctx.command_path} {_shape(ctx, words)}"
    for line in text.splitlines():
        yield words("help.title.usage") + line


def _shape(ctx: Any, words: Catalogue) -> str:
    """What follows the name of a command that a plugin brings."""
    if _commands(ctx.command, ctx):
        return words("help.title.command")
    parameters = [each for each in ctx.command.get_params(ctx) if each.name != "help"]
    arguments = [_label(each, words) for each in parameters if each.param_type_name == "argument"]
    options = [words("help.title.some_options")] if len(arguments) < len(parameters) else []
    return " ".join((*options, *arguments))


def _choices(parameter: Any) -> str:
    return "|".join(str(each) for each in parameter.type_descriptor.choices or ())


def _label(parameter: Any, words: Catalogue) -> str:
    """`DATA`, `-o, --output FILE`, `--format table|csv`."""
    if parameter.param_type_name == "argument":
        return _word(f"help.argument.{parameter.name}", parameter, words)
    if getattr(parameter, "is_flag", False) or parameter.name == "help":
        return _names(parameter)
    return f"{_names(parameter)} {_choices(parameter) or _word(f'help.value.{parameter.name}', parameter, words)}"


def _word(phrase: str, parameter: Any, words: Catalogue) -> str:
    return words(phrase) if words.has(phrase) else str(parameter.metavar or parameter.name.upper())


def _names(parameter: Any) -> str:
    return ", ".join(sorted(parameter.opts, key=len))


def _parameter(parameter: Any, command: str, words: Catalogue, *, ours: bool) -> str:
    """What a parameter means: as this command has it, else as all have it; of a plugin's, as its author has noted."""
    own = f"help.{command}.{parameter.name}"
    if words.has(own):
        return words(own)
    if ours or parameter.name == "help":
        return words(f"help.parameter.{parameter.name}")
    return " ".join((parameter.help or "").split())


def _rows(rows: list[tuple[str, str]]) -> Iterator[str]:
    """Two columns, the second wrapped; a label too long for the first stands on a line of its own."""
    first = min(max(width(label) for label, _ in rows), 28)
    for label, text in rows:
        lines = wrapped(text, COLUMNS - first - 4)
        if width(label) > first:
            yield f"  {label}"
            label = ""
        yield f"  {padded(label, first)}  {lines[0]}".rstrip()
        yield from (" " * (first + 4) + line for line in lines[1:])
