"""The keyword table: which spelling is which word, and where it is one."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

from msgspec import Struct

from kaoping_dsl.cache import cached

Language = Literal["en", "zh"]

_PIECE = re.compile(r"\w+|[^\w\s]")


def grammar_file(name: str) -> Traversable:
    """A file of the folder `grammar`: beside the package when installed, two folders up in a checkout."""
    installed = files("kaoping_dsl") / "grammar" / name
    return installed if installed.is_file() else Path(__file__).parents[2] / "grammar" / name


class Word(Struct, frozen=True):
    """A word of the language: its table, its English key, its spellings."""

    table: str
    key: str
    en: tuple[str, ...]
    zh: tuple[str, ...]

    def spelling(self, language: Language) -> str:
        """The spelling that the formatter writes."""
        return self.zh[0] if language == "zh" else self.en[0]


class Table(Struct, frozen=True):
    """The words of one place, by spelling.

    `single` holds the spellings of one piece; `several` those of more ("up to", "yes/no"), by their first piece.
    """

    words: tuple[Word, ...]
    single: dict[str, Word]
    several: dict[str, tuple[tuple[tuple[str, ...], Word], ...]]

    def spellings(self, language: Language) -> tuple[str, ...]:
        """The first spelling of every word."""
        return tuple(word.spelling(language) for word in self.words)


def _table(name: str, entries: dict[str, dict[str, list[str]]]) -> Table:
    words = tuple(
        Word(name, key, tuple(entry.get("en", [key])), (*entry["zh"], *entry.get("hant", [])))
        for key, entry in entries.items()
    )
    single: dict[str, Word] = {}
    several: dict[str, list[tuple[tuple[str, ...], Word]]] = {}
    for word in words:
        for spelling in dict.fromkeys((*word.en, *word.zh)):
            pieces = tuple(_PIECE.findall(spelling))
            if len(pieces) == 1:
                single.setdefault(spelling, word)
            else:
                several.setdefault(pieces[0], []).append((pieces, word))
    longest_first = {first: tuple(sorted(found, key=lambda p: -len(p[0]))) for first, found in several.items()}
    return Table(words, single, longest_first)


@cache
def tables() -> dict[str, Table]:
    """The whole keyword table, by the names of its parts."""
    content = cached("keywords", grammar_file("keywords.toml").read_text(encoding="utf-8"), tomllib.loads)
    return {name: _table(name, entries) for name, entries in content.items()}
