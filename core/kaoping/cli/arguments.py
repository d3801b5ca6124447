"""The words behind `kaoping`, before typer reads them: full-width forms, `--lang`, `--debug` and `--no-plugins`, which
go anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from kaoping.cli.output import CommandError
from kaoping.messages import LANGUAGES

# what a Chinese keyboard types for -, and the full-width forms of ASCII
_HALF_WIDTH = {0x2014: "-", 0x2013: "-", 0x2212: "-", 0x3000: " "}
_HALF_WIDTH |= {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}


def folded(argument: str) -> str:
    """A word typed in full-width letters in plain ones. A word with Chinese in it keeps its signs, as file names do.

    The part of an option before `=` is folded in any case.
    """
    plain = argument.translate(_HALF_WIDTH)
    if plain.isascii():
        return argument if argument != plain and _is_file(argument) else plain
    name, equals, _ = plain.partition("=")
    if name.startswith("--") and equals and name.isascii():
        return name + equals + argument[len(name) + 1 :]
    return argument


def _is_file(argument: str) -> bool:
    with suppress(OSError, ValueError):  # longer than a name may be
        return Path(argument).exists()
    return False


class Asked(Struct):
    """What is left for typer, the language asked for, whether tracebacks are wanted, and whether plugins are."""

    rest: list[str] = []
    language: str | None = None
    debug: bool = False
    plugins: bool = True


def taken_apart(arguments: Sequence[str]) -> Asked:
    """The words typed, with the options that go anywhere taken out."""
    asked = Asked()
    words = iter([folded(argument) for argument in arguments])
    for word in words:
        if word == "--lang" or word.startswith("--lang="):
            asked.language = word[7:] if "=" in word else next(words, "")
            if asked.language not in LANGUAGES:
                raise CommandError("language", wish=asked.language)
        elif word == "--debug":
            asked.debug = True
        elif word == "--no-plugins":
            asked.plugins = False
        else:
            asked.rest.append(word)
            if word == "--":
                asked.rest += words
    return asked
