"""What typer leaves to us: help pages and complaints about usage in the reader's language, and a quick start."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
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


def help_page(command: Any, ctx: Any) -> str:
    """Usage, one sentence, arguments, options, commands and examples."""
    words: Catalogue = ctx.obj
    name = _name(ctx)
    blocks = [[*_usage(words, name)], wrapped(words(f"help.{name}.about"), COLUMNS)]
    arguments: list[tuple[str, str]] = []
    options: list[tuple[str, str]] = []
    for parameter in command.get_params(ctx):
        row = (_label(parameter, words), _parameter(parameter, name, words))
        (arguments if parameter.param_type_name == "argument" else options).append(row)
    options += [
        (words(f"help.option.{each}"), words(f"help.parameter.{each}")) for each in ("lang", "no_plugins", "debug")
    ]
    commands = [(each, _first_sentence(words(f"help.{_below(name, each)}.about"))) for each in _commands(command, ctx)]
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
        lines += [*_usage(words, _name(ctx)), words("command.usage.see", command=f"{ctx.command_path} --help")]
    return "\n".join(lines)


def _complaint(error: Any, ctx: Any, words: Catalogue) -> str:
    parameter, comma = getattr(error, "param", None), words("report.comma")
    match type(error).__name__:
        case "NoSuchOption":
            near = comma.join(error.possibilities or ())
            return words(f"command.usage.{'option_near' if near else 'option'}", name=error.option_name, near=near)
        case "MissingParameter" if parameter is not None:
            return words("command.usage.missing", name=_label(parameter, words))
        case "BadOptionUsage":
            return words("command.usage.value", name=error.option_name)
        case "BadParameter" if parameter is not None:
            choices = _choices(parameter).replace("|", comma)
            return words(f"command.usage.{'choice' if choices else 'value'}", name=_names(parameter), choices=choices)
    if ctx is None:
        return str(error.message)
    below = _commands(ctx.command, ctx)
    if not below:  # the only other complaint: more words than the command takes
        return words("command.usage.extra", words=str(error.message).rpartition("(")[2].rstrip(")."))
    asked = str(error.message).partition("'")[2].partition("'")[0]
    if not asked:
        return words("command.usage.no_command", commands=comma.join(below))
    near = comma.join(get_close_matches(asked, below) or below)
    return words("command.usage.command", name=asked, near=near)


def _name(ctx: Any) -> str:
    """The key of a command in the catalogue: `root`, `run`, `new_scheme`."""
    return "_".join(ctx.command_path.split()[1:]) or "root"


def _below(name: str, command: str) -> str:
    return command if name == "root" else f"{name}_{command}"


def _commands(command: Any, ctx: Any) -> list[str]:
    return command.list_commands(ctx) if isinstance(command, TyperGroup) else []


def _first_sentence(text: str) -> str:
    return text.partition("。")[0].partition(". ")[0].rstrip(".")


def _usage(words: Catalogue, name: str) -> Iterator[str]:
    for line in words(f"help.{name}.usage").splitlines():
        yield words("help.title.usage") + line


def _choices(parameter: Any) -> str:
    return "|".join(str(each) for each in parameter.type_descriptor.choices or ())


def _label(parameter: Any, words: Catalogue) -> str:
    """`DATA`, `-o, --output FILE`, `--format table|csv`."""
    if parameter.param_type_name == "argument":
        return words(f"help.argument.{parameter.name}")
    if getattr(parameter, "is_flag", False) or parameter.name == "help":
        return _names(parameter)
    return f"{_names(parameter)} {_choices(parameter) or words(f'help.value.{parameter.name}')}"


def _names(parameter: Any) -> str:
    return ", ".join(sorted(parameter.opts, key=len))


def _parameter(parameter: Any, command: str, words: Catalogue) -> str:
    """What a parameter means: as this command has it, else as all have it."""
    own = f"help.{command}.{parameter.name}"
    return words(own if words.has(own) else f"help.parameter.{parameter.name}")


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
